// What PyTorch's X86InductorQuantizer annotates: the inputs of patterns, the
// other operand of an add behind a convolution, and pools, cat and flatten
// behind quantized ops with one scale on both sides.
// RUN: pt2e-opt %s --pt2e-annotate="quantizer=x86-inductor" | FileCheck %s

// CHECK-DAG: #[[ACT:.*]] = #pt2e.spec<ui8, 0 : 255, affine, static, "histogram" with {eps = 2.44140625E-4 : f32}>
// CHECK-DAG: #[[WGT:.*]] = #pt2e.spec<i8, -128 : 127, symmetric, static, "per_channel_min_max" with {eps = 2.44140625E-4 : f32} axis = 0>
// CHECK: aten.conv2d {{.*}}operands = [#[[ACT]], #[[WGT]]], results = [unit], rule = "conv_unary"
// CHECK: aten.relu {{.*}}rule = "conv_unary"
// CHECK: aten.max_pool2d {{.*}}operands = [#[[ACT]]], results = [#pt2e.shared<operand>], rule = "follow"
// CHECK: aten.conv2d {{.*}}operands = [#[[ACT]], #[[WGT]]], results = [unit], rule = "conv_add_relu"
// CHECK: aten.add.Tensor {{.*}}operands = [unit, #[[ACT]]], results = [unit], rule = "conv_add_relu"
// CHECK: aten.flatten.using_ints {{.*}}rule = "follow"
// CHECK: aten.linear {{.*}}rule = "linear"
// CHECK: aten.matmul {{.*}}kept_float
// CHECK: aten.tanh {{.*}}kept_float = {code = "no-rule"

func.func @forward(%x: tensor<1x1x4x4xf32>) -> tensor<1x1xf32> {
  %w = aten.parameter "w" dense<0.5> : tensor<1x1x1x1xf32>
  %v = aten.parameter "v" dense<0.5> : tensor<1x4xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %1 = aten.relu %0 : (tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  %2 = aten.max_pool2d %1 {kernel_size = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, ceil_mode = false} : (tensor<1x1x4x4xf32>) -> tensor<1x1x2x2xf32>
  %3 = aten.conv2d %2, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32>
  %4 = aten.add.Tensor %3, %2 {alpha = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  %5 = aten.relu %4 : (tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  %6 = aten.flatten.using_ints %5 {start_dim = 1 : i64, end_dim = -1 : i64} : (tensor<1x1x2x2xf32>) -> tensor<1x4xf32>
  %7 = aten.linear %6, %v : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x1xf32>
  %8 = aten.matmul %7, %7 : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %9 = aten.tanh %8 : (tensor<1x1xf32>) -> tensor<1x1xf32>
  return %9 : tensor<1x1xf32>
}
