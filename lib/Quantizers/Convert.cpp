//===- Convert.cpp - Observed sites become quantize and dequantize --------===//

#include <cmath>

#include "SpecAttributes.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Aten/Remarks.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "pt2e/Numerics/Halves.h"
#include "pt2e/Numerics/Quantize.h"
#include "pt2e/Quantizers/SiteStatistics.h"
#include "pt2e/Transforms/Passes.h"
#include "llvm/ADT/MapVector.h"

namespace pt2e {
#define GEN_PASS_DEF_CONVERTPASS
#include "pt2e/Transforms/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;

namespace {
/// Replaces the observes of one site by a quantize and a dequantize.
class SiteConversion {
public:
  /// \param params  null for a dynamic site.
  SiteConversion(SiteOp site, const QParamsList *params)
      : site(site), params(params) {}

  LogicalResult convert(ObserveOp observe);

private:
  /// Scale and zero point; no zero point where all are 0.
  struct Parameters {
    Value scale, zeroPoint;
  };

  /// One block size for each dimension of `type`.
  SmallVector<int64_t> block(RankedTensorType type);
  EncodingAttr encoding(RankedTensorType type);
  Parameters makeConstants(OpBuilder &builder, Location loc,
                           RankedTensorType type);
  Parameters chooseAtRunTime(OpBuilder &builder, ObserveOp observe);
  LogicalResult verifyCount(ObserveOp observe);
  /// The codes of a constant as a parameter; null, after an error, if it cannot
  /// be quantized.
  Value fold(OpBuilder &builder, ObserveOp observe, ElementsAttr constant);

