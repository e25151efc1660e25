// RUN: pt2e-opt %s --verify-import -split-input-file -verify-diagnostics

func.func @fine(%x: tensor<?x4xf32> {aten.dims = ["b:1..64", 4]}) -> tensor<?x4xf32> {
  %0 = aten.relu %x : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

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
