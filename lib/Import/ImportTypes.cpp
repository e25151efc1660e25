#include "ImportTypes.h"

#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Constants.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace pt2e;

Type pt2e::elementType(MLIRContext *context, ScalarType type) {
  Builder builder(context);
  const auto unsignedType = [&](unsigned width) -> Type {
    return IntegerType::get(context, width, IntegerType::Unsigned);
  };
  switch (type) {
  case ScalarType::Unknown:
    return {};
  case ScalarType::UInt8:
    return unsignedType(8);
  case ScalarType::UInt16:
    return unsignedType(16);
  case ScalarType::UInt32:
    return unsignedType(32);
  case ScalarType::UInt64:
    return unsignedType(64);
  case ScalarType::Int8:
    return builder.getI8Type();
  case ScalarType::Int16:
    return builder.getIntegerType(16);
  case ScalarType::Int32:
    return builder.getI32Type();
  case ScalarType::Int64:
    return builder.getI64Type();
  case ScalarType::Bool:
    return builder.getI1Type();
  case ScalarType::Float16:
    return builder.getF16Type();
  case ScalarType::BFloat16:
    return builder.getBF16Type();
  case ScalarType::Float32:
    return builder.getF32Type();
  case ScalarType::Float64:
    return builder.getF64Type();
  case ScalarType::ComplexHalf:
    return ComplexType::get(builder.getF16Type());
  case ScalarType::ComplexFloat:
    return ComplexType::get(builder.getF32Type());
  case ScalarType::ComplexDouble:
    return ComplexType::get(builder.getF64Type());
  case ScalarType::Float8E4M3FN:
    return Float8E4M3FNType::get(context);
  case ScalarType::Float8E5M2:
    return Float8E5M2Type::get(context);
  case ScalarType::Float8E4M3FNUZ:
    return Float8E4M3FNUZType::get(context);
  case ScalarType::Float8E5M2FNUZ:
    return Float8E5M2FNUZType::get(context);
  case ScalarType::Float8E8M0FNU:
    return Float8E8M0FNUType::get(context);
  }
  return {};
}

/// `x[0]` is dimension 0 of the user input `x`; null if there is none.
static const SymInt *findInputDimension(const ExportedProgram &program,
                                        StringRef text) {
  // The name may have brackets itself: `batch[1][0]`.
  const size_t open = text.rfind('[');
  size_t dim = 0;
  if (open == StringRef::npos || !text.ends_with("]") ||
      text.slice(open + 1, text.size() - 1).getAsInteger(10, dim))
    return nullptr;
  for (const InputSpec &input : program.inputSpecs) {
    const auto *tensor = input.arg.as<TensorArgument>();
    if (input.kind != InputSpec::Kind::UserInput || !tensor ||
        input.name != text.take_front(open))
      continue;
    auto meta = program.graph.tensorValues.find(tensor->name);
    if (meta != program.graph.tensorValues.end() &&
        dim < meta->second.sizes.size())
      return &meta->second.sizes[dim];
  }
  return nullptr;
}

llvm::Expected<DimensionRanges>
DimensionRanges::make(const ExportedProgram &program,
                      const ImportOptions &options) {
  DimensionRanges ranges;
  ranges.program = &program;
  for (const auto &[name, size] : options.maxDims) {
    std::string symbol = name;
    if (const SymInt *dim = findInputDimension(program, name);
        dim && dim->expr && dim->expr.isSymbol()) {
      symbol = dim->expr.name().str();
    } else if (!program.symbolRanges.count(name)) {
      std::vector<StringRef> symbols;
      for (const auto &range : program.symbolRanges)
        symbols.push_back(range.first());
      llvm::sort(symbols);
      return llvm::createStringError(
          "expected a bound of a dynamic dimension (" +
          (symbols.empty() ? "there is none" : llvm::join(symbols, ", ")) +
          ") or of an input's, as in x[0]=64, but got '" + name + "'");
    }
    const Interval range = program.rangeOf(symbol);
    if (size < range.lo || size > range.hi)
      return llvm::createStringError(llvm::formatv(
          "expected a bound of '{0}' in {1}..{2}, but got {3}", name, range.lo,
          range.isBoundedAbove() ? std::to_string(range.hi) : "", size));
    ranges.maxSymbols[symbol] = size;
  }
  return ranges;
}

