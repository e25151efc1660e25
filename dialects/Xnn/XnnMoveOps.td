#ifndef DIALECTS_XNN_XNNMOVEOPS_TD
#define DIALECTS_XNN_XNNMOVEOPS_TD

include "dialects/Xnn/XnnBase.td"

// XNNPACK refuses these if scale or zero point changes.

def Xnn_TransposeOp : Xnn_UnaryOp<"transpose", (ins DenseI64ArrayAttr:$perm)> {
  let summary = "dimension `i` of the output is dimension `perm[i]` of the input";
  let description = [{
    Constraints:
    - (C1) `perm` is a permutation of the dimensions, and the output has them in its order.
    - (C2) input and output have the same datatype, scale and zero point, other than qdint8.

    Example:
    ```mlir
    func.func private @d(%x: !xnn.value<f32, [2, 3, 4]>) -> !xnn.value<f32, [4, 2, 3]> attributes {xnn.delegate} {
      %0 = xnn.transpose %x {perm = array<i64: 2, 0, 1>} : (!xnn.value<f32, [2, 3, 4]>) -> !xnn.value<f32, [4, 2, 3]>
      return %0 : !xnn.value<f32, [4, 2, 3]>
    }
    ```
  }];
}

def Xnn_ReshapeOp : Xnn_UnaryOp<"reshape", (ins DenseI64ArrayAttr:$new_shape)> {
  let summary = "same elements in row-major order; at most one size is 0, for inferred at run time";
  let description = [{
    Constraints:
    - (C1) `new_shape` is the output's shape, with at most one size replaced by 0.
    - (C2) input and output have as many elements.
    - (C3) they have the same datatype, scale and zero point, other than qdint8.

    Example:
    ```mlir
    func.func private @flatten(%x: !xnn.value<f32, [8, 3, 4]>) -> !xnn.value<f32, [8, 12]> attributes {xnn.delegate} {
      %0 = xnn.reshape %x {new_shape = array<i64: 0, 12>} : (!xnn.value<f32, [8, 3, 4]>) -> !xnn.value<f32, [8, 12]>
      return %0 : !xnn.value<f32, [8, 12]>
    }
    ```
  }];
}

def Xnn_SliceOp : Xnn_UnaryOp<"slice", (ins DenseI64ArrayAttr:$offsets, DenseI64ArrayAttr:$sizes)> {
  let summary = "`sizes` elements from `offsets` on; size 0: to the end";
  let description = [{
    Constraints:
    - (C1) `offsets` and `sizes` have an entry for each dimension, and stay inside the input.
    - (C2) the output has those sizes.
    - (C3) input and output have the same datatype, scale and zero point, other than qdint8.

    Example:
    ```mlir
    func.func private @d(%x: !xnn.value<f32, [8, 6]>) -> !xnn.value<f32, [8, 2]> attributes {xnn.delegate} {
      %0 = xnn.slice %x {offsets = array<i64: 0, 3>, sizes = array<i64: 0, 2>} : (!xnn.value<f32, [8, 6]>) -> !xnn.value<f32, [8, 2]>
      return %0 : !xnn.value<f32, [8, 2]>
    }
    ```
  }];
}

def Xnn_PadOp : Xnn_UnaryOp<"pad", (ins DenseI64ArrayAttr:$pre, DenseI64ArrayAttr:$post, F32Attr:$value)> {
  let summary = "`value` before and after each dimension";
  let description = [{
    Constraints:
    - (C1) `pre` and `post` have an entry for each dimension, none negative; the output is larger by them.
    - (C2) input and output have the same datatype, scale and zero point, other than qdint8.

    Example:
    ```mlir
    func.func private @d(%x: !xnn.value<f32, [2, 3]>) -> !xnn.value<f32, [2, 6]> attributes {xnn.delegate} {
      %0 = xnn.pad %x {pre = array<i64: 0, 1>, post = array<i64: 0, 2>, value = 0.0 : f32} : (!xnn.value<f32, [2, 3]>) -> !xnn.value<f32, [2, 6]>
      return %0 : !xnn.value<f32, [2, 6]>
    }
    ```
  }];
}

def Xnn_ConcatenateOp : Xnn_Op<"concatenate"> {
  let summary = "2 to 5 values along `axis`";
  let description = [{
    Constraints:
    - (C1) there are 2 to 5 inputs, and `axis` is a dimension of theirs.
    - (C2) the sizes of the inputs along `axis` add up to the output's; the others are equal.
    - (C3) all have the same datatype, scale and zero point, other than qdint8.

    Example:
    ```mlir
    func.func private @d(%x: !xnn.value<f32, [2, 3]>, %y: !xnn.value<f32, [2, 4]>) -> !xnn.value<f32, [2, 7]> attributes {xnn.delegate} {
      %0 = xnn.concatenate %x, %y {axis = 1 : i64} : (!xnn.value<f32, [2, 3]>, !xnn.value<f32, [2, 4]>) -> !xnn.value<f32, [2, 7]>
      return %0 : !xnn.value<f32, [2, 7]>
    }
    ```
  }];
  let arguments = (ins Variadic<Xnn_ValueType>:$inputs, I64Attr:$axis);
  let results = (outs Xnn_ValueType:$output);
}

#endif // DIALECTS_XNN_XNNMOVEOPS_TD