  SiteOp site;
  const QParamsList *params;
};

SmallVector<int64_t> SiteConversion::block(RankedTensorType type) {
  SmallVector<int64_t> block(type.getRank(), -1);
  if (site.getPinned())
    return block;
  if (auto spec = dyn_cast<SpecAttr>(site.getSpec())) {
    if (!spec.getBlock().empty())
      return llvm::to_vector(spec.getBlock());
    if (spec.getAxis() >= 0)
      block[spec.getAxis()] = 1;
  } else if (isa<DerivedAttr>(site.getSpec()) && params->scales.size() > 1 &&
             !block.empty()) {
    block.back() = 1; // a bias: its only dimension
  }
  return block;
}

EncodingAttr SiteConversion::encoding(RankedTensorType type) {
  auto make = [&](auto spec) {
    return EncodingAttr::get(site.getContext(), spec.getStorage(),
                             spec.getQuantMin(), spec.getQuantMax(),
                             block(type));
  };
  if (FixedAttr pinned = site.getPinnedAttr())
    return make(pinned);
  if (auto fixed = dyn_cast<FixedAttr>(site.getSpec()))
    return make(fixed);
  if (auto derived = dyn_cast<DerivedAttr>(site.getSpec()))
    return make(derived);
  return make(cast<SpecAttr>(site.getSpec()));
}

SiteConversion::Parameters
SiteConversion::makeConstants(OpBuilder &builder, Location loc,
                              RankedTensorType type) {
  const SmallVector<int64_t> shape = scaleShape(type, encoding(type));
  auto make = [&](Type element, auto &values, StringRef what) -> Value {
    using Element = typename std::decay_t<decltype(values)>::value_type;
    return arith::ConstantOp::create(
        builder, loc,
        aten::makeConstant<Element>(RankedTensorType::get(shape, element),
                                    values, (site.getSymName() + what).str()));
  };
  Parameters made;
  made.scale = make(builder.getF32Type(), params->scales, ".scale");
  if (!params->floatZeroPoints.empty())
    made.zeroPoint =
        make(builder.getF32Type(), params->floatZeroPoints, ".zero_point");
  else if (llvm::any_of(params->zeroPoints, [](int32_t z) { return z != 0; }))
    made.zeroPoint =
        make(builder.getI32Type(), params->zeroPoints, ".zero_point");
  return made;
}

SiteConversion::Parameters SiteConversion::chooseAtRunTime(OpBuilder &builder,
                                                           ObserveOp observe) {
  auto type = observe.getInput().getType();
  auto spec = cast<SpecAttr>(site.getSpec());
  const EncodingAttr encoding = this->encoding(type);
  const SmallVector<int64_t> shape = scaleShape(type, encoding);
  SmallVector<int64_t> bounds(shape.size(), -1);
  for (auto [dim, bound] : llvm::enumerate(aten::upperBounds(type)))
    if (ShapedType::isDynamic(shape[dim]))
      bounds[dim] = bound;
  const DictionaryAttr arguments = spec.getArguments();
  auto choose = ChooseQParamsOp::create(
      builder, observe.getLoc(),
      aten::boundedTensor(shape, builder.getF32Type(), bounds),
      aten::boundedTensor(shape, builder.getI32Type(), bounds),
      observe.getInput(), encoding, spec.getScheme(),
      arguments ? arguments.getAs<FloatAttr>("eps") : FloatAttr());
  return {choose.getScale(), choose.getZeroPoint()};
}

/// The tensor may be cut into other blocks than the one that was observed.
LogicalResult SiteConversion::verifyCount(ObserveOp observe) {
  auto type = observe.getInput().getType();
  const SmallVector<int64_t> shape = scaleShape(type, encoding(type));
  if (ShapedType::isDynamicShape(shape) ||
      ShapedType::getNumElements(shape) != int64_t(params->scales.size()))
    return observe.emitOpError("expected one scale for each block of ")
           << type << ", but got " << params->scales.size();
  return success();
}

template <typename Code>
ElementsAttr quantizeConstant(RankedTensorType type, ArrayRef<float> reals,
                              const Blocks &blocks, const QParamsList &params,
                              CodeRange range, StringRef name) {
  std::vector<char> bytes(reals.size() * sizeof(Code));
  const absl::Status status =
      quantize<Code>({reals.data(), reals.size()}, blocks, params, range,
                     {reinterpret_cast<Code *>(bytes.data()), reals.size()});
  if (!status.ok())
    return {};
  return aten::makeConstant(type, std::move(bytes), name);
}

/// The elements of `constant`, which `observe` sees; fails, after an error,
/// unless they are f32.
FailureOr<aten::ConstantData> floatsOf(ObserveOp observe,
                                       ElementsAttr constant) {
  auto type = observe.getInput().getType();
  FailureOr<aten::ConstantData> data = aten::constantData(constant);
  if (failed(data) || !type.getElementType().isF32())
    return observe.emitOpError("expected an f32 constant with data to "
                               "quantize, but got one of type ")
           << type;
  return data;
}

/// What the codes of a constant are called.
std::string constantName(SiteOp site, ObserveOp observe) {
  auto parameter = observe.getInput().getDefiningOp<aten::ParameterOp>();
  return parameter ? parameter.getName().str() : site.getSymName().str();
}

Value SiteConversion::fold(OpBuilder &builder, ObserveOp observe,
                           ElementsAttr constant) {
  auto type = observe.getInput().getType();
  const EncodingAttr encoding = this->encoding(type);
  FailureOr<aten::ConstantData> data = floatsOf(observe, constant);
  if (failed(data))
    return {};
  const absl::Span<const int64_t> shape(type.getShape().data(),
                                        type.getShape().size());
  const absl::Span<const int64_t> sizes(encoding.getBlock().data(),
                                        encoding.getBlock().size());
  const absl::StatusOr<Blocks> blocks = Blocks::get(shape, sizes);
  if (!blocks.ok()) {
    observe.emitOpError() << std::string(blocks.status().message());
    return {};
  }
  const std::string name = constantName(site, observe);
  const IntegerType storage = encoding.getStorage();
  auto codesType = RankedTensorType::get(type.getShape(), storage);
  const CodeRange range{static_cast<int32_t>(encoding.getQuantMin()),
                        static_cast<int32_t>(encoding.getQuantMax())};
  auto quantizeAs = [&](auto code) {
    return quantizeConstant<decltype(code)>(codesType, data->as<float>(),
                                            *blocks, *params, range, name);
  };
  // Codes of less than 8 bits take a byte each, as all constants do here.
  const unsigned width = storage.getWidth();
  ElementsAttr codes;
  if (storage.isUnsigned())
    codes = width <= 8 ? quantizeAs(uint8_t()) : quantizeAs(uint16_t());
  else
    codes = width <= 8    ? quantizeAs(int8_t())
            : width <= 16 ? quantizeAs(int16_t())
                          : quantizeAs(int32_t());
  assert(codes && "one scale for each block");
  return aten::ParameterOp::create(builder, observe.getInput().getLoc(), name,
                                   codes);
}

/// True if an op computes `value` from constants alone.
bool isOfConstants(Value value) {
  Operation *op = value.getDefiningOp();
  return op && op->getNumOperands() > 0 &&
         llvm::all_of(op->getOperands(),
                      [](Value operand) { return aten::constantOf(operand); });
}

LogicalResult SiteConversion::convert(ObserveOp observe) {
  auto type = observe.getInput().getType();
  OpBuilder builder(observe);
  const Location loc = observe.getLoc();
  if (params && failed(verifyCount(observe)))
    return failure();
  const Parameters made = params ? makeConstants(builder, loc, type)
                                 : chooseAtRunTime(builder, observe);
  const EncodingAttr encoding = this->encoding(type);
  const ElementsAttr constant = aten::constantOf(observe.getInput());
  Value codes;
  if (constant && params) {
    codes = fold(builder, observe, constant);
    if (!codes)
      return failure();
  } else {
    if (constant || isOfConstants(observe.getInput()))
      missed(loc, "convert", "FoldWeight",
             aten::valueName(observe.getInput()) +
                 " is quantized at each call: " +
                 (constant ? "its spec takes the range at run time"
                           : "it is computed from constants, but no constant"));
    auto codesType = RankedTensorType::get(
        type.getShape(), encoding.getStorage(), type.getEncoding());
    codes = QuantizeOp::create(builder, loc, codesType, observe.getInput(),
                               made.scale, made.zeroPoint, encoding);
  }
  Value reals = DequantizeOp::create(builder, loc, type, codes, made.scale,
                                     made.zeroPoint, encoding);
  observe.getResult().replaceAllUsesWith(reals);
  observe.erase();
  return success();
}

/// The elements of a constant in a narrower type; null, after an error, if one
/// is beyond its range.
Value storeAs(FloatType narrow, SiteOp site, ObserveOp observe,
              ElementsAttr constant) {
  FailureOr<aten::ConstantData> data = floatsOf(observe, constant);
  if (failed(data))
    return {};
  std::vector<uint16_t> halves;
  halves.reserve(data->as<float>().size());
  const bool isF16 = narrow.isF16();
  for (float real : data->as<float>()) {
    halves.push_back(isF16 ? floatToHalf(real) : floatToBfloat(real));
    const uint16_t bits = halves.back();
    if (std::isfinite(real) &&
        std::isinf(isF16 ? halfToFloat(bits) : bfloatToFloat(bits))) {
      observe.emitOpError("expected values that ")
          << narrow << " holds, but got " << real;
      return {};
    }
  }
  OpBuilder builder(observe);
  const std::string name = constantName(site, observe);
  auto type =
      RankedTensorType::get(observe.getInput().getType().getShape(), narrow);
  return aten::ParameterOp::create(
      builder, observe.getInput().getLoc(), name,
      aten::makeConstant<uint16_t>(type, halves, name));
}

/// An observe of a `#pt2e.cast` site: there and back.
LogicalResult convertCast(SiteOp site, ObserveOp observe) {
  auto type = observe.getInput().getType();
  const FloatType narrow = cast<CastAttr>(site.getSpec()).getType();
  auto narrowType =
      RankedTensorType::get(type.getShape(), narrow, type.getEncoding());
  OpBuilder builder(observe);
  Value stored;
  if (ElementsAttr constant = aten::constantOf(observe.getInput())) {
    stored = storeAs(narrow, site, observe, constant);
    if (!stored)
      return failure();
  } else {
    stored = aten::ToDtypeOp::create(builder, observe.getLoc(), narrowType,
                                     observe.getInput(), narrow);
  }
  Value back = aten::ToDtypeOp::create(builder, observe.getLoc(), type, stored,
                                       type.getElementType());
  observe.getResult().replaceAllUsesWith(back);
  observe.erase();
  return success();
}

LogicalResult convertSite(SiteOp site, ArrayRef<ObserveOp> observes) {
  auto convertEach = [&](auto convert) {
    bool isValid = true;
    for (ObserveOp observe : observes)
      isValid &= succeeded(convert(observe));
    return success(isValid);
  };
  if (isa<CastAttr>(site.getSpec()))
    return convertEach(
        [&](ObserveOp observe) { return convertCast(site, observe); });
  auto spec = dyn_cast<SpecAttr>(site.getSpec());
  if (spec && spec.getTiming() == Timing::Dynamic && !site.getPinned()) {
    SiteConversion conversion(site, /*params=*/nullptr);
    return convertEach(
        [&](ObserveOp observe) { return conversion.convert(observe); });
  }
  FailureOr<QParamsList> params = qparamsOf(site);
  if (failed(params))
    return failure();
  SiteConversion conversion(site, &*params);
  return convertEach(
      [&](ObserveOp observe) { return conversion.convert(observe); });
}

struct ConvertPass : pt2e::impl::ConvertPassBase<ConvertPass> {
  void runOnOperation() override {
    llvm::MapVector<StringAttr, std::vector<ObserveOp>> bySite;
    getOperation().walk([&](ObserveOp observe) {
      bySite[observe.getSiteAttr().getAttr()].push_back(observe);
    });
    SymbolTable symbols(getOperation());
    // Every site without statistics is reported, not the first alone.
    bool isValid = true;
    for (auto &[name, observes] : bySite)
      isValid &= succeeded(convertSite(symbols.lookup<SiteOp>(name), observes));
    if (!isValid)
      return signalPassFailure();
    for (SiteOp site :
         llvm::make_early_inc_range(getOperation().getOps<SiteOp>()))
      site.erase();
    eraseUnusedParameters();
  }

private:
  /// Float weights go as soon as their codes are there.
  void eraseUnusedParameters() {
    getOperation().walk([](aten::ParameterOp parameter) {
      if (parameter->use_empty())
        parameter.erase();
    });
  }
};
} // namespace
