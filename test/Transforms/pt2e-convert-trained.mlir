// RUN: pt2e-opt --pt2e-fake-quantize --split-input-file %s | pt2e-opt --pt2e-convert-trained=float=true --split-input-file | FileCheck %s --check-prefix=FLOAT
// RUN: pt2e-opt --pt2e-fake-quantize --split-input-file %s | pt2e-opt --pt2e-convert-trained --split-input-file | FileCheck %s

// The scale is that of the range that training left, 0.03 / 255; weights of 1 and -0.5 in steps of 1 / 7.5 are codes 7
// (clamped) and -4. The count of batches goes, nothing depends on it.
// CHECK-NOT:   aten.buffer
// CHECK-LABEL: func.func @forward
// CHECK-DAG:   %[[CODES:.*]] = aten.parameter "w" dense<{{\[\[}}7, -4]]> : tensor<1x2xi8>
// CHECK-DAG:   %[[SCALE:.*]] = arith.constant dense<1.17647054E-4> : tensor<1x1xf32>
// CHECK-DAG:   %[[STEP:.*]] = arith.constant dense<0.13333334> : tensor<1x1xf32>
// CHECK:       aten.linear
// CHECK-NOT:   fake_quantize

// The same in float.
// FLOAT-LABEL: func.func @forward
// FLOAT:       %[[W:.*]] = aten.parameter "w" dense<{{\[\[}}1.000000e+00, -5.000000e-01]]>
// FLOAT-NEXT:  aten.linear %arg0, %[[W]]
// FLOAT-NOT:   pt2e.
// FLOAT-NOT:   fake_quantize
aten.buffer @count "num_batches_tracked" dense<0> : tensor<i64>
aten.buffer @observers.x.min "observers.x.min" dense<-1.0e-2> : tensor<f32>
aten.buffer @observers.x.max "observers.x.max" dense<2.0e-2> : tensor<f32>
pt2e.site @w spec(#pt2e.spec<i8, -8 : 7, symmetric, static, "per_channel_min_max" axis = 0>)
func.func @forward(%x: tensor<3x2xf32>) -> tensor<3x1xf32> {
  %count = aten.read_buffer @count : tensor<i64>
  %next = aten.add.Scalar %count {alpha = 1 : i64, other = 1 : i64} : (tensor<i64>) -> tensor<i64>
  aten.write_buffer @count, %next : tensor<i64>
  %min = aten.read_buffer @observers.x.min : tensor<f32>
  %max = aten.read_buffer @observers.x.max : tensor<f32>
  %seen = aten.operator "aten::amin"(%x) {arguments = {dim = array<i64>, keepdim = false}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<3x2xf32>) -> tensor<f32>
  %low = aten.minimum %min, %seen : (tensor<f32>, tensor<f32>) -> tensor<f32>
  aten.write_buffer @observers.x.min, %low : tensor<f32>
  aten.write_buffer @observers.x.max, %max : tensor<f32>
  %width = aten.sub.Tensor %max, %low {alpha = 1 : i64} : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %scale = aten.div.Scalar %width {other = 255.0 : f64} : (tensor<f32>) -> tensor<f32>
  %zero = aten.parameter "zero" dense<-43> : tensor<i32>
  %q = aten.operator "aten::fake_quantize_per_tensor_affine.tensor_qparams"(%x, %scale, %zero) {arguments = {quant_max = 127 : i64, quant_min = -128 : i64}, segments = array<i32: 1, 1, 1, 0>, tensors = ["self", "scale", "zero_point"]} : (tensor<3x2xf32>, tensor<f32>, tensor<i32>) -> tensor<3x2xf32>
  %w = aten.parameter "w" dense<[[1.0, -0.5]]> : tensor<1x2xf32>
  %wq = pt2e.observe @w, %w : tensor<1x2xf32>
  %y = aten.linear %q, %wq : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x1xf32>
  return %y : tensor<3x1xf32>
}

// -----

// Rows of a matrix are tokens and groups again; a range that is taken of the tensor itself is chosen at run time. Ends
// of 7 and 4 in steps of 1 and 4 / 7.
// CHECK-LABEL: func.func @rows
// CHECK:       %[[S:.*]], %[[Z:.*]] = pt2e.choose_qparams %arg0 for <i8, -128 : 127, block = [1, 1, -1]> affine {eps = 2.500000e-01 : f32} : tensor<?x3x4xf32, #aten.bounds<[8, -1, -1]>> -> tensor<?x3x1xf32, #aten.bounds<[8, -1, -1]>>
// CHECK:       %[[Q:.*]] = pt2e.quantize %arg0, %[[S]], %[[Z]] to <i8, -128 : 127, block = [1, 1, -1]>
// CHECK:       %[[DX:.*]] = pt2e.dequantize %[[Q]], %[[S]], %[[Z]] from
// CHECK:       %[[W:.*]] = aten.parameter "w" dense<{{\[\[}}7, -8, 7, 0]]> : tensor<1x4xi4>
// CHECK:       %[[DW:.*]] = pt2e.dequantize %[[W]], %{{.*}} from <i4, -8 : 7, block = [1, 2]> : tensor<1x4xi4>, tensor<1x2xf32> -> tensor<1x4xf32>
// CHECK-NOT:   {{fake_quantize|reshape|view}}
// CHECK:       aten.linear %[[DX]], %[[DW]]
pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, dynamic, "placeholder" with {eps = 0.25 : f32} block = [1, 1, -1]>)
pt2e.site @w spec(#pt2e.spec<i4, -8 : 7, symmetric_no_clipping_error, static, "block_min_max" block = [1, 2]>)
func.func @rows(%x: tensor<?x3x4xf32, #aten.bounds<[8, -1, -1]>>) -> tensor<?x3x1xf32, #aten.bounds<[8, -1, -1]>> {
  %w = aten.parameter "w" dense<[[7.0, -8.0, 4.0, 0.0]]> : tensor<1x4xf32>
  %0 = pt2e.observe @x, %x : tensor<?x3x4xf32, #aten.bounds<[8, -1, -1]>>
  %1 = pt2e.observe @w, %w : tensor<1x4xf32>
  %2 = aten.linear %0, %1 : (tensor<?x3x4xf32, #aten.bounds<[8, -1, -1]>>, tensor<1x4xf32>) -> tensor<?x3x1xf32, #aten.bounds<[8, -1, -1]>>
  return %2 : tensor<?x3x1xf32, #aten.bounds<[8, -1, -1]>>
}

// -----

// The same for whole tensors, without a detour through rows.
// CHECK-LABEL: func.func @tensor
// CHECK:       pt2e.choose_qparams %arg0 for <i8, -128 : 127, block = [-1, -1]> affine
// CHECK-NEXT:  pt2e.quantize
// CHECK-NEXT:  pt2e.dequantize
// CHECK-NEXT:  return
pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, dynamic, "placeholder">)
func.func @tensor(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %0 = pt2e.observe @x, %x : tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----

// All of an image but the first dimension, where a convolution reads it.
// CHECK-LABEL: func.func @images
// CHECK:       pt2e.choose_qparams %arg0 {{.*}}block = [1, -1, -1, -1]
// CHECK:       %[[X:.*]] = pt2e.dequantize {{.*}} from <i8, -128 : 127, block = [1, -1, -1, -1]>
// CHECK-NEXT:  aten.conv2d %[[X]],
pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, dynamic, "placeholder" block = [1, -1, -1, -1]>)
func.func @images(%x: tensor<2x3x4x1xf32>) -> tensor<2x1x4x1xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<1x3x1x1xf32>
  %q = pt2e.observe @x, %x : tensor<2x3x4x1xf32>
  %0 = aten.conv2d %q, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x3x4x1xf32>, tensor<1x3x1x1xf32>) -> tensor<2x1x4x1xf32>
  return %0 : tensor<2x1x4x1xf32>
}
