#ifndef DIALECTS_XNN_XNNOPS_TD
#define DIALECTS_XNN_XNNOPS_TD

include "dialects/Xnn/XnnBase.td"

//===-- At the edge of a delegate and constants ---------------------------===//

def Xnn_EnterOp : Xnn_Op<"enter"> {
  let summary = "a tensor becomes a value of a delegate";
  let arguments = (ins RankedTensorOf<[AnyType]>:$input);
  let results = (outs Xnn_ValueType:$output);
}

def Xnn_LeaveOp : Xnn_Op<"leave"> {
  let summary = "a value of a delegate becomes a tensor";
  let arguments = (ins Xnn_ValueType:$input);
  let results = (outs RankedTensorOf<[AnyType]>:$output);
}

def Xnn_ConstantOp : Op<Xnn_Dialect, "constant", [Pure]> {
  let summary = "weights and other constants";
  let description = [{
    `value` holds codes or numbers in XNNPACK's order of dimensions, one element each (4-bit codes in i8, not
    yet packed). Channelwise datatypes (qcint8, qcint32, qcint4) have one f32 in `scales` for each index of
    dimension `channel_dim`, blockwise ones (qbint4) `[channels, K / group]`.
  }];
  let arguments = (ins ElementsAttr:$value, OptionalAttr<ElementsAttr>:$scales, OptionalAttr<I64Attr>:$channel_dim);
  let results = (outs Xnn_ValueType:$output);
  let assemblyFormat = "$value (`scales` $scales^ `along` $channel_dim)? attr-dict `:` type($output)";
}

//===-- Convolutions and matrix products ----------------------------------===//

class Xnn_Convolution<string mnemonic, dag attributes> : Xnn_Op<mnemonic> {
  let arguments = !con(
    (ins Xnn_ValueType:$input, Xnn_ValueType:$filter, Optional<Xnn_ValueType>:$bias, DenseI64ArrayAttr:$padding),
    attributes, Xnn_OutputLimits);
  let results = (outs Xnn_ValueType:$output);
}

def Xnn_Conv2dOp : Xnn_Convolution<"conv2d",
    (ins DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$dilation, I64Attr:$groups)> {
  let summary = "2-D convolution; input NHWC, filter [O, KH, KW, I / groups]";
}

def Xnn_DepthwiseConv2dOp : Xnn_Convolution<"depthwise_conv2d",
    (ins DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$dilation)> {
  let summary = "a filter of its own for each channel; filter [1, KH, KW, C * multiplier]";
}

def Xnn_ConvTranspose2dOp : Xnn_Convolution<"conv_transpose2d",
    (ins DenseI64ArrayAttr:$adjustment, DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$dilation, I64Attr:$groups)> {
  let summary = "transposed 2-D convolution; filter [O, KH, KW, I / groups]";
}

def Xnn_FullyConnectedOp : Xnn_Op<"fully_connected"> {
  let summary = "`input * filter^T + bias`; filter [O, I]";
  let arguments = !con(
    (ins Xnn_ValueType:$input, Xnn_ValueType:$filter, Optional<Xnn_ValueType>:$bias), Xnn_OutputLimits);
  let results = (outs Xnn_ValueType:$output);
}

def Xnn_BatchMatrixMultiplyOp : Xnn_Op<"batch_matrix_multiply"> {
  let summary = "matrix products over broadcast batch dimensions";
  let arguments = (ins Xnn_ValueType:$lhs, Xnn_ValueType:$rhs, UnitAttr:$transpose_rhs);
  let results = (outs Xnn_ValueType:$output);
}

//===-- Elementwise -------------------------------------------------------===//

def Xnn_UnaryElementwiseOp : Xnn_Op<"unary"> {
  let summary = "an elementwise function; on qint8 and quint8 a table of 256 entries";
  let arguments = (ins Xnn_UnaryKind:$kind, Xnn_ValueType:$input);
  let results = (outs Xnn_ValueType:$output);
  let assemblyFormat = "$kind $input attr-dict `:` functional-type($input, $output)";
}

