//===- FakeQuantize.cpp - Observers that train ----------------------------===//
//
// A convolution and its batch norm train as one: the weight is scaled by
// gamma / sqrt(running_var + eps) before it is quantized, as it will be when
// batch norm is folded, and the output is scaled back before batch norm sees
// it.

#include "Training.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Aten/Remarks.h"
#include "dialects/Pt2e/Pt2e.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "pt2e/Quantizers/SiteStatistics.h"
#include "pt2e/Transforms/Passes.h"

namespace pt2e {
#define GEN_PASS_DEF_FAKEQUANTIZEPASS
#include "pt2e/Transforms/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;

namespace {
/// The range of a site in the course of the program.
struct RangeState {
  aten::BufferOp minBuffer, maxBuffer;
  Value min, max;
};

/// Replaces the observes of one function.
class Insertion {
public:
  Insertion(func::FuncOp function, SymbolTable &symbols)
      : function(function), symbols(symbols) {}

  LogicalResult run();

private:
  void trainThroughBatchNorm(aten::BatchNormOp norm);
  LogicalResult replace(ObserveOp observe, bool isConstant);
  RangeState &stateOf(SiteOp site, RankedTensorType type);
  aten::BufferOp makeBuffer(SiteOp site, StringRef end, float initial,
                            RankedTensorType type);
  /// Minimum and maximum of `tensor`, one or per channel.
  std::pair<Value, Value> rangeOf(OperatorBuilder &ops, Value tensor,
                                  int64_t axis);

