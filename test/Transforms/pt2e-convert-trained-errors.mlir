// RUN: pt2e-opt --pt2e-convert-trained --split-input-file --verify-diagnostics %s

// expected-error @+1 {{expected the range that training left in 'observers.x.min', but the observer has seen nothing finite}}
aten.buffer @observers.x.min "observers.x.min" dense<0x7F800000> : tensor<f32>
func.func @unseen(%x: tensor<2xf32>) -> tensor<2xf32> {
  return %x : tensor<2xf32>
}

// -----

func.func @computed(%x: tensor<2xf32>, %scale: tensor<1xf32>) -> tensor<2xf32> {
  %zero = aten.parameter "zero" dense<0> : tensor<1xi32>
  // expected-error @+1 {{cannot be converted: its scale is computed from what the program is given}}
  %0 = aten.operator "aten::fake_quantize_per_tensor_affine.tensor_qparams"(%x, %scale, %zero) {arguments = {quant_max = 127 : i64, quant_min = -128 : i64}, segments = array<i32: 1, 1, 1, 0>, tensors = ["self", "scale", "zero_point"]} : (tensor<2xf32>, tensor<1xf32>, tensor<1xi32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @no_scale(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{expected a positive scale and a zero point that is a code, but got 0.000000e+00 and 0}}
  %0 = aten.operator "aten::fake_quantize_per_tensor_affine"(%x) {arguments = {quant_max = 127 : i64, quant_min = -128 : i64, scale = 0.0, zero_point = 0 : i64}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// The convolution was scaled by something that batch norm does not take back.
func.func @other_scale(%x: tensor<2x1x4x4xf32>) -> tensor<2x1x4x4xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<1x1x1x1xf32>
  %one = aten.parameter "one" dense<1.0> : tensor<1xf32>
  %two = aten.parameter "two" dense<2.0> : tensor<1x1x1x1xf32>
  %q = aten.operator "aten::fake_quantize_per_tensor_affine"(%w) {arguments = {quant_max = 127 : i64, quant_min = -128 : i64, scale = 0.1, zero_point = 0 : i64}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<1x1x1x1xf32>) -> tensor<1x1x1x1xf32>
  %0 = aten.conv2d %x, %q {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<2x1x4x4xf32>
  %1 = aten.div.Tensor %0, %two : (tensor<2x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<2x1x4x4xf32>
  // expected-error @+1 {{cannot be folded: expected the convolution to be scaled by}}
  %2 = aten.batch_norm %1, %one, %one, %one, %one {operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>, training = true, momentum = 0.1, eps = 1.0e-5} : (tensor<2x1x4x4xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2x1x4x4xf32>
  return %2 : tensor<2x1x4x4xf32>
}

// -----

// expected-error @+1 {{expected a program that pt2e quantize --qat-prepare or --ptq-prepare made, but it has no fake quantize}}
module {
  func.func @never_prepared(%x: tensor<2xf32>) -> tensor<2xf32> {
    %0 = aten.relu %x : (tensor<2xf32>) -> tensor<2xf32>
    return %0 : tensor<2xf32>
  }
}
