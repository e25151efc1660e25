// RUN: pt2e-opt --verify-roundtrip %s | FileCheck %s
// RUN: pt2e-opt --emit-bytecode %s | pt2e-opt | FileCheck %s

func.func private @delegate(%x: !xnn.value<f32, [4]>) -> !xnn.value<f32, [4]> attributes {xnn.delegate} {
  return %x : !xnn.value<f32, [4]>
}

// CHECK-LABEL: func.func @calls(
// CHECK: et.call_delegate @delegate(%{{.*}}) {et.offsets = array<i64: 64>} : (tensor<4xf32>) -> tensor<4xf32>
// CHECK: et.call_kernel "aten::cat.out"(%{{.*}}, %{{.*}}) [#et.tensors<[0, 1]>, 0] : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
// CHECK: et.call_kernel "aten::index.Tensor_out"(%{{.*}}, %{{.*}}) [#et.operand<0>, #et.tensors<[-1, 1], optional = true>]
// CHECK: et.call_kernel "aten::sym_size.int"(%{{.*}}) [#et.operand<0>, 0] : (tensor<4xf32>) -> i64
// CHECK: et.call_kernel "aten::view_copy.out"(%{{.*}}, %{{.*}}) [#et.operand<0>, array<i64: -9223372036854775808, 1>]
// CHECK: et.call_kernel "aten::clamp.out"(%{{.*}}) [#et.operand<0>, 0.000000e+00, unit]
func.func @calls(%x: tensor<4xf32>, %m: tensor<2x4xf32>, %i: tensor<3xi64>) {
  %0 = et.call_delegate @delegate(%x) {et.offsets = array<i64: 64>} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = et.call_kernel "aten::cat.out"(%x, %0) [#et.tensors<[0, 1]>, 0 : i64] : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
  %2 = et.call_kernel "aten::index.Tensor_out"(%m, %i) [#et.operand<0>, #et.tensors<[-1, 1], optional = true>] : (tensor<2x4xf32>, tensor<3xi64>) -> tensor<2x3xf32>
  %3 = et.call_kernel "aten::sym_size.int"(%x) [#et.operand<0>, 0 : i64] : (tensor<4xf32>) -> i64
  %4 = et.call_kernel "aten::view_copy.out"(%x, %3) [#et.operand<0>, array<i64: -9223372036854775808, 1>] : (tensor<4xf32>, i64) -> tensor<4x1xf32>
  %5 = et.call_kernel "aten::clamp.out"(%x) [#et.operand<0>, 0.0 : f64, unit] : (tensor<4xf32>) -> tensor<4xf32>
  return
}
