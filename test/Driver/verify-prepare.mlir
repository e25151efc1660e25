// RUN: pt2e-opt %s --verify-prepare -split-input-file -verify-diagnostics

pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">)
func.func @fine(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = pt2e.observe @x, %x : tensor<2xf32>
  return %0 : tensor<2xf32>
}
