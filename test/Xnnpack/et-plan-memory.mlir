// RUN: pt2e-opt --et-plan-memory --split-input-file %s | FileCheck %s
// RUN: pt2e-opt %s --split-input-file --et-plan-memory --remarks-filter=plan -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// The input's place is free again behind the second call; no call writes over
// what it reads.
// CHECK-LABEL: func.func @chain(
// CHECK-SAME: et.offset = 0
// CHECK-SAME: et.arena_size = 2176
// CHECK: call_kernel "aten::abs.out"{{.*}} {et.offsets = array<i64: 1024>}
// CHECK: call_kernel "aten::neg.out"{{.*}} {et.offsets = array<i64: 0>}
// CHECK: call_kernel "aten::abs.out"{{.*}} {et.offsets = array<i64: 1024>}
func.func @chain(%x: tensor<256xf32>) -> tensor<256xf32> {
  %0 = et.call_kernel "aten::abs.out"(%x) [#et.operand<0>] : (tensor<256xf32>) -> tensor<256xf32>
  %1 = et.call_kernel "aten::neg.out"(%0) [#et.operand<0>] : (tensor<256xf32>) -> tensor<256xf32>
  %2 = et.call_kernel "aten::abs.out"(%1) [#et.operand<0>] : (tensor<256xf32>) -> tensor<256xf32>
  return %2 : tensor<256xf32>
}

// -----

// A small tensor takes the smallest gap; a dynamic one its upper bound; a
// number no memory; an output stays to the end.
// REMARK: [Missed] UpperBound {{.*}}the arena of 2176 bytes is for input0 at its largest, [64, 4]
// CHECK-LABEL: func.func @gaps(
// CHECK-SAME: et.offset = 0
// CHECK: call_kernel "aten::sym_size.int"{{.*}} {et.offsets = array<i64: -1>}
// CHECK: call_kernel "aten::abs.out"{{.*}} {et.offsets = array<i64: 1024>}
// CHECK: call_kernel "aten::neg.out"{{.*}} {et.offsets = array<i64: 0>}
func.func @gaps(%x: tensor<?x4xf32, #aten.bounds<[64, -1]>>) -> (tensor<?x4xf32, #aten.bounds<[64, -1]>>, tensor<1xf32>) {
  %c = aten.parameter "c" dense<1.0> : tensor<1xf32>
  %n = et.call_kernel "aten::sym_size.int"(%x) [#et.operand<0>, 0 : i64] : (tensor<?x4xf32, #aten.bounds<[64, -1]>>) -> i64
  %0 = et.call_kernel "aten::abs.out"(%x) [#et.operand<0>] : (tensor<?x4xf32, #aten.bounds<[64, -1]>>) -> tensor<?x4xf32, #aten.bounds<[64, -1]>>
  %1 = et.call_kernel "aten::neg.out"(%c) [#et.operand<0>] : (tensor<1xf32>) -> tensor<1xf32>
  return %0, %1 : tensor<?x4xf32, #aten.bounds<[64, -1]>>, tensor<1xf32>
}

// -----

// A buffer shares its place with nothing.
// CHECK: aten.buffer @acc "acc" {et.offset = 128 : i64}
// CHECK-LABEL: func.func @buffer(
// CHECK-SAME: et.offset = 0
// CHECK: call_kernel "aten::add.out"{{.*}} {et.offsets = array<i64: 64>}
aten.buffer @acc "acc" dense<0.0> : tensor<16xf32>
func.func @buffer(%x: tensor<4xf32>) {
  %0 = aten.read_buffer @acc : tensor<16xf32>
  %1 = et.call_kernel "aten::add.out"(%0, %x) [#et.operand<0>, #et.operand<1>, 1 : i64] : (tensor<16xf32>, tensor<4xf32>) -> tensor<16xf32>
  aten.write_buffer @acc, %1 : tensor<16xf32>
  return
}

// -----

// An input that a delegate only converts to codes stays with the caller; one
// that is added, or that is not whole steps of a kernel, is copied.
// CHECK-LABEL: func.func @in_place(
// CHECK-SAME: tensor<256xf32> {et.in_place}
// CHECK-SAME: tensor<256xf32> {et.offset = 0 : i64}
// CHECK-SAME: tensor<4xf32> {et.offset = 3072 : i64}
!codes = !xnn.value<qint8, [256], scale = 5.0e-01 : f32, zero_point = 0>
!few = !xnn.value<qint8, [4], scale = 5.0e-01 : f32, zero_point = 0>
func.func private @delegate_0(%x: !xnn.value<f32, [256]>, %y: !xnn.value<f32, [256]>, %z: !xnn.value<f32, [4]>) -> (!xnn.value<f32, [256]>, !xnn.value<f32, [256]>, !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  %0 = xnn.convert %x : (!xnn.value<f32, [256]>) -> !codes
  %1 = xnn.convert %0 : (!codes) -> !xnn.value<f32, [256]>
  %2 = xnn.unary abs %y : (!xnn.value<f32, [256]>) -> !xnn.value<f32, [256]>
  %3 = xnn.convert %z : (!xnn.value<f32, [4]>) -> !few
  %4 = xnn.convert %3 : (!few) -> !xnn.value<f32, [4]>
  return %1, %2, %4 : !xnn.value<f32, [256]>, !xnn.value<f32, [256]>, !xnn.value<f32, [4]>
}
func.func @in_place(%x: tensor<256xf32>, %y: tensor<256xf32>, %z: tensor<4xf32>) -> (tensor<256xf32>, tensor<256xf32>, tensor<4xf32>) {
  %0:3 = et.call_delegate @delegate_0(%x, %y, %z) : (tensor<256xf32>, tensor<256xf32>, tensor<4xf32>) -> (tensor<256xf32>, tensor<256xf32>, tensor<4xf32>)
  return %0#0, %0#1, %0#2 : tensor<256xf32>, tensor<256xf32>, tensor<4xf32>
}
