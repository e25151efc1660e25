// Every op and attribute keeps its meaning through text and bytecode.
// RUN: pt2e-opt %s --verify-roundtrip | FileCheck %s
// RUN: pt2e-opt %s --mlir-print-op-generic -o %t.once
// RUN: pt2e-opt %s | pt2e-opt --mlir-print-op-generic | diff %t.once -
// RUN: pt2e-opt %s --emit-bytecode | pt2e-opt --mlir-print-op-generic | diff %t.once -

func.func private @delegate_0(%x: !xnn.value<f32, [8, 4]>) -> (!xnn.value<f32, [8, 4]>, !xnn.value<f32, [8, 4]>) attributes {xnn.delegate} {
  %0 = xnn.unary abs %x : (!xnn.value<f32, [8, 4]>) -> !xnn.value<f32, [8, 4]>
  %1 = xnn.unary negate %x : (!xnn.value<f32, [8, 4]>) -> !xnn.value<f32, [8, 4]>
  return %0, %1 : !xnn.value<f32, [8, 4]>, !xnn.value<f32, [8, 4]>
}

// CHECK-LABEL: func.func @forward
// CHECK-SAME: et.offset = 64 : i64
// CHECK-SAME: et.arena_size = 1024 : i64
func.func @forward(%x: tensor<?x4xf32, #aten.bounds<[8, -1]>> {et.offset = 64 : i64}, %i: tensor<2xi64>, %n: i64) attributes {et.arena_size = 1024 : i64} {
  // CHECK: et.call_delegate @delegate_0(%{{.*}}) {et.offsets = array<i64: 0, 128>} : (tensor<?x4xf32, #aten.bounds<[8, -1]>>) -> (tensor<?x4xf32, #aten.bounds<[8, -1]>>, tensor<?x4xf32, #aten.bounds<[8, -1]>>)
  %0:2 = et.call_delegate @delegate_0(%x) {et.offsets = array<i64: 0, 128>} : (tensor<?x4xf32, #aten.bounds<[8, -1]>>) -> (tensor<?x4xf32, #aten.bounds<[8, -1]>>, tensor<?x4xf32, #aten.bounds<[8, -1]>>)
  // CHECK: et.call_kernel "aten::_softmax.out"(%{{.*}}) [#et.operand<0>, -1, false] :
  %1 = et.call_kernel "aten::_softmax.out"(%0#0) [#et.operand<0>, -1 : i64, false] : (tensor<?x4xf32, #aten.bounds<[8, -1]>>) -> tensor<?x4xf32, #aten.bounds<[8, -1]>>
  // A list of tensors; None, a list of integers with one of run time.
  // CHECK: et.call_kernel "aten::cat.out"(%{{.*}}, %{{.*}}) [#et.tensors<[0, 1]>, 0] :
  %2 = et.call_kernel "aten::cat.out"(%0#0, %0#1) [#et.tensors<[0, 1]>, 0 : i64] : (tensor<?x4xf32, #aten.bounds<[8, -1]>>, tensor<?x4xf32, #aten.bounds<[8, -1]>>) -> tensor<?x4xf32, #aten.bounds<[16, -1]>>
  // CHECK: et.call_kernel "aten::index.Tensor_out"(%{{.*}}, %{{.*}}) [#et.operand<0>, #et.tensors<[-1, 1], optional = true>] :
  %3 = et.call_kernel "aten::index.Tensor_out"(%0#0, %i) [#et.operand<0>, #et.tensors<[-1, 1], optional = true>] : (tensor<?x4xf32, #aten.bounds<[8, -1]>>, tensor<2xi64>) -> tensor<?x2xf32, #aten.bounds<[8, -1]>>
  // CHECK: et.call_kernel "aten::view_copy.out"(%{{.*}}, %{{.*}}) [#et.operand<0>, array<i64: -9223372036854775808, 2, 2>] :
  %4 = et.call_kernel "aten::view_copy.out"(%0#0, %n) [#et.operand<0>, array<i64: -9223372036854775808, 2, 2>] : (tensor<?x4xf32, #aten.bounds<[8, -1]>>, i64) -> tensor<?x2x2xf32, #aten.bounds<[8, -1, -1]>>
  // CHECK: et.call_kernel "aten::clamp.out"(%{{.*}}) [#et.operand<0>, 5.000000e-01, unit] :
  %5 = et.call_kernel "aten::clamp.out"(%0#0) [#et.operand<0>, 5.0e-01 : f64, unit] : (tensor<?x4xf32, #aten.bounds<[8, -1]>>) -> tensor<?x4xf32, #aten.bounds<[8, -1]>>
  // CHECK: et.call_kernel "executorch_prim::add.Scalar"(%{{.*}}) [#et.operand<0>, 1] : (i64) -> i64
  %6 = et.call_kernel "executorch_prim::add.Scalar"(%n) [#et.operand<0>, 1 : i64] : (i64) -> i64
  return
}
