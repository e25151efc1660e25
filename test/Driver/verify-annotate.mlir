// RUN: pt2e-opt %s --verify-annotate -split-input-file -verify-diagnostics

func.func @fine(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = aten.relu %x {pt2e.kept_float = {code = "asked", reason = "a choice keeps it in float"}} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
