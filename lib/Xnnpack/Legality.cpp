#include "pt2e/Xnnpack/Legality.h"

#include "Lowering.h"
#include "dialects/Aten/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::xnn;

namespace {
/// A program around one op.
class Probe {
public:
  Probe(Operation *op, Precision precision, WeightForm weight)
      : builder(op->getContext()), loc(op->getLoc()), precision(precision),
        weight(weight), module(ModuleOp::create(builder, loc)) {
    builder.setInsertionPointToStart(module->getBody());
    function = func::FuncOp::create(builder, loc, "probe",
                                    builder.getFunctionType({}, {}));
    Block *block = function.addEntryBlock();
    builder.setInsertionPointToStart(block);
    IRMapping mapping;
    for (OpOperand &operand : op->getOpOperands())
      if (!mapping.contains(operand.get()))
        mapping.map(operand.get(), makeOperand(operand, *block));
    Operation *copy = builder.clone(*op, mapping);
    SmallVector<Value> results(copy->getResults());
    if (precision == Precision::Codes)
      results = {quantize(results.front())};
    func::ReturnOp::create(builder, loc, results);
    function.setType(builder.getFunctionType(block->getArgumentTypes(),
                                             TypeRange(ValueRange(results))));
  }

  func::FuncOp getFunction() { return function; }

  /// True for the second operand of a product.
  static bool isWeight(OpOperand &operand) {
    return operand.getOperandNumber() == 1 &&
           isa<aten::Conv1dOp, aten::Conv2dOp, aten::Conv2dPaddingOp,
               aten::ConvTranspose2dInputOp, aten::LinearOp>(
               operand.getOwner());
  }

private:
  Value makeOperand(OpOperand &operand, Block &block) {
    Value value = operand.get();
    auto type = dyn_cast<RankedTensorType>(value.getType());
    const bool isReal = type && type.getElementType().isF32();
    const bool codes = isReal && precision == Precision::Codes;
    const ElementsAttr constant = aten::constantOf(value);
    if (isReal && precision != Precision::Float && isWeight(operand) &&
        type.hasStaticShape() && type.getRank() >= 2)
      return makeWeight(operand);
    if (isReal && precision == Precision::Dynamic &&
        operand.getOperandNumber() == 0 && type.getRank() >= 1)
      return quantizeAtRunTime(block.addArgument(type, loc),
                               isa<aten::LinearOp>(operand.getOwner()));
    if (constant && (!codes || operand.getOperandNumber() > 1))
      return aten::ParameterOp::create(builder, loc, "constant", constant);
    Value argument = block.addArgument(value.getType(), loc);
    return codes ? dequantize(quantize(argument), type) : argument;
  }

  /// A weight of the wanted form (for codes, of one scale); of transposed
  /// convolutions, output channels are the second dimension.
  Value makeWeight(OpOperand &operand) {
    RankedTensorType type = tensorType(operand.get());
    auto storage = builder.getIntegerType(weight.bits);
    Value zeros = aten::ParameterOp::create(
        builder, loc, "weight",
        DenseElementsAttr::get(type.clone(storage),
                               builder.getIntegerAttr(storage, 0)));
    const int64_t most = (int64_t(1) << (weight.bits - 1)) - 1;
    SmallVector<int64_t> block(type.getRank(), -1);
    if (precision != Precision::Codes)
      block[isa<aten::ConvTranspose2dInputOp>(operand.getOwner())] = 1;
    if (weight.groupSize)
      block[1] = weight.groupSize;
    auto encoding = EncodingAttr::get(builder.getContext(), storage, -most - 1,
                                      most, block);
    const SmallVector<int64_t> shape = scaleShape(type, encoding);
    Value scale = arith::ConstantOp::create(
        builder, loc,
        DenseElementsAttr::get(
            RankedTensorType::get(shape, builder.getF32Type()),
            builder.getF32FloatAttr(0.1f)));
    return DequantizeOp::create(builder, loc, type, zeros, scale, Value(),
                                encoding);
  }

  /// Rows, or images.
  Value quantizeAtRunTime(Value input, bool isRows) {
    RankedTensorType type = tensorType(input);
    SmallVector<int64_t> block(type.getRank(), isRows ? 1 : -1);
    (isRows ? block.back() : block.front()) = isRows ? -1 : 1;
    auto encoding = EncodingAttr::get(builder.getContext(), builder.getI8Type(),
                                      -128, 127, block);
    auto scale =
        RankedTensorType::get(scaleShape(type, encoding), builder.getF32Type());
    auto choose = ChooseQParamsOp::create(
        builder, loc, scale, scale.clone(builder.getI32Type()), input, encoding,
        QuantScheme::Affine, FloatAttr());
    Value codes =
        QuantizeOp::create(builder, loc, type.clone(builder.getI8Type()), input,
                           choose.getScale(), choose.getZeroPoint(), encoding);
    return DequantizeOp::create(builder, loc, type, codes, choose.getScale(),
                                choose.getZeroPoint(), encoding);
  }

  EncodingAttr encodingOf(RankedTensorType type) {
    return EncodingAttr::get(builder.getContext(), builder.getI8Type(), -128,
                             127, SmallVector<int64_t>(type.getRank(), -1));
  }

  Value scaleOf(RankedTensorType type) {
    const auto one = RankedTensorType::get(
        SmallVector<int64_t>(type.getRank(), 1), builder.getF32Type());
    return arith::ConstantOp::create(
        builder, loc,
        DenseElementsAttr::get(one, builder.getF32FloatAttr(0.1f)));
  }

  Value quantize(Value value) {
    RankedTensorType type = tensorType(value);
    return QuantizeOp::create(builder, loc, type.clone(builder.getI8Type()),
                              value, scaleOf(type), Value(), encodingOf(type));
  }

  Value dequantize(Value codes, RankedTensorType type) {
    return DequantizeOp::create(builder, loc, type, codes, scaleOf(type),
                                Value(), encodingOf(type));
  }

  OpBuilder builder;
  Location loc;
  Precision precision;
  WeightForm weight;
  OwningOpRef<ModuleOp> module;
  func::FuncOp function;
};
} // namespace

std::optional<std::string> pt2e::xnn::whyNotInXnnpack(Operation *op,
                                                      Precision precision,
                                                      WeightForm weight) {
  if (!isa<aten::AtenDialect>(op->getDialect()) || op->getNumResults() != 1 ||
      !isa<RankedTensorType>(op->getResult(0).getType()))
    return "not an aten op of one tensor";
  if (!Converters::get().lookup(op))
    return kNoOperator;
  if ((precision == Precision::Dynamic || precision == Precision::WeightOnly) &&
      (op->getNumOperands() < 2 || !Probe::isWeight(op->getOpOperand(1))))
    return "not a product with a weight";
  Probe probe(op, precision, weight);
  const LoweringCounts counts =
      lowerToXnn(probe.getFunction(), /*isProbe=*/true);
  bool runs = false;
  switch (precision) {
  case Precision::Float:
    runs = counts.inFloat > 0;
    break;
  case Precision::Codes:
    runs = counts.inCodes > 0;
    break;
  case Precision::Dynamic:
    runs = counts.dynamic > 0;
    break;
  case Precision::WeightOnly:
    runs = counts.weightOnly > 0;
    break;
  }
  return runs ? std::nullopt : std::optional(counts.lastReason);
}
