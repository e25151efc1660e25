//===- ScalarsToTensors.cpp - Numbers as operands -------------------------===//

#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Constants.h"
#include "pt2e/Transforms/Passes.h"
#include "llvm/ADT/StringSet.h"

namespace pt2e {
#define GEN_PASS_DEF_SCALARSTOTENSORSPASS
#include "pt2e/Transforms/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;

namespace {
/// Makes the parameters that hold numbers, with names nothing else has.
class Numbers {
public:
  explicit Numbers(ModuleOp module) {
    module.walk([&](aten::ParameterOp op) { taken.insert(op.getName()); });
  }

  Value make(OpBuilder &builder, Location loc, TypedAttr number) {
    float value = 0;
    if (auto real = dyn_cast<FloatAttr>(number))
      value = real.getValueAsDouble();
    else
      value = cast<IntegerAttr>(number).getInt();
    std::string name;
    do
      name = "_tensor_constant_" + std::to_string(count++);
    while (!taken.insert(name).second);
    auto type = RankedTensorType::get({}, builder.getF32Type());
    return aten::ParameterOp::create(builder, loc, name,
                                     DenseElementsAttr::get(type, value));
  }

private:
  llvm::StringSet<> taken;
  unsigned count = 0;
};

struct ScalarsToTensorsPass
    : pt2e::impl::ScalarsToTensorsPassBase<ScalarsToTensorsPass> {
  void runOnOperation() override {
    Numbers numbers(getOperation());
    getOperation().walk([&](Operation *op) {
      if (!isa<aten::AddScalarOp, aten::SubScalarOp, aten::MulScalarOp>(op))
        return;
      // An integer stays one: only f32 arithmetic is quantized.
      auto self = cast<RankedTensorType>(op->getOperand(0).getType());
      auto result = cast<RankedTensorType>(op->getResult(0).getType());
      if (!self.getElementType().isF32() || !result.getElementType().isF32())
        return;
      OpBuilder builder(op);
      Value number = numbers.make(builder, op->getLoc(),
                                  op->getAttrOfType<TypedAttr>("other"));
      OperationState state(
          op->getLoc(),
          isa<aten::AddScalarOp>(op)   ? aten::AddTensorOp::getOperationName()
          : isa<aten::SubScalarOp>(op) ? aten::SubTensorOp::getOperationName()
                                       : aten::MulTensorOp::getOperationName());
      state.addOperands({op->getOperand(0), number});
      state.addTypes(op->getResultTypes());
      for (NamedAttribute attribute : op->getAttrs())
        if (attribute.getName() != "other")
          state.addAttribute(attribute.getName(), attribute.getValue());
      Operation *tensorOp = builder.create(state);
      op->replaceAllUsesWith(tensorOp);
      op->erase();
    });
  }
};
} // namespace
