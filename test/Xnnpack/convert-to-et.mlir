// RUN: pt2e-opt %s --split-input-file --convert-to-et | FileCheck %s
// RUN: pt2e-opt %s --split-input-file --convert-to-et --remarks-filter=execute -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// The kernel with the operator's arguments.
// CHECK-LABEL: func.func @kernels
// CHECK: %[[C:.*]] = et.call_kernel "aten::cos.out"(%arg0) [#et.operand<0>]
// CHECK: et.call_kernel "aten::add.out"(%[[C]], %arg0) [#et.operand<0>, #et.operand<1>, 2]
// CHECK: et.call_kernel "aten::sum.IntList_out"(%{{.*}}) [#et.operand<0>, array<i64: 1>, false, unit]
func.func @kernels(%x: tensor<2x3xf64>) -> tensor<2xf64> {
  %0 = aten.cos %x : (tensor<2x3xf64>) -> tensor<2x3xf64>
  %1 = aten.add.Tensor %0, %x {alpha = 2 : i64} : (tensor<2x3xf64>, tensor<2x3xf64>) -> tensor<2x3xf64>
  %2 = aten.sum.dim_IntList %1 {dim = array<i64: 1>, keepdim = false} : (tensor<2x3xf64>) -> tensor<2xf64>
  return %2 : tensor<2xf64>
}

// -----

// Operators in the form that a kernel has.
// CHECK-LABEL: func.func @forms
// CHECK: et.call_kernel "aten::native_layer_norm.out"(%arg0) [#et.operand<0>, array<i64: 4>, unit, unit, 1.000000e-05] : {{.*}} -> (tensor<2x4xf32>, tensor<2x1xf32>, tensor<2x1xf32>)
// CHECK: et.call_kernel "aten::_softmax.out"(%{{.*}}) [#et.operand<0>, 1, false]
// CHECK: et.call_kernel "aten::view_copy.out"(%{{.*}}) [#et.operand<0>, array<i64: 8>]
func.func @forms(%x: tensor<2x4xf32>) -> tensor<8xf32> {
  %0 = aten.layer_norm %x {normalized_shape = array<i64: 4>, eps = 1.0e-5 : f64, operandSegmentSizes = array<i32: 1, 0, 0>} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %1 = aten.softmax.int %0 {dim = 1 : i64} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %2 = aten.flatten.using_ints %1 {start_dim = 0 : i64, end_dim = 1 : i64} : (tensor<2x4xf32>) -> tensor<8xf32>
  return %2 : tensor<8xf32>
}

// -----

// Integers are no values of XNNPACK, and there is no kernel for a square.
// CHECK-LABEL: func.func @square
// CHECK: et.call_kernel "aten::mul.out"(%arg0, %arg0) [#et.operand<0>, #et.operand<1>] : (tensor<3xi64>, tensor<3xi64>) -> tensor<3xi64>
func.func @square(%x: tensor<3xi64>) -> tensor<3xi64> {
  %0 = aten.square %x : (tensor<3xi64>) -> tensor<3xi64>
  return %0 : tensor<3xi64>
}

// -----

// Sizes that run time computes.
// CHECK-LABEL: func.func @sizes
// CHECK: %[[N:.*]] = et.call_kernel "aten::sym_size.int"(%arg0) [#et.operand<0>, 0]
// CHECK: %[[M:.*]] = et.call_kernel "executorch_prim::mul.Scalar"(%[[N]]) [#et.operand<0>, 2]
// CHECK: et.call_kernel "aten::expand_copy.out"(%arg1, %[[M]]) [#et.operand<0>, array<i64: -9223372036854775808, 4>, false]
func.func @sizes(%x: tensor<?x4xf32, #aten.bounds<[8, -1]>>, %y: tensor<1x4xf32>) -> tensor<?x4xf32, #aten.bounds<[16, -1]>> {
  %c2 = arith.constant 2 : i64
  %0 = aten.sym_size %x, 0 : tensor<?x4xf32, #aten.bounds<[8, -1]>>
  %1 = arith.muli %0, %c2 : i64
  %2 = aten.expand %y, %1 {size = array<i64: -9223372036854775808, 4>} : (tensor<1x4xf32>, i64) -> tensor<?x4xf32, #aten.bounds<[16, -1]>>
  return %2 : tensor<?x4xf32, #aten.bounds<[16, -1]>>
}

// -----

// CHECK-LABEL: func.func @observed
// CHECK: et.call_kernel "pt2e::observe.out"(%arg0) [#et.operand<0>, 1]{{.*}} -> tensor<0xf32>
// CHECK: et.call_kernel "aten::abs.out"(%arg0)
pt2e.site @a spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">)
pt2e.site @b spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">)
func.func @observed(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %0 = pt2e.observe @b, %x : tensor<2x4xf32>
  %1 = aten.abs %0 : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %1 : tensor<2x4xf32>
}

// -----

