// RUN: pt2e-opt %s --verify-import -split-input-file -verify-diagnostics

func.func @in_place(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{after import: expected a functional program, but got aten::relu_}}
  %0 = aten.operator "aten::relu_"(%x) {arguments = {}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// expected-error @below {{after import: expected aten.dims with the ranges of dynamic input 0}}
func.func @no_range(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  return %x : tensor<?x4xf32>
}

// -----

func.func @foreign(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{after import: expected operators of an exported program}}
  %0 = et.call_kernel "aten::abs.out"(%x) [#et.operand<0>] : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @nameless(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{after import: expected the name in the exported graph in its location}}
  %0 = aten.relu %x : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @nameless_parameter() -> tensor<2xf32> {
  // expected-error @below {{after import: expected a name of this parameter}}
  %0 = aten.parameter "" dense<1.0> : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// expected-error @below {{after import: expected aten.dims with the ranges of dynamic input 0}}
func.func @short_range(%x: tensor<?x4xf32> {aten.dims = ["b:1..64"]}) -> tensor<?x4xf32> {
  return %x : tensor<?x4xf32>
}
