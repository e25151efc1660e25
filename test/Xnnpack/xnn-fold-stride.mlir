// RUN: pt2e-opt --xnn-fold-stride --split-input-file %s | FileCheck %s

// The image is moved in pairs of columns. Taps keep their order: of 3, the first (left of the image by the padding)
// is the second column of its pair, and the first column there has weight 0.
// CHECK-LABEL: func.func @image(
// CHECK: [[Q:%.*]] = xnn.convert
// CHECK: [[R:%.*]] = xnn.reshape [[Q]] {new_shape = array<i64: 0, 2, 4, 2, 2>}
// CHECK: [[T:%.*]] = xnn.transpose [[R]] {perm = array<i64: 0, 2, 3, 1, 4>}
// CHECK: [[F:%.*]] = xnn.reshape [[T]] {new_shape = array<i64: 0, 4, 2, 4>}
// CHECK: [[W:%.*]] = xnn.constant dense<{{\[\[\[\[}}0, 1, 0, 2], [3, 5, 4, 6]]]]> : tensor<1x1x2x4xi8>
// CHECK: xnn.conv2d [[F]], [[W]] {dilation = array<i64: 1, 1>, groups = 1 : i64, padding = array<i64: 0, 0, 0, 1>, stride = array<i64: 1, 1>}
!nchw = !xnn.value<qint8, [8, 2, 4, 4], scale = 1.0 : f32, zero_point = 0>
!nhwc = !xnn.value<qint8, [8, 4, 4, 2], scale = 1.0 : f32, zero_point = 0>
!out = !xnn.value<qint8, [8, 4, 2, 1], scale = 1.0 : f32, zero_point = 0>
!t = tensor<?x2x4x4xf32, #aten.bounds<[8, -1, -1, -1]>>
func.func @image(%x: !t) -> tensor<?x4x2x1xf32, #aten.bounds<[8, -1, -1, -1]>> {
  %w = xnn.constant dense<[[[[1, 2], [3, 4], [5, 6]]]]> : tensor<1x1x3x2xi8> scales dense<[0.5]> : tensor<1xf32> along 0 : <qcint8, [1, 1, 3, 2]>
  %0 = xnn.enter %x : (!t) -> !xnn.value<f32, [8, 2, 4, 4]>
  %1 = xnn.convert %0 : (!xnn.value<f32, [8, 2, 4, 4]>) -> !nchw
  %2 = xnn.transpose %1 {perm = array<i64: 0, 2, 3, 1>} : (!nchw) -> !nhwc
  %3 = xnn.conv2d %2, %w {padding = array<i64: 0, 0, 0, 1>, stride = array<i64: 1, 2>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (!nhwc, !xnn.value<qcint8, [1, 1, 3, 2]>) -> !out
  %4 = xnn.convert %3 : (!out) -> !xnn.value<f32, [8, 4, 2, 1]>
  %5 = xnn.leave %4 : (!xnn.value<f32, [8, 4, 2, 1]>) -> tensor<?x4x2x1xf32, #aten.bounds<[8, -1, -1, -1]>>
  return %5 : tensor<?x4x2x1xf32, #aten.bounds<[8, -1, -1, -1]>>
}

// -----

