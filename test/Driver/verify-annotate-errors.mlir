// RUN: pt2e-opt %s --verify-annotate -split-input-file -verify-diagnostics

func.func @silent(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{after annotate: expected a reason in pt2e.kept_float}}
  %0 = aten.relu %x {pt2e.kept_float = {code = "asked"}} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @both(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{after annotate: expected an annotation or a reason why not, but got both}}
  %0 = aten.relu %x {pt2e.kept_float = {code = "asked", reason = "so"}, pt2e.annotation = #pt2e.annotation<operands = [unit], results = [unit], rule = "relu">} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// expected-error @below {{after annotate: expected annotations, and no site yet}}
pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">)

// -----

func.func @nameless(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{after annotate: expected the rule that annotated it}}
  %0 = aten.relu %x {pt2e.annotation = #pt2e.annotation<operands = [unit], results = [unit], rule = "">} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @no_operator(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{after annotate: expected annotations of aten operators alone}}
  %0 = arith.addf %x, %x {pt2e.annotation = #pt2e.annotation<operands = [unit, unit], results = [unit], rule = "add">} : tensor<2xf32>
  return %0 : tensor<2xf32>
}
