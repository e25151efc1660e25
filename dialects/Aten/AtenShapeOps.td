#ifndef DIALECTS_ATEN_ATENSHAPEOPS_TD
#define DIALECTS_ATEN_ATENSHAPEOPS_TD

include "dialects/Aten/AtenBase.td"

// Views and data movement. Arguments have the names, order and meaning of PyTorch's schema.

def Aten_ViewOp : Aten_Op<"view", [Aten_TakesSymbols]> {
  let summary = "same elements in row-major order, new shape";
  let arguments = (ins Aten_Tensor:$self, DenseI64ArrayAttr:$size, Variadic<I64>:$symbols);
  let results = (outs Aten_Tensor:$result);
}

def Aten_ReshapeOp : Aten_Op<"reshape", [Aten_TakesSymbols]> {
  let summary = "same elements in row-major order, new shape";
  let arguments = (ins Aten_Tensor:$self, DenseI64ArrayAttr:$shape, Variadic<I64>:$symbols);
  let results = (outs Aten_Tensor:$result);
}

def Aten_FlattenUsingIntsOp : Aten_Op<"flatten.using_ints"> {
  let summary = "dimensions `start_dim` to `end_dim` merged";
  let arguments = (ins Aten_Tensor:$self, I64Attr:$start_dim, I64Attr:$end_dim);
  let results = (outs Aten_Tensor:$result);
}

def Aten_UnflattenIntOp : Aten_Op<"unflatten.int", [Aten_TakesSymbols]> {
  let summary = "dimension `dim` split";
  let arguments = (ins Aten_Tensor:$self, I64Attr:$dim, DenseI64ArrayAttr:$sizes, Variadic<I64>:$symbols);
  let results = (outs Aten_Tensor:$result);
}

def Aten_PermuteOp : Aten_Op<"permute"> {
  let summary = "dimensions reordered";
  let arguments = (ins Aten_Tensor:$self, DenseI64ArrayAttr:$dims);
  let results = (outs Aten_Tensor:$result);
}

def Aten_TransposeIntOp : Aten_Op<"transpose.int"> {
  let summary = "two dimensions swapped";
  let arguments = (ins Aten_Tensor:$self, I64Attr:$dim0, I64Attr:$dim1);
  let results = (outs Aten_Tensor:$result);
}

def Aten_TOp : Aten_Op<"t"> {
  let summary = "matrix transposed";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_SqueezeOp : Aten_Op<"squeeze"> {
  let summary = "dimensions of size 1 removed";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_SqueezeDimOp : Aten_Op<"squeeze.dim"> {
  let summary = "dimension `dim` removed if it is 1";
  let arguments = (ins Aten_Tensor:$self, I64Attr:$dim);
  let results = (outs Aten_Tensor:$result);
}

def Aten_SqueezeDimsOp : Aten_Op<"squeeze.dims"> {
  let summary = "dimensions removed where they are 1";
  let arguments = (ins Aten_Tensor:$self, DenseI64ArrayAttr:$dim);
  let results = (outs Aten_Tensor:$result);
}

def Aten_UnsqueezeOp : Aten_Op<"unsqueeze"> {
  let summary = "dimension of size 1 inserted";
  let arguments = (ins Aten_Tensor:$self, I64Attr:$dim);
  let results = (outs Aten_Tensor:$result);
}

def Aten_ExpandOp : Aten_Op<"expand", [Aten_TakesSymbols]> {
  let summary = "dimensions of size 1 repeated; -1 keeps";
  let arguments = (ins Aten_Tensor:$self, DenseI64ArrayAttr:$size, Variadic<I64>:$symbols);
  let results = (outs Aten_Tensor:$result);
}

def Aten_SliceTensorOp : Aten_Op<"slice.Tensor", [Aten_TakesSymbols]> {
  let summary = "elements `start` to `end` of dimension `dim` by `step`";
  let arguments = (ins
    Aten_Tensor:$self,
    I64Attr:$dim,
    OptionalAttr<I64Attr>:$start,
    OptionalAttr<I64Attr>:$end,
    I64Attr:$step,
    Variadic<I64>:$symbols);
  let results = (outs Aten_Tensor:$result);
}

def Aten_SelectIntOp : Aten_Op<"select.int", [Aten_TakesSymbols]> {
  let summary = "one index of dimension `dim`, which is dropped";
  let arguments = (ins Aten_Tensor:$self, I64Attr:$dim, I64Attr:$index, Variadic<I64>:$symbols);
  let results = (outs Aten_Tensor:$result);
}

def Aten_SplitTensorOp : Aten_Op<"split.Tensor"> {
  let summary = "pieces of `split_size` along `dim`";
  let arguments = (ins Aten_Tensor:$self, I64Attr:$split_size, I64Attr:$dim);
  let results = (outs Variadic<Aten_Tensor>:$results);
}

def Aten_SplitWithSizesOp : Aten_Op<"split_with_sizes"> {
  let summary = "pieces of given sizes along `dim`";
  let arguments = (ins Aten_Tensor:$self, DenseI64ArrayAttr:$split_sizes, I64Attr:$dim);
  let results = (outs Variadic<Aten_Tensor>:$results);
}

def Aten_ChunkOp : Aten_Op<"chunk"> {
  let summary = "`chunks` nearly equal pieces along `dim`";
  let arguments = (ins Aten_Tensor:$self, I64Attr:$chunks, I64Attr:$dim);
  let results = (outs Variadic<Aten_Tensor>:$results);
}

def Aten_UnbindIntOp : Aten_Op<"unbind.int"> {
  let summary = "every index of dimension `dim`";
  let arguments = (ins Aten_Tensor:$self, I64Attr:$dim);
  let results = (outs Variadic<Aten_Tensor>:$results);
}

def Aten_CatOp : Aten_Op<"cat"> {
  let summary = "concatenation along `dim`";
  let arguments = (ins Variadic<Aten_Tensor>:$tensors, I64Attr:$dim);
  let results = (outs Aten_Tensor:$result);
}

def Aten_StackOp : Aten_Op<"stack"> {
  let summary = "concatenation along a new dimension `dim`";
  let arguments = (ins Variadic<Aten_Tensor>:$tensors, I64Attr:$dim);
  let results = (outs Aten_Tensor:$result);
}

def Aten_ContiguousOp : Aten_Op<"contiguous"> {
  let summary = "the same values; layout is not part of a value here";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_CloneOp : Aten_Op<"clone"> {
  let summary = "a copy, which is the same value here";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_PadOp : Aten_Op<"pad", [Aten_TakesSymbols]> {
  let summary = "padding by constant, reflection or replication; `pad` lists pairs from the last dimension";
  let arguments = (ins
    Aten_Tensor:$self,
    DenseI64ArrayAttr:$pad,
    StrAttr:$mode,
    OptionalAttr<F64Attr>:$value,
    Variadic<I64>:$symbols);
  let results = (outs Aten_Tensor:$result);
}

def Aten_ConstantPadNdOp : Aten_Op<"constant_pad_nd", [Aten_TakesSymbols]> {
  let summary = "constant padding; `pad` lists pairs from the last dimension";
  let arguments = (ins
    Aten_Tensor:$self,
    DenseI64ArrayAttr:$pad,
    Aten_ScalarAttr:$value,
    Variadic<I64>:$symbols);
  let results = (outs Aten_Tensor:$result);
}

#endif // DIALECTS_ATEN_ATENSHAPEOPS_TD
