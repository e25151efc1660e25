// RUN: pt2e-opt %s -split-input-file -verify-diagnostics

func.func private @d(%x: tensor<4xf32>) -> tensor<4xf32>
func.func @call_delegate_c1(%x: tensor<4xf32>) {
  // expected-error @below {{'et.call_delegate' op expected a delegate, but got @d}}
  %0 = et.call_delegate @d(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @call_delegate_c1_none(%x: tensor<4xf32>) {
  // expected-error @below {{'et.call_delegate' op expected a delegate, but got @nothing}}
  %0 = et.call_delegate @nothing(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func private @d(%x: !xnn.value<f32, [4]>) -> !xnn.value<f32, [4]> attributes {xnn.delegate} {
  return %x : !xnn.value<f32, [4]>
}
func.func @call_delegate_c2(%x: tensor<4xf32>) {
  // expected-error @below {{'et.call_delegate' op expected 1 operands and 1 results, but got 2 and 1}}
  %0 = et.call_delegate @d(%x, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @call_kernel_c1(%x: tensor<4xf32>) {
  // expected-error @below {{'et.call_kernel' op expected an operand below 1, but got 1}}
  %0 = et.call_kernel "aten::abs.out"(%x) [#et.operand<1>] : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @call_kernel_c1_absent(%x: tensor<4xf32>) {
  // expected-error @below {{'et.call_kernel' op expected an operand below 1, but got -1}}
  %0 = et.call_kernel "aten::cat.out"(%x) [#et.tensors<[0, -1]>, 0 : i64] : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @call_kernel_c1_list(%x: tensor<4xf32>) {
  // expected-error @below {{'et.call_kernel' op expected an operand below 1, but got 7}}
  %0 = et.call_kernel "aten::cat.out"(%x) [#et.tensors<[0, 7]>, 0 : i64] : (tensor<4xf32>) -> tensor<4xf32>
  return
}
