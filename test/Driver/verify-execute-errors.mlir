// RUN: pt2e-opt %s --verify-execute -split-input-file -verify-diagnostics

func.func @left_over(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{after execute: expected no op that nothing runs}}
  %0 = aten.relu %x : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @arithmetic(%x: i64) -> i64 {
  // expected-error @below {{after execute: expected no op that nothing runs}}
  %0 = arith.addi %x, %x : i64
  return %0 : i64
}
