#include "SpecAttributes.h"

#include <cmath>

#include "mlir/IR/Builders.h"

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

Attribute pt2e::attributeOf(MLIRContext *context, const q::Spec &spec,
                            function_ref<InFlightDiagnostic()> emitError) {
  Builder builder(context);
  const IntegerType storage = IntegerType::get(
      context, spec.bits,
      spec.isSigned ? IntegerType::Signless : IntegerType::Unsigned);
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
    return FixedAttr::get(context, storage, spec.quantMin, spec.quantMax,
                          builder.getF32FloatAttr(spec.scale), spec.zeroPoint);
  case q::Spec::Kind::Static:
    break;
  }
  if (spec.observer.empty()) {
    emitError() << "expected the name of an observer";
    return {};
  }
  NamedAttrList arguments;
  if (spec.eps != 0)
    arguments.set("eps", builder.getF32FloatAttr(spec.eps));
  if (spec.averagingConstant != 0)
    arguments.set("averaging_constant",
                  builder.getF32FloatAttr(spec.averagingConstant));
  return SpecAttr::getChecked(
      emitError, context, storage, int64_t{spec.quantMin},
      int64_t{spec.quantMax},
      spec.scheme == q::Scheme::Symmetric ? QuantScheme::Symmetric
                                          : QuantScheme::Affine,
      Timing::Static, int64_t{spec.axis}, builder.getStringAttr(spec.observer),
      arguments.empty() ? DictionaryAttr() : arguments.getDictionary(context));
}

/// Storage and range of a `#pt2e.spec` or `#pt2e.fixed`.
template <typename AttrT>
static void setStorage(q::Spec &spec, AttrT attribute) {
  spec.bits = attribute.getStorage().getWidth();
  spec.isSigned = !attribute.getStorage().isUnsigned();
  spec.quantMin = attribute.getQuantMin();
  spec.quantMax = attribute.getQuantMax();
}

q::Spec pt2e::specOf(Attribute entry) {
  q::Spec spec;
  if (auto shared = dyn_cast_or_null<SharedAttr>(entry)) {
    spec.kind = q::Spec::Kind::Shared;
    spec.with = withOf(shared.getTarget());
    spec.index = shared.getIndex();
  } else if (auto fixed = dyn_cast_or_null<FixedAttr>(entry)) {
    spec.kind = q::Spec::Kind::Fixed;
    setStorage(spec, fixed);
    spec.scale = fixed.getScale().getValueAsDouble();
    spec.zeroPoint = fixed.getZeroPoint();
  } else if (auto asked = dyn_cast_or_null<SpecAttr>(entry)) {
    spec.kind = q::Spec::Kind::Static;
    setStorage(spec, asked);
    spec.scheme = asked.getScheme() == QuantScheme::Symmetric
                      ? q::Scheme::Symmetric
                      : q::Scheme::Affine;
    spec.axis = asked.getAxis();
    spec.observer = asked.getObserver().getValue();
    auto argument = [&](StringRef name) -> float {
      DictionaryAttr arguments = asked.getArguments();
      auto value = arguments ? arguments.getAs<FloatAttr>(name) : FloatAttr();
      return value ? value.getValueAsDouble() : 0;
    };
    spec.eps = argument("eps");
    spec.averagingConstant = argument("averaging_constant");
  }
  return spec;
}
