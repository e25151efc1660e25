// RUN: pt2e-opt %s --pt2e-prepare -split-input-file -verify-diagnostics

#act = #pt2e.spec<i8, -128 : 127, affine, static, "min_max">

func.func @dangling(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{to share with an annotated edge, but #pt2e.shared<producer> is not one}}
  %0 = aten.relu %x {pt2e.annotation = #pt2e.annotation<operands = [#pt2e.shared<producer>], results = [#act], rule = "relu">} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @circle(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{to share with an edge that has a spec, but the edges share in a circle}}
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

// -----

#act = #pt2e.spec<i8, -128 : 127, affine, static, "min_max">
#narrow = #pt2e.spec<i8, -64 : 63, affine, static, "min_max">

func.func @conflict(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-note@+1 {{the other one}}
  %0 = aten.relu %x {pt2e.annotation = #pt2e.annotation<operands = [#pt2e.group<"g", #act>], results = [unit], rule = "relu">} : (tensor<2xf32>) -> tensor<2xf32>
  // expected-error@+1 {{to have one spec, because they share an observer, but got #pt2e.spec<i8, -64 : 63}}
  %1 = aten.relu %0 {pt2e.annotation = #pt2e.annotation<operands = [#pt2e.group<"g", #narrow>], results = [unit], rule = "relu">} : (tensor<2xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

#wgt = #pt2e.spec<i8, -127 : 127, symmetric, static, "per_channel_min_max" axis = 1>

func.func @unfit(%x: tensor<2x2xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{: expected the axis of #pt2e.spec<}}
  %0 = aten.flatten.using_ints %x {start_dim = 0 : i64, end_dim = -1 : i64, pt2e.annotation = #pt2e.annotation<operands = [#wgt], results = [#pt2e.shared<operand>], rule = "follow">} : (tensor<2x2xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

#rows = #pt2e.spec<i8, -128 : 127, affine, dynamic, "placeholder">
#wgt = #pt2e.spec<i8, -127 : 127, symmetric, static, "min_max">
#bias = #pt2e.derived<i32, -2147483648 : 2147483647, from = [0, 1]>

func.func @derived_from_dynamic(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x2xf32>
  %b = aten.parameter "b" dense<1.0> : tensor<2xf32>
  %0 = aten.relu %x {pt2e.annotation = #pt2e.annotation<operands = [unit], results = [#rows], rule = "relu">} : (tensor<1x2xf32>) -> tensor<1x2xf32>
  // expected-error@+1 {{to derive from edges with parameters of their own, but operand 0 of}}
  %1 = aten.linear %0, %w, %b {pt2e.annotation = #pt2e.annotation<operands = [#pt2e.shared<producer>, #wgt, #bias], results = [unit], rule = "linear">} : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}
