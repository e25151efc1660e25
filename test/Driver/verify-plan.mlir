// RUN: pt2e-opt %s --verify-plan -split-input-file -verify-diagnostics

func.func @fine(%x: tensor<16xf32> {et.offset = 0 : i64}) -> tensor<16xf32> attributes {et.arena_size = 256 : i64} {
  %0 = et.call_kernel "aten::abs.out"(%x) [#et.operand<0>] {et.offsets = array<i64: 64>} : (tensor<16xf32>) -> tensor<16xf32>
  %1 = et.call_kernel "aten::abs.out"(%0) [#et.operand<0>] {et.offsets = array<i64: 0>} : (tensor<16xf32>) -> tensor<16xf32>
  return %1 : tensor<16xf32>
}

// -----

// expected-error @below {{after plan: expected values that are needed together at places of their own, but got two at offset 32}}
func.func @overlap(%x: tensor<16xf32> {et.offset = 0 : i64}) -> tensor<16xf32> attributes {et.arena_size = 256 : i64} {
  %0 = et.call_kernel "aten::abs.out"(%x) [#et.operand<0>] {et.offsets = array<i64: 32>} : (tensor<16xf32>) -> tensor<16xf32>
  return %0 : tensor<16xf32>
}

// -----

// expected-error @below {{after plan: expected an arena of at least 128 bytes, but got 100}}
func.func @too_small(%x: tensor<16xf32> {et.offset = 0 : i64}) -> tensor<16xf32> attributes {et.arena_size = 100 : i64} {
  %0 = et.call_kernel "aten::abs.out"(%x) [#et.operand<0>] {et.offsets = array<i64: 64>} : (tensor<16xf32>) -> tensor<16xf32>
  return %0 : tensor<16xf32>
}

// -----

func.func @no_place(%x: tensor<16xf32> {et.offset = 0 : i64}) -> tensor<16xf32> attributes {et.arena_size = 256 : i64} {
  // expected-error @below {{after plan: expected et.offsets, one for each result}}
  %0 = et.call_kernel "aten::abs.out"(%x) [#et.operand<0>] : (tensor<16xf32>) -> tensor<16xf32>
  return %0 : tensor<16xf32>
}