  func::FuncOp function;
  SymbolTable &symbols;
  llvm::MapVector<Operation *, RangeState> states;
};
} // namespace

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

//===----------------------------------------------------------------------===//
// Batch norm
//===----------------------------------------------------------------------===//

void Insertion::trainThroughBatchNorm(aten::BatchNormOp norm) {
  Operation *product = norm.getInput().getDefiningOp();
  if (!norm.getTraining() || !norm.getRunningVar() || !takesBatchNorm(product))
    return;
  auto observe = tensorOperand(product, "weight").getDefiningOp<ObserveOp>();
  if (!observe)
    return;
  const auto missed = [&](const Twine &why) {
    pt2e::missed(norm.getLoc(), "fake-quantize", "TrainThroughBatchNorm",
                 "the weight of " + aten::valueName(norm.getInput()) +
                     " is quantized as it is before this folds: " + why);
  };
  if (!norm.getInput().hasOneUse())
    return missed("something else reads " + aten::valueName(norm.getInput()));
  if (!observe.getResult().hasOneUse() || !aten::constantOf(observe.getInput()))
    return missed("expected a constant weight of its own");
  const RankedTensorType weightType = typeOf(observe.getInput());
  const int64_t channels = weightType.getDimSize(0);
  OpBuilder builder(product);
  OperatorBuilder ops(builder, norm.getLoc());

  // scale = gamma / sqrt(running_var + eps), 1 where that is 0.
  Value deviation = ops.unary(
      "aten::sqrt",
      ops.call("aten::add.Scalar",
               {{"self", {norm.getRunningVar()}, {}, {}},
                {"other",
                 {},
                 builder.getF64FloatAttr(norm.getEps().convertToDouble()),
                 {}}},
               typeOf(norm.getRunningVar())));
  Value scale = norm.getWeight() ? ops.binary("aten::div.Tensor",
                                              norm.getWeight(), deviation)
                                 : ops.unary("aten::reciprocal", deviation);
  Value isZero = ops.call("aten::eq.Scalar",
                          {{"self", {scale}, {}, {}},
                           {"other", {}, builder.getF64FloatAttr(0), {}}},
                          typeOf(scale).clone(builder.getI1Type()));
  scale = ops.binary("aten::add.Tensor", scale, isZero);

  SmallVector<int64_t> shape(weightType.getRank(), 1);
  shape[0] = channels;
  observe->moveBefore(product);
  builder.setInsertionPoint(observe);
  observe.getInputMutable().assign(ops.binary(
      "aten::mul.Tensor", observe.getInput(), ops.view(scale, shape)));

  // The same product without bias, scaled back; the bias behind that.
  builder.setInsertionPointAfter(product);
  Value bias = tensorOperand(product, "bias");
  SmallVector<aten::OperatorArgument> arguments;
  const aten::Schema *schema = aten::lookupSchema(aten::schemaName(product));
  for (const aten::SchemaArgument &argument : schema->arguments) {
    if (argument.name == "bias")
      continue;
    if (argument.kind == aten::SchemaArgument::Kind::Tensor)
      arguments.push_back(
          {argument.name, {tensorOperand(product, argument.name)}, {}, {}});
    else if (Attribute value = aten::attributeArgument(product, argument.name))
      arguments.push_back({argument.name, {}, value, {}});
  }
  Operation *unbiased =
      aten::createOperator(builder, product->getLoc(), schema->name, arguments,
                           product->getResultTypes());
  unbiased->setDiscardableAttrs(product->getDiscardableAttrDictionary());
  shape.assign(weightType.getRank(), 1);
  shape[1] = channels;
  Value output = ops.binary("aten::div.Tensor", unbiased->getResult(0),
                            ops.view(scale, shape));
  if (bias)
    output = ops.binary("aten::add.Tensor", output, ops.view(bias, shape));
  product->replaceAllUsesWith(ValueRange(output));
  product->erase();
}

//===----------------------------------------------------------------------===//
// Ranges
//===----------------------------------------------------------------------===//

std::pair<Value, Value> Insertion::rangeOf(OperatorBuilder &ops, Value tensor,
                                           int64_t axis) {
  const RankedTensorType type = typeOf(tensor);
  SmallVector<int64_t> dims, shape;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    if (axis >= 0 && dim != axis)
      dims.push_back(dim);
  if (axis >= 0)
    shape.push_back(type.getDimSize(axis));
  Builder builder(type.getContext());
  const auto reduce = [&](StringRef name, Value from) {
    return ops.call(name,
                    {{"self", {from}, {}, {}},
                     {"dim", {}, builder.getDenseI64ArrayAttr(dims), {}}},
                    RankedTensorType::get(shape, type.getElementType()));
  };
  // No gradient flows through an observer.
  Value detached = ops.unary("aten::detach", tensor);
  return {reduce("aten::amin", detached), reduce("aten::amax", detached)};
}

aten::BufferOp Insertion::makeBuffer(SiteOp site, StringRef end, float initial,
                                     RankedTensorType type) {
  std::string name = kObservers.str();
  for (char c : site.getSymName())
    name += llvm::isAlnum(c) || c == '_' ? c : '_';
  name += end;
  OpBuilder builder(function);
  std::vector<float> values(type.getNumElements(), initial);
  auto buffer =
      aten::BufferOp::create(builder, site.getLoc(), name, name,
                             aten::makeConstant<float>(type, values, name));
  symbols.insert(buffer, Block::iterator(function));
  // Renamed where two sites would be called the same.
  buffer.setName(buffer.getSymName());
  return buffer;
}

RangeState &Insertion::stateOf(SiteOp site, RankedTensorType type) {
  auto [found, isNew] = states.try_emplace(site);
  RangeState &state = found->second;
  if (!isNew)
    return state;
  // Nothing seen yet, as observers have it.
  const float infinity = std::numeric_limits<float>::infinity();
  state.minBuffer = makeBuffer(site, ".min", infinity, type);
  state.maxBuffer = makeBuffer(site, ".max", -infinity, type);
  OpBuilder builder = OpBuilder::atBlockBegin(&function.getBody().front());
  const auto read = [&](aten::BufferOp buffer) {
    return aten::ReadBufferOp::create(builder, site.getLoc(), type,
                                      FlatSymbolRefAttr::get(buffer));
  };
  state.min = read(state.minBuffer);
  state.max = read(state.maxBuffer);
  return state;
}

//===----------------------------------------------------------------------===//
// Observes
//===----------------------------------------------------------------------===//

LogicalResult Insertion::replace(ObserveOp observe, bool isConstant) {
  auto site = symbols.lookup<SiteOp>(observe.getSiteAttr().getAttr());
  auto refuse = [&](const Twine &what) {
    return observe.emitOpError("cannot be trained: expected ")
           << what << ", but got " << site.getSpec();
  };
  if (isa<DerivedAttr>(site.getSpec())) {
    // As fine as the sums it is added to.
    observe.getResult().replaceAllUsesWith(observe.getInput());
    observe.erase();
    return success();
  }
  Value tensor = observe.getInput();
  const RankedTensorType type = typeOf(tensor);
  if (!type.getElementType().isF32())
    return observe.emitOpError("cannot be trained: expected f32, but got ")
           << type;
  OpBuilder builder(observe);
  OperatorBuilder ops(builder, observe.getLoc());
  const auto parameter = [&](ElementsAttr value, StringRef end) -> Value {
    auto made = aten::ParameterOp::create(
        builder, site.getLoc(), (kObservers + site.getSymName() + end).str(),
        value);
    made->setAttr("aten.role", builder.getStringAttr("buffer"));
    return made;
  };

  Value scale, zeroPoint;
  int64_t quantMin, quantMax, axis = -1;
  if (auto fixed = dyn_cast<FixedAttr>(site.getSpec())) {
    auto one = RankedTensorType::get({}, builder.getF32Type());
    scale = parameter(
        DenseElementsAttr::get(one, float(fixed.getScale().getValueAsDouble())),
        ".scale");
    zeroPoint =
        parameter(DenseElementsAttr::get(one.clone(builder.getI32Type()),
                                         int32_t(fixed.getZeroPoint())),
                  ".zero_point");
    quantMin = fixed.getQuantMin();
    quantMax = fixed.getQuantMax();
  } else {
    auto spec = dyn_cast<SpecAttr>(site.getSpec());
    if (!spec || spec.getTiming() != Timing::Static || !spec.getBlock().empty())
      return refuse("a static spec per tensor or channel");
    FailureOr<ObserverOptions> options =
        observerOptions(spec, [&] { return observe.emitOpError(); });
    if (failed(options))
      return failure();
    axis = spec.getAxis();
    quantMin = spec.getQuantMin();
    quantMax = spec.getQuantMax();

    auto [min, max] = rangeOf(ops, tensor, axis);
    RankedTensorType rangeType = typeOf(min);
    if (!rangeType.hasStaticShape())
      return refuse("a channel axis of static size");
    if (!isConstant) {
      RangeState &state = stateOf(site, rangeType);
      // The whole range, or a moving average that begins with the first one.
      const auto update = [&](Value known, Value seen, StringRef extreme) {
        if (spec.getObserver().getValue().ends_with("min_max") &&
            !spec.getObserver().getValue().starts_with("moving_average"))
          return ops.binary(extreme, known, seen);
        Value step = ops.withScalar("aten::mul.Scalar",
                                    ops.binary("aten::sub.Tensor", seen, known),
                                    options->averagingConstant);
        Value moved = ops.binary("aten::add.Tensor", known, step);
        Value isFirst = ops.call("aten::isinf", {{"self", {known}, {}, {}}},
                                 rangeType.clone(builder.getI1Type()));
        return ops.call("aten::where.self",
                        {{"condition", {isFirst}, {}, {}},
                         {"self", {seen}, {}, {}},
                         {"other", {moved}, {}, {}}},
                        rangeType);
      };
      min = state.min = update(state.min, min, "aten::minimum");
      max = state.max = update(state.max, max, "aten::maximum");
    }

    // As `chooseQParams` of lib/Numerics, step by step in f32.
    const double steps = double(quantMax - quantMin);
    Value low = ops.clamp(min, std::nullopt, 0.0);
    Value high = ops.clamp(max, 0.0, std::nullopt);
    auto codesType = rangeType.clone(builder.getI32Type());
    switch (options->spec.scheme) {
    case Scheme::Symmetric:
      scale = ops.withScalar(
          "aten::div.Scalar",
          ops.binary("aten::maximum", ops.unary("aten::neg", low), high),
          steps / 2);
      break;
    case Scheme::SymmetricNoClipping:
      scale = ops.binary(
          "aten::maximum",
          ops.withScalar("aten::div.Scalar", low, double(quantMin)),
          ops.withScalar("aten::div.Scalar", high, double(quantMax)));
      break;
    case Scheme::Affine:
      scale = ops.withScalar("aten::div.Scalar",
                             ops.binary("aten::sub.Tensor", high, low), steps);
      break;
    case Scheme::AffineFloat:
      return refuse("zero points that are codes");
    }
    scale = ops.clamp(scale, options->spec.eps, std::nullopt);
    if (options->spec.scheme == Scheme::Affine) {
      Value rounded =
          ops.unary("aten::round", ops.binary("aten::div.Tensor", low, scale));
      Value offset =
          ops.withScalar("aten::add.Scalar", ops.unary("aten::neg", rounded),
                         double(quantMin));
      offset = ops.clamp(offset, double(quantMin), double(quantMax));
      zeroPoint =
          ops.call("aten::to.dtype",
                   {{"self", {offset}, {}, {}},
                    {"dtype", {}, TypeAttr::get(builder.getI32Type()), {}}},
                   codesType);
    } else {
      std::vector<int32_t> zeros(codesType.getNumElements(),
                                 symmetricZeroPoint(options->spec));
      zeroPoint =
          parameter(aten::makeConstant<int32_t>(codesType, zeros, "zero_point"),
                    ".zero_point");
    }
  }

  SmallVector<aten::OperatorArgument> arguments{
      {"self", {tensor}, {}, {}},
      {"scale", {scale}, {}, {}},
      {"zero_point", {zeroPoint}, {}, {}},
      {"quant_min", {}, builder.getI64IntegerAttr(quantMin), {}},
      {"quant_max", {}, builder.getI64IntegerAttr(quantMax), {}}};
  if (axis >= 0)
    arguments.push_back({"axis", {}, builder.getI64IntegerAttr(axis), {}});
  Value fake = ops.call(
      axis >= 0 ? "aten::fake_quantize_per_channel_affine"
                : "aten::fake_quantize_per_tensor_affine.tensor_qparams",
      arguments, type);
  observe.getResult().replaceAllUsesWith(fake);
  observe.erase();
  return success();
}

LogicalResult Insertion::run() {
  // Sites of constants have no state: their range is that of the weight as it
  // is, in training and when it is converted.
  llvm::DenseMap<StringAttr, bool> isConstant;
  SmallVector<ObserveOp> observes(function.getOps<ObserveOp>());
  for (ObserveOp observe : observes) {
    auto [found, isNew] =
        isConstant.try_emplace(observe.getSiteAttr().getAttr(), true);
    found->second &= bool(aten::constantOf(observe.getInput()));
  }
  for (auto norm : llvm::to_vector(function.getOps<aten::BatchNormOp>()))
    trainThroughBatchNorm(norm);
  for (ObserveOp observe : llvm::to_vector(function.getOps<ObserveOp>()))
    if (failed(replace(observe, isConstant[observe.getSiteAttr().getAttr()])))
      return failure();
  OpBuilder builder(function.getBody().front().getTerminator());
  for (auto &[site, state] : states) {
    aten::WriteBufferOp::create(builder, site->getLoc(),
                                FlatSymbolRefAttr::get(state.minBuffer),
                                state.min);
    aten::WriteBufferOp::create(builder, site->getLoc(),
                                FlatSymbolRefAttr::get(state.maxBuffer),
                                state.max);
  }
  return success();
}

namespace {
struct FakeQuantizePass : pt2e::impl::FakeQuantizePassBase<FakeQuantizePass> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() && failed(Insertion(function, symbols).run()))
        return signalPassFailure();
    for (SiteOp site :
         llvm::make_early_inc_range(getOperation().getOps<SiteOp>()))
      site.erase();
  }
};
} // namespace
