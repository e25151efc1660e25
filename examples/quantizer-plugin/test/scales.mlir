// RUN: pt2e-opt %s --pt2e-annotate=quantizer=abacus --pt2e-prepare --pt2e-calibrate=inputs=%S/Inputs/x.npy --pt2e-convert | FileCheck %s

// x.npy holds -1, ..., 2: 3 / 255 is at most 2^-6, whose zero point is 64. The largest weight is 3, and 3 / 127 at most 2^-5.
// CHECK-LABEL: func @forward
// CHECK-DAG: dense<1.562500e-02>
// CHECK-DAG: dense<64>
// CHECK: pt2e.quantize %arg0, {{.*}} to <ui8, 0 : 255
// CHECK: dense<3.125000e-02>
// CHECK: aten.parameter "w" {{.*}}[32, 64, 96, 0]
func.func @forward(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  %w = aten.parameter "w" dense<[[1.0, 2.0, 3.0, 0.0], [-2.0, 0.5, 0.5, 0.5]]> : tensor<2x4xf32>
  %0 = aten.linear %x, %w : (tensor<1x4xf32>, tensor<2x4xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}
