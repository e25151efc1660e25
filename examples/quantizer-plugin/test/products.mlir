// RUN: pt2e-opt %s --pt2e-annotate=quantizer=abacus | FileCheck %s

// CHECK-DAG: #[[ACT:.*]] = #pt2e.spec<ui8, 0 : 255, affine, static, "power-of-two">
// CHECK-DAG: #[[WEIGHT:.*]] = #pt2e.spec<i8, -127 : 127, symmetric, static, "power-of-two">

// The relu is part of the product: nothing is quantized between them.
// CHECK-LABEL: func @linear_relu
// CHECK: aten.linear {{.*}}operands = [#[[ACT]], #[[WEIGHT]]], results = [unit], rule = "product_relu"
// CHECK: aten.relu {{.*}}operands = [unit], results = [#[[ACT]]], rule = "product_relu"
func.func @linear_relu(%x: tensor<2x4xf32>) -> tensor<2x3xf32> {
  %w = aten.parameter "w" dense<0.5> : tensor<3x4xf32>
  %0 = aten.linear %x, %w : (tensor<2x4xf32>, tensor<3x4xf32>) -> tensor<2x3xf32>
  %1 = aten.relu %0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// Somebody else reads the product: it is quantized, and the relu takes codes to codes.
// CHECK-LABEL: func @two_readers
// CHECK: aten.linear {{.*}}results = [#[[ACT]]], rule = "product"
// CHECK: aten.relu {{.*}}operands = [#pt2e.shared<producer>], results = [#pt2e.shared<operand>], rule = "follow"
func.func @two_readers(%x: tensor<2x4xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %w = aten.parameter "w" dense<0.5> : tensor<3x4xf32>
  %0 = aten.linear %x, %w : (tensor<2x4xf32>, tensor<3x4xf32>) -> tensor<2x3xf32>
  %1 = aten.relu %0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0, %1 : tensor<2x3xf32>, tensor<2x3xf32>
}

// CHECK-LABEL: func @refused
// CHECK: aten.conv2d {{.*}}code = "grouped-convolution"
// CHECK: aten.sigmoid {{.*}}code = "no-unit"
func.func @refused(%x: tensor<1x4x8x8xf32>) -> tensor<1x4x6x6xf32> {
  %w = aten.parameter "w" dense<0.5> : tensor<4x1x3x3xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 4 : i64} : (tensor<1x4x8x8xf32>, tensor<4x1x3x3xf32>) -> tensor<1x4x6x6xf32>
  %1 = aten.sigmoid %0 : (tensor<1x4x6x6xf32>) -> tensor<1x4x6x6xf32>
  return %1 : tensor<1x4x6x6xf32>
}
