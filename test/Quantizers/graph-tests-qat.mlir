// PyTorch's graph tests of training with the XNNPACK quantizer, test_quantize_pt2e_qat.py: what is rounded, in which
// order, and what stands between a convolution and its batch norm. docs/graph-tests.md has the list.
// RUN: pt2e-opt %s -split-input-file --pass-pipeline="builtin.module(pt2e-annotate-training{annotate={pt2e-annotate{recipe=static-int8}}},pt2e-prepare,pt2e-fake-quantize)" -o %t.mlir
// RUN: FileCheck %s --input-file=%t.mlir
// Converted with ranges as training leaves them.
// RUN: sed -e 's/dense<0x7F800000>/dense<-1.0>/' -e 's/dense<0xFF800000>/dense<1.0>/' %t.mlir | pt2e-opt -split-input-file --pt2e-convert-trained --aten-simplify | FileCheck %s --check-prefix=CONVERTED

// test_qat_conv_bn_fusion, _literal_args: input, scaled weight and the result of batch norm; the bias is added behind
// the division; stride, padding and dilation stay.
// CHECK-LABEL: func.func @conv_bn
// CHECK-NOT:   fake_quantize
// CHECK:       %[[X:.*]] = aten.operator "aten::fake_quantize_per_tensor_affine.tensor_qparams"(%arg0,
// CHECK-NOT:   fake_quantize
// CHECK:       %[[VAR:.*]] = aten.add.Scalar %[[RUNNING:.*]] {alpha = 1 : i64, other = 1.000000e-05 : f64}
// CHECK:       %[[DEV:.*]] = aten.sqrt %[[VAR]]
// CHECK:       %[[FACTOR:.*]] = aten.div.Tensor %[[GAMMA:.*]], %[[DEV]]
// CHECK:       %[[SCALE:.*]] = aten.add.Tensor %[[FACTOR]]
// CHECK:       %[[ROWS:.*]] = aten.view %[[SCALE]] {size = array<i64: 2, 1, 1, 1>}
// CHECK:       %[[W:.*]] = aten.mul.Tensor %{{.*}}, %[[ROWS]]
// CHECK-NOT:   fake_quantize
// CHECK:       %[[Q:.*]] = aten.operator "aten::fake_quantize_per_channel_affine"(%[[W]],
// CHECK-SAME:  axis = 0 : i64, quant_max = 127 : i64, quant_min = -127 : i64
// CHECK:       %[[CONV:.*]] = aten.conv2d %[[X]], %[[Q]] {dilation = array<i64: 2, 2>, groups = 1 : i64, padding = array<i64: 1, 1>, {{.*}}stride = array<i64: 2, 2>}
// CHECK:       %[[COLUMNS:.*]] = aten.view %[[SCALE]] {size = array<i64: 1, 2, 1, 1>}
// CHECK:       %[[BACK:.*]] = aten.div.Tensor %[[CONV]], %[[COLUMNS]]
// CHECK:       %[[BIAS:.*]] = aten.view %{{.*}} {size = array<i64: 1, 2, 1, 1>}
// CHECK:       %[[BIASED:.*]] = aten.add.Tensor %[[BACK]], %[[BIAS]]
// CHECK:       %[[NORM:.*]] = aten.batch_norm %[[BIASED]], %[[GAMMA]], %{{.*}}, %{{.*}}, %[[RUNNING]] {{.*}}training = true
// CHECK-NOT:   fake_quantize
// CHECK:       %[[OUT:.*]] = aten.operator "aten::fake_quantize_per_tensor_affine.tensor_qparams"(%[[NORM]],
// CHECK-NOT:   fake_quantize
// CHECK:       return %[[OUT]]

