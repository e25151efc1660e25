// RUN: pt2e-opt --pt2e-fake-quantize --split-input-file %s | FileCheck %s
// RUN: pt2e-opt %s --split-input-file --pt2e-fake-quantize --remarks-filter=fake-quantize -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: pt2e-opt --pt2e-fake-quantize=calibrate=true --split-input-file %s | FileCheck %s --check-prefix=CALIBRATE

// The range of an activation is a moving average that begins with the first one; no gradient flows there.
// CHECK:       aten.buffer @observers.x.min "observers.x.min" dense<0x7F800000> : tensor<f32>
// CHECK:       aten.buffer @observers.x.max "observers.x.max" dense<0xFF800000> : tensor<f32>
// CHECK-LABEL: func.func @affine
// CHECK:       %[[MIN:.*]] = aten.read_buffer @observers.x.min
// CHECK:       %[[SEEN:.*]] = aten.operator "aten::detach"(%arg0)
// CHECK:       %[[LOW:.*]] = aten.operator "aten::amin"(%[[SEEN]])
// CHECK:       %[[STEP:.*]] = aten.sub.Tensor %[[LOW]], %[[MIN]]
// CHECK:       aten.mul.Scalar %[[STEP]] {other = 0.0099999{{.*}} : f64}
// CHECK:       %[[FIRST:.*]] = aten.operator "aten::isinf"(%[[MIN]])
// CHECK:       %[[NEW:[0-9]+]] = {{.*}}aten::where.self"(%[[FIRST]], %[[LOW]],
// CHECK:       %[[NEWMAX:[0-9]+]] = {{.*}}aten::where.self"
// CHECK:       aten.clamp %[[NEW]] {max = 0.000000e+00
// CHECK:       aten.div.Scalar {{.*}} {other = 2.550000e+02
// CHECK:       %[[SCALE:[0-9]+]] = aten.clamp {{.*}} {min = 2.44140625E-4
// CHECK:       %[[ZERO:[0-9]+]] = aten.to.dtype {{.*}} -> tensor<i32>
// CHECK:       aten.operator "aten::fake_quantize_per_tensor_affine.tensor_qparams"(%arg0, %[[SCALE]], %[[ZERO]])
// CHECK-DAG:   aten.write_buffer @observers.x.min, %[[NEW]]
// CHECK-DAG:   aten.write_buffer @observers.x.max, %[[NEWMAX]]
// CHECK-NOT:   pt2e.

