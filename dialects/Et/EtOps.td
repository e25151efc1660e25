#ifndef DIALECTS_ET_ETOPS_TD
#define DIALECTS_ET_ETOPS_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"

def Et_Dialect : Dialect {
  let name = "et";
  let cppNamespace = "::pt2e::et";
  let summary = "An ExecuTorch program: calls of kernels and delegates, in order";
  let description = [{
    The form that `pt2e-translate --export-pte` serializes without deciding anything: every op of the
    function is one instruction, or a constant (`aten.parameter`), a buffer or a return.

    `--et-plan-memory` adds the plan: `et.offsets` on every call (an arena offset in bytes for each result,
    -1 for one that is not a tensor), `et.offset` on arguments, or `et.in_place` on those that stay in the
    caller's memory, and `et.arena_size` on the function.
  }];
  let useDefaultAttributePrinterParser = 1;
}

def Et_OperandAttr : AttrDef<Et_Dialect, "Operand"> {
  let mnemonic = "operand";
  let summary = "a kernel argument that is operand `index` of the call";
  let parameters = (ins "int64_t":$index);
  let assemblyFormat = "`<` $index `>`";
}

def Et_TensorListAttr : AttrDef<Et_Dialect, "TensorList"> {
  let mnemonic = "tensors";
  let summary = "a kernel argument that is a list of operands; -1 for an absent optional one";
  let parameters = (ins "::mlir::DenseI64ArrayAttr":$indices, DefaultValuedParameter<"bool", "false">:$optional);
  let assemblyFormat = "`<` $indices (`,` `optional` `=` $optional^)? `>`";
}

// A call may have effects: buffers are written and observers run by calls.
class Et_Op<string mnemonic, list<Trait> traits = []> : Op<Et_Dialect, mnemonic, traits>;

def Et_CallDelegateOp : Et_Op<"call_delegate", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "run a delegate";
  let description = [{
    `delegate` names a function with the attribute `xnn.delegate`; operands and results are its arguments and
    results as tensors.

    Constraints:
    - (C1) `delegate` names such a function.
    - (C2) it has as many arguments and results as the call.

    Example:
    ```mlir
    func.func private @delegate_0(%x: !xnn.value<f32, [2, 4]>) -> !xnn.value<f32, [2, 4]> attributes {xnn.delegate} {
      %0 = xnn.unary abs %x : (!xnn.value<f32, [2, 4]>) -> !xnn.value<f32, [2, 4]>
      return %0 : !xnn.value<f32, [2, 4]>
    }
    func.func @forward(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
      %0 = et.call_delegate @delegate_0(%x) : (tensor<2x4xf32>) -> tensor<2x4xf32>
      return %0 : tensor<2x4xf32>
    }
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$delegate, Variadic<RankedTensorOf<[AnyType]>>:$inputs);
  let results = (outs Variadic<RankedTensorOf<[AnyType]>>:$outputs);
  let assemblyFormat = "$delegate `(` $inputs `)` attr-dict `:` functional-type($inputs, $outputs)";
}

def Et_CallKernelOp : Et_Op<"call_kernel"> {
  let summary = "run a kernel of the runtime";
  let description = [{
    `kernel` is the operator with its overload, as registered: `aten::add.out`. `kernel_args` has one entry
    for each argument of its schema up to the out tensors: `#et.operand<i>`, `#et.tensors<[...]>`, a number,
    a bool, a string, a list of integers (`INT64_MIN` entries are the `i64` operands that no other entry
    names, in order), or `unit` for None. The results are the out tensors.

    Constraints:
    - (C1) an operand index is below the number of operands and not negative; -1 stands in optional lists only.

    Example:
    ```mlir
    func.func @forward(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
      %0 = et.call_kernel "aten::_softmax.out"(%x) [#et.operand<0>, -1 : i64, false]
         : (tensor<2x4xf32>) -> tensor<2x4xf32>
      return %0 : tensor<2x4xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$kernel, Variadic<AnyType>:$inputs, ArrayAttr:$kernel_args);
  let results = (outs Variadic<AnyType>:$outputs);
  let assemblyFormat = "$kernel `(` $inputs `)` $kernel_args attr-dict `:` functional-type($inputs, $outputs)";
  let hasVerifier = 1;
}

#endif // DIALECTS_ET_ETOPS_TD
