//===- ConvertActivations.cpp - Elementwise functions to xnn --------------===//

#include <cmath>

#include "Lowering.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::xnn;

/// One function of one operand: in codes a table, on any grids.
template <typename Op, UnaryKind kind>
static Value convertUnary(Conversion &conversion, Op op) {
  Value value = conversion.input(op.getSelf());
  return value ? conversion.unary(kind, value, conversion.resultType()) : value;
}

template <typename Op>
static Value convertClamp(Conversion &conversion, Op op) {
  std::optional<Limits> own = clampLimits(op);
  if (!own)
    return conversion.refuse("expected a least value below the largest");
  Value value = conversion.input(op->getOperand(0));
  return value ? conversion.clampTo(value, *own) : value;
}

/// Between converts this becomes one table in the runtime.
static Value convertHardsigmoid(Conversion &conversion,
                                aten::HardsigmoidOp op) {
  if (conversion.inCodes())
    return conversion.refuse("a table made of float ops");
  Value value = conversion.input(op.getSelf());
  if (!value)
    return {};
  const ValueType type = conversion.resultType();
  Value scaled = conversion.binary(BinaryKind::Multiply, value,
                                   conversion.scalar(1.0 / 6), type);
  Value shifted =
      conversion.binary(BinaryKind::Add, scaled, conversion.scalar(0.5), type);
  return conversion.clampTo(shifted, {0, 1});
}

/// In codes: a sigmoid on [0, 1), then a product; the runtime collapses that
/// form, and no other, to one table.
static Value convertSilu(Conversion &conversion, aten::SiluOp op) {
  Value value = conversion.input(op.getSelf());
  if (!value)
    return {};
  const ValueType type = conversion.resultType();
  ValueType gateType = type;
  if (conversion.inCodes()) {
    if (type.getDatatype() != Datatype::QInt8)
      return conversion.refuse("expected int8 codes");
    gateType = ValueType::get(conversion.builder.getContext(), Datatype::QInt8,
                              type.getShape(), 1.0f / 256, -128);
  }
  Value gate = conversion.unary(UnaryKind::Sigmoid, value, gateType);
  return conversion.binary(BinaryKind::Multiply, value, gate, type);
}

static Value convertGelu(Conversion &conversion, aten::GeluOp op) {
  Value value = conversion.input(op.getSelf());
  if (!value)
    return {};
  const ValueType type = conversion.resultType();
  // On codes the two forms (apart by at most 4.7e-4) give the same table but
  // for rounding.
  if (op.getApproximate() == "none" || conversion.inCodes())
    return conversion.unary(UnaryKind::Gelu, value, type);
  // x * (0.5 + 0.5 * tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))
  auto scaled = [&](BinaryKind kind, Value operand, double number) {
    return conversion.binary(kind, operand, conversion.scalar(number), type);
  };
  const double factor = std::sqrt(2 / M_PI);
  Value square = conversion.unary(UnaryKind::Square, value, type);
  Value inner = scaled(BinaryKind::Multiply, square, 0.044715 * factor);
  inner = scaled(BinaryKind::Add, inner, factor);
  inner = conversion.binary(BinaryKind::Multiply, value, inner, type);
  Value gate = conversion.unary(UnaryKind::Tanh, inner, type);
  gate = scaled(BinaryKind::Multiply, gate, 0.5);
  gate = scaled(BinaryKind::Add, gate, 0.5);
  return conversion.binary(BinaryKind::Multiply, value, gate, type);
}

static Value convertLeakyRelu(Conversion &conversion, aten::LeakyReluOp op) {
  Value value = conversion.input(op.getSelf());
  if (!value)
    return {};
  const double slope = toDouble(op.getNegativeSlope());
  if (!std::isfinite(float(slope)))
    return conversion.refuse("expected a finite slope");
  if (conversion.inCodes()) {
    // Multipliers of the fixed-point kernel are int16 with 8 fraction bits.
    const double ratio = cast<ValueType>(value.getType()).getScaleValue() /
                         double(conversion.getCodes().scale);
    if (ratio >= 127 || std::abs(ratio * slope) >= 127 || ratio < 1.0 / 256)
      return conversion.refuse(
          "expected input scale / output scale in [1/256, 127)");
  }
  return LeakyReLUOp::create(conversion.builder, conversion.loc,
                             conversion.resultType(), value,
                             conversion.builder.getF32FloatAttr(slope));
}

static Value convertElu(Conversion &conversion, aten::EluOp op) {
  if (toDouble(op.getInputScale()) != 1 || !(toDouble(op.getAlpha()) > 0))
    return conversion.refuse("expected input_scale 1 and a positive alpha");
  const double scale = toDouble(op.getScale());
  if (scale != 1 && conversion.inCodes())
    return conversion.refuse("a table made of float ops");
  Value value = conversion.input(op.getSelf());
  if (!value)
    return {};
  const ValueType type = conversion.resultType();
  value = ELUOp::create(
      conversion.builder, conversion.loc, type, value,
      conversion.builder.getF32FloatAttr(toDouble(op.getAlpha())));
  return scale == 1 ? value
                    : conversion.binary(BinaryKind::Multiply, value,
                                        conversion.scalar(scale), type);
}

template <typename Op, UnaryKind kind>
static void addUnary(Converters &converters) {
  converters.add(convertUnary<Op, kind>);
}

void pt2e::xnn::addActivations(Converters &converters) {
  addUnary<aten::AbsOp, UnaryKind::Abs>(converters);
  addUnary<aten::CeilOp, UnaryKind::Ceiling>(converters);
  addUnary<aten::CosOp, UnaryKind::Cos>(converters);
  addUnary<aten::ExpOp, UnaryKind::Exp>(converters);
  addUnary<aten::FloorOp, UnaryKind::Floor>(converters);
  addUnary<aten::HardswishOp, UnaryKind::Hardswish>(converters);
  addUnary<aten::LogOp, UnaryKind::Log>(converters);
  addUnary<aten::NegOp, UnaryKind::Negate>(converters);
  addUnary<aten::RsqrtOp, UnaryKind::ReciprocalSquareRoot>(converters);
  addUnary<aten::SigmoidOp, UnaryKind::Sigmoid>(converters);
  addUnary<aten::SinOp, UnaryKind::Sin>(converters);
  addUnary<aten::SqrtOp, UnaryKind::SquareRoot>(converters);
  addUnary<aten::SquareOp, UnaryKind::Square>(converters);
  addUnary<aten::TanhOp, UnaryKind::Tanh>(converters);
  converters.add(convertClamp<aten::ReluOp>);
  converters.add(convertClamp<aten::Relu6Op>);
  converters.add(convertClamp<aten::HardtanhOp>);
  converters.add(convertClamp<aten::ClampOp>);
  converters.add(convertClamp<aten::ClampMinOp>);
  converters.add(convertHardsigmoid);
  converters.add(convertSilu);
  converters.add(convertGelu);
  converters.add(convertLeakyRelu);
  converters.add(convertElu);
}
