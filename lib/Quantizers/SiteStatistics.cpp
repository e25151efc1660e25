#include "pt2e/Quantizers/SiteStatistics.h"

#include <cmath>
#include <limits>

#include "dialects/Aten/Provenance.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace pt2e;

static std::string text(const absl::Status &status) {
  return std::string(status.message());
}

/// An error at `site`, with a note on what it observes.
static InFlightDiagnostic error(SiteOp site) {
  InFlightDiagnostic diagnostic = site.emitOpError();
  diagnostic << "@" << site.getSymName() << ": ";
  site->getParentOp()->walk([&](ObserveOp observe) {
    if (observe.getSiteAttr().getAttr() != site.getSymNameAttr())
      return WalkResult::advance();
    diagnostic.attachNote(observe.getLoc())
        << "observed at " << aten::describe(observe.getLoc());
    return WalkResult::interrupt();
  });
  return diagnostic;
}

//===----------------------------------------------------------------------===//
// Statistics as an attribute
//===----------------------------------------------------------------------===//

DictionaryAttr pt2e::statisticsAttr(MLIRContext *context,
                                    const ObserverState &state) {
  Builder builder(context);
  NamedAttrList entries;
  entries.set("observer", builder.getStringAttr(state.observer));
  auto setCount = [&](StringRef name, uint64_t value) {
    if (value)
      entries.set(name, builder.getI64IntegerAttr(value));
  };
  setCount("count", state.count);
  setCount("nans", state.nans);
  setCount("infinities", state.infinities);
  auto setFloats = [&](StringRef name, ArrayRef<float> values) {
    if (!values.empty())
      entries.set(name, builder.getDenseF32ArrayAttr(values));
  };
  setFloats("min", state.min);
  setFloats("max", state.max);
  setFloats("histogram", state.histogram);
  setFloats("values", state.values);
  if (!state.bins.empty()) {
    entries.set("bins", builder.getDenseI32ArrayAttr(state.bins));
    entries.set("counts", builder.getDenseI64ArrayAttr(
                              llvm::to_vector_of<int64_t>(state.counts)));
  }
  return entries.getDictionary(context);
}

FailureOr<ObserverState>
pt2e::observerState(DictionaryAttr statistics,
                    function_ref<InFlightDiagnostic()> emitError) {
  ObserverState state;
  for (NamedAttribute entry : statistics) {
    const StringRef name = entry.getName();
    const Attribute value = entry.getValue();
    auto integer = dyn_cast<IntegerAttr>(value);
    auto floats = dyn_cast<DenseF32ArrayAttr>(value);
    auto int32s = dyn_cast<DenseI32ArrayAttr>(value);
    auto int64s = dyn_cast<DenseI64ArrayAttr>(value);
    if (name == "observer" && isa<StringAttr>(value))
      state.observer = cast<StringAttr>(value).str();
    else if (name == "count" && integer)
      state.count = integer.getInt();
    else if (name == "nans" && integer)
      state.nans = integer.getInt();
    else if (name == "infinities" && integer)
      state.infinities = integer.getInt();
    else if (name == "min" && floats)
      state.min = floats.asArrayRef();
    else if (name == "max" && floats)
      state.max = floats.asArrayRef();
    else if (name == "histogram" && floats)
      state.histogram = floats.asArrayRef();
    else if (name == "values" && floats)
      state.values = floats.asArrayRef();
    else if (name == "bins" && int32s)
      state.bins = int32s.asArrayRef();
    else if (name == "counts" && int64s)
      state.counts.assign(int64s.asArrayRef().begin(),
                          int64s.asArrayRef().end());
    else
      return emitError() << "expected statistics of an observer, but got "
                         << entry.getName() << " = " << value;
  }
  return state;
}

//===----------------------------------------------------------------------===//
// Observers of sites
//===----------------------------------------------------------------------===//

static Scheme schemeOf(QuantScheme scheme) {
  switch (scheme) {
  case QuantScheme::Symmetric:
    return Scheme::Symmetric;
  case QuantScheme::Affine:
    return Scheme::Affine;
  case QuantScheme::SymmetricNoClippingError:
    return Scheme::SymmetricNoClipping;
  case QuantScheme::AffineFloat:
    return Scheme::AffineFloat;
  }
  llvm_unreachable("not a scheme");
}

FailureOr<ObserverOptions>
pt2e::observerOptions(SpecAttr spec,
                      function_ref<InFlightDiagnostic()> emitError) {
  ObserverOptions options;
  const absl::StatusOr<StorageType> storage = makeStorageType(
      spec.getStorage().getWidth(), !spec.getStorage().isUnsigned());
  if (!storage.ok())
    return emitError() << text(storage.status());
  options.spec.storage = *storage;
  options.spec.codes = CodeRange{static_cast<int32_t>(spec.getQuantMin()),
                                 static_cast<int32_t>(spec.getQuantMax())};
  options.spec.scheme = schemeOf(spec.getScheme());
  options.blockSize.assign(spec.getBlock().begin(), spec.getBlock().end());
  options.channelAxis = std::max<int64_t>(spec.getAxis(), 0);
  options.isPerChannel = spec.getAxis() >= 0;
  if (!spec.getArguments())
    return options;
  for (NamedAttribute argument : spec.getArguments()) {
    auto value = dyn_cast<FloatAttr>(argument.getValue());
    if (value && argument.getName() == "eps")
      options.spec.eps = value.getValueAsDouble();
    else if (value && argument.getName() == "averaging_constant")
      options.averagingConstant = value.getValueAsDouble();
    else
      return emitError() << "expected the arguments eps and averaging_constant "
                            "of an observer, but got "
                         << argument.getName() << " = " << argument.getValue();
  }
  return options;
}

