// RUN: pt2e-opt %s --verify-outline -split-input-file -verify-diagnostics

func.func @outside(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{after outline: expected it in a delegate}}
  %0 = xnn.enter %x : (tensor<2xf32>) -> !xnn.value<f32, [2]>
  %1 = xnn.leave %0 : (!xnn.value<f32, [2]>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

// expected-error @below {{after outline: expected a call of this delegate}}
func.func private @delegate_0(%x: !xnn.value<f32, [2]>) -> !xnn.value<f32, [2]> attributes {xnn.delegate} {
  %0 = xnn.unary square %x : (!xnn.value<f32, [2]>) -> !xnn.value<f32, [2]>
  return %0 : !xnn.value<f32, [2]>
}

// -----

func.func @too_many(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = et.call_delegate @delegate_0(%x) : (tensor<2xf32>) -> tensor<2xf32>
  // expected-error @below {{after outline: expected it in the delegate before, which it need not wait for an op behind}}
  %1 = et.call_delegate @delegate_1(%0) : (tensor<2xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}
func.func private @delegate_0(%x: !xnn.value<f32, [2]>) -> !xnn.value<f32, [2]> attributes {xnn.delegate} {
  %0 = xnn.unary square %x : (!xnn.value<f32, [2]>) -> !xnn.value<f32, [2]>
  return %0 : !xnn.value<f32, [2]>
}
func.func private @delegate_1(%x: !xnn.value<f32, [2]>) -> !xnn.value<f32, [2]> attributes {xnn.delegate} {
  %0 = xnn.unary square %x : (!xnn.value<f32, [2]>) -> !xnn.value<f32, [2]>
  return %0 : !xnn.value<f32, [2]>
}

// -----

func.func private @delegate_0(%x: tensor<2xf32>) -> tensor<2xf32> attributes {xnn.delegate} {
  // expected-error @below {{after outline: expected xnn ops alone in a delegate}}
  %0 = aten.relu %x : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