// A list with absent entries.
// CHECK-LABEL: func.func @lists
// CHECK: et.call_kernel "aten::index.Tensor_out"(%arg0, %arg1) [#et.operand<0>, #et.tensors<[-1, 1], optional = true>]
func.func @lists(%x: tensor<2x4xf32>, %i: tensor<3xi64>) -> tensor<2x3xf32> {
  %0 = aten.operator "aten::index.Tensor"(%x, %i) {arguments = {indices = array<i1: false, true>}, segments = array<i32: 1, 1, 0>, tensors = ["self", "indices"]} : (tensor<2x4xf32>, tensor<3xi64>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

// A table in codes: 4-bit ones are packed, the first in the upper half, from 0 on.
// CHECK-LABEL: func.func @embedding
// CHECK: et.call_kernel "quantized_decomposed::embedding_byte.out"(%{{.*}}, %{{.*}}, %{{.*}}, %arg0) [#et.operand<0>, #et.operand<1>, #et.operand<2>, 0, 255, #et.operand<3>]
// CHECK: %[[W:.*]] = aten.parameter "v" dense<{{\[}}[159, 106]]> : tensor<1x2xui8>
// CHECK: et.call_kernel "quantized_decomposed::embedding_4bit.out"(%[[W]], %{{.*}}, %arg0) [#et.operand<0>, #et.operand<1>, unit, -8, 7, #et.operand<2>] : (tensor<1x2xui8>, tensor<1x2xf32>, tensor<3xi64>) -> tensor<3x4xf32>
func.func @embedding(%i: tensor<3xi64>) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  %w = aten.parameter "w" dense<3> : tensor<2x4xui8>
  %s = arith.constant dense<[[0.1], [0.2]]> : tensor<2x1xf32>
  %z = arith.constant dense<[[1.5], [2.5]]> : tensor<2x1xf32>
  %d = pt2e.dequantize %w, %s, %z from <ui8, 0 : 255, block = [1, -1]> : tensor<2x4xui8>, tensor<2x1xf32>, tensor<2x1xf32> -> tensor<2x4xf32>
  %0 = aten.embedding %d, %i {padding_idx = -1 : i64, scale_grad_by_freq = false, sparse = false} : (tensor<2x4xf32>, tensor<3xi64>) -> tensor<3x4xf32>
  %v = aten.parameter "v" dense<[[1, 7, -2, 2]]> : tensor<1x4xi4>
  %t = arith.constant dense<[[0.1, 0.2]]> : tensor<1x2xf32>
  %e = pt2e.dequantize %v, %t from <i4, -8 : 7, block = [1, 2]> : tensor<1x4xi4>, tensor<1x2xf32> -> tensor<1x4xf32>
  %1 = aten.embedding %e, %i {padding_idx = -1 : i64, scale_grad_by_freq = false, sparse = false} : (tensor<1x4xf32>, tensor<3xi64>) -> tensor<3x4xf32>
  return %0, %1 : tensor<3x4xf32>, tensor<3x4xf32>
}

// -----

// A table in f16 stays so: its rows are cast.
// CHECK-LABEL: func.func @table_of_halves
// CHECK: %[[W:.*]] = aten.parameter "w" dense<1.500000e+00> : tensor<2x4xf16>
// CHECK: %[[ROWS:.*]] = et.call_kernel "aten::embedding.out"(%[[W]], %arg0) {{.*}} -> tensor<3x4xf16>
// CHECK: et.call_kernel "aten::_to_copy.out"(%[[ROWS]]) {{.*}} : (tensor<3x4xf16>) -> tensor<3x4xf32>
func.func @table_of_halves(%i: tensor<3xi64>) -> tensor<3x4xf32> {
  %w = aten.parameter "w" dense<1.5> : tensor<2x4xf16>
  %t = aten.to.dtype %w {dtype = f32} : (tensor<2x4xf16>) -> tensor<2x4xf32>
  %0 = aten.embedding %t, %i {padding_idx = -1 : i64, scale_grad_by_freq = false, sparse = false} : (tensor<2x4xf32>, tensor<3xi64>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

// -----

// So does one of f32 numbers that f16 has.
// CHECK-LABEL: func.func @table_of_exact_numbers
// CHECK: %[[W:.*]] = aten.parameter "w" {{.*}} : tensor<32x4xf16>
// CHECK: %[[ROWS:.*]] = et.call_kernel "aten::embedding.out"(%[[W]], %arg0) {{.*}} -> tensor<3x4xf16>
// CHECK: et.call_kernel "aten::_to_copy.out"(%[[ROWS]])
// CHECK: %[[V:.*]] = aten.parameter "v" dense<1.000000e-01> : tensor<32x4xf32>
// CHECK: et.call_kernel "aten::embedding.out"(%[[V]], %arg0) {{.*}} -> tensor<3x4xf32>
func.func @table_of_exact_numbers(%i: tensor<3xi64>) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  %w = aten.parameter "w" dense<1.5> : tensor<32x4xf32>
  %0 = aten.embedding %w, %i {padding_idx = -1 : i64, scale_grad_by_freq = false, sparse = false} : (tensor<32x4xf32>, tensor<3xi64>) -> tensor<3x4xf32>
  %v = aten.parameter "v" dense<0.1> : tensor<32x4xf32>
  %1 = aten.embedding %v, %i {padding_idx = -1 : i64, scale_grad_by_freq = false, sparse = false} : (tensor<32x4xf32>, tensor<3xi64>) -> tensor<3x4xf32>
  return %0, %1 : tensor<3x4xf32>, tensor<3x4xf32>
}

// -----

// Codes of other widths: in a byte, or packed, as they are.
// CHECK-LABEL: func.func @narrow_tables
// CHECK: %[[W:.*]] = aten.parameter "w" dense<{{\[}}[17, 3, 0, 31]]> : tensor<1x4xi8>
// CHECK: et.call_kernel "quantized_decomposed::embedding_byte.out"(%[[W]]
// CHECK: %[[V:.*]] = aten.parameter "v" dense<{{\[}}[151, 104]]> : tensor<1x2xui8>
// CHECK: et.call_kernel "quantized_decomposed::embedding_4bit.out"(%[[V]]
func.func @narrow_tables(%i: tensor<3xi64>) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  %w = aten.parameter "w" dense<[[17, 3, 0, 31]]> : tensor<1x4xui5>
  %s = arith.constant dense<0.1> : tensor<1x1xf32>
  %d = pt2e.dequantize %w, %s from <ui5, 0 : 31, block = [1, -1]> : tensor<1x4xui5>, tensor<1x1xf32> -> tensor<1x4xf32>
  %0 = aten.embedding %d, %i {padding_idx = -1 : i64, scale_grad_by_freq = false, sparse = false} : (tensor<1x4xf32>, tensor<3xi64>) -> tensor<3x4xf32>
  %v = aten.parameter "v" dense<[[1, -1, -2, 0]]> : tensor<1x4xi2>
  %e = pt2e.dequantize %v, %s from <i2, -2 : 1, block = [1, -1]> : tensor<1x4xi2>, tensor<1x1xf32> -> tensor<1x4xf32>
  %1 = aten.embedding %e, %i {padding_idx = -1 : i64, scale_grad_by_freq = false, sparse = false} : (tensor<1x4xf32>, tensor<3xi64>) -> tensor<3x4xf32>
  return %0, %1 : tensor<3x4xf32>, tensor<3x4xf32>
}

// -----

// Quantized at run time outside XNNPACK.
// CHECK-LABEL: func.func @dynamic
// CHECK: %[[C:.*]]:2 = et.call_kernel "quantized_decomposed::choose_qparams.Tensor_out"(%arg0) [#et.operand<0>, -128, 127, 1.1920928955078125E-7, 1] : (tensor<2x4xf32>) -> (tensor<1xf64>, tensor<1xi64>)
// CHECK: %[[Q:.*]] = et.call_kernel "quantized_decomposed::quantize_per_tensor.Tensor_out"(%arg0, %[[C]]#0, %[[C]]#1) [#et.operand<0>, #et.operand<1>, #et.operand<2>, -128, 127, 1]
// CHECK: et.call_kernel "quantized_decomposed::dequantize_per_tensor.Tensor_out"(%[[Q]], %[[C]]#0, %[[C]]#1)
// CHECK-NOT: pt2e.choose_qparams
func.func @dynamic(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %s, %z = pt2e.choose_qparams %x for <i8, -128 : 127, block = [-1, -1]> affine : tensor<2x4xf32> -> tensor<1x1xf32>, tensor<1x1xi32>
  %q = pt2e.quantize %x, %s, %z to <i8, -128 : 127, block = [-1, -1]> : tensor<2x4xf32>, tensor<1x1xf32>, tensor<1x1xi32> -> tensor<2x4xi8>
  %d = pt2e.dequantize %q, %s, %z from <i8, -128 : 127, block = [-1, -1]> : tensor<2x4xi8>, tensor<1x1xf32>, tensor<1x1xi32> -> tensor<2x4xf32>
  return %d : tensor<2x4xf32>
}

// -----

// Codes that no kernel reads are numbers again, four times as large.
// REMARK: [Missed] KeepCodes {{.*}}no kernel reads these codes of w: they become 4 f32 numbers
// CHECK-LABEL: func.func @codes_of_no_kernel
// CHECK: %[[W:.*]] = aten.parameter "w" dense<1.000000e+00> : tensor<2x2xf32>
// CHECK: et.call_kernel "aten::erf.out"(%[[W]])
func.func @codes_of_no_kernel() -> tensor<2x2xf32> {
  %w = aten.parameter "w" dense<2> : tensor<2x2xi8>
  %s = arith.constant dense<0.5> : tensor<1x1xf32>
  %d = pt2e.dequantize %w, %s from <i8, -128 : 127, block = [-1, -1]> : tensor<2x2xi8>, tensor<1x1xf32> -> tensor<2x2xf32>
  %0 = aten.operator "aten::erf"(%d) {arguments = {}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}
