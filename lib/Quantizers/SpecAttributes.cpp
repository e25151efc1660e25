#include "SpecAttributes.h"

#include <cmath>

#include "mlir/IR/Builders.h"
#include "pt2e/Quantizers/SiteStatistics.h"

using namespace mlir;
using namespace pt2e;

namespace q = pt2e::quantizer;

static SharedTarget targetOf(q::Spec::With with) {
  switch (with) {
  case q::Spec::With::Operand:
    return SharedTarget::Operand;
  case q::Spec::With::Result:
    return SharedTarget::Result;
  case q::Spec::With::Producer:
    return SharedTarget::Producer;
  }
  llvm_unreachable("not a target");
}

static q::Spec::With withOf(SharedTarget target) {
  switch (target) {
  case SharedTarget::Operand:
    return q::Spec::With::Operand;
  case SharedTarget::Result:
    return q::Spec::With::Result;
  case SharedTarget::Producer:
    return q::Spec::With::Producer;
  }
  llvm_unreachable("not a target");
}

static QuantScheme schemeOf(q::Scheme scheme) {
  switch (scheme) {
  case q::Scheme::Symmetric:
    return QuantScheme::Symmetric;
  case q::Scheme::Affine:
    return QuantScheme::Affine;
  case q::Scheme::SymmetricNoClippingError:
    return QuantScheme::SymmetricNoClippingError;
  case q::Scheme::AffineFloat:
    return QuantScheme::AffineFloat;
  }
  llvm_unreachable("not a scheme");
}

static q::Scheme schemeOf(QuantScheme scheme) {
  switch (scheme) {
  case QuantScheme::Symmetric:
    return q::Scheme::Symmetric;
  case QuantScheme::Affine:
    return q::Scheme::Affine;
  case QuantScheme::SymmetricNoClippingError:
    return q::Scheme::SymmetricNoClippingError;
  case QuantScheme::AffineFloat:
    return q::Scheme::AffineFloat;
  }
  llvm_unreachable("not a scheme");
}

/// A `#pt2e.spec` with an observer that can be made.
static Attribute observedAttr(MLIRContext *context, const q::Spec &spec,
                              IntegerType storage,
                              function_ref<InFlightDiagnostic()> emitError) {
  Builder builder(context);
  const bool isDynamic = spec.kind == q::Spec::Kind::Dynamic;
  if (!isDynamic && spec.observer.empty()) {
    emitError() << "expected the name of an observer";
    return {};
  }
  if (spec.block.rank() > q::Block::kMaxRank) {
    emitError() << "expected a block of up to " << q::Block::kMaxRank
                << " dimensions";
    return {};
  }
  NamedAttrList arguments;
  if (spec.eps != 0)
    arguments.set("eps", builder.getF32FloatAttr(spec.eps));
  if (spec.averagingConstant != 0)
    arguments.set("averaging_constant",
                  builder.getF32FloatAttr(spec.averagingConstant));
  SmallVector<int64_t> block;
  for (uint32_t dim = 0; dim < spec.block.rank(); ++dim)
    block.push_back(spec.block[dim]);
  auto attribute = SpecAttr::getChecked(
      emitError, context, storage, int64_t{spec.quantMin},
      int64_t{spec.quantMax}, schemeOf(spec.scheme),
      isDynamic ? Timing::Dynamic : Timing::Static, int64_t{spec.axis},
      ArrayRef<int64_t>(block),
      builder.getStringAttr(isDynamic ? "placeholder" : spec.observer),
      arguments.empty() ? DictionaryAttr() : arguments.getDictionary(context));
  if (!attribute || failed(makeObserver(attribute, emitError)))
    return {};
  return attribute;
}

