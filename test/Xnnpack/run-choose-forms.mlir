// Each op makes the same codes in float between codes as on them, but for one of rounding.
// RUN: split-file %s %t
// RUN: pt2e-opt %t/program.mlir --xnn-choose-forms=timings=%t/times.json --cse -o %t/float.mlir
// RUN: FileCheck %s --input-file=%t/float.mlir
// RUN: pt2e-opt %t/float.mlir --xnn-outline-delegates --convert-to-et --et-plan-memory -o %t/float.et.mlir
// RUN: pt2e-opt %t/program.mlir --xnn-outline-delegates --convert-to-et --et-plan-memory -o %t/codes.et.mlir
// RUN: pt2e-translate --export-pte %t/float.et.mlir -o %t/float.pte
// RUN: pt2e-translate --export-pte %t/codes.et.mlir -o %t/codes.pte
// RUN: pt2e run %t/float.pte --input %data/runtime/images_f32.npy --output-dir %t/float
// RUN: pt2e run %t/codes.pte --input %data/runtime/images_f32.npy --output-dir %t/codes

// The largest error is no more than the scale of the result.
// RUN: pt2e compare %t/codes %t/float | FileCheck %s --check-prefix=ERROR
// ERROR: {{^}}0 {{(0|0.5)}} {{.*}}
// ERROR: {{^}}1 {{(0|0.5)}} {{.*}}
// ERROR: {{^}}2 {{(0|0.5)}} {{.*}}
// ERROR: {{^}}3 {{(0|0.5)}} {{.*}}
// ERROR: {{^}}4 {{(0|0.05)}} {{.*}}
// ERROR: {{^}}5 {{(0|0.05)}} {{.*}}
// ERROR: {{^}}6 {{(0|0.01)}} {{.*}}

// CHECK: xnn.depthwise_conv2d {{.*}}xnn.measured = "1.0 us in float, 2.0 us on int8 codes (abacus, threads: 1)"
// CHECK: xnn.conv2d {{.*}}xnn.measured = "1.0 us in float, 2.0 us on int8 codes (abacus, threads: 1)"
// CHECK: xnn.conv_transpose2d {{.*}}xnn.measured = "1.0 us in float, 2.0 us on int8 codes (abacus, threads: 1)"
// CHECK: xnn.fully_connected {{.*}}xnn.measured = "1.0 us in float, 2.0 us on int8 codes (abacus, threads: 1)"
// CHECK: xnn.binary multiply {{.*}}xnn.measured = "1.0 us in float, 2.0 us on int8 codes (abacus, threads: 1)"
// CHECK: xnn.binary add {{.*}}xnn.measured = "1.0 us in float, 2.0 us on int8 codes (abacus, threads: 1)"
// CHECK: xnn.global_average_pooling2d {{.*}}xnn.measured = "1.0 us in float, 2.0 us on int8 codes (abacus, threads: 1)"

