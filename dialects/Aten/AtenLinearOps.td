#ifndef DIALECTS_ATEN_ATENLINEAROPS_TD
#define DIALECTS_ATEN_ATENLINEAROPS_TD

include "dialects/Aten/AtenBase.td"

// Matrix products, normalization, attention, lookup. Arguments have the names, order and meaning of PyTorch's schema.

def Aten_LinearOp : Aten_Op<"linear"> {
  let summary = "`input * weight^T + bias`";
  let arguments = (ins Aten_Tensor:$input, Aten_Tensor:$weight, Optional<Aten_Tensor>:$bias);
  let results = (outs Aten_Tensor:$result);
}

def Aten_MatmulOp : Aten_Op<"matmul"> {
  let summary = "matrix product with broadcast batch dimensions";
  let arguments = (ins Aten_Tensor:$self, Aten_Tensor:$other);
  let results = (outs Aten_Tensor:$result);
}

def Aten_BmmOp : Aten_Op<"bmm"> {
  let summary = "batch of matrix products";
  let arguments = (ins Aten_Tensor:$self, Aten_Tensor:$mat2);
  let results = (outs Aten_Tensor:$result);
}

def Aten_MmOp : Aten_Op<"mm"> {
  let summary = "matrix product";
  let arguments = (ins Aten_Tensor:$self, Aten_Tensor:$mat2);
  let results = (outs Aten_Tensor:$result);
}

def Aten_AddmmOp : Aten_Op<"addmm"> {
  let summary = "`beta * self + alpha * (mat1 * mat2)`";
  let arguments = (ins
    Aten_Tensor:$self,
    Aten_Tensor:$mat1,
    Aten_Tensor:$mat2,
    Aten_ScalarAttr:$beta,
    Aten_ScalarAttr:$alpha);
  let results = (outs Aten_Tensor:$result);
}

def Aten_SoftmaxIntOp : Aten_Op<"softmax.int"> {
  let summary = "softmax along `dim`";
  let arguments = (ins Aten_Tensor:$self, I64Attr:$dim, OptionalAttr<TypeAttr>:$dtype);
  let results = (outs Aten_Tensor:$result);
}

def Aten_BatchNormOp : Aten_Op<"batch_norm", [AttrSizedOperandSegments]> {
  let summary = "normalization by running statistics per channel";
  let arguments = (ins
    Aten_Tensor:$input,
    Optional<Aten_Tensor>:$weight,
    Optional<Aten_Tensor>:$bias,
    Optional<Aten_Tensor>:$running_mean,
    Optional<Aten_Tensor>:$running_var,
    BoolAttr:$training,
    F64Attr:$momentum,
    F64Attr:$eps);
  let results = (outs Aten_Tensor:$result);
}

def Aten_LayerNormOp : Aten_Op<"layer_norm", [AttrSizedOperandSegments]> {
  let summary = "normalization over the last dimensions";
  let arguments = (ins
    Aten_Tensor:$input,
    DenseI64ArrayAttr:$normalized_shape,
    Optional<Aten_Tensor>:$weight,
    Optional<Aten_Tensor>:$bias,
    F64Attr:$eps);
  let results = (outs Aten_Tensor:$result);
}

def Aten_GroupNormOp : Aten_Op<"group_norm", [AttrSizedOperandSegments]> {
  let summary = "normalization over groups of channels";
  let arguments = (ins
    Aten_Tensor:$input,
    I64Attr:$num_groups,
    Optional<Aten_Tensor>:$weight,
    Optional<Aten_Tensor>:$bias,
    F64Attr:$eps);
  let results = (outs Aten_Tensor:$result);
}

def Aten_ScaledDotProductAttentionOp : Aten_Op<"scaled_dot_product_attention"> {
  let summary = "`softmax(query * key^T * scale + attn_mask) * value`";
  let arguments = (ins
    Aten_Tensor:$query,
    Aten_Tensor:$key,
    Aten_Tensor:$value,
    Optional<Aten_Tensor>:$attn_mask,
    F64Attr:$dropout_p,
    BoolAttr:$is_causal,
    OptionalAttr<F64Attr>:$scale,
    BoolAttr:$enable_gqa);
  let results = (outs Aten_Tensor:$result);
}

def Aten_EmbeddingOp : Aten_Op<"embedding"> {
  let summary = "rows of `weight` chosen by `indices`";
  let arguments = (ins
    Aten_Tensor:$weight,
    Aten_Tensor:$indices,
    I64Attr:$padding_idx,
    BoolAttr:$scale_grad_by_freq,
    BoolAttr:$sparse);
  let results = (outs Aten_Tensor:$result);
}

def Aten_MeanOp : Aten_Op<"mean"> {
  let summary = "mean of all elements";
  let arguments = (ins Aten_Tensor:$self, OptionalAttr<TypeAttr>:$dtype);
  let results = (outs Aten_Tensor:$result);
}

def Aten_MeanDimOp : Aten_Op<"mean.dim"> {
  let summary = "mean over dimensions";
  let arguments = (ins
    Aten_Tensor:$self,
    OptionalAttr<DenseI64ArrayAttr>:$dim,
    BoolAttr:$keepdim,
    OptionalAttr<TypeAttr>:$dtype);
  let results = (outs Aten_Tensor:$result);
}

def Aten_SumDimIntListOp : Aten_Op<"sum.dim_IntList"> {
  let summary = "sum over dimensions";
  let arguments = (ins
    Aten_Tensor:$self,
    OptionalAttr<DenseI64ArrayAttr>:$dim,
    BoolAttr:$keepdim,
    OptionalAttr<TypeAttr>:$dtype);
  let results = (outs Aten_Tensor:$result);
}

#endif // DIALECTS_ATEN_ATENLINEAROPS_TD
