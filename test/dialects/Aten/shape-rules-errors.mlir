// RUN: pt2e-opt %s -split-input-file -verify-diagnostics

// (C1) the operands fit together.
func.func @channels(%x: tensor<1x3x8x8xf32>, %w: tensor<4x2x3x3xf32>) -> tensor<1x4x6x6xf32> {
  // expected-error @below {{'aten.conv2d' op expected 2 input channels, but got 3}}
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
     : (tensor<1x3x8x8xf32>, tensor<4x2x3x3xf32>) -> tensor<1x4x6x6xf32>
  return %0 : tensor<1x4x6x6xf32>
}

// -----

// (C1)
func.func @stride(%x: tensor<1x2x8x8xf32>, %w: tensor<4x2x3x3xf32>) -> tensor<1x4x6x6xf32> {
  // expected-error @below {{expected a window of positive size, stride and dilation}}
  %0 = aten.conv2d %x, %w {stride = array<i64: 0, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
     : (tensor<1x2x8x8xf32>, tensor<4x2x3x3xf32>) -> tensor<1x4x6x6xf32>
  return %0 : tensor<1x4x6x6xf32>
}

// -----

// (C1)
func.func @broadcast(%x: tensor<2x3xf32>, %y: tensor<2x4xf32>) -> tensor<2x3xf32> {
  // expected-error @below {{expected sizes that broadcast, but got 3 and 4}}
  %0 = aten.mul.Tensor %x, %y : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

// (C1)
func.func @dimension(%x: tensor<2x3xf32>) -> tensor<2xf32> {
  // expected-error @below {{expected a dimension of 2, but got -3}}
  %0 = aten.select.int %x {dim = -3 : i64, index = 0 : i64} : (tensor<2x3xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// (C1)
func.func @elements(%x: tensor<2x3xf32>) -> tensor<4x2xf32> {
  // expected-error @below {{expected a shape of 6 elements}}
  %0 = aten.view %x {size = array<i64: 4, 2>} : (tensor<2x3xf32>) -> tensor<4x2xf32>
  return %0 : tensor<4x2xf32>
}

// -----

// (C1) sizes whose product does not fit in 64 bits.
func.func @overflow(%x: tensor<2x3xf32>) -> tensor<?x9223372036854775807xf32> {
  // expected-error @below {{expected fewer than 2^63 elements}}
  %0 = aten.view %x {size = array<i64: -1, 9223372036854775807, 3>} : (tensor<2x3xf32>) -> tensor<?x9223372036854775807xf32>
  return %0 : tensor<?x9223372036854775807xf32>
}

// -----

// (C1)
func.func @inner(%x: tensor<2x3xf32>, %y: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // expected-error @below {{expected as many rows on the right as columns on the left, but got 2 and 3}}
  %0 = aten.mm %x, %y : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

// (C1)
func.func @permutation(%x: tensor<2x3xf32>) -> tensor<2x2xf32> {
  // expected-error @below {{expected each of 2 dimensions once}}
  %0 = aten.permute %x {dims = array<i64: 0, 0>} : (tensor<2x3xf32>) -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}

// -----

// (C1)
func.func @pieces(%x: tensor<5xf32>) -> tensor<2xf32> {
  // expected-error @below {{expected 3 results, but got 2}}
  %0:2 = aten.split.Tensor %x {split_size = 2 : i64, dim = 0 : i64} : (tensor<5xf32>) -> (tensor<2xf32>, tensor<2xf32>)
  return %0#0 : tensor<2xf32>
}

// -----

// (C2) shape
func.func @window(%x: tensor<1x2x8x8xf32>) -> tensor<1x2x5x5xf32> {
  // expected-error @below {{'aten.max_pool2d' op expected result type 'tensor<1x2x4x4xf32>', but got 'tensor<1x2x5x5xf32>'}}
  %0 = aten.max_pool2d %x {kernel_size = array<i64: 2, 2>, stride = array<i64>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, ceil_mode = false}
     : (tensor<1x2x8x8xf32>) -> tensor<1x2x5x5xf32>
  return %0 : tensor<1x2x5x5xf32>
}

// -----

// (C2) rank
func.func @rank(%x: tensor<2x3xf32>) -> tensor<2x1xf32> {
  // expected-error @below {{expected result type 'tensor<2xf32>', but got 'tensor<2x1xf32>'}}
  %0 = aten.mean.dim %x {dim = array<i64: 1>, keepdim = false} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return %0 : tensor<2x1xf32>
}

// -----

// (C2) element type: a number of a higher category promotes.
func.func @element(%x: tensor<2xi32>) -> tensor<2xi32> {
  // expected-error @below {{expected result type 'tensor<2xf32>', but got 'tensor<2xi32>'}}
  %0 = aten.add.Scalar %x {other = 0.5 : f64, alpha = 1 : i64} : (tensor<2xi32>) -> tensor<2xi32>
  return %0 : tensor<2xi32>
}
