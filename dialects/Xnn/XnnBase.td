#ifndef DIALECTS_XNN_XNNBASE_TD
#define DIALECTS_XNN_XNNBASE_TD

include "dialects/Xnn/XnnEnums.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Xnn_Dialect : Dialect {
  let name = "xnn";
  let cppNamespace = "::pt2e::xnn";
  let summary = "XNNPACK subgraphs, as the ExecuTorch runtime reads them";
  let description = [{
    One op for each node of the delegate's schema, one type for its values. What XNNPACK refuses when a node
    is defined, and what it accepts but computes wrongly, is refused by the verifiers: a program that passes
    them loads and runs. Shapes are upper bounds; images are NHWC.

    Attributes of windows: `padding` is [top, right, bottom, left]; `kernel`, `stride`, `dilation` and
    `adjustment` (rows and columns added at the bottom and right of a transposed convolution) are [height,
    width].

    A delegate is a private `func.func` with the unit attribute `xnn.delegate`, made by
    `--xnn-outline-delegates`. In it at most 9 functions of one value in codes follow each other, limits of a
    binary op counted: of ten XNNPACK makes a table on its stack, and frees it (`--xnn-break-tables`).
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 0;
  let hasOperationAttrVerify = 1;
}

def Xnn_ValueType : TypeDef<Xnn_Dialect, "Value"> {
  let mnemonic = "value";
  let summary = "a value of an XNNPACK subgraph";
  let description = [{
    `dims` holds upper bounds. `scale` and `zeroPoint` are those of the per-tensor datatypes qint8, quint8
    and qint32; the scales of channelwise constants stand on their `xnn.constant`.

    `!xnn.value<qint8, [1, 28, 28, 16], scale = 2.5e-02 : f32, zero_point = -3>`

    Constraints:
    - (C1) at most 6 dimensions, none negative.
    - (C2) qint8, quint8 and qint32 have a scale, other datatypes have none.
    - (C3) a scale is a positive normal number.
    - (C4) the zero point is inside the datatype.
  }];
  let parameters = (ins
    EnumParameter<Xnn_Datatype>:$datatype,
    "::mlir::DenseI64ArrayAttr":$dims,
    OptionalParameter<"::mlir::FloatAttr">:$scale,
    DefaultValuedParameter<"int64_t", "0">:$zeroPoint);
  let assemblyFormat = [{
    `<` $datatype `,` custom<Dims>($dims) (`,` `scale` `=` $scale^ `,` `zero_point` `=` custom<ZeroPoint>($zeroPoint))? `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Upper bounds of the dimensions.
    ::llvm::ArrayRef<int64_t> getShape() const { return getDims().asArrayRef(); }
    int64_t getRank() const { return getShape().size(); }
    float getScaleValue() const { return getScale().getValue().convertToFloat(); }
    /// True for qint8 and quint8.
    bool isQuantized8() const;
    /// The same datatype and parameters with other dimensions.
    ValueType withShape(::llvm::ArrayRef<int64_t> shape) const;
  }];
  let builders = [
    TypeBuilder<(ins "Datatype":$datatype, "::llvm::ArrayRef<int64_t>":$shape), [{
      return $_get($_ctxt, datatype, ::mlir::DenseI64ArrayAttr::get($_ctxt, shape), ::mlir::FloatAttr(), 0);
    }]>,
    TypeBuilder<(ins "Datatype":$datatype, "::llvm::ArrayRef<int64_t>":$shape, "float":$scale, "int64_t":$zeroPoint), [{
      return $_get($_ctxt, datatype, ::mlir::DenseI64ArrayAttr::get($_ctxt, shape),
                   ::mlir::FloatAttr::get(::mlir::Float32Type::get($_ctxt), scale), zeroPoint);
    }]>];
}

class Xnn_Op<string mnemonic, list<Trait> traits = []>
    : Op<Xnn_Dialect, mnemonic, !listconcat([Pure], traits)> {
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

/// One input, one output.
class Xnn_UnaryOp<string mnemonic, dag attributes> : Xnn_Op<mnemonic> {
  let arguments = !con((ins Xnn_ValueType:$input), attributes);
  let results = (outs Xnn_ValueType:$output);
}

/// Limits of a fused activation; absent is infinite.
defvar Xnn_OutputLimits = (ins OptionalAttr<F32Attr>:$output_min, OptionalAttr<F32Attr>:$output_max);

#endif // DIALECTS_XNN_XNNBASE_TD
