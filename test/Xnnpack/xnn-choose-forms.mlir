// RUN: split-file %s %t
// RUN: pt2e-opt %t/program.mlir --split-input-file --xnn-choose-forms=timings=%t/times.json | FileCheck %s
// RUN: pt2e-opt %t/program.mlir --split-input-file --xnn-choose-forms=timings=%t/times.json --remarks-filter=choose-forms -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

//--- times.json
{
  "version": 1,
  "cpu": "abacus",
  "threads": 2,
  "microseconds": [
    {"op": "depthwise_conv2d (qint8 [1, 3, 3, 2], qcint8 [1, 3, 3, 2], qcint32 [2]) -> qint8 [1, 1, 1, 2], dilation 1 1, padding 0 0 0 0, stride 1 1", "int8": 10, "float": 9.4},
    {"op": "binary add (qint8 [2], qint8 [2]) -> qint8 [2]", "int8": 10, "float": 9.6}
  ]
}

//--- program.mlir
// Faster by 6 %: weights and bias become the numbers that their codes stand for, limits stay.
// CHECK-LABEL: func.func @depthwise(
// CHECK-DAG: [[X:%.*]] = xnn.convert %{{.*}} -> !xnn.value<f32, [1, 3, 3, 2]>
// CHECK-DAG: [[W:%.*]] = xnn.constant dense<{{.*}}[{{\[\[}}1.000000e+00, 4.000000e+00], {{.*}}> : tensor<1x3x3x2xf32> : <f32, [1, 3, 3, 2]>
// CHECK-DAG: [[B:%.*]] = xnn.constant dense<[1.500000e+00, -5.000000e+00]> : tensor<2xf32> : <f32, [2]>
// CHECK: [[Y:%.*]] = xnn.depthwise_conv2d [[X]], [[W]], [[B]] {dilation = array<i64: 1, 1>, output_min = 0.000000e+00 : f32, padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, xnn.measured = "9.4 us in float, 10.0 us on int8 codes (abacus, threads: 2)"}
// CHECK-SAME: -> !xnn.value<f32, [1, 1, 1, 2]>
// CHECK: [[Q:%.*]] = xnn.convert [[Y]] : {{.*}} -> !xnn.value<qint8, [1, 1, 1, 2], scale = 2.500000e-01 : f32, zero_point = -128>
// CHECK: return [[Q]]
func.func @depthwise(%x: !xnn.value<qint8, [1, 3, 3, 2], scale = 1.0 : f32, zero_point = 3>) -> !xnn.value<qint8, [1, 1, 1, 2], scale = 2.5e-01 : f32, zero_point = -128> {
  %w = xnn.constant dense<2> : tensor<1x3x3x2xi8> scales dense<[0.5, 2.0]> : tensor<2xf32> along 3 : <qcint8, [1, 3, 3, 2]>
  %b = xnn.constant dense<[3, -20]> : tensor<2xi32> scales dense<[0.5, 0.25]> : tensor<2xf32> along 0 : <qcint32, [2]>
  %0 = xnn.depthwise_conv2d %x, %w, %b {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, output_min = 0.0 : f32}
    : (!xnn.value<qint8, [1, 3, 3, 2], scale = 1.0 : f32, zero_point = 3>, !xnn.value<qcint8, [1, 3, 3, 2]>, !xnn.value<qcint32, [2]>) -> !xnn.value<qint8, [1, 1, 1, 2], scale = 2.5e-01 : f32, zero_point = -128>
  return %0 : !xnn.value<qint8, [1, 1, 1, 2], scale = 2.5e-01 : f32, zero_point = -128>
}

// -----

// Faster by 4 %: not worth it.
!c = !xnn.value<qint8, [2], scale = 1.0 : f32, zero_point = 3>
// CHECK-LABEL: func.func @add(
// CHECK-NOT: xnn.convert
// CHECK: xnn.binary add
func.func @add(%x: !c) -> !c {
  %0 = xnn.binary add %x, %x : (!c, !c) -> !c
  return %0 : !c
}

// -----

// Not measured.
!c = !xnn.value<qint8, [2], scale = 1.0 : f32, zero_point = 3>
// CHECK-LABEL: func.func @unknown(
// CHECK-NEXT: xnn.binary multiply
// REMARK: no-timing {{.*}}stays on int8 codes: no time was measured for binary multiply (qint8 [2], qint8 [2]) -> qint8 [2]
func.func @unknown(%x: !c) -> !c {
  %0 = xnn.binary multiply %x, %x : (!c, !c) -> !c
  return %0 : !c
}

// -----

// Weights of 4 bits are stored to be small.
!c = !xnn.value<qint8, [1, 2], scale = 1.0 : f32, zero_point = 3>
// CHECK-LABEL: func.func @nibbles(
// CHECK-NOT: xnn.convert
// REMARK-NOT: fully_connected
func.func @nibbles(%x: !c) -> !c {
  %w = xnn.constant dense<2> : tensor<2x2xi8> scales dense<[0.5, 2.0]> : tensor<2xf32> along 0 : <qcint4, [2, 2]>
  %0 = xnn.fully_connected %x, %w : (!c, !xnn.value<qcint4, [2, 2]>) -> !c
  return %0 : !c
}
