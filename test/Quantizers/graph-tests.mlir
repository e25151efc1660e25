// PyTorch's own graph tests with quantizers written by hand: the same numbers
// of quantize and dequantize in the same order. docs/graph-tests.md has the
// list. Parameters are given, so that nothing has to be calibrated.
// RUN: pt2e-opt %s --aten-simplify --pt2e-prepare --pt2e-convert -split-input-file | FileCheck %s

#act = #pt2e.fixed<i8, -128 : 127, scale = 0.5 : f32, zero_point = 3>
#wgt = #pt2e.spec<i8, -127 : 127, symmetric, static, "per_channel_min_max" axis = 0>

// test_simple_quantizer: input, weight and output; the bias stays float.
// CHECK-LABEL: func @simple_quantizer
// CHECK: %[[X:.*]] = pt2e.quantize %arg0
// CHECK: %[[DX:.*]] = pt2e.dequantize %[[X]]
// CHECK-NOT: pt2e.quantize
// CHECK: %[[W:.*]] = pt2e.dequantize %{{.*}} from <i8, -127 : 127, block = [1, -1, -1, -1]>
// CHECK: %[[C:.*]] = aten.conv2d %[[DX]], %[[W]], %{{[0-9]+}}
// CHECK: %[[Q:.*]] = pt2e.quantize %[[C]]
// CHECK: %[[D:.*]] = pt2e.dequantize %[[Q]]
// CHECK-NOT: pt2e.{{quantize|dequantize}}
// CHECK: return %[[D]]
func.func @simple_quantizer(%x: tensor<1x1x3x3xf32>) -> tensor<1x2x3x3xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x1x1x1xf32>
  %b = aten.parameter "b" dense<1.0> : tensor<2xf32>
  %0 = aten.conv2d %x, %w, %b {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64, pt2e.annotation = #pt2e.annotation<operands = [#act, #wgt, unit], results = [#act], rule = "conv">} : (tensor<1x1x3x3xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x3x3xf32>
  return %0 : tensor<1x2x3x3xf32>
}

// -----

#act = #pt2e.fixed<i8, -128 : 127, scale = 0.5 : f32, zero_point = 3>
#wgt = #pt2e.spec<i8, -127 : 127, symmetric, static, "min_max">

// test_wo_annotate_conv_output_quantizer: nothing behind the op.
// CHECK-LABEL: func @output_not_annotated
// CHECK: pt2e.quantize
// CHECK: pt2e.dequantize
// CHECK: pt2e.dequantize
// CHECK: %[[C:.*]] = aten.conv2d
// CHECK-NOT: pt2e.{{quantize|dequantize}}
// CHECK: return %[[C]]
func.func @output_not_annotated(%x: tensor<1x1x3x3xf32>) -> tensor<1x2x3x3xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x1x1x1xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64, pt2e.annotation = #pt2e.annotation<operands = [#act, #wgt], results = [unit], rule = "conv">} : (tensor<1x1x3x3xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x3x3xf32>
  return %0 : tensor<1x2x3x3xf32>
}

// -----

#act = #pt2e.fixed<i8, -128 : 127, scale = 0.5 : f32, zero_point = 3>

