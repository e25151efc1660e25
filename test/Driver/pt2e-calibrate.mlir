// RUN: pt2e-opt %s --pt2e-calibrate=inputs=%data/runtime/call_1.npy | FileCheck %s
// RUN: not pt2e-opt %s --pt2e-calibrate=inputs=%t.nothing.npy 2>&1 | FileCheck %s --check-prefix=ERROR

// The data holds 6 to 11. A site sees what passes it; a site that nothing passes is as before, and the program too.
// CHECK: pt2e.site @input {{.*}} statistics {count = 6 : i64, {{.*}}max = array<f32: 1.100000e+01>{{.*}}min = array<f32: 6.000000e+00>
// CHECK: pt2e.site @negated {{.*}} statistics {count = 6 : i64, {{.*}}max = array<f32: -6.000000e+00>{{.*}}min = array<f32: -1.100000e+01>
// CHECK: pt2e.site @idle spec({{[^)]*}}){{$}}
// CHECK: %[[X:.*]] = pt2e.observe @input, %arg0
// CHECK: %[[Y:.*]] = aten.neg %[[X]]
// CHECK: %[[Z:.*]] = pt2e.observe @negated, %[[Y]]
// CHECK: return %[[Z]]
// ERROR: nothing.npy
pt2e.site @input spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max" with {eps = 2.44140625e-04 : f32}>)
pt2e.site @negated spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max" with {eps = 2.44140625e-04 : f32}>)
pt2e.site @idle spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max" with {eps = 2.44140625e-04 : f32}>)
func.func @forward(%x: tensor<2x3xf32> {aten.name = "x"}) -> (tensor<2x3xf32> {aten.name = "y"}) {
  %0 = pt2e.observe @input, %x : tensor<2x3xf32>
  %1 = aten.neg %0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = pt2e.observe @negated, %1 : tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}
