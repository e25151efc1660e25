// RUN: pt2e-opt %s --verify-simplify -split-input-file -verify-diagnostics

func.func @idle(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{after simplify: expected no operator that does nothing, but got aten::detach}}
  %0 = aten.operator "aten::detach"(%x) {arguments = {}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @dropout(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{after simplify: expected no operator that does nothing, but got aten::dropout}}
  %0 = aten.dropout %x {p = 0.5 : f64, train = false} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @norm(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x2x1x1xf32>
  %mean = aten.parameter "mean" dense<1.0> : tensor<2xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  // expected-error @below {{after simplify: expected it in the convolution before it}}
  %1 = aten.batch_norm %0, %mean, %mean {training = false, momentum = 0.1 : f64, eps = 0.5 : f64, operandSegmentSizes = array<i32: 1, 0, 0, 1, 1>} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %1 : tensor<1x2x4x4xf32>
}

// -----

func.func @constant() -> tensor<3x2xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x3xf32>
  // expected-error @below {{after simplify: expected a constant, but got aten::permute of one}}
  %0 = aten.permute %w {dims = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}
