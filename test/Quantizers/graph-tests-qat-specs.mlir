// PyTorch's graph tests of training with specs written by hand. docs/graph-tests.md has the list.
// RUN: pt2e-opt %s -split-input-file --pt2e-prepare --pt2e-fake-quantize -o %t.mlir
// RUN: FileCheck %s --input-file=%t.mlir
// RUN: pt2e-opt %t.mlir -split-input-file --pt2e-convert-trained | FileCheck %s --check-prefix=CONVERTED
// RUN: pt2e-opt %s -split-input-file --pt2e-prepare --pt2e-fake-quantize --mlir-print-debuginfo | FileCheck %s --check-prefix=SOURCE

#act = #pt2e.fixed<i8, -128 : 127, scale = 0.5 : f32, zero_point = 3>
#wgt = #pt2e.spec<i32, -2147483648 : 2147483647, symmetric, static, "per_channel_min_max" axis = 0>

// test_qat_per_channel_weight_custom_dtype: weights of 32 bits.
// CHECK-LABEL: func.func @custom_dtype
// CHECK:       aten.operator "aten::fake_quantize_per_channel_affine"
// CHECK-SAME:  axis = 0 : i64, quant_max = 2147483647 : i64, quant_min = -2147483648 : i64
// CHECK:       aten.conv2d
// CONVERTED-LABEL: func.func @custom_dtype
// CONVERTED:       pt2e.quantize
// CONVERTED-NEXT:  pt2e.dequantize
// CONVERTED:       pt2e.dequantize %{{.*}} from <i32, -2147483648 : 2147483647, block = [1, -1, -1, -1]>
// CONVERTED-NEXT:  aten.conv2d
// CONVERTED:       pt2e.quantize
// CONVERTED-NEXT:  pt2e.dequantize
// CONVERTED-NEXT:  return
func.func @custom_dtype(%x: tensor<2x1x4x4xf32>) -> tensor<2x2x4x4xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x1x1x1xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64, pt2e.annotation = #pt2e.annotation<operands = [#act, #wgt], results = [#act], rule = "conv">} : (tensor<2x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<2x2x4x4xf32>
  return %0 : tensor<2x2x4x4xf32>
}

// -----

#act = #pt2e.fixed<i8, -128 : 127, scale = 0.5 : f32, zero_point = 3>
#wgt = #pt2e.spec<i8, -127 : 127, symmetric, static, "min_max">
#bias = #pt2e.derived<i32, -2147483648 : 2147483647, from = [0, 1]>

// test_qat_conv_bn_bias_derived_qspec, differs: a bias that is as fine as the sums it is added to is not rounded in
// training, and becomes int32 when the program is lowered; batch norm goes into it.
// CHECK-LABEL: func.func @derived_bias
// CHECK-COUNT-3: fake_quantize_per_tensor
// CHECK-NOT:   fake_quantize
// CHECK:       return
// CONVERTED-LABEL: func.func @derived_bias
// CONVERTED:       %[[BIAS:.*]] = aten.parameter "{{.*}}bias" dense<1.500000e+00> : tensor<2xf32>
// CONVERTED-NEXT:  aten.conv2d %{{.*}}, %{{.*}}, %[[BIAS]]
// CONVERTED-NOT:   batch_norm

// test_qat_preserve_source_fn_stack: what is made for batch norm has its location, the convolution keeps its own.
// SOURCE-LABEL: func.func @derived_bias
// SOURCE:       aten.conv2d {{.*}} loc(#[[CONV:.*]])
// SOURCE-NEXT:  aten.view {{.*}} loc(#[[NORM:.*]])
// SOURCE:       aten.batch_norm {{.*}} loc(#[[NORM]])
// SOURCE-DAG:   #[[CONV]] = loc("layer.conv"
// SOURCE-DAG:   #[[NORM]] = loc("layer.norm"
func.func @derived_bias(%x: tensor<2x1x4x4xf32>) -> tensor<2x2x4x4xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x1x1x1xf32>
  %c = aten.parameter "c" dense<0.5> : tensor<2xf32>
  %one = aten.parameter "one" dense<1.0> : tensor<2xf32>
  %zero = aten.parameter "zero" dense<0.0> : tensor<2xf32>
  %0 = aten.conv2d %x, %w, %c {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64, pt2e.annotation = #pt2e.annotation<operands = [#act, #wgt, #bias], results = [unit], rule = "conv">} : (tensor<2x1x4x4xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32> loc("layer.conv")
  %1 = aten.batch_norm %0, %one, %one, %zero, %one {operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>, training = true, momentum = 0.1, eps = 0.0, pt2e.annotation = #pt2e.annotation<operands = [unit, unit, unit, unit, unit], results = [#act], rule = "conv">} : (tensor<2x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32> loc("layer.norm")
  return %1 : tensor<2x2x4x4xf32>
}

// -----

#act = #pt2e.fixed<i8, -128 : 127, scale = 0.5 : f32, zero_point = 3>
#in = #pt2e.fixed<i8, -128 : 127, scale = 0.25 : f32, zero_point = 0>

// test_fixed_qparams_qspec_qat: the given scale is in front of the op that asks for it, in both forms.
// CHECK-LABEL: func.func @fixed
// CHECK:       %[[SCALE:.*]] = aten.parameter "observers.{{.*}}.scale" {aten.role = "buffer"} dense<2.500000e-01>
// CHECK:       %[[ZERO:.*]] = aten.parameter "observers.{{.*}}.zero_point" {aten.role = "buffer"} dense<0>
// CHECK:       fake_quantize_per_tensor_affine.tensor_qparams"(%arg0, %[[SCALE]], %[[ZERO]])
// CHECK:       aten.sigmoid
// CONVERTED-LABEL: func.func @fixed
// CONVERTED-DAG:   %[[S:.*]] = arith.constant dense<2.500000e-01> : tensor<1xf32>
// CONVERTED-DAG:   pt2e.quantize %arg0, %[[S]] to
// CONVERTED:       aten.sigmoid
func.func @fixed(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = aten.sigmoid %x {pt2e.annotation = #pt2e.annotation<operands = [#in], results = [#act], rule = "sigmoid">} : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
