// RUN: pt2e-opt %s --pt2e-scalars-to-tensors | FileCheck %s

// CHECK-LABEL: func @floats
// CHECK: %[[A:.*]] = aten.parameter "_tensor_constant_1" dense<5.000000e-01> : tensor<f32>
// CHECK: aten.add.Tensor %{{.*}}, %[[A]] {alpha = 2 : i64} : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
// CHECK: aten.parameter "_tensor_constant_2" dense<3.000000e+00> : tensor<f32>
// CHECK: aten.mul.Tensor
// CHECK: aten.parameter "_tensor_constant_3" dense<1.000000e+00> : tensor<f32>
// CHECK: aten.sub.Tensor
func.func @floats(%x: tensor<4xf32>) -> tensor<4xf32> {
  %taken = aten.parameter "_tensor_constant_0" dense<0.0> : tensor<4xf32>
  %0 = aten.add.Scalar %x {other = 5.0e-01 : f64, alpha = 2 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = aten.mul.Scalar %0 {other = 3 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = aten.sub.Scalar %1 {other = 1 : i64, alpha = 1 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  %3 = aten.add.Tensor %2, %taken {alpha = 1 : i64} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %3 : tensor<4xf32>
}

// An index stays an integer.
// CHECK-LABEL: func @integers
// CHECK-NEXT: aten.add.Scalar
func.func @integers(%x: tensor<4xi64>) -> tensor<4xi64> {
  %0 = aten.add.Scalar %x {other = 0 : i64, alpha = 1 : i64} : (tensor<4xi64>) -> tensor<4xi64>
  return %0 : tensor<4xi64>
}
