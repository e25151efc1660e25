// RUN: pt2e-opt %s --verify-execute -split-input-file -verify-diagnostics

func.func @fine(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = et.call_kernel "aten::abs.out"(%x) [#et.operand<0>] : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
