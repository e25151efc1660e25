// RUN: pt2e-opt %s -split-input-file -verify-diagnostics

func.func private @enter_c1(%x: tensor<?x4xf32, #aten.bounds<[8, -1]>>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.enter' op expected a value of the tensor's upper bounds [8, 4], but got [1, 4]}}
  %0 = xnn.enter %x : (tensor<?x4xf32, #aten.bounds<[8, -1]>>) -> !xnn.value<f32, [1, 4]>
  return
}

// -----

func.func private @enter_c2(%x: tensor<4xi8>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.enter' op expected a tensor of 'ui8' for quint8, but got 'i8'}}
  %0 = xnn.enter %x : (tensor<4xi8>) -> !xnn.value<quint8, [4], scale = 0.5 : f32, zero_point = 0>
  return
}

// -----

func.func private @leave_c1(%x: !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.leave' op expected a value of the tensor's upper bounds [5], but got [4]}}
  %0 = xnn.leave %x : (!xnn.value<f32, [4]>) -> tensor<5xf32>
  return
}

// -----

func.func private @leave_c2(%x: !xnn.value<qdint8, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.leave' op expected a datatype that tensors have, but got qdint8}}
  %0 = xnn.leave %x : (!xnn.value<qdint8, [4]>) -> tensor<4xi8>
  return
}

// -----

func.func private @constant_c1() attributes {xnn.delegate} {
  // expected-error @below {{'xnn.constant' op expected a value of shape [2, 2], but got [4]}}
  %0 = xnn.constant dense<1.0> : tensor<4xf32> : !xnn.value<f32, [2, 2]>
  return
}

// -----

func.func private @constant_c2() attributes {xnn.delegate} {
  // expected-error @below {{'xnn.constant' op expected elements of 'f32' for f32, but got 'i8'}}
  %0 = xnn.constant dense<1> : tensor<4xi8> : !xnn.value<f32, [4]>
  return
}

// -----

func.func private @constant_c3() attributes {xnn.delegate} {
  // expected-error @below {{'xnn.constant' op expected scales for qcint8}}
  %0 = xnn.constant dense<1> : tensor<4xi8> : !xnn.value<qcint8, [4]>
  return
}

// -----

func.func private @constant_c4() attributes {xnn.delegate} {
  // expected-error @below {{'xnn.constant' op expected 2 scales, but got 3}}
  %0 = xnn.constant dense<1> : tensor<2x3xi8> scales dense<0.5> : tensor<3xf32> along 0 : !xnn.value<qcint8, [2, 3]>
  return
}

// -----

func.func private @constant_c4_groups() attributes {xnn.delegate} {
  // expected-error @below {{'xnn.constant' op expected scales of groups of a multiple of 32 along dimension 1, but got 4 for [2, 32]}}
  %0 = xnn.constant dense<1> : tensor<2x32xi8> scales dense<0.5> : tensor<2x2xf32> along 0 : !xnn.value<qbint4, [2, 32]>
  return
}

// -----

func.func private @constant_c5() attributes {xnn.delegate} {
  // expected-error @below {{'xnn.constant' op expected positive normal scales, but got 0.000000e+00}}
  %0 = xnn.constant dense<1> : tensor<2x3xi8> scales dense<0.0> : tensor<2xf32> along 0 : !xnn.value<qcint8, [2, 3]>
  return
}

// -----

func.func private @constant_c3_scales_in_bf16() attributes {xnn.delegate} {
  // expected-error @below {{'xnn.constant' op expected scales in f32, but got 'bf16'}}
  %0 = xnn.constant dense<1> : tensor<2x3xi8> scales dense<0.5> : tensor<2xbf16> along 0 : !xnn.value<qcint8, [2, 3]>
  return
}

// -----

func.func private @constant_c5_group_scale_of_zero() attributes {xnn.delegate} {
  // expected-error @below {{'xnn.constant' op expected positive normal scales, but got 0.000000e+00}}
  %0 = xnn.constant dense<1> : tensor<2x64xi8> scales dense<[[1.0, 1.0], [1.0, 0.0]]> : tensor<2x2xbf16> along 0 : !xnn.value<qbint4, [2, 64]>
  return
}

// -----

func.func private @constant_c6() attributes {xnn.delegate} {
  // expected-error @below {{'xnn.constant' op expected an even last dimension for 4-bit codes, but got [2, 3]: pad it by zeros}}
  %0 = xnn.constant dense<1> : tensor<2x3xi8> scales dense<0.5> : tensor<2xf32> along 0 : !xnn.value<qcint4, [2, 3]>
  return
}

// -----

