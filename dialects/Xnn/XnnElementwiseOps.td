#ifndef DIALECTS_XNN_XNNELEMENTWISEOPS_TD
#define DIALECTS_XNN_XNNELEMENTWISEOPS_TD

include "dialects/Xnn/XnnBase.td"

def Xnn_UnaryElementwiseOp : Xnn_Op<"unary"> {
  let summary = "an elementwise function; on qint8 and quint8 a table of 256 entries";
  let description = [{
    Constraints:
    - (C1) the output has the shape of the input.
    - (C2) both are f32, f16, qint8 or quint8; scales may differ.

    Example:
    ```mlir
    !x = !xnn.value<qint8, [4], scale = 1.0e-01 : f32, zero_point = 3>
    !y = !xnn.value<qint8, [4], scale = 3.90625e-03 : f32, zero_point = -128>
    func.func private @d(%x: !x) -> !y attributes {xnn.delegate} {
      %0 = xnn.unary sigmoid %x : (!x) -> !y
      return %0 : !y
    }
    ```
  }];
  let arguments = (ins Xnn_UnaryKind:$kind, Xnn_ValueType:$input);
  let results = (outs Xnn_ValueType:$output);
  let assemblyFormat = "$kind $input attr-dict `:` functional-type($input, $output)";
}

def Xnn_BinaryElementwiseOp : Xnn_Op<"binary"> {
  let summary = "a function of two values, broadcast";
  let description = [{
    Constraints:
    - (C1) the output has the broadcast shape of the operands.
    - (C2) all are f32, f16, qint8, quint8 or int32; scales may differ.
    - (C3) `output_min` is below `output_max`.

    Example:
    ```mlir
    func.func private @d(%x: !xnn.value<f32, [2, 4]>, %y: !xnn.value<f32, [4]>) -> !xnn.value<f32, [2, 4]> attributes {xnn.delegate} {
      %0 = xnn.binary add %x, %y {output_min = 0.0 : f32}
         : (!xnn.value<f32, [2, 4]>, !xnn.value<f32, [4]>) -> !xnn.value<f32, [2, 4]>
      return %0 : !xnn.value<f32, [2, 4]>
    }
    ```
  }];
  let arguments = !con((ins Xnn_BinaryKind:$kind, Xnn_ValueType:$lhs, Xnn_ValueType:$rhs), Xnn_OutputLimits);
  let results = (outs Xnn_ValueType:$output);
  let assemblyFormat = "$kind $lhs `,` $rhs attr-dict `:` functional-type(operands, $output)";
}

def Xnn_ClampOp : Xnn_UnaryOp<"clamp", Xnn_OutputLimits> {
  let summary = "limit to `[output_min, output_max]`";
  let description = [{
    Between codes of different scales with limits that no code reaches (-1e30, 1e30), this is an exact
    requantization, where `xnn.convert` may be off by one.

    Constraints:
    - (C1), (C2) as for `xnn.unary`.
    - (C3) codes of different scales need both limits, finite.
    - (C4) codes of different scales do not come from `xnn.max_pooling2d`: XNNPACK merges the two and keeps the
      pool's scale (tried).
    - (C5) `output_min` is below `output_max`.

    Example:
    ```mlir
    func.func private @relu6(%x: !xnn.value<f32, [4]>) -> !xnn.value<f32, [4]> attributes {xnn.delegate} {
      %0 = xnn.clamp %x {output_min = 0.0 : f32, output_max = 6.0 : f32} : (!xnn.value<f32, [4]>) -> !xnn.value<f32, [4]>
      return %0 : !xnn.value<f32, [4]>
    }
    ```
  }];
}

def Xnn_LeakyReLUOp : Xnn_UnaryOp<"leaky_relu", (ins F32Attr:$negative_slope)> {
  let summary = "the input where positive, else `negative_slope` times it";
  let description = [{
    Constraints:
    - (C1), (C2) as for `xnn.unary`.
    - (C3) on codes, input scale / output scale, and that times the slope's magnitude, is below 127: XNNPACK's
      multipliers have 16 bits and wrap around (tried).

    Example:
    ```mlir
    func.func private @d(%x: !xnn.value<f32, [4]>) -> !xnn.value<f32, [4]> attributes {xnn.delegate} {
      %0 = xnn.leaky_relu %x {negative_slope = 0.01 : f32} : (!xnn.value<f32, [4]>) -> !xnn.value<f32, [4]>
      return %0 : !xnn.value<f32, [4]>
    }
    ```
  }];
}

def Xnn_ELUOp : Xnn_UnaryOp<"elu", (ins F32Attr:$alpha)> {
  let summary = "the input where positive, else `alpha * (exp(input) - 1)`";
  let description = [{
    Constraints:
    - (C1), (C2) as for `xnn.unary`.

    Example:
    ```mlir
    func.func private @d(%x: !xnn.value<f32, [4]>) -> !xnn.value<f32, [4]> attributes {xnn.delegate} {
      %0 = xnn.elu %x {alpha = 1.0 : f32} : (!xnn.value<f32, [4]>) -> !xnn.value<f32, [4]>
      return %0 : !xnn.value<f32, [4]>
    }
    ```
  }];
}

def Xnn_SoftmaxOp : Xnn_UnaryOp<"softmax", (ins)> {
  let summary = "softmax over the last dimension";
  let description = [{
    Constraints:
    - (C1) the output has the shape of the input, which has a dimension.
    - (C2) both are f32 or f16.

    Example:
    ```mlir
    func.func private @d(%x: !xnn.value<f32, [2, 4]>) -> !xnn.value<f32, [2, 4]> attributes {xnn.delegate} {
      %0 = xnn.softmax %x : (!xnn.value<f32, [2, 4]>) -> !xnn.value<f32, [2, 4]>
      return %0 : !xnn.value<f32, [2, 4]>
    }
    ```
  }];
}

def Xnn_ConvertOp : Xnn_UnaryOp<"convert", (ins UnitAttr:$pixels)> {
  let summary = "quantize, dequantize or requantize; to qdint8: quantize each row by its own range";
  let description = [{
    Constraints:
    - (C1) the output has the shape of the input.
    - (C2) the input is f32, f16, qint8 or quint8, the output one of these, or qdint8 if the input is a float.
    - (C3) between codes, input scale / output scale is below 127: XNNPACK's multiplier has 16 bits and wraps
      around (tried: 200 gives wrong codes).
    - (C4) qdint8 is read by matrix products alone, for which rows are quantized by themselves; by pointwise
      convolutions (1 x 1, stride 1, no padding, one group) alone, with `pixels`: XNNPACK computes them as matrix
      products of pixels; or by other convolutions alone, for which images are. What the others read of it would
      be wrong (tried).

    Example:
    ```mlir
    func.func private @quantize(%x: !xnn.value<f32, [4]>) -> !xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = -3> attributes {xnn.delegate} {
      %0 = xnn.convert %x : (!xnn.value<f32, [4]>) -> !xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = -3>
      return %0 : !xnn.value<qint8, [4], scale = 2.0e-02 : f32, zero_point = -3>
    }
    ```
  }];
}

#endif // DIALECTS_XNN_XNNELEMENTWISEOPS_TD
