#ifndef DIALECTS_ATEN_ATENCONVPOOLOPS_TD
#define DIALECTS_ATEN_ATENCONVPOOLOPS_TD

include "dialects/Aten/AtenBase.td"

// Convolutions, pooling, resampling. Arguments have the names, order and meaning of PyTorch's schema.

def Aten_Conv1dOp : Aten_Op<"conv1d"> {
  let summary = "1-D convolution, [N, C, L]";
  let arguments = (ins
    Aten_Tensor:$input,
    Aten_Tensor:$weight,
    Optional<Aten_Tensor>:$bias,
    DenseI64ArrayAttr:$stride,
    DenseI64ArrayAttr:$padding,
    DenseI64ArrayAttr:$dilation,
    I64Attr:$groups);
  let results = (outs Aten_Tensor:$result);
}

def Aten_Conv2dOp : Aten_Op<"conv2d"> {
  let summary = "2-D convolution, [N, C, H, W]";
  let arguments = (ins
    Aten_Tensor:$input,
    Aten_Tensor:$weight,
    Optional<Aten_Tensor>:$bias,
    DenseI64ArrayAttr:$stride,
    DenseI64ArrayAttr:$padding,
    DenseI64ArrayAttr:$dilation,
    I64Attr:$groups);
  let results = (outs Aten_Tensor:$result);
}

def Aten_Conv2dPaddingOp : Aten_Op<"conv2d.padding"> {
  let summary = "2-D convolution with padding same or valid";
  let arguments = (ins
    Aten_Tensor:$input,
    Aten_Tensor:$weight,
    Optional<Aten_Tensor>:$bias,
    DenseI64ArrayAttr:$stride,
    StrAttr:$padding,
    DenseI64ArrayAttr:$dilation,
    I64Attr:$groups);
  let results = (outs Aten_Tensor:$result);
}

def Aten_Conv3dOp : Aten_Op<"conv3d"> {
  let summary = "3-D convolution";
  let arguments = (ins
    Aten_Tensor:$input,
    Aten_Tensor:$weight,
    Optional<Aten_Tensor>:$bias,
    DenseI64ArrayAttr:$stride,
    DenseI64ArrayAttr:$padding,
    DenseI64ArrayAttr:$dilation,
    I64Attr:$groups);
  let results = (outs Aten_Tensor:$result);
}

def Aten_ConvTranspose1dOp : Aten_Op<"conv_transpose1d"> {
  let summary = "transposed 1-D convolution; weight [I, O / groups, L]";
  let arguments = (ins
    Aten_Tensor:$input,
    Aten_Tensor:$weight,
    Optional<Aten_Tensor>:$bias,
    DenseI64ArrayAttr:$stride,
    DenseI64ArrayAttr:$padding,
    DenseI64ArrayAttr:$output_padding,
    I64Attr:$groups,
    DenseI64ArrayAttr:$dilation);
  let results = (outs Aten_Tensor:$result);
}

def Aten_ConvTranspose2dInputOp : Aten_Op<"conv_transpose2d.input"> {
  let summary = "transposed 2-D convolution; weight [I, O / groups, H, W]";
  let arguments = (ins
    Aten_Tensor:$input,
    Aten_Tensor:$weight,
    Optional<Aten_Tensor>:$bias,
    DenseI64ArrayAttr:$stride,
    DenseI64ArrayAttr:$padding,
    DenseI64ArrayAttr:$output_padding,
    I64Attr:$groups,
    DenseI64ArrayAttr:$dilation);
  let results = (outs Aten_Tensor:$result);
}

def Aten_MaxPool2dOp : Aten_Op<"max_pool2d"> {
  let summary = "largest value of each window";
  let arguments = (ins
    Aten_Tensor:$self,
    DenseI64ArrayAttr:$kernel_size,
    DenseI64ArrayAttr:$stride,
    DenseI64ArrayAttr:$padding,
    DenseI64ArrayAttr:$dilation,
    BoolAttr:$ceil_mode);
  let results = (outs Aten_Tensor:$result);
}

def Aten_AvgPool2dOp : Aten_Op<"avg_pool2d"> {
  let summary = "mean of each window";
  let arguments = (ins
    Aten_Tensor:$self,
    DenseI64ArrayAttr:$kernel_size,
    DenseI64ArrayAttr:$stride,
    DenseI64ArrayAttr:$padding,
    BoolAttr:$ceil_mode,
    BoolAttr:$count_include_pad,
    OptionalAttr<I64Attr>:$divisor_override);
  let results = (outs Aten_Tensor:$result);
}

def Aten_AdaptiveAvgPool2dOp : Aten_Op<"adaptive_avg_pool2d"> {
  let summary = "mean over windows that give `output_size`";
  let arguments = (ins Aten_Tensor:$self, DenseI64ArrayAttr:$output_size);
  let results = (outs Aten_Tensor:$result);
}

def Aten_AdaptiveAvgPool1dOp : Aten_Op<"adaptive_avg_pool1d"> {
  let summary = "mean over windows that give `output_size`";
  let arguments = (ins Aten_Tensor:$self, DenseI64ArrayAttr:$output_size);
  let results = (outs Aten_Tensor:$result);
}

def Aten_UpsampleNearest2dVecOp : Aten_Op<"upsample_nearest2d.vec"> {
  let summary = "nearest-neighbour resize";
  let arguments = (ins
    Aten_Tensor:$input,
    OptionalAttr<DenseI64ArrayAttr>:$output_size,
    OptionalAttr<DenseF64ArrayAttr>:$scale_factors);
  let results = (outs Aten_Tensor:$result);
}

def Aten_UpsampleBilinear2dVecOp : Aten_Op<"upsample_bilinear2d.vec"> {
  let summary = "bilinear resize";
  let arguments = (ins
    Aten_Tensor:$input,
    OptionalAttr<DenseI64ArrayAttr>:$output_size,
    BoolAttr:$align_corners,
    OptionalAttr<DenseF64ArrayAttr>:$scale_factors);
  let results = (outs Aten_Tensor:$result);
}

#endif // DIALECTS_ATEN_ATENCONVPOOLOPS_TD
