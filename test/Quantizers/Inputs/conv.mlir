// A convolution with bias, and a sigmoid; read by rules-*.test.
func.func @forward(%x: tensor<1x4x4x4xf32>) -> tensor<1x2x2x2xf32> {
  %w = aten.parameter "w" dense<0.5> : tensor<2x4x3x3xf32>
  %b = aten.parameter "b" dense<0.5> : tensor<2xf32>
  %0 = aten.conv2d %x, %w, %b {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x4x4x4xf32>, tensor<2x4x3x3xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  %1 = aten.sigmoid %0 : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %1 : tensor<1x2x2x2xf32>
}