Interval DimensionRanges::ofSymbol(StringRef symbol) const {
  Interval range = program->rangeOf(symbol);
  auto bound = maxSymbols.find(symbol);
  if (bound != maxSymbols.end())
    range.hi = std::min(range.hi, bound->second);
  return range;
}

Interval DimensionRanges::of(const SymInt &size) const {
  if (size.isStatic())
    return {size.value, size.value};
  Interval range =
      size.expr.bounds([this](StringRef symbol) { return ofSymbol(symbol); });
  for (const auto &[expr, stated] : program->expressionRanges)
    if (expr == size.expr) {
      range.lo = std::max(range.lo, stated.lo);
      range.hi = std::min(range.hi, stated.hi);
    }
  range.lo = std::max<int64_t>(range.lo, 0);
  return range;
}

RankedTensorType DimensionRanges::tensorType(Location loc,
                                             const TensorMeta &meta) const {
  const Type element = elementType(loc->getContext(), meta.dtype);
  if (!element) {
    emitError(loc) << "expected a known element type";
    return {};
  }
  if (meta.layout != Layout::Strided) {
    emitError(loc) << "expected a strided tensor, but got layout "
                   << unsigned(meta.layout)
                   << "; sparse and mkldnn tensors are not supported";
    return {};
  }
  SmallVector<int64_t> sizes, bounds;
  bool isBounded = true;
  for (const SymInt &size : meta.sizes) {
    const Interval range = of(size);
    const bool isStatic = range.lo == range.hi;
    sizes.push_back(isStatic ? range.lo : ShapedType::kDynamic);
    bounds.push_back(isStatic ? -1 : range.hi);
    isBounded &= isStatic || (range.isBoundedAbove() && range.hi > 0);
  }
  if (!isBounded)
    return RankedTensorType::get(sizes, element);
  return aten::boundedTensor(sizes, element, bounds);
}

RankedTensorType pt2e::payloadType(MLIRContext *context,
                                   const TensorPayload &payload) {
  const Type element = elementType(context, payload.dtype);
  return element ? RankedTensorType::get(payload.sizes, element)
                 : RankedTensorType();
}

llvm::Expected<AsmResourceBlob>
pt2e::payloadBlob(const TensorPayload &payload) {
  llvm::Expected<TensorBytes> bytes = payload.contiguousBytes();
  if (!bytes)
    return bytes.takeError();
  const ArrayRef<char> data(reinterpret_cast<const char *>(bytes->bytes.data()),
                            bytes->bytes.size());
  // Readers cast the bytes to elements.
  const size_t alignment = std::max(1u, byteSize(payload.dtype));
  if (reinterpret_cast<uintptr_t>(data.data()) % alignment)
    return HeapAsmResourceBlob::allocateAndCopyWithAlign(
        data, alignment, /*dataIsMutable=*/false);
  return AsmResourceBlob(
      data, alignment,
      [owner = bytes->owner](void *, size_t, size_t) mutable { owner.reset(); },
      /*dataIsMutable=*/false);
}

PayloadConstants::Key PayloadConstants::key(const TensorPayload &payload) {
  return {payload.storage.get(), payload.dtype, payload.sizes, payload.strides,
          payload.storageOffset};
}

ElementsAttr PayloadConstants::get(Location loc, StringRef name,
                                   const TensorPayload &payload) {
  ElementsAttr &constant = constants[key(payload)];
  if (constant)
    return constant;
  const RankedTensorType type = payloadType(loc->getContext(), payload);
  if (!type) {
    emitError(loc) << "expected a known element type of '" << name << "'";
    return {};
  }
  llvm::Expected<AsmResourceBlob> blob = payloadBlob(payload);
  if (!blob) {
    emitError(loc) << "'" << name << "': " << llvm::toString(blob.takeError());
    return {};
  }
  const ArrayRef<char> data = blob->getData();
  if (type.getNumElements() <= 64)
    constant = aten::makeConstant(
        type, std::vector<char>(data.begin(), data.end()), name);
  else
    constant = DenseResourceElementsAttr::get(type, name, std::move(*blob));
  return constant;
}
