// Every op keeps its meaning through text and bytecode.
// RUN: pt2e-opt %s --verify-roundtrip | FileCheck %s
// RUN: pt2e-opt %s --mlir-print-op-generic --mlir-print-debuginfo -o %t.once
// RUN: pt2e-opt %s --mlir-print-debuginfo | pt2e-opt --mlir-print-op-generic --mlir-print-debuginfo | diff %t.once -
// RUN: pt2e-opt %s --emit-bytecode | pt2e-opt --mlir-print-op-generic --mlir-print-debuginfo | diff %t.once -

#lin = loc(fused<#aten.scope<[":M", "fc:torch.nn.Linear"]>>["linear", "model.py":12:0])
#root = loc(fused<#aten.scope<[]>>["relu"])

//===-- State, constants, sizes, operators by name ------------------------===//

// CHECK: aten.buffer @acc "norm.acc" dense<0.000000e+00> : tensor<8xf32>
aten.buffer @acc "norm.acc" dense<0.0> : tensor<8xf32>

// CHECK-LABEL: func.func @state
func.func @state(%x: tensor<8xf32>) -> tensor<8xf32> {
  // CHECK: aten.read_buffer @acc : tensor<8xf32>
  %0 = aten.read_buffer @acc : tensor<8xf32>
  // CHECK: aten.write_buffer @acc, %{{.*}} : tensor<8xf32>
  aten.write_buffer @acc, %x : tensor<8xf32>
  return %0 : tensor<8xf32>
}

// CHECK-LABEL: func.func @constants
func.func @constants() -> (tensor<2xf32>, tensor<4xf32>, tensor<i64>, tensor<2x3xi1>) {
  // CHECK: aten.parameter "fc.bias" dense<[5.000000e-01, 1.000000e+00]> : tensor<2xf32>
  %0 = aten.parameter "fc.bias" dense<[0.5, 1.0]> : tensor<2xf32>
  // CHECK: aten.parameter "fc.weight" dense_resource<weight> : tensor<4xf32>
  %1 = aten.parameter "fc.weight" dense_resource<weight> : tensor<4xf32>
  // CHECK: aten.parameter "scalar" dense<7> : tensor<i64>
  %2 = aten.parameter "scalar" dense<7> : tensor<i64>
  // CHECK: aten.parameter "mask" dense<true> : tensor<2x3xi1>
  %3 = aten.parameter "mask" dense<true> : tensor<2x3xi1>
  return %0, %1, %2, %3 : tensor<2xf32>, tensor<4xf32>, tensor<i64>, tensor<2x3xi1>
}

