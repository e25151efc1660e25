// RUN: pt2e-opt --pt2e-fake-quantize --split-input-file --verify-diagnostics %s

pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, dynamic, "placeholder">)
func.func @dynamic(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  // expected-error @+1 {{cannot be trained: expected a static spec per tensor or channel, but got #pt2e.spec}}
  %0 = pt2e.observe @x, %x : tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----

pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">)
func.func @half(%x: tensor<2x4xf16>) -> tensor<2x4xf16> {
  // expected-error @+1 {{cannot be trained: expected f32, but got 'tensor<2x4xf16>'}}
  %0 = pt2e.observe @x, %x : tensor<2x4xf16>
  return %0 : tensor<2x4xf16>
}
