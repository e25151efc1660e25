#ifndef DIALECTS_ATEN_ATENBASE_TD
#define DIALECTS_ATEN_ATENBASE_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/IR/TensorEncoding.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Aten_Dialect : Dialect {
  let name = "aten";
  let cppNamespace = "::pt2e::aten";
  let summary = "An exported PyTorch program, in functional form";
  let description = [{
    Operators keep PyTorch's schema name (`aten::add.Tensor` is `aten.add.Tensor`), argument names and
    meaning. Tensor arguments are operands in schema order, every other argument is an attribute; an
    argument that is None is absent. Values are functional: no aliasing, nothing in place; state lives in
    `aten.buffer`. Operators that no pass reasons about stay `aten.operator`, checked against the schema
    table (`schemas.txt`).

    An integer that is computed at run time is the sentinel `INT64_MIN` in its attribute and an `i64`
    operand in `symbols`, in order of appearance. Operators that take such integers have the
    constraint (C1): there are as many symbols as sentinels.

    A dynamic dimension is `?`, its upper bound stands in the tensor's encoding:
    `tensor<?x10xf32, #aten.bounds<[64, -1]>>`.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect"];
}

def Aten_BoundsAttr : AttrDef<Aten_Dialect, "Bounds",
    [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let mnemonic = "bounds";
  let summary = "upper bounds of the dynamic dimensions of a tensor";
  let description = [{
    One entry for each dimension: the largest size of a dynamic dimension, -1 for a static one.

    Constraints:
    - (C1) one entry for each dimension of the tensor.
    - (C2) a dynamic dimension has a positive bound, a static one -1.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$sizes);
  let assemblyFormat = "`<` `[` $sizes `]` `>`";
}

def Aten_ScopeAttr : AttrDef<Aten_Dialect, "Scope"> {
  let mnemonic = "scope";
  let summary = "the modules an operator was called in, outermost first";
  let description = [{
    Metadata of an operator's fused location. Each entry is `path:type`, such as
    `"features.0:torch.nn.Conv2d"`; the root module has an empty path.
  }];
  let parameters = (ins ArrayRefParameter<"::mlir::StringAttr">:$modules);
  let assemblyFormat = "`<` custom<Modules>($modules) `>`";
}

/// A tensor of known rank.
def Aten_Tensor : RankedTensorOf<[AnyType]>;

/// PyTorch's `Scalar`: an integer, a float or a bool.
def Aten_ScalarAttr : Attr<
    CPred<"::llvm::isa<::mlir::IntegerAttr, ::mlir::FloatAttr>($_self)">, "number"> {
  let storageType = "::mlir::TypedAttr";
  let returnType = "::mlir::TypedAttr";
  let convertFromStorage = "$_self";
}

/// Ends with operands `symbols` for the integers that run time computes.
def Aten_TakesSymbols : NativeOpTrait<"TakesSymbols"> {
  let cppNamespace = "::pt2e::aten";
}

/// Has the result types that the schema's rule gives.
def Aten_HasShapeRule : NativeOpTrait<"HasShapeRule"> {
  let cppNamespace = "::pt2e::aten";
}

/// Constraints of all of them:
/// - (C1) the operands fit together by the schema's rule.
/// - (C2) the result types agree with what the rule gives: element type, rank and static dimensions.
class Aten_Op<string mnemonic, list<Trait> traits = []>
    : Op<Aten_Dialect, mnemonic, !listconcat([Pure, Aten_HasShapeRule], traits)> {
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

#endif // DIALECTS_ATEN_ATENBASE_TD
