// RUN: not pt2e-translate --export-pt2 --split-input-file %s -o %t 2>&1 | FileCheck %s
// RUN: not ls %t

// CHECK: expected a public function of one block
func.func private @forward()

// -----

// CHECK: expected one public function, but got 'a' and 'b'
func.func @a() { return }
func.func @b() { return }

// -----

// CHECK: 'aten.operator' op has no form in an exported PyTorch program: its operands are not told apart
func.func @forward(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = aten.operator "higher_order::scan"(%x) {arguments = {}, aten.unlisted, segments = array<i32: 1, 0>, tensors = ["operands"]} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// CHECK: weight 'w' is not in the text that was read, and names no archive that has it
func.func @forward() -> tensor<128xf32> {
  %w = aten.parameter "w" dense_resource<w> : tensor<128xf32>
  return %w : tensor<128xf32>
}

// -----

// CHECK: 'aten.write_buffer' op has no form in an exported PyTorch program: expected a read of the buffer, too
aten.buffer @last "last" dense<0.0> : tensor<8xf32>
func.func @forward(%x: tensor<8xf32>) -> tensor<8xf32> {
  aten.write_buffer @last, %x : tensor<8xf32>
  return %x : tensor<8xf32>
}

// -----

// CHECK: 'pt2e.dequantize' op has no form in an exported PyTorch program: expected zero points that are codes
func.func @forward(%q: tensor<2x4xi8>) -> tensor<2x4xf32> {
  %s = arith.constant dense<0.5> : tensor<2x1xf32>
  %z = arith.constant dense<0.5> : tensor<2x1xf32>
  %d = pt2e.dequantize %q, %s, %z from <i8, -128 : 127, block = [1, -1]> : tensor<2x4xi8>, tensor<2x1xf32>, tensor<2x1xf32> -> tensor<2x4xf32>
  return %d : tensor<2x4xf32>
}

// -----

// CHECK: 'pt2e.observe' op has no form in an exported PyTorch program: --pt2e-fake-quantize gives observers one, to train or (calibrate) to observe
pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">)
func.func @forward(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %0 = pt2e.observe @x, %x : tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}
