// RUN: pt2e-opt %s --verify-lower -split-input-file -verify-diagnostics

func.func @again(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = xnn.enter %x : (tensor<2xf32>) -> !xnn.value<f32, [2]>
  %1 = xnn.leave %0 : (!xnn.value<f32, [2]>) -> tensor<2xf32>
  // expected-error @below {{after lower: expected no value to leave and to enter again}}
  %2 = xnn.enter %1 : (tensor<2xf32>) -> !xnn.value<f32, [2]>
  %3 = xnn.leave %2 : (!xnn.value<f32, [2]>) -> tensor<2xf32>
  return %3 : tensor<2xf32>
}

// -----

func.func @silent(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{after lower: expected an xnn op, or in xnn.kept why it is none}}
  %0 = aten.relu %x : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @constant() -> tensor<2xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2xf32>
  // expected-error @below {{after lower: expected a constant as xnn.constant}}
  %0 = xnn.enter %w : (tensor<2xf32>) -> !xnn.value<f32, [2]>
  %1 = xnn.leave %0 : (!xnn.value<f32, [2]>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}
