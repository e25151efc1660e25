// RUN: pt2e-opt %s --verify-simplify -split-input-file -verify-diagnostics

func.func @fine(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = aten.relu %x : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// Batch norm of what others read stays.
func.func @stays(%x: tensor<1x2x4x4xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  %w = aten.parameter "w" dense<1.0> : tensor<2x2x1x1xf32>
  %mean = aten.parameter "mean" dense<1.0> : tensor<2xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = aten.batch_norm %0, %mean, %mean {training = false, momentum = 0.1 : f64, eps = 0.5 : f64, operandSegmentSizes = array<i32: 1, 0, 0, 1, 1>} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %0, %1 : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}
