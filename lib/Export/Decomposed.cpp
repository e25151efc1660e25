#include "Decomposed.h"

#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Aten/Schema.h"
#include "dialects/Pt2e/Pt2e.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace pt2e;

namespace {
/// How the scales of an encoding lie on a tensor, as the operators have it.
struct Granularity {
  enum class Kind { Tensor, Channel, Group, Token, Other };
  Kind kind = Kind::Other;
  int64_t axis = -1;  ///< of channels
  int64_t group = -1; ///< inputs of a weight that share a scale
};

Granularity granularityOf(EncodingAttr encoding, RankedTensorType type) {
  using Kind = Granularity::Kind;
  const int64_t rank = type.getRank();
  SmallVector<int64_t> ones;
  int64_t partial = -1;
  for (auto [dim, block] : llvm::enumerate(encoding.getBlock())) {
    if (block == -1 || block == type.getDimSize(dim))
      continue;
    (block == 1 ? ones.push_back(dim) : void(partial = dim));
  }
  if (partial < 0 && ones.empty())
    return {Kind::Tensor};
  if (partial < 0 && ones.size() == 1 && type.getDimSize(ones[0]) > 0)
    return {Kind::Channel, ones[0]};
  if (rank == 2 && partial == 1 && encoding.getBlock()[0] == 1)
    return {Kind::Group, -1, encoding.getBlock()[1]};
  return {};
}

/// Whether every row of the last dimension has a scale of its own.
bool isPerToken(EncodingAttr encoding) {
  return llvm::all_of(encoding.getBlock().drop_back(),
                      [](int64_t block) { return block == 1; }) &&
         encoding.getBlock().back() == -1;
}

/// Replaces one op.
class Decomposition {
public:
  explicit Decomposition(Operation *op) : op(op), builder(op) {}

  template <typename Op>
  LogicalResult convert(Op conversion, bool isQuantize);
  LogicalResult chooseParameters(ChooseQParamsOp choose);

private:
  using Argument = aten::OperatorArgument;

  LogicalResult refuse(const Twine &what) {
    return op->emitOpError("has no form in an exported PyTorch program: ")
           << what;
  }
  Argument integer(StringRef name, int64_t value) {
    return {name.str(), {}, builder.getI64IntegerAttr(value), {}};
  }
  Argument dtype(StringRef name, Type type) {
    return {name.str(), {}, TypeAttr::get(type), {}};
  }
  Value parameter(RankedTensorType type, ElementsAttr value, StringRef end) {
    auto made = aten::ParameterOp::create(
        builder, op->getLoc(), (aten::exportedName(op->getLoc()) + end).str(),
        value);
    made->setAttr("aten.role", builder.getStringAttr("buffer"));
    return made;
  }
  /// Codes of zero as i64, one for each scale.
  std::optional<std::vector<int64_t>> zeroPoints(Value zeroPoint, size_t count);

  Operation *op;
  OpBuilder builder;
};
} // namespace

std::optional<std::vector<int64_t>> Decomposition::zeroPoints(Value zeroPoint,
                                                              size_t count) {
  if (!zeroPoint)
    return std::vector<int64_t>(count, 0);
  ElementsAttr value = aten::constantOf(zeroPoint);
  FailureOr<aten::ConstantData> data =
      value ? aten::constantData(value) : FailureOr<aten::ConstantData>();
  if (failed(data) || !value.getElementType().isInteger(32))
    return std::nullopt;
  ArrayRef<int32_t> zeros = data->as<int32_t>();
  return std::vector<int64_t>(zeros.begin(), zeros.end());
}

