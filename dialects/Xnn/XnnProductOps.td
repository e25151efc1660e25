#ifndef DIALECTS_XNN_XNNPRODUCTOPS_TD
#define DIALECTS_XNN_XNNPRODUCTOPS_TD

include "dialects/Xnn/XnnBase.td"

class Xnn_Convolution<string mnemonic, dag attributes> : Xnn_Op<mnemonic> {
  let arguments = !con(
    (ins Xnn_ValueType:$input, Xnn_ValueType:$filter, Optional<Xnn_ValueType>:$bias, DenseI64ArrayAttr:$padding),
    attributes, Xnn_OutputLimits);
  let results = (outs Xnn_ValueType:$output);
}

def Xnn_Conv2dOp : Xnn_Convolution<"conv2d",
    (ins DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$dilation, I64Attr:$groups)> {
  let summary = "2-D convolution; input NHWC, filter [O, KH, KW, I / groups]";
  let description = [{
    Constraints:
    - (C1) input, filter and output have 4 dimensions, `padding` 4 entries that are not negative, `stride` and
      `dilation` 2 positive ones.
    - (C2) `groups` groups of I / groups channels are the channels of the input, and divide those of the output.
    - (C3) the output has the size of the windows that fit into the padded input.
    - (C4) filter and bias are constants; the bias has one element per output channel.
    - (C5) datatypes of input, filter, bias and output are among: f32, f32 or f16, f32 (f16 with an f16
      filter), f32; f16, f32 or f16, f32 or f16, f16; qint8, qint8 or qcint8, qint32 or qcint32, qint8;
      quint8, quint8, qint32, quint8; qdint8, qcint8, f32, f32 or f16.
    - (C6) the zero point of a qint8 filter is 0; scales of filter and bias stand along dimension 0.
    - (C7) input scale * filter scale / output scale is below 256.
    - (C8) `output_min` is below `output_max`.

    Example:
    ```mlir
    func.func private @d(%x: !xnn.value<f32, [1, 5, 5, 2]>) -> !xnn.value<f32, [1, 3, 3, 4]> attributes {xnn.delegate} {
      %w = xnn.constant dense<0.5> : tensor<4x3x3x1xf32> : !xnn.value<f32, [4, 3, 3, 1]>
      %0 = xnn.conv2d %x, %w {padding = array<i64: 1, 1, 1, 1>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>, groups = 2 : i64, output_min = 0.0 : f32}
         : (!xnn.value<f32, [1, 5, 5, 2]>, !xnn.value<f32, [4, 3, 3, 1]>) -> !xnn.value<f32, [1, 3, 3, 4]>
      return %0 : !xnn.value<f32, [1, 3, 3, 4]>
    }
    ```
  }];
}

def Xnn_DepthwiseConv2dOp : Xnn_Convolution<"depthwise_conv2d",
    (ins DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$dilation)> {
  let summary = "a filter of its own for each channel; filter [1, KH, KW, C * multiplier]";
  let description = [{
    Constraints:
    - (C1), (C3), (C4), (C5), (C7), (C8) as for `xnn.conv2d`; (C5) without qdint8.
    - (C2) the filter's first size is 1, its last the number of output channels, a multiple of the input's.
    - (C6) the zero point of a qint8 filter is 0; scales of the filter stand along dimension 3, of the bias
      along 0.

    Example:
    ```mlir
    func.func private @d(%x: !xnn.value<f32, [1, 5, 5, 2]>) -> !xnn.value<f32, [1, 5, 5, 2]> attributes {xnn.delegate} {
      %w = xnn.constant dense<0.5> : tensor<1x3x3x2xf32> : !xnn.value<f32, [1, 3, 3, 2]>
      %0 = xnn.depthwise_conv2d %x, %w {padding = array<i64: 1, 1, 1, 1>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>}
         : (!xnn.value<f32, [1, 5, 5, 2]>, !xnn.value<f32, [1, 3, 3, 2]>) -> !xnn.value<f32, [1, 5, 5, 2]>
      return %0 : !xnn.value<f32, [1, 5, 5, 2]>
    }
    ```
  }];
}

