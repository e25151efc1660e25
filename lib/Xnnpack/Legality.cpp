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
  Probe(Operation *op, Precision precision)
      : builder(op->getContext()), loc(op->getLoc()), precision(precision),
        module(ModuleOp::create(builder, loc)) {
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

private:
  /// True for the second operand of a product.
  static bool isWeight(OpOperand &operand) {
    return operand.getOperandNumber() == 1 &&
           isa<aten::Conv1dOp, aten::Conv2dOp, aten::Conv2dPaddingOp,
               aten::ConvTranspose2dInputOp, aten::LinearOp>(
               operand.getOwner());
  }

  Value makeOperand(OpOperand &operand, Block &block) {
    Value value = operand.get();
    auto type = dyn_cast<RankedTensorType>(value.getType());
    const bool codes =
        precision == Precision::Codes && type && type.getElementType().isF32();
    const ElementsAttr constant = aten::constantOf(value);
    if (codes && isWeight(operand) && type.hasStaticShape()) {
      auto weights =
          RankedTensorType::get(type.getShape(), builder.getI8Type());
      Value zeros = aten::ParameterOp::create(
          builder, loc, "weight",
          DenseElementsAttr::get(weights, builder.getI8IntegerAttr(0)));
      return dequantize(zeros, type);
    }
    if (constant && (!codes || operand.getOperandNumber() > 1))
      return aten::ParameterOp::create(builder, loc, "constant", constant);
    Value argument = block.addArgument(value.getType(), loc);
    return codes ? dequantize(quantize(argument), type) : argument;
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
  OwningOpRef<ModuleOp> module;
  func::FuncOp function;
};
} // namespace

std::optional<std::string> pt2e::xnn::whyNotInXnnpack(Operation *op,
                                                      Precision precision) {
  if (!isa<aten::AtenDialect>(op->getDialect()) || op->getNumResults() != 1 ||
      !isa<RankedTensorType>(op->getResult(0).getType()))
    return "not an aten op of one tensor";
  if (!Converters::get().lookup(op))
    return "no lowering";
  Probe probe(op, precision);
  const LoweringCounts counts = lowerToXnn(probe.getFunction());
  if (precision == Precision::Codes ? counts.inCodes > 0 : counts.inFloat > 0)
    return std::nullopt;
  return counts.lastReason;
}
