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

static FailureOr<StorageType>
storageOf(IntegerType type, function_ref<InFlightDiagnostic()> emitError) {
  const bool isUnsigned = type.isUnsigned();
  switch (type.getWidth()) {
  case 4:
    return isUnsigned ? StorageType::UInt4 : StorageType::Int4;
  case 8:
    return isUnsigned ? StorageType::UInt8 : StorageType::Int8;
  case 16:
    return isUnsigned ? StorageType::UInt16 : StorageType::Int16;
  case 32:
    if (!isUnsigned)
      return StorageType::Int32;
    break;
  default:
    break;
  }
  return emitError() << "expected storage i4, ui4, i8, ui8, i16, ui16 or i32, "
                        "but got "
                     << type;
}

FailureOr<ObserverOptions>
pt2e::observerOptions(SpecAttr spec,
                      function_ref<InFlightDiagnostic()> emitError) {
  ObserverOptions options;
  FailureOr<StorageType> storage = storageOf(spec.getStorage(), emitError);
  if (failed(storage))
    return failure();
  options.spec.storage = *storage;
  options.spec.codes = CodeRange{static_cast<int32_t>(spec.getQuantMin()),
                                 static_cast<int32_t>(spec.getQuantMax())};
  options.spec.scheme = spec.getScheme() == QuantScheme::Symmetric
                            ? Scheme::Symmetric
                            : Scheme::Affine;
  options.channelAxis = std::max<int64_t>(spec.getAxis(), 0);
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

bool pt2e::hasGivenParameters(SiteOp site) {
  return site.getPinned() || isa<FixedAttr>(site.getSpec());
}

FailureOr<std::unique_ptr<Observer>> pt2e::makeObserver(SiteOp site) {
  auto emitError = [&] { return error(site); };
  auto spec = dyn_cast<SpecAttr>(site.getSpec());
  if (!spec)
    return error(site) << "expected a site that observes, but got "
                       << site.getSpec();
  if (spec.getTiming() != Timing::Static)
    return error(site) << "expected a static spec to observe, but got " << spec;
  FailureOr<ObserverOptions> options = observerOptions(spec, emitError);
  if (failed(options))
    return failure();
  absl::StatusOr<std::unique_ptr<Observer>> observer = makeObserver(
      {spec.getObserver().data(), spec.getObserver().size()}, *options);
  if (!observer.ok())
    return error(site) << text(observer.status());
  if (DictionaryAttr statistics = site.getStatisticsAttr()) {
    FailureOr<ObserverState> state = observerState(statistics, emitError);
    if (failed(state))
      return failure();
    if (absl::Status status = (*observer)->restore(*state); !status.ok())
      return error(site) << text(status);
  }
  return std::move(*observer);
}

void pt2e::setStatistics(SiteOp site, const Observer &observer) {
  site.setStatisticsAttr(statisticsAttr(site.getContext(), observer.state()));
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
  if (!site.getStatistics())
    return error(site) << "expected statistics, but the site saw nothing; "
                          "calibrate the program with inputs that reach it";
  FailureOr<std::unique_ptr<Observer>> observer = makeObserver(site);
  if (failed(observer))
    return failure();
  absl::StatusOr<QParamsList> params = (*observer)->calculateQParams();
  if (!params.ok())
    return error(site) << text(params.status());
  for (float scale : params->scales)
    if (!std::isnormal(scale) || scale < 0)
      return error(site) << "expected a normal, positive scale, but got "
                         << scale;
  return std::move(*params);
}
