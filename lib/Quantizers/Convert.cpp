//===- Convert.cpp - Observed sites become quantize and dequantize --------===//

#include "SpecAttributes.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Provenance.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
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
/// Replaces the observes of one site.
class SiteConversion {
public:
  SiteConversion(SiteOp site, QParamsList params)
      : site(site), params(std::move(params)) {}

  LogicalResult convert(ObserveOp observe);

private:
  EncodingAttr encoding(RankedTensorType type);
  Value scale(OpBuilder &builder, Location loc, RankedTensorType type);
  Value zeroPoint(OpBuilder &builder, Location loc, RankedTensorType type);
  /// The codes of a constant as a parameter; null, after an error, if it cannot
  /// be quantized.
  Value fold(OpBuilder &builder, ObserveOp observe, ElementsAttr constant);

  int64_t axis() {
    auto spec = dyn_cast<SpecAttr>(site.getSpec());
    return spec ? spec.getAxis() : -1;
  }
  RankedTensorType paramsType(RankedTensorType type, Type element) {
    SmallVector<int64_t> shape(type.getRank(), 1);
    if (axis() >= 0)
      shape[axis()] = params.scales.size();
    return RankedTensorType::get(shape, element);
  }

  SiteOp site;
  QParamsList params;
};

EncodingAttr SiteConversion::encoding(RankedTensorType type) {
  SmallVector<int64_t> block(type.getRank(), -1);
  if (axis() >= 0)
    block[axis()] = 1;
  auto make = [&](auto spec) {
    return EncodingAttr::get(site.getContext(), spec.getStorage(),
                             spec.getQuantMin(), spec.getQuantMax(), block);
  };
  if (FixedAttr pinned = site.getPinnedAttr())
    return make(pinned);
  if (auto fixed = dyn_cast<FixedAttr>(site.getSpec()))
    return make(fixed);
  return make(cast<SpecAttr>(site.getSpec()));
}

Value SiteConversion::scale(OpBuilder &builder, Location loc,
                            RankedTensorType type) {
  return arith::ConstantOp::create(
      builder, loc,
      aten::makeConstant<float>(paramsType(type, builder.getF32Type()),
                                params.scales,
                                (site.getSymName() + ".scale").str()));
}

/// None where every zero point is 0.
Value SiteConversion::zeroPoint(OpBuilder &builder, Location loc,
                                RankedTensorType type) {
  if (llvm::all_of(params.zeroPoints, [](int32_t z) { return z == 0; }))
    return {};
  return arith::ConstantOp::create(
      builder, loc,
      aten::makeConstant<int32_t>(paramsType(type, builder.getI32Type()),
                                  params.zeroPoints,
                                  (site.getSymName() + ".zero_point").str()));
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

Value SiteConversion::fold(OpBuilder &builder, ObserveOp observe,
                           ElementsAttr constant) {
  auto type = observe.getInput().getType();
  const EncodingAttr encoding = this->encoding(type);
  FailureOr<aten::ConstantData> data = aten::constantData(constant);
  if (failed(data) || !type.getElementType().isF32()) {
    observe.emitOpError("expected an f32 constant with data to quantize, but "
                        "got one of type ")
        << type;
    return {};
  }
  const absl::Span<const int64_t> shape(type.getShape().data(),
                                        type.getShape().size());
  const absl::StatusOr<Blocks> blocks = axis() >= 0
                                            ? Blocks::perChannel(shape, axis())
                                            : Blocks::perTensor(shape);
  if (!blocks.ok()) {
    observe.emitOpError() << std::string(blocks.status().message());
    return {};
  }
  auto parameter = observe.getInput().getDefiningOp<aten::ParameterOp>();
  const std::string name =
      parameter ? parameter.getName().str() : site.getSymName().str();
  const IntegerType storage = encoding.getStorage();
  auto codesType = RankedTensorType::get(type.getShape(), storage);
  const CodeRange range{static_cast<int32_t>(encoding.getQuantMin()),
                        static_cast<int32_t>(encoding.getQuantMax())};
  auto quantizeAs = [&](auto code) {
    return quantizeConstant<decltype(code)>(codesType, data->as<float>(),
                                            *blocks, params, range, name);
  };
  ElementsAttr codes;
  // 4-bit codes take a byte each, as all constants do here.
  if (storage.getWidth() <= 8)
    codes = storage.isUnsigned() ? quantizeAs(uint8_t()) : quantizeAs(int8_t());
  else if (storage.getWidth() == 16)
    codes =
        storage.isUnsigned() ? quantizeAs(uint16_t()) : quantizeAs(int16_t());
  else
    codes = quantizeAs(int32_t());
  if (!codes) {
    observe.emitOpError("expected one scale for each channel of ")
        << type << ", but got " << params.scales.size();
    return {};
  }
  return aten::ParameterOp::create(builder, observe.getInput().getLoc(), name,
                                   codes);
}

LogicalResult SiteConversion::convert(ObserveOp observe) {
  auto type = observe.getInput().getType();
  OpBuilder builder(observe);
  const Location loc = observe.getLoc();
  Value scale = this->scale(builder, loc, type);
  Value zeroPoint = this->zeroPoint(builder, loc, type);
  const EncodingAttr encoding = this->encoding(type);
  Value codes;
  if (ElementsAttr constant = aten::constantOf(observe.getInput())) {
    codes = fold(builder, observe, constant);
    if (!codes)
      return failure();
  } else {
    auto codesType = RankedTensorType::get(
        type.getShape(), encoding.getStorage(), type.getEncoding());
    codes = QuantizeOp::create(builder, loc, codesType, observe.getInput(),
                               scale, zeroPoint, encoding);
  }
  Value reals = DequantizeOp::create(builder, loc, type, codes, scale,
                                     zeroPoint, encoding);
  observe.getResult().replaceAllUsesWith(reals);
  observe.erase();
  return success();
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
    for (auto &[name, observes] : bySite) {
      auto site = symbols.lookup<SiteOp>(name);
      FailureOr<QParamsList> params = qparamsOf(site);
      if (failed(params)) {
        isValid = false;
        continue;
      }
      SiteConversion conversion(site, std::move(*params));
      for (ObserveOp observe : observes)
        if (failed(conversion.convert(observe)))
          isValid = false;
    }
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
