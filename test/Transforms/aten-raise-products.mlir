// RUN: pt2e-opt %s --split-input-file --aten-raise-products | FileCheck %s
// RUN: pt2e-opt %s --split-input-file --aten-raise-products --remarks-filter=simplify -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// The offset for unsigned codes goes, the scales behind are the weight's.
// CHECK-LABEL: func @with_offset
// CHECK-DAG: %[[S:.*]], %[[Z:.*]] = pt2e.choose_qparams %arg0 for <i8, -128 : 127, block = [1, -1]> symmetric
// CHECK-DAG: %[[Q:.*]] = pt2e.quantize %arg0, %[[S]], %[[Z]]
// CHECK-DAG: %[[X:.*]] = pt2e.dequantize %[[Q]], %[[S]], %[[Z]]
// CHECK-DAG: %[[C:.*]] = aten.parameter "w" dense<{{\[}}[1, 3, 5], [2, -4, 6]]> : tensor<2x3xi8>
// CHECK-DAG: %[[V:.*]] = arith.constant dense<{{\[}}[5.000000e-01], [2.500000e-01]]> : tensor<2x1xf32>
// CHECK: %[[W:.*]] = pt2e.dequantize %[[C]], %[[V]] from <i8, -128 : 127, block = [1, -1]>
// CHECK: %[[Y:.*]] = aten.linear %[[X]], %[[W]], %{{.*}} : (tensor<4x3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<4x2xf32>
// CHECK: return %[[Y]]
func.func @with_offset(%x: tensor<4x3xf32>) -> tensor<4x2xf32> {
  %s, %z = pt2e.choose_qparams %x for <i8, -128 : 127, block = [1, -1]> symmetric {eps = 1.1920929E-7 : f32} : tensor<4x3xf32> -> tensor<4x1xf32>, tensor<4x1xi32>
  %q = pt2e.quantize %x, %s, %z to <i8, -128 : 127, block = [1, -1]> : tensor<4x3xf32>, tensor<4x1xf32>, tensor<4x1xi32> -> tensor<4x3xi8>
  %w = aten.parameter "w" dense<[[1, 2], [3, -4], [5, 6]]> : tensor<3x2xi8>
  %0 = aten.to.dtype %q {dtype = i32} : (tensor<4x3xi8>) -> tensor<4x3xi32>
  %1 = aten.add.Scalar %0 {alpha = 1 : i64, other = 128 : i64} : (tensor<4x3xi32>) -> tensor<4x3xi32>
  %2 = aten.to.dtype %1 {dtype = ui8} : (tensor<4x3xi32>) -> tensor<4x3xui8>
  %3 = aten.operator "aten::_int_mm"(%2, %w) {arguments = {}, segments = array<i32: 1, 1, 0>, tensors = ["self", "mat2"]} : (tensor<4x3xui8>, tensor<3x2xi8>) -> tensor<4x2xi32>
  %4 = aten.sum.dim_IntList %w {dim = array<i64: 0>, dtype = i32, keepdim = true} : (tensor<3x2xi8>) -> tensor<1x2xi32>
  %5 = aten.mul.Scalar %4 {other = 128 : i64} : (tensor<1x2xi32>) -> tensor<1x2xi32>
  %6 = aten.sub.Tensor %3, %5 {alpha = 1 : i64} : (tensor<4x2xi32>, tensor<1x2xi32>) -> tensor<4x2xi32>
  %7 = aten.to.dtype %6 {dtype = f32} : (tensor<4x2xi32>) -> tensor<4x2xf32>
  %8 = aten.mul.Tensor %7, %s : (tensor<4x2xf32>, tensor<4x1xf32>) -> tensor<4x2xf32>
  %v = aten.parameter "v" dense<[0.5, 0.25]> : tensor<2xf32>
  %9 = aten.mul.Tensor %8, %v : (tensor<4x2xf32>, tensor<2xf32>) -> tensor<4x2xf32>
  %b = aten.parameter "b" dense<[1.0, 2.0]> : tensor<2xf32>
  %10 = aten.add.Tensor %9, %b {alpha = 1 : i64} : (tensor<4x2xf32>, tensor<2xf32>) -> tensor<4x2xf32>
  return %10 : tensor<4x2xf32>
}

// -----

// Codes that are viewed: the view comes first.
// CHECK-LABEL: func @of_rows_of_a_batch
// CHECK: %[[ROWS:.*]] = aten.reshape %arg0 {shape = array<i64: 4, 3>} : (tensor<2x2x3xf32>) -> tensor<4x3xf32>
// CHECK: pt2e.choose_qparams %[[ROWS]] for <i8, -128 : 127, block = [1, -1]> symmetric
// CHECK: aten.linear
// CHECK-SAME: (tensor<4x3xf32>, tensor<2x3xf32>) -> tensor<4x2xf32>
func.func @of_rows_of_a_batch(%x: tensor<2x2x3xf32>) -> tensor<4x2xf32> {
  %s, %z = pt2e.choose_qparams %x for <i8, -128 : 127, block = [1, 1, -1]> symmetric : tensor<2x2x3xf32> -> tensor<2x2x1xf32>, tensor<2x2x1xi32>
  %q = pt2e.quantize %x, %s, %z to <i8, -128 : 127, block = [1, 1, -1]> : tensor<2x2x3xf32>, tensor<2x2x1xf32>, tensor<2x2x1xi32> -> tensor<2x2x3xi8>
  %r = aten.reshape %q {shape = array<i64: 4, 3>} : (tensor<2x2x3xi8>) -> tensor<4x3xi8>
  %t = aten.reshape %s {shape = array<i64: 4, 1>} : (tensor<2x2x1xf32>) -> tensor<4x1xf32>
  %w = aten.parameter "w" dense<[[1, 2], [3, -4], [5, 6]]> : tensor<3x2xi8>
  %0 = aten.operator "aten::_int_mm"(%r, %w) {arguments = {}, segments = array<i32: 1, 1, 0>, tensors = ["self", "mat2"]} : (tensor<4x3xi8>, tensor<3x2xi8>) -> tensor<4x2xi32>
  %1 = aten.to.dtype %0 {dtype = f32} : (tensor<4x2xi32>) -> tensor<4x2xf32>
  %2 = aten.mul.Tensor %1, %t : (tensor<4x2xf32>, tensor<4x1xf32>) -> tensor<4x2xf32>
  return %2 : tensor<4x2xf32>
}

