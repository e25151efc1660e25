//===- ConvertElementwise.cpp - Arithmetic to xnn -------------------------===//

#include <cmath>

#include "Lowering.h"
#include "Weights.h"
#include "dialects/Aten/Constants.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::xnn;

/// `kind` of two values with the limits fused where XNNPACK can.
static Value fused(Conversion &conversion, BinaryKind kind, Value lhs,
                   Value rhs) {
  const bool fuses = kind == BinaryKind::Add || kind == BinaryKind::Subtract ||
                     kind == BinaryKind::Multiply;
  Conversion::LimitAttrs limits;
  if (fuses)
    limits = conversion.takeLimits();
  return BinaryElementwiseOp::create(conversion.builder, conversion.loc,
                                     conversion.resultType(), kind, lhs, rhs,
                                     limits.min, limits.max);
}

/// `value` with the rank of `other` if it is a constant of lower rank: then
/// both can be NHWC.
static Value atRank(Conversion &conversion, Value value, Value other) {
  auto constant = value.getDefiningOp<ConstantOp>();
  auto type = cast<ValueType>(value.getType());
  const int64_t rank = cast<ValueType>(other.getType()).getRank();
  int64_t elements = 1;
  for (int64_t size : type.getShape())
    elements *= size;
  if (!constant || type.getRank() >= rank)
    return value;
  SmallVector<int64_t> shape(elements == 1 ? 1 : rank - type.getRank(), 1);
  if (elements != 1)
    llvm::append_range(shape, type.getShape());
  return ConstantOp::create(conversion.builder, constant.getLoc(),
                            type.withShape(shape),
                            aten::reshapeConstant(constant.getValue(), shape),
                            ElementsAttr(), IntegerAttr());
}

static constexpr char kFlushed[] =
    "a subnormal number, which XNNPACK takes for 0";

/// Tried: XNNPACK computes with numbers flushed to zero that are smaller than
/// the smallest normal one.
static bool isFlushed(double number) {
  return number != 0 && std::abs(number) < std::numeric_limits<float>::min();
}

/// True if `tensor` is constant and holds such a number.
static bool hasFlushed(Value tensor) {
  auto numbers = constantFloats(tensor);
  return numbers && llvm::any_of(*numbers, isFlushed);
}

static Value convertBinary(Conversion &conversion, BinaryKind kind,
                           Value lhsTensor, Value rhsTensor, double alpha = 1) {
  if (conversion.inCodes() && (kind == BinaryKind::Divide || alpha != 1))
    return conversion.refuse("not an operation on codes");
  if (!conversion.inCodes() && (hasFlushed(lhsTensor) || hasFlushed(rhsTensor)))
    return conversion.refuse(kFlushed);
  Value lhs = conversion.input(lhsTensor);
  Value rhs = conversion.input(rhsTensor);
  if (!lhs || !rhs)
    return {};
  lhs = atRank(conversion, lhs, rhs);
  rhs = atRank(conversion, rhs, lhs);
  if (alpha != 1)
    rhs = conversion.binary(BinaryKind::Multiply, rhs, conversion.scalar(alpha),
                            cast<ValueType>(rhs.getType()));
  return fused(conversion, kind, lhs, rhs);
}

static Value convertScalar(Conversion &conversion, BinaryKind kind,
                           Value tensor, double number) {
  if (isFlushed(number))
    return conversion.refuse(kFlushed);
  if (conversion.inCodes()) // between converts this is one table
    return conversion.refuse("a number has no codes");
  Value value = conversion.input(tensor);
  return value ? fused(conversion, kind, value, conversion.scalar(number))
               : value;
}

static Value convertAdd(Conversion &conversion, aten::AddTensorOp op) {
  return convertBinary(conversion, BinaryKind::Add, op.getSelf(), op.getOther(),
                       toDouble(op.getAlpha()));
}

static Value convertAddScalar(Conversion &conversion, aten::AddScalarOp op) {
  return convertScalar(conversion, BinaryKind::Add, op.getSelf(),
                       toDouble(op.getAlpha()) * toDouble(op.getOther()));
}

static Value convertSub(Conversion &conversion, aten::SubTensorOp op) {
  return convertBinary(conversion, BinaryKind::Subtract, op.getSelf(),
                       op.getOther(), toDouble(op.getAlpha()));
}

static Value convertSubScalar(Conversion &conversion, aten::SubScalarOp op) {
  return convertScalar(conversion, BinaryKind::Subtract, op.getSelf(),
                       toDouble(op.getAlpha()) * toDouble(op.getOther()));
}

