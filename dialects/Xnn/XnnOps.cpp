#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Xnn/Verify.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::xnn;

#define GET_OP_CLASSES
#include "dialects/Xnn/XnnOps.cpp.inc"

/// The element type of constants and tensors; null for datatypes that exist
/// inside delegates only, but for their constants.
Type xnn::storageType(Datatype datatype, MLIRContext *context) {
  Builder builder(context);
  switch (datatype) {
  case Datatype::F32:
    return builder.getF32Type();
  case Datatype::F16:
    return builder.getF16Type();
  case Datatype::BF16:
    return builder.getBF16Type();
  case Datatype::QUInt8:
    return builder.getIntegerType(8, /*isSigned=*/false);
  case Datatype::QInt8:
  case Datatype::QCInt8:
  case Datatype::QCInt4:
  case Datatype::QBInt4:
    return builder.getI8Type();
  case Datatype::Int32:
  case Datatype::QInt32:
  case Datatype::QCInt32:
    return builder.getI32Type();
  case Datatype::QDInt8:
    return {};
  }
  llvm_unreachable("every datatype is named");
}

static bool hasScales(Datatype datatype) {
  return datatype == Datatype::QCInt8 || datatype == Datatype::QCInt32 ||
         datatype == Datatype::QCInt4 || datatype == Datatype::QBInt4;
}

static bool isInt4(Datatype datatype) {
  return datatype == Datatype::QCInt4 || datatype == Datatype::QBInt4;
}

static LogicalResult verifyBorder(Operation *op, Value tensor, Value value) {
  auto type = cast<RankedTensorType>(tensor.getType());
  // (C1)
  const auto bounds = aten::upperBounds(type);
  if (ArrayRef(bounds) != shapeOf(value))
    return op->emitOpError("expected a value of the tensor's upper bounds ")
           << shapeText(bounds) << ", but got " << shapeText(shapeOf(value));
  // (C2)
  const Datatype datatype = typeOf(value).getDatatype();
  Type element = storageType(datatype, op->getContext());
  if (!element || hasScales(datatype) || datatype == Datatype::QInt32)
    return op->emitOpError("expected a datatype that tensors have, but got ")
           << stringifyDatatype(datatype);
  if (type.getElementType() != element)
    return op->emitOpError("expected a tensor of ")
           << element << " for " << stringifyDatatype(datatype) << ", but got "
           << type.getElementType();
  return success();
}

LogicalResult EnterOp::verify() {
  return verifyBorder(*this, getInput(), getOutput());
}

LogicalResult LeaveOp::verify() {
  return verifyBorder(*this, getOutput(), getInput());
}

LogicalResult ConstantOp::verify() {
  ValueType type = getOutput().getType();
  const Datatype datatype = type.getDatatype();
  ArrayRef<int64_t> shape = type.getShape();
  // (C1)
  if (getValue().getShapedType().getShape() != shape)
    return emitOpError("expected a value of shape ")
           << shapeText(shape) << ", but got "
           << shapeText(getValue().getShapedType().getShape());
  // (C2)
  Type element = storageType(datatype, getContext());
  if (!element || getValue().getElementType() != element)
    return emitOpError("expected elements of ")
           << (element ? element : Type(NoneType::get(getContext()))) << " for "
           << stringifyDatatype(datatype) << ", but got "
           << getValue().getElementType();
  // (C6)
  if (isInt4(datatype) && (shape.empty() || shape.back() % 2))
    return emitOpError("expected an even last dimension for 4-bit codes, but "
                       "got ")
           << shapeText(shape) << ": pad it by zeros";
  // (C3)
  if (hasScales(datatype) != bool(getScales()))
    return emitOpError("expected ")
           << (hasScales(datatype) ? "" : "no ") << "scales for "
           << stringifyDatatype(datatype);
  if (!getScales())
    return success();
  const Type scaleType = getScales()->getElementType();
  if (!scaleType.isF32() &&
      !(scaleType.isBF16() && datatype == Datatype::QBInt4))
    return emitOpError("expected scales in f32")
           << (datatype == Datatype::QBInt4 ? " or bf16" : "") << ", but got "
           << scaleType;
  // (C4)
  const uint64_t dim = *getChannelDim();
  if (dim >= shape.size())
    return emitOpError("expected a channel dimension below ")
           << shape.size() << ", but got " << dim;
  const int64_t count = getScales()->getNumElements();
  if (datatype == Datatype::QBInt4) {
    if (shape.size() != 2 || dim != 0 || count == 0 || shape[0] == 0 ||
        count % shape[0] || shape[1] % (count / shape[0]) ||
        shape[1] / (count / shape[0]) % 32)
      return emitOpError("expected scales of groups of a multiple of 32 along "
                         "dimension 1, but got ")
             << count << " for " << shapeText(shape);
  } else {
    int64_t matrices = 1;
    for (int64_t size : shape.drop_back(std::min<size_t>(shape.size(), 2)))
      matrices *= size;
    if (count != shape[dim] &&
        !(shape.size() > 2 && count == shape[dim] * matrices))
      return emitOpError("expected ")
             << shape[dim] << " scales, but got " << count;
  }
  // (C5)
  auto scales = aten::constantData(*getScales());
  if (failed(scales))
    return success(); // elided
  auto isPositive = [](const APFloat &scale) {
    return scale.isNormal() && !scale.isNegative();
  };
  for (int64_t i = 0; i < count; ++i) {
    const APFloat scale =
        scaleType.isF32()
            ? APFloat(scales->as<float>()[i])
            : APFloat(APFloat::BFloat(), APInt(16, scales->as<uint16_t>()[i]));
    if (!isPositive(scale))
      return emitOpError("expected positive normal scales, but got ")
             << scale.convertToFloat();
  }
  return success();
}
