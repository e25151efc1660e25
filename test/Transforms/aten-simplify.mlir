// RUN: pt2e-opt %s --aten-simplify -split-input-file | FileCheck %s
// RUN: pt2e-opt %s --aten-simplify=keep-batch-norm-in=stem,head.norm -split-input-file | FileCheck %s --check-prefix=IN
// RUN: pt2e-opt %s --aten-simplify=keep-batch-norm -split-input-file | FileCheck %s --check-prefix=KEEP
// RUN: pt2e-opt %s --aten-simplify -split-input-file --remarks-filter=simplify -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// gamma 2, var + eps 4, mean 1, beta 3: W' = W * 1, b' = (b - 1) * 0.5 * 2 + 3.
// CHECK-LABEL: func @batch_norm_into_conv
// CHECK-DAG:   %[[W:.*]] = aten.parameter "c.weight" dense<{{.*}}1.000000e+00{{.*}}2.000000e+00{{.*}}> : tensor<2x1x1x1xf32>
// CHECK-DAG:   %[[B:.*]] = aten.parameter "c.bias" dense<[7.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK:       %[[C:.*]] = aten.conv2d %arg0, %[[W]], %[[B]]
// CHECK-NOT:   batch_norm
// CHECK:       return %[[C]]
// KEEP-LABEL:  func @batch_norm_into_conv
// KEEP:        aten.batch_norm
func.func @batch_norm_into_conv(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = aten.parameter "c.weight" dense<[[[[1.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32>
  %b = aten.parameter "c.bias" dense<[5.0, 0.0]> : tensor<2xf32>
  %gamma = aten.parameter "bn.weight" dense<2.0> : tensor<2xf32>
  %beta = aten.parameter "bn.bias" dense<3.0> : tensor<2xf32>
  %mean = aten.parameter "bn.running_mean" dense<1.0> : tensor<2xf32>
  %var = aten.parameter "bn.running_var" dense<3.5> : tensor<2xf32>
  %0 = aten.conv2d %x, %w, %b {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
     : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %1 = aten.batch_norm %0, %gamma, %beta, %mean, %var {training = false, momentum = 0.1 : f64, eps = 0.5 : f64, operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>}
     : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %1 : tensor<1x2x4x4xf32>
}

// -----

// The convolution's own result is used as well: folding would change it.
// REMARK: remark: [Missed] FoldBatchNorm {{.*}}another operator reads what it normalizes
// CHECK-LABEL: func @two_users
// CHECK:       aten.conv2d
// CHECK:       aten.batch_norm
func.func @two_users(%x: tensor<1x1x4x4xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  %w = aten.parameter "c.weight" dense<1.0> : tensor<2x1x1x1xf32>
  %mean = aten.parameter "bn.running_mean" dense<1.0> : tensor<2xf32>
  %var = aten.parameter "bn.running_var" dense<3.5> : tensor<2xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
     : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = aten.batch_norm %0, %mean, %var {training = false, momentum = 0.1 : f64, eps = 0.5 : f64, operandSegmentSizes = array<i32: 1, 0, 0, 1, 1>}
     : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %0, %1 : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}

// -----

// One weight, two batch norms: each use gets its own.
// CHECK-LABEL: func @shared_weight
// CHECK-DAG:   %[[W:.*]] = aten.parameter "c.weight" dense<2.500000e-01> : tensor<2x1x1x1xf32>
// CHECK-DAG:   %[[W2:.*]] = aten.parameter "c.weight:bn2" dense<5.000000e-01> : tensor<2x1x1x1xf32>
// CHECK-DAG:   aten.parameter "c.bias:bn2"
// CHECK-DAG:   %[[C1:.*]] = aten.conv2d %arg0, %[[W]],
// CHECK-DAG:   %[[C2:.*]] = aten.conv2d %arg0, %[[W2]],
// CHECK:       return %[[C1]], %[[C2]]
func.func @shared_weight(%x: tensor<1x1x4x4xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  %w = aten.parameter "c.weight" dense<1.0> : tensor<2x1x1x1xf32>
  %zero = aten.parameter "bn1.running_mean" dense<0.0> : tensor<2xf32>
  %sixteen = aten.parameter "bn1.running_var" dense<16.0> : tensor<2xf32>
  %four = aten.parameter "bn2.running_var" dense<4.0> : tensor<2xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
     : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = aten.batch_norm %0, %zero, %sixteen {training = false, momentum = 0.1 : f64, eps = 0.0 : f64, operandSegmentSizes = array<i32: 1, 0, 0, 1, 1>}
     : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32> loc("bn1")
  %2 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
     : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %3 = aten.batch_norm %2, %zero, %four {training = false, momentum = 0.1 : f64, eps = 0.0 : f64, operandSegmentSizes = array<i32: 1, 0, 0, 1, 1>}
     : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32> loc("bn2")
  return %1, %3 : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}

// -----

// A transposed weight is [I, O / groups, ...]: output channel 2 is the first of the second group.
// CHECK-LABEL: func @transposed_with_groups
// CHECK:       aten.parameter "t.weight" dense<{{\[\[\[\[}}1.000000e+00]], {{\[\[}}5.000000e-01]]], {{\[\[\[}}2.500000e-01]], {{\[\[}}1.250000e-01]]]]> : tensor<2x2x1x1xf32>
// CHECK:       aten.conv_transpose2d.input
// CHECK-NOT:   batch_norm
func.func @transposed_with_groups(%x: tensor<1x2x4x4xf32>) -> tensor<1x4x4x4xf32> {
  %w = aten.parameter "t.weight" dense<1.0> : tensor<2x2x1x1xf32>
  %mean = aten.parameter "bn.running_mean" dense<0.0> : tensor<4xf32>
  %var = aten.parameter "bn.running_var" dense<[1.0, 4.0, 16.0, 64.0]> : tensor<4xf32>
  %0 = aten.conv_transpose2d.input %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, output_padding = array<i64: 0, 0>, groups = 2 : i64, dilation = array<i64: 1, 1>}
     : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x4x4x4xf32>
  %1 = aten.batch_norm %0, %mean, %var {training = false, momentum = 0.1 : f64, eps = 0.0 : f64, operandSegmentSizes = array<i32: 1, 0, 0, 1, 1>}
     : (tensor<1x4x4x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x4x4xf32>
  return %1 : tensor<1x4x4x4xf32>
}

// -----

// Batch norm's channels are dimension 1, linear's outputs the last.
// CHECK-LABEL: func @linear_of_rank_3
// CHECK:       aten.batch_norm
// CHECK-LABEL: func @linear
// CHECK-NOT:   aten.batch_norm
func.func @linear_of_rank_3(%x: tensor<1x2x2xf32>) -> tensor<1x2x2xf32> {
  %w = aten.parameter "l.weight" dense<1.0> : tensor<2x2xf32>
  %mean = aten.parameter "bn.running_mean" dense<0.0> : tensor<2xf32>
  %var = aten.parameter "bn.running_var" dense<4.0> : tensor<2xf32>
  %0 = aten.linear %x, %w : (tensor<1x2x2xf32>, tensor<2x2xf32>) -> tensor<1x2x2xf32>
  %1 = aten.batch_norm %0, %mean, %var {training = false, momentum = 0.1 : f64, eps = 0.0 : f64, operandSegmentSizes = array<i32: 1, 0, 0, 1, 1>}
     : (tensor<1x2x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2xf32>
  return %1 : tensor<1x2x2xf32>
}
func.func @linear(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = aten.parameter "l.weight" dense<1.0> : tensor<2x2xf32>
  %mean = aten.parameter "bn.running_mean" dense<0.0> : tensor<2xf32>
  %var = aten.parameter "bn.running_var" dense<4.0> : tensor<2xf32>
  %0 = aten.linear %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %1 = aten.batch_norm %0, %mean, %var {training = false, momentum = 0.1 : f64, eps = 0.0 : f64, operandSegmentSizes = array<i32: 1, 0, 0, 1, 1>}
     : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// CHECK-LABEL: func @core_names
// CHECK:       %[[CONV:.*]] = aten.conv1d %arg0, %{{.*}} {dilation = array<i64: 1>, groups = 1 : i64, padding = array<i64: 0>, stride = array<i64: 2>}
// CHECK:       %[[SOFTMAX:.*]] = aten.softmax.int %[[CONV]] {dim = -1 : i64}
// CHECK:       %[[NORM:.*]] = aten.layer_norm %[[SOFTMAX]]
// CHECK:       %[[HALF:.*]] = aten.to.dtype %[[NORM]] {dtype = f16}
// CHECK:       %[[PAD:.*]] = aten.pad %[[HALF]] {mode = "constant", pad = array<i64: 1, 2>, value = 0.000000e+00 : f64}
// CHECK:       return %[[PAD]]
func.func @core_names(%x: tensor<1x4x8xf32>) -> tensor<1x2x7xf16> {
  %w = aten.parameter "c.weight" dense<1.0> : tensor<2x4x1xf32>
  %0 = aten.operator "aten::convolution"(%x, %w) {arguments = {stride = array<i64: 2>, padding = array<i64: 0>, dilation = array<i64: 1>, transposed = false, output_padding = array<i64: 0>, groups = 1 : i64}, segments = array<i32: 1, 1, 0, 0>, tensors = ["input", "weight", "bias"]}
     : (tensor<1x4x8xf32>, tensor<2x4x1xf32>) -> tensor<1x2x4xf32>
  %1 = aten.operator "aten::_softmax"(%0) {arguments = {dim = -1 : i64, half_to_float = false}, segments = array<i32: 1, 0>, tensors = ["self"]}
     : (tensor<1x2x4xf32>) -> tensor<1x2x4xf32>
  %2:3 = aten.operator "aten::native_layer_norm"(%1) {arguments = {normalized_shape = array<i64: 4>, eps = 1.0e-05 : f64}, segments = array<i32: 1, 0, 0, 0>, tensors = ["input", "weight", "bias"]}
     : (tensor<1x2x4xf32>) -> (tensor<1x2x4xf32>, tensor<1x2x1xf32>, tensor<1x2x1xf32>)
  %3 = aten.clone %2#0 : (tensor<1x2x4xf32>) -> tensor<1x2x4xf32>
  %4 = aten.operator "aten::_to_copy"(%3) {arguments = {dtype = f16}, segments = array<i32: 1, 0>, tensors = ["self"]}
     : (tensor<1x2x4xf32>) -> tensor<1x2x4xf16>
  %5 = aten.constant_pad_nd %4 {pad = array<i64: 1, 2>, value = 0.0 : f64} : (tensor<1x2x4xf16>) -> tensor<1x2x7xf16>
  return %5 : tensor<1x2x7xf16>
}

// -----

// A linear of rank 3, as run_decompositions() writes it.
// CHECK-LABEL: func @addmm
// CHECK-NEXT:    %[[W:.*]] = aten.parameter "l.weight"
// CHECK-NEXT:    %[[B:.*]] = aten.parameter "l.bias"
// CHECK-NEXT:    %[[Y:.*]] = aten.linear %arg0, %[[W]], %[[B]] : (tensor<?x4x3xf32, #aten.bounds<[8, -1, -1]>>, tensor<2x3xf32>, tensor<2xf32>)
// CHECK-NEXT:    return %[[Y]]
func.func @addmm(%x: tensor<?x4x3xf32, #aten.bounds<[8, -1, -1]>>) -> tensor<?x4x2xf32, #aten.bounds<[8, -1, -1]>> {
  %w = aten.parameter "l.weight" dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %b = aten.parameter "l.bias" dense<1.0> : tensor<2xf32>
  %t = aten.permute %w {dims = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %0 = aten.view %x {size = array<i64: -1, 3>} : (tensor<?x4x3xf32, #aten.bounds<[8, -1, -1]>>) -> tensor<?x3xf32, #aten.bounds<[32, -1]>>
  %1 = aten.addmm %b, %0, %t {beta = 1 : i64, alpha = 1 : i64} : (tensor<2xf32>, tensor<?x3xf32, #aten.bounds<[32, -1]>>, tensor<3x2xf32>) -> tensor<?x2xf32, #aten.bounds<[32, -1]>>
  %2 = aten.view %1 {size = array<i64: -1, 4, 2>} : (tensor<?x2xf32, #aten.bounds<[32, -1]>>) -> tensor<?x4x2xf32, #aten.bounds<[8, -1, -1]>>
  return %2 : tensor<?x4x2xf32, #aten.bounds<[8, -1, -1]>>
}

// -----

// CHECK-LABEL: func @hardswish
// CHECK-NEXT:    %[[Y:.*]] = aten.hardswish %arg0
// CHECK-NEXT:    return %[[Y]]
func.func @hardswish(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = aten.add.Scalar %x {other = 3 : i64, alpha = 1 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = aten.clamp %0 {min = 0 : i64, max = 6 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = aten.mul.Tensor %x, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = aten.div.Scalar %2 {other = 6 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  return %3 : tensor<4xf32>
}

// -----

// An even sum is padding on both sides; an odd one pads one more behind.
// CHECK-LABEL: func @same_padding
// CHECK:       aten.conv2d %arg0, %{{.*}} {{.*}}padding = array<i64: 1, 1>
// CHECK:       %[[PADDED:.*]] = aten.pad %arg0 {mode = "constant", pad = array<i64: 0, 1, 0, 0>} : {{.*}} -> tensor<1x1x4x5xf32>
// CHECK:       aten.conv2d %[[PADDED]], %{{.*}} {{.*}}padding = array<i64: 0, 0>
func.func @same_padding(%x: tensor<1x1x4x4xf32>) -> (tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>) {
  %w3 = aten.parameter "a.weight" dense<1.0> : tensor<1x1x3x3xf32>
  %w2 = aten.parameter "b.weight" dense<1.0> : tensor<1x1x1x2xf32>
  %0 = aten.conv2d.padding %x, %w3 {stride = array<i64: 1, 1>, padding = "same", dilation = array<i64: 1, 1>, groups = 1 : i64}
     : (tensor<1x1x4x4xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x4x4xf32>
  %1 = aten.conv2d.padding %x, %w2 {stride = array<i64: 1, 1>, padding = "same", dilation = array<i64: 1, 1>, groups = 1 : i64}
     : (tensor<1x1x4x4xf32>, tensor<1x1x1x2xf32>) -> tensor<1x1x4x4xf32>
  return %0, %1 : tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>
}

// -----

// CHECK-LABEL: func @identities
// CHECK-NEXT:    %[[DROP:.*]] = aten.dropout %arg0 {p = 5.000000e-01 : f64, train = true}
// CHECK-NEXT:    return %arg0, %[[DROP]]
func.func @identities(%x: tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  %0 = aten.dropout %x {p = 0.5 : f64, train = false} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %1 = aten.contiguous %0 : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %2 = aten.view %1 {size = array<i64: 2, 4>} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %3 = aten.slice.Tensor %2 {dim = 1 : i64, start = 0 : i64, end = 9223372036854775807 : i64, step = 1 : i64} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %4 = aten.to.dtype %3 {dtype = f32} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %5 = aten.permute %4 {dims = array<i64: 1, 0>} : (tensor<2x4xf32>) -> tensor<4x2xf32>
  %6 = aten.permute %5 {dims = array<i64: 1, 0>} : (tensor<4x2xf32>) -> tensor<2x4xf32>
  %7 = aten.dropout %x {p = 0.5 : f64, train = true} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %6, %7 : tensor<2x4xf32>, tensor<2x4xf32>
}

// -----

// A view with two dynamic dimensions of the same bounds may still reorder them.
// CHECK-LABEL: func @dynamic_view
// CHECK:         aten.view
func.func @dynamic_view(%x: tensor<?x?xf32, #aten.bounds<[8, 8]>>, %n: i64) -> tensor<?x?xf32, #aten.bounds<[8, 8]>> {
  %0 = aten.view %x, %n {size = array<i64: -1, -9223372036854775808>} : (tensor<?x?xf32, #aten.bounds<[8, 8]>>, i64) -> tensor<?x?xf32, #aten.bounds<[8, 8]>>
  return %0 : tensor<?x?xf32, #aten.bounds<[8, 8]>>
}

// -----

// CHECK-LABEL: func @layout_of_constants
// CHECK-NEXT:    %[[A:.*]] = aten.parameter {{.*}} dense<{{\[\[}}1, 4], [2, 5], [3, 6]]> : tensor<3x2xi32>
// CHECK-NEXT:    %[[B:.*]] = aten.parameter {{.*}} dense<[5, 6]> : tensor<2xi32>
// CHECK-NEXT:    %[[C:.*]] = aten.parameter {{.*}} dense<{{\[\[}}1, 2, 3], [4, 5, 6], [4, 5, 6]]> : tensor<3x3xi32>
// CHECK-NEXT:    return %[[A]], %[[B]], %[[C]]
func.func @layout_of_constants() -> (tensor<3x2xi32>, tensor<2xi32>, tensor<3x3xi32>) {
  %w = aten.parameter "w" dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>
  %0 = aten.permute %w {dims = array<i64: 1, 0>} : (tensor<2x3xi32>) -> tensor<3x2xi32>
  %1 = aten.select.int %w {dim = 0 : i64, index = -1 : i64} : (tensor<2x3xi32>) -> tensor<3xi32>
  %2 = aten.slice.Tensor %1 {dim = 0 : i64, start = -2 : i64, end = 9223372036854775807 : i64, step = 1 : i64} : (tensor<3xi32>) -> tensor<2xi32>
  %3 = aten.unsqueeze %1 {dim = 0 : i64} : (tensor<3xi32>) -> tensor<1x3xi32>
  %4 = aten.cat %w, %3 {dim = 0 : i64} : (tensor<2x3xi32>, tensor<1x3xi32>) -> tensor<3x3xi32>
  return %0, %2, %4 : tensor<3x2xi32>, tensor<2xi32>, tensor<3x3xi32>
}

// -----

// A mask, as `new_zeros`, two views and a write: computed here.
// CHECK-LABEL: func @mask
// CHECK-NEXT:    %[[MASK:.*]] = aten.parameter {{.*}} dense<{{\[\[}}0.000000e+00, 0.000000e+00], [0.000000e+00, 0.000000e+00], [7.000000e+00, 0.000000e+00]]> : tensor<3x2xf32>
// CHECK-NEXT:    return %[[MASK]]
func.func @mask(%x: tensor<2x2xf32>) -> tensor<3x2xf32> {
  %seven = aten.parameter "lifted_tensor_0" dense<7.0> : tensor<f32>
  %0 = aten.operator "aten::new_zeros"(%x) {arguments = {size = array<i64: 3, 2>}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<2x2xf32>) -> tensor<3x2xf32>
  %1 = aten.slice.Tensor %0 {dim = 0 : i64, start = 2 : i64, end = 3 : i64, step = 1 : i64} : (tensor<3x2xf32>) -> tensor<1x2xf32>
  %2 = aten.select.int %1 {dim = 1 : i64, index = 0 : i64} : (tensor<1x2xf32>) -> tensor<1xf32>
  %3 = aten.operator "aten::fill.Tensor"(%2, %seven) {arguments = {}, segments = array<i32: 1, 1, 0>, tensors = ["self", "value"]} : (tensor<1xf32>, tensor<f32>) -> tensor<1xf32>
  %4 = aten.operator "aten::select_scatter"(%1, %3) {arguments = {dim = 1 : i64, index = 0 : i64}, segments = array<i32: 1, 1, 0>, tensors = ["self", "src"]} : (tensor<1x2xf32>, tensor<1xf32>) -> tensor<1x2xf32>
  %5 = aten.operator "aten::slice_scatter"(%0, %4) {arguments = {dim = 0 : i64, start = 2 : i64, end = 3 : i64, step = 1 : i64}, segments = array<i32: 1, 1, 0>, tensors = ["self", "src"]} : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  return %5 : tensor<3x2xf32>
}

// -----

// Each result has its element type's rounding: 0.1 + 0.2 in f32, 1/3 in f16.
// CHECK-LABEL: func @arithmetic
// CHECK-NEXT:    %[[A:.*]] = aten.parameter {{.*}} dense<3.000000e-01> : tensor<2xf32>
// CHECK-NEXT:    %[[B:.*]] = aten.parameter {{.*}} dense<[false, true, true, true]> : tensor<4xi1>
// CHECK-NEXT:    %[[C:.*]] = aten.parameter {{.*}} dense<3.332520e-01> : tensor<f16>
// CHECK-NEXT:    %[[D:.*]] = aten.parameter {{.*}} dense<{{\[\[}}0xFF800000, 1.000000e+00], [0xFF800000, 1.000000e+00]]> : tensor<2x2xf32>
// CHECK-NEXT:    return %[[A]], %[[B]], %[[C]], %[[D]]
func.func @arithmetic() -> (tensor<2xf32>, tensor<4xi1>, tensor<f16>, tensor<2x2xf32>) {
  %a = aten.parameter "a" dense<0.1> : tensor<2xf32>
  %b = aten.parameter "b" dense<0.2> : tensor<f32>
  %three = aten.parameter "three" dense<3.0> : tensor<f16>
  %mask = aten.parameter "mask" dense<[true, false]> : tensor<2xi1>
  %ones = aten.parameter "ones" dense<1.0> : tensor<2x2xf32>
  %0 = aten.add.Tensor %a, %b {alpha = 1 : i64} : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  %1 = aten.operator "aten::arange"() {arguments = {end = 4 : i64}, segments = array<i32: 0>, tensors = []} : () -> tensor<4xi64>
  %2 = aten.operator "aten::gt.Scalar"(%1) {arguments = {other = 0 : i64}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<4xi64>) -> tensor<4xi1>
  %3 = aten.reciprocal %three : (tensor<f16>) -> tensor<f16>
  %4 = aten.operator "aten::masked_fill.Scalar"(%ones, %mask) {arguments = {value = 0xFFF0000000000000 : f64}, segments = array<i32: 1, 1, 0>, tensors = ["self", "mask"]} : (tensor<2x2xf32>, tensor<2xi1>) -> tensor<2x2xf32>
  return %0, %2, %3, %4 : tensor<2xf32>, tensor<4xi1>, tensor<f16>, tensor<2x2xf32>
}

// -----

// A constant that would be much larger than what it is made of stays an op.
// CHECK-LABEL: func @large
// CHECK:         aten.expand
func.func @large() -> tensor<1024x1024xf32> {
  %row = aten.parameter "row" dense<1.0> : tensor<1x1024xf32>
  %0 = aten.expand %row {size = array<i64: 1024, 1024>} : (tensor<1x1024xf32>) -> tensor<1024x1024xf32>
  return %0 : tensor<1024x1024xf32>
}

// -----

// Batch norms of the modules that are named stay.
// IN-LABEL: func @kept_by_module
// IN: aten.batch_norm
// IN: aten.batch_norm
// IN-NOT: aten.batch_norm
// IN: return
#stem = loc(fused<#aten.scope<[":Net", "stem:Block", "stem.bn:torch.nn.BatchNorm2d"]>>["batch_norm", "model.py":1:0])
#norm = loc(fused<#aten.scope<[":Net", "head:Block", "head.norm:torch.nn.BatchNorm2d"]>>["batch_norm_1", "model.py":2:0])
#other = loc(fused<#aten.scope<[":Net", "stem2:Block", "stem2.bn:torch.nn.BatchNorm2d"]>>["batch_norm_2", "model.py":3:0])
func.func @kept_by_module(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<1x1x1x1xf32>
  %one = aten.parameter "one" dense<1.0> : tensor<1xf32>
  %0 = aten.conv2d %x, %w {dilation = array<i64: 1, 1>, groups = 1 : i64, padding = array<i64: 0, 0>, stride = array<i64: 1, 1>} : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %1 = aten.batch_norm %0, %one, %one, %one, %one {eps = 1.0 : f64, momentum = 0.1 : f64, training = false, operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>} : (tensor<1x1x4x4xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x4x4xf32> loc(#stem)
  %2 = aten.conv2d %1, %w {dilation = array<i64: 1, 1>, groups = 1 : i64, padding = array<i64: 0, 0>, stride = array<i64: 1, 1>} : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %3 = aten.batch_norm %2, %one, %one, %one, %one {eps = 1.0 : f64, momentum = 0.1 : f64, training = false, operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>} : (tensor<1x1x4x4xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x4x4xf32> loc(#norm)
  %4 = aten.conv2d %3, %w {dilation = array<i64: 1, 1>, groups = 1 : i64, padding = array<i64: 0, 0>, stride = array<i64: 1, 1>} : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %5 = aten.batch_norm %4, %one, %one, %one, %one {eps = 1.0 : f64, momentum = 0.1 : f64, training = false, operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>} : (tensor<1x1x4x4xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x4x4xf32> loc(#other)
  return %5 : tensor<1x1x4x4xf32>
}

// -----

// The channels of a batch norm are dimension 1, those of a linear op of rank 3
// are the last: nothing can be folded.
// CHECK-LABEL: func @linear_of_rank_3
// CHECK: aten.linear
// CHECK: aten.batch_norm
func.func @linear_of_rank_3(%x: tensor<1x2x2xf32>) -> tensor<1x2x2xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x2xf32>
  %one = aten.parameter "one" dense<1.0> : tensor<2xf32>
  %0 = aten.linear %x, %w : (tensor<1x2x2xf32>, tensor<2x2xf32>) -> tensor<1x2x2xf32>
  %1 = aten.batch_norm %0, %one, %one, %one, %one {eps = 1.0 : f64, momentum = 0.1 : f64, training = false, operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>} : (tensor<1x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2xf32>
  return %1 : tensor<1x2x2xf32>
}

// -----

// Extremes and clamps of constants: what scales are made of.
// CHECK-LABEL: func.func @extremes
// CHECK:       %[[MAX:.*]] = aten.parameter {{.*}} dense<[2.000000e+00, 3.000000e+00]> : tensor<2xf32>
// CHECK:       return %[[MAX]]
func.func @extremes() -> tensor<2xf32> {
  %w = aten.parameter "w" dense<[[1.0, 2.0], [5.0, -1.0]]> : tensor<2x2xf32>
  %0 = aten.operator "aten::amax"(%w) {arguments = {dim = array<i64: -1>, keepdim = false}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<2x2xf32>) -> tensor<2xf32>
  %1 = aten.clamp %0 {max = 3.0 : f64} : (tensor<2xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

// Batch norm goes into products alone.
// REMARK: [Missed] FoldBatchNorm {{.*}}only convolutions and linear layers take it in, but it normalizes relu
// CHECK-LABEL: func @batch_norm_of_relu
// CHECK:       aten.batch_norm
func.func @batch_norm_of_relu(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %mean = aten.parameter "bn.running_mean" dense<1.0> : tensor<2xf32>
  %var = aten.parameter "bn.running_var" dense<3.5> : tensor<2xf32>
  %0 = aten.relu %x : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %1 = aten.batch_norm %0, %mean, %var {training = false, momentum = 0.1 : f64, eps = 0.5 : f64, operandSegmentSizes = array<i32: 1, 0, 0, 1, 1>}
     : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %1 : tensor<1x2x4x4xf32>
}

// -----

// Constants that stay operators: more than 1 MiB, and one that nothing evaluates.
// REMARK: [Missed] EvaluateConstants {{.*}}aten::add.Tensor of constants is computed at each call: its 360000 elements take more than 1 MiB, and more than its operands
// REMARK: [Missed] EvaluateConstants {{.*}}aten::cumsum of constants is computed at each call: it is not known how to evaluate it
// CHECK-LABEL: func @constants
// CHECK:       aten.add.Tensor
// CHECK:       aten::cumsum
func.func @constants() -> (tensor<600x600xf32>, tensor<2xf32>) {
  %a = aten.parameter "a" dense<1.0> : tensor<600x1xf32>
  %b = aten.parameter "b" dense<2.0> : tensor<1x600xf32>
  %c = aten.parameter "c" dense<2.0> : tensor<2xf32>
  %0 = aten.add.Tensor %a, %b {alpha = 1 : i64} : (tensor<600x1xf32>, tensor<1x600xf32>) -> tensor<600x600xf32>
  %1 = aten.operator "aten::cumsum"(%c) {arguments = {dim = 0 : i64}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<2xf32>) -> tensor<2xf32>
  return %0, %1 : tensor<600x600xf32>, tensor<2xf32>
}

// -----

// No hardsigmoid: what is inside it is read as well.
// REMARK: [Missed] MakeHardsigmoid {{.*}}something else reads relu6
// CHECK-LABEL: func @shared_inside
// CHECK:       aten.div.Scalar
func.func @shared_inside(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = aten.add.Scalar %x {other = 3.0 : f64, alpha = 1 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = aten.relu6 %0 : (tensor<4xf32>) -> tensor<4xf32>
  %2 = aten.div.Scalar %1 {other = 6.0 : f64} : (tensor<4xf32>) -> tensor<4xf32>
  return %1, %2 : tensor<4xf32>, tensor<4xf32>
}
