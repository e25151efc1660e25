#include "dialects/Xnn/Verify.h"

using namespace mlir;
using namespace pt2e::xnn;

static LogicalResult verifyNoDatatype(Operation *op) {
  auto error = op->emitOpError("XNNPACK does not run this on ");
  llvm::interleave(
      op->getOperandTypes(), error,
      [&](Type type) {
        error << stringifyDatatype(cast<ValueType>(type).getDatatype());
      },
      " and ");
  return error << " to "
               << stringifyDatatype(typeOf(op->getResult(0)).getDatatype());
}

/// (C1) and (C2) of unary ops.
static LogicalResult verifyUnary(Operation *op) {
  Value input = op->getOperand(0), output = op->getResult(0);
  if (failed(verifyShape(op, "an output", output, shapeOf(input))))
    return failure();
  ValueType type = typeOf(input);
  if (type.getDatatype() != typeOf(output).getDatatype() ||
      !(isFloat(type.getDatatype()) || type.isQuantized8()))
    return verifyNoDatatype(op);
  return success();
}

/// Input scale / output scale between codes, 0 elsewhere.
static double scaleRatio(ValueType input, ValueType output) {
  if (!input.isQuantized8() || !output.isQuantized8())
    return 0;
  return double(input.getScaleValue()) / output.getScaleValue();
}

static LogicalResult verifyRatio(Operation *op, double ratio, StringRef what) {
  if (ratio < kLargestRatio)
    return success();
  return op->emitOpError("expected ")
         << what << " below " << kLargestRatio << ", but got " << ratio;
}

LogicalResult UnaryElementwiseOp::verify() { return verifyUnary(*this); }

LogicalResult ELUOp::verify() { return verifyUnary(*this); }

LogicalResult BinaryElementwiseOp::verify() {
  // (C1)
  ArrayRef<int64_t> lhs = shapeOf(getLhs()), rhs = shapeOf(getRhs());
  SmallVector<int64_t> expected(std::max(lhs.size(), rhs.size()), 1);
  for (ArrayRef<int64_t> shape : {lhs, rhs})
    for (auto [dim, from] : llvm::enumerate(shape)) {
      int64_t &size = expected[dim + expected.size() - shape.size()];
      if (size != 1 && from != 1 && size != from)
        return emitOpError("expected shapes that can be broadcast, but got ")
               << shapeText(lhs) << " and " << shapeText(rhs);
      size = size == 1 ? from : size;
    }
  if (failed(verifyShape(*this, "an output", getOutput(), expected)))
    return failure();
  // (C2)
  ValueType type = getOutput().getType();
  if (typeOf(getLhs()).getDatatype() != type.getDatatype() ||
      typeOf(getRhs()).getDatatype() != type.getDatatype() ||
      !(isFloat(type.getDatatype()) || type.isQuantized8() ||
        type.getDatatype() == Datatype::Int32))
    return verifyNoDatatype(*this);
  return verifyLimits(*this); // (C3)
}

LogicalResult ClampOp::verify() {
  if (failed(verifyUnary(*this)))
    return failure();
  if (typeOf(getInput()).isQuantized8() &&
      !sameScale(getInput().getType(), getOutput().getType())) {
    // (C3)
    if (!getOutputMin() || !getOutputMax() || !getOutputMin()->isFinite() ||
        !getOutputMax()->isFinite())
      return emitOpError("expected finite limits between different scales");
    // (C4)
    if (getInput().getDefiningOp<MaxPooling2dOp>())
      return emitOpError("expected the scale of xnn.max_pooling2d: convert "
                         "between the two");
  }
  return verifyLimits(*this); // (C5)
}

LogicalResult LeakyReLUOp::verify() {
  if (failed(verifyUnary(*this)))
    return failure();
  // (C3)
  const double ratio = scaleRatio(getInput().getType(), getOutput().getType());
  const double slope = std::abs(getNegativeSlope().convertToDouble());
  if (failed(verifyRatio(*this, ratio, "input scale / output scale")))
    return failure();
  return verifyRatio(*this, ratio * slope,
                     "slope * input scale / output scale");
}

LogicalResult SoftmaxOp::verify() {
  // (C1)
  if (typeOf(getInput()).getRank() == 0)
    return emitOpError("expected a dimension, but got none");
  if (failed(verifyShape(*this, "an output", getOutput(), shapeOf(getInput()))))
    return failure();
  // (C2)
  const Datatype type = typeOf(getInput()).getDatatype();
  if (!isFloat(type) || typeOf(getOutput()).getDatatype() != type)
    return verifyNoDatatype(*this);
  return success();
}

LogicalResult ConvertOp::verify() {
  // (C1)
  if (failed(verifyShape(*this, "an output", getOutput(), shapeOf(getInput()))))
    return failure();
  // (C2)
  ValueType from = getInput().getType(), to = getOutput().getType();
  const bool toRows = to.getDatatype() == Datatype::QDInt8;
  if (!(isFloat(from.getDatatype()) || from.isQuantized8()) ||
      !(isFloat(to.getDatatype()) || to.isQuantized8() ||
        (toRows && isFloat(from.getDatatype()))))
    return verifyNoDatatype(*this);
  // (C3)
  if (failed(verifyRatio(*this, scaleRatio(from, to),
                         "input scale / output scale")))
    return failure();
  // (C4)
  if (!toRows)
    return getPixels() ? emitOpError("expected `pixels` of qdint8 alone")
                       : success();
  std::optional<RangeOf> range;
  for (Operation *user : getOutput().getUsers()) {
    if (!isa<XnnDialect>(user->getDialect()))
      continue;
    const std::optional<RangeOf> read = rangeReadBy(user);
    if (!read)
      return emitOpError("expected products alone to read qdint8, but got ")
             << user->getName();
    if ((*read == RangeOf::Pixel) != getPixels())
      return emitOpError("expected `pixels` where pointwise convolutions read "
                         "qdint8, and there alone");
    if (range && *range != *read)
      return emitOpError("expected matrix products alone or convolutions alone "
                         "to read qdint8, but got both");
    range = read;
  }
  return success();
}