// CHECK-LABEL: func.func @by_name
func.func @by_name(%x: tensor<4x8xf32>, %i: tensor<4x2xi64>, %n: i64) {
  // CHECK: aten.operator "aten::gather"(%{{.*}}, %{{.*}}) {arguments = {dim = 1 : i64, sparse_grad = false}, segments = array<i32: 1, 1, 0>, tensors = ["self", "index"]} : (tensor<4x8xf32>, tensor<4x2xi64>) -> tensor<4x2xf32>
  %0 = aten.operator "aten::gather"(%x, %i) {arguments = {dim = 1 : i64, sparse_grad = false}, segments = array<i32: 1, 1, 0>, tensors = ["self", "index"]} : (tensor<4x8xf32>, tensor<4x2xi64>) -> tensor<4x2xf32>
  // Absent tensors, several results.
  %1:3 = aten.operator "aten::native_layer_norm"(%x) {arguments = {eps = 1.0e-05 : f64, normalized_shape = array<i64: 8>}, segments = array<i32: 1, 0, 0, 0>, tensors = ["input", "weight", "bias"]} : (tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x1xf32>, tensor<4x1xf32>)
  // An integer that run time computes.
  // CHECK: aten.operator "aten::repeat"(%{{.*}}, %{{.*}}) {arguments = {repeats = array<i64: -9223372036854775808, 1>}, segments = array<i32: 1, 1>, tensors = ["self"]} : (tensor<4x8xf32>, i64) -> tensor<?x8xf32, #aten.bounds<[64, -1]>>
  %2 = aten.operator "aten::repeat"(%x, %n) {arguments = {repeats = array<i64: -9223372036854775808, 1>}, segments = array<i32: 1, 1>, tensors = ["self"]} : (tensor<4x8xf32>, i64) -> tensor<?x8xf32, #aten.bounds<[64, -1]>>
  // One that the schema table does not list.
  %9 = aten.operator "aten::brand_new"(%x) {aten.unlisted, arguments = {}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  // A list of tensors; the least i64 as a Scalar; an operator of another namespace.
  %3 = aten.operator "aten::index.Tensor"(%x, %i) {arguments = {}, segments = array<i32: 1, 1, 0>, tensors = ["self", "indices"]} : (tensor<4x8xf32>, tensor<4x2xi64>) -> tensor<4x2x8xf32>
  %4 = aten.operator "aten::full_like"(%i) {arguments = {fill_value = -9223372036854775808 : i64}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<4x2xi64>) -> tensor<4x2xi64>
  %5 = aten.operator "mylib::twice"(%x) {arguments = {}, segments = array<i32: 1, 0>, tensors = ["x"]} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// CHECK-LABEL: func.func @sizes
// CHECK-SAME: aten.dims = ["b:1..64", 4], aten.name = "x"
func.func @sizes(%x: tensor<?x4xf32, #aten.bounds<[64, -1]>> {aten.name = "x", aten.dims = ["b:1..64", 4]}) -> i64 {
  // CHECK: aten.sym_size %{{.*}}, 0 : tensor<?x4xf32, #aten.bounds<[64, -1]>>
  %0 = aten.sym_size %x, 0 : tensor<?x4xf32, #aten.bounds<[64, -1]>>
  return %0 : i64
}

// CHECK-LABEL: func.func @locations
func.func @locations(%x: tensor<2x4xf32>, %w: tensor<3x4xf32>) {
  %0 = aten.linear %x, %w : (tensor<2x4xf32>, tensor<3x4xf32>) -> tensor<2x3xf32> loc(#lin)
  %1 = aten.relu %0 : (tensor<2x3xf32>) -> tensor<2x3xf32> loc(#root)
  return
}

//===-- Convolutions, pooling, resampling ---------------------------------===//

// CHECK-LABEL: func.func @convolutions
func.func @convolutions(%x1: tensor<2x4x9xf32>, %w1: tensor<6x2x3xf32>, %b6: tensor<6xf32>,
                        %x2: tensor<?x4x9x9xf32, #aten.bounds<[8, -1, -1, -1]>>, %w2: tensor<6x4x3x3xf32>,
                        %x3: tensor<1x1x5x5x5xf32>, %w3: tensor<2x1x3x3x3xf32>,
                        %t1: tensor<4x3x3xf32>, %t2: tensor<4x3x3x3xf32>, %b3: tensor<3xf32>) {
  // CHECK: aten.conv1d %{{.*}}, %{{.*}}, %{{.*}} {dilation = array<i64: 1>, groups = 2 : i64, padding = array<i64: 1>, stride = array<i64: 2>} : (tensor<2x4x9xf32>, tensor<6x2x3xf32>, tensor<6xf32>) -> tensor<2x6x5xf32>
  %0 = aten.conv1d %x1, %w1, %b6 {stride = array<i64: 2>, padding = array<i64: 1>, dilation = array<i64: 1>, groups = 2 : i64} : (tensor<2x4x9xf32>, tensor<6x2x3xf32>, tensor<6xf32>) -> tensor<2x6x5xf32>
  %1 = aten.conv1d %x1, %w1 {stride = array<i64: 1>, padding = array<i64: 0>, dilation = array<i64: 2>, groups = 2 : i64} : (tensor<2x4x9xf32>, tensor<6x2x3xf32>) -> tensor<2x6x5xf32>
  %2 = aten.conv2d %x2, %w2, %b6 {stride = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<?x4x9x9xf32, #aten.bounds<[8, -1, -1, -1]>>, tensor<6x4x3x3xf32>, tensor<6xf32>) -> tensor<?x6x9x9xf32, #aten.bounds<[8, -1, -1, -1]>>
  // CHECK: aten.conv2d %{{[^,]*}}, %{{[^,]*}} {
  %3 = aten.conv2d %x2, %w2 {stride = array<i64: 2, 2>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<?x4x9x9xf32, #aten.bounds<[8, -1, -1, -1]>>, tensor<6x4x3x3xf32>) -> tensor<?x6x4x4xf32, #aten.bounds<[8, -1, -1, -1]>>
  // CHECK: aten.conv2d.padding {{.*}}padding = "same"
  %4 = aten.conv2d.padding %x2, %w2, %b6 {stride = array<i64: 1, 1>, padding = "same", dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<?x4x9x9xf32, #aten.bounds<[8, -1, -1, -1]>>, tensor<6x4x3x3xf32>, tensor<6xf32>) -> tensor<?x6x9x9xf32, #aten.bounds<[8, -1, -1, -1]>>
  %5 = aten.conv3d %x3, %w3 {stride = array<i64: 1, 1, 1>, padding = array<i64: 0, 0, 0>, dilation = array<i64: 1, 1, 1>, groups = 1 : i64} : (tensor<1x1x5x5x5xf32>, tensor<2x1x3x3x3xf32>) -> tensor<1x2x3x3x3xf32>
  %6 = aten.conv_transpose1d %x1, %t1, %b3 {stride = array<i64: 2>, padding = array<i64: 1>, output_padding = array<i64: 1>, groups = 1 : i64, dilation = array<i64: 1>} : (tensor<2x4x9xf32>, tensor<4x3x3xf32>, tensor<3xf32>) -> tensor<2x3x18xf32>
  %7 = aten.conv_transpose2d.input %x2, %t2 {stride = array<i64: 2, 2>, padding = array<i64: 0, 0>, output_padding = array<i64: 0, 0>, groups = 1 : i64, dilation = array<i64: 1, 1>} : (tensor<?x4x9x9xf32, #aten.bounds<[8, -1, -1, -1]>>, tensor<4x3x3x3xf32>) -> tensor<?x3x19x19xf32, #aten.bounds<[8, -1, -1, -1]>>
  return
}

// CHECK-LABEL: func.func @pooling
func.func @pooling(%x: tensor<2x3x8x8xf32>, %x1: tensor<2x3x8xf32>) {
  %0 = aten.max_pool2d %x {kernel_size = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, ceil_mode = false} : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  // CHECK: aten.avg_pool2d %{{.*}} {ceil_mode = false, count_include_pad = true, divisor_override = 3 : i64, kernel_size = array<i64: 2, 2>
  %1 = aten.avg_pool2d %x {kernel_size = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>, ceil_mode = false, count_include_pad = true, divisor_override = 3 : i64} : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  // CHECK: aten.avg_pool2d %{{.*}} {ceil_mode = true, count_include_pad = false, kernel_size
  %2 = aten.avg_pool2d %x {kernel_size = array<i64: 3, 3>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>, ceil_mode = true, count_include_pad = false} : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  %3 = aten.adaptive_avg_pool2d %x {output_size = array<i64: 1, 1>} : (tensor<2x3x8x8xf32>) -> tensor<2x3x1x1xf32>
  %4 = aten.adaptive_avg_pool1d %x1 {output_size = array<i64: 4>} : (tensor<2x3x8xf32>) -> tensor<2x3x4xf32>
  // CHECK: aten.upsample_nearest2d.vec %{{.*}} {output_size = array<i64: 16, 16>}
  %5 = aten.upsample_nearest2d.vec %x {output_size = array<i64: 16, 16>} : (tensor<2x3x8x8xf32>) -> tensor<2x3x16x16xf32>
  // CHECK: aten.upsample_nearest2d.vec %{{.*}} {scale_factors = array<f64: 2.000000e+00, 2.000000e+00>}
  %6 = aten.upsample_nearest2d.vec %x {scale_factors = array<f64: 2.0, 2.0>} : (tensor<2x3x8x8xf32>) -> tensor<2x3x16x16xf32>
  %7 = aten.upsample_bilinear2d.vec %x {output_size = array<i64: 16, 16>, align_corners = true} : (tensor<2x3x8x8xf32>) -> tensor<2x3x16x16xf32>
  %8 = aten.upsample_bilinear2d.vec %x {align_corners = false, scale_factors = array<f64: 2.0, 2.0>} : (tensor<2x3x8x8xf32>) -> tensor<2x3x16x16xf32>
  return
}

//===-- Elementwise -------------------------------------------------------===//

// CHECK-LABEL: func.func @arithmetic
func.func @arithmetic(%x: tensor<2x3xf32>, %y: tensor<3xf32>, %i: tensor<2x3xi64>) {
  // CHECK: aten.add.Tensor %{{.*}}, %{{.*}} {alpha = 1 : i64} : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %0 = aten.add.Tensor %x, %y {alpha = 1 : i64} : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK: aten.add.Scalar %{{.*}} {alpha = 1 : i64, other = 2.000000e+00 : f64}
  %1 = aten.add.Scalar %x {other = 2.0 : f64, alpha = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = aten.sub.Tensor %x, %y {alpha = 2.0 : f64} : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %3 = aten.sub.Scalar %i {other = -9223372036854775808 : i64, alpha = 1 : i64} : (tensor<2x3xi64>) -> tensor<2x3xi64>
  %4 = aten.rsub.Scalar %x {other = 1 : i64, alpha = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %5 = aten.mul.Tensor %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %6 = aten.mul.Scalar %x {other = 0.5 : f64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %7 = aten.div.Tensor %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %8 = aten.div.Scalar %x {other = 3 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %9 = aten.maximum %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %10 = aten.minimum %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %11 = aten.pow.Tensor_Scalar %x {exponent = 2 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @limits
func.func @limits(%x: tensor<2x3xf32>) {
  %0 = aten.relu %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = aten.relu6 %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = aten.hardtanh %x {min_val = -1 : i64, max_val = 1.5 : f64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: aten.clamp %{{.*}} {max = 1.000000e+00 : f64, min = 0 : i64} :
  %3 = aten.clamp %x {min = 0 : i64, max = 1.0 : f64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: aten.clamp %{{.*}} {max = 1.000000e+00 : f64} :
  %4 = aten.clamp %x {max = 1.0 : f64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: aten.clamp %{{.*}} {min = 0 : i64} :
  %5 = aten.clamp %x {min = 0 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %6 = aten.clamp_min %x {min = 0.25 : f64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @activations
func.func @activations(%x: tensor<2x3xf32>, %w: tensor<3xf32>) {
  %0 = aten.sigmoid %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = aten.hardsigmoid %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = aten.hardswish %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = aten.silu %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: aten.gelu %{{.*}} {approximate = "tanh"} :
  %4 = aten.gelu %x {approximate = "tanh"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %5 = aten.leaky_relu %x {negative_slope = 0.01 : f64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %6 = aten.elu %x {alpha = 1.0 : f64, scale = 1 : i64, input_scale = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %7 = aten.prelu %x, %w : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %8 = aten.tanh %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: aten.dropout %{{.*}} {p = 5.000000e-01 : f64, train = false} :
  %9 = aten.dropout %x {p = 0.5 : f64, train = false} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @unaries
func.func @unaries(%x: tensor<2x3xf32>) {
  %0 = aten.exp %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = aten.log %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = aten.sqrt %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = aten.rsqrt %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %4 = aten.abs %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %5 = aten.neg %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %6 = aten.sin %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %7 = aten.cos %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %8 = aten.floor %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %9 = aten.ceil %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %10 = aten.reciprocal %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: aten.square %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %12 = aten.square %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: aten.to.dtype %{{.*}} {dtype = i64} : (tensor<2x3xf32>) -> tensor<2x3xi64>
  %11 = aten.to.dtype %x {dtype = i64} : (tensor<2x3xf32>) -> tensor<2x3xi64>
  return
}

//===-- Matrix products, normalization, attention, lookup -----------------===//

// CHECK-LABEL: func.func @products
func.func @products(%x: tensor<2x4xf32>, %w: tensor<3x4xf32>, %b: tensor<3xf32>, %m: tensor<4x3xf32>,
                    %p: tensor<5x2x4xf32>, %q: tensor<5x4x3xf32>) {
  // CHECK: aten.linear %{{.*}}, %{{.*}}, %{{.*}} : (tensor<2x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %0 = aten.linear %x, %w, %b : (tensor<2x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK: aten.linear %{{[^,]*}}, %{{[^,]*}} : (tensor<2x4xf32>, tensor<3x4xf32>) -> tensor<2x3xf32>
  %1 = aten.linear %x, %w : (tensor<2x4xf32>, tensor<3x4xf32>) -> tensor<2x3xf32>
  %2 = aten.matmul %p, %m : (tensor<5x2x4xf32>, tensor<4x3xf32>) -> tensor<5x2x3xf32>
  %3 = aten.bmm %p, %q : (tensor<5x2x4xf32>, tensor<5x4x3xf32>) -> tensor<5x2x3xf32>
  %4 = aten.mm %x, %m : (tensor<2x4xf32>, tensor<4x3xf32>) -> tensor<2x3xf32>
  %5 = aten.addmm %b, %x, %m {beta = 1 : i64, alpha = 1 : i64} : (tensor<3xf32>, tensor<2x4xf32>, tensor<4x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @normalization
func.func @normalization(%x: tensor<2x4x8xf32>, %c: tensor<4xf32>, %l: tensor<8xf32>) {
  // CHECK: aten.softmax.int %{{.*}} {dim = -1 : i64} :
  %0 = aten.softmax.int %x {dim = -1 : i64} : (tensor<2x4x8xf32>) -> tensor<2x4x8xf32>
  // CHECK: aten.softmax.int %{{.*}} {dim = 1 : i64, dtype = f16} :
  %1 = aten.softmax.int %x {dim = 1 : i64, dtype = f16} : (tensor<2x4x8xf32>) -> tensor<2x4x8xf16>
  // CHECK: aten.batch_norm {{.*}} operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>
  %2 = aten.batch_norm %x, %c, %c, %c, %c {training = false, momentum = 0.1 : f64, eps = 1.0e-5 : f64, operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>} : (tensor<2x4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4x8xf32>
  // CHECK: aten.batch_norm {{.*}} operandSegmentSizes = array<i32: 1, 0, 0, 1, 1>
  %3 = aten.batch_norm %x, %c, %c {training = false, momentum = 0.1 : f64, eps = 1.0e-5 : f64, operandSegmentSizes = array<i32: 1, 0, 0, 1, 1>} : (tensor<2x4x8xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4x8xf32>
  %4 = aten.layer_norm %x, %l, %l {normalized_shape = array<i64: 8>, eps = 1.0e-5 : f64, operandSegmentSizes = array<i32: 1, 1, 1>} : (tensor<2x4x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<2x4x8xf32>
  // CHECK: aten.layer_norm {{.*}} operandSegmentSizes = array<i32: 1, 0, 1>
  %5 = aten.layer_norm %x, %l {normalized_shape = array<i64: 8>, eps = 1.0e-5 : f64, operandSegmentSizes = array<i32: 1, 0, 1>} : (tensor<2x4x8xf32>, tensor<8xf32>) -> tensor<2x4x8xf32>
  %6 = aten.group_norm %x {num_groups = 2 : i64, eps = 1.0e-5 : f64, operandSegmentSizes = array<i32: 1, 0, 0>} : (tensor<2x4x8xf32>) -> tensor<2x4x8xf32>
  return
}

// CHECK-LABEL: func.func @attention
func.func @attention(%q: tensor<2x4x6x8xf32>, %m: tensor<6x6xi1>) {
  // CHECK: aten.scaled_dot_product_attention %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {dropout_p = 0.000000e+00 : f64, enable_gqa = false, is_causal = false, scale = 2.500000e-01 : f64}
  %0 = aten.scaled_dot_product_attention %q, %q, %q, %m {dropout_p = 0.0 : f64, is_causal = false, scale = 0.25 : f64, enable_gqa = false} : (tensor<2x4x6x8xf32>, tensor<2x4x6x8xf32>, tensor<2x4x6x8xf32>, tensor<6x6xi1>) -> tensor<2x4x6x8xf32>
  %1 = aten.scaled_dot_product_attention %q, %q, %q {dropout_p = 0.0 : f64, is_causal = true, enable_gqa = false} : (tensor<2x4x6x8xf32>, tensor<2x4x6x8xf32>, tensor<2x4x6x8xf32>) -> tensor<2x4x6x8xf32>
  return
}

// CHECK-LABEL: func.func @lookup_and_reduce
func.func @lookup_and_reduce(%w: tensor<10x4xf32>, %i: tensor<2x3xi64>) {
  %0 = aten.embedding %w, %i {padding_idx = -1 : i64, scale_grad_by_freq = false, sparse = false} : (tensor<10x4xf32>, tensor<2x3xi64>) -> tensor<2x3x4xf32>
  %1 = aten.mean %w : (tensor<10x4xf32>) -> tensor<f32>
  %2 = aten.mean %i {dtype = f32} : (tensor<2x3xi64>) -> tensor<f32>
  // CHECK: aten.mean.dim %{{.*}} {dim = array<i64: -1>, keepdim = true} :
  %3 = aten.mean.dim %w {dim = array<i64: -1>, keepdim = true} : (tensor<10x4xf32>) -> tensor<10x1xf32>
  // CHECK: aten.mean.dim %{{.*}} {keepdim = false} :
  %4 = aten.mean.dim %w {keepdim = false} : (tensor<10x4xf32>) -> tensor<f32>
  %5 = aten.sum.dim_IntList %w {dim = array<i64: 0>, keepdim = false} : (tensor<10x4xf32>) -> tensor<4xf32>
  return
}

//===-- Views and data movement -------------------------------------------===//

// CHECK-LABEL: func.func @shapes
func.func @shapes(%x: tensor<2x1x12xf32>, %n: i64) {
  // CHECK: aten.view %{{.*}} {size = array<i64: 2, -1>} : (tensor<2x1x12xf32>) -> tensor<2x12xf32>
  %0 = aten.view %x {size = array<i64: 2, -1>} : (tensor<2x1x12xf32>) -> tensor<2x12xf32>
  // CHECK: aten.reshape %{{.*}}, %{{.*}} {shape = array<i64: -9223372036854775808, -1>} : (tensor<2x1x12xf32>, i64) -> tensor<?x?xf32, #aten.bounds<[24, 24]>>
  %1 = aten.reshape %x, %n {shape = array<i64: -9223372036854775808, -1>} : (tensor<2x1x12xf32>, i64) -> tensor<?x?xf32, #aten.bounds<[24, 24]>>
  %2 = aten.flatten.using_ints %x {start_dim = 1 : i64, end_dim = -1 : i64} : (tensor<2x1x12xf32>) -> tensor<2x12xf32>
  %3 = aten.unflatten.int %x {dim = 2 : i64, sizes = array<i64: 3, 4>} : (tensor<2x1x12xf32>) -> tensor<2x1x3x4xf32>
  %4 = aten.permute %x {dims = array<i64: 2, 0, 1>} : (tensor<2x1x12xf32>) -> tensor<12x2x1xf32>
  %5 = aten.transpose.int %x {dim0 = 0 : i64, dim1 = -1 : i64} : (tensor<2x1x12xf32>) -> tensor<12x1x2xf32>
  %6 = aten.t %0 : (tensor<2x12xf32>) -> tensor<12x2xf32>
  %7 = aten.squeeze %x : (tensor<2x1x12xf32>) -> tensor<2x12xf32>
  %8 = aten.squeeze.dim %x {dim = 1 : i64} : (tensor<2x1x12xf32>) -> tensor<2x12xf32>
  %9 = aten.squeeze.dims %x {dim = array<i64: 0, 1>} : (tensor<2x1x12xf32>) -> tensor<2x12xf32>
  %10 = aten.unsqueeze %x {dim = -1 : i64} : (tensor<2x1x12xf32>) -> tensor<2x1x12x1xf32>
  // CHECK: aten.expand %{{.*}}, %{{.*}} {size = array<i64: -1, -9223372036854775808, 12>} :
  %11 = aten.expand %x, %n {size = array<i64: -1, -9223372036854775808, 12>} : (tensor<2x1x12xf32>, i64) -> tensor<2x?x12xf32, #aten.bounds<[-1, 8, -1]>>
  %12 = aten.contiguous %x : (tensor<2x1x12xf32>) -> tensor<2x1x12xf32>
  %13 = aten.clone %x : (tensor<2x1x12xf32>) -> tensor<2x1x12xf32>
  return
}

// CHECK-LABEL: func.func @pieces
func.func @pieces(%x: tensor<6x4xf32>, %n: i64) {
  // CHECK: aten.slice.Tensor %{{.*}} {dim = 0 : i64, end = 9223372036854775807 : i64, start = 2 : i64, step = 1 : i64} :
  %0 = aten.slice.Tensor %x {dim = 0 : i64, start = 2 : i64, end = 9223372036854775807 : i64, step = 1 : i64} : (tensor<6x4xf32>) -> tensor<4x4xf32>
  // CHECK: aten.slice.Tensor %{{.*}} {dim = 0 : i64, step = 2 : i64} :
  %1 = aten.slice.Tensor %x {dim = 0 : i64, step = 2 : i64} : (tensor<6x4xf32>) -> tensor<3x4xf32>
  // CHECK: aten.slice.Tensor %{{.*}}, %{{.*}} {dim = 0 : i64, end = -9223372036854775808 : i64, step = 1 : i64} :
  %2 = aten.slice.Tensor %x, %n {dim = 0 : i64, end = -9223372036854775808 : i64, step = 1 : i64} : (tensor<6x4xf32>, i64) -> tensor<?x4xf32, #aten.bounds<[6, -1]>>
  %3 = aten.select.int %x {dim = 0 : i64, index = -1 : i64} : (tensor<6x4xf32>) -> tensor<4xf32>
  %4 = aten.select.int %x, %n {dim = 0 : i64, index = -9223372036854775808 : i64} : (tensor<6x4xf32>, i64) -> tensor<4xf32>
  // CHECK: aten.split.Tensor %{{.*}} {dim = 0 : i64, split_size = 4 : i64} : (tensor<6x4xf32>) -> (tensor<4x4xf32>, tensor<2x4xf32>)
  %5:2 = aten.split.Tensor %x {split_size = 4 : i64, dim = 0 : i64} : (tensor<6x4xf32>) -> (tensor<4x4xf32>, tensor<2x4xf32>)
  %6:2 = aten.split_with_sizes %x {split_sizes = array<i64: 5, 1>, dim = 0 : i64} : (tensor<6x4xf32>) -> (tensor<5x4xf32>, tensor<1x4xf32>)
  %7:3 = aten.chunk %x {chunks = 3 : i64, dim = 0 : i64} : (tensor<6x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>)
  %8:4 = aten.unbind.int %x {dim = 1 : i64} : (tensor<6x4xf32>) -> (tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>)
  // CHECK: aten.cat %{{.*}}, %{{.*}} {dim = 0 : i64} : (tensor<6x4xf32>, tensor<6x4xf32>) -> tensor<12x4xf32>
  %9 = aten.cat %x, %x {dim = 0 : i64} : (tensor<6x4xf32>, tensor<6x4xf32>) -> tensor<12x4xf32>
  %10 = aten.stack %x, %x, %x {dim = 0 : i64} : (tensor<6x4xf32>, tensor<6x4xf32>, tensor<6x4xf32>) -> tensor<3x6x4xf32>
  return
}

// CHECK-LABEL: func.func @padding
func.func @padding(%x: tensor<6x4xf32>, %n: i64) {
  // CHECK: aten.pad %{{.*}} {mode = "constant", pad = array<i64: 1, 1>, value = 0.000000e+00 : f64} :
  %0 = aten.pad %x {pad = array<i64: 1, 1>, mode = "constant", value = 0.0 : f64} : (tensor<6x4xf32>) -> tensor<6x6xf32>
  // CHECK: aten.pad %{{.*}} {mode = "replicate", pad = array<i64: 2, 0>} :
  %1 = aten.pad %x {pad = array<i64: 2, 0>, mode = "replicate"} : (tensor<6x4xf32>) -> tensor<6x6xf32>
  %2 = aten.constant_pad_nd %x, %n {pad = array<i64: 0, -9223372036854775808>, value = 0 : i64} : (tensor<6x4xf32>, i64) -> tensor<6x?xf32, #aten.bounds<[-1, 20]>>
  return
}

{-#
  dialect_resources: {
    builtin: {
      weight: "0x040000000000803F000000400000404000008040"
    }
  }
#-}