static bool isDynamic(Attribute spec) {
  auto asked = dyn_cast<SpecAttr>(spec);
  return asked && asked.getTiming() == Timing::Dynamic;
}

bool pt2e::hasGivenParameters(SiteOp site) {
  return site.getPinned() || !isa<SpecAttr>(site.getSpec()) ||
         isDynamic(site.getSpec());
}

FailureOr<std::unique_ptr<Observer>>
pt2e::makeObserver(SpecAttr spec,
                   function_ref<InFlightDiagnostic()> emitError) {
  FailureOr<ObserverOptions> options = observerOptions(spec, emitError);
  if (failed(options))
    return failure();
  absl::StatusOr<std::unique_ptr<Observer>> observer = makeObserver(
      {spec.getObserver().data(), spec.getObserver().size()}, *options);
  if (!observer.ok())
    return emitError() << text(observer.status());
  return std::move(*observer);
}

FailureOr<std::unique_ptr<Observer>> pt2e::makeObserver(SiteOp site) {
  auto emitError = [&] { return error(site); };
  auto spec = dyn_cast<SpecAttr>(site.getSpec());
  if (!spec || isDynamic(spec))
    return error(site) << "expected a site that observes, but got "
                       << site.getSpec();
  FailureOr<std::unique_ptr<Observer>> observer = makeObserver(spec, emitError);
  if (failed(observer))
    return failure();
  if (DictionaryAttr statistics = site.getStatisticsAttr()) {
    FailureOr<ObserverState> state = observerState(statistics, emitError);
    if (failed(state))
      return failure();
    if (absl::Status status = (*observer)->restore(*state); !status.ok())
      return error(site) << text(status);
  }
  return observer;
}

void pt2e::setStatistics(SiteOp site, const Observer &observer) {
  site.setStatisticsAttr(statisticsAttr(site.getContext(), observer.state()));
}

/// The product of the scales of the two sites that `site` is derived from.
static FailureOr<QParamsList> derivedParameters(SiteOp site) {
  QParamsList product{{1}, {}, {}};
  for (auto name : site.getFrom()->getAsRange<FlatSymbolRefAttr>()) {
    auto source = SymbolTable::lookupNearestSymbolFrom<SiteOp>(site, name);
    FailureOr<QParamsList> params = qparamsOf(source);
    if (failed(params))
      return failure();
    std::vector<float> &scales = product.scales;
    if (scales.size() == 1)
      scales.resize(params->scales.size(), scales[0]);
    if (params->scales.size() != 1 && params->scales.size() != scales.size())
      return error(site) << "expected one scale, or as many as the other site, "
                            "to derive from, but got "
                         << params->scales.size() << " of " << name << " and "
                         << scales.size();
    for (auto [i, scale] : llvm::enumerate(scales))
      scale *= params->scales[params->scales.size() == 1 ? 0 : i];
  }
  product.zeroPoints.resize(product.scales.size(), 0);
  return product;
}

/// `params` if each scale is one that quantize can divide by.
static FailureOr<QParamsList> verifiedScales(SiteOp site, QParamsList params) {
  for (float scale : params.scales)
    if (!std::isnormal(scale) || scale < 0)
      return error(site) << "expected a normal, positive scale, but got "
                         << scale;
  return params;
}

FailureOr<QParamsList> pt2e::qparamsOf(SiteOp site) {
  FixedAttr given = site.getPinnedAttr();
  if (!given)
    given = dyn_cast<FixedAttr>(site.getSpec());
  if (given)
    return QParamsList{
        {static_cast<float>(given.getScale().getValueAsDouble())},
        {static_cast<int32_t>(given.getZeroPoint())},
        {}};
  if (isa<DerivedAttr>(site.getSpec())) {
    FailureOr<QParamsList> params = derivedParameters(site);
    if (failed(params))
      return failure();
    return verifiedScales(site, std::move(*params));
  }
  if (!hasGivenParameters(site) && !site.getStatistics())
    return error(site) << "expected statistics, but the site saw nothing; "
                          "calibrate the program with inputs that reach it";
  FailureOr<std::unique_ptr<Observer>> observer = makeObserver(site);
  if (failed(observer))
    return failure();
  absl::StatusOr<QParamsList> params = (*observer)->calculateQParams();
  if (!params.ok())
    return error(site) << text(params.status());
  return verifiedScales(site, std::move(*params));
}
