#include "Training.h"

using namespace mlir;
using namespace pt2e;

/// Operators with an argument `train`.
static bool isDropout(Operation *op) {
  const std::string name = aten::schemaName(op);
  return name == "aten::dropout" || name == "aten::feature_dropout" ||
         name == "aten::alpha_dropout";
}

bool pt2e::isTraining(Operation *op) {
  if (auto norm = dyn_cast<aten::BatchNormOp>(op))
    return norm.getTraining();
  auto train = dyn_cast_or_null<BoolAttr>(
      isDropout(op) ? aten::attributeArgument(op, "train") : Attribute());
  return train && train.getValue();
}

void pt2e::setInference(ModuleOp module) {
  module.walk([](Operation *op) {
    if (!isTraining(op))
      return;
    const auto no = BoolAttr::get(op->getContext(), false);
    if (auto norm = dyn_cast<aten::BatchNormOp>(op)) {
      norm.setTrainingAttr(no);
    } else if (auto generic = dyn_cast<aten::OperatorOp>(op)) {
      NamedAttrList arguments(generic.getArguments());
      arguments.set("train", no);
      generic.setArgumentsAttr(arguments.getDictionary(op->getContext()));
    } else {
      op->setAttr("train", no);
    }
  });
}

bool pt2e::isFakeQuantize(Operation *op) {
  const std::string name = op ? aten::schemaName(op) : "";
  return name == "aten::fake_quantize_per_tensor_affine.tensor_qparams" ||
         name == "aten::fake_quantize_per_tensor_affine" ||
         name == "aten::fake_quantize_per_channel_affine";
}

Value pt2e::tensorOperand(Operation *op, StringRef name) {
  OperandRange range = aten::tensorArgument(op, name);
  return range.size() == 1 ? range[0] : Value();
}

bool pt2e::takesBatchNorm(Operation *op) {
  if (!isa_and_nonnull<aten::Conv1dOp, aten::Conv2dOp, aten::Conv2dPaddingOp,
                       aten::Conv3dOp, aten::ConvTranspose1dOp,
                       aten::ConvTranspose2dInputOp, aten::LinearOp>(op))
    return false;
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  auto weight = cast<RankedTensorType>(tensorOperand(op, "weight").getType());
  if (!weight.hasStaticShape() || type.getRank() != weight.getRank() ||
      llvm::is_contained(weight.getShape(), 0))
    return false;
  const WeightChannels channels(op);
  return channels.groups > 0 && channels.shape[0] % channels.groups == 0;
}

WeightChannels::WeightChannels(Operation *product)
    : shape(cast<RankedTensorType>(tensorOperand(product, "weight").getType())
                .getShape()) {
  if (!isa<aten::ConvTranspose1dOp, aten::ConvTranspose2dInputOp>(product))
    return;
  axis = 1;
  groups =
      cast<IntegerAttr>(aten::attributeArgument(product, "groups")).getInt();
}

int64_t WeightChannels::channelOf(int64_t index) const {
  int64_t inner = 1;
  for (int64_t size : ArrayRef(shape).drop_front(axis + 1))
    inner *= size;
  const int64_t output = index / inner % shape[axis];
  if (axis == 0)
    return output;
  const int64_t input = index / inner / shape[1];
  return input / (shape[0] / groups) * shape[1] + output;
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

Value OperatorBuilder::call(StringRef name, ArrayRef<Argument> arguments,
                            RankedTensorType type) {
  return aten::createOperator(builder, loc, name, arguments, type)
      ->getResult(0);
}

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

Value OperatorBuilder::unary(StringRef name, Value self) {
  return call(name, {{"self", {self}, {}, {}}}, typeOf(self));
}

Value OperatorBuilder::binary(StringRef name, Value self, Value other) {
  const bool isWider = typeOf(self).getRank() >= typeOf(other).getRank();
  return call(name, {{"self", {self}, {}, {}}, {"other", {other}, {}, {}}},
              typeOf(isWider ? self : other));
}

Value OperatorBuilder::withScalar(StringRef name, Value self, double other) {
  return call(name,
              {{"self", {self}, {}, {}},
               {"other", {}, builder.getF64FloatAttr(other), {}}},
              typeOf(self));
}

Value OperatorBuilder::clamp(Value self, std::optional<double> min,
                             std::optional<double> max) {
  SmallVector<Argument> arguments{{"self", {self}, {}, {}}};
  if (min)
    arguments.push_back({"min", {}, builder.getF64FloatAttr(*min), {}});
  if (max)
    arguments.push_back({"max", {}, builder.getF64FloatAttr(*max), {}});
  return call("aten::clamp", arguments, typeOf(self));
}

Value OperatorBuilder::where(Value condition, Value self, Value other) {
  return call("aten::where.self",
              {{"condition", {condition}, {}, {}},
               {"self", {self}, {}, {}},
               {"other", {other}, {}, {}}},
              typeOf(self));
}

Value OperatorBuilder::view(Value self, ArrayRef<int64_t> shape) {
  return call("aten::view",
              {{"self", {self}, {}, {}},
               {"size", {}, builder.getDenseI64ArrayAttr(shape), {}}},
              RankedTensorType::get(shape, typeOf(self).getElementType()));
}

Value OperatorBuilder::rows(Value self, int64_t size) {
  const RankedTensorType type = typeOf(self);
  if (type.hasStaticShape())
    return view(self, {type.getNumElements() / size, size});
  int64_t bound = 1;
  for (int64_t limit : aten::upperBounds(type))
    if (bound >= 0 && (limit < 0 || llvm::MulOverflow(bound, limit, bound)))
      bound = -1;
  return call("aten::reshape",
              {{"self", {self}, {}, {}},
               {"shape", {}, builder.getDenseI64ArrayAttr({-1, size}), {}}},
              aten::boundedTensor({ShapedType::kDynamic, size},
                                  type.getElementType(),
                                  {bound < 0 ? -1 : bound / size, size}));
}

Value OperatorBuilder::buffer(StringRef name, ElementsAttr value) {
  auto made = aten::ParameterOp::create(builder, loc, name, value);
  made->setAttr("aten.role", builder.getStringAttr("buffer"));
  return made;
}