static Value convertRsub(Conversion &conversion, aten::RsubScalarOp op) {
  if (conversion.inCodes())
    return conversion.refuse("a number has no codes");
  Value value = conversion.input(op.getSelf());
  if (!value)
    return {};
  if (const double alpha = toDouble(op.getAlpha()); alpha != 1)
    value =
        conversion.binary(BinaryKind::Multiply, value, conversion.scalar(alpha),
                          conversion.resultType());
  return fused(conversion, BinaryKind::Subtract,
               conversion.scalar(toDouble(op.getOther())), value);
}

static Value convertMul(Conversion &conversion, aten::MulTensorOp op) {
  return convertBinary(conversion, BinaryKind::Multiply, op.getSelf(),
                       op.getOther());
}

static Value convertMulScalar(Conversion &conversion, aten::MulScalarOp op) {
  return convertScalar(conversion, BinaryKind::Multiply, op.getSelf(),
                       toDouble(op.getOther()));
}

static Value convertDiv(Conversion &conversion, aten::DivTensorOp op) {
  return convertBinary(conversion, BinaryKind::Divide, op.getSelf(),
                       op.getOther());
}

static Value convertDivScalar(Conversion &conversion, aten::DivScalarOp op) {
  return convertScalar(conversion, BinaryKind::Divide, op.getSelf(),
                       toDouble(op.getOther()));
}

static Value convertMaximum(Conversion &conversion, aten::MaximumOp op) {
  return convertBinary(conversion, BinaryKind::Maximum, op.getSelf(),
                       op.getOther());
}

static Value convertMinimum(Conversion &conversion, aten::MinimumOp op) {
  return convertBinary(conversion, BinaryKind::Minimum, op.getSelf(),
                       op.getOther());
}

static Value convertReciprocal(Conversion &conversion, aten::ReciprocalOp op) {
  if (conversion.inCodes())
    return conversion.refuse("a number has no codes");
  Value value = conversion.input(op.getSelf());
  return value ? fused(conversion, BinaryKind::Divide, conversion.scalar(1),
                       value)
               : value;
}

static Value convertPow(Conversion &conversion, aten::PowTensorScalarOp op) {
  const double exponent = toDouble(op.getExponent());
  if (exponent != 2 && conversion.inCodes())
    return conversion.refuse("not an operation on codes");
  Value value = conversion.input(op.getSelf());
  if (!value)
    return {};
  const ValueType type = conversion.resultType();
  if (exponent == 2)
    return conversion.unary(UnaryKind::Square, value, type);
  if (exponent == 3)
    return conversion.binary(BinaryKind::Multiply,
                             conversion.unary(UnaryKind::Square, value, type),
                             value, type);
  if (exponent == 0.5)
    return conversion.unary(UnaryKind::SquareRoot, value, type);
  if (exponent == -0.5)
    return conversion.unary(UnaryKind::ReciprocalSquareRoot, value, type);
  if (exponent == -1)
    return fused(conversion, BinaryKind::Divide, conversion.scalar(1), value);
  return conversion.refuse("expected an exponent of 2, 3, 0.5, -0.5 or -1");
}

static Value convertPrelu(Conversion &conversion, aten::PreluOp op) {
  if (conversion.inCodes())
    return conversion.refuse("no prelu on codes yet");
  Value value = conversion.input(op.getSelf());
  auto slopes = constantFloats(op.getWeight());
  if (!value)
    return {};
  if (!slopes)
    return conversion.refuse("expected constant slopes");
  SmallVector<int64_t> shape{1};
  if (slopes->size() != 1) {
    shape.assign(shapeOf(value).size(), 1);
    shape[1] = slopes->size();
  }
  return conversion.binary(BinaryKind::PReLU, value,
                           conversion.constant(*slopes, shape, "prelu"),
                           conversion.resultType());
}

void pt2e::xnn::addElementwise(Converters &converters) {
  converters.add(convertAdd);
  converters.add(convertAddScalar);
  converters.add(convertSub);
  converters.add(convertSubScalar);
  converters.add(convertRsub);
  converters.add(convertMul);
  converters.add(convertMulScalar);
  converters.add(convertDiv);
  converters.add(convertDivScalar);
  converters.add(convertMaximum);
  converters.add(convertMinimum);
  converters.add(convertReciprocal);
  converters.add(convertPow);
  converters.add(convertPrelu);
}