// test_fold_bn_erases_bn_node, test_qat_conv_bn_per_channel_weight_bias: no batch norm is left, one quantize of the
// input and one of the result, the weight is codes; the bias stays f32, it becomes int32 when the program is lowered.
// CONVERTED-LABEL: func.func @conv_bn
// CONVERTED-NOT:   batch_norm
// CONVERTED:       %[[QX:.*]] = pt2e.quantize %arg0
// CONVERTED:       %[[X:.*]] = pt2e.dequantize %[[QX]]
// CONVERTED-NOT:   pt2e.{{quantize|dequantize}}
// CONVERTED:       %[[W:.*]] = pt2e.dequantize %{{.*}} from <i8, -127 : 127, block = [1, -1, -1, -1]>
// CONVERTED:       %[[BIAS:.*]] = aten.parameter "{{.*}}bias" dense<{{.*}}> : tensor<2xf32>
// CONVERTED:       %[[CONV:.*]] = aten.conv2d %[[X]], %[[W]], %[[BIAS]] {dilation = array<i64: 2, 2>, groups = 1 : i64, padding = array<i64: 1, 1>, {{.*}}stride = array<i64: 2, 2>}
// CONVERTED-NOT:   {{batch_norm|pt2e.quantize|pt2e.dequantize}}
// CONVERTED:       %[[Q:.*]] = pt2e.quantize %[[CONV]]
// CONVERTED:       %[[OUT:.*]] = pt2e.dequantize %[[Q]]
// CONVERTED-NOT:   pt2e.{{quantize|dequantize}}
// CONVERTED:       return %[[OUT]]
func.func @conv_bn(%x: tensor<2x1x5x5xf32>) -> tensor<2x2x3x3xf32> {
  %w = aten.parameter "w" dense<[[[[1.0, -0.5], [0.25, 0.0]]], [[[0.5, 0.5], [-1.0, 0.0]]]]> : tensor<2x1x2x2xf32>
  %c = aten.parameter "c" dense<0.5> : tensor<2xf32>
  %g = aten.parameter "g" dense<[2.0, -1.0]> : tensor<2xf32>
  %b = aten.parameter "b" dense<0.25> : tensor<2xf32>
  %m = aten.parameter "m" dense<0.125> : tensor<2xf32>
  %v = aten.parameter "v" dense<[4.0, 1.0]> : tensor<2xf32>
  %0 = aten.conv2d %x, %w, %c {stride = array<i64: 2, 2>, padding = array<i64: 1, 1>, dilation = array<i64: 2, 2>, groups = 1 : i64} : (tensor<2x1x5x5xf32>, tensor<2x1x2x2xf32>, tensor<2xf32>) -> tensor<2x2x3x3xf32>
  %1 = aten.batch_norm %0, %g, %b, %m, %v {operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>, training = true, momentum = 0.1, eps = 1.0e-5} : (tensor<2x2x3x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x3x3xf32>
  return %1 : tensor<2x2x3x3xf32>
}

// -----

// test_qat_conv_bn_relu_fusion, _no_conv_bias, in one dimension: nothing is rounded before the relu, there is nothing
// to add.
// CHECK-LABEL: func.func @conv1d_bn_relu_no_bias
// CHECK:       %[[X:.*]] = aten.operator "aten::fake_quantize_per_tensor_affine.tensor_qparams"(%arg0,
// CHECK:       aten.view %{{.*}} {size = array<i64: 2, 1, 1>}
// CHECK:       %[[Q:.*]] = aten.operator "aten::fake_quantize_per_channel_affine"
// CHECK:       %[[CONV:.*]] = aten.conv1d %[[X]], %[[Q]] {
// CHECK-NEXT:  %[[COLUMNS:.*]] = aten.view %{{.*}} {size = array<i64: 1, 2, 1>}
// CHECK-NEXT:  %[[BACK:.*]] = aten.div.Tensor %[[CONV]], %[[COLUMNS]]
// CHECK-NEXT:  %[[NORM:.*]] = aten.batch_norm %[[BACK]],
// CHECK-NEXT:  %[[RELU:.*]] = aten.relu %[[NORM]]
// CHECK-NOT:   fake_quantize
// CHECK:       %[[OUT:.*]] = aten.operator "aten::fake_quantize_per_tensor_affine.tensor_qparams"(%[[RELU]],
// CHECK-NOT:   fake_quantize
// CHECK:       return %[[OUT]]
// CONVERTED-LABEL: func.func @conv1d_bn_relu_no_bias
// CONVERTED:       pt2e.quantize %arg0
// CONVERTED-NEXT:  pt2e.dequantize
// CONVERTED:       pt2e.dequantize %{{.*}} from <i8, -127 : 127, block = [1, -1, -1]>
// CONVERTED:       %[[CONV:.*]] = aten.conv1d
// CONVERTED-NEXT:  %[[RELU:.*]] = aten.relu %[[CONV]]
// CONVERTED-NOT:   pt2e.{{quantize|dequantize}}
// CONVERTED:       pt2e.quantize %[[RELU]]
// CONVERTED-NEXT:  pt2e.dequantize
// CONVERTED-NEXT:  return
func.func @conv1d_bn_relu_no_bias(%x: tensor<2x1x5xf32>) -> tensor<2x2x4xf32> {
  %w = aten.parameter "w" dense<[[[1.0, -0.5]], [[0.25, 0.5]]]> : tensor<2x1x2xf32>
  %p = aten.parameter "p" dense<1.0> : tensor<2xf32>
  %0 = aten.conv1d %x, %w {stride = array<i64: 1>, padding = array<i64: 0>, dilation = array<i64: 1>, groups = 1 : i64} : (tensor<2x1x5xf32>, tensor<2x1x2xf32>) -> tensor<2x2x4xf32>
  %1 = aten.batch_norm %0, %p, %p, %p, %p {operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>, training = true, momentum = 0.1, eps = 1.0e-5} : (tensor<2x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x4xf32>
  %2 = aten.relu %1 : (tensor<2x2x4xf32>) -> tensor<2x2x4xf32>
  return %2 : tensor<2x2x4xf32>
}

// -----

// test_qat_conv_no_bias: without batch norm the weight is rounded as it is, and nothing is put behind the convolution.
// CHECK-LABEL: func.func @conv_no_bias
// CHECK:       %[[X:.*]] = aten.operator "aten::fake_quantize_per_tensor_affine.tensor_qparams"(%arg0,
// CHECK:       %[[W:.*]] = aten.parameter "w"
// CHECK:       %[[Q:.*]] = aten.operator "aten::fake_quantize_per_channel_affine"(%[[W]],
// CHECK-NEXT:  %[[CONV:.*]] = aten.conv2d %[[X]], %[[Q]] {
// CHECK-NEXT:  %[[RELU:.*]] = aten.relu %[[CONV]]
// CHECK-NOT:   fake_quantize
// CHECK:       aten.operator "aten::fake_quantize_per_tensor_affine.tensor_qparams"(%[[RELU]],
// CHECK-NOT:   fake_quantize
// CHECK:       return
// CONVERTED-LABEL: func.func @conv_no_bias
func.func @conv_no_bias(%x: tensor<2x1x4x4xf32>) -> tensor<2x2x4x4xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x1x1x1xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<2x2x4x4xf32>
  %1 = aten.relu %0 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
  return %1 : tensor<2x2x4x4xf32>
}

// -----

// test_qat_inplace_add_relu (the import leaves nothing in place): both inputs, and the relu instead of the sum.
// CHECK-LABEL: func.func @add_relu
// CHECK:       %[[X:.*]] = aten.operator "aten::fake_quantize_per_tensor_affine.tensor_qparams"(%arg0,
// CHECK:       %[[Q:.*]] = aten.operator "aten::fake_quantize_per_channel_affine"
// CHECK:       %[[CONV:.*]] = aten.conv2d %[[X]], %[[Q]] {
// CHECK:       %[[C:.*]] = aten.operator "aten::fake_quantize_per_tensor_affine.tensor_qparams"(%[[CONV]],
// CHECK:       %[[SUM:.*]] = aten.add.Tensor %[[X]], %[[C]]
// CHECK-NEXT:  %[[RELU:.*]] = aten.relu %[[SUM]]
// CHECK-NOT:   fake_quantize
// CHECK:       aten.operator "aten::fake_quantize_per_tensor_affine.tensor_qparams"(%[[RELU]],
// CHECK-NOT:   fake_quantize
// CHECK:       return
// CONVERTED-LABEL: func.func @add_relu
// CONVERTED-COUNT-3: pt2e.quantize
// CONVERTED-NOT:   pt2e.quantize
// CONVERTED:       return
func.func @add_relu(%x: tensor<2x1x4x4xf32>) -> tensor<2x1x4x4xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<1x1x1x1xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<2x1x4x4xf32>
  %1 = aten.add.Tensor %x, %0 {alpha = 1 : i64} : (tensor<2x1x4x4xf32>, tensor<2x1x4x4xf32>) -> tensor<2x1x4x4xf32>
  %2 = aten.relu %1 : (tensor<2x1x4x4xf32>) -> tensor<2x1x4x4xf32>
  return %2 : tensor<2x1x4x4xf32>
}

