// RUN: pt2e-opt %s --split-input-file --aten-decompose | FileCheck %s
// RUN: pt2e-opt %s --split-input-file --aten-decompose --remarks-filter=decompose -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// Taps of the depth become channels, the depth part of the batch; weights keep their order.
// CHECK-LABEL: func.func @conv3d
// CHECK: %[[P:.*]] = aten.constant_pad_nd %arg0 {pad = array<i64: 0, 0, 0, 0, 1, 1>
// CHECK: %[[A:.*]] = aten.slice.Tensor %[[P]] {dim = 2 : i64, end = 4 : i64, start = 0 : i64, step = 1 : i64}
// CHECK: aten.permute %[[A]] {dims = array<i64: 0, 2, 1, 3, 4>}
// CHECK: aten.slice.Tensor %[[P]] {dim = 2 : i64, end = 6 : i64, start = 2 : i64, step = 1 : i64}
// CHECK: %[[C:.*]] = aten.cat {{.*}} {dim = 3 : i64}
// CHECK: %[[V:.*]] = aten.view %[[C]] {size = array<i64: -1, 4, 4, 5, 6>} : {{.*}} -> tensor<?x4x4x5x6xf32, #aten.bounds<[8, -1, -1, -1, -1]>>
// CHECK: %[[I:.*]] = aten.view %[[V]] {size = array<i64: -1, 4, 5, 6>} : {{.*}} -> tensor<?x4x5x6xf32, #aten.bounds<[32, -1, -1, -1]>>
// CHECK: %[[W:.*]] = aten.parameter "w" dense<5.000000e-01> : tensor<4x2x3x3xf32>
// CHECK: %[[Y:.*]] = aten.conv2d %[[I]], %[[W]] {dilation = array<i64: 1, 1>, groups = 2 : i64, {{.*}}padding = array<i64: 0, 1>, stride = array<i64: 2, 1>}
// CHECK: aten.view %[[Y]] {size = array<i64: -1, 4, 4, 2, 6>}
// CHECK: aten.permute
func.func @conv3d(%x: tensor<?x2x4x5x6xf32, #aten.bounds<[8, -1, -1, -1, -1]>>) -> tensor<?x4x4x2x6xf32, #aten.bounds<[8, -1, -1, -1, -1]>> {
  %w = aten.parameter "w" dense<0.5> : tensor<4x1x2x3x3xf32>
  %0 = aten.conv3d %x, %w {stride = array<i64: 1, 2, 1>, padding = array<i64: 1, 0, 1>, dilation = array<i64: 2, 1, 1>, groups = 2 : i64} : (tensor<?x2x4x5x6xf32, #aten.bounds<[8, -1, -1, -1, -1]>>, tensor<4x1x2x3x3xf32>) -> tensor<?x4x4x2x6xf32, #aten.bounds<[8, -1, -1, -1, -1]>>
  return %0 : tensor<?x4x4x2x6xf32, #aten.bounds<[8, -1, -1, -1, -1]>>
}

// -----

// Images first, then the depth.
// CHECK-LABEL: func.func @max_pool3d
// CHECK: aten.max_pool2d %{{.*}} {{.*}}kernel_size = array<i64: 2, 3>{{.*}} -> tensor<1x8x2x2xf32>
// CHECK: aten.max_pool2d %{{.*}} {{.*}}kernel_size = array<i64: 2, 1>{{.*}} -> tensor<1x2x2x4xf32>
func.func @max_pool3d(%x: tensor<1x2x4x4x6xf32>) -> tensor<1x2x2x2x2xf32> {
  %0 = aten.operator "aten::max_pool3d"(%x) {arguments = {kernel_size = array<i64: 2, 2, 3>}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<1x2x4x4x6xf32>) -> tensor<1x2x2x2x2xf32>
  return %0 : tensor<1x2x2x2x2xf32>
}

// -----

// With ceil_mode the divisor of an average is not a product.
// CHECK-LABEL: func.func @average_up
// CHECK: aten.operator "aten::avg_pool3d"
// REMARK: aten::avg_pool3d stays: expected neither ceil_mode nor a divisor
func.func @average_up(%x: tensor<1x2x4x4x6xf32>) -> tensor<1x2x2x2x2xf32> {
  %0 = aten.operator "aten::avg_pool3d"(%x) {arguments = {kernel_size = array<i64: 2, 2, 3>, ceil_mode = true}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<1x2x4x4x6xf32>) -> tensor<1x2x2x2x2xf32>
  return %0 : tensor<1x2x2x2x2xf32>
}