def Xnn_ConvTranspose2dOp : Xnn_Convolution<"conv_transpose2d",
    (ins DenseI64ArrayAttr:$adjustment, DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$dilation, I64Attr:$groups)> {
  let summary = "transposed 2-D convolution; filter [O, KH, KW, I / groups]";
  let description = [{
    Constraints:
    - (C1), (C2), (C4), (C5), (C6), (C7), (C8) as for `xnn.conv2d`; `adjustment` has 2 entries, not negative
      and below the stride.
    - (C3) the output has the size stride * (input - 1) + dilation * (kernel - 1) + 1 + adjustment - padding.

    Example:
    ```mlir
    func.func private @d(%x: !xnn.value<f32, [1, 5, 5, 2]>) -> !xnn.value<f32, [1, 10, 10, 4]> attributes {xnn.delegate} {
      %w = xnn.constant dense<0.5> : tensor<4x2x2x2xf32> : !xnn.value<f32, [4, 2, 2, 2]>
      %0 = xnn.conv_transpose2d %x, %w {padding = array<i64: 0, 0, 0, 0>, adjustment = array<i64: 0, 0>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>, groups = 1 : i64}
         : (!xnn.value<f32, [1, 5, 5, 2]>, !xnn.value<f32, [4, 2, 2, 2]>) -> !xnn.value<f32, [1, 10, 10, 4]>
      return %0 : !xnn.value<f32, [1, 10, 10, 4]>
    }
    ```
  }];
}

def Xnn_FullyConnectedOp : Xnn_Op<"fully_connected"> {
  let summary = "`input * filter^T + bias`; filter [O, I]";
  let description = [{
    Constraints:
    - (C1) the filter is [O, I], the input [..., I] and the output [..., O].
    - (C2) the bias has O elements; it is a constant, and so is the filter unless both sides are f32.
    - (C3) datatypes of input, filter, bias and output are among: f32, f32 or f16, f32 (f16 with an f16
      filter), f32; f32, qcint8 or qcint4, none, f32; f16, f32 or f16, f32 or f16, f16; bf16, bf16, f32, f32;
      qint8, qint8, qcint8 or qcint4, qint32 or qcint32, qint8; quint8, quint8, qint32, quint8; qdint8,
      qcint8, qcint4 or qbint4, f32, f32 or f16.
    - (C4) codes times a float input have no bias: XNNPACK would multiply it by the filter's scale (tried).
    - (C5) the zero point of a qint8 filter is 0; scales of filter and bias stand along dimension 0.
    - (C6) input scale * filter scale / output scale is below 256.
    - (C7) `output_min` is below `output_max`.

    Example:
    ```mlir
    func.func private @d(%x: !xnn.value<f32, [8, 3]>) -> !xnn.value<f32, [8, 4]> attributes {xnn.delegate} {
      %w = xnn.constant dense<0.5> : tensor<4x3xf32> : !xnn.value<f32, [4, 3]>
      %b = xnn.constant dense<1.0> : tensor<4xf32> : !xnn.value<f32, [4]>
      %0 = xnn.fully_connected %x, %w, %b
         : (!xnn.value<f32, [8, 3]>, !xnn.value<f32, [4, 3]>, !xnn.value<f32, [4]>) -> !xnn.value<f32, [8, 4]>
      return %0 : !xnn.value<f32, [8, 4]>
    }
    ```
  }];
  let arguments = !con(
    (ins Xnn_ValueType:$input, Xnn_ValueType:$filter, Optional<Xnn_ValueType>:$bias), Xnn_OutputLimits);
  let results = (outs Xnn_ValueType:$output);
}

def Xnn_BatchMatrixMultiplyOp : Xnn_Op<"batch_matrix_multiply"> {
  let summary = "matrix products over broadcast batch dimensions";
  let description = [{
    Constraints:
    - (C1) [..., M, K] times [..., K, N] ([..., N, K] with `transpose_rhs`) is [..., M, N]; batch sizes are
      equal or 1.
    - (C2) datatypes of both sides and the output are among: f32, f32, f32; f16, f16, f16; qint8, qint8,
      qint8; qdint8 or f32, constant qcint8, f32.
    - (C3) the zero point of a qint8 right side is 0: XNNPACK subtracts none.
    - (C4) product of the scales / output scale is below 256.

    Example:
    ```mlir
    func.func private @d(%q: !xnn.value<f32, [2, 5, 3]>, %k: !xnn.value<f32, [1, 4, 3]>) -> !xnn.value<f32, [2, 5, 4]> attributes {xnn.delegate} {
      %0 = xnn.batch_matrix_multiply %q, %k {transpose_rhs}
         : (!xnn.value<f32, [2, 5, 3]>, !xnn.value<f32, [1, 4, 3]>) -> !xnn.value<f32, [2, 5, 4]>
      return %0 : !xnn.value<f32, [2, 5, 4]>
    }
    ```
  }];
  let arguments = (ins Xnn_ValueType:$lhs, Xnn_ValueType:$rhs, UnitAttr:$transpose_rhs);
  let results = (outs Xnn_ValueType:$output);
}

#endif // DIALECTS_XNN_XNNPRODUCTOPS_TD