func.func private @conv2d_c1(%x: !xnn.value<f32, [1, 5, 5, 2]>) attributes {xnn.delegate} {
  %w = xnn.constant dense<0.5> : tensor<4x3x3x2xf32> : !xnn.value<f32, [4, 3, 3, 2]>
  // expected-error @below {{'xnn.conv2d' op expected 4 entries of at least 0 in padding, but got [0, 0, 0]}}
  %0 = xnn.conv2d %x, %w {padding = array<i64: 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (!xnn.value<f32, [1, 5, 5, 2]>, !xnn.value<f32, [4, 3, 3, 2]>) -> !xnn.value<f32, [1, 3, 3, 4]>
  return
}

// -----

func.func private @conv2d_c2(%x: !xnn.value<f32, [1, 5, 5, 2]>) attributes {xnn.delegate} {
  %w = xnn.constant dense<0.5> : tensor<4x3x3x2xf32> : !xnn.value<f32, [4, 3, 3, 2]>
  // expected-error @below {{'xnn.conv2d' op expected 2 groups of input channels in [1, 5, 5, 2] and of filters in [4, 3, 3, 2]}}
  %0 = xnn.conv2d %x, %w {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 2 : i64} : (!xnn.value<f32, [1, 5, 5, 2]>, !xnn.value<f32, [4, 3, 3, 2]>) -> !xnn.value<f32, [1, 3, 3, 4]>
  return
}

// -----

func.func private @conv2d_c3(%x: !xnn.value<f32, [1, 5, 5, 2]>) attributes {xnn.delegate} {
  %w = xnn.constant dense<0.5> : tensor<4x3x3x2xf32> : !xnn.value<f32, [4, 3, 3, 2]>
  // expected-error @below {{'xnn.conv2d' op expected an output of shape [1, 3, 3, 4], but got [1, 5, 5, 4]}}
  %0 = xnn.conv2d %x, %w {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (!xnn.value<f32, [1, 5, 5, 2]>, !xnn.value<f32, [4, 3, 3, 2]>) -> !xnn.value<f32, [1, 5, 5, 4]>
  return
}

// -----

func.func private @conv2d_c4(%x: !xnn.value<f32, [1, 5, 5, 2]>, %w: !xnn.value<f32, [4, 3, 3, 2]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.conv2d' op expected constants as filter and bias}}
  %0 = xnn.conv2d %x, %w {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (!xnn.value<f32, [1, 5, 5, 2]>, !xnn.value<f32, [4, 3, 3, 2]>) -> !xnn.value<f32, [1, 3, 3, 4]>
  return
}

// -----

func.func private @conv2d_c4_bias(%x: !xnn.value<f32, [1, 5, 5, 2]>) attributes {xnn.delegate} {
  %w = xnn.constant dense<0.5> : tensor<4x3x3x2xf32> : !xnn.value<f32, [4, 3, 3, 2]>
  %b = xnn.constant dense<0.5> : tensor<3xf32> : !xnn.value<f32, [3]>
  // expected-error @below {{'xnn.conv2d' op expected a bias of shape [4], but got [3]}}
  %0 = xnn.conv2d %x, %w, %b {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (!xnn.value<f32, [1, 5, 5, 2]>, !xnn.value<f32, [4, 3, 3, 2]>, !xnn.value<f32, [3]>) -> !xnn.value<f32, [1, 3, 3, 4]>
  return
}

// -----

func.func private @conv2d_c5(%x: !xnn.value<quint8, [1, 5, 5, 2], scale = 0.5 : f32, zero_point = 0>) attributes {xnn.delegate} {
  %w = xnn.constant dense<1> : tensor<4x3x3x2xi8> scales dense<0.5> : tensor<4xf32> along 0 : !xnn.value<qcint8, [4, 3, 3, 2]>
  // expected-error @below {{'xnn.conv2d' op XNNPACK has no product of quint8 and qcint8 to quint8}}
  %0 = xnn.conv2d %x, %w {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (!xnn.value<quint8, [1, 5, 5, 2], scale = 0.5 : f32, zero_point = 0>, !xnn.value<qcint8, [4, 3, 3, 2]>) -> !xnn.value<quint8, [1, 3, 3, 4], scale = 0.5 : f32, zero_point = 0>
  return
}

// -----

func.func private @conv2d_c6(%x: !xnn.value<qint8, [1, 5, 5, 2], scale = 2.0e-02 : f32, zero_point = 0>) attributes {xnn.delegate} {
  %w = xnn.constant dense<1> : tensor<4x3x3x2xi8> : !xnn.value<qint8, [4, 3, 3, 2], scale = 0.5 : f32, zero_point = 3>
  // expected-error @below {{'xnn.conv2d' op expected zero point 0 of a qint8 filter, but got 3}}
  %0 = xnn.conv2d %x, %w {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (!xnn.value<qint8, [1, 5, 5, 2], scale = 2.0e-02 : f32, zero_point = 0>, !xnn.value<qint8, [4, 3, 3, 2], scale = 0.5 : f32, zero_point = 3>) -> !xnn.value<qint8, [1, 3, 3, 4], scale = 2.0e-02 : f32, zero_point = 0>
  return
}

// -----

func.func private @conv2d_c6_channels(%x: !xnn.value<qint8, [1, 5, 5, 2], scale = 2.0e-02 : f32, zero_point = 0>) attributes {xnn.delegate} {
  %w = xnn.constant dense<1> : tensor<4x3x3x2xi8> scales dense<0.5> : tensor<3xf32> along 1 : !xnn.value<qcint8, [4, 3, 3, 2]>
  // expected-error @below {{'xnn.conv2d' op expected scales of the filter along dimension 0, but got 1}}
  %0 = xnn.conv2d %x, %w {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (!xnn.value<qint8, [1, 5, 5, 2], scale = 2.0e-02 : f32, zero_point = 0>, !xnn.value<qcint8, [4, 3, 3, 2]>) -> !xnn.value<qint8, [1, 3, 3, 4], scale = 2.0e-02 : f32, zero_point = 0>
  return
}

// -----

func.func private @conv2d_c7(%x: !xnn.value<qint8, [1, 5, 5, 2], scale = 1.0 : f32, zero_point = 0>) attributes {xnn.delegate} {
  %w = xnn.constant dense<1> : tensor<4x3x3x2xi8> scales dense<0.5> : tensor<4xf32> along 0 : !xnn.value<qcint8, [4, 3, 3, 2]>
  // expected-error @below {{'xnn.conv2d' op expected a product of scales below 256 times the output's, but got 5.000000e+02 times}}
  %0 = xnn.conv2d %x, %w {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (!xnn.value<qint8, [1, 5, 5, 2], scale = 1.0 : f32, zero_point = 0>, !xnn.value<qcint8, [4, 3, 3, 2]>) -> !xnn.value<qint8, [1, 3, 3, 4], scale = 1.0e-03 : f32, zero_point = 0>
  return
}

// -----

func.func private @conv2d_c8(%x: !xnn.value<f32, [1, 5, 5, 2]>) attributes {xnn.delegate} {
  %w = xnn.constant dense<0.5> : tensor<4x3x3x2xf32> : !xnn.value<f32, [4, 3, 3, 2]>
  // expected-error @below {{'xnn.conv2d' op expected output_min below output_max, but got 1.000000e+00 and 1.000000e+00}}
  %0 = xnn.conv2d %x, %w {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64, output_min = 1.0 : f32, output_max = 1.0 : f32} : (!xnn.value<f32, [1, 5, 5, 2]>, !xnn.value<f32, [4, 3, 3, 2]>) -> !xnn.value<f32, [1, 3, 3, 4]>
  return
}

// -----

func.func private @depthwise_conv2d_c1(%x: !xnn.value<f32, [1, 5, 5, 2]>) attributes {xnn.delegate} {
  %w = xnn.constant dense<0.5> : tensor<1x3x3x2xf32> : !xnn.value<f32, [1, 3, 3, 2]>
  // expected-error @below {{'xnn.depthwise_conv2d' op expected 4 entries of at least 0 in padding, but got [0, 0, 0, -1]}}
  %0 = xnn.depthwise_conv2d %x, %w {padding = array<i64: 0, 0, 0, -1>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (!xnn.value<f32, [1, 5, 5, 2]>, !xnn.value<f32, [1, 3, 3, 2]>) -> !xnn.value<f32, [1, 3, 3, 2]>
  return
}

// -----

func.func private @depthwise_conv2d_c2(%x: !xnn.value<f32, [1, 5, 5, 2]>) attributes {xnn.delegate} {
  %w = xnn.constant dense<0.5> : tensor<1x3x3x3xf32> : !xnn.value<f32, [1, 3, 3, 3]>
  // expected-error @below {{'xnn.depthwise_conv2d' op expected a filter [1, KH, KW, multiple of 2], but got [1, 3, 3, 3]}}
  %0 = xnn.depthwise_conv2d %x, %w {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (!xnn.value<f32, [1, 5, 5, 2]>, !xnn.value<f32, [1, 3, 3, 3]>) -> !xnn.value<f32, [1, 3, 3, 3]>
  return
}

// -----

func.func private @depthwise_conv2d_c5(%x: !xnn.value<qdint8, [1, 5, 5, 2]>) attributes {xnn.delegate} {
  %w = xnn.constant dense<1> : tensor<1x3x3x2xi8> scales dense<0.5> : tensor<2xf32> along 3 : !xnn.value<qcint8, [1, 3, 3, 2]>
  // expected-error @below {{'xnn.depthwise_conv2d' op XNNPACK has no product of qdint8 and qcint8 to f32}}
  %0 = xnn.depthwise_conv2d %x, %w {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (!xnn.value<qdint8, [1, 5, 5, 2]>, !xnn.value<qcint8, [1, 3, 3, 2]>) -> !xnn.value<f32, [1, 3, 3, 2]>
  return
}

// -----

func.func private @depthwise_conv2d_c6(%x: !xnn.value<qint8, [1, 5, 5, 2], scale = 2.0e-02 : f32, zero_point = 0>) attributes {xnn.delegate} {
  %w = xnn.constant dense<1> : tensor<1x3x3x2xi8> scales dense<0.5> : tensor<1xf32> along 0 : !xnn.value<qcint8, [1, 3, 3, 2]>
  // expected-error @below {{'xnn.depthwise_conv2d' op expected scales of the filter along dimension 3, but got 0}}
  %0 = xnn.depthwise_conv2d %x, %w {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (!xnn.value<qint8, [1, 5, 5, 2], scale = 2.0e-02 : f32, zero_point = 0>, !xnn.value<qcint8, [1, 3, 3, 2]>) -> !xnn.value<qint8, [1, 3, 3, 2], scale = 2.0e-02 : f32, zero_point = 0>
  return
}

// -----

func.func private @conv_transpose2d_c1(%x: !xnn.value<f32, [1, 5, 5, 2]>) attributes {xnn.delegate} {
  %w = xnn.constant dense<0.5> : tensor<4x2x2x2xf32> : !xnn.value<f32, [4, 2, 2, 2]>
  // expected-error @below {{'xnn.conv_transpose2d' op expected an adjustment below the stride 1, but got 1}}
  %0 = xnn.conv_transpose2d %x, %w {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, adjustment = array<i64: 1, 0>, groups = 1 : i64} : (!xnn.value<f32, [1, 5, 5, 2]>, !xnn.value<f32, [4, 2, 2, 2]>) -> !xnn.value<f32, [1, 6, 6, 4]>
  return
}

// -----

func.func private @conv_transpose2d_c3(%x: !xnn.value<f32, [1, 5, 5, 2]>) attributes {xnn.delegate} {
  %w = xnn.constant dense<0.5> : tensor<4x2x2x2xf32> : !xnn.value<f32, [4, 2, 2, 2]>
  // expected-error @below {{'xnn.conv_transpose2d' op expected an output of shape [1, 6, 6, 4], but got [1, 5, 5, 4]}}
  %0 = xnn.conv_transpose2d %x, %w {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, adjustment = array<i64: 0, 0>, groups = 1 : i64} : (!xnn.value<f32, [1, 5, 5, 2]>, !xnn.value<f32, [4, 2, 2, 2]>) -> !xnn.value<f32, [1, 5, 5, 4]>
  return
}

// -----

func.func private @fully_connected_c1(%x: !xnn.value<f32, [2, 5]>) attributes {xnn.delegate} {
  %w = xnn.constant dense<0.5> : tensor<3x4xf32> : !xnn.value<f32, [3, 4]>
  // expected-error @below {{'xnn.fully_connected' op expected an input [..., I] and a filter [O, I], but got [2, 5] and [3, 4]}}
  %0 = xnn.fully_connected %x, %w : (!xnn.value<f32, [2, 5]>, !xnn.value<f32, [3, 4]>) -> !xnn.value<f32, [2, 3]>
  return
}

// -----

func.func private @fully_connected_c2(%x: !xnn.value<f32, [2, 4]>, %w: !xnn.value<qcint8, [3, 4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.fully_connected' op expected constants as filter and bias}}
  %0 = xnn.fully_connected %x, %w : (!xnn.value<f32, [2, 4]>, !xnn.value<qcint8, [3, 4]>) -> !xnn.value<f32, [2, 3]>
  return
}

// -----

func.func private @fully_connected_c2_bias(%x: !xnn.value<f32, [2, 4]>) attributes {xnn.delegate} {
  %w = xnn.constant dense<0.5> : tensor<3x4xf32> : !xnn.value<f32, [3, 4]>
  %b = xnn.constant dense<0.5> : tensor<4xf32> : !xnn.value<f32, [4]>
  // expected-error @below {{'xnn.fully_connected' op expected a bias of shape [3], but got [4]}}
  %0 = xnn.fully_connected %x, %w, %b : (!xnn.value<f32, [2, 4]>, !xnn.value<f32, [3, 4]>, !xnn.value<f32, [4]>) -> !xnn.value<f32, [2, 3]>
  return
}

// -----

func.func private @fully_connected_c3(%x: !xnn.value<qint8, [2, 4], scale = 2.0e-02 : f32, zero_point = 0>) attributes {xnn.delegate} {
  %w = xnn.constant dense<1> : tensor<3x4xi8> scales dense<0.5> : tensor<3xf32> along 0 : !xnn.value<qcint8, [3, 4]>
  // expected-error @below {{'xnn.fully_connected' op XNNPACK has no product of qint8 and qcint8 to f32}}
  %0 = xnn.fully_connected %x, %w : (!xnn.value<qint8, [2, 4], scale = 2.0e-02 : f32, zero_point = 0>, !xnn.value<qcint8, [3, 4]>) -> !xnn.value<f32, [2, 3]>
  return
}

// -----

func.func private @fully_connected_c4(%x: !xnn.value<f32, [2, 4]>) attributes {xnn.delegate} {
  %w = xnn.constant dense<1> : tensor<3x4xi8> scales dense<0.5> : tensor<3xf32> along 0 : !xnn.value<qcint8, [3, 4]>
  %b = xnn.constant dense<0.5> : tensor<3xf32> : !xnn.value<f32, [3]>
  // expected-error @below {{'xnn.fully_connected' op expected no bias with a filter of codes and a float input: add it behind the product}}
  %0 = xnn.fully_connected %x, %w, %b : (!xnn.value<f32, [2, 4]>, !xnn.value<qcint8, [3, 4]>, !xnn.value<f32, [3]>) -> !xnn.value<f32, [2, 3]>
  return
}

// -----

func.func private @fully_connected_c5(%x: !xnn.value<qint8, [2, 4], scale = 2.0e-02 : f32, zero_point = 0>) attributes {xnn.delegate} {
  %w = xnn.constant dense<1> : tensor<3x4xi8> scales dense<0.5> : tensor<4xf32> along 1 : !xnn.value<qcint8, [3, 4]>
  // expected-error @below {{'xnn.fully_connected' op expected scales of the filter along dimension 0, but got 1}}
  %0 = xnn.fully_connected %x, %w : (!xnn.value<qint8, [2, 4], scale = 2.0e-02 : f32, zero_point = 0>, !xnn.value<qcint8, [3, 4]>) -> !xnn.value<qint8, [2, 3], scale = 2.0e-02 : f32, zero_point = 0>
  return
}

// -----

func.func private @fully_connected_c6(%x: !xnn.value<qint8, [2, 4], scale = 1.0 : f32, zero_point = 0>) attributes {xnn.delegate} {
  %w = xnn.constant dense<1> : tensor<3x4xi8> scales dense<0.5> : tensor<3xf32> along 0 : !xnn.value<qcint8, [3, 4]>
  // expected-error @below {{'xnn.fully_connected' op expected a product of scales below 256 times the output's, but got 5.000000e+02 times}}
  %0 = xnn.fully_connected %x, %w : (!xnn.value<qint8, [2, 4], scale = 1.0 : f32, zero_point = 0>, !xnn.value<qcint8, [3, 4]>) -> !xnn.value<qint8, [2, 3], scale = 1.0e-03 : f32, zero_point = 0>
  return
}

// -----

func.func private @fully_connected_c7(%x: !xnn.value<f32, [2, 4]>) attributes {xnn.delegate} {
  %w = xnn.constant dense<0.5> : tensor<3x4xf32> : !xnn.value<f32, [3, 4]>
  // expected-error @below {{'xnn.fully_connected' op expected output_min below output_max, but got 2.000000e+00 and 1.000000e+00}}
  %0 = xnn.fully_connected %x, %w {output_min = 2.0 : f32, output_max = 1.0 : f32} : (!xnn.value<f32, [2, 4]>, !xnn.value<f32, [3, 4]>) -> !xnn.value<f32, [2, 3]>
  return
}

// -----

func.func private @batch_matrix_multiply_c1(%x: !xnn.value<f32, [2, 5, 3]>, %y: !xnn.value<f32, [3, 3, 4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.batch_matrix_multiply' op expected matrices that can be multiplied, but got [2, 5, 3] and [3, 3, 4]}}
  %0 = xnn.batch_matrix_multiply %x, %y : (!xnn.value<f32, [2, 5, 3]>, !xnn.value<f32, [3, 3, 4]>) -> !xnn.value<f32, [2, 5, 4]>
  return
}

// -----

func.func private @batch_matrix_multiply_c2(%x: !xnn.value<f32, [2, 5, 3]>, %y: !xnn.value<f16, [2, 3, 4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.batch_matrix_multiply' op XNNPACK has no matrix product of f32 and f16 to f32}}
  %0 = xnn.batch_matrix_multiply %x, %y : (!xnn.value<f32, [2, 5, 3]>, !xnn.value<f16, [2, 3, 4]>) -> !xnn.value<f32, [2, 5, 4]>
  return
}

// -----

func.func private @batch_matrix_multiply_c3(%x: !xnn.value<qint8, [2, 5, 3], scale = 2.0e-02 : f32, zero_point = 0>, %y: !xnn.value<qint8, [2, 3, 4], scale = 2.0e-02 : f32, zero_point = 5>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.batch_matrix_multiply' op expected zero point 0 of the right side, but got 5}}
  %0 = xnn.batch_matrix_multiply %x, %y : (!xnn.value<qint8, [2, 5, 3], scale = 2.0e-02 : f32, zero_point = 0>, !xnn.value<qint8, [2, 3, 4], scale = 2.0e-02 : f32, zero_point = 5>) -> !xnn.value<qint8, [2, 5, 4], scale = 2.0e-02 : f32, zero_point = 0>
  return
}

// -----

func.func private @batch_matrix_multiply_c4(%x: !xnn.value<qint8, [2, 5, 3], scale = 1.0 : f32, zero_point = 0>, %y: !xnn.value<qint8, [2, 3, 4], scale = 1.0 : f32, zero_point = 0>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.batch_matrix_multiply' op expected a product of scales below 256 times the output's, but got 1.000000e+03 times}}
  %0 = xnn.batch_matrix_multiply %x, %y : (!xnn.value<qint8, [2, 5, 3], scale = 1.0 : f32, zero_point = 0>, !xnn.value<qint8, [2, 3, 4], scale = 1.0 : f32, zero_point = 0>) -> !xnn.value<qint8, [2, 5, 4], scale = 1.0e-03 : f32, zero_point = 0>
  return
}

// -----

func.func private @unary_c1(%x: !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.unary' op expected an output of shape [4], but got [5]}}
  %0 = xnn.unary abs %x : (!xnn.value<f32, [4]>) -> !xnn.value<f32, [5]>
  return
}

// -----

func.func private @unary_c2(%x: !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.unary' op XNNPACK does not run this on f32 to qint8}}
  %0 = xnn.unary sigmoid %x : (!xnn.value<f32, [4]>) -> !xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = 0>
  return
}

// -----

func.func private @binary_c1(%x: !xnn.value<f32, [2, 3]>, %y: !xnn.value<f32, [2]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.binary' op expected shapes that can be broadcast, but got [2, 3] and [2]}}
  %0 = xnn.binary add %x, %y : (!xnn.value<f32, [2, 3]>, !xnn.value<f32, [2]>) -> !xnn.value<f32, [2, 3]>
  return
}

// -----

func.func private @binary_c2(%x: !xnn.value<f32, [4]>, %y: !xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = 0>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.binary' op XNNPACK does not run this on f32 and qint8 to f32}}
  %0 = xnn.binary add %x, %y : (!xnn.value<f32, [4]>, !xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = 0>) -> !xnn.value<f32, [4]>
  return
}

// -----

func.func private @binary_c3(%x: !xnn.value<f32, [4]>, %y: !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.binary' op expected output_min below output_max, but got 0.000000e+00 and -1.000000e+00}}
  %0 = xnn.binary add %x, %y {output_min = 0.0 : f32, output_max = -1.0 : f32} : (!xnn.value<f32, [4]>, !xnn.value<f32, [4]>) -> !xnn.value<f32, [4]>
  return
}

// -----

func.func private @clamp_c1(%x: !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.clamp' op expected an output of shape [4], but got [5]}}
  %0 = xnn.clamp %x : (!xnn.value<f32, [4]>) -> !xnn.value<f32, [5]>
  return
}

// -----

func.func private @clamp_c2(%x: !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.clamp' op XNNPACK does not run this on f32 to f16}}
  %0 = xnn.clamp %x : (!xnn.value<f32, [4]>) -> !xnn.value<f16, [4]>
  return
}

// -----

func.func private @clamp_c3(%x: !xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = 0>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.clamp' op expected finite limits between different scales}}
  %0 = xnn.clamp %x {output_min = 0.0 : f32} : (!xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = 0>) -> !xnn.value<qint8, [4], scale = 0.5 : f32, zero_point = 0>
  return
}

// -----

func.func private @clamp_c4(%x: !xnn.value<qint8, [1, 4, 4, 2], scale = 2.0e-02 : f32, zero_point = 0>) attributes {xnn.delegate} {
  %1 = xnn.max_pooling2d %x {padding = array<i64: 0, 0, 0, 0>, kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>} : (!xnn.value<qint8, [1, 4, 4, 2], scale = 2.0e-02 : f32, zero_point = 0>) -> !xnn.value<qint8, [1, 2, 2, 2], scale = 2.0e-02 : f32, zero_point = 0>
  // expected-error @below {{'xnn.clamp' op expected the scale of xnn.max_pooling2d: convert between the two}}
  %0 = xnn.clamp %1 {output_min = 0.0 : f32, output_max = 6.0 : f32} : (!xnn.value<qint8, [1, 2, 2, 2], scale = 2.0e-02 : f32, zero_point = 0>) -> !xnn.value<qint8, [1, 2, 2, 2], scale = 0.5 : f32, zero_point = 0>
  return
}

// -----

func.func private @clamp_c5(%x: !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.clamp' op expected output_min below output_max, but got 6.000000e+00 and 0.000000e+00}}
  %0 = xnn.clamp %x {output_min = 6.0 : f32, output_max = 0.0 : f32} : (!xnn.value<f32, [4]>) -> !xnn.value<f32, [4]>
  return
}

// -----

func.func private @leaky_relu_c1(%x: !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.leaky_relu' op expected an output of shape [4], but got [5]}}
  %0 = xnn.leaky_relu %x {negative_slope = 0.5 : f32} : (!xnn.value<f32, [4]>) -> !xnn.value<f32, [5]>
  return
}

// -----

func.func private @leaky_relu_c2(%x: !xnn.value<int32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.leaky_relu' op XNNPACK does not run this on int32 to int32}}
  %0 = xnn.leaky_relu %x {negative_slope = 0.5 : f32} : (!xnn.value<int32, [4]>) -> !xnn.value<int32, [4]>
  return
}

// -----

func.func private @leaky_relu_c3(%x: !xnn.value<qint8, [4], scale = 1.0 : f32, zero_point = 0>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.leaky_relu' op expected input scale / output scale below 127, but got 2.000000e+02}}
  %0 = xnn.leaky_relu %x {negative_slope = 0.5 : f32} : (!xnn.value<qint8, [4], scale = 1.0 : f32, zero_point = 0>) -> !xnn.value<qint8, [4], scale = 5.0e-03 : f32, zero_point = 0>
  return
}

// -----

func.func private @leaky_relu_c3_slope(%x: !xnn.value<qint8, [4], scale = 1.0 : f32, zero_point = 0>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.leaky_relu' op expected slope * input scale / output scale below 127, but got 2.000000e+02}}
  %0 = xnn.leaky_relu %x {negative_slope = -200.0 : f32} : (!xnn.value<qint8, [4], scale = 1.0 : f32, zero_point = 0>) -> !xnn.value<qint8, [4], scale = 1.0 : f32, zero_point = 0>
  return
}

// -----

func.func private @elu_c1(%x: !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.elu' op expected an output of shape [4], but got [5]}}
  %0 = xnn.elu %x {alpha = 1.0 : f32} : (!xnn.value<f32, [4]>) -> !xnn.value<f32, [5]>
  return
}

// -----

func.func private @elu_c2(%x: !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.elu' op XNNPACK does not run this on f32 to qint8}}
  %0 = xnn.elu %x {alpha = 1.0 : f32} : (!xnn.value<f32, [4]>) -> !xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = 0>
  return
}

// -----

func.func private @softmax_c1(%x: !xnn.value<f32, [2, 4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.softmax' op expected an output of shape [2, 4], but got [4]}}
  %0 = xnn.softmax %x : (!xnn.value<f32, [2, 4]>) -> !xnn.value<f32, [4]>
  return
}

// -----

func.func private @softmax_c2(%x: !xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = 0>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.softmax' op XNNPACK does not run this on qint8 to qint8}}
  %0 = xnn.softmax %x : (!xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = 0>) -> !xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = 0>
  return
}

// -----

func.func private @convert_c1(%x: !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.convert' op expected an output of shape [4], but got [5]}}
  %0 = xnn.convert %x : (!xnn.value<f32, [4]>) -> !xnn.value<qint8, [5], scale = 2.0e-02 : f32, zero_point = 0>
  return
}

// -----

func.func private @convert_c2(%x: !xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = 0>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.convert' op XNNPACK does not run this on qint8 to qdint8}}
  %0 = xnn.convert %x : (!xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = 0>) -> !xnn.value<qdint8, [4]>
  return
}

// -----

func.func private @convert_c3(%x: !xnn.value<qint8, [4], scale = 1.0 : f32, zero_point = 0>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.convert' op expected input scale / output scale below 127, but got 2.000000e+02}}
  %0 = xnn.convert %x : (!xnn.value<qint8, [4], scale = 1.0 : f32, zero_point = 0>) -> !xnn.value<qint8, [4], scale = 5.0e-03 : f32, zero_point = 0>
  return
}

// -----

func.func private @convert_c4(%x: !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.convert' op expected products alone to read qdint8, but got xnn.unary}}
  %0 = xnn.convert %x : (!xnn.value<f32, [4]>) -> !xnn.value<qdint8, [4]>
  %1 = xnn.unary abs %0 : (!xnn.value<qdint8, [4]>) -> !xnn.value<qdint8, [4]>
  return
}

// -----

func.func private @convert_c4_pixels(%x: !xnn.value<f32, [1, 5, 5, 2]>) attributes {xnn.delegate} {
  %w = xnn.constant dense<1> : tensor<4x1x1x2xi8> scales dense<0.5> : tensor<4xf32> along 0 : !xnn.value<qcint8, [4, 1, 1, 2]>
  // expected-error @below {{'xnn.convert' op expected `pixels` where pointwise convolutions read qdint8, and there alone}}
  %0 = xnn.convert %x : (!xnn.value<f32, [1, 5, 5, 2]>) -> !xnn.value<qdint8, [1, 5, 5, 2]>
  %1 = xnn.conv2d %0, %w {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (!xnn.value<qdint8, [1, 5, 5, 2]>, !xnn.value<qcint8, [4, 1, 1, 2]>) -> !xnn.value<f32, [1, 5, 5, 4]>
  return
}

// -----

func.func private @convert_c4_images(%x: !xnn.value<f32, [1, 5, 5, 2]>) attributes {xnn.delegate} {
  %w = xnn.constant dense<1> : tensor<4x1x1x2xi8> scales dense<0.5> : tensor<4xf32> along 0 : !xnn.value<qcint8, [4, 1, 1, 2]>
  // expected-error @below {{'xnn.convert' op expected `pixels` where pointwise convolutions read qdint8, and there alone}}
  %0 = xnn.convert %x {pixels} : (!xnn.value<f32, [1, 5, 5, 2]>) -> !xnn.value<qdint8, [1, 5, 5, 2]>
  %1 = xnn.conv2d %0, %w {padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (!xnn.value<qdint8, [1, 5, 5, 2]>, !xnn.value<qcint8, [4, 1, 1, 2]>) -> !xnn.value<f32, [1, 3, 3, 4]>
  return
}

// -----

func.func private @convert_c4_codes(%x: !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.convert' op expected `pixels` of qdint8 alone}}
  %0 = xnn.convert %x {pixels} : (!xnn.value<f32, [4]>) -> !xnn.value<qint8, [4], scale = 1.0 : f32, zero_point = 0>
  return
}

// -----

func.func private @max_pooling2d_c1(%x: !xnn.value<f32, [1, 4, 4, 2]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.max_pooling2d' op expected 4 entries of at least 0 in padding, but got [0, 0]}}
  %0 = xnn.max_pooling2d %x {padding = array<i64: 0, 0>, kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>} : (!xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 2, 2, 2]>
  return
}

// -----

func.func private @max_pooling2d_c2(%x: !xnn.value<f32, [1, 4, 4, 2]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.max_pooling2d' op expected an output of shape [1, 2, 2, 2], but got [1, 3, 3, 2]}}
  %0 = xnn.max_pooling2d %x {padding = array<i64: 0, 0, 0, 0>, kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>} : (!xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 3, 3, 2]>
  return
}

// -----

func.func private @max_pooling2d_c3(%x: !xnn.value<qint8, [1, 4, 4, 2], scale = 2.0e-02 : f32, zero_point = 0>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.max_pooling2d' op expected the same datatype, scale and zero point, but got '!xnn.value<qint8, [1, 4, 4, 2], scale = 2.000000e-02 : f32, zero_point = 0>' and '!xnn.value<qint8, [1, 2, 2, 2], scale = 5.000000e-01 : f32, zero_point = 0>'}}
  %0 = xnn.max_pooling2d %x {padding = array<i64: 0, 0, 0, 0>, kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>} : (!xnn.value<qint8, [1, 4, 4, 2], scale = 2.0e-02 : f32, zero_point = 0>) -> !xnn.value<qint8, [1, 2, 2, 2], scale = 0.5 : f32, zero_point = 0>
  return
}

// -----

func.func private @max_pooling2d_c4(%x: !xnn.value<f32, [1, 4, 4, 2]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.max_pooling2d' op expected a window of more than one element}}
  %0 = xnn.max_pooling2d %x {padding = array<i64: 0, 0, 0, 0>, kernel = array<i64: 1, 1>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (!xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 4, 4, 2]>
  return
}

// -----

func.func private @max_pooling2d_c4_stride(%x: !xnn.value<f32, [1, 4, 4, 2]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.max_pooling2d' op expected strides within the window, but got 3 for 2}}
  %0 = xnn.max_pooling2d %x {padding = array<i64: 0, 0, 0, 0>, kernel = array<i64: 2, 2>, stride = array<i64: 3, 3>, dilation = array<i64: 1, 1>} : (!xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 1, 1, 2]>
  return
}

// -----

func.func private @max_pooling2d_c5(%x: !xnn.value<f32, [1, 4, 4, 2]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.max_pooling2d' op expected output_min below output_max, but got 1.000000e+00 and 0.000000e+00}}
  %0 = xnn.max_pooling2d %x {padding = array<i64: 0, 0, 0, 0>, kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>, output_min = 1.0 : f32, output_max = 0.0 : f32} : (!xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 2, 2, 2]>
  return
}

// -----

func.func private @average_pooling2d_c1(%x: !xnn.value<f32, [1, 4, 4, 2]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.average_pooling2d' op expected 2 entries of at least 1 in kernel, but got [2]}}
  %0 = xnn.average_pooling2d %x {padding = array<i64: 0, 0, 0, 0>, kernel = array<i64: 2>, stride = array<i64: 2, 2>} : (!xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 2, 2, 2]>
  return
}

// -----

func.func private @average_pooling2d_c2(%x: !xnn.value<f32, [1, 4, 4, 2]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.average_pooling2d' op expected an output of shape [1, 2, 2, 2], but got [1, 4, 4, 2]}}
  %0 = xnn.average_pooling2d %x {padding = array<i64: 0, 0, 0, 0>, kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>} : (!xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 4, 4, 2]>
  return
}

// -----

func.func private @average_pooling2d_c3(%x: !xnn.value<qint8, [1, 4, 4, 2], scale = 2.0e-02 : f32, zero_point = 0>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.average_pooling2d' op expected f32 or f16, but got qint8}}
  %0 = xnn.average_pooling2d %x {padding = array<i64: 0, 0, 0, 0>, kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>} : (!xnn.value<qint8, [1, 4, 4, 2], scale = 2.0e-02 : f32, zero_point = 0>) -> !xnn.value<qint8, [1, 2, 2, 2], scale = 2.0e-02 : f32, zero_point = 0>
  return
}

// -----

func.func private @average_pooling2d_c4(%x: !xnn.value<f32, [1, 4, 4, 2]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.average_pooling2d' op expected a window of more than one element}}
  %0 = xnn.average_pooling2d %x {padding = array<i64: 0, 0, 0, 0>, kernel = array<i64: 1, 1>, stride = array<i64: 1, 1>} : (!xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 4, 4, 2]>
  return
}

// -----

func.func private @average_pooling2d_c5(%x: !xnn.value<f32, [1, 4, 4, 2]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.average_pooling2d' op expected output_min below output_max, but got 1.000000e+00 and 0.000000e+00}}
  %0 = xnn.average_pooling2d %x {padding = array<i64: 0, 0, 0, 0>, kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, output_min = 1.0 : f32, output_max = 0.0 : f32} : (!xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 2, 2, 2]>
  return
}

// -----

func.func private @global_average_pooling2d_c1(%x: !xnn.value<f32, [1, 4, 4, 2]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.global_average_pooling2d' op expected an output of shape [1, 1, 1, 2], but got [1, 2]}}
  %0 = xnn.global_average_pooling2d %x {} : (!xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 2]>
  return
}

// -----

func.func private @global_average_pooling2d_c2(%x: !xnn.value<f32, [1, 4, 4, 2]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.global_average_pooling2d' op expected f32, f16, qint8 or quint8 twice, but got f32 and qint8}}
  %0 = xnn.global_average_pooling2d %x {} : (!xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<qint8, [1, 1, 1, 2], scale = 2.0e-02 : f32, zero_point = 0>
  return
}

// -----

func.func private @global_average_pooling2d_c3(%x: !xnn.value<f32, [1, 4, 4, 2]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.global_average_pooling2d' op expected output_min below output_max, but got 1.000000e+00 and 0.000000e+00}}
  %0 = xnn.global_average_pooling2d %x {output_min = 1.0 : f32, output_max = 0.0 : f32} : (!xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 1, 1, 2]>
  return
}

// -----

func.func private @resize_bilinear_c1(%x: !xnn.value<f32, [1, 4, 4, 2]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.resize_bilinear' op expected an output of shape [1, 8, 7, 2], but got [1, 8, 8, 2]}}
  %0 = xnn.resize_bilinear %x {height = 8 : i64, width = 7 : i64} : (!xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 8, 8, 2]>
  return
}

// -----

func.func private @resize_bilinear_c2(%x: !xnn.value<qint8, [1, 4, 4, 2], scale = 2.0e-02 : f32, zero_point = 0>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.resize_bilinear' op expected the same datatype, scale and zero point, but got '!xnn.value<qint8, [1, 4, 4, 2], scale = 2.000000e-02 : f32, zero_point = 0>' and '!xnn.value<qint8, [1, 8, 8, 2], scale = 5.000000e-01 : f32, zero_point = 0>'}}
  %0 = xnn.resize_bilinear %x {height = 8 : i64, width = 8 : i64} : (!xnn.value<qint8, [1, 4, 4, 2], scale = 2.0e-02 : f32, zero_point = 0>) -> !xnn.value<qint8, [1, 8, 8, 2], scale = 0.5 : f32, zero_point = 0>
  return
}

// -----

func.func private @transpose_c1(%x: !xnn.value<f32, [2, 3]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.transpose' op expected a permutation of 2 dimensions, but got [1, 1]}}
  %0 = xnn.transpose %x {perm = array<i64: 1, 1>} : (!xnn.value<f32, [2, 3]>) -> !xnn.value<f32, [3, 2]>
  return
}

// -----

func.func private @transpose_c2(%x: !xnn.value<qint8, [2, 3], scale = 2.0e-02 : f32, zero_point = 0>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.transpose' op expected the same datatype, scale and zero point, but got '!xnn.value<qint8, [2, 3], scale = 2.000000e-02 : f32, zero_point = 0>' and '!xnn.value<qint8, [3, 2], scale = 5.000000e-01 : f32, zero_point = 0>'}}
  %0 = xnn.transpose %x {perm = array<i64: 1, 0>} : (!xnn.value<qint8, [2, 3], scale = 2.0e-02 : f32, zero_point = 0>) -> !xnn.value<qint8, [3, 2], scale = 0.5 : f32, zero_point = 0>
  return
}

// -----

func.func private @reshape_c1(%x: !xnn.value<f32, [4, 3]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.reshape' op expected new_shape [2, 6] with at most one size 0, but got [0, 0]}}
  %0 = xnn.reshape %x {new_shape = array<i64: 0, 0>} : (!xnn.value<f32, [4, 3]>) -> !xnn.value<f32, [2, 6]>
  return
}

// -----

func.func private @reshape_c2(%x: !xnn.value<f32, [4, 3]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.reshape' op expected as many elements as [4, 3] has, but got [2, 5]}}
  %0 = xnn.reshape %x {new_shape = array<i64: 2, 5>} : (!xnn.value<f32, [4, 3]>) -> !xnn.value<f32, [2, 5]>
  return
}

// -----

func.func private @reshape_c3(%x: !xnn.value<qdint8, [4, 3]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.reshape' op expected any datatype but qdint8, which only products read}}
  %0 = xnn.reshape %x {new_shape = array<i64: 12>} : (!xnn.value<qdint8, [4, 3]>) -> !xnn.value<qdint8, [12]>
  return
}

// -----

func.func private @slice_c1(%x: !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.slice' op expected a part of [4], but got 3 elements from 2 on}}
  %0 = xnn.slice %x {offsets = array<i64: 2>, sizes = array<i64: 3>} : (!xnn.value<f32, [4]>) -> !xnn.value<f32, [3]>
  return
}

// -----

func.func private @slice_c2(%x: !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.slice' op expected an output of shape [2], but got [3]}}
  %0 = xnn.slice %x {offsets = array<i64: 2>, sizes = array<i64: 0>} : (!xnn.value<f32, [4]>) -> !xnn.value<f32, [3]>
  return
}

// -----

func.func private @slice_c3(%x: !xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = 0>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.slice' op expected the same datatype, scale and zero point, but got '!xnn.value<qint8, [4], scale = 2.000000e-02 : f32, zero_point = 0>' and '!xnn.value<qint8, [3], scale = 5.000000e-01 : f32, zero_point = 0>'}}
  %0 = xnn.slice %x {offsets = array<i64: 1>, sizes = array<i64: 3>} : (!xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = 0>) -> !xnn.value<qint8, [3], scale = 0.5 : f32, zero_point = 0>
  return
}

// -----

func.func private @pad_c1(%x: !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.pad' op expected an output of shape [6], but got [5]}}
  %0 = xnn.pad %x {pre = array<i64: 1>, post = array<i64: 1>, value = 0.0 : f32} : (!xnn.value<f32, [4]>) -> !xnn.value<f32, [5]>
  return
}

// -----

func.func private @pad_c2(%x: !xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = 0>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.pad' op expected the same datatype, scale and zero point, but got '!xnn.value<qint8, [4], scale = 2.000000e-02 : f32, zero_point = 0>' and '!xnn.value<qint8, [6], scale = 5.000000e-01 : f32, zero_point = 0>'}}
  %0 = xnn.pad %x {pre = array<i64: 1>, post = array<i64: 1>, value = 0.0 : f32} : (!xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = 0>) -> !xnn.value<qint8, [6], scale = 0.5 : f32, zero_point = 0>
  return
}

// -----

func.func private @concatenate_c1(%x: !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.concatenate' op expected 2 to 5 inputs, but got 1}}
  %0 = xnn.concatenate %x {axis = 0 : i64} : (!xnn.value<f32, [4]>) -> !xnn.value<f32, [4]>
  return
}

// -----

func.func private @concatenate_c1_axis(%x: !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.concatenate' op expected an axis below 1, but got 1}}
  %0 = xnn.concatenate %x, %x {axis = 1 : i64} : (!xnn.value<f32, [4]>, !xnn.value<f32, [4]>) -> !xnn.value<f32, [8]>
  return
}

// -----

func.func private @concatenate_c2(%x: !xnn.value<f32, [4]>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.concatenate' op expected an output of shape [8], but got [7]}}
  %0 = xnn.concatenate %x, %x {axis = 0 : i64} : (!xnn.value<f32, [4]>, !xnn.value<f32, [4]>) -> !xnn.value<f32, [7]>
  return
}

// -----

func.func private @concatenate_c3(%x: !xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = 0>) attributes {xnn.delegate} {
  // expected-error @below {{'xnn.concatenate' op expected the same datatype, scale and zero point, but got '!xnn.value<qint8, [4], scale = 2.000000e-02 : f32, zero_point = 0>' and '!xnn.value<qint8, [8], scale = 5.000000e-01 : f32, zero_point = 0>'}}
  %0 = xnn.concatenate %x, %x {axis = 0 : i64} : (!xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = 0>, !xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = 0>) -> !xnn.value<qint8, [8], scale = 0.5 : f32, zero_point = 0>
  return
}

// -----

!codes = !xnn.value<qint8, [4], scale = 0.25 : f32, zero_point = 0>
func.func private @long_table(%0: !codes) -> !codes attributes {xnn.delegate} {
  %1 = xnn.elu %0 {alpha = 1.0 : f32} : (!codes) -> !codes
  %2 = xnn.elu %1 {alpha = 1.0 : f32} : (!codes) -> !codes
  %3 = xnn.elu %2 {alpha = 1.0 : f32} : (!codes) -> !codes
  %4 = xnn.elu %3 {alpha = 1.0 : f32} : (!codes) -> !codes
  %5 = xnn.elu %4 {alpha = 1.0 : f32} : (!codes) -> !codes
  %6 = xnn.elu %5 {alpha = 1.0 : f32} : (!codes) -> !codes
  %7 = xnn.elu %6 {alpha = 1.0 : f32} : (!codes) -> !codes
  %8 = xnn.elu %7 {alpha = 1.0 : f32} : (!codes) -> !codes
  %9 = xnn.elu %8 {alpha = 1.0 : f32} : (!codes) -> !codes
  // expected-error @below {{'xnn.elu' op expected at most 9 functions of one value in a row, of which XNNPACK makes a table}}
  %10 = xnn.elu %9 {alpha = 1.0 : f32} : (!codes) -> !codes
  return %10 : !codes
}
