#ifndef DIALECTS_XNN_XNNOPS_TD
#define DIALECTS_XNN_XNNOPS_TD

include "dialects/Xnn/XnnProductOps.td"
include "dialects/Xnn/XnnElementwiseOps.td"
include "dialects/Xnn/XnnImageOps.td"
include "dialects/Xnn/XnnMoveOps.td"

//===-- At the edge of a delegate and constants ---------------------------===//

def Xnn_EnterOp : Xnn_Op<"enter"> {
  let summary = "a tensor becomes a value of a delegate";
  let description = [{
    Constraints:
    - (C1) the value has the upper bounds of the tensor as dimensions.
    - (C2) f32, f16, bf16, qint8, quint8 and int32 enter as tensors of f32, f16, bf16, i8, ui8 and i32; others
      do not.

    Example:
    ```mlir
    func.func @forward(%x: tensor<?x4xf32, #aten.bounds<[8, -1]>>) -> tensor<?x4xf32, #aten.bounds<[8, -1]>> {
      %0 = xnn.enter %x : (tensor<?x4xf32, #aten.bounds<[8, -1]>>) -> !xnn.value<f32, [8, 4]>
      %1 = xnn.unary abs %0 : (!xnn.value<f32, [8, 4]>) -> !xnn.value<f32, [8, 4]>
      %2 = xnn.leave %1 : (!xnn.value<f32, [8, 4]>) -> tensor<?x4xf32, #aten.bounds<[8, -1]>>
      return %2 : tensor<?x4xf32, #aten.bounds<[8, -1]>>
    }
    ```
  }];
  let arguments = (ins RankedTensorOf<[AnyType]>:$input);
  let results = (outs Xnn_ValueType:$output);
}

def Xnn_LeaveOp : Xnn_Op<"leave"> {
  let summary = "a value of a delegate becomes a tensor";
  let description = [{
    See `xnn.enter` for an example.

    Constraints:
    - (C1) the tensor has the dimensions of the value as upper bounds.
    - (C2) as for `xnn.enter`.
  }];
  let arguments = (ins Xnn_ValueType:$input);
  let results = (outs RankedTensorOf<[AnyType]>:$output);
}

def Xnn_ConstantOp : Op<Xnn_Dialect, "constant", [Pure]> {
  let summary = "weights and other constants";
  let description = [{
    `value` holds codes or numbers in XNNPACK's order of dimensions, one element each (4-bit codes in i8, not
    yet packed). Channelwise datatypes (qcint8, qcint32, qcint4) have one f32 in `scales` for each index of
    dimension `channel_dim`, blockwise ones (qbint4) `[channels, K / group]` in f32 or bf16.

    Constraints:
    - (C1) `value` has the shape of the result.
    - (C2) its elements are those of the datatype: f32, f16, bf16; i8, for quint8 ui8; i32.
    - (C3) channelwise and blockwise datatypes have `scales` in f32 (blockwise ones also in bf16), others none.
    - (C4) there are as many scales as channels (for the right side of a `xnn.batch_matrix_multiply`, of each
      matrix), or as groups of a multiple of 32.
    - (C5) scales are positive normal numbers.
    - (C6) the last dimension of 4-bit codes is even: XNNPACK computes odd rows wrongly (tried on x86).

    Example:
    ```mlir
    func.func @weights() -> !xnn.value<qcint8, [2, 3]> {
      %0 = xnn.constant dense<1> : tensor<2x3xi8> scales dense<[0.5, 0.25]> : tensor<2xf32> along 0
         : !xnn.value<qcint8, [2, 3]>
      return %0 : !xnn.value<qcint8, [2, 3]>
    }
    ```
  }];
  let arguments = (ins ElementsAttr:$value, OptionalAttr<ElementsAttr>:$scales, OptionalAttr<I64Attr>:$channel_dim);
  let results = (outs Xnn_ValueType:$output);
  let assemblyFormat = "$value (`scales` $scales^ `along` $channel_dim)? attr-dict `:` type($output)";
  let hasVerifier = 1;
}

#endif // DIALECTS_XNN_XNNOPS_TD
