// RUN: pt2e-opt %s --pt2e-signed-storage -split-input-file | FileCheck %s

// CHECK-LABEL: func @unsigned_bytes
// CHECK-DAG: %[[Z:.*]] = arith.constant dense<3> : tensor<1xi32>
// CHECK: %[[Q:.*]] = pt2e.quantize %{{.*}}, %{{.*}}, %[[Z]] to <i8, -128 : 127, block = [-1]>
// CHECK: %[[Z2:.*]] = arith.constant dense<3>
// CHECK: pt2e.dequantize %[[Q]], %{{.*}}, %[[Z2]] from <i8, -128 : 127, block = [-1]>
func.func @unsigned_bytes(%x: tensor<4xf32>) -> tensor<4xf32> {
  %s = arith.constant dense<0.5> : tensor<1xf32>
  %z = arith.constant dense<131> : tensor<1xi32>
  %q = pt2e.quantize %x, %s, %z to <ui8, 0 : 255, block = [-1]>
     : tensor<4xf32>, tensor<1xf32>, tensor<1xi32> -> tensor<4xui8>
  %y = pt2e.dequantize %q, %s, %z from <ui8, 0 : 255, block = [-1]>
     : tensor<4xui8>, tensor<1xf32>, tensor<1xi32> -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: func @four_bits
// CHECK: pt2e.quantize %{{.*}} to <i8, -8 : 7, block = [-1]>
// CHECK-SAME: tensor<4xi8>
// CHECK: pt2e.dequantize %{{.*}} from <i8, -8 : 7, block = [-1]>
func.func @four_bits(%x: tensor<4xf32>) -> tensor<4xf32> {
  %s = arith.constant dense<0.5> : tensor<1xf32>
  %q = pt2e.quantize %x, %s to <i4, -8 : 7, block = [-1]>
     : tensor<4xf32>, tensor<1xf32> -> tensor<4xi4>
  %y = pt2e.dequantize %q, %s from <i4, -8 : 7, block = [-1]>
     : tensor<4xi4>, tensor<1xf32> -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: func @chosen_at_run_time
// CHECK: %[[S:.*]], %[[Z:.*]] = pt2e.choose_qparams %{{.*}} for <i8, -128 : 127, block = [1, -1]> affine
// CHECK: %[[Q:.*]] = pt2e.quantize %{{.*}}, %[[S]], %[[Z]] to <i8, -128 : 127
// CHECK: pt2e.dequantize %[[Q]], %[[S]], %[[Z]] from <i8, -128 : 127
func.func @chosen_at_run_time(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %s, %z = pt2e.choose_qparams %x for <ui8, 0 : 255, block = [1, -1]> affine
         : tensor<2x4xf32> -> tensor<2x1xf32>, tensor<2x1xi32>
  %q = pt2e.quantize %x, %s, %z to <ui8, 0 : 255, block = [1, -1]>
     : tensor<2x4xf32>, tensor<2x1xf32>, tensor<2x1xi32> -> tensor<2x4xui8>
  %y = pt2e.dequantize %q, %s, %z from <ui8, 0 : 255, block = [1, -1]>
     : tensor<2x4xui8>, tensor<2x1xf32>, tensor<2x1xi32> -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// -----

// The zero point of 127 codes would be none of the signed ones.
// CHECK-LABEL: func @range_without_zero
// CHECK: pt2e.choose_qparams %{{.*}} for <ui8, 0 : 127
// CHECK: pt2e.quantize %{{.*}} to <ui8, 0 : 127
func.func @range_without_zero(%x: tensor<4xf32>) -> tensor<4xf32> {
  %s, %z = pt2e.choose_qparams %x for <ui8, 0 : 127, block = [-1]> affine
         : tensor<4xf32> -> tensor<1xf32>, tensor<1xi32>
  %q = pt2e.quantize %x, %s, %z to <ui8, 0 : 127, block = [-1]>
     : tensor<4xf32>, tensor<1xf32>, tensor<1xi32> -> tensor<4xui8>
  %y = pt2e.dequantize %q, %s, %z from <ui8, 0 : 127, block = [-1]>
     : tensor<4xui8>, tensor<1xf32>, tensor<1xi32> -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: func @codes_that_are_returned
// CHECK: pt2e.quantize %{{.*}} to <ui8, 0 : 255
func.func @codes_that_are_returned(%x: tensor<4xf32>) -> tensor<4xui8> {
  %s = arith.constant dense<0.5> : tensor<1xf32>
  %q = pt2e.quantize %x, %s to <ui8, 0 : 255, block = [-1]>
     : tensor<4xf32>, tensor<1xf32> -> tensor<4xui8>
  return %q : tensor<4xui8>
}

// -----

// CHECK-LABEL: func @symmetric_weight
// CHECK: %[[W:.*]] = aten.parameter "w" dense<{{\[}}[-128, 0], [1, 127]]> : tensor<2x2xi8>
// CHECK: pt2e.dequantize %[[W]], %{{[a-z_0-9]*}} from <i8, -127 : 127, block = [1, -1]>
func.func @symmetric_weight() -> tensor<2x2xf32> {
  %w = aten.parameter "w" dense<[[0, 128], [129, 255]]> : tensor<2x2xui8>
  %s = arith.constant dense<0.5> : tensor<2x1xf32>
  %z = arith.constant dense<128> : tensor<2x1xi32>
  %y = pt2e.dequantize %w, %s, %z from <ui8, 1 : 255, block = [1, -1]>
     : tensor<2x2xui8>, tensor<2x1xf32>, tensor<2x1xi32> -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

// -----

// CHECK-LABEL: func @affine_weight
// CHECK: pt2e.dequantize %{{.*}} from <ui8, 0 : 255
func.func @affine_weight() -> tensor<2x2xf32> {
  %w = aten.parameter "w" dense<[[0, 128], [129, 255]]> : tensor<2x2xui8>
  %s = arith.constant dense<0.5> : tensor<2x1xf32>
  %z = arith.constant dense<[[128], [127]]> : tensor<2x1xi32>
  %y = pt2e.dequantize %w, %s, %z from <ui8, 0 : 255, block = [1, -1]>
     : tensor<2x2xui8>, tensor<2x1xf32>, tensor<2x1xi32> -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

// -----

// The kernels of tables read unsigned codes.
// CHECK-LABEL: func @table
// CHECK: pt2e.dequantize %{{.*}} from <ui8, 0 : 255
func.func @table(%i: tensor<3xi64>) -> tensor<3x2xf32> {
  %w = aten.parameter "w" dense<[[0, 128], [129, 255]]> : tensor<2x2xui8>
  %s = arith.constant dense<0.5> : tensor<2x1xf32>
  %z = arith.constant dense<128> : tensor<2x1xi32>
  %t = pt2e.dequantize %w, %s, %z from <ui8, 0 : 255, block = [1, -1]>
     : tensor<2x2xui8>, tensor<2x1xf32>, tensor<2x1xi32> -> tensor<2x2xf32>
  %y = aten.embedding %t, %i {padding_idx = -1 : i64, scale_grad_by_freq = false, sparse = false}
     : (tensor<2x2xf32>, tensor<3xi64>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

// A scale that is not known.
// CHECK-LABEL: func @scale_of_the_caller
// CHECK: pt2e.quantize %{{.*}} to <ui8, 0 : 255
func.func @scale_of_the_caller(%x: tensor<?x4xf32>, %s: tensor<?x1xf32>) -> tensor<?x4xf32> {
  %q = pt2e.quantize %x, %s to <ui8, 0 : 255, block = [1, -1]>
     : tensor<?x4xf32>, tensor<?x1xf32> -> tensor<?x4xui8>
  %y = pt2e.dequantize %q, %s from <ui8, 0 : 255, block = [1, -1]>
     : tensor<?x4xui8>, tensor<?x1xf32> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
