// RUN: pt2e-opt %s --pt2e-annotate -split-input-file | FileCheck %s
// RUN: pt2e-opt %s --pt2e-annotate=compat=torchao -split-input-file | FileCheck %s --check-prefix=TORCHAO
// RUN: pt2e-opt %s --split-input-file --pt2e-annotate --remarks-filter=annotate -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// CHECK-DAG: #[[ACT:.*]] = #pt2e.spec<i8, -128 : 127, affine, static, "merging_histogram" with {eps = 2.44140625E-4 : f32}>
// CHECK-DAG: #[[WEIGHT:.*]] = #pt2e.spec<i8, -127 : 127, symmetric, static, "per_channel_min_max" with {eps = 2.44140625E-4 : f32} axis = 0>

// A clamp is observed behind the clamp, and fused.
// CHECK-LABEL: func @conv_hardtanh
// CHECK: aten.conv2d {{.*}}operands = [#[[ACT]], #[[WEIGHT]], unit], results = [unit], rule = "conv2d_hardtanh"
// CHECK: aten.hardtanh {{.*}}operands = [unit], results = [#[[ACT]]], rule = "conv2d_hardtanh"
// TORCHAO-LABEL: func @conv_hardtanh
// TORCHAO: aten.conv2d {{.*}}operands = [#{{.*}}, #{{.*}}, unit], results = [#{{.*}}], rule = "conv2d"
// TORCHAO: aten.hardtanh {{.*}}operands = [#pt2e.shared<producer>], results = [#pt2e.shared<operand>], rule = "follow"
func.func @conv_hardtanh(%x: tensor<1x3x8x8xf32>) -> tensor<1x4x6x6xf32> {
  %w = aten.parameter "c.weight" dense<0.5> : tensor<4x3x3x3xf32>
  %b = aten.parameter "c.bias" dense<0.1> : tensor<4xf32>
  %0 = aten.conv2d %x, %w, %b {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>, tensor<4xf32>) -> tensor<1x4x6x6xf32>
  %1 = aten.hardtanh %0 {min_val = 0.0 : f64, max_val = 6.0 : f64} : (tensor<1x4x6x6xf32>) -> tensor<1x4x6x6xf32>
  return %1 : tensor<1x4x6x6xf32>
}

// -----

// A convolution with two readers keeps its own output; the clamp is a table.
// CHECK-LABEL: func @two_users
// CHECK: aten.conv2d {{.*}}results = [#{{.*}}], rule = "conv2d"
// CHECK: aten.relu {{.*}}operands = [#pt2e.shared<producer>], results = [#{{.*}}], rule = "relu"
// TORCHAO-LABEL: func @two_users
// TORCHAO: aten.conv2d {{.*}}results = [#{{.*}}], rule = "conv2d"
// TORCHAO: aten.relu {{.*}}operands = [#pt2e.shared<producer>], results = [#pt2e.shared<operand>], rule = "follow"
func.func @two_users(%x: tensor<1x3x8x8xf32>) -> (tensor<1x4x6x6xf32>, tensor<1x4x6x6xf32>) {
  %w = aten.parameter "c.weight" dense<0.5> : tensor<4x3x3x3xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x6x6xf32>
  %1 = aten.relu %0 : (tensor<1x4x6x6xf32>) -> tensor<1x4x6x6xf32>
  return %0, %1 : tensor<1x4x6x6xf32>, tensor<1x4x6x6xf32>
}

// -----

