#include "dialects/Xnn/Verify.h"

using namespace mlir;
using namespace pt2e::xnn;

bool pt2e::xnn::sameScale(ValueType a, ValueType b) {
  return a.getScale() == b.getScale() && a.getZeroPoint() == b.getZeroPoint();
}

bool pt2e::xnn::sameEncoding(ValueType a, ValueType b) {
  return a.getDatatype() == b.getDatatype() && sameScale(a, b);
}

std::string pt2e::xnn::shapeText(ArrayRef<int64_t> shape) {
  std::string text;
  llvm::raw_string_ostream out(text);
  out << '[';
  llvm::interleaveComma(shape, out);
  out << ']';
  return text;
}

LogicalResult pt2e::xnn::verifyShape(Operation *op, StringRef name, Value value,
                                     ArrayRef<int64_t> shape) {
  if (shapeOf(value) == shape)
    return success();
  return op->emitOpError("expected ")
         << name << " of shape " << shapeText(shape) << ", but got "
         << shapeText(shapeOf(value));
}

LogicalResult pt2e::xnn::verifySameEncoding(Operation *op, Value input,
                                            Value output) {
  if (typeOf(input).getDatatype() == Datatype::QDInt8)
    return op->emitOpError("expected any datatype but qdint8, which only "
                           "products read");
  if (!sameEncoding(typeOf(input), typeOf(output)))
    return op->emitOpError("expected the same datatype, scale and zero point, "
                           "but got ")
           << typeOf(input) << " and " << typeOf(output);
  return success();
}

LogicalResult pt2e::xnn::verifyLimits(Operation *op) {
  auto low = op->getAttrOfType<FloatAttr>("output_min");
  auto high = op->getAttrOfType<FloatAttr>("output_max");
  if ((low && low.getValue().isNaN()) || (high && high.getValue().isNaN()))
    return op->emitOpError("expected limits that are numbers");
  if (low && high && !(low.getValue() < high.getValue()))
    return op->emitOpError("expected output_min below output_max, but got ")
           << low.getValueAsDouble() << " and " << high.getValueAsDouble();
  return success();
}

LogicalResult pt2e::xnn::verifyList(Operation *op, StringRef name,
                                    ArrayRef<int64_t> list, size_t size,
                                    int64_t least) {
  if (list.size() == size &&
      llvm::all_of(list, [&](int64_t entry) { return entry >= least; }))
    return success();
  return op->emitOpError("expected ")
         << size << " entries of at least " << least << " in " << name
         << ", but got " << shapeText(list);
}

FailureOr<int64_t> pt2e::xnn::countWindows(Operation *op, int64_t size,
                                           int64_t padding, int64_t kernel,
                                           int64_t stride, int64_t dilation) {
  const int64_t room = size + padding - (dilation * (kernel - 1) + 1);
  if (room < 0)
    return op->emitOpError("expected a window inside ")
           << size + padding << " elements, but got one of "
           << dilation * (kernel - 1) + 1;
  return room / stride + 1;
}
