// RUN: pt2e-opt --verify-roundtrip %s | FileCheck %s
// RUN: pt2e-opt --emit-bytecode %s | pt2e-opt | FileCheck %s

!f4 = !xnn.value<f32, [4]>
!image = !xnn.value<f32, [1, 4, 6, 2]>
!codes = !xnn.value<qint8, [1, 4, 6, 2], scale = 2.0e-02 : f32, zero_point = -3>
!wide = !xnn.value<qint8, [1, 4, 6, 2], scale = 5.0e-02 : f32, zero_point = 7>

// CHECK-LABEL: func.func @borders(
// CHECK: xnn.enter %{{.*}} : (tensor<?x4xf32, #aten.bounds<[8, -1]>>) -> !xnn.value<f32, [8, 4]>
// CHECK: xnn.leave %{{.*}} : (!xnn.value<f32, [8, 4]>) -> tensor<?x4xf32, #aten.bounds<[8, -1]>>
func.func @borders(%x: tensor<?x4xf32, #aten.bounds<[8, -1]>>) -> tensor<?x4xf32, #aten.bounds<[8, -1]>> {
  %0 = xnn.enter %x : (tensor<?x4xf32, #aten.bounds<[8, -1]>>) -> !xnn.value<f32, [8, 4]>
  %1 = xnn.leave %0 : (!xnn.value<f32, [8, 4]>) -> tensor<?x4xf32, #aten.bounds<[8, -1]>>
  return %1 : tensor<?x4xf32, #aten.bounds<[8, -1]>>
}

// CHECK-LABEL: func.func @constants(
// CHECK: xnn.constant dense<1.000000e+00> : tensor<4xf32> : <f32, [4]>
// CHECK: xnn.constant dense<2> : tensor<4xui8> : <quint8, [4], scale = 5.000000e-01 : f32, zero_point = 120>
// CHECK: xnn.constant dense<1> : tensor<2x3xi8> scales dense<[5.000000e-01, 2.500000e-01]> : tensor<2xf32> along 0 : <qcint8, [2, 3]>
// CHECK: xnn.constant dense<-8> : tensor<2x4xi8> scales dense<5.000000e-01> : tensor<2xf32> along 0 : <qcint4, [2, 4]>
// CHECK: xnn.constant dense<7> : tensor<2x64xi8> scales dense<5.000000e-01> : tensor<2x2xbf16> along 0 : <qbint4, [2, 64]>
func.func @constants() {
  %0 = xnn.constant dense<1.0> : tensor<4xf32> : !f4
  %1 = xnn.constant dense<2> : tensor<4xui8> : !xnn.value<quint8, [4], scale = 5.0e-01 : f32, zero_point = 120>
  %2 = xnn.constant dense<1> : tensor<2x3xi8> scales dense<[0.5, 0.25]> : tensor<2xf32> along 0 : !xnn.value<qcint8, [2, 3]>
  %3 = xnn.constant dense<-8> : tensor<2x4xi8> scales dense<0.5> : tensor<2xf32> along 0 : !xnn.value<qcint4, [2, 4]>
  %4 = xnn.constant dense<7> : tensor<2x64xi8> scales dense<0.5> : tensor<2x2xbf16> along 0 : !xnn.value<qbint4, [2, 64]>
  return
}

// CHECK-LABEL: func.func private @convolutions(
// CHECK: xnn.conv2d
// CHECK-SAME: groups = 1 : i64, output_min = 0.000000e+00 : f32
// CHECK-SAME: (!xnn.value<qint8, [1, 4, 6, 2], scale = {{.*}}>, !xnn.value<qcint8, [3, 3, 3, 2]>, !xnn.value<qcint32, [3]>) -> !xnn.value<qint8, [1, 2, 3, 3]
// CHECK: xnn.depthwise_conv2d
// CHECK: xnn.conv_transpose2d
// CHECK-SAME: adjustment = array<i64: 1, 0>
func.func private @convolutions(%x: !codes, %y: !image) attributes {xnn.delegate} {
  %w = xnn.constant dense<1> : tensor<3x3x3x2xi8> scales dense<0.5> : tensor<3xf32> along 0 : !xnn.value<qcint8, [3, 3, 3, 2]>
  %b = xnn.constant dense<1> : tensor<3xi32> scales dense<0.01> : tensor<3xf32> along 0 : !xnn.value<qcint32, [3]>
  %0 = xnn.conv2d %x, %w, %b {padding = array<i64: 1, 1, 1, 1>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>, groups = 1 : i64, output_min = 0.0 : f32}
     : (!codes, !xnn.value<qcint8, [3, 3, 3, 2]>, !xnn.value<qcint32, [3]>) -> !xnn.value<qint8, [1, 2, 3, 3], scale = 1.0 : f32, zero_point = 0>
  %v = xnn.constant dense<0.5> : tensor<1x2x2x4xf32> : !xnn.value<f32, [1, 2, 2, 4]>
  %1 = xnn.depthwise_conv2d %y, %v {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 2, 2>}
     : (!image, !xnn.value<f32, [1, 2, 2, 4]>) -> !xnn.value<f32, [1, 2, 4, 4]>
  %u = xnn.constant dense<0.5> : tensor<4x2x2x1xf16> : !xnn.value<f16, [4, 2, 2, 1]>
  %2 = xnn.conv_transpose2d %y, %u {padding = array<i64: 0, 0, 0, 0>, adjustment = array<i64: 1, 0>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>, groups = 2 : i64}
     : (!image, !xnn.value<f16, [4, 2, 2, 1]>) -> !xnn.value<f32, [1, 9, 12, 4]>
  return
}

// CHECK-LABEL: func.func private @products(
// CHECK: xnn.convert
// CHECK: xnn.fully_connected
// CHECK: xnn.batch_matrix_multiply %{{.*}}, %{{.*}} {transpose_rhs}
func.func private @products(%x: !xnn.value<f32, [2, 5, 4]>, %y: !xnn.value<f32, [1, 3, 4]>) attributes {xnn.delegate} {
  %w = xnn.constant dense<1> : tensor<3x4xi8> scales dense<0.5> : tensor<3xf32> along 0 : !xnn.value<qcint4, [3, 4]>
  %0 = xnn.convert %x : (!xnn.value<f32, [2, 5, 4]>) -> !xnn.value<qdint8, [2, 5, 4]>
  %1 = xnn.fully_connected %0, %w {output_max = 6.0 : f32} : (!xnn.value<qdint8, [2, 5, 4]>, !xnn.value<qcint4, [3, 4]>) -> !xnn.value<f32, [2, 5, 3]>
  %2 = xnn.batch_matrix_multiply %x, %y {transpose_rhs} : (!xnn.value<f32, [2, 5, 4]>, !xnn.value<f32, [1, 3, 4]>) -> !xnn.value<f32, [2, 5, 3]>
  return
}

// CHECK-LABEL: func.func private @elementwise(
// CHECK: xnn.unary hardswish
// CHECK: xnn.binary multiply
// CHECK: xnn.clamp {{.*}} {output_max = 6.000000e+00 : f32, output_min = 0.000000e+00 : f32}
// CHECK: xnn.leaky_relu {{.*}} {negative_slope = 0.00999999977 : f32}
// CHECK: xnn.elu {{.*}} {alpha = 1.000000e+00 : f32}
// CHECK: xnn.softmax
// CHECK: xnn.convert
func.func private @elementwise(%x: !codes, %y: !f4) attributes {xnn.delegate} {
  %0 = xnn.unary hardswish %x : (!codes) -> !wide
  %1 = xnn.binary multiply %x, %0 : (!codes, !wide) -> !codes
  %2 = xnn.clamp %x {output_min = 0.0 : f32, output_max = 6.0 : f32} : (!codes) -> !wide
  %3 = xnn.leaky_relu %x {negative_slope = 0.01 : f32} : (!codes) -> !wide
  %4 = xnn.elu %y {alpha = 1.0 : f32} : (!f4) -> !f4
  %5 = xnn.softmax %y : (!f4) -> !f4
  %6 = xnn.convert %x : (!codes) -> !wide
  return
}

// CHECK-LABEL: func.func private @images(
// CHECK: xnn.max_pooling2d
// CHECK: xnn.average_pooling2d
// CHECK: xnn.global_average_pooling2d
// CHECK: xnn.resize_bilinear {{.*}} {align_corners, height = 8 : i64, width = 9 : i64}
func.func private @images(%x: !codes, %y: !image) attributes {xnn.delegate} {
  %0 = xnn.max_pooling2d %x {padding = array<i64: 0, 0, 0, 0>, kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>}
     : (!codes) -> !xnn.value<qint8, [1, 2, 3, 2], scale = 2.0e-02 : f32, zero_point = -3>
  %1 = xnn.average_pooling2d %y {padding = array<i64: 1, 0, 1, 0>, kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>} : (!image) -> !xnn.value<f32, [1, 3, 3, 2]>
  %2 = xnn.global_average_pooling2d %x : (!codes) -> !xnn.value<qint8, [1, 1, 1, 2], scale = 1.0e-02 : f32, zero_point = 0>
  %3 = xnn.resize_bilinear %y {height = 8 : i64, width = 9 : i64, align_corners} : (!image) -> !xnn.value<f32, [1, 8, 9, 2]>
  return
}

// CHECK-LABEL: func.func private @moves(
// CHECK: xnn.transpose {{.*}} {perm = array<i64: 0, 3, 1, 2>}
// CHECK: xnn.reshape {{.*}} {new_shape = array<i64: 0, 48>}
// CHECK: xnn.slice {{.*}} {offsets = array<i64: 0, 1, 2, 0>, sizes = array<i64: 0, 2, 0, 1>}
// CHECK: xnn.pad {{.*}} {post = array<i64: 0, 1, 2, 0>, pre = array<i64: 0, 1, 0, 0>, value = 0.000000e+00 : f32}
// CHECK: xnn.concatenate %{{.*}}, %{{.*}}, %{{.*}} {axis = 0 : i64}
func.func private @moves(%x: !codes, %y: !f4) attributes {xnn.delegate} {
  %0 = xnn.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (!codes) -> !xnn.value<qint8, [1, 2, 4, 6], scale = 2.0e-02 : f32, zero_point = -3>
  %1 = xnn.reshape %x {new_shape = array<i64: 0, 48>} : (!codes) -> !xnn.value<qint8, [1, 48], scale = 2.0e-02 : f32, zero_point = -3>
  %2 = xnn.slice %x {offsets = array<i64: 0, 1, 2, 0>, sizes = array<i64: 0, 2, 0, 1>} : (!codes) -> !xnn.value<qint8, [1, 2, 4, 1], scale = 2.0e-02 : f32, zero_point = -3>
  %3 = xnn.pad %x {pre = array<i64: 0, 1, 0, 0>, post = array<i64: 0, 1, 2, 0>, value = 0.0 : f32} : (!codes) -> !xnn.value<qint8, [1, 6, 8, 2], scale = 2.0e-02 : f32, zero_point = -3>
  %4 = xnn.concatenate %y, %y, %y {axis = 0 : i64} : (!f4, !f4, !f4) -> !xnn.value<f32, [12]>
  return
}
