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

/// What a fake quantize rounds with.
struct Parameters {
  Value scale, zeroPoint;
};

/// Replaces the observes of one function.
class Insertion {
public:
  Insertion(func::FuncOp function, SymbolTable &symbols, bool calibrates)
      : function(function), symbols(symbols), calibrates(calibrates) {}

  LogicalResult run();

private:
  void trainThroughBatchNorm(aten::BatchNormOp norm);
  LogicalResult replace(ObserveOp observe, bool isConstant);
  void updateRange(OperatorBuilder &ops, SiteOp site,
                   const ObserverOptions &options, Value &min, Value &max);
  Parameters parametersOf(OperatorBuilder &ops, SiteOp site,
                          const QParamsSpec &spec, Value min, Value max);
  /// With zero points that are real numbers.
  static Parameters realParametersOf(OperatorBuilder &ops,
                                     const QParamsSpec &spec, Value min,
                                     Value max);
  Value parameter(OperatorBuilder &ops, SiteOp site, ElementsAttr value,
                  StringRef end);
  Value fakeQuantize(OperatorBuilder &ops, Value tensor,
                     const Parameters &parameters,
                     std::pair<int64_t, int64_t> codes, int64_t axis);
  void finish(OperatorBuilder &ops, ObserveOp observe, Value fake);
  RangeState &stateOf(SiteOp site, RankedTensorType type);
  aten::BufferOp makeBuffer(SiteOp site, StringRef end, float initial,
                            RankedTensorType type);
  /// Minimum and maximum of `tensor`, one or per channel.
  std::pair<Value, Value> rangeOf(OperatorBuilder &ops, Value tensor,
                                  int64_t axis);

  func::FuncOp function;
  SymbolTable &symbols;
  bool calibrates;
  Value rounding; ///< whether it rounds; null if always
  llvm::MapVector<Operation *, RangeState> states;
};
} // namespace

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

static bool isMovingAverage(SpecAttr spec) {
  return spec.getObserver().getValue().starts_with("moving_average");
}

//===----------------------------------------------------------------------===//
// Batch norm
//===----------------------------------------------------------------------===//