def Xnn_BinaryElementwiseOp : Xnn_Op<"binary"> {
  let summary = "a function of two values, broadcast";
  let arguments = !con((ins Xnn_BinaryKind:$kind, Xnn_ValueType:$lhs, Xnn_ValueType:$rhs), Xnn_OutputLimits);
  let results = (outs Xnn_ValueType:$output);
  let assemblyFormat = "$kind $lhs `,` $rhs attr-dict `:` functional-type(operands, $output)";
}

def Xnn_ClampOp : Xnn_UnaryOp<"clamp", Xnn_OutputLimits> {
  let summary = "limit to `[output_min, output_max]`";
}

def Xnn_LeakyReLUOp : Xnn_UnaryOp<"leaky_relu", (ins F32Attr:$negative_slope)> {
  let summary = "the input where positive, else `negative_slope` times it";
}

def Xnn_ELUOp : Xnn_UnaryOp<"elu", (ins F32Attr:$alpha)> {
  let summary = "the input where positive, else `alpha * (exp(input) - 1)`";
}

def Xnn_SoftmaxOp : Xnn_UnaryOp<"softmax", (ins)> {
  let summary = "softmax over the last dimension";
}

def Xnn_ConvertOp : Xnn_UnaryOp<"convert", (ins)> {
  let summary = "quantize, dequantize or requantize; to qdint8: quantize each row by its own range";
}

//===-- Pooling and resampling --------------------------------------------===//

def Xnn_MaxPooling2dOp : Xnn_UnaryOp<"max_pooling2d", !con(
    (ins DenseI64ArrayAttr:$padding, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$dilation),
    Xnn_OutputLimits)> {
  let summary = "largest value of each window, NHWC";
}

def Xnn_AveragePooling2dOp : Xnn_UnaryOp<"average_pooling2d", !con(
    (ins DenseI64ArrayAttr:$padding, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$stride), Xnn_OutputLimits)> {
  let summary = "mean of each window, padding not counted, NHWC";
}

def Xnn_GlobalAveragePooling2dOp : Xnn_UnaryOp<"global_average_pooling2d", Xnn_OutputLimits> {
  let summary = "mean of each channel, NHWC to N11C";
}

def Xnn_ResizeBilinearOp : Xnn_UnaryOp<"resize_bilinear",
    (ins I64Attr:$height, I64Attr:$width, UnitAttr:$align_corners)> {
  let summary = "bilinear resize, NHWC";
}

//===-- Data movement -----------------------------------------------------===//

def Xnn_TransposeOp : Xnn_UnaryOp<"transpose", (ins DenseI64ArrayAttr:$perm)> {
  let summary = "dimension `i` of the output is dimension `perm[i]` of the input";
}

def Xnn_ReshapeOp : Xnn_UnaryOp<"reshape", (ins DenseI64ArrayAttr:$new_shape)> {
  let summary = "same elements in row-major order; at most one size is 0, for inferred at run time";
}

def Xnn_SliceOp : Xnn_UnaryOp<"slice", (ins DenseI64ArrayAttr:$offsets, DenseI64ArrayAttr:$sizes)> {
  let summary = "`sizes` elements from `offsets` on; size 0: to the end";
}

def Xnn_PadOp : Xnn_UnaryOp<"pad", (ins DenseI64ArrayAttr:$pre, DenseI64ArrayAttr:$post, F32Attr:$value)> {
  let summary = "`value` before and after each dimension";
}

def Xnn_ConcatenateOp : Xnn_Op<"concatenate"> {
  let summary = "2 to 5 values along `axis`";
  let arguments = (ins Variadic<Xnn_ValueType>:$inputs, I64Attr:$axis);
  let results = (outs Xnn_ValueType:$output);
}

#endif // DIALECTS_XNN_XNNOPS_TD
