// RUN: pt2e-opt %s --verify-convert -split-input-file -verify-diagnostics

// expected-error @below {{after convert: expected no site and no observe}}
pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">)

// -----

func.func @annotated(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{after convert: expected no annotation}}
  %0 = aten.relu %x {pt2e.annotation = #pt2e.annotation<operands = [unit], results = [unit], rule = "relu">} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @unread(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{after convert: expected no parameter that nothing reads}}
  %w = aten.parameter "w" dense<1.0> : tensor<2xf32>
  return %x : tensor<2xf32>
}

// -----

func.func @not_folded() -> tensor<2xi8> {
  %w = aten.parameter "w" dense<1.0> : tensor<2xf32>
  %s = arith.constant dense<0.5> : tensor<1xf32>
  // expected-error @below {{after convert: expected the codes of a constant}}
  %0 = pt2e.quantize %w, %s to <i8, -128 : 127, block = [-1]> : tensor<2xf32>, tensor<1xf32> -> tensor<2xi8>
  return %0 : tensor<2xi8>
}
