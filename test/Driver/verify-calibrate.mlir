// RUN: pt2e-opt %s --verify-calibrate -split-input-file -verify-diagnostics

// Parameters that are given need no statistics.
pt2e.site @x spec(#pt2e.fixed<i8, -128 : 127, scale = 5.000000e-01 : f32, zero_point = 0>)
func.func @fine(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = pt2e.observe @x, %x : tensor<2xf32>
  return %0 : tensor<2xf32>
}
