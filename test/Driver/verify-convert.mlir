// RUN: pt2e-opt %s --verify-convert -split-input-file -verify-diagnostics

func.func @fine(%x: tensor<2xf32>) -> tensor<2xf32> {
  return %x : tensor<2xf32>
}