template <typename Op>
LogicalResult Decomposition::convert(Op conversion, bool isQuantize) {
  using Kind = Granularity::Kind;
  const EncodingAttr encoding = conversion.getEncoding();
  auto reals =
      cast<RankedTensorType>(isQuantize ? conversion.getInput().getType()
                                        : conversion.getResult().getType());
  if (!reals.getElementType().isF32())
    return refuse("expected tensors of f32");
  const Granularity granularity = granularityOf(encoding, reals);
  const std::string verb = isQuantize ? "quantized_decomposed::quantize_"
                                      : "quantized_decomposed::dequantize_";
  SmallVector<Argument> arguments{{"input", {conversion.getInput()}, {}, {}},
                                  integer("quant_min", encoding.getQuantMin()),
                                  integer("quant_max", encoding.getQuantMax()),
                                  dtype("dtype", encoding.getStorage())};
  std::string name;
  ElementsAttr scales = aten::constantOf(conversion.getScale());
  if (!scales) {
    // Computed at run time: by choose_qparams, replaced before.
    const bool isToken = granularity.kind != Kind::Tensor;
    Operation *chosen = conversion.getScale().getDefiningOp();
    if (!chosen || !isa<aten::OperatorOp>(chosen) ||
        (isToken && !isPerToken(encoding)))
      return refuse(
          "expected constant scales, or those of one tensor or token");
    name = verb + (isToken ? "per_token" : "per_tensor.tensor");
    arguments.push_back(
        {isToken ? "scales" : "scale", {chosen->getResult(0)}, {}, {}});
    arguments.push_back({isToken ? "zero_points" : "zero_point",
                         {chosen->getResult(1)},
                         {},
                         {}});
    if (isToken && !isQuantize)
      arguments.push_back(dtype("output_dtype", builder.getF32Type()));
  } else {
    FailureOr<aten::ConstantData> data = aten::constantData(scales);
    if (failed(data) || !scales.getElementType().isF32())
      return refuse("expected scales of f32");
    ArrayRef<float> values = data->as<float>();
    auto zeros = zeroPoints(conversion.getZeroPoint(), values.size());
    if (!zeros || zeros->size() != values.size())
      return refuse("expected zero points that are codes");
    if (granularity.kind == Kind::Tensor) {
      name = verb + "per_tensor";
      arguments.push_back(
          {"scale", {}, builder.getF64FloatAttr(values[0]), {}});
      arguments.push_back(integer("zero_point", (*zeros)[0]));
    } else if (granularity.kind == Kind::Channel ||
               granularity.kind == Kind::Group) {
      const bool isGroup = granularity.kind == Kind::Group;
      name = verb + (isGroup ? "per_channel_group" : "per_channel");
      SmallVector<int64_t> shape{int64_t(values.size())};
      if (isGroup)
        shape.assign(scales.getShapedType().getShape().begin(),
                     scales.getShapedType().getShape().end());
      auto type = RankedTensorType::get(shape, builder.getF32Type());
      auto codes = type.clone(builder.getI64Type());
      arguments.push_back(
          {"scales",
           {parameter(type, aten::makeConstant<float>(type, values, "scale"),
                      "_scale")},
           {},
           {}});
      arguments.push_back(
          {"zero_points",
           {parameter(codes,
                      aten::makeConstant<int64_t>(codes, *zeros, "zero_point"),
                      "_zero_point")},
           {},
           {}});
      arguments.push_back(isGroup ? integer("group_size", granularity.group)
                                  : integer("axis", granularity.axis));
      if (isGroup && !isQuantize)
        arguments.push_back(dtype("output_dtype", builder.getF32Type()));
    } else {
      return refuse("expected scales per tensor, channel or group, but got " +
                    Twine(encoding.getBlock().size()) + "-dimensional blocks");
    }
  }
  Operation *made = aten::createOperator(builder, op->getLoc(), name, arguments,
                                         op->getResultTypes());
  if (!made)
    return failure();
  op->replaceAllUsesWith(made);
  op->erase();
  return success();
}

