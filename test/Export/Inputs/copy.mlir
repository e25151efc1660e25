func.func @forward(%x: tensor<2x3xf32>) -> tensor<6xf32> {
  %0 = aten.permute %x {dims = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %1 = aten.clone %0 : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %2 = aten.view %1 {size = array<i64: 6>} : (tensor<3x2xf32>) -> tensor<6xf32>
  return %2 : tensor<6xf32>
}