//--- times.json
{"version": 1, "cpu": "abacus", "threads": 1, "microseconds": [
  {"op": "depthwise_conv2d (qint8 [16, 14, 14, 4], qcint8 [1, 3, 3, 4], qcint32 [4]) -> qint8 [16, 14, 14, 4], dilation 1 1, padding 1 1 1 1, stride 1 1", "int8": 2, "float": 1},
  {"op": "conv2d (qint8 [16, 14, 14, 4], qcint8 [3, 2, 2, 4]) -> qint8 [16, 7, 7, 3], dilation 1 1, groups 1, padding 0 0 0 0, stride 2 2", "int8": 2, "float": 1},
  {"op": "conv_transpose2d (qint8 [16, 14, 14, 4], qint8 [2, 2, 2, 4], qint32 [2]) -> qint8 [16, 28, 28, 2], adjustment 0 0, dilation 1 1, groups 1, padding 0 0 0 0, stride 2 2", "int8": 2, "float": 1},
  {"op": "fully_connected (qint8 [16, 14, 14, 4], qcint8 [3, 4], qcint32 [3]) -> qint8 [16, 14, 14, 3]", "int8": 2, "float": 1},
  {"op": "binary multiply (qint8 [16, 14, 14, 4], qint8 [16, 14, 14, 4]) -> qint8 [16, 14, 14, 4]", "int8": 2, "float": 1},
  {"op": "binary add (qint8 [16, 14, 14, 4], qint8 [4]) -> qint8 [16, 14, 14, 4]", "int8": 2, "float": 1},
  {"op": "global_average_pooling2d (qint8 [16, 14, 14, 4]) -> qint8 [16, 1, 1, 4]", "int8": 2, "float": 1}
]}
//--- program.mlir
func.func @forward(%x: tensor<16x1x28x28xf32> {aten.name = "x"}) -> (tensor<16x14x14x4xf32>, tensor<16x7x7x3xf32>, tensor<16x28x28x2xf32>, tensor<16x14x14x3xf32>, tensor<16x14x14x4xf32>, tensor<16x14x14x4xf32>, tensor<16x1x1x4xf32>) {
  %e = xnn.enter %x : (tensor<16x1x28x28xf32>) -> !xnn.value<f32, [16, 1, 28, 28]>
  %q = xnn.convert %e : (!xnn.value<f32, [16, 1, 28, 28]>) -> !xnn.value<qint8, [16, 1, 28, 28], scale = 3.125000e-02 : f32, zero_point = -13>
  %i = xnn.reshape %q {new_shape = array<i64: 16, 14, 14, 4>} : (!xnn.value<qint8, [16, 1, 28, 28], scale = 3.125000e-02 : f32, zero_point = -13>) -> !xnn.value<qint8, [16, 14, 14, 4], scale = 3.125000e-02 : f32, zero_point = -13>
  %k3 = xnn.constant dense<[[[[-45, 115, -89, -26], [39, -115, -109, 83], [10, -103, -34, 22]], [[-113, 105, 2, -73], [-118, -105, -16, -20], [-110, -66, -104, 14]], [[-19, -112, 84, 17], [-96, 115, -70, 34], [33, 22, 115, -112]]]]> : tensor<1x3x3x4xi8> scales dense<[0.01, 0.02, 0.03, 0.04]> : tensor<4xf32> along 3 : !xnn.value<qcint8, [1, 3, 3, 4]>
  %k4 = xnn.constant dense<[1727, 1796, 249, -2594]> : tensor<4xi32> scales dense<[0.0003125, 0.000625, 0.0009375, 0.00125]> : tensor<4xf32> along 0 : !xnn.value<qcint32, [4]>
  %c0 = xnn.depthwise_conv2d %i, %k3, %k4 {padding = array<i64: 1, 1, 1, 1>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, output_min = 0.0 : f32}
    : (!xnn.value<qint8, [16, 14, 14, 4], scale = 3.125000e-02 : f32, zero_point = -13>, !xnn.value<qcint8, [1, 3, 3, 4]>, !xnn.value<qcint32, [4]>) -> !xnn.value<qint8, [16, 14, 14, 4], scale = 5.000000e-01 : f32, zero_point = 7>
  %f0 = xnn.convert %c0 : (!xnn.value<qint8, [16, 14, 14, 4], scale = 5.000000e-01 : f32, zero_point = 7>) -> !xnn.value<f32, [16, 14, 14, 4]>
  %o0 = xnn.leave %f0 : (!xnn.value<f32, [16, 14, 14, 4]>) -> tensor<16x14x14x4xf32>
  %k8 = xnn.constant dense<[[[[122, -71, -116, 15], [92, -93, -53, -20]], [[-91, 11, -97, 19], [-49, 16, 81, 47]]], [[[-81, -101, 21, 19], [36, -79, -32, -103]], [[13, 55, -111, 17], [-112, 31, -75, 0]]], [[[47, 9, -18, 71], [-47, -8, 22, 109]], [[-11, -35, -51, -64], [76, -81, 51, 72]]]]> : tensor<3x2x2x4xi8> scales dense<[0.01, 0.02, 0.03]> : tensor<3xf32> along 0 : !xnn.value<qcint8, [3, 2, 2, 4]>
  %c1 = xnn.conv2d %i, %k8 {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (!xnn.value<qint8, [16, 14, 14, 4], scale = 3.125000e-02 : f32, zero_point = -13>, !xnn.value<qcint8, [3, 2, 2, 4]>) -> !xnn.value<qint8, [16, 7, 7, 3], scale = 5.000000e-01 : f32, zero_point = 7>
  %f1 = xnn.convert %c1 : (!xnn.value<qint8, [16, 7, 7, 3], scale = 5.000000e-01 : f32, zero_point = 7>) -> !xnn.value<f32, [16, 7, 7, 3]>
  %o1 = xnn.leave %f1 : (!xnn.value<f32, [16, 7, 7, 3]>) -> tensor<16x7x7x3xf32>
  %k12 = xnn.constant dense<[[[[-65, -107, 20, -51], [7, -1, 97, -40]], [[59, -13, -54, 28], [123, -109, -97, 4]]], [[[-20, -85, 66, -40], [-89, 111, -2, -20]], [[-117, 119, 44, -108], [68, 15, 19, 75]]]]> : tensor<2x2x2x4xi8> : !xnn.value<qint8, [2, 2, 2, 4], scale = 1.000000e-02 : f32, zero_point = 0>
  %k13 = xnn.constant dense<[-430, -214]> : tensor<2xi32> : !xnn.value<qint32, [2], scale = 3.125000e-04 : f32, zero_point = 0>
  %c2 = xnn.conv_transpose2d %i, %k12, %k13 {padding = array<i64: 0, 0, 0, 0>, adjustment = array<i64: 0, 0>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (!xnn.value<qint8, [16, 14, 14, 4], scale = 3.125000e-02 : f32, zero_point = -13>, !xnn.value<qint8, [2, 2, 2, 4], scale = 1.000000e-02 : f32, zero_point = 0>, !xnn.value<qint32, [2], scale = 3.125000e-04 : f32, zero_point = 0>) -> !xnn.value<qint8, [16, 28, 28, 2], scale = 5.000000e-01 : f32, zero_point = 7>
  %f2 = xnn.convert %c2 : (!xnn.value<qint8, [16, 28, 28, 2], scale = 5.000000e-01 : f32, zero_point = 7>) -> !xnn.value<f32, [16, 28, 28, 2]>
  %o2 = xnn.leave %f2 : (!xnn.value<f32, [16, 28, 28, 2]>) -> tensor<16x28x28x2xf32>
  %k17 = xnn.constant dense<[[50, -38, 25, 0], [21, 77, -11, -110], [88, -104, 114, -58]]> : tensor<3x4xi8> scales dense<[0.01, 0.02, 0.03]> : tensor<3xf32> along 0 : !xnn.value<qcint8, [3, 4]>
  %k18 = xnn.constant dense<[883, 2710, 2440]> : tensor<3xi32> scales dense<[0.0003125, 0.000625, 0.0009375]> : tensor<3xf32> along 0 : !xnn.value<qcint32, [3]>
  %c3 = xnn.fully_connected %i, %k17, %k18 : (!xnn.value<qint8, [16, 14, 14, 4], scale = 3.125000e-02 : f32, zero_point = -13>, !xnn.value<qcint8, [3, 4]>, !xnn.value<qcint32, [3]>) -> !xnn.value<qint8, [16, 14, 14, 3], scale = 5.000000e-01 : f32, zero_point = 7>
  %f3 = xnn.convert %c3 : (!xnn.value<qint8, [16, 14, 14, 3], scale = 5.000000e-01 : f32, zero_point = 7>) -> !xnn.value<f32, [16, 14, 14, 3]>
  %o3 = xnn.leave %f3 : (!xnn.value<f32, [16, 14, 14, 3]>) -> tensor<16x14x14x3xf32>
  %c4 = xnn.binary multiply %i, %i : (!xnn.value<qint8, [16, 14, 14, 4], scale = 3.125000e-02 : f32, zero_point = -13>, !xnn.value<qint8, [16, 14, 14, 4], scale = 3.125000e-02 : f32, zero_point = -13>) -> !xnn.value<qint8, [16, 14, 14, 4], scale = 5.000000e-02 : f32, zero_point = -20>
  %f4 = xnn.convert %c4 : (!xnn.value<qint8, [16, 14, 14, 4], scale = 5.000000e-02 : f32, zero_point = -20>) -> !xnn.value<f32, [16, 14, 14, 4]>
  %o4 = xnn.leave %f4 : (!xnn.value<f32, [16, 14, 14, 4]>) -> tensor<16x14x14x4xf32>
  %k25 = xnn.constant dense<[-84, -85, 87, 79]> : tensor<4xi8> : !xnn.value<qint8, [4], scale = 2.000000e-02 : f32, zero_point = 5>
  %c5 = xnn.binary add %i, %k25 {output_max = 2.0 : f32} : (!xnn.value<qint8, [16, 14, 14, 4], scale = 3.125000e-02 : f32, zero_point = -13>, !xnn.value<qint8, [4], scale = 2.000000e-02 : f32, zero_point = 5>) -> !xnn.value<qint8, [16, 14, 14, 4], scale = 5.000000e-02 : f32, zero_point = -20>
  %f5 = xnn.convert %c5 : (!xnn.value<qint8, [16, 14, 14, 4], scale = 5.000000e-02 : f32, zero_point = -20>) -> !xnn.value<f32, [16, 14, 14, 4]>
  %o5 = xnn.leave %f5 : (!xnn.value<f32, [16, 14, 14, 4]>) -> tensor<16x14x14x4xf32>
  %c6 = xnn.global_average_pooling2d %i : (!xnn.value<qint8, [16, 14, 14, 4], scale = 3.125000e-02 : f32, zero_point = -13>) -> !xnn.value<qint8, [16, 1, 1, 4], scale = 1.000000e-02 : f32, zero_point = -20>
  %f6 = xnn.convert %c6 : (!xnn.value<qint8, [16, 1, 1, 4], scale = 1.000000e-02 : f32, zero_point = -20>) -> !xnn.value<f32, [16, 1, 1, 4]>
  %o6 = xnn.leave %f6 : (!xnn.value<f32, [16, 1, 1, 4]>) -> tensor<16x1x1x4xf32>
  return %o0, %o1, %o2, %o3, %o4, %o5, %o6 : tensor<16x14x14x4xf32>, tensor<16x7x7x3xf32>, tensor<16x28x28x2xf32>, tensor<16x14x14x3xf32>, tensor<16x14x14x4xf32>, tensor<16x14x14x4xf32>, tensor<16x1x1x4xf32>
}