// -----

// Floats times integers, scaled behind.
// CHECK-LABEL: func @weight_only
// CHECK: %[[C:.*]] = aten.parameter "w" dense<{{\[}}[1, -128], [127, 0]]> : tensor<2x2xi8>
// CHECK: %[[W:.*]] = pt2e.dequantize %[[C]], %{{.*}} from <i8, -128 : 127, block = [-1, -1]>
// CHECK: aten.linear %arg0, %[[W]]
// CHECK-NOT: aten.mul
func.func @weight_only(%x: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %w = aten.parameter "w" dense<[[1.0, -128.0], [127.0, 0.0]]> : tensor<2x2xf32>
  %0 = aten.linear %x, %w : (tensor<4x2xf32>, tensor<2x2xf32>) -> tensor<4x2xf32>
  %v = aten.parameter "v" dense<0.5> : tensor<1xf32>
  %1 = aten.mul.Tensor %0, %v : (tensor<4x2xf32>, tensor<1xf32>) -> tensor<4x2xf32>
  return %1 : tensor<4x2xf32>
}

// -----

// Codes have no negative scales.
// CHECK-LABEL: func @negative_scale
// CHECK: aten.linear
// CHECK: aten.mul.Tensor
func.func @negative_scale(%x: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %w = aten.parameter "w" dense<[[1.0, -128.0], [127.0, 0.0]]> : tensor<2x2xf32>
  %0 = aten.linear %x, %w : (tensor<4x2xf32>, tensor<2x2xf32>) -> tensor<4x2xf32>
  %v = aten.parameter "v" dense<[0.5, -0.5]> : tensor<2xf32>
  %1 = aten.mul.Tensor %0, %v : (tensor<4x2xf32>, tensor<2xf32>) -> tensor<4x2xf32>
  return %1 : tensor<4x2xf32>
}

// -----

// CHECK-LABEL: func @no_integers
// CHECK: aten.mul.Tensor
func.func @no_integers(%x: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %w = aten.parameter "w" dense<[[1.0, -128.0], [127.5, 0.0]]> : tensor<2x2xf32>
  %0 = aten.linear %x, %w : (tensor<4x2xf32>, tensor<2x2xf32>) -> tensor<4x2xf32>
  %v = aten.parameter "v" dense<0.5> : tensor<1xf32>
  %1 = aten.mul.Tensor %0, %v : (tensor<4x2xf32>, tensor<1xf32>) -> tensor<4x2xf32>
  return %1 : tensor<4x2xf32>
}

// -----

// CHECK-LABEL: func @of_codes_from_elsewhere
// CHECK: aten::_int_mm
// REMARK: remark: [Missed] RaiseProducts {{.*}}aten::_int_mm stays
func.func @of_codes_from_elsewhere(%q: tensor<4x3xi8>) -> tensor<4x2xi32> {
  %w = aten.parameter "w" dense<[[1, 2], [3, -4], [5, 6]]> : tensor<3x2xi8>
  %0 = aten.operator "aten::_int_mm"(%q, %w) {arguments = {}, segments = array<i32: 1, 1, 0>, tensors = ["self", "mat2"]} : (tensor<4x3xi8>, tensor<3x2xi8>) -> tensor<4x2xi32>
  return %0 : tensor<4x2xi32>
}

// -----

// The scales of rows along the columns: another function.
// CHECK-LABEL: func @scales_of_columns
// CHECK: aten::_int_mm
func.func @scales_of_columns(%x: tensor<2x3xf32>) -> tensor<2x2xf32> {
  %s, %z = pt2e.choose_qparams %x for <i8, -128 : 127, block = [1, -1]> symmetric : tensor<2x3xf32> -> tensor<2x1xf32>, tensor<2x1xi32>
  %q = pt2e.quantize %x, %s, %z to <i8, -128 : 127, block = [1, -1]> : tensor<2x3xf32>, tensor<2x1xf32>, tensor<2x1xi32> -> tensor<2x3xi8>
  %t = aten.reshape %s {shape = array<i64: 1, 2>} : (tensor<2x1xf32>) -> tensor<1x2xf32>
  %w = aten.parameter "w" dense<[[1, 2], [3, -4], [5, 6]]> : tensor<3x2xi8>
  %0 = aten.operator "aten::_int_mm"(%q, %w) {arguments = {}, segments = array<i32: 1, 1, 0>, tensors = ["self", "mat2"]} : (tensor<2x3xi8>, tensor<3x2xi8>) -> tensor<2x2xi32>
  %1 = aten.to.dtype %0 {dtype = f32} : (tensor<2x2xi32>) -> tensor<2x2xf32>
  %2 = aten.mul.Tensor %1, %t : (tensor<2x2xf32>, tensor<1x2xf32>) -> tensor<2x2xf32>
  return %2 : tensor<2x2xf32>
}
