// ExecuTorch's tests of what XNNPACKQuantizer does to a graph: the same
// observers in the same places. docs/graph-tests.md has the list.
// RUN: pt2e-opt %s --pt2e-scalars-to-tensors --pt2e-annotate=compat=torchao --pt2e-prepare -split-input-file | FileCheck %s

// test_obs_sharing_ops: behind a convolution one observer serves the pool, the
// hardtanh and the mean.
// CHECK-COUNT-3: pt2e.site
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @obs_sharing_ops
// CHECK: pt2e.observe @x, %arg0
// CHECK: pt2e.observe @w,
// CHECK: %[[C:.*]] = aten.conv2d
// CHECK: pt2e.observe @conv2d, %[[C]]
// CHECK: %[[P:.*]] = aten.adaptive_avg_pool2d
// CHECK: pt2e.observe @conv2d, %[[P]]
// CHECK: %[[H:.*]] = aten.hardtanh
// CHECK: pt2e.observe @conv2d, %[[H]]
// CHECK: %[[M:.*]] = aten.mean.dim
// CHECK: %[[O:.*]] = pt2e.observe @conv2d, %[[M]]
// CHECK: return %[[O]]
func.func @obs_sharing_ops(%x: tensor<1x1x4x4xf32> {aten.name = "x"}) -> tensor<1x2xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x1x1x1xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32> loc("conv2d")
  %1 = aten.adaptive_avg_pool2d %0 {output_size = array<i64: 2, 2>} : (tensor<1x2x4x4xf32>) -> tensor<1x2x2x2xf32>
  %2 = aten.hardtanh %1 {min_val = -1.0 : f64, max_val = 1.0 : f64} : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %3 = aten.mean.dim %2 {dim = array<i64: 2, 3>, keepdim = false} : (tensor<1x2x2x2xf32>) -> tensor<1x2xf32>
  return %3 : tensor<1x2xf32>
}

// -----

// test_propagate_annotation: one observer from a convolution through view and
// hardtanh to the linear op, which observes its own result.
// CHECK-COUNT-5: pt2e.site
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @propagate
// CHECK-COUNT-3: pt2e.observe @conv2d,
// CHECK-NOT: @conv2d
// CHECK: pt2e.observe @linear,
func.func @propagate(%x: tensor<1x1x2x2xf32> {aten.name = "x"}) -> tensor<1x2xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<1x1x1x1xf32>
  %v = aten.parameter "v" dense<1.0> : tensor<2x4xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32> loc("conv2d")
  %1 = aten.view %0 {size = array<i64: 1, 4>} : (tensor<1x1x2x2xf32>) -> tensor<1x4xf32>
  %2 = aten.hardtanh %1 {min_val = -1.0 : f64, max_val = 1.0 : f64} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %3 = aten.linear %2, %v : (tensor<1x4xf32>, tensor<2x4xf32>) -> tensor<1x2xf32> loc("linear")
  return %3 : tensor<1x2xf32>
}

// -----

// test_cat_same_node: one tensor twice, one observer for all three edges.
// CHECK-COUNT-1: pt2e.site
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @cat_same_node
// CHECK: %[[X:.*]] = pt2e.observe @x, %arg0
// CHECK: %[[C:.*]] = aten.cat %[[X]], %[[X]]
// CHECK: pt2e.observe @x, %[[C]]
func.func @cat_same_node(%x: tensor<1x2xf32> {aten.name = "x"}) -> tensor<2x2xf32> {
  %0 = aten.cat %x, %x {dim = 0 : i64} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}

// -----

// test_add_mul_scalar: numbers are operands that are observed.
// CHECK-COUNT-5: pt2e.site
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @add_mul_scalar
// CHECK: aten.add.Tensor
// CHECK: aten.mul.Tensor
func.func @add_mul_scalar(%x: tensor<2xf32> {aten.name = "x"}) -> tensor<2xf32> {
  %0 = aten.add.Scalar %x {other = 3.0 : f64, alpha = 1 : i64} : (tensor<2xf32>) -> tensor<2xf32>
  %1 = aten.mul.Scalar %0 {other = 3.0 : f64} : (tensor<2xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

// test_mul_float32_max: no histogram holds that number.
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @mul_float32_max
// CHECK: aten.mul.Tensor {{.*}}"large-constant"
func.func @mul_float32_max(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = aten.mul.Scalar %x {other = 3.4028235e38 : f64} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// test_add_mul_long: integer arithmetic stays what it is.
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @add_mul_long
// CHECK: aten.add.Tensor {{.*}}"not-f32"
// CHECK: aten.mul.Scalar {{.*}}other = 3 : i64{{.*}} -> tensor<2xi64>
func.func @add_mul_long(%x: tensor<2xi64>) -> tensor<2xi64> {
  %0 = aten.add.Tensor %x, %x {alpha = 1 : i64} : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  %1 = aten.mul.Scalar %0 {other = 3 : i64} : (tensor<2xi64>) -> tensor<2xi64>
  return %1 : tensor<2xi64>
}

// -----

// test_conv1d_with_conv2d: both kinds in one program, four pairs for activations (input, two of one observer on both
// sides of the squeeze, output), and two weights per channel.
// CHECK-COUNT-5: pt2e.site
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @conv1d_with_conv2d
// CHECK: pt2e.observe @x, %arg0
// CHECK: pt2e.observe @w,
// CHECK: pt2e.observe @v,
// CHECK: %[[C:.*]] = aten.conv2d
// CHECK-NEXT: %[[O:.*]] = pt2e.observe @conv2d, %[[C]]
// CHECK-NEXT: %[[S:.*]] = aten.squeeze.dim %[[O]]
// CHECK-NEXT: %[[P:.*]] = pt2e.observe @conv2d, %[[S]]
// CHECK-NEXT: %[[D:.*]] = aten.conv1d %[[P]]
// CHECK-NEXT: %[[R:.*]] = pt2e.observe @conv1d, %[[D]]
// CHECK-NEXT: return %[[R]]
func.func @conv1d_with_conv2d(%x: tensor<1x1x1x4xf32> {aten.name = "x"}) -> tensor<1x1x4xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<1x1x1x1xf32>
  %v = aten.parameter "v" dense<1.0> : tensor<1x1x1xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x1x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x1x4xf32> loc("conv2d")
  %1 = aten.squeeze.dim %0 {dim = 2 : i64} : (tensor<1x1x1x4xf32>) -> tensor<1x1x4xf32>
  %2 = aten.conv1d %1, %v {stride = array<i64: 1>, padding = array<i64: 0>, dilation = array<i64: 1>, groups = 1 : i64} : (tensor<1x1x4xf32>, tensor<1x1x1xf32>) -> tensor<1x1x4xf32> loc("conv1d")
  return %2 : tensor<1x1x4xf32>
}
