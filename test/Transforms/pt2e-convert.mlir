// RUN: pt2e-opt %s --pt2e-convert -split-input-file | pt2e-opt -split-input-file | FileCheck %s
// RUN: pt2e-opt %s --split-input-file --pt2e-convert --remarks-filter=convert -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

#act = #pt2e.spec<i8, -128 : 127, affine, static, "min_max" with {eps = 2.44140625E-4 : f32}>
#wgt = #pt2e.spec<i8, -127 : 127, symmetric, static, "per_channel_min_max" with {eps = 2.44140625E-4 : f32} axis = 0>

// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @linear
// CHECK-DAG: %[[S:.*]] = arith.constant dense<0.0117647061> : tensor<1x1xf32>
// CHECK-DAG: %[[Z:.*]] = arith.constant dense<-43> : tensor<1x1xi32>
// CHECK: %[[Q:.*]] = pt2e.quantize %arg0, %[[S]], %[[Z]] to <i8, -128 : 127, block = [-1, -1]>
// CHECK: %[[X:.*]] = pt2e.dequantize %[[Q]], %[[S]], %[[Z]] from <i8, -128 : 127, block = [-1, -1]>
// CHECK-NOT: dense<{{.*}}> : tensor<2x2xf32>
// CHECK: %[[C:.*]] = aten.parameter "fc.weight" dense<{{\[\[}}64, 127], [95, -127]]> : tensor<2x2xi8>
// CHECK: %[[W:.*]] = pt2e.dequantize %[[C]], %{{.*}} from <i8, -127 : 127, block = [1, -1]> : tensor<2x2xi8>, tensor<2x1xf32> -> tensor<2x2xf32>
// CHECK: aten.linear %[[X]], %[[W]]
// A fixed site needs no statistics.
// CHECK: %[[FS:.*]] = arith.constant dense<3.906250e-03> : tensor<1x1xf32>
// CHECK: pt2e.quantize %{{.*}}, %[[FS]]
pt2e.site @x spec(#act) statistics {count = 4 : i64, max = array<f32: 2.0>, min = array<f32: -1.0>, observer = "min_max"}
pt2e.site @w spec(#wgt) statistics {count = 4 : i64, max = array<f32: 2.0, 3.0>, min = array<f32: 1.0, -4.0>, observer = "per_channel_min_max"}
pt2e.site @fixed spec(#pt2e.fixed<i8, -128 : 127, scale = 3.906250e-03 : f32, zero_point = -128>)
func.func @linear(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %0 = pt2e.observe @x, %x : tensor<1x2xf32>
  %w = aten.parameter "fc.weight" dense<[[1.0, 2.0], [3.0, -4.0]]> : tensor<2x2xf32>
  %1 = pt2e.observe @w, %w : tensor<2x2xf32>
  %2 = aten.linear %0, %1 : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %3 = pt2e.observe @fixed, %2 : tensor<1x2xf32>
  return %3 : tensor<1x2xf32>
}

// -----

// Pinned parameters win over statistics; a number without dimensions is
// quantized too.
// CHECK-LABEL: func @pinned
// CHECK: %[[S:.*]] = arith.constant dense<5.000000e-01> : tensor<f32>
// CHECK: %[[Z:.*]] = arith.constant dense<3> : tensor<i32>
// CHECK: aten.parameter "c" dense<7> : tensor<i8>
// CHECK: pt2e.dequantize {{.*}} from <i8, -128 : 127, block = []> : tensor<i8>, tensor<f32>, tensor<i32> -> tensor<f32>
pt2e.site @c spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">) statistics {count = 4 : i64, max = array<f32: 2.0>, min = array<f32: -1.0>, observer = "min_max"} pinned <i8, -128 : 127, scale = 0.5 : f32, zero_point = 3>
func.func @pinned(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %c = aten.parameter "c" dense<2.0> : tensor<f32>
  %0 = pt2e.observe @c, %c : tensor<f32>
  %1 = aten.mul.Tensor %x, %0 : (tensor<1x2xf32>, tensor<f32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// Parameters at run time: once per value and site, for all its readers.
// CHECK-LABEL: func @dynamic
// CHECK: %[[S:.*]], %[[Z:.*]] = pt2e.choose_qparams %arg0 for <i8, -128 : 127, block = [1, -1]> affine {eps = 2.44140625E-4 : f32} : tensor<?x4xf32, #aten.bounds<[8, -1]>> -> tensor<?x1xf32, #aten.bounds<[8, -1]>>, tensor<?x1xi32, #aten.bounds<[8, -1]>>
// CHECK: %[[Q:.*]] = pt2e.quantize %arg0, %[[S]], %[[Z]] to <i8, -128 : 127, block = [1, -1]>
// CHECK: %[[X:.*]] = pt2e.dequantize %[[Q]], %[[S]], %[[Z]] from <i8, -128 : 127, block = [1, -1]>
// CHECK: aten.relu %[[X]]
// CHECK: aten.sigmoid %[[X]]
// CHECK: pt2e.choose_qparams %{{.*}} for <i8, -127 : 127, block = [-1, -1]> symmetric : {{.*}} -> tensor<1x1xf32>, tensor<1x1xi32>
pt2e.site @rows spec(#pt2e.spec<i8, -128 : 127, affine, dynamic, "placeholder" with {eps = 2.44140625E-4 : f32} block = [1, -1]>)
pt2e.site @whole spec(#pt2e.spec<i8, -127 : 127, symmetric, dynamic, "placeholder">)
func.func @dynamic(%x: tensor<?x4xf32, #aten.bounds<[8, -1]>>) -> (tensor<?x4xf32, #aten.bounds<[8, -1]>>, tensor<?x4xf32, #aten.bounds<[8, -1]>>) {
  %0 = pt2e.observe @rows, %x : tensor<?x4xf32, #aten.bounds<[8, -1]>>
  %1 = aten.relu %0 : (tensor<?x4xf32, #aten.bounds<[8, -1]>>) -> tensor<?x4xf32, #aten.bounds<[8, -1]>>
  %2 = aten.sigmoid %0 : (tensor<?x4xf32, #aten.bounds<[8, -1]>>) -> tensor<?x4xf32, #aten.bounds<[8, -1]>>
  %3 = pt2e.observe @whole, %2 : tensor<?x4xf32, #aten.bounds<[8, -1]>>
  return %1, %3 : tensor<?x4xf32, #aten.bounds<[8, -1]>>, tensor<?x4xf32, #aten.bounds<[8, -1]>>
}

// -----

// Weights in groups of two: [-8, 7] is 7.5 wide, without clipping error as
// little as holds both ends. 2 / (4 / 7.5) is 3.75.
// CHECK-LABEL: func @groups
// CHECK-DAG: arith.constant dense<{{\[\[}}0.533333361, 0.266666681]]> : tensor<1x2xf32>
// CHECK-DAG: aten.parameter "w" dense<{{\[\[}}4, -7, 7, 4]]> : tensor<1x4xi4>
// CHECK: pt2e.dequantize {{.*}} from <i4, -8 : 7, block = [1, 2]> : tensor<1x4xi4>, tensor<1x2xf32> -> tensor<1x4xf32>
// CHECK-DAG: arith.constant dense<{{\[\[}}5.000000e-01, 0.285714298]]> : tensor<1x2xf32>
// CHECK-DAG: aten.parameter "v" dense<{{\[\[}}4, -8, 7, 3]]> : tensor<1x4xi4>
pt2e.site @w spec(#pt2e.spec<i4, -8 : 7, symmetric, static, "block_min_max" block = [1, 2]>) statistics {count = 4 : i64, max = array<f32: 2.0, 2.0>, min = array<f32: -4.0, 1.0>, observer = "block_min_max"}
pt2e.site @v spec(#pt2e.spec<i4, -8 : 7, symmetric_no_clipping_error, static, "block_min_max" block = [1, 2]>) statistics {count = 4 : i64, max = array<f32: 2.0, 2.0>, min = array<f32: -4.0, 1.0>, observer = "block_min_max"}
func.func @groups() -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  %w = aten.parameter "w" dense<[[2.0, -4.0, 2.0, 1.0]]> : tensor<1x4xf32>
  %0 = pt2e.observe @w, %w : tensor<1x4xf32>
  %v = aten.parameter "v" dense<[[2.0, -4.0, 2.0, 1.0]]> : tensor<1x4xf32>
  %1 = pt2e.observe @v, %v : tensor<1x4xf32>
  return %0, %1 : tensor<1x4xf32>, tensor<1x4xf32>
}

// -----

// Zero points that are real numbers, as for embedding tables: rows of
// [1, 4] and [-1, 2] in steps of 0.2.
// CHECK-LABEL: func @table
// CHECK-DAG: %[[S:.*]] = arith.constant dense<2.000000e-01> : tensor<2x1xf32>
// CHECK-DAG: %[[Z:.*]] = arith.constant dense<{{\[\[}}-5.000000e+00], [5.000000e+00]]> : tensor<2x1xf32>
// CHECK-DAG: %[[C:.*]] = aten.parameter "table" dense<{{\[\[}}0, 15, 5], [0, 15, 5]]> : tensor<2x3xui4>
// CHECK: pt2e.dequantize %[[C]], %[[S]], %[[Z]] from <ui4, 0 : 15, block = [1, -1]> : tensor<2x3xui4>, tensor<2x1xf32>, tensor<2x1xf32> -> tensor<2x3xf32>
pt2e.site @t spec(#pt2e.spec<ui4, 0 : 15, affine_float, static, "per_channel_min_max" axis = 0>) statistics {count = 6 : i64, max = array<f32: 4.0, 2.0>, min = array<f32: 1.0, -1.0>, observer = "per_channel_min_max"}
func.func @table(%i: tensor<1xi64>) -> tensor<1x3xf32> {
  %t = aten.parameter "table" dense<[[1.0, 4.0, 2.0], [-1.0, 2.0, 0.0]]> : tensor<2x3xf32>
  %0 = pt2e.observe @t, %t : tensor<2x3xf32>
  %1 = aten.embedding %0, %i {padding_idx = -1 : i64, scale_grad_by_freq = false, sparse = false} : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<1x3xf32>
  return %1 : tensor<1x3xf32>
}

// -----

// Widths between the usual ones.
// CHECK-LABEL: func @widths
// CHECK: aten.parameter "a" dense<[1, -2]> : tensor<2xi2>
// CHECK: aten.parameter "b" dense<[1023, -2048]> : tensor<2xi12>
pt2e.site @two spec(#pt2e.fixed<i2, -2 : 1, scale = 1.0 : f32, zero_point = 0>)
pt2e.site @twelve spec(#pt2e.fixed<i12, -2048 : 2047, scale = 1.0 : f32, zero_point = 0>)
func.func @widths() -> (tensor<2xf32>, tensor<2xf32>) {
  %a = aten.parameter "a" dense<[1.0, -9.0]> : tensor<2xf32>
  %b = aten.parameter "b" dense<[1023.0, -9000.0]> : tensor<2xf32>
  %0 = pt2e.observe @two, %a : tensor<2xf32>
  %1 = pt2e.observe @twelve, %b : tensor<2xf32>
  return %0, %1 : tensor<2xf32>, tensor<2xf32>
}

// -----

// A bias in units of input scale times weight scale, per channel.
// CHECK-LABEL: func @bias
// CHECK: arith.constant dense<[1.250000e-01, 2.500000e-01]> : tensor<2xf32>
// CHECK: aten.parameter "b" dense<[8, -12]> : tensor<2xi32>
// CHECK: pt2e.dequantize {{.*}} from <i32, -2147483648 : 2147483647, block = [1]> : tensor<2xi32>, tensor<2xf32> -> tensor<2xf32>
pt2e.site @b spec(#pt2e.derived<i32, -2147483648 : 2147483647, from = [0, 1]>) from [@x, @w]
pt2e.site @x spec(#pt2e.fixed<i8, -128 : 127, scale = 0.5 : f32, zero_point = 3>)
pt2e.site @w spec(#pt2e.spec<i8, -4 : 4, symmetric, static, "per_channel_min_max" axis = 0>) statistics {count = 4 : i64, max = array<f32: 1.0, 2.0>, min = array<f32: -1.0, -2.0>, observer = "per_channel_min_max"}
func.func @bias() -> tensor<2xf32> {
  %b = aten.parameter "b" dense<[1.0, -3.0]> : tensor<2xf32>
  %0 = pt2e.observe @b, %b : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// Narrower floats: constants are kept in them, computed values pass through.
// CHECK-LABEL: func @cast
// CHECK: %[[W:.*]] = aten.parameter "w" dense<[1.000000e+00, 9.997550e-02]> : tensor<2xf16>
// CHECK: aten.to.dtype %[[W]] {dtype = f32} : (tensor<2xf16>) -> tensor<2xf32>
// CHECK: %[[V:.*]] = aten.parameter "v" dense<[1.000000e+00, 1.000980e-01]> : tensor<2xbf16>
// CHECK: aten.to.dtype %[[V]] {dtype = f32} : (tensor<2xbf16>) -> tensor<2xf32>
// CHECK: %[[H:.*]] = aten.to.dtype %arg0 {dtype = f16} : (tensor<2xf32>) -> tensor<2xf16>
// CHECK: aten.to.dtype %[[H]] {dtype = f32} : (tensor<2xf16>) -> tensor<2xf32>
pt2e.site @h spec(#pt2e.cast<f16>)
pt2e.site @b spec(#pt2e.cast<bf16>)
func.func @cast(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %w = aten.parameter "w" dense<[1.0, 0.1]> : tensor<2xf32>
  %v = aten.parameter "v" dense<[1.0, 0.1]> : tensor<2xf32>
  %0 = pt2e.observe @h, %w : tensor<2xf32>
  %1 = pt2e.observe @b, %v : tensor<2xf32>
  %2 = pt2e.observe @h, %x : tensor<2xf32>
  return %0, %1, %2 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// -----

// A float weight that is used elsewhere stays; one that is not is released.
// CHECK-LABEL: func @released
// CHECK-DAG: aten.parameter "kept" dense<1.000000e+00> : tensor<f32>
// CHECK-DAG: aten.parameter "kept" dense<2> : tensor<i8>
// CHECK-DAG: aten.parameter "gone" dense<4> : tensor<i8>
// CHECK-NOT: aten.parameter "gone" dense<2.000000e+00>
pt2e.site @half spec(#pt2e.fixed<i8, -128 : 127, scale = 0.5 : f32, zero_point = 0>)
func.func @released() -> (tensor<f32>, tensor<f32>, tensor<f32>) {
  %a = aten.parameter "kept" dense<1.0> : tensor<f32>
  %b = aten.parameter "gone" dense<2.0> : tensor<f32>
  %0 = pt2e.observe @half, %a : tensor<f32>
  %1 = pt2e.observe @half, %b : tensor<f32>
  return %a, %0, %1 : tensor<f32>, tensor<f32>, tensor<f32>
}

// -----

// A weight that simplify left to be computed has no codes in the file.
// REMARK: [Missed] FoldWeight {{.*}}mul is quantized at each call: it is computed from constants, but no constant
// CHECK-LABEL: func @computed_weight
// CHECK: pt2e.quantize
pt2e.site @w spec(#pt2e.spec<i8, -127 : 127, symmetric, static, "min_max">) statistics {count = 4 : i64, max = array<f32: 2.0>, min = array<f32: -1.0>, observer = "min_max"}
func.func @computed_weight() -> tensor<2x2xf32> {
  %a = aten.parameter "a" dense<2.0> : tensor<2x2xf32>
  %0 = aten.mul.Tensor %a, %a : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32> loc("mul")
  %1 = pt2e.observe @w, %0 : tensor<2x2xf32>
  return %1 : tensor<2x2xf32>
}
