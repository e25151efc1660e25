// RUN: pt2e-opt %s --split-input-file --aten-widen-floats | FileCheck %s

// The border keeps its type, constants become the same numbers in f32.
// CHECK-LABEL: func.func @border
// CHECK-SAME: (%[[X:.*]]: tensor<2x4xf16>) -> tensor<2x3xf16>
// CHECK-DAG: %[[W:.*]] = aten.parameter "w" {aten.role = "buffer"} dense<{{.*}}1.500000e+00{{.*}}> : tensor<3x4xf32>
// CHECK-DAG: %[[WIDE:.*]] = aten.to.dtype %[[X]] {dtype = f32} : (tensor<2x4xf16>) -> tensor<2x4xf32>
// CHECK: %[[L:.*]] = aten.linear %[[WIDE]], %[[W]] : (tensor<2x4xf32>, tensor<3x4xf32>) -> tensor<2x3xf32>
// CHECK-NEXT: %[[S:.*]] = aten.softmax.int %[[L]] {dim = 1 : i64, dtype = f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
// CHECK-NEXT: %[[R:.*]] = aten.to.dtype %[[S]] {dtype = f16} : (tensor<2x3xf32>) -> tensor<2x3xf16>
// CHECK-NEXT: return %[[R]]
func.func @border(%x: tensor<2x4xf16>) -> tensor<2x3xf16> {
  %w = aten.parameter "w" {aten.role = "buffer"} dense<[[1.5, 2.0, -1.0, 0.0], [1.0, 2.0, 3.0, 4.0], [0.5, 0.0, 0.0, 0.0]]> : tensor<3x4xf16>
  %0 = aten.linear %x, %w : (tensor<2x4xf16>, tensor<3x4xf16>) -> tensor<2x3xf16>
  %1 = aten.softmax.int %0 {dim = 1 : i64, dtype = f16} : (tensor<2x3xf16>) -> tensor<2x3xf16>
  return %1 : tensor<2x3xf16>
}

// -----

// What the program itself computes in f32 joins the rest.
// CHECK-LABEL: func.func @own_casts
// CHECK: %[[A:.*]] = aten.relu %{{.*}} : (tensor<4xf32>) -> tensor<4xf32>
// CHECK-NEXT: %[[B:.*]] = aten.mul.Tensor %[[A]], %[[A]]
// CHECK-NEXT: %[[C:.*]] = aten.add.Tensor %[[B]], %[[A]]
// CHECK-NEXT: %[[D:.*]] = aten.to.dtype %[[C]] {dtype = bf16}
// CHECK-NEXT: return %[[D]]
func.func @own_casts(%x: tensor<4xbf16>) -> tensor<4xbf16> {
  %0 = aten.relu %x : (tensor<4xbf16>) -> tensor<4xbf16>
  %1 = aten.to.dtype %0 {dtype = f32} : (tensor<4xbf16>) -> tensor<4xf32>
  %2 = aten.mul.Tensor %1, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = aten.to.dtype %2 {dtype = bf16} : (tensor<4xf32>) -> tensor<4xbf16>
  %4 = aten.add.Tensor %3, %0 {alpha = 1 : i64} : (tensor<4xbf16>, tensor<4xbf16>) -> tensor<4xbf16>
  return %4 : tensor<4xbf16>
}

// -----

// Numbers rounded on purpose, and constants stored so, stay.
// CHECK-LABEL: func.func @rounds
// CHECK-NEXT: %[[H:.*]] = aten.to.dtype %{{.*}} {dtype = f16} : (tensor<4xf32>) -> tensor<4xf16>
// CHECK-NEXT: %[[F:.*]] = aten.to.dtype %[[H]] {dtype = f32} : (tensor<4xf16>) -> tensor<4xf32>
// CHECK-NEXT: %[[P:.*]] = aten.parameter "p" dense<{{.*}}> : tensor<4xf16>
// CHECK-NEXT: %[[Q:.*]] = aten.to.dtype %[[P]] {dtype = f32}
// CHECK-NEXT: aten.add.Tensor %[[F]], %[[Q]]
func.func @rounds(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = aten.to.dtype %x {dtype = f16} : (tensor<4xf32>) -> tensor<4xf16>
  %1 = aten.to.dtype %0 {dtype = f32} : (tensor<4xf16>) -> tensor<4xf32>
  %p = aten.parameter "p" dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf16>
  %2 = aten.to.dtype %p {dtype = f32} : (tensor<4xf16>) -> tensor<4xf32>
  %3 = aten.add.Tensor %1, %2 {alpha = 1 : i64} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %3 : tensor<4xf32>
}

// -----

// State is kept as it was exported.
// CHECK-LABEL: func.func @state
// CHECK: %[[OLD:.*]] = aten.read_buffer @acc : tensor<4xf16>
// CHECK-NEXT: %[[WIDE:.*]] = aten.to.dtype %[[OLD]] {dtype = f32}
// CHECK: %[[SUM:.*]] = aten.add.Tensor %[[WIDE]], %{{.*}} {alpha = 1 : i64} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// CHECK-NEXT: %[[NEW:.*]] = aten.to.dtype %[[SUM]] {dtype = f16}
// CHECK-NEXT: aten.write_buffer @acc, %[[NEW]] : tensor<4xf16>
// CHECK-NEXT: aten.operator "aten::gt.Tensor"(%[[SUM]], %{{.*}}) {{.*}} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
aten.buffer @acc "acc" dense<0.0> : tensor<4xf16>
func.func @state(%x: tensor<4xf16>) -> tensor<4xi1> {
  %0 = aten.read_buffer @acc : tensor<4xf16>
  %1 = aten.add.Tensor %0, %x {alpha = 1 : i64} : (tensor<4xf16>, tensor<4xf16>) -> tensor<4xf16>
  aten.write_buffer @acc, %1 : tensor<4xf16>
  %2 = aten.operator "aten::gt.Tensor"(%1, %x) {arguments = {}, segments = array<i32: 1, 1, 0>, tensors = ["self", "other"]} : (tensor<4xf16>, tensor<4xf16>) -> tensor<4xi1>
  return %2 : tensor<4xi1>
}

// -----

// Bits are no numbers.
// CHECK-LABEL: func.func @bits
// CHECK-NEXT: aten.operator "aten::view.dtype"(%arg0) {{.*}} : (tensor<4xf16>) -> tensor<4xi16>
// CHECK-NEXT: return
func.func @bits(%x: tensor<4xf16>) -> tensor<4xi16> {
  %0 = aten.operator "aten::view.dtype"(%x) {arguments = {dtype = i16}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<4xf16>) -> tensor<4xi16>
  return %0 : tensor<4xi16>
}