// Others want the transposed image: its columns are joined as they lie.
// CHECK-LABEL: func.func @shared(
// CHECK: [[T:%.*]] = xnn.transpose {{.*}} {perm = array<i64: 0, 2, 3, 1>}
// CHECK: [[F:%.*]] = xnn.reshape [[T]] {new_shape = array<i64: 1, 4, 2, 4>}
// CHECK: [[W:%.*]] = xnn.constant dense<{{\[\[\[\[}}0, 0, 1, 2], [3, 4, 5, 6]]]]> : tensor<1x1x2x4xi8>
// CHECK: xnn.conv2d [[F]], [[W]]
// CHECK: xnn.max_pooling2d [[T]]
!nchw = !xnn.value<qint8, [1, 2, 4, 4], scale = 1.0 : f32, zero_point = 0>
!nhwc = !xnn.value<qint8, [1, 4, 4, 2], scale = 1.0 : f32, zero_point = 0>
!out = !xnn.value<qint8, [1, 4, 2, 1], scale = 1.0 : f32, zero_point = 0>
!half = !xnn.value<qint8, [1, 2, 2, 2], scale = 1.0 : f32, zero_point = 0>
func.func @shared(%x: tensor<1x2x4x4xi8>) -> (tensor<1x4x2x1xi8>, tensor<1x2x2x2xi8>) {
  %e = xnn.enter %x : (tensor<1x2x4x4xi8>) -> !nchw
  %w = xnn.constant dense<[[[[1, 2], [3, 4], [5, 6]]]]> : tensor<1x1x3x2xi8> scales dense<[0.5]> : tensor<1xf32> along 0 : <qcint8, [1, 1, 3, 2]>
  %0 = xnn.transpose %e {perm = array<i64: 0, 2, 3, 1>} : (!nchw) -> !nhwc
  %1 = xnn.conv2d %0, %w {padding = array<i64: 0, 0, 0, 1>, stride = array<i64: 1, 2>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (!nhwc, !xnn.value<qcint8, [1, 1, 3, 2]>) -> !out
  %2 = xnn.max_pooling2d %0 {padding = array<i64: 0, 0, 0, 0>, kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>} : (!nhwc) -> !half
  %3 = xnn.leave %1 : (!out) -> tensor<1x4x2x1xi8>
  %4 = xnn.leave %2 : (!half) -> tensor<1x2x2x2xi8>
  return %3, %4 : tensor<1x4x2x1xi8>, tensor<1x2x2x2xi8>
}

// -----

// Left alone: a width that the stride does not divide, 8 channels, and floats, where other sums round otherwise.
// CHECK-LABEL: func.func @others(
// CHECK-NOT: xnn.reshape
// CHECK-COUNT-3: xnn.conv2d {{.*}}stride = array<i64: 1, 2>
!odd = !xnn.value<qint8, [1, 4, 5, 2], scale = 1.0 : f32, zero_point = 0>
!many = !xnn.value<qint8, [1, 4, 4, 8], scale = 1.0 : f32, zero_point = 0>
!f = !xnn.value<f32, [1, 4, 4, 2]>
!out3 = !xnn.value<qint8, [1, 4, 3, 1], scale = 1.0 : f32, zero_point = 0>
!out2 = !xnn.value<qint8, [1, 4, 2, 1], scale = 1.0 : f32, zero_point = 0>
func.func @others(%x: tensor<1x4x5x2xi8>, %y: tensor<1x4x4x8xi8>, %z: tensor<1x4x4x2xf32>) -> (tensor<1x4x3x1xi8>, tensor<1x4x2x1xi8>, tensor<1x4x2x1xf32>) {
  %a = xnn.enter %x : (tensor<1x4x5x2xi8>) -> !odd
  %b = xnn.enter %y : (tensor<1x4x4x8xi8>) -> !many
  %c = xnn.enter %z : (tensor<1x4x4x2xf32>) -> !f
  %v = xnn.constant dense<1> : tensor<1x1x1x2xi8> scales dense<[0.5]> : tensor<1xf32> along 0 : <qcint8, [1, 1, 1, 2]>
  %w = xnn.constant dense<1> : tensor<1x1x1x8xi8> scales dense<[0.5]> : tensor<1xf32> along 0 : <qcint8, [1, 1, 1, 8]>
  %u = xnn.constant dense<1.0> : tensor<1x1x1x2xf32> : !xnn.value<f32, [1, 1, 1, 2]>
  %0 = xnn.conv2d %a, %v {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 2>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (!odd, !xnn.value<qcint8, [1, 1, 1, 2]>) -> !out3
  %1 = xnn.conv2d %b, %w {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 2>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (!many, !xnn.value<qcint8, [1, 1, 1, 8]>) -> !out2
  %2 = xnn.conv2d %c, %u {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 2>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (!f, !xnn.value<f32, [1, 1, 1, 2]>) -> !xnn.value<f32, [1, 4, 2, 1]>
  %3 = xnn.leave %0 : (!out3) -> tensor<1x4x3x1xi8>
  %4 = xnn.leave %1 : (!out2) -> tensor<1x4x2x1xi8>
  %5 = xnn.leave %2 : (!xnn.value<f32, [1, 4, 2, 1]>) -> tensor<1x4x2x1xf32>
  return %3, %4, %5 : tensor<1x4x3x1xi8>, tensor<1x4x2x1xi8>, tensor<1x4x2x1xf32>
}
