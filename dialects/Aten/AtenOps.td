#ifndef DIALECTS_ATEN_ATENOPS_TD
#define DIALECTS_ATEN_ATENOPS_TD

include "dialects/Aten/AtenBase.td"
include "dialects/Aten/AtenConvPoolOps.td"
include "dialects/Aten/AtenElementwiseOps.td"
include "dialects/Aten/AtenLinearOps.td"
include "dialects/Aten/AtenShapeOps.td"
include "mlir/Interfaces/InferTypeOpInterface.td"

def Aten_ParameterOp : Op<Aten_Dialect, "parameter", [Pure, ConstantLike, DeclareOpInterfaceMethods<InferTypeOpInterface>]> {
  let summary = "a tensor that never changes";
  let description = [{
    A parameter, a buffer that no operator writes, a lifted constant, or what a pass computed from them.
    Large values live in a resource and are never copied into the context. What PyTorch calls none of its
    parameters has the attribute `aten.role`: "buffer", "non_persistent_buffer" or "constant".

    Constraints:
    - (C1) `value` has the shape and element type of the result.
    - (C2) a resource that is there has the bytes of all elements.

    Example:
    ```mlir
    func.func @forward() -> tensor<2xf32> {
      %b = aten.parameter "fc.bias" dense<[0.5, 1.0]> : tensor<2xf32>
      return %b : tensor<2xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, ElementsAttr:$value);
  let results = (outs Aten_Tensor:$result);
  let assemblyFormat = "$name attr-dict $value";
  let hasFolder = 1;
  let hasVerifier = 1;
  let builders = [OpBuilder<(ins "::llvm::StringRef":$name, "::mlir::ElementsAttr":$value), [{
    build($_builder, $_state, ::mlir::cast<::mlir::RankedTensorType>(value.getType()), $_builder.getStringAttr(name), value);
  }]>];
}

def Aten_BufferOp : Op<Aten_Dialect, "buffer", [Symbol]> {
  let summary = "state that calls read and write";
  let description = [{
    A tensor that keeps its value from one call to the next; `initial` is its value before the first.

    Example:
    ```mlir
    aten.buffer @acc "norm.acc" dense<0.0> : tensor<8xf32>
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$name, ElementsAttr:$initial);
  let assemblyFormat = "$sym_name $name attr-dict $initial";
}

def Aten_ReadBufferOp : Op<Aten_Dialect, "read_buffer", [
    MemoryEffects<[MemRead]>, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "the value of a buffer";
  let description = [{
    Constraints:
    - (C1) `buffer` names an `aten.buffer` of the result's type.

    Example:
    ```mlir
    aten.buffer @acc "acc" dense<0.0> : tensor<8xf32>
    func.func @forward(%x: tensor<8xf32>) -> tensor<8xf32> {
      %0 = aten.read_buffer @acc : tensor<8xf32>
      %1 = aten.add.Tensor %0, %x {alpha = 1 : i64} : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
      aten.write_buffer @acc, %1 : tensor<8xf32>
      return %1 : tensor<8xf32>
    }
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$buffer);
  let results = (outs Aten_Tensor:$result);
  let assemblyFormat = "$buffer attr-dict `:` type($result)";
}

def Aten_WriteBufferOp : Op<Aten_Dialect, "write_buffer", [
    MemoryEffects<[MemWrite]>, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a buffer gets a new value";
  let description = [{
    The value that the buffer has from here on, in this call and the next.

    Constraints:
    - (C1) `buffer` names an `aten.buffer` of the value's type.

    Example:
    ```mlir
    aten.buffer @last "last" dense<0.0> : tensor<8xf32>
    func.func @forward(%x: tensor<8xf32>) -> tensor<8xf32> {
      aten.write_buffer @last, %x : tensor<8xf32>
      return %x : tensor<8xf32>
    }
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$buffer, Aten_Tensor:$value);
  let assemblyFormat = "$buffer `,` $value attr-dict `:` type($value)";
}

def Aten_OperatorOp : Op<Aten_Dialect, "operator", [Pure]> {
  let summary = "an operator without an op of its own";
  let description = [{
    `name` is the schema's, with overload: `aten::gather`, `aten::index.Tensor`. The operands are the tensor
    arguments that are present, in the order of `tensors`, their names; `segments` says how many operands
    each has (0 for an absent optional one, n for a list) and ends with the number of `symbols`, the `i64`
    operands that follow. Every other argument is in `arguments`; an absent one is None.

    Constraints:
    - (C1) `segments` has one entry more than `tensors`, none negative, and adds up to the number of operands.
    - (C2) an operator of the namespace `aten` is in the schema table, and has that schema's arguments: tensors
      in `tensors`, others in `arguments`, all that have no default. One that is not in it (newer, say)
      has the attribute `aten.unlisted`.
    - (C3) `symbols` are `i64`, as many as sentinels in `arguments`. (The least `i64` is also a number
      where the schema says Scalar.)

    Example:
    ```mlir
    func.func @forward(%x: tensor<4x8xf32>, %i: tensor<4x2xi64>) -> tensor<4x2xf32> {
      %0 = aten.operator "aten::gather"(%x, %i)
             {arguments = {dim = 1 : i64, sparse_grad = false}, segments = array<i32: 1, 1, 0>, tensors = ["self", "index"]}
             : (tensor<4x8xf32>, tensor<4x2xi64>) -> tensor<4x2xf32>
      return %0 : tensor<4x2xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, Variadic<AnyType>:$inputs, StrArrayAttr:$tensors,
                       DenseI32ArrayAttr:$segments, DictionaryAttr:$arguments);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = "$name `(` $inputs `)` attr-dict `:` functional-type($inputs, $results)";
  let hasVerifier = 1;
}

def Aten_SymSizeOp : Op<Aten_Dialect, "sym_size", [Pure]> {
  let summary = "the size of a dynamic dimension";
  let description = [{
    Constraints:
    - (C1) `dim` is a dimension of `self`.

    Example:
    ```mlir
    func.func @forward(%x: tensor<?x4xf32, #aten.bounds<[64, -1]>>) -> i64 {
      %0 = aten.sym_size %x, 0 : tensor<?x4xf32, #aten.bounds<[64, -1]>>
      return %0 : i64
    }
    ```
  }];
  let arguments = (ins Aten_Tensor:$self, I64Attr:$dim);
  let results = (outs I64:$result);
  let assemblyFormat = "$self `,` $dim attr-dict `:` type($self)";
  let hasVerifier = 1;
}

#endif // DIALECTS_ATEN_ATENOPS_TD
