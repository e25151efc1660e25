#ifndef DIALECTS_XNN_XNNIMAGEOPS_TD
#define DIALECTS_XNN_XNNIMAGEOPS_TD

include "dialects/Xnn/XnnBase.td"

def Xnn_MaxPooling2dOp : Xnn_UnaryOp<"max_pooling2d", !con(
    (ins DenseI64ArrayAttr:$padding, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$dilation),
    Xnn_OutputLimits)> {
  let summary = "largest value of each window, NHWC";
  let description = [{
    Constraints:
    - (C1) input and output have 4 dimensions, `padding` 4 entries that are not negative, `kernel`, `stride`
      and `dilation` 2 positive ones.
    - (C2) the output has the size of the windows that fit into the padded input.
    - (C3) both are f32 or f16, or qint8 or quint8 with the same scale and zero point.
    - (C4) a window has more than one element, and no stride is larger than the window.
    - (C5) `output_min` is below `output_max`.

    Example:
    ```mlir
    func.func private @d(%x: !xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 2, 2, 2]> attributes {xnn.delegate} {
      %0 = xnn.max_pooling2d %x {padding = array<i64: 0, 0, 0, 0>, kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>}
         : (!xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 2, 2, 2]>
      return %0 : !xnn.value<f32, [1, 2, 2, 2]>
    }
    ```
  }];
}

def Xnn_AveragePooling2dOp : Xnn_UnaryOp<"average_pooling2d", !con(
    (ins DenseI64ArrayAttr:$padding, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$stride), Xnn_OutputLimits)> {
  let summary = "mean of each window, padding not counted, NHWC";
  let description = [{
    Constraints:
    - (C1), (C2) as for `xnn.max_pooling2d`, without `dilation`.
    - (C3) both are f32 or f16.
    - (C4) a window has more than one element.
    - (C5) `output_min` is below `output_max`.

    Example:
    ```mlir
    func.func private @d(%x: !xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 2, 2, 2]> attributes {xnn.delegate} {
      %0 = xnn.average_pooling2d %x {padding = array<i64: 0, 0, 0, 0>, kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>}
         : (!xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 2, 2, 2]>
      return %0 : !xnn.value<f32, [1, 2, 2, 2]>
    }
    ```
  }];
}

def Xnn_GlobalAveragePooling2dOp : Xnn_UnaryOp<"global_average_pooling2d", Xnn_OutputLimits> {
  let summary = "mean of each channel, NHWC to N11C";
  let description = [{
    Constraints:
    - (C1) the input is [N, H, W, C], the output [N, 1, 1, C].
    - (C2) both are f32, f16, qint8 or quint8; scales may differ.
    - (C3) `output_min` is below `output_max`.

    Example:
    ```mlir
    func.func private @d(%x: !xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 1, 1, 2]> attributes {xnn.delegate} {
      %0 = xnn.global_average_pooling2d %x : (!xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 1, 1, 2]>
      return %0 : !xnn.value<f32, [1, 1, 1, 2]>
    }
    ```
  }];
}

def Xnn_ResizeBilinearOp : Xnn_UnaryOp<"resize_bilinear",
    (ins I64Attr:$height, I64Attr:$width, UnitAttr:$align_corners)> {
  let summary = "bilinear resize, NHWC";
  let description = [{
    Constraints:
    - (C1) the input is [N, H, W, C], the output [N, height, width, C], both sizes positive.
    - (C2) both are f32 or f16, or qint8 or quint8 with the same scale and zero point.

    Example:
    ```mlir
    func.func private @d(%x: !xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 8, 8, 2]> attributes {xnn.delegate} {
      %0 = xnn.resize_bilinear %x {height = 8 : i64, width = 8 : i64} : (!xnn.value<f32, [1, 4, 4, 2]>) -> !xnn.value<f32, [1, 8, 8, 2]>
      return %0 : !xnn.value<f32, [1, 8, 8, 2]>
    }
    ```
  }];
}

#endif // DIALECTS_XNN_XNNIMAGEOPS_TD
