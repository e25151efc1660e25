// RUN: pt2e-opt %s --aten-decompose | FileCheck %s

// Functions that XNNPACK has, so that they stay in a delegate. Values are compared with PyTorch's in e2e.float_cases.
// CHECK-LABEL: func.func @mish
// CHECK: aten.clamp %arg0 {max = 2.000000e+01 : f64}
// CHECK: aten.exp
// CHECK: aten.div.Tensor
// CHECK-NOT: log
func.func @mish(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = aten.operator "aten::mish"(%x) {arguments = {}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// CHECK-LABEL: func.func @softplus
// CHECK: %[[R:.*]] = aten.relu %arg0
// CHECK: %[[A:.*]] = aten.abs %arg0
// CHECK: %[[L:.*]] = aten.log
// CHECK: aten.add.Tensor %[[R]], %[[L]]
func.func @softplus(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = aten.operator "aten::softplus"(%x) {arguments = {beta = 1.0 : f64, threshold = 20.0 : f64}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// A threshold so low that it changes values.
// CHECK-LABEL: func.func @low_threshold
// CHECK-NEXT: aten.operator "aten::softplus"
func.func @low_threshold(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = aten.operator "aten::softplus"(%x) {arguments = {beta = 1.0 : f64, threshold = 2.0 : f64}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// CHECK-LABEL: func.func @softshrink
// CHECK: %[[C:.*]] = aten.clamp %arg0 {max = 2.500000e-01 : f64, min = -2.500000e-01 : f64}
// CHECK: aten.sub.Tensor %arg0, %[[C]]
func.func @softshrink(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = aten.operator "aten::softshrink"(%x) {arguments = {lambd = 0.25 : f64}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