// -----

// test_qat_update_shared_qspec: a result that shares with what it reads does so behind batch norm, too: two readings
// of one range, which both change.
// CHECK-LABEL: func.func @shared
// CHECK:       %[[NORM:.*]] = aten.batch_norm
// CHECK:       %[[N:.*]] = aten.operator "aten::fake_quantize_per_tensor_affine.tensor_qparams"(%[[NORM]],
// CHECK:       %[[POOL:.*]] = aten.max_pool2d %[[N]]
// CHECK:       %[[OUT:.*]] = aten.operator "aten::fake_quantize_per_tensor_affine.tensor_qparams"(%[[POOL]],
// CHECK-NOT:   fake_quantize
// Two sites, the input and this one: four ends.
// CHECK-COUNT-4: aten.write_buffer
// CHECK-NOT:   aten.write_buffer
// CHECK:       return %[[OUT]]

// Once converted, scale and zero point are the same constants.
// CONVERTED-LABEL: func.func @shared
// CONVERTED:       pt2e.quantize %arg0
// CONVERTED:       aten.conv2d
// CONVERTED-NOT:   batch_norm
// CONVERTED:       arith.constant dense<[[SCALE:.*]]> : tensor<1x1x1x1xf32>
// CONVERTED-NEXT:  arith.constant dense<[[ZERO:.*]]> : tensor<1x1x1x1xi32>
// CONVERTED-NEXT:  pt2e.quantize
// CONVERTED-NEXT:  pt2e.dequantize
// CONVERTED-NEXT:  aten.max_pool2d
// CONVERTED-NEXT:  arith.constant dense<[[SCALE]]> : tensor<1x1x1x1xf32>
// CONVERTED-NEXT:  arith.constant dense<[[ZERO]]> : tensor<1x1x1x1xi32>
// CONVERTED-NEXT:  pt2e.quantize
// CONVERTED-NEXT:  pt2e.dequantize
// CONVERTED-NEXT:  return
func.func @shared(%x: tensor<2x1x4x4xf32>) -> tensor<2x2x2x2xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x1x1x1xf32>
  %p = aten.parameter "p" dense<1.0> : tensor<2xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<2x2x4x4xf32>
  %1 = aten.batch_norm %0, %p, %p, %p, %p {operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>, training = true, momentum = 0.1, eps = 1.0e-5} : (tensor<2x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
  %2 = aten.max_pool2d %1 {kernel_size = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, ceil_mode = false} : (tensor<2x2x4x4xf32>) -> tensor<2x2x2x2xf32>
  return %2 : tensor<2x2x2x2xf32>
}

