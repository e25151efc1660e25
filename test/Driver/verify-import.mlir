// RUN: pt2e-opt %s --verify-import -split-input-file -verify-diagnostics

func.func @fine(%x: tensor<?x4xf32> {aten.dims = ["b:1..64", 4]}) -> tensor<?x4xf32> {
  %0 = aten.relu %x : (tensor<?x4xf32>) -> tensor<?x4xf32> loc("relu")
  return %0 : tensor<?x4xf32>
}
