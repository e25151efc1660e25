// RUN: pt2e-opt %s --verify-layout -split-input-file -verify-diagnostics

func.func @fine(%x: tensor<1x2x3x4xf32>) -> tensor<1x3x4x2xf32> {
  %0 = xnn.enter %x : (tensor<1x2x3x4xf32>) -> !xnn.value<f32, [1, 2, 3, 4]>
  %1 = xnn.transpose %0 {perm = array<i64: 0, 2, 3, 1>} : (!xnn.value<f32, [1, 2, 3, 4]>) -> !xnn.value<f32, [1, 3, 4, 2]>
  %2 = xnn.leave %1 : (!xnn.value<f32, [1, 3, 4, 2]>) -> tensor<1x3x4x2xf32>
  return %2 : tensor<1x3x4x2xf32>
}
