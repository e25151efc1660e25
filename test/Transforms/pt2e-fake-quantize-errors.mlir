// RUN: pt2e-opt --pt2e-fake-quantize --split-input-file --verify-diagnostics %s

pt2e.site @x spec(#pt2e.spec<i8, -127 : 127, symmetric, dynamic, "placeholder">)
func.func @dynamic_symmetric(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  // expected-error @+1 {{cannot be rounded in PyTorch: expected affine codes per tensor or token where the range is taken at run time, but got #pt2e.spec}}
  %0 = pt2e.observe @x, %x : tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----

pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">)
func.func @half(%x: tensor<2x4xf16>) -> tensor<2x4xf16> {
  // expected-error @+1 {{cannot be rounded in PyTorch: expected f32, but got 'tensor<2x4xf16>'}}
  %0 = pt2e.observe @x, %x : tensor<2x4xf16>
  return %0 : tensor<2x4xf16>
}

// -----

pt2e.site @w spec(#pt2e.cast<f16>)
func.func @stored_as_half() -> tensor<2x4xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x4xf32>
  // expected-error @+1 {{cannot be rounded in PyTorch: expected codes, which rounding to a narrower type does not give, but got #pt2e.cast<f16>}}
  %0 = pt2e.observe @w, %w : tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----

pt2e.site @w spec(#pt2e.spec<ui8, 0 : 255, affine_float, static, "min_max">)
func.func @real_zero_points() -> tensor<2x4xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x4xf32>
  // expected-error @+1 {{cannot be rounded in PyTorch: expected an axis of channels where zero points are real numbers, but got #pt2e.spec}}
  %0 = pt2e.observe @w, %w : tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----

pt2e.site @w spec(#pt2e.spec<i8, -127 : 127, symmetric, static, "block_min_max" block = [2, 2]>)
func.func @blocks_of_rows() -> tensor<2x4xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x4xf32>
  // expected-error @+1 {{cannot be rounded in PyTorch: expected blocks that are parts of rows, but got #pt2e.spec}}
  %0 = pt2e.observe @w, %w : tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----

pt2e.site @x spec(#pt2e.spec<i8, -127 : 127, symmetric, static, "block_min_max" block = [1, 2]>)
func.func @static_rows(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  // expected-error @+1 {{cannot be rounded in PyTorch: expected a scale per tensor or channel of an activation, but got #pt2e.spec}}
  %0 = pt2e.observe @x, %x : tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----

pt2e.site @w spec(#pt2e.spec<i8, -127 : 127, symmetric, static, "block_min_max" block = [1, 3]>)
func.func @ragged_rows() -> tensor<2x4xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x4xf32>
  // expected-error @+1 {{cannot be rounded in PyTorch: expected rows that are a multiple of the block, but got #pt2e.spec}}
  %0 = pt2e.observe @w, %w : tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}
