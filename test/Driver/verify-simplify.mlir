// RUN: pt2e-opt %s --verify-simplify -split-input-file -verify-diagnostics

func.func @fine(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = aten.relu %x : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @idle(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{after simplify: expected no operator that does nothing}}
  %0 = aten.operator "aten::detach"(%x) {arguments = {}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
