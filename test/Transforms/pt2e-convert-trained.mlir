// RUN: pt2e-opt --pt2e-fake-quantize %s | pt2e-opt --pt2e-convert-trained | FileCheck %s

// The scale is that of the range that training left, 0.03 / 255; weights of 1 and -0.5 in steps of 1 / 7.5 are codes 7
// (clamped) and -4. The count of batches goes, nothing depends on it.
// CHECK-NOT:   aten.buffer
// CHECK-LABEL: func.func @forward
// CHECK-DAG:   %[[CODES:.*]] = aten.parameter "w" dense<{{\[\[}}7, -4]]> : tensor<1x2xi8>
// CHECK-DAG:   %[[SCALE:.*]] = arith.constant dense<1.17647054E-4> : tensor<1x1xf32>
// CHECK-DAG:   %[[STEP:.*]] = arith.constant dense<0.13333334> : tensor<1x1xf32>
// CHECK:       aten.linear
// CHECK-NOT:   fake_quantize
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
