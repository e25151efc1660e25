// An embedding and a linear op; read by composed*.test and embedding.test.
func.func @forward(%x: tensor<3xi64>) -> tensor<3x2xf32> {
  %w = aten.parameter "w" dense<0.5> : tensor<5x32xf32>
  %v = aten.parameter "v" dense<0.5> : tensor<2x32xf32>
  %0 = aten.embedding %w, %x {padding_idx = -1 : i64, scale_grad_by_freq = false, sparse = false} : (tensor<5x32xf32>, tensor<3xi64>) -> tensor<3x32xf32>
  %1 = aten.linear %0, %v : (tensor<3x32xf32>, tensor<2x32xf32>) -> tensor<3x2xf32>
  return %1 : tensor<3x2xf32>
}