LogicalResult Decomposition::chooseParameters(ChooseQParamsOp choose) {
  const EncodingAttr encoding = choose.getEncoding();
  const Granularity granularity =
      granularityOf(encoding, choose.getInput().getType());
  const bool isTensor = granularity.kind == Granularity::Kind::Tensor;
  if (!isTensor && !isPerToken(encoding))
    return refuse("expected parameters per tensor or token");
  if (!isTensor &&
      (choose.getScheme() != QuantScheme::Affine ||
       encoding.getQuantMin() != -128 || encoding.getQuantMax() != 127))
    return refuse("expected affine codes in -128..127 per token");
  SmallVector<Argument> arguments{{"input", {choose.getInput()}, {}, {}},
                                  dtype("dtype", encoding.getStorage())};
  SmallVector<int64_t> shape{1};
  std::string name =
      "quantized_decomposed::choose_qparams_per_token_asymmetric";
  if (isTensor) {
    const float eps = choose.getEps() ? choose.getEps()->convertToFloat()
                                      : std::numeric_limits<float>::epsilon();
    arguments.push_back(integer("quant_min", encoding.getQuantMin()));
    arguments.push_back(integer("quant_max", encoding.getQuantMax()));
    arguments.push_back({"eps", {}, builder.getF64FloatAttr(eps), {}});
    name = choose.getScheme() == QuantScheme::Affine
               ? "quantized_decomposed::choose_qparams.tensor"
               : "quantized_decomposed::choose_qparams_symmetric.tensor";
  } else {
    shape.assign(choose.getInput().getType().getShape().begin(),
                 choose.getInput().getType().getShape().end());
    shape.back() = 1;
  }
  const auto typeOf = [&](Type element) {
    auto given = choose.getInput().getType();
    return ShapedType::isDynamicShape(shape)
               ? RankedTensorType::get(shape, element, given.getEncoding())
               : RankedTensorType::get(shape, element);
  };
  Operation *made = aten::createOperator(
      builder, op->getLoc(), name, arguments,
      {typeOf(builder.getF64Type()), typeOf(builder.getI64Type())});
  if (!made)
    return failure();
  op->replaceAllUsesWith(made);
  op->erase();
  return success();
}

LogicalResult pt2e::decomposeQuantized(ModuleOp module) {
  // In program order: parameters are chosen before they are used.
  SmallVector<Operation *> ops;
  const WalkResult walked = module.walk([&](ObserveOp observe) {
    observe.emitOpError("has no form in an exported PyTorch program: "
                        "--pt2e-fake-quantize gives observers one, to "
                        "train or (calibrate) to observe");
    return WalkResult::interrupt();
  });
  if (walked.wasInterrupted())
    return failure();
  module.walk([&](Operation *op) {
    if (isa<QuantizeOp, DequantizeOp, ChooseQParamsOp>(op))
      ops.push_back(op);
  });
  for (Operation *op : ops) {
    Decomposition decomposition(op);
    LogicalResult done = success();
    if (auto quantize = dyn_cast<QuantizeOp>(op))
      done = decomposition.convert(quantize, true);
    else if (auto dequantize = dyn_cast<DequantizeOp>(op))
      done = decomposition.convert(dequantize, false);
    else
      done = decomposition.chooseParameters(cast<ChooseQParamsOp>(op));
    if (failed(done))
      return failure();
  }
  SmallVector<arith::ConstantOp> constants;
  module.walk(
      [&](arith::ConstantOp constant) { constants.push_back(constant); });
  for (arith::ConstantOp constant : constants) {
    auto value = dyn_cast<ElementsAttr>(constant.getValue());
    if (!value)
      continue;
    if (!constant->use_empty()) {
      OpBuilder builder(constant);
      auto parameter = aten::ParameterOp::create(builder, constant.getLoc(),
                                                 "constant", value);
      parameter->setAttr("aten.role", builder.getStringAttr("constant"));
      constant->replaceAllUsesWith(parameter);
    }
    constant.erase();
  }
  return success();
}