// -----

// test_qat_conv_transpose_bn, _relu: output channels are dimension 1 of the weight, for its factor and for its scales.
// The reference has per tensor scales only.
// CHECK-LABEL: func.func @conv_transpose_bn_relu
// CHECK:       %[[X:.*]] = aten.operator "aten::fake_quantize_per_tensor_affine.tensor_qparams"(%arg0,
// CHECK:       %[[ROWS:.*]] = aten.view %{{.*}} {size = array<i64: 1, 2, 1, 1>}
// CHECK:       %[[W:.*]] = aten.mul.Tensor %{{.*}}, %[[ROWS]]
// CHECK:       %[[Q:.*]] = aten.operator "aten::fake_quantize_per_channel_affine"(%[[W]],
// CHECK-SAME:  axis = 1 : i64
// CHECK:       %[[CONV:.*]] = aten.conv_transpose2d.input %[[X]], %[[Q]] {
// CHECK:       %[[BACK:.*]] = aten.div.Tensor %[[CONV]],
// CHECK:       %[[BIASED:.*]] = aten.add.Tensor %[[BACK]],
// CHECK:       %[[NORM:.*]] = aten.batch_norm %[[BIASED]],
// CHECK-NEXT:  %[[RELU:.*]] = aten.relu %[[NORM]]
// CHECK-NOT:   fake_quantize
// CHECK:       aten.operator "aten::fake_quantize_per_tensor_affine.tensor_qparams"(%[[RELU]],
// CHECK-NOT:   fake_quantize
// CHECK:       return
// Weights of the second channel are 0, those of the first 2 * 1 / sqrt(4).
// CONVERTED-LABEL: func.func @conv_transpose_bn_relu
// CONVERTED:       aten.parameter "{{.*}}" dense<{{\[\[\[\[}}127]], {{\[\[}}0]]], {{\[\[\[}}64]], {{\[\[}}0]]]]> : tensor<2x2x1x1xi8>
// CONVERTED:       pt2e.dequantize %{{.*}} from <i8, -127 : 127, block = [-1, 1, -1, -1]>
// CONVERTED-NOT:   batch_norm
// CONVERTED:       aten.conv_transpose2d.input
// CONVERTED-NEXT:  aten.relu
// CONVERTED:       pt2e.quantize
// CONVERTED-NEXT:  pt2e.dequantize
// CONVERTED-NEXT:  return
func.func @conv_transpose_bn_relu(%x: tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32> {
  %w = aten.parameter "w" dense<[[[[1.0]], [[3.0]]], [[[0.5]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %c = aten.parameter "c" dense<0.5> : tensor<2xf32>
  %g = aten.parameter "g" dense<[2.0, 0.0]> : tensor<2xf32>
  %v = aten.parameter "v" dense<4.0> : tensor<2xf32>
  %0 = aten.conv_transpose2d.input %x, %w, %c {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, output_padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
  %1 = aten.batch_norm %0, %g, %c, %c, %v {operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>, training = true, momentum = 0.1, eps = 1.0e-5} : (tensor<2x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
  %2 = aten.relu %1 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
  return %2 : tensor<2x2x4x4xf32>
}