// XNNPACK merges a clamp into the max pool before it, so that they share.
// CHECK-LABEL: func @pool_clamp
// CHECK: aten.add.Tensor {{.*}}rule = "add"
// CHECK: aten.max_pool2d {{.*}}rule = "follow"
// CHECK: aten.relu {{.*}}operands = [#pt2e.shared<producer>], results = [#pt2e.shared<operand>], rule = "follow"
func.func @pool_clamp(%x: tensor<1x3x8x8xf32>, %y: tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32> {
  %0 = aten.add.Tensor %x, %y {alpha = 1 : i64} : (tensor<1x3x8x8xf32>, tensor<1x3x8x8xf32>) -> tensor<1x3x8x8xf32>
  %1 = aten.max_pool2d %0 {kernel_size = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, ceil_mode = false} : (tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32>
  %2 = aten.relu %1 : (tensor<1x3x4x4xf32>) -> tensor<1x3x4x4xf32>
  return %2 : tensor<1x3x4x4xf32>
}

// -----

// The weight of a transposed convolution has its output channels on axis 1.
// CHECK: #[[TRANSPOSED:.*]] = #pt2e.spec<i8, -127 : 127, symmetric, static, "per_channel_min_max" with {eps = 2.44140625E-4 : f32} axis = 1>
// CHECK-LABEL: func @transposed
// CHECK: aten.conv_transpose2d.input {{.*}}operands = [#{{.*}}, #[[TRANSPOSED]]]
func.func @transposed(%x: tensor<1x3x4x4xf32>) -> tensor<1x5x6x6xf32> {
  %w = aten.parameter "c.weight" dense<0.5> : tensor<3x5x3x3xf32>
  %0 = aten.conv_transpose2d.input %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, output_padding = array<i64: 0, 0>, groups = 1 : i64, dilation = array<i64: 1, 1>} : (tensor<1x3x4x4xf32>, tensor<3x5x3x3xf32>) -> tensor<1x5x6x6xf32>
  return %0 : tensor<1x5x6x6xf32>
}

// -----

// Zero pads of inputs, unary functions, sub.
// CHECK-LABEL: func @ours
// CHECK: aten.constant_pad_nd {{.*}}results = [#pt2e.shared<operand>], rule = "pad"
// CHECK: aten.sub.Tensor {{.*}}rule = "sub"
// CHECK: aten.hardswish {{.*}}operands = [#{{.*}}], results = [#{{.*}}], rule = "hardswish"
// CHECK: aten.square {{.*}}operands = [#{{.*}}], results = [#{{.*}}], rule = "square"
// TORCHAO-LABEL: func @ours
// TORCHAO: aten.constant_pad_nd {{.*}}pt2e.kept_float = {code = "no-rule", reason = "no rule for this operator behind a float input"}
// TORCHAO: aten.sub.Tensor {{.*}}pt2e.kept_float
// TORCHAO: aten.hardswish {{.*}}pt2e.kept_float
// TORCHAO: aten.square {{.*}}pt2e.kept_float
func.func @ours(%x: tensor<1x2xf32>) -> tensor<1x4xf32> {
  %0 = aten.constant_pad_nd %x {pad = array<i64: 1, 1>, value = 0.0 : f64} : (tensor<1x2xf32>) -> tensor<1x4xf32>
  %1 = aten.sub.Tensor %0, %0 {alpha = 1 : i64} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %2 = aten.hardswish %1 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %3 = aten.square %2 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %3 : tensor<1x4xf32>
}

// -----

// One input of a concatenation owns the observer of all.
// CHECK-LABEL: func @cat
// CHECK: aten.cat {{.*}}operands = [#{{.*}}, #pt2e.shared<operand>], results = [#pt2e.shared<operand>], rule = "cat"
func.func @cat(%x: tensor<1x2xf32>, %y: tensor<1x2xf32>) -> tensor<1x4xf32> {
  %0 = aten.cat %x, %y {dim = 1 : i64} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// What stays float says why.
// REMARK: [Missed] not-f32 {{.*}}an operand or result is not f32
// REMARK: [Missed] no-rule {{.*}}no rule for this operator behind a float input
// CHECK-LABEL: func @kept_float
// CHECK: aten.add.Tensor {{.*}}kept_float = {code = "not-f32", reason = "an operand or result is not f32"}
// CHECK: aten.mul.Tensor {{.*}}kept_float = {code = "large-constant"
// CHECK: aten.linear {{.*}}kept_float = {code = "weight-not-constant"
// CHECK: aten.softmax.int {{.*}}kept_float = {code = "no-rule"
func.func @kept_float(%i: tensor<4xi64>, %x: tensor<4x4xf32>) -> (tensor<4xi64>, tensor<4x4xf32>, tensor<4x4xf32>) {
  %huge = aten.parameter "huge" dense<3.4e+38> : tensor<f32>
  %0 = aten.add.Tensor %i, %i {alpha = 1 : i64} : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  %1 = aten.mul.Tensor %x, %huge : (tensor<4x4xf32>, tensor<f32>) -> tensor<4x4xf32>
  %2 = aten.linear %x, %1 : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %3 = aten.softmax.int %2 {dim = 1 : i64} : (tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0, %2, %3 : tensor<4xi64>, tensor<4x4xf32>, tensor<4x4xf32>
}

// -----

// A small factor keeps its digits, or the product stays float.
// CHECK: #[[FACTOR:.*]] = #pt2e.spec<{{.*}} with {eps = 8.67361737E-19 : f32}>
// CHECK-LABEL: func @factors
// CHECK: aten.mul.Tensor {{.*}}operands = [#{{.*}}, #[[FACTOR]]]
// CHECK: aten.mul.Tensor {{.*}}kept_float = {code = "small-constant", reason = "a constant factor would become 0"}
// TORCHAO-LABEL: func @factors
// TORCHAO: aten.mul.Tensor {{.*}}operands = [#[[SPEC:.*]], #[[SPEC]]]
// TORCHAO: aten.mul.Tensor {{.*}}kept_float = {code = "small-constant"
func.func @factors(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = aten.parameter "a" dense<1.0e-3> : tensor<f32>
  %b = aten.parameter "b" dense<1.0e-38> : tensor<f32>
  %0 = aten.mul.Tensor %x, %a : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = aten.mul.Tensor %0, %b : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// Averages that XNNPACK has in codes, and those that it has not.
// CHECK-LABEL: func @averages
// CHECK: aten.mean.dim {{.*}}rule = "mean"
// CHECK: aten.mean.dim {{.*}}kept_float = {code = "no-kernel", reason = "XNNPACK averages neighbouring dimensions"}
// CHECK: aten.adaptive_avg_pool2d {{.*}}rule = "adaptive_avg_pool2d"
// CHECK: aten.adaptive_avg_pool2d {{.*}}kept_float = {code = "no-kernel", reason = "its windows are not all of one size"}
// CHECK: aten.avg_pool2d {{.*}}rule = "avg_pool2d"
// CHECK: aten.avg_pool2d {{.*}}kept_float = {code = "no-kernel"
func.func @averages(%x: tensor<1x2x6x6xf32>) -> (tensor<1x2xf32>, tensor<1x6xf32>, tensor<1x2x3x3xf32>, tensor<1x2x4x4xf32>, tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>) {
  %0 = aten.mean.dim %x {dim = array<i64: -1, -2>, keepdim = false} : (tensor<1x2x6x6xf32>) -> tensor<1x2xf32>
  %1 = aten.mean.dim %x {dim = array<i64: 1, 3>, keepdim = false} : (tensor<1x2x6x6xf32>) -> tensor<1x6xf32>
  %2 = aten.adaptive_avg_pool2d %x {output_size = array<i64: 3, 3>} : (tensor<1x2x6x6xf32>) -> tensor<1x2x3x3xf32>
  %3 = aten.adaptive_avg_pool2d %x {output_size = array<i64: 4, 4>} : (tensor<1x2x6x6xf32>) -> tensor<1x2x4x4xf32>
  %4 = aten.avg_pool2d %x {kernel_size = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>, ceil_mode = false, count_include_pad = true} : (tensor<1x2x6x6xf32>) -> tensor<1x2x3x3xf32>
  %5 = aten.avg_pool2d %x {kernel_size = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>, ceil_mode = true, count_include_pad = true} : (tensor<1x2x6x6xf32>) -> tensor<1x2x3x3xf32>
  return %0, %1, %2, %3, %4, %5 : tensor<1x2xf32>, tensor<1x6xf32>, tensor<1x2x3x3xf32>, tensor<1x2x4x4xf32>, tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>
}

// -----

// Between float ops nothing is converted to codes and back, unless the user
// asks for the operator itself (test/Quantizers/selection.mlir).
// CHECK-LABEL: func @float_operands
// CHECK: aten.matmul {{.*}}code = "no-rule"
// CHECK: aten.mul.Tensor {{.*}}kept_float = {code = "float-operands", reason = "what it reads is computed in float"}
// CHECK: aten.linear {{.*}}rule = "linear"
// CHECK: aten.add.Tensor {{.*}}rule = "add"
// TORCHAO-LABEL: func @float_operands
// TORCHAO: aten.mul.Tensor {{.*}}rule = "mul"
func.func @float_operands(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %c = aten.parameter "c" dense<0.5> : tensor<f32>
  %w = aten.parameter "w" dense<0.5> : tensor<4x4xf32>
  %0 = aten.matmul %x, %x : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %1 = aten.mul.Tensor %0, %c : (tensor<4x4xf32>, tensor<f32>) -> tensor<4x4xf32>
  %2 = aten.softmax.int %1 {dim = 1 : i64} : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %3 = aten.linear %2, %w : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %4 = aten.add.Tensor %3, %2 {alpha = 1 : i64} : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %4 : tensor<4x4xf32>
}