// It stays, and values are rounded, when the buffer says so.
// CALIBRATE-LABEL: func.func @affine
// CALIBRATE:       %[[MIN:.*]] = aten.read_buffer @observers.x.min
// CALIBRATE:       %[[ROUNDS:.*]] = aten.parameter "observers.rounding" {aten.role = "buffer"} dense<false> : tensor<i1>
// CALIBRATE:       %[[NEW:[0-9]+]] = {{.*}}aten::where.self"(%[[ROUNDS]], %[[MIN]],
// CALIBRATE:       aten.clamp %[[NEW]] {max = 0.000000e+00
// CALIBRATE:       %[[FAKE:.*]] = aten.operator "aten::fake_quantize_per_tensor_affine.tensor_qparams"(%arg0,
// CALIBRATE:       %[[OUT:.*]] = aten.operator "aten::where.self"(%[[ROUNDS]], %[[FAKE]], %arg0)
// CALIBRATE:       aten.write_buffer @observers.x.min, %[[NEW]]
// CALIBRATE:       return %[[OUT]]
pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, static, "moving_average_min_max" with {averaging_constant = 1.0e-02 : f32, eps = 2.44140625e-04 : f32}>)
func.func @affine(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %0 = pt2e.observe @x, %x : tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----

// A weight in front of batch norm is scaled as it will be; it has no state.
// CHECK-NOT:   aten.buffer
// CHECK-LABEL: func.func @batch_norm
// CHECK:       %[[W:.*]] = aten.parameter "w"
// CHECK:       %[[S:.*]] = aten.add.Tensor {{.*}}tensor<2xi1>
// CHECK:       %[[SCALED:.*]] = aten.mul.Tensor %[[W]],
// CHECK:       %[[Q:.*]] = aten.operator "aten::fake_quantize_per_channel_affine"(%[[SCALED]],
// CHECK-SAME:  axis = 0 : i64, quant_max = 7 : i64, quant_min = -8 : i64
// CHECK:       %[[CONV:.*]] = aten.conv2d %arg0, %[[Q]] {
// CHECK:       %[[BACK:.*]] = aten.div.Tensor %[[CONV]],
// CHECK:       %[[BIASED:.*]] = aten.add.Tensor %[[BACK]],
// CHECK:       aten.batch_norm %[[BIASED]],
pt2e.site @w spec(#pt2e.spec<i8, -8 : 7, symmetric, static, "per_channel_min_max" axis = 0>)
func.func @batch_norm(%x: tensor<2x1x4x4xf32>) -> tensor<2x2x4x4xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x1x1x1xf32>
  %one = aten.parameter "one" dense<1.0> : tensor<2xf32>
  %q = pt2e.observe @w, %w : tensor<2x1x1x1xf32>
  %0 = aten.conv2d %x, %q, %one {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x1x4x4xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
  %1 = aten.batch_norm %0, %one, %one, %one, %one {operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>, training = true, momentum = 0.1, eps = 1.0e-5} : (tensor<2x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
  return %1 : tensor<2x2x4x4xf32>
}

// -----

// What inference folds into the weight is not trained with it where the product has other readers.
// REMARK: [Missed] TrainThroughBatchNorm {{.*}}the weight of conv2d is quantized as it is before this folds: something else reads conv2d
// CHECK-LABEL: func.func @shared_product
// CHECK:       %[[W:.*]] = aten.parameter "w"
// CHECK:       aten.operator "aten::fake_quantize_per_channel_affine"(%[[W]],
pt2e.site @w spec(#pt2e.spec<i8, -8 : 7, symmetric, static, "per_channel_min_max" axis = 0>)
func.func @shared_product(%x: tensor<2x1x4x4xf32>) -> (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) {
  %w = aten.parameter "w" dense<1.0> : tensor<2x1x1x1xf32>
  %one = aten.parameter "one" dense<1.0> : tensor<2xf32>
  %q = pt2e.observe @w, %w : tensor<2x1x1x1xf32>
  %0 = aten.conv2d %x, %q, %one {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x1x4x4xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
  %1 = aten.batch_norm %0, %one, %one, %one, %one {operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>, training = true, momentum = 0.1, eps = 1.0e-5} : (tensor<2x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
  return %0, %1 : tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>
}

// -----

// The factor of a transposed weight, by its output channels; in groups these are those of dimension 1 in each group.
// CHECK-LABEL: func.func @transposed
// CHECK:       %[[W:.*]] = aten.view %{{.*}} {size = array<i64: 2, 1, 1, 1, 1>} : (tensor<2x1x1x1xf32>)
// CHECK:       %[[S:.*]] = aten.view %{{.*}} {size = array<i64: 2, 1, 1, 1, 1>} : (tensor<2xf32>)
// CHECK:       %[[P:.*]] = aten.mul.Tensor %[[W]], %[[S]]
// CHECK:       %[[BACK:.*]] = aten.view %[[P]] {size = array<i64: 2, 1, 1, 1>}
// CHECK:       %[[Q:.*]] = aten.operator "aten::fake_quantize_per_tensor_affine.tensor_qparams"(%[[BACK]],
// CHECK:       aten.conv_transpose2d.input %arg0, %[[Q]] {
pt2e.site @w spec(#pt2e.spec<i8, -127 : 127, symmetric, static, "min_max">)
func.func @transposed(%x: tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x1x1x1xf32>
  %one = aten.parameter "one" dense<1.0> : tensor<2xf32>
  %q = pt2e.observe @w, %w : tensor<2x1x1x1xf32>
  %0 = aten.conv_transpose2d.input %x, %q {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, output_padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 2 : i64} : (tensor<2x2x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<2x2x4x4xf32>
  %1 = aten.batch_norm %0, %one, %one, %one, %one {operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>, training = true, momentum = 0.1, eps = 1.0e-5} : (tensor<2x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
  return %1 : tensor<2x2x4x4xf32>
}

// -----

// Rows are channels of a matrix: of each token, chosen in every call without state, and of groups of a weight.
// CHECK-NOT:   aten.buffer
// CHECK-LABEL: func.func @rows
// CHECK:       %[[W:.*]] = aten.parameter "w"
// CHECK:       %[[X:.*]] = aten.reshape %arg0 {shape = array<i64: -1, 4>} : {{.*}} -> tensor<?x4xf32, #aten.bounds<[24, -1]>>
// CHECK:       aten.operator "aten::amin"({{.*}}dim = array<i64: 1>{{.*}} -> tensor<?xf32, #aten.bounds<[24]>>
// CHECK:       %[[QX:.*]] = aten.operator "aten::fake_quantize_per_channel_affine"(%[[X]],
// CHECK:       %[[DX:.*]] = aten.operator "aten::view_as"(%[[QX]], %arg0)
// CHECK:       %[[G:.*]] = aten.view %[[W]] {size = array<i64: 4, 2>}
// CHECK:       %[[QG:.*]] = aten.operator "aten::fake_quantize_per_channel_affine"(%[[G]],
// CHECK-SAME:  axis = 0 : i64, quant_max = 7 : i64, quant_min = -8 : i64
// CHECK:       %[[DG:.*]] = aten.operator "aten::view_as"(%[[QG]], %[[W]])
// CHECK:       aten.linear %[[DX]], %[[DG]]
pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, dynamic, "placeholder" block = [1, 1, -1]>)
pt2e.site @w spec(#pt2e.spec<i4, -8 : 7, symmetric_no_clipping_error, static, "block_min_max" block = [1, 2]>)
func.func @rows(%x: tensor<?x3x4xf32, #aten.bounds<[8, -1, -1]>>) -> tensor<?x3x2xf32, #aten.bounds<[8, -1, -1]>> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x4xf32>
  %0 = pt2e.observe @x, %x : tensor<?x3x4xf32, #aten.bounds<[8, -1, -1]>>
  %1 = pt2e.observe @w, %w : tensor<2x4xf32>
  %2 = aten.linear %0, %1 : (tensor<?x3x4xf32, #aten.bounds<[8, -1, -1]>>, tensor<2x4xf32>) -> tensor<?x3x2xf32, #aten.bounds<[8, -1, -1]>>
  return %2 : tensor<?x3x2xf32, #aten.bounds<[8, -1, -1]>>
}

// -----

// The range of a weight is state where a moving average is asked for.
// CHECK:       aten.buffer @observers.w.min "observers.w.min" dense<0x7F800000> : tensor<2xf32>
// CHECK-LABEL: func.func @lagging
// CHECK:       %[[LOW:.*]] = aten.operator "aten::amin"
// CHECK:       %[[NEW:[0-9]+]] = {{.*}}aten::where.self"({{.*}}, %[[LOW]],
// CHECK:       aten.operator "aten::fake_quantize_per_channel_affine"
// CHECK:       aten.write_buffer @observers.w.min, %[[NEW]]
pt2e.site @w spec(#pt2e.spec<i8, -8 : 7, symmetric, static, "moving_average_per_channel_min_max" axis = 0>)
func.func @lagging(%x: tensor<2x3xf32>) -> tensor<2x2xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x3xf32>
  %q = pt2e.observe @w, %w : tensor<2x3xf32>
  %0 = aten.linear %x, %q : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}

// -----

// Zero points of a table are real numbers, -low / scale; a scale that is not above eps is 1.
// CHECK-LABEL: func.func @table
// CHECK:       %[[LOW:.*]] = aten.operator "aten::amin"
// CHECK:       %[[STEP:.*]] = aten.div.Scalar {{.*}} {other = 2.550000e+02
// CHECK:       %[[SMALL:.*]] = aten.operator "aten::le.Scalar"(%[[STEP]]) {arguments = {other = 1.1920928955078125E-7
// CHECK:       %[[ONE:.*]] = aten.to.dtype %[[SMALL]]
// CHECK:       %[[SCALE:.*]] = aten.maximum %[[STEP]], %[[ONE]]
// CHECK:       %[[MINUS:.*]] = aten.neg %[[LOW]]
// CHECK:       %[[ZERO:.*]] = aten.div.Tensor %[[MINUS]], %[[SCALE]]
// CHECK:       aten.operator "aten::fake_quantize_per_channel_affine"({{.*}}, %[[SCALE]], %[[ZERO]])
pt2e.site @w spec(#pt2e.spec<ui8, 0 : 255, affine_float, static, "per_channel_min_max" axis = 0>)
func.func @table(%x: tensor<3xi64>) -> tensor<3x4xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x4xf32>
  %0 = pt2e.observe @w, %w : tensor<2x4xf32>
  %1 = aten.embedding %0, %x {padding_idx = -1 : i64, scale_grad_by_freq = false, sparse = false} : (tensor<2x4xf32>, tensor<3xi64>) -> tensor<3x4xf32>
  return %1 : tensor<3x4xf32>
}
