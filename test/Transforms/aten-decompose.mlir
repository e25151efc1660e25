// RUN: pt2e-opt %s --split-input-file --aten-decompose | FileCheck %s
// RUN: pt2e-opt %s --split-input-file --aten-decompose --remarks-filter=decompose -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// CHECK-LABEL: func.func @attention
// CHECK: %[[T:.*]] = aten.permute %arg1 {dims = array<i64: 0, 2, 1>}
// CHECK: %[[S:.*]] = aten.matmul %arg0, %[[T]] {{.*}} -> tensor<2x3x5xf32>
// CHECK: %[[M:.*]] = aten.mul.Scalar %[[S]] {other = 5.000000e-01 : f64}
// CHECK: %[[A:.*]] = aten.add.Tensor %[[M]], %arg3
// CHECK: %[[W:.*]] = aten.softmax.int %[[A]] {dim = 2 : i64}
// CHECK: aten.matmul %[[W]], %arg2 {{.*}} -> tensor<2x3x6xf32>
func.func @attention(%q: tensor<2x3x4xf32>, %k: tensor<2x5x4xf32>, %v: tensor<2x5x6xf32>, %m: tensor<3x5xf32>) -> tensor<2x3x6xf32> {
  %0 = aten.scaled_dot_product_attention %q, %k, %v, %m {dropout_p = 0.0 : f64, is_causal = false, enable_gqa = false} : (tensor<2x3x4xf32>, tensor<2x5x4xf32>, tensor<2x5x6xf32>, tensor<3x5xf32>) -> tensor<2x3x6xf32>
  return %0 : tensor<2x3x6xf32>
}

// -----

