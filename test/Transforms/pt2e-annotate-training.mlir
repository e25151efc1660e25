// RUN: pt2e-opt --pt2e-annotate-training %s | FileCheck %s
// RUN: pt2e-opt --pass-pipeline="builtin.module(pt2e-annotate-training{annotate={pt2e-annotate{recipe=static-int8-per-tensor}}})" %s | FileCheck %s --check-prefix=TENSOR

// The convolution has no bias yet, and its result is that of batch norm and of dropout behind it.
// CHECK:       #[[ACT:.*]] = #pt2e.spec<i8, -128 : 127, affine
// CHECK:       #[[WEIGHT:.*]] = #pt2e.spec<i8, -127 : 127, symmetric, {{.*}} axis = 0>
// CHECK-LABEL: func.func @forward
// CHECK:       aten.conv2d {{.*}}operands = [#[[ACT]], #[[WEIGHT]]], results = [unit], rule = "conv2d"
// CHECK:       aten.batch_norm
// CHECK-NOT:   annotation
// CHECK-SAME:  training = true
// CHECK:       aten.operator "aten::dropout"
// CHECK-SAME:  {p = 2.000000e-01 : f64, train = true}
// CHECK-SAME:  operands = [unit], results = [#[[ACT]]]
// CHECK-NOT:   pt2e.origin
// CHECK-NOT:   module
// TENSOR-NOT:  axis
func.func @forward(%x: tensor<2x1x4x4xf32>) -> tensor<2x2x4x4xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x1x1x1xf32>
  %one = aten.parameter "one" dense<1.0> : tensor<2xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<2x2x4x4xf32>
  %1 = aten.batch_norm %0, %one, %one, %one, %one {operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>, training = true, momentum = 0.1, eps = 1.0e-5} : (tensor<2x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
  %2 = aten.operator "aten::dropout"(%1) {arguments = {p = 2.0e-01, train = true}, segments = array<i32: 1, 0>, tensors = ["input"]} : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
  return %2 : tensor<2x2x4x4xf32>
}
