#include "dialects/Xnn/Verify.h"

using namespace mlir;
using namespace pt2e::xnn;

/// (C1) and (C2) of the pools.
template <typename PoolingOp>
static LogicalResult verifyPooling(PoolingOp op, ArrayRef<int64_t> dilation) {
  ArrayRef<int64_t> input = shapeOf(op.getInput());
  if (input.size() != 4 || shapeOf(op.getOutput()).size() != 4)
    return op.emitOpError("expected 4 dimensions, but got ")
           << shapeText(input);
  ArrayRef<int64_t> padding = op.getPadding();
  if (failed(verifyList(op, "padding", padding, 4, 0)) ||
      failed(verifyList(op, "kernel", op.getKernel(), 2, 1)) ||
      failed(verifyList(op, "stride", op.getStride(), 2, 1)) ||
      failed(verifyList(op, "dilation", dilation, 2, 1)))
    return failure();
  auto height = countWindows(op, input[1], padding[0] + padding[2],
                             op.getKernel()[0], op.getStride()[0], dilation[0]);
  auto width = countWindows(op, input[2], padding[1] + padding[3],
                            op.getKernel()[1], op.getStride()[1], dilation[1]);
  if (failed(height) || failed(width))
    return failure();
  return verifyShape(op, "an output", op.getOutput(),
                     {input[0], *height, *width, input[3]});
}

template <typename PoolingOp>
static LogicalResult verifyWindow(PoolingOp op) {
  if (op.getKernel()[0] * op.getKernel()[1] > 1)
    return success();
  return op.emitOpError("expected a window of more than one element");
}

static LogicalResult verifyFloatOrSameCodes(Operation *op) {
  ValueType type = typeOf(op->getOperand(0));
  if (!isFloat(type.getDatatype()) && !type.isQuantized8())
    return op->emitOpError("expected f32, f16, qint8 or quint8, but got ")
           << stringifyDatatype(type.getDatatype());
  return verifySameEncoding(op, op->getOperand(0), op->getResult(0));
}

LogicalResult MaxPooling2dOp::verify() {
  if (failed(verifyPooling(*this, getDilation())) ||
      failed(verifyFloatOrSameCodes(*this)) || // (C3)
      failed(verifyWindow(*this)))             // (C4)
    return failure();
  for (int64_t dim : {0, 1})
    if (getStride()[dim] > getKernel()[dim])
      return emitOpError("expected strides within the window, but got ")
             << getStride()[dim] << " for " << getKernel()[dim];
  return verifyLimits(*this); // (C5)
}

LogicalResult AveragePooling2dOp::verify() {
  const int64_t dilation[2] = {1, 1};
  if (failed(verifyPooling(*this, dilation)))
    return failure();
  // (C3)
  if (!isFloat(typeOf(getInput()).getDatatype()))
    return emitOpError("expected f32 or f16, but got ")
           << stringifyDatatype(typeOf(getInput()).getDatatype());
  if (failed(verifySameEncoding(*this, getInput(), getOutput())) ||
      failed(verifyWindow(*this))) // (C4)
    return failure();
  return verifyLimits(*this); // (C5)
}

LogicalResult GlobalAveragePooling2dOp::verify() {
  // (C1)
  ArrayRef<int64_t> input = shapeOf(getInput());
  if (input.size() != 4)
    return emitOpError("expected 4 dimensions, but got ") << shapeText(input);
  if (failed(verifyShape(*this, "an output", getOutput(),
                         {input[0], 1, 1, input[3]})))
    return failure();
  // (C2)
  ValueType type = getInput().getType();
  if (type.getDatatype() != typeOf(getOutput()).getDatatype() ||
      !(isFloat(type.getDatatype()) || type.isQuantized8()))
    return emitOpError("expected f32, f16, qint8 or quint8 twice, but got ")
           << stringifyDatatype(type.getDatatype()) << " and "
           << stringifyDatatype(typeOf(getOutput()).getDatatype());
  return verifyLimits(*this); // (C3)
}

LogicalResult ResizeBilinearOp::verify() {
  // (C1)
  ArrayRef<int64_t> input = shapeOf(getInput());
  const int64_t height = getHeight(), width = getWidth();
  if (input.size() != 4 || height < 1 || width < 1)
    return emitOpError("expected 4 dimensions and a positive size, but got ")
           << shapeText(input) << " to " << height << " x " << width;
  if (failed(verifyShape(*this, "an output", getOutput(),
                         {input[0], height, width, input[3]})))
    return failure();
  return verifyFloatOrSameCodes(*this); // (C2)
}
