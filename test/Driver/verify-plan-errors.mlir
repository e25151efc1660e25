// RUN: pt2e-opt %s --verify-plan -split-input-file -verify-diagnostics

// expected-error @below {{after plan: expected values that are needed together at places of their own, but got two at offset 32}}
func.func @overlap(%x: tensor<16xf32> {et.offset = 0 : i64}) -> tensor<16xf32> attributes {et.arena_size = 256 : i64} {
  %0 = et.call_kernel "aten::abs.out"(%x) [#et.operand<0>] {et.offsets = array<i64: 32>} : (tensor<16xf32>) -> tensor<16xf32>
  return %0 : tensor<16xf32>
}

// -----

// expected-error @below {{after plan: expected an arena of at least 192 bytes, but got 100}}
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

// -----

// expected-error @below {{after plan: expected a place for each tensor, at a multiple of 16 bytes}}
func.func @no_input_place(%x: tensor<16xf32>) -> tensor<16xf32> attributes {et.arena_size = 256 : i64} {
  return %x : tensor<16xf32>
}

// -----

func.func @odd_place(%x: tensor<16xf32> {et.offset = 0 : i64}) -> tensor<16xf32> attributes {et.arena_size = 512 : i64} {
  // expected-error @below {{after plan: expected a place for each tensor, at a multiple of 16 bytes}}
  %0 = et.call_kernel "aten::abs.out"(%x) [#et.operand<0>] {et.offsets = array<i64: 72>} : (tensor<16xf32>) -> tensor<16xf32>
  return %0 : tensor<16xf32>
}

// -----

aten.buffer @state "state" {et.offset = 0 : i64} dense<0.0> : tensor<16xf32>
// expected-error @below {{after plan: expected values that are needed together at places of their own, but got two at offset 0}}
func.func @on_a_buffer(%x: tensor<16xf32> {et.offset = 0 : i64}) -> tensor<16xf32> attributes {et.arena_size = 512 : i64} {
  return %x : tensor<16xf32>
}

// -----

// expected-error @below {{after plan: expected a place for argument 0, which others than delegates read}}
func.func @in_place_of_a_kernel(%x: tensor<16xf32> {et.in_place}) -> tensor<16xf32> attributes {et.arena_size = 256 : i64} {
  %0 = et.call_kernel "aten::abs.out"(%x) [#et.operand<0>] {et.offsets = array<i64: 0>} : (tensor<16xf32>) -> tensor<16xf32>
  return %0 : tensor<16xf32>
}
