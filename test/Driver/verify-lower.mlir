// RUN: pt2e-opt %s --verify-lower -split-input-file -verify-diagnostics

func.func @fine(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = xnn.enter %x : (tensor<2xf32>) -> !xnn.value<f32, [2]>
  %1 = xnn.leave %0 : (!xnn.value<f32, [2]>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

func.func @kept(%x: tensor<2xf64>) -> tensor<2xf64> {
  %0 = aten.relu %x {xnn.kept = "not f32"} : (tensor<2xf64>) -> tensor<2xf64>
  return %0 : tensor<2xf64>
}
