// RUN: pt2e-opt %s --pt2e-drop-constant-observes | FileCheck %s

// CHECK: pt2e.site @x
// CHECK: pt2e.site @w
// CHECK: pt2e.site @fixed
pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">)
pt2e.site @w spec(#pt2e.spec<i8, -127 : 127, symmetric, static, "min_max">)
pt2e.site @fixed spec(#pt2e.fixed<i8, -128 : 127, scale = 3.906250e-03 : f32, zero_point = -128>)
pt2e.site @both spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">)

// CHECK-LABEL: func @forward
// CHECK: %[[X:.*]] = pt2e.observe @x
// CHECK: %[[W:.*]] = aten.parameter
// CHECK-NOT: @w
// CHECK: %[[Y:.*]] = aten.linear %[[X]], %[[W]]
// CHECK: %[[S:.*]] = aten.sigmoid %[[Y]]
// CHECK-COUNT-2: pt2e.observe @both
// CHECK: aten.cat
func.func @forward(%x: tensor<1x2xf32>) -> tensor<2x2xf32> {
  %0 = pt2e.observe @x, %x : tensor<1x2xf32>
  %w = aten.parameter "fc.weight" dense<1.0> : tensor<2x2xf32>
  %1 = pt2e.observe @w, %w : tensor<2x2xf32>
  %2 = aten.linear %0, %1 : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %3 = aten.sigmoid %2 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %4 = pt2e.observe @fixed, %3 : tensor<1x2xf32>
  // A constant beside a computed value is seen by each call.
  %c = aten.parameter "row" dense<1.0> : tensor<1x2xf32>
  %5 = pt2e.observe @both, %c : tensor<1x2xf32>
  %6 = pt2e.observe @both, %4 : tensor<1x2xf32>
  %7 = aten.cat %5, %6 {dim = 0 : i64} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<2x2xf32>
  return %7 : tensor<2x2xf32>
}