Attribute pt2e::attributeOf(MLIRContext *context, const q::Spec &spec,
                            function_ref<InFlightDiagnostic()> emitError) {
  Builder builder(context);
  const IntegerType storage = IntegerType::get(
      context, spec.bits,
      spec.isSigned ? IntegerType::Signless : IntegerType::Unsigned);
  const int64_t quantMin = spec.quantMin, quantMax = spec.quantMax;
  if (spec.storage != q::Storage::Integer) {
    if (spec.kind != q::Spec::Kind::Static) {
      emitError() << "expected a static spec for f16 and bf16";
      return {};
    }
    return CastAttr::get(context, spec.storage == q::Storage::F16
                                      ? FloatType(builder.getF16Type())
                                      : FloatType(builder.getBF16Type()));
  }
  switch (spec.kind) {
  case q::Spec::Kind::Float:
    return builder.getUnitAttr();
  case q::Spec::Kind::Shared:
    return SharedAttr::get(context, targetOf(spec.with), spec.index);
  case q::Spec::Kind::Fixed:
    if (!std::isnormal(spec.scale) || spec.scale < 0) {
      emitError() << "expected a normal, positive scale, but got "
                  << spec.scale;
      return {};
    }
    return FixedAttr::getChecked(emitError, context, storage, quantMin,
                                 quantMax, builder.getF32FloatAttr(spec.scale),
                                 int64_t{spec.zeroPoint});
  case q::Spec::Kind::Derived: {
    const int64_t from[] = {spec.from[0], spec.from[1]};
    return DerivedAttr::getChecked(emitError, context, storage, quantMin,
                                   quantMax, ArrayRef<int64_t>(from));
  }
  case q::Spec::Kind::Static:
  case q::Spec::Kind::Dynamic:
    return observedAttr(context, spec, storage, emitError);
  }
  llvm_unreachable("not a kind");
}

/// Storage and range of a spec, fixed or derived.
template <typename AttrT>
static void setStorage(q::Spec &spec, AttrT attribute) {
  spec.setCodes(!attribute.getStorage().isUnsigned(),
                attribute.getStorage().getWidth(), attribute.getQuantMin(),
                attribute.getQuantMax());
}

static q::Spec observedSpec(SpecAttr asked) {
  q::Spec spec;
  spec.kind = asked.getTiming() == Timing::Dynamic ? q::Spec::Kind::Dynamic
                                                   : q::Spec::Kind::Static;
  setStorage(spec, asked);
  spec.scheme = schemeOf(asked.getScheme());
  spec.axis = asked.getAxis();
  for (int64_t size : asked.getBlock())
    spec.block.add(size);
  spec.observer = asked.getObserver().getValue();
  auto argument = [&](StringRef name) -> float {
    DictionaryAttr arguments = asked.getArguments();
    auto value = arguments ? arguments.getAs<FloatAttr>(name) : FloatAttr();
    return value ? value.getValueAsDouble() : 0;
  };
  spec.eps = argument("eps");
  spec.averagingConstant = argument("averaging_constant");
  return spec;
}

q::Spec pt2e::specOf(Attribute entry) {
  q::Spec spec;
  if (auto group = dyn_cast_or_null<GroupAttr>(entry))
    entry = group.getSpec();
  if (auto shared = dyn_cast_or_null<SharedAttr>(entry)) {
    spec.kind = q::Spec::Kind::Shared;
    spec.with = withOf(shared.getTarget());
    spec.index = shared.getIndex();
  } else if (auto fixed = dyn_cast_or_null<FixedAttr>(entry)) {
    spec = q::Spec::fixed(fixed.getScale().getValueAsDouble(),
                          fixed.getZeroPoint());
    setStorage(spec, fixed);
  } else if (auto derived = dyn_cast_or_null<DerivedAttr>(entry)) {
    spec = q::Spec::derivedFrom(derived.getFrom()[0], derived.getFrom()[1]);
    setStorage(spec, derived);
  } else if (auto cast = dyn_cast_or_null<CastAttr>(entry)) {
    spec = q::Spec::stored(isa<Float16Type>(cast.getType()) ? q::Storage::F16
                                                            : q::Storage::BF16);
  } else if (auto asked = dyn_cast_or_null<SpecAttr>(entry)) {
    spec = observedSpec(asked);
  }
  return spec;
}
