//===- ConvertTrained.cpp - Fake quantize becomes quantize and dequantize -===//
//
// The parameters are those that the program itself computes from the trained
// weights and ranges: the formula stands in the program, once.

#include <cmath>

#include "Training.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Pt2e/Pt2e.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "pt2e/Numerics/Quantize.h"
#include "pt2e/Transforms/Passes.h"

namespace pt2e {
#define GEN_PASS_DEF_CONVERTTRAINEDPASS
#include "pt2e/Transforms/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;

//===----------------------------------------------------------------------===//
// State
//===----------------------------------------------------------------------===//

/// The range that `next` was updated from, by the forms that
/// `pt2e-fake-quantize` makes; null for anything else.
static Value beforeUpdate(Value next) {
  Operation *op = next.getDefiningOp();
  const std::string name = op ? aten::schemaName(op) : "";
  if (name == "aten::minimum" || name == "aten::maximum")
    return tensorOperand(op, "self");
  Value condition =
      name == "aten::where.self" ? tensorOperand(op, "condition") : Value();
  Operation *isFirst = condition ? condition.getDefiningOp() : nullptr;
  return isFirst && aten::schemaName(isFirst) == "aten::isinf"
             ? tensorOperand(isFirst, "self")
             : Value();
}

/// The ranges stay as training left them: what the program would make of them
/// in another call is what they are now.
static LogicalResult freezeObservers(ModuleOp module) {
  for (auto buffer :
       llvm::make_early_inc_range(module.getOps<aten::BufferOp>())) {
    if (!buffer.getName().starts_with(kObservers))
      continue;
    FailureOr<aten::ConstantData> data =
        aten::constantData(buffer.getInitial());
    if (failed(data) || !buffer.getInitial().getElementType().isF32() ||
        !llvm::all_of(data->as<float>(),
                      [](float value) { return std::isfinite(value); }))
      return buffer.emitError("expected the range that training left in '")
             << buffer.getName()
             << "', but the observer has seen nothing finite";
    auto uses = SymbolTable::getSymbolUses(buffer, module);
    Value state;
    for (const SymbolTable::SymbolUse &use : *uses)
      if (auto read = dyn_cast<aten::ReadBufferOp>(use.getUser())) {
        OpBuilder builder(read);
        state = aten::ParameterOp::create(
            builder, read.getLoc(), buffer.getName(), buffer.getInitial());
        read.getResult().replaceAllUsesWith(state);
      }
    for (const SymbolTable::SymbolUse &use : *uses)
      if (auto write = dyn_cast<aten::WriteBufferOp>(use.getUser())) {
        // A range that several tensors share is updated by each in turn.
        Value next = write.getValue();
        while (state && next && next != state) {
          Value before = beforeUpdate(next);
          next.replaceUsesWithIf(
              state, [&](OpOperand &read) { return read.getOwner() != write; });
          next = before;
        }
      }
    for (const SymbolTable::SymbolUse &use : *uses)
      use.getUser()->erase();
    buffer.erase();
  }
  return success();
}

/// What rounds when it is asked to rounds.
static void roundAlways(ModuleOp module) {
  SmallVector<Operation *> choices;
  module.walk([&](aten::ParameterOp parameter) {
    if (parameter.getName() == kRounding)
      for (Operation *user : parameter->getUsers())
        if (aten::schemaName(user) == "aten::where.self" &&
            tensorOperand(user, "condition") == parameter.getResult())
          choices.push_back(user);
  });
  for (Operation *choice : choices) {
    choice->replaceAllUsesWith(ValueRange(tensorOperand(choice, "self")));
    choice->erase();
  }
}

/// Erases state that nothing but itself depends on: counts of batches.
static void eraseCounters(ModuleOp module) {
  for (auto buffer :
       llvm::make_early_inc_range(module.getOps<aten::BufferOp>())) {
    auto uses = SymbolTable::getSymbolUses(buffer, module);
    aten::ReadBufferOp read;
    aten::WriteBufferOp write;
    size_t count = 0;
    for (const SymbolTable::SymbolUse &use : *uses) {
      ++count;
      if (auto found = dyn_cast<aten::ReadBufferOp>(use.getUser()))
        read = found;
      if (auto found = dyn_cast<aten::WriteBufferOp>(use.getUser()))
        write = found;
    }
    if (count != 2 || !read || !write || !read.getResult().hasOneUse() ||
        !write.getValue().hasOneUse() ||
        *read.getResult().user_begin() != write.getValue().getDefiningOp())
      continue;
    Operation *step = write.getValue().getDefiningOp();
    write.erase();
    step->erase();
    read.erase();
    buffer.erase();
  }
}

//===----------------------------------------------------------------------===//
// Batch norm
//===----------------------------------------------------------------------===//

/// `batch_norm(product(x, fake_quantize(w * s)) / s + b)` is
/// `product(x, fake_quantize(w * s)) + bias` with `s = gamma / sqrt(var +
/// eps)`. A channel whose gamma is 0 was trained with s = 1; its weights become
/// 0.
static LogicalResult foldTrainedBatchNorm(aten::BatchNormOp norm) {
  Value input = norm.getInput();
  std::vector<float> added;
  if (auto add = input.getDefiningOp<aten::AddTensorOp>())
    if (auto constant = aten::constantElements<float>(add.getOther())) {
      added = std::move(*constant);
      input = add.getSelf();
    }
  auto quotient = input.getDefiningOp<aten::DivTensorOp>();
  Operation *product = quotient ? quotient.getSelf().getDefiningOp() : nullptr;
  Operation *fake = takesBatchNorm(product)
                        ? tensorOperand(product, "weight").getDefiningOp()
                        : nullptr;
  if (!isFakeQuantize(fake) || tensorOperand(product, "bias"))
    return success();
  auto scale = aten::constantElements<float>(quotient.getOther());
  auto mean = aten::constantElements<float>(norm.getRunningMean()),
       var = aten::constantElements<float>(norm.getRunningVar());
  auto weights = aten::constantElements<float>(tensorOperand(fake, "self"));
  if (!scale || !mean || !var || !weights)
    return success();
  const size_t channels = mean->size();
  std::vector<float> gamma(channels, 1.0f), beta(channels, 0.0f);
  if (norm.getWeight())
    gamma = aten::constantElements<float>(norm.getWeight())
                .value_or(std::vector<float>());
  if (norm.getBias())
    beta = aten::constantElements<float>(norm.getBias())
               .value_or(std::vector<float>());
  if (added.empty())
    added.assign(channels, 0.0f);
  if (scale->size() != channels || var->size() != channels ||
      gamma.size() != channels || beta.size() != channels ||
      added.size() != channels || weights->size() % channels)
    return success();

  std::vector<float> bias(channels);
  std::vector<bool> isZero(channels);
  for (size_t c = 0; c < channels; ++c) {
    const float deviation =
        std::sqrt((*var)[c] + float(norm.getEps().convertToDouble()));
    const float factor = gamma[c] / deviation;
    bias[c] = (added[c] - (*mean)[c]) * factor + beta[c];
    isZero[c] = factor == 0;
    if (!isZero[c] &&
        !(std::fabs((*scale)[c] - factor) <= 1e-5f * std::fabs(factor)))
      return norm.emitOpError("cannot be folded: expected the convolution to "
                              "be scaled by ")
             << factor << " in channel " << c << ", but got " << (*scale)[c];
  }
  OpBuilder builder(norm);
  if (llvm::is_contained(isZero, true)) {
    const WeightChannels place(product);
    for (size_t i = 0; i < weights->size(); ++i)
      if (isZero[place.channelOf(i)])
        (*weights)[i] = 0.0f;
    Value weight = tensorOperand(fake, "self");
    const std::string name =
        (aten::exportedName(product->getLoc()) + ".weight").str();
    OpBuilder before(fake);
    Value zeroed = aten::ParameterOp::create(
        before, weight.getLoc(), name,
        aten::makeConstant<float>(cast<RankedTensorType>(weight.getType()),
                                  *weights, name));
    fake->replaceUsesOfWith(weight, zeroed);
  }
  const std::string name =
      (aten::exportedName(product->getLoc()) + ".bias").str();
  Value biasValue = aten::ParameterOp::create(
      builder, norm.getLoc(), name,
      aten::makeConstant<float>(
          RankedTensorType::get(int64_t(channels), builder.getF32Type()), bias,
          name));
  SmallVector<aten::OperatorArgument> arguments;
  const aten::Schema *schema = aten::lookupSchema(aten::schemaName(product));
  for (const aten::SchemaArgument &argument : schema->arguments) {
    if (argument.name == "bias")
      arguments.push_back({"bias", {biasValue}, {}, {}});
    else if (argument.kind == aten::SchemaArgument::Kind::Tensor)
      arguments.push_back(
          {argument.name, {tensorOperand(product, argument.name)}, {}, {}});
    else if (Attribute value = aten::attributeArgument(product, argument.name))
      arguments.push_back({argument.name, {}, value, {}});
  }
  Operation *whole = aten::createOperator(
      builder,
      FusedLoc::get(builder.getContext(), {product->getLoc(), norm.getLoc()}),
      schema->name, arguments, norm->getResultTypes());
  norm->replaceAllUsesWith(whole);
  norm->erase();
  return success();
}

//===----------------------------------------------------------------------===//
// Fake quantize
//===----------------------------------------------------------------------===//

namespace {
/// One fake quantize, its parameters known.
class Conversion {
public:
  explicit Conversion(Operation *op) : op(op), builder(op) {}