// The mask of a dynamic length is cut from that of the longest.
// CHECK-LABEL: func.func @causal
// CHECK: %[[S:.*]] = aten.mul.Scalar
// CHECK: %[[M:.*]] = aten.parameter {{.*}}dense<{{\[\[}}0.000000e+00, -1.000000e+30], [0.000000e+00, 0.000000e+00]]> : tensor<2x2xf32>
// CHECK: %[[L:.*]] = aten.sym_size %[[S]], 1
// CHECK: %[[R:.*]] = aten.slice.Tensor %[[M]], %[[L]] {dim = 0 : i64, end = -9223372036854775808 : i64
// CHECK: aten.slice.Tensor %[[R]], %{{.*}} {dim = 1 : i64
func.func @causal(%q: tensor<1x?x4xf32, #aten.bounds<[-1, 2, -1]>>) -> tensor<1x?x4xf32, #aten.bounds<[-1, 2, -1]>> {
  %0 = aten.scaled_dot_product_attention %q, %q, %q {dropout_p = 0.0 : f64, is_causal = true, enable_gqa = false} : (tensor<1x?x4xf32, #aten.bounds<[-1, 2, -1]>>, tensor<1x?x4xf32, #aten.bounds<[-1, 2, -1]>>, tensor<1x?x4xf32, #aten.bounds<[-1, 2, -1]>>) -> tensor<1x?x4xf32, #aten.bounds<[-1, 2, -1]>>
  return %0 : tensor<1x?x4xf32, #aten.bounds<[-1, 2, -1]>>
}

// -----

// CHECK-LABEL: func.func @pieces
// CHECK: aten.slice.Tensor %arg0 {dim = 1 : i64, end = 2 : i64, start = 0 : i64, step = 1 : i64}
// CHECK: aten.slice.Tensor %arg0 {dim = 1 : i64, end = 3 : i64, start = 2 : i64, step = 1 : i64}
// CHECK: aten.select.int %arg0 {dim = 0 : i64, index = 1 : i64}
// CHECK: %[[A:.*]] = aten.unsqueeze
// CHECK: %[[B:.*]] = aten.unsqueeze
// CHECK: aten.cat %[[A]], %[[B]] {dim = 0 : i64}
func.func @pieces(%x: tensor<2x3xf32>) -> (tensor<2x2xf32>, tensor<2x1xf32>, tensor<2x3xf32>) {
  %0:2 = aten.chunk %x {chunks = 2 : i64, dim = 1 : i64} : (tensor<2x3xf32>) -> (tensor<2x2xf32>, tensor<2x1xf32>)
  %1:2 = aten.unbind.int %x {dim = 0 : i64} : (tensor<2x3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  %2 = aten.stack %1#0, %1#1 {dim = 0 : i64} : (tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return %0#0, %0#1, %2 : tensor<2x2xf32>, tensor<2x1xf32>, tensor<2x3xf32>
}

// -----

// One product for the inputs of all steps, then a step for each.
// CHECK-LABEL: func.func @gru
// CHECK: aten.linear %arg0, {{.*}} -> tensor<2x3x12xf32>
// CHECK-COUNT-2: aten.tanh
// CHECK-NOT: aten.tanh
// CHECK: aten.cat
func.func @gru(%x: tensor<2x3x5xf32>, %h: tensor<1x3x4xf32>, %wi: tensor<12x5xf32>, %wh: tensor<12x4xf32>) -> (tensor<2x3x4xf32>, tensor<1x3x4xf32>) {
  %0:2 = aten.operator "aten::gru.input"(%x, %h, %wi, %wh) {arguments = {has_biases = false, num_layers = 1 : i64, dropout = 0.0 : f64, train = false, bidirectional = false, batch_first = false}, segments = array<i32: 1, 1, 2, 0>, tensors = ["input", "hx", "params"]} : (tensor<2x3x5xf32>, tensor<1x3x4xf32>, tensor<12x5xf32>, tensor<12x4xf32>) -> (tensor<2x3x4xf32>, tensor<1x3x4xf32>)
  return %0#0, %0#1 : tensor<2x3x4xf32>, tensor<1x3x4xf32>
}

// -----

// CHECK-LABEL: func.func @einsum
// CHECK: aten.matmul {{.*}} : (tensor<1x2x3xf32>, tensor<1x3x4xf32>) -> tensor<1x2x4xf32>
// CHECK: aten.permute {{.*}} -> tensor<4x2xf32>
func.func @einsum(%x: tensor<2x3xf32>, %y: tensor<4x3xf32>) -> tensor<4x2xf32> {
  %0 = aten.operator "aten::einsum"(%x, %y) {arguments = {equation = "ij, kj -> ki"}, segments = array<i32: 2, 0>, tensors = ["tensors"]} : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<4x2xf32>
  return %0 : tensor<4x2xf32>
}

// -----

// A dimension that run time decides is not cut.
// CHECK-LABEL: func.func @stays
// CHECK: aten.split.Tensor
func.func @stays(%x: tensor<?x3xf32, #aten.bounds<[8, -1]>>) -> tensor<?x3xf32, #aten.bounds<[4, -1]>> {
  %0:2 = aten.split.Tensor %x {split_size = 4 : i64, dim = 0 : i64} : (tensor<?x3xf32, #aten.bounds<[8, -1]>>) -> (tensor<?x3xf32, #aten.bounds<[4, -1]>>, tensor<?x3xf32, #aten.bounds<[4, -1]>>)
  return %0#0 : tensor<?x3xf32, #aten.bounds<[4, -1]>>
}

// -----

// A batch of sequences is taken apart, one sequence is not.
// REMARK: [Missed] Decompose {{.*}}aten::sort stays: expected a tensor with dimensions, and a sort that need not be stable
// CHECK-LABEL: func.func @stays
// CHECK: aten::sort
func.func @stays(%x: tensor<f32>) -> (tensor<f32>, tensor<i64>) {
  %0:2 = aten.operator "aten::sort"(%x) {arguments = {dim = -1 : i64, descending = false}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<f32>) -> (tensor<f32>, tensor<i64>)
  return %0#0, %0#1 : tensor<f32>, tensor<i64>
}
