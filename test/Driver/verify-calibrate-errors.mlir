// RUN: pt2e-opt %s --verify-calibrate -split-input-file -verify-diagnostics

// expected-error @below {{after calibrate: expected statistics of this site}}
pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">)
func.func @unseen(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = pt2e.observe @x, %x : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// expected-error @below {{expected}}
pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">) statistics {count = 4 : i64, max = array<f32: 2.0>, min = array<f32: -1.0>, observer = "per_channel_min_max"}
func.func @of_another_observer(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-note @below {{observed at an op}}
  %0 = pt2e.observe @x, %x : tensor<2xf32>
  return %0 : tensor<2xf32>
}