/// `weight` times `scale`, which has an element for each output channel.
static Value scaleWeight(OperatorBuilder &ops, const WeightChannels &channels,
                         Value weight, Value scale) {
  // In groups: [groups, inputs / groups, outputs / groups, ...].
  const bool isGrouped = channels.groups > 1;
  SmallVector<int64_t> shape(channels.shape);
  if (isGrouped) {
    shape.insert(shape.begin(), channels.groups);
    shape[1] /= channels.groups;
    weight = ops.view(weight, shape);
  }
  SmallVector<int64_t> scaleShape(shape.size(), 1);
  scaleShape[0] = isGrouped ? channels.groups : 1;
  const int64_t axis = channels.axis + isGrouped;
  scaleShape[axis] = shape[axis];
  Value scaled =
      ops.binary("aten::mul.Tensor", weight, ops.view(scale, scaleShape));
  return isGrouped ? ops.view(scaled, channels.shape) : scaled;
}

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
  const int64_t channels = typeOf(norm.getRunningVar()).getDimSize(0);
  const WeightChannels place(product);
  if (place.shape[place.axis] * (place.axis ? place.groups : 1) != channels)
    return missed("its channels are not those of the weight");
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

  observe->moveBefore(product);
  builder.setInsertionPoint(observe);
  observe.getInputMutable().assign(
      scaleWeight(ops, place, observe.getInput(), scale));

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
  SmallVector<int64_t> shape(typeOf(norm.getInput()).getRank(), 1);
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
  SmallVector<int64_t> dims, shape, bounds;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    if (axis >= 0 && dim != axis)
      dims.push_back(dim);
  if (axis >= 0) {
    shape.push_back(type.getDimSize(axis));
    bounds.push_back(aten::upperBounds(type)[axis]);
  }
  Builder builder(type.getContext());
  const auto reduce = [&](StringRef name, Value from) {
    return ops.call(name,
                    {{"self", {from}, {}, {}},
                     {"dim", {}, builder.getDenseI64ArrayAttr(dims), {}}},
                    aten::boundedTensor(shape, type.getElementType(), bounds));
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

void Insertion::updateRange(OperatorBuilder &ops, SiteOp site,
                            const ObserverOptions &options, Value &min,
                            Value &max) {
  RangeState &state = stateOf(site, typeOf(min));
  auto spec = cast<SpecAttr>(site.getSpec());
  const bool isWhole =
      !isMovingAverage(spec) &&
      (calibrates || spec.getObserver().getValue().ends_with("min_max"));
  // The whole range, or a moving average that begins with the first one.
  const auto update = [&](Value known, Value seen, StringRef extreme) {
    if (isWhole)
      return ops.binary(extreme, known, seen);
    Value step = ops.withScalar("aten::mul.Scalar",
                                ops.binary("aten::sub.Tensor", seen, known),
                                options.averagingConstant);
    Value moved = ops.binary("aten::add.Tensor", known, step);
    Value isFirst =
        ops.call("aten::isinf", {{"self", {known}, {}, {}}},
                 typeOf(known).clone(IntegerType::get(site.getContext(), 1)));
    return ops.where(isFirst, seen, moved);
  };
  // What rounds by a range does not change it where ranges are calibrated.
  const auto keepOr = [&](Value known, Value updated) {
    return rounding ? ops.where(rounding, known, updated) : updated;
  };
  min = state.min = keepOr(state.min, update(state.min, min, "aten::minimum"));
  max = state.max = keepOr(state.max, update(state.max, max, "aten::maximum"));
}

/// As `chooseFloatQParams` of lib/Numerics: a scale that is not above eps is 1.
Parameters Insertion::realParametersOf(OperatorBuilder &ops,
                                       const QParamsSpec &spec, Value min,
                                       Value max) {
  Value scale = ops.withScalar("aten::div.Scalar",
                               ops.binary("aten::sub.Tensor", max, min),
                               double(spec.range().max) - spec.range().min);
  Builder builder(scale.getContext());
  Value isSmall =
      ops.call("aten::le.Scalar",
               {{"self", {scale}, {}, {}},
                {"other", {}, builder.getF64FloatAttr(spec.eps), {}}},
               typeOf(scale).clone(builder.getI1Type()));
  Value one = ops.call("aten::to.dtype",
                       {{"self", {isSmall}, {}, {}},
                        {"dtype", {}, TypeAttr::get(builder.getF32Type()), {}}},
                       typeOf(scale));
  scale = ops.binary("aten::maximum", scale, one);
  Value zeroPoint =
      ops.binary("aten::div.Tensor", ops.unary("aten::neg", min), scale);
  if (spec.range().min != 0)
    zeroPoint = ops.withScalar("aten::add.Scalar", zeroPoint, spec.range().min);
  return {scale, zeroPoint};
}

/// As `chooseQParams` of lib/Numerics, step by step in f32.
Parameters Insertion::parametersOf(OperatorBuilder &ops, SiteOp site,
                                   const QParamsSpec &spec, Value min,
                                   Value max) {
  if (spec.scheme == Scheme::AffineFloat)
    return realParametersOf(ops, spec, min, max);
  const double quantMin = spec.range().min, quantMax = spec.range().max;
  const double steps = quantMax - quantMin;
  Value low = ops.clamp(min, std::nullopt, 0.0);
  Value high = ops.clamp(max, 0.0, std::nullopt);
  Parameters made;
  if (spec.scheme == Scheme::Symmetric)
    made.scale = ops.withScalar(
        "aten::div.Scalar",
        ops.binary("aten::maximum", ops.unary("aten::neg", low), high),
        steps / 2);
  else if (spec.scheme == Scheme::SymmetricNoClipping)
    made.scale = ops.binary("aten::maximum",
                            ops.withScalar("aten::div.Scalar", low, quantMin),
                            ops.withScalar("aten::div.Scalar", high, quantMax));
  else
    made.scale = ops.withScalar(
        "aten::div.Scalar", ops.binary("aten::sub.Tensor", high, low), steps);
  made.scale = ops.clamp(made.scale, spec.eps, std::nullopt);
  const Type i32 = IntegerType::get(site.getContext(), 32);
  const RankedTensorType codesType = typeOf(min).clone(i32);
  if (spec.scheme == Scheme::Affine) {
    Value rounded = ops.unary("aten::round",
                              ops.binary("aten::div.Tensor", low, made.scale));
    Value offset = ops.withScalar("aten::add.Scalar",
                                  ops.unary("aten::neg", rounded), quantMin);
    made.zeroPoint =
        ops.call("aten::to.dtype",
                 {{"self", {ops.clamp(offset, quantMin, quantMax)}, {}, {}},
                  {"dtype", {}, TypeAttr::get(i32), {}}},
                 codesType);
  } else {
    const std::vector<int32_t> zeros(codesType.getNumElements(),
                                     symmetricZeroPoint(spec));
    made.zeroPoint = parameter(
        ops, site, aten::makeConstant<int32_t>(codesType, zeros, "zero_point"),
        ".zero_point");
  }
  return made;
}

Value Insertion::parameter(OperatorBuilder &ops, SiteOp site,
                           ElementsAttr value, StringRef end) {
  return ops.buffer((kObservers + site.getSymName() + end).str(), value);
}

/// Whether a scale serves the tensor, part of a row of the last dimension, or
/// all of the last dimensions.
static bool hasRows(ArrayRef<int64_t> block) {
  block = block.drop_while([](int64_t size) { return size == 1; });
  return block.size() <= 1 ||
         llvm::all_of(block, [](int64_t size) { return size == -1; });
}

/// How many neighbours in `type` a scale serves; nothing for all of them.
static std::optional<int64_t> rowsOf(ArrayRef<int64_t> block,
                                     RankedTensorType type) {
  if (llvm::all_of(block, [](int64_t size) { return size == -1; }))
    return std::nullopt;
  if (block.back() != -1)
    return block.back();
  int64_t size = 1;
  for (size_t dim = block.size(); dim-- > 0 && block[dim] == -1;) {
    if (type.isDynamicDim(dim))
      return ShapedType::kDynamic;
    size *= type.getDimSize(dim);
  }
  return size;
}

LogicalResult Insertion::replace(ObserveOp observe, bool isConstant) {
  auto site = symbols.lookup<SiteOp>(observe.getSiteAttr().getAttr());
  auto refuse = [&](const Twine &what) {
    return observe.emitOpError("cannot be rounded in PyTorch: expected ")
           << what << ", but got " << site.getSpec();
  };
  if (isa<DerivedAttr>(site.getSpec())) {
    // As fine as the sums it is added to.
    observe.getResult().replaceAllUsesWith(observe.getInput());
    observe.erase();
    return success();
  }
  const RankedTensorType type = typeOf(observe.getInput());
  if (!type.getElementType().isF32())
    return observe.emitOpError(
               "cannot be rounded in PyTorch: expected f32, but got ")
           << type;
  OpBuilder builder(observe);
  OperatorBuilder ops(builder, observe.getLoc());
  if (auto fixed = dyn_cast<FixedAttr>(site.getSpec())) {
    auto one = RankedTensorType::get({}, builder.getF32Type());
    const Parameters given = {
        parameter(ops, site,
                  DenseElementsAttr::get(
                      one, float(fixed.getScale().getValueAsDouble())),
                  ".scale"),
        parameter(ops, site,
                  DenseElementsAttr::get(one.clone(builder.getI32Type()),
                                         int32_t(fixed.getZeroPoint())),
                  ".zero_point")};
    finish(ops, observe,
           fakeQuantize(ops, observe.getInput(), given,
                        {fixed.getQuantMin(), fixed.getQuantMax()}, -1));
    return success();
  }

  auto spec = dyn_cast<SpecAttr>(site.getSpec());
  if (!spec)
    return refuse("codes, which rounding to a narrower type does not give");
  FailureOr<ObserverOptions> options =
      observerOptions(spec, [&] { return observe.emitOpError(); });
  if (failed(options))
    return failure();
  const bool isDynamic = spec.getTiming() == Timing::Dynamic;
  const Scheme scheme = options->spec.scheme;
  if (scheme == Scheme::AffineFloat && spec.getAxis() < 0)
    return refuse("an axis of channels where zero points are real numbers");
  if (isDynamic && (scheme != Scheme::Affine || spec.getAxis() >= 0))
    return refuse("affine codes per tensor or token where the range is taken "
                  "at run time");
  if (!hasRows(spec.getBlock()))
    return refuse("blocks that are parts of rows");
  std::optional<int64_t> rowSize = rowsOf(spec.getBlock(), type);
  if (rowSize && !isDynamic && !isConstant)
    return refuse("a scale per tensor or channel of an activation");

  // Rows are the channels of a matrix.
  Value tensor = observe.getInput();
  int64_t axis = spec.getAxis();
  if (rowSize) {
    axis = 0;
    const int64_t size = *rowSize;
    const bool isPart = spec.getBlock().back() != -1;
    if (ShapedType::isDynamic(size) || size == 0 ||
        (isPart && type.getShape().back() % size != 0))
      return refuse("rows that are a multiple of the block");
    if (type.getRank() != 2 || size != type.getShape().back())
      tensor = ops.rows(tensor, size);
  }
  auto [min, max] = rangeOf(ops, tensor, axis);
  if (!isDynamic && !typeOf(min).hasStaticShape())
    return refuse("a channel axis of static size");
  if (!isDynamic && (!isConstant || isMovingAverage(spec)))
    updateRange(ops, site, *options, min, max);
  Value fake = fakeQuantize(ops, tensor,
                            parametersOf(ops, site, options->spec, min, max),
                            {spec.getQuantMin(), spec.getQuantMax()}, axis);
  finish(ops, observe, fake);
  return success();
}

/// The operator of PyTorch; `axis` is that of channels, or -1.
Value Insertion::fakeQuantize(OperatorBuilder &ops, Value tensor,
                              const Parameters &parameters,
                              std::pair<int64_t, int64_t> codes, int64_t axis) {
  Builder builder(tensor.getContext());
  SmallVector<aten::OperatorArgument> arguments{
      {"self", {tensor}, {}, {}},
      {"scale", {parameters.scale}, {}, {}},
      {"zero_point", {parameters.zeroPoint}, {}, {}},
      {"quant_min", {}, builder.getI64IntegerAttr(codes.first), {}},
      {"quant_max", {}, builder.getI64IntegerAttr(codes.second), {}}};
  if (axis >= 0)
    arguments.push_back({"axis", {}, builder.getI64IntegerAttr(axis), {}});
  return ops.call(axis >= 0 ? "aten::fake_quantize_per_channel_affine"
                            : "aten::fake_quantize_per_tensor_affine.tensor_"
                              "qparams",
                  arguments, typeOf(tensor));
}

/// Puts `fake` in the place of `observe`, in its shape, when it rounds.
void Insertion::finish(OperatorBuilder &ops, ObserveOp observe, Value fake) {
  if (fake.getType() != observe.getInput().getType())
    fake = ops.call(
        "aten::view_as",
        {{"self", {fake}, {}, {}}, {"other", {observe.getInput()}, {}, {}}},
        typeOf(observe.getInput()));
  if (rounding)
    fake = ops.where(rounding, fake, observe.getInput());
  observe.getResult().replaceAllUsesWith(fake);
  observe.erase();
}

LogicalResult Insertion::run() {
  if (calibrates) {
    OpBuilder builder = OpBuilder::atBlockBegin(&function.getBody().front());
    auto type = RankedTensorType::get({}, builder.getI1Type());
    rounding = OperatorBuilder(builder, function.getLoc())
                   .buffer(kRounding, DenseElementsAttr::get(type, false));
  }
  // Sites of constants have no state, unless their observer is a moving
  // average: their range is that of the weight as it is, in training and when
  // it is converted.
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
  using FakeQuantizePassBase::FakeQuantizePassBase;

  void runOnOperation() override {
    if (calibrate)
      warnOfHistograms();
    SymbolTable symbols(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() &&
          failed(Insertion(function, symbols, calibrate).run()))
        return signalPassFailure();
    for (SiteOp site :
         llvm::make_early_inc_range(getOperation().getOps<SiteOp>()))
      site.erase();
  }

private:
  void warnOfHistograms() {
    const auto histograms =
        llvm::count_if(getOperation().getOps<SiteOp>(), [](SiteOp site) {
          auto spec = dyn_cast<SpecAttr>(site.getSpec());
          return spec && spec.getTiming() == Timing::Static &&
                 spec.getObserver().getValue().ends_with("histogram");
        });
    if (histograms)
      getOperation().emitWarning()
          << histograms
          << " ranges reach from the least to the largest value: PyTorch has "
             "no operator for their histograms";
  }
};
} // namespace
