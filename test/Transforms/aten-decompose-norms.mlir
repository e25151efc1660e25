// RUN: pt2e-opt %s --aten-decompose | FileCheck %s

// CHECK-LABEL: func.func @rms_norm
// CHECK: %[[S:.*]] = aten.mul.Tensor %arg0, %arg0
// CHECK: %[[M:.*]] = aten.mean.dim %[[S]] {dim = array<i64: 1, 2>, keepdim = true} {{.*}} -> tensor<2x1x1xf32>
// CHECK: %[[E:.*]] = aten.add.Scalar %[[M]] {alpha = 1 : i64, other = 1.1920928955078125E-7 : f64}
// CHECK: %[[R:.*]] = aten.rsqrt %[[E]]
// CHECK: %[[N:.*]] = aten.mul.Tensor %arg0, %[[R]]
// CHECK: aten.mul.Tensor %[[N]], %arg1
func.func @rms_norm(%x: tensor<2x3x4xf32>, %w: tensor<3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = aten.operator "aten::rms_norm"(%x, %w) {arguments = {normalized_shape = array<i64: 3, 4>}, segments = array<i32: 1, 1, 0>, tensors = ["input", "weight"]} : (tensor<2x3x4xf32>, tensor<3x4xf32>) -> tensor<2x3x4xf32>
  return %0 : tensor<2x3x4xf32>
}

// A group for each channel.
// CHECK-LABEL: func.func @instance_norm
// CHECK: aten.group_norm %arg0 {{.*}}num_groups = 3 : i64
func.func @instance_norm(%x: tensor<2x3x4x4xf32>) -> tensor<2x3x4x4xf32> {
  %0 = aten.operator "aten::instance_norm"(%x) {arguments = {use_input_stats = true, momentum = 0.1 : f64, eps = 1.0e-5 : f64, cudnn_enabled = true}, segments = array<i32: 1, 0, 0, 0, 0, 0>, tensors = ["input", "weight", "bias", "running_mean", "running_var"]} : (tensor<2x3x4x4xf32>) -> tensor<2x3x4x4xf32>
  return %0 : tensor<2x3x4x4xf32>
}
