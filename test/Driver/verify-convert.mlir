// RUN: pt2e-opt %s --verify-convert -split-input-file -verify-diagnostics

func.func @fine(%x: tensor<2xf32>) -> tensor<2xf32> {
  return %x : tensor<2xf32>
}

// -----

// expected-error @below {{after convert: expected no site and no observe}}
pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">)
