// RUN: pt2e-opt %s --pt2e-convert -split-input-file | pt2e-opt -split-input-file | FileCheck %s

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
