// RUN: pt2e-opt %s --verify-lower -split-input-file -verify-diagnostics

func.func @fine(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = xnn.enter %x : (tensor<2xf32>) -> !xnn.value<f32, [2]>
  %1 = xnn.leave %0 : (!xnn.value<f32, [2]>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

func.func @again(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = xnn.enter %x : (tensor<2xf32>) -> !xnn.value<f32, [2]>
  %1 = xnn.leave %0 : (!xnn.value<f32, [2]>) -> tensor<2xf32>
  // expected-error @below {{after lower: expected no value to leave and to enter again}}
  %2 = xnn.enter %1 : (tensor<2xf32>) -> !xnn.value<f32, [2]>
  %3 = xnn.leave %2 : (!xnn.value<f32, [2]>) -> tensor<2xf32>
  return %3 : tensor<2xf32>
}
