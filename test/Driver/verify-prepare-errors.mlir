// RUN: pt2e-opt %s --verify-prepare -split-input-file -verify-diagnostics

// expected-error @below {{after prepare: expected an observe of this site}}
pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">)

// -----

func.func @annotated(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{after prepare: expected sites and observes in place of annotations}}
  %0 = aten.relu %x {pt2e.annotation = #pt2e.annotation<operands = [unit], results = [unit], rule = "relu">} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">)
func.func @twice(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = pt2e.observe @x, %x : tensor<2xf32>
  // expected-error @below {{after prepare: expected one observe of @x at an edge}}
  %1 = pt2e.observe @x, %0 : tensor<2xf32>
  return %1 : tensor<2xf32>
}
