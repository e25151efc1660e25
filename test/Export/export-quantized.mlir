// RUN: pt2e-translate --export-pt2 %s -o %t.pt2
// RUN: pt2e-translate --import-pt2 %t.pt2 -o %t.mlir
// RUN: FileCheck %s --check-prefix=TORCH --input-file=%t.mlir
// RUN: pt2e-opt --aten-raise-quantized %t.mlir | FileCheck %s

// What PyTorch reads.
// TORCH-LABEL: func.func @forward
// TORCH:       quantized_decomposed::quantize_per_tensor"(%arg0)
// TORCH-SAME:  quant_max = 127 : i64, quant_min = -128 : i64, scale = 5.000000e-01 : f64, zero_point = 3 : i64
// TORCH:       quantized_decomposed::dequantize_per_tensor"
// TORCH:       quantized_decomposed::dequantize_per_channel"
// TORCH-SAME:  axis = 0 : i64
// TORCH:       quantized_decomposed::choose_qparams_per_token_asymmetric"
// TORCH:       quantized_decomposed::quantize_per_token"
// TORCH:       quantized_decomposed::dequantize_per_token"
// TORCH:       quantized_decomposed::dequantize_per_channel_group"
// TORCH-SAME:  group_size = 2 : i64

// And it is the same program again.
// CHECK-LABEL: func.func @forward
// CHECK:       pt2e.quantize %arg0, {{.*}} to <i8, -128 : 127, block = [-1, -1]>
// CHECK:       pt2e.dequantize {{.*}} from <i8, -128 : 127, block = [-1, -1]>
// CHECK:       pt2e.dequantize {{.*}} from <i8, -127 : 127, block = [1, -1]>
// CHECK:       aten.linear
// CHECK:       pt2e.choose_qparams {{.*}} for <i8, -128 : 127, block = [1, -1]> affine
// CHECK:       pt2e.quantize {{.*}} to <i8, -128 : 127, block = [1, -1]>
// CHECK:       pt2e.dequantize {{.*}} from <i8, -128 : 127, block = [1, -1]>
// CHECK:       pt2e.dequantize {{.*}} from <i8, -8 : 7, block = [1, 2]>
// CHECK:       aten.linear
func.func @forward(%x: tensor<3x4xf32>) -> tensor<3x2xf32> {
  %s = arith.constant dense<0.5> : tensor<1x1xf32>
  %z = arith.constant dense<3> : tensor<1x1xi32>
  %q = pt2e.quantize %x, %s, %z to <i8, -128 : 127, block = [-1, -1]> : tensor<3x4xf32>, tensor<1x1xf32>, tensor<1x1xi32> -> tensor<3x4xi8>
  %d = pt2e.dequantize %q, %s, %z from <i8, -128 : 127, block = [-1, -1]> : tensor<3x4xi8>, tensor<1x1xf32>, tensor<1x1xi32> -> tensor<3x4xf32>
  %w = aten.parameter "w" dense<7> : tensor<4x4xi8>
  %ws = arith.constant dense<[[0.1], [0.2], [0.3], [0.4]]> : tensor<4x1xf32>
  %wd = pt2e.dequantize %w, %ws from <i8, -127 : 127, block = [1, -1]> : tensor<4x4xi8>, tensor<4x1xf32> -> tensor<4x4xf32>
  %0 = aten.linear %d, %wd : (tensor<3x4xf32>, tensor<4x4xf32>) -> tensor<3x4xf32>
  %cs, %cz = pt2e.choose_qparams %0 for <i8, -128 : 127, block = [1, -1]> affine : tensor<3x4xf32> -> tensor<3x1xf32>, tensor<3x1xi32>
  %1 = pt2e.quantize %0, %cs, %cz to <i8, -128 : 127, block = [1, -1]> : tensor<3x4xf32>, tensor<3x1xf32>, tensor<3x1xi32> -> tensor<3x4xi8>
  %2 = pt2e.dequantize %1, %cs, %cz from <i8, -128 : 127, block = [1, -1]> : tensor<3x4xi8>, tensor<3x1xf32>, tensor<3x1xi32> -> tensor<3x4xf32>
  %g = aten.parameter "g" dense<-8> : tensor<2x4xi8>
  %gs = arith.constant dense<[[0.1, 0.2], [0.3, 0.4]]> : tensor<2x2xf32>
  %gd = pt2e.dequantize %g, %gs from <i8, -8 : 7, block = [1, 2]> : tensor<2x4xi8>, tensor<2x2xf32> -> tensor<2x4xf32>
  %3 = aten.linear %2, %gd : (tensor<3x4xf32>, tensor<2x4xf32>) -> tensor<3x2xf32>
  return %3 : tensor<3x2xf32>
}
