// RUN: pt2e-opt %s --verify-plan -split-input-file -verify-diagnostics

func.func @fine(%x: tensor<16xf32> {et.offset = 0 : i64}) -> tensor<16xf32> attributes {et.arena_size = 256 : i64} {
  %0 = et.call_kernel "aten::abs.out"(%x) [#et.operand<0>] {et.offsets = array<i64: 64>} : (tensor<16xf32>) -> tensor<16xf32>
  %1 = et.call_kernel "aten::abs.out"(%0) [#et.operand<0>] {et.offsets = array<i64: 0>} : (tensor<16xf32>) -> tensor<16xf32>
  return %1 : tensor<16xf32>
}
