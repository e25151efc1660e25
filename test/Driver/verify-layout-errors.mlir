// RUN: pt2e-opt %s --verify-layout -split-input-file -verify-diagnostics

func.func @there_and_back(%x: tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32> {
  %0 = xnn.enter %x : (tensor<1x2x3x4xf32>) -> !xnn.value<f32, [1, 2, 3, 4]>
  %1 = xnn.transpose %0 {perm = array<i64: 0, 2, 3, 1>} : (!xnn.value<f32, [1, 2, 3, 4]>) -> !xnn.value<f32, [1, 3, 4, 2]>
  // expected-error @below {{after layout: expected one transpose, but got one of another}}
  %2 = xnn.transpose %1 {perm = array<i64: 0, 3, 1, 2>} : (!xnn.value<f32, [1, 3, 4, 2]>) -> !xnn.value<f32, [1, 2, 3, 4]>
  %3 = xnn.leave %2 : (!xnn.value<f32, [1, 2, 3, 4]>) -> tensor<1x2x3x4xf32>
  return %3 : tensor<1x2x3x4xf32>
}

// -----

func.func @nothing(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = xnn.enter %x : (tensor<2x3xf32>) -> !xnn.value<f32, [2, 3]>
  // expected-error @below {{after layout: expected a transpose to move something}}
  %1 = xnn.transpose %0 {perm = array<i64: 0, 1>} : (!xnn.value<f32, [2, 3]>) -> !xnn.value<f32, [2, 3]>
  %2 = xnn.leave %1 : (!xnn.value<f32, [2, 3]>) -> tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}
