// RUN: pt2e-opt %s --verify-outline -split-input-file -verify-diagnostics

func.func @fine(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = et.call_delegate @delegate_0(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
func.func private @delegate_0(%x: !xnn.value<f32, [2]>) -> !xnn.value<f32, [2]> attributes {xnn.delegate} {
  %0 = xnn.unary square %x : (!xnn.value<f32, [2]>) -> !xnn.value<f32, [2]>
  return %0 : !xnn.value<f32, [2]>
}

// -----

// The second waits for an op that is in no delegate.
func.func @two(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = et.call_delegate @delegate_0(%x) : (tensor<2xf32>) -> tensor<2xf32>
  %1 = aten.operator "aten::erf"(%0) {arguments = {}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<2xf32>) -> tensor<2xf32>
  %2 = et.call_delegate @delegate_1(%1) : (tensor<2xf32>) -> tensor<2xf32>
  return %2 : tensor<2xf32>
}
func.func private @delegate_0(%x: !xnn.value<f32, [2]>) -> !xnn.value<f32, [2]> attributes {xnn.delegate} {
  %0 = xnn.unary square %x : (!xnn.value<f32, [2]>) -> !xnn.value<f32, [2]>
  return %0 : !xnn.value<f32, [2]>
}
func.func private @delegate_1(%x: !xnn.value<f32, [2]>) -> !xnn.value<f32, [2]> attributes {xnn.delegate} {
  %0 = xnn.unary square %x : (!xnn.value<f32, [2]>) -> !xnn.value<f32, [2]>
  return %0 : !xnn.value<f32, [2]>
}
