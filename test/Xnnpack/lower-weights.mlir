// Forms of weights in --convert-aten-to-xnn: how codes multiply floats, rows quantized at run time, and codes.
// RUN: pt2e-opt %s --split-input-file --convert-aten-to-xnn --canonicalize --cse | FileCheck %s
// RUN: pt2e-opt %s --split-input-file --convert-aten-to-xnn --remarks-filter=lower -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// Codes times floats: the bias is added behind, and limits with it.
// CHECK-LABEL: func.func @weight_only
// CHECK: xnn.constant {{.*}} scales dense<[1.000000e-01, 2.000000e-01]> : tensor<2xf32> along 0 : <qcint8, [2, 4]>
// CHECK: %[[P:.*]] = xnn.fully_connected %{{.*}}, %{{.*}} : (!xnn.value<f32, [3, 4]>, !xnn.value<qcint8, [2, 4]>)
// CHECK: xnn.binary add %[[P]], %{{.*}} {output_min = 0.000000e+00 : f32}
// One scale for all, 4 bits.
// CHECK: xnn.constant {{.*}} scales dense<5.000000e-01> : tensor<2xf32> along 0 : <qcint4, [2, 4]>
// CHECK: xnn.fully_connected
// CHECK-NOT: xnn.note
func.func @weight_only(%x: tensor<3x4xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
  %w = aten.parameter "w" dense<[[1, -2, 3, -4], [5, -6, 7, -8]]> : tensor<2x4xi8>
  %w4 = aten.parameter "w4" dense<[[1, -2, 3, -4], [5, -6, 7, -8]]> : tensor<2x4xi4>
  %b = aten.parameter "b" dense<[1.0, 2.0]> : tensor<2xf32>
  %s = arith.constant dense<[[0.1], [0.2]]> : tensor<2x1xf32>
  %s1 = arith.constant dense<0.5> : tensor<1x1xf32>
  %d = pt2e.dequantize %w, %s from <i8, -127 : 127, block = [1, -1]> : tensor<2x4xi8>, tensor<2x1xf32> -> tensor<2x4xf32>
  %d4 = pt2e.dequantize %w4, %s1 from <i4, -8 : 7, block = [-1, -1]> : tensor<2x4xi4>, tensor<1x1xf32> -> tensor<2x4xf32>
  %0 = aten.linear %x, %d, %b : (tensor<3x4xf32>, tensor<2x4xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  %1 = aten.relu %0 : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %2 = aten.linear %x, %d4 : (tensor<3x4xf32>, tensor<2x4xf32>) -> tensor<3x2xf32>
  return %1, %2 : tensor<3x2xf32>, tensor<3x2xf32>
}

// -----

// Rows of odd length are no 4-bit rows. Groups that no dynamic input meets are a batch of products that is summed, but
// small ones become numbers, which the op says.
// REMARK: [Missed] KeepInt4 {{.*}}its 4-bit weights take a byte each
// REMARK: [Missed] Note {{.*}}XNNPACK has groups of a multiple of 32 4-bit codes in linear layers alone
// CHECK-LABEL: func.func @odd
// CHECK: : <qcint8, [2, 3]>
// CHECK: xnn.constant {{.*}} scales {{.*}} : tensor<4xf32> along 1 : <qcint8, [2, 2, 32]>
// CHECK: %[[P:.*]] = xnn.batch_matrix_multiply %{{.*}}, %{{.*}} {transpose_rhs} : (!xnn.value<f32, [2, 3, 32]>, !xnn.value<qcint8, [2, 2, 32]>) -> !xnn.value<f32, [2, 3, 2]>
// CHECK: %[[Q:.*]] = xnn.reshape %[[P]] {new_shape = array<i64: 2, 6>}
// CHECK: xnn.batch_matrix_multiply %{{.*}}, %[[Q]] : (!xnn.value<f32, [1, 2]>, !xnn.value<f32, [2, 6]>) -> !xnn.value<f32, [1, 6]>
// CHECK: xnn.fully_connected %{{.*}}, %{{.*}} {xnn.note = "XNNPACK has groups of a multiple of 32 4-bit codes in linear layers alone"} : (!xnn.value<f32, [3, 64]>, !xnn.value<f16, [2, 64]>)
func.func @odd(%x: tensor<3x3xf32>, %y: tensor<3x64xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>) {
  %w = aten.parameter "w" dense<[[1, -2, 3], [5, -6, 7]]> : tensor<2x3xi4>
  %g = aten.parameter "g" dense<-3> : tensor<2x64xi4>
  %s = arith.constant dense<0.5> : tensor<1x1xf32>
  %gs = arith.constant dense<0.5> : tensor<2x2xf32>
  %hs = arith.constant dense<0.5> : tensor<2x16xf32>
  %d = pt2e.dequantize %w, %s from <i4, -8 : 7, block = [-1, -1]> : tensor<2x3xi4>, tensor<1x1xf32> -> tensor<2x3xf32>
  %e = pt2e.dequantize %g, %gs from <i4, -8 : 7, block = [1, 32]> : tensor<2x64xi4>, tensor<2x2xf32> -> tensor<2x64xf32>
  %0 = aten.linear %x, %d : (tensor<3x3xf32>, tensor<2x3xf32>) -> tensor<3x2xf32>
  %f = pt2e.dequantize %g, %hs from <i4, -8 : 7, block = [1, 4]> : tensor<2x64xi4>, tensor<2x16xf32> -> tensor<2x64xf32>
  %1 = aten.linear %y, %e : (tensor<3x64xf32>, tensor<2x64xf32>) -> tensor<3x2xf32>
  %2 = aten.linear %y, %f : (tensor<3x64xf32>, tensor<2x64xf32>) -> tensor<3x2xf32>
  return %0, %1, %2 : tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>
}

// -----

// Halves stay halves.
// CHECK-LABEL: func.func @halves
// CHECK: xnn.conv2d %{{.*}}, %{{.*}}, %{{.*}} {{{.*}}} : (!xnn.value<f32, [1, 4, 4, 1]>, !xnn.value<f16, [2, 3, 3, 1]>, !xnn.value<f32, [2]>)
func.func @halves(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x2x2xf32> {
  %w = aten.parameter "w" dense<0.5> : tensor<2x1x3x3xf16>
  %b = aten.parameter "b" dense<[1.0, 2.0]> : tensor<2xf32>
  %c = aten.to.dtype %w {dtype = f32} : (tensor<2x1x3x3xf16>) -> tensor<2x1x3x3xf32>
  %0 = aten.conv2d %x, %c, %b {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x4x4xf32>, tensor<2x1x3x3xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  return %0 : tensor<1x2x2x2xf32>
}

// -----

// One conversion to rows feeds all that read them. The range of the tensor is that of each row here.
// CHECK-LABEL: func.func @dynamic
// CHECK: %[[X:.*]] = xnn.enter %arg0
// CHECK: %[[R:.*]] = xnn.convert %[[X]] : (!xnn.value<f32, [3, 64]>) -> !xnn.value<qdint8, [3, 64]>
// CHECK-NOT: xnn.convert
// CHECK: xnn.constant {{.*}} : <qcint8, [2, 64]>
// CHECK: xnn.fully_connected %[[R]], %{{.*}}, %{{.*}} {output_max = 6.000000e+00 : f32, output_min = 0.000000e+00 : f32, xnn.note = "XNNPACK takes the range of each row, not that of the tensor"}
// CHECK: xnn.constant {{.*}} scales {{.*}} : tensor<2x2xbf16> along 0 : <qbint4, [2, 64]>
// CHECK: xnn.fully_connected %[[R]]
// CHECK-NOT: pt2e
func.func @dynamic(%x: tensor<3x64xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
  %w = aten.parameter "w" dense<3> : tensor<2x64xi8>
  %g = aten.parameter "g" dense<-3> : tensor<2x64xi4>
  %b = aten.parameter "b" dense<[1.0, 2.0]> : tensor<2xf32>
  %s = arith.constant dense<0.5> : tensor<1x1xf32>
  %gs = arith.constant dense<0.5> : tensor<2x2xf32>
  %d = pt2e.dequantize %w, %s from <i8, -127 : 127, block = [-1, -1]> : tensor<2x64xi8>, tensor<1x1xf32> -> tensor<2x64xf32>
  %e = pt2e.dequantize %g, %gs from <i4, -8 : 7, block = [1, 32]> : tensor<2x64xi4>, tensor<2x2xf32> -> tensor<2x64xf32>
  %xs, %xz = pt2e.choose_qparams %x for <i8, -128 : 127, block = [-1, -1]> affine : tensor<3x64xf32> -> tensor<1x1xf32>, tensor<1x1xi32>
  %xq = pt2e.quantize %x, %xs, %xz to <i8, -128 : 127, block = [-1, -1]> : tensor<3x64xf32>, tensor<1x1xf32>, tensor<1x1xi32> -> tensor<3x64xi8>
  %xd = pt2e.dequantize %xq, %xs, %xz from <i8, -128 : 127, block = [-1, -1]> : tensor<3x64xi8>, tensor<1x1xf32>, tensor<1x1xi32> -> tensor<3x64xf32>
  %0 = aten.linear %xd, %d, %b : (tensor<3x64xf32>, tensor<2x64xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  %1 = aten.relu6 %0 : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %2 = aten.linear %xd, %e : (tensor<3x64xf32>, tensor<2x64xf32>) -> tensor<3x2xf32>
  return %1, %2 : tensor<3x2xf32>, tensor<3x2xf32>
}

// -----

// Images by their own range: a convolution of two inputs in rows. XNNPACK has no depthwise one: that stays float,
// its input quantized by kernels.
// CHECK-LABEL: func.func @images
// CHECK: %[[R:.*]] = xnn.convert %{{.*}} : (!xnn.value<f32, [2, 4, 4, 2]>) -> !xnn.value<qdint8, [2, 4, 4, 2]>
// CHECK: xnn.conv2d %[[R]], %{{.*}} {dilation = array<i64: 1, 1>, groups = 1 : i64, padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>}
// CHECK: xnn.depthwise_conv2d %{{.*}} {{{.*}}xnn.note = "XNNPACK has no depthwise convolution of activations quantized at run time"} : (!xnn.value<f32, [2, 4, 4, 2]>, !xnn.value<f32, [1, 3, 3, 2]>)
func.func @images(%x: tensor<2x2x4x4xf32>) -> (tensor<2x2x2x2xf32>, tensor<2x2x2x2xf32>) {
  %w = aten.parameter "w" dense<3> : tensor<2x2x3x3xi8>
  %v = aten.parameter "v" dense<3> : tensor<2x1x3x3xi8>
  %s = arith.constant dense<0.5> : tensor<2x1x1x1xf32>
  %d = pt2e.dequantize %w, %s from <i8, -127 : 127, block = [1, -1, -1, -1]> : tensor<2x2x3x3xi8>, tensor<2x1x1x1xf32> -> tensor<2x2x3x3xf32>
  %e = pt2e.dequantize %v, %s from <i8, -127 : 127, block = [1, -1, -1, -1]> : tensor<2x1x3x3xi8>, tensor<2x1x1x1xf32> -> tensor<2x1x3x3xf32>
  %xs, %xz = pt2e.choose_qparams %x for <i8, -128 : 127, block = [1, -1, -1, -1]> affine : tensor<2x2x4x4xf32> -> tensor<2x1x1x1xf32>, tensor<2x1x1x1xi32>
  %xq = pt2e.quantize %x, %xs, %xz to <i8, -128 : 127, block = [1, -1, -1, -1]> : tensor<2x2x4x4xf32>, tensor<2x1x1x1xf32>, tensor<2x1x1x1xi32> -> tensor<2x2x4x4xi8>
  %xd = pt2e.dequantize %xq, %xs, %xz from <i8, -128 : 127, block = [1, -1, -1, -1]> : tensor<2x2x4x4xi8>, tensor<2x1x1x1xf32>, tensor<2x1x1x1xi32> -> tensor<2x2x4x4xf32>
  %0 = aten.conv2d %xd, %d {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x2x2xf32>
  %1 = aten.conv2d %xd, %e {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 2 : i64} : (tensor<2x2x4x4xf32>, tensor<2x1x3x3xf32>) -> tensor<2x2x2x2xf32>
  return %0, %1 : tensor<2x2x2x2xf32>, tensor<2x2x2x2xf32>
}

// -----

// Static codes of 8 bits times 4.
// CHECK-LABEL: func.func @static
// CHECK: xnn.fully_connected {{.*}} : (!xnn.value<qint8, [3, 4], scale = 1.000000e-01 : f32, zero_point = 0>, !xnn.value<qcint4, [2, 4]>, !xnn.value<qcint32, [2]>) -> !xnn.value<qint8, [3, 2], scale = 1.000000e-01 : f32, zero_point = 0>
func.func @static(%x: tensor<3x4xi8>) -> tensor<3x2xi8> {
  %w = aten.parameter "w" dense<3> : tensor<2x4xi4>
  %b = aten.parameter "b" dense<[1.0, 2.0]> : tensor<2xf32>
  %s = arith.constant dense<0.1> : tensor<1x1xf32>
  %d = pt2e.dequantize %w, %s from <i4, -8 : 7, block = [-1, -1]> : tensor<2x4xi4>, tensor<1x1xf32> -> tensor<2x4xf32>
  %xd = pt2e.dequantize %x, %s from <i8, -128 : 127, block = [-1, -1]> : tensor<3x4xi8>, tensor<1x1xf32> -> tensor<3x4xf32>
  %0 = aten.linear %xd, %d, %b : (tensor<3x4xf32>, tensor<2x4xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  %1 = pt2e.quantize %0, %s to <i8, -128 : 127, block = [-1, -1]> : tensor<3x2xf32>, tensor<1x1xf32> -> tensor<3x2xi8>
  return %1 : tensor<3x2xi8>
}

// -----

// A tensor that passes through f16 does so inside the delegate.
// CHECK-LABEL: func.func @through_halves
// CHECK: %[[H:.*]] = xnn.convert %{{.*}} : (!xnn.value<f32, [4]>) -> !xnn.value<f16, [4]>
// CHECK: xnn.convert %[[H]] : (!xnn.value<f16, [4]>) -> !xnn.value<f32, [4]>
// CHECK-NOT: aten.to.dtype
func.func @through_halves(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = aten.to.dtype %x {dtype = f16} : (tensor<4xf32>) -> tensor<4xf16>
  %1 = aten.to.dtype %0 {dtype = f32} : (tensor<4xf16>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// XNNPACK takes subnormal numbers for 0: a factor that has one stays with the kernels.
// CHECK-LABEL: func.func @subnormal
// CHECK: aten.mul.Tensor {{.*}}xnn.kept = "a subnormal number, which XNNPACK takes for 0"
func.func @subnormal(%x: tensor<2xf32>) -> tensor<2xf32> {
  %c = aten.parameter "c" dense<[1.0, 1.0e-39]> : tensor<2xf32>
  %0 = aten.mul.Tensor %x, %c : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