  LogicalResult run();
  /// Passes on what would be rounded.
  void leaveOut();

private:
  void findShape();
  LogicalResult takeRange();
  LogicalResult takeParameters();
  LogicalResult setEncoding();
  void chooseAtRunTime(float eps);
  /// Puts a quantize, unless `codes` are given, and a dequantize in.
  void replace(Value scale, Value zeroPoint, Value codes);
  Value constant(Type element, ArrayRef<char> bytes, StringRef end);
  Value codesOf(ElementsAttr reals);
  template <typename Code>
  ElementsAttr quantizeAs(ArrayRef<float> reals, RankedTensorType codesType,
                          const Blocks &blocks, StringRef name);

  Operation *op;
  OpBuilder builder;
  /// What is rounded and what is replaced: rows of a tensor are seen as a
  /// matrix in between.
  Value tensor;
  Operation *last;
  RankedTensorType type; ///< of both
  SmallVector<int64_t> block;
  EncodingAttr encoding;
  QParamsList params;
  int64_t quantMin = 0, quantMax = 0;
};
} // namespace

static std::optional<int64_t> integer(Operation *op, StringRef name) {
  auto value = dyn_cast_or_null<IntegerAttr>(aten::attributeArgument(op, name));
  return value ? std::optional(value.getInt()) : std::nullopt;
}

/// Argument `name` of the operator `op` that makes `value`, or null.
static Value argumentOf(Value value, StringRef op, StringRef name = "self") {
  Operation *made = value ? value.getDefiningOp() : nullptr;
  return made && aten::schemaName(made) == op ? tensorOperand(made, name)
                                              : Value();
}

static std::optional<double> number(Value value, StringRef name) {
  auto given = dyn_cast_or_null<FloatAttr>(
      aten::attributeArgument(value.getDefiningOp(), name));
  return given ? std::optional(given.getValueAsDouble()) : std::nullopt;
}

static bool isReshape(Operation *op) {
  const std::string name = aten::schemaName(op);
  return name == "aten::view" || name == "aten::reshape" ||
         name == "aten::view_as";
}

/// The smallest scale, if `scale` and `zeroPoint` are what `pt2e-fake-quantize`
/// makes of the range of `tensor` itself; nothing otherwise.
static std::optional<float> chosenAtRunTime(Value tensor, Value scale,
                                            Value zeroPoint, double steps) {
  Value quotient = argumentOf(scale, "aten::clamp");
  Value width = argumentOf(quotient, "aten::div.Scalar");
  if (!width || number(quotient, "other") != steps)
    return std::nullopt;
  Value high = argumentOf(width, "aten::sub.Tensor");
  Value low = argumentOf(width, "aten::sub.Tensor", "other");
  const auto reduced = [](Value end, StringRef reduction) {
    Value from = argumentOf(argumentOf(end, "aten::clamp"), reduction);
    Value detached = argumentOf(from, "aten::detach");
    return detached ? detached : from;
  };
  if (reduced(low, "aten::amin") != tensor ||
      reduced(high, "aten::amax") != tensor)
    return std::nullopt;
  Value offset =
      argumentOf(argumentOf(zeroPoint, "aten::to.dtype"), "aten::clamp");
  Value rounded = argumentOf(
      argumentOf(argumentOf(offset, "aten::add.Scalar"), "aten::neg"),
      "aten::round");
  if (argumentOf(rounded, "aten::div.Tensor") != low ||
      argumentOf(rounded, "aten::div.Tensor", "other") != scale)
    return std::nullopt;
  return number(scale, "min");
}

/// The block of rows of `size` neighbours, or none: parts of the last
/// dimension or all of the last ones, of an image all but the first.
static SmallVector<int64_t> blockOfRows(ArrayRef<int64_t> shape, int64_t size,
                                        bool isImage) {
  SmallVector<int64_t> block(shape.size(), 1);
  const int64_t last = shape.empty() ? 0 : shape.back();
  if (size > 0 && last > size && last % size == 0) {
    block.back() = size;
    return block;
  }
  int64_t inner = 1;
  for (size_t dim = shape.size(); dim-- > 0 && inner <= size;) {
    if (ShapedType::isDynamic(shape[dim]))
      break;
    inner *= shape[dim];
    block[dim] = -1;
    if (inner == size && !(isImage && dim > 1))
      return block;
  }
  return {};
}

void Conversion::findShape() {
  tensor = tensorOperand(op, "self");
  last = op;
  type = cast<RankedTensorType>(op->getResult(0).getType());
  const int64_t axis = integer(op, "axis").value_or(-1);
  block.assign(type.getRank(), -1);
  if (axis >= 0)
    block[axis] = 1;
  Operation *user = axis == 0 && type.getRank() == 2 && op->hasOneUse()
                        ? *op->user_begin()
                        : nullptr;
  if (!user || !isReshape(user) ||
      tensorOperand(user, "self") != op->getResult(0))
    return;
  auto whole = cast<RankedTensorType>(user->getResult(0).getType());
  Operation *before = tensor.getDefiningOp();
  Value source =
      before && isReshape(before) ? tensorOperand(before, "self") : Value();
  const bool isImage = llvm::any_of(user->getUsers(), [](Operation *reader) {
    return takesBatchNorm(reader) && !isa<aten::LinearOp>(reader);
  });
  const SmallVector<int64_t> rows =
      blockOfRows(whole.getShape(), type.getDimSize(1), isImage);
  if (rows.empty() ||
      (!aten::constantOf(tensor) && (!source || source.getType() != whole)))
    return;
  if (!aten::constantOf(tensor))
    tensor = source;
  last = user;
  type = whole;
  block = rows;
}

LogicalResult Conversion::takeRange() {
  auto min = integer(op, "quant_min"), max = integer(op, "quant_max");
  const int64_t axis = integer(op, "axis").value_or(-1);
  auto self = cast<RankedTensorType>(op->getResult(0).getType());
  if (!min || !max || *min >= *max || *min > 0 || *max < 0 || axis < -1 ||
      axis >= self.getRank())
    return op->emitOpError("expected a range of codes and a channel axis");
  quantMin = *min;
  quantMax = *max;
  return success();
}

LogicalResult Conversion::takeParameters() {
  if (Value scale = tensorOperand(op, "scale")) {
    auto scales = aten::constantElements<float>(scale);
    if (!scales)
      return op->emitOpError("cannot be converted: its scale is computed from "
                             "what the program is given");
    params.scales = std::move(*scales);
    Value zeroPoint = tensorOperand(op, "zero_point");
    ElementsAttr zeros = zeroPoint ? aten::constantOf(zeroPoint) : nullptr;
    FailureOr<aten::ConstantData> data =
        zeros ? aten::constantData(zeros) : FailureOr<aten::ConstantData>();
    if (failed(data))
      return op->emitOpError("cannot be converted: its zero point is computed "
                             "from what the program is given");
    const Type element = zeros.getElementType();
    if (element.isInteger(32))
      llvm::append_range(params.zeroPoints, data->as<int32_t>());
    else if (element.isInteger(64))
      for (int64_t zero : data->as<int64_t>())
        params.zeroPoints.push_back(int32_t(zero));
    else if (element.isF32())
      llvm::append_range(params.floatZeroPoints, data->as<float>());
  } else {
    auto given =
        dyn_cast_or_null<FloatAttr>(aten::attributeArgument(op, "scale"));
    params.scales = {given ? float(given.getValueAsDouble()) : 0.0f};
    params.zeroPoints = {int32_t(integer(op, "zero_point").value_or(0))};
  }
  const size_t expected =
      ShapedType::getNumElements(scaleShape(type, encoding));
  const size_t zeros = params.zeroPoints.size() + params.floatZeroPoints.size();
  if (params.scales.size() != expected || zeros != expected)
    return op->emitOpError("expected ")
           << expected << " scales and zero points, but got "
           << params.scales.size() << " and " << zeros;
  for (size_t i = 0; i < expected; ++i) {
    const float scale = params.scales[i];
    const bool isReal = !params.floatZeroPoints.empty();
    const float zero =
        isReal ? params.floatZeroPoints[i] : float(params.zeroPoints[i]);
    const bool isZero =
        isReal ? std::isfinite(zero) : zero >= quantMin && zero <= quantMax;
    if (!(scale > 0) || !std::isfinite(scale) || !isZero)
      return op->emitOpError("expected a positive scale and a zero point "
                             "that is a code, but got ")
             << scale << " and " << zero;
  }
  return success();
}

LogicalResult Conversion::setEncoding() {
  // The narrowest type of whole bytes; groups of 4 bits have kernels.
  const bool isGroup =
      llvm::any_of(block, [](int64_t size) { return size > 1; });
  const bool isUnsigned = quantMin >= 0 && quantMax > 127;
  unsigned bits = 32;
  if (isGroup && quantMin >= -8 && quantMax <= 7)
    bits = 4;
  else if (quantMin >= -128 && quantMax <= (isUnsigned ? 255 : 127))
    bits = 8;
  else if (quantMin >= -32768 && quantMax <= (isUnsigned ? 65535 : 32767))
    bits = 16;
  auto storage = IntegerType::get(
      op->getContext(), bits,
      isUnsigned && bits < 32 ? IntegerType::Unsigned : IntegerType::Signless);
  encoding = EncodingAttr::getChecked([&] { return op->emitOpError(); },
                                      op->getContext(), storage, quantMin,
                                      quantMax, ArrayRef<int64_t>(block));
  return success(bool(encoding));
}

Value Conversion::constant(Type element, ArrayRef<char> bytes, StringRef end) {
  return arith::ConstantOp::create(
      builder, op->getLoc(),
      aten::makeConstant(
          RankedTensorType::get(scaleShape(type, encoding), element),
          std::vector<char>(bytes.begin(), bytes.end()),
          (aten::exportedName(op->getLoc()) + end).str()));
}

template <typename Code>
ElementsAttr Conversion::quantizeAs(ArrayRef<float> reals,
                                    RankedTensorType codesType,
                                    const Blocks &blocks, StringRef name) {
  std::vector<char> bytes(reals.size() * sizeof(Code));
  const absl::Status status = quantize<Code>(
      {reals.data(), reals.size()}, blocks, params,
      {int32_t(encoding.getQuantMin()), int32_t(encoding.getQuantMax())},
      {reinterpret_cast<Code *>(bytes.data()), reals.size()});
  return status.ok() ? aten::makeConstant(codesType, std::move(bytes), name)
                     : ElementsAttr();
}

Value Conversion::codesOf(ElementsAttr reals) {
  FailureOr<aten::ConstantData> data = aten::constantData(reals);
  const absl::StatusOr<Blocks> blocks =
      Blocks::get({type.getShape().data(), type.getShape().size()},
                  {block.data(), block.size()});
  if (failed(data) || !blocks.ok() || !type.getElementType().isF32())
    return {};
  auto parameter = tensor.getDefiningOp<aten::ParameterOp>();
  StringRef name = parameter ? parameter.getName() : "codes";
  name.consume_back(":aten::view"); // the detour through rows
  const IntegerType storage = encoding.getStorage();
  auto codesType = RankedTensorType::get(type.getShape(), storage);
  const auto make = [&](auto code) {
    return quantizeAs<decltype(code)>(data->as<float>(), codesType, *blocks,
                                      name);
  };
  const unsigned width = storage.getWidth();
  ElementsAttr codes;
  if (storage.isUnsigned())
    codes = width <= 8 ? make(uint8_t()) : make(uint16_t());
  else
    codes = width <= 8    ? make(int8_t())
            : width <= 16 ? make(int16_t())
                          : make(int32_t());
  if (!codes)
    return {};
  return aten::ParameterOp::create(builder, tensor.getLoc(), name, codes);
}

void Conversion::chooseAtRunTime(float eps) {
  const SmallVector<int64_t> shape = scaleShape(type, encoding);
  SmallVector<int64_t> bounds(shape.size(), -1);
  for (auto [dim, bound] : llvm::enumerate(aten::upperBounds(type)))
    if (ShapedType::isDynamic(shape[dim]))
      bounds[dim] = bound;
  auto choose = ChooseQParamsOp::create(
      builder, op->getLoc(),
      aten::boundedTensor(shape, builder.getF32Type(), bounds),
      aten::boundedTensor(shape, builder.getI32Type(), bounds), tensor,
      encoding, QuantScheme::Affine, builder.getF32FloatAttr(eps));
  replace(choose.getScale(), choose.getZeroPoint(), {});
}

void Conversion::replace(Value scale, Value zeroPoint, Value codes) {
  if (!codes)
    codes = QuantizeOp::create(builder, op->getLoc(),
                               RankedTensorType::get(type.getShape(),
                                                     encoding.getStorage(),
                                                     type.getEncoding()),
                               tensor, scale, zeroPoint, encoding);
  Value reals = DequantizeOp::create(builder, op->getLoc(), type, codes, scale,
                                     zeroPoint, encoding);
  last->replaceAllUsesWith(ValueRange(reals));
  if (last != op)
    last->erase();
  op->erase();
}

LogicalResult Conversion::run() {
  if (failed(takeRange()))
    return failure();
  findShape();
  if (failed(setEncoding()))
    return failure();
  if (auto eps = chosenAtRunTime(
          tensorOperand(op, "self"), tensorOperand(op, "scale"),
          tensorOperand(op, "zero_point"), double(quantMax - quantMin))) {
    chooseAtRunTime(*eps);
    return success();
  }
  if (failed(takeParameters()))
    return failure();
  const auto bytesOf = [](const auto &values) {
    return ArrayRef<char>(reinterpret_cast<const char *>(values.data()),
                          values.size() * sizeof(values[0]));
  };
  Value scale =
      constant(builder.getF32Type(), bytesOf(params.scales), ".scale");
  Value zeroPoint;
  if (!params.floatZeroPoints.empty())
    zeroPoint = constant(builder.getF32Type(), bytesOf(params.floatZeroPoints),
                         ".zero_point");
  else if (llvm::any_of(params.zeroPoints,
                        [](int32_t zero) { return zero != 0; }))
    zeroPoint = constant(builder.getI32Type(), bytesOf(params.zeroPoints),
                         ".zero_point");
  Value codes;
  if (ElementsAttr reals = aten::constantOf(tensor)) {
    codes = codesOf(reals);
    if (!codes)
      return op->emitOpError("expected an f32 constant with data to quantize");
  }
  replace(scale, zeroPoint, codes);
  return success();
}

void Conversion::leaveOut() {
  findShape();
  // Rows of a constant become what they were.
  if (tensor.getType() != type)
    tensor =
        OperatorBuilder(builder, op->getLoc()).view(tensor, type.getShape());
  last->replaceAllUsesWith(ValueRange(tensor));
}

//===----------------------------------------------------------------------===//
// Pass
//===----------------------------------------------------------------------===//

namespace {
struct ConvertTrainedPass
    : pt2e::impl::ConvertTrainedPassBase<ConvertTrainedPass> {
  using ConvertTrainedPassBase::ConvertTrainedPassBase;

  void runOnOperation() override {
    roundAlways(getOperation());
    if (failed(freezeObservers(getOperation())))
      return signalPassFailure();
    eraseCounters(getOperation());
    setInference(getOperation());
    // The formulas of scales and of scaled weights are evaluated; batch norm
    // stays for the fold below.
    OpPassManager passes(ModuleOp::getOperationName());
    if (failed(
            parsePassPipeline("aten-simplify{keep-batch-norm=true}", passes)) ||
        failed(runPipeline(passes, getOperation())))
      return signalPassFailure();
    SmallVector<aten::BatchNormOp> norms;
    SmallVector<Operation *> fakes;
    getOperation().walk([&](Operation *op) {
      if (auto norm = dyn_cast<aten::BatchNormOp>(op))
        norms.push_back(norm);
      else if (isFakeQuantize(op))
        fakes.push_back(op);
    });
    if (fakes.empty()) {
      getOperation().emitError("expected a program that pt2e quantize "
                               "--qat-prepare or --ptq-prepare made, but "
                               "it has no fake quantize");
      return signalPassFailure();
    }
    for (aten::BatchNormOp norm : norms)
      if (failed(foldTrainedBatchNorm(norm)))
        return signalPassFailure();
    bool isValid = true;
    for (Operation *fake : fakes)
      if (inFloat)
        Conversion(fake).leaveOut();
      else
        isValid &= succeeded(Conversion(fake).run());
    if (!isValid)
      return signalPassFailure();
    eraseUnused();
  }

private:
  /// What computed scales, and products that batch norm was folded into.
  void eraseUnused() {
    for (auto function : getOperation().getOps<func::FuncOp>())
      for (Block &block : function.getBody())
        for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
          if (isOpTriviallyDead(&op))
            op.erase();
  }
};
} // namespace