// test_max_pool2d_quantizer: both sides of the pool have the same constants.
// CHECK-LABEL: func @max_pool2d
// CHECK: %[[Q0:.*]] = pt2e.quantize %arg0, %[[S:.*]], %[[Z:.*]] to
// CHECK: %[[D0:.*]] = pt2e.dequantize %[[Q0]], %[[S]], %[[Z]]
// CHECK: %[[P:.*]] = aten.max_pool2d %[[D0]]
// CHECK: %[[Q1:.*]] = pt2e.quantize %[[P]], %{{.*}}, %{{.*}} to <i8, -128 : 127, block = [-1, -1, -1, -1]>
// CHECK: pt2e.dequantize %[[Q1]]
// CHECK-NOT: pt2e.{{quantize|dequantize}}
// CHECK: return
func.func @max_pool2d(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x2x2xf32> {
  %0 = aten.max_pool2d %x {kernel_size = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, ceil_mode = false, pt2e.annotation = #pt2e.annotation<operands = [#act], results = [#pt2e.shared<operand>], rule = "pool">} : (tensor<1x1x4x4xf32>) -> tensor<1x1x2x2xf32>
  return %0 : tensor<1x1x2x2xf32>
}

// -----

#fixed = #pt2e.fixed<i8, -128 : 127, scale = 0.00390625 : f32, zero_point = -128>

// test_fixed_qparams_qspec_observer_dedup: one pair for both readers.
// CHECK-LABEL: func @fixed_once
// CHECK-COUNT-1: pt2e.quantize
// CHECK-NOT: pt2e.quantize
// CHECK: return
func.func @fixed_once(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = aten.sigmoid %x {pt2e.annotation = #pt2e.annotation<operands = [unit], results = [#fixed], rule = "sigmoid">} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = aten.relu %0 {pt2e.annotation = #pt2e.annotation<operands = [#fixed], results = [unit], rule = "a">} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = aten.tanh %0 {pt2e.annotation = #pt2e.annotation<operands = [#fixed], results = [unit], rule = "b">} : (tensor<4xf32>) -> tensor<4xf32>
  return %1, %2 : tensor<4xf32>, tensor<4xf32>
}

// -----

#wgt = #pt2e.spec<i8, -127 : 127, symmetric, static, "per_channel_min_max" axis = 0>

// test_fold_all_ops_before_quantize: what is between the weight and its
// quantize is computed; test_dont_fold_other_constant: nothing else is.
// CHECK-LABEL: func @fold_before_quantize
// CHECK: aten.parameter {{.*}} tensor<3x2xi8>
// CHECK-NOT: aten.t
// CHECK: pt2e.dequantize {{.*}} tensor<3x2xi8>
// CHECK: aten.linear
// CHECK-NOT: pt2e.{{quantize|dequantize}}
// CHECK: aten.add.Tensor
func.func @fold_before_quantize(%x: tensor<1x2xf32>) -> tensor<1x3xf32> {
  %w = aten.parameter "w" dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %c = aten.parameter "c" dense<1.0> : tensor<1x3xf32>
  %t = aten.t %w : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %0 = aten.linear %x, %t {pt2e.annotation = #pt2e.annotation<operands = [unit, #wgt], results = [unit], rule = "linear">} : (tensor<1x2xf32>, tensor<3x2xf32>) -> tensor<1x3xf32>
  %1 = aten.add.Tensor %0, %c {alpha = 1 : i64} : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
  return %1 : tensor<1x3xf32>
}

// -----

#act = #pt2e.fixed<i8, -128 : 127, scale = 0.5 : f32, zero_point = 3>
#pos = #pt2e.fixed<i8, -128 : 127, scale = 0.25 : f32, zero_point = 0>

// test_avgpool_use_different_qconfig: dequantize, quantize, dequantize where
// the consumer has another scheme.
// CHECK-LABEL: func @other_scheme_behind
// CHECK: %[[C:.*]] = aten.tanh
// CHECK: %[[Q0:.*]] = pt2e.quantize %[[C]]
// CHECK: %[[D0:.*]] = pt2e.dequantize %[[Q0]]
// CHECK: %[[Q1:.*]] = pt2e.quantize %[[D0]]
// CHECK: %[[D1:.*]] = pt2e.dequantize %[[Q1]]
// CHECK: aten.relu %[[D1]]
func.func @other_scheme_behind(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = aten.tanh %x {pt2e.annotation = #pt2e.annotation<operands = [unit], results = [#act], rule = "a">} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = aten.relu %0 {pt2e.annotation = #pt2e.annotation<operands = [#pos], results = [unit], rule = "b">} : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}
