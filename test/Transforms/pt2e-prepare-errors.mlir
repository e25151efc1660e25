// RUN: pt2e-opt %s --pt2e-prepare -split-input-file -verify-diagnostics

#act = #pt2e.spec<i8, -128 : 127, affine, static, "min_max">

func.func @dangling(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{expected operand 0 to share with an annotated edge, but #pt2e.shared<producer> is not one}}
  %0 = aten.relu %x {pt2e.annotation = #pt2e.annotation<operands = [#pt2e.shared<producer>], results = [#act], rule = "relu">} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @circle(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{expected operand 0 to share with an edge that has a spec, but the edges share in a circle}}
  %0 = aten.relu %x {pt2e.annotation = #pt2e.annotation<operands = [#pt2e.shared<result>], results = [#pt2e.shared<operand>], rule = "relu">} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

#wrong = #pt2e.spec<i8, -127 : 127, symmetric, static, "minmax">

// expected-error@+1 {{expected an observer (min_max, moving_average_min_max, }}
func.func @unknown_observer(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = aten.parameter "fc.weight" dense<1.0> : tensor<2x2xf32>
  // expected-note@+1 {{observed at}}
  %0 = aten.linear %x, %w {pt2e.annotation = #pt2e.annotation<operands = [unit, #wrong], results = [unit], rule = "linear">} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}
