#include "Dimensions.h"

#include "ProgramJson.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Schema.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace pt2e;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

ScalarType pt2e::exportedType(Type element) {
  if (auto integer = dyn_cast<IntegerType>(element)) {
    const bool isUnsigned = integer.isUnsigned();
    if (integer.getWidth() == 1)
      return isUnsigned ? ScalarType::UInt8 : ScalarType::Bool;
    if (integer.getWidth() <= 8)
      return isUnsigned ? ScalarType::UInt8 : ScalarType::Int8;
    switch (integer.getWidth()) {
    case 16:
      return isUnsigned ? ScalarType::UInt16 : ScalarType::Int16;
    case 32:
      return isUnsigned ? ScalarType::UInt32 : ScalarType::Int32;
    case 64:
      return isUnsigned ? ScalarType::UInt64 : ScalarType::Int64;
    default:
      return ScalarType::Unknown;
    }
  }
  if (auto complex = dyn_cast<ComplexType>(element))
    return llvm::TypeSwitch<Type, ScalarType>(complex.getElementType())
        .Case([](Float16Type) { return ScalarType::ComplexHalf; })
        .Case([](Float32Type) { return ScalarType::ComplexFloat; })
        .Case([](Float64Type) { return ScalarType::ComplexDouble; })
        .Default(ScalarType::Unknown);
  return llvm::TypeSwitch<Type, ScalarType>(element)
      .Case([](Float16Type) { return ScalarType::Float16; })
      .Case([](BFloat16Type) { return ScalarType::BFloat16; })
      .Case([](Float32Type) { return ScalarType::Float32; })
      .Case([](Float64Type) { return ScalarType::Float64; })
      .Case([](Float8E4M3FNType) { return ScalarType::Float8E4M3FN; })
      .Case([](Float8E5M2Type) { return ScalarType::Float8E5M2; })
      .Case([](Float8E4M3FNUZType) { return ScalarType::Float8E4M3FNUZ; })
      .Case([](Float8E5M2FNUZType) { return ScalarType::Float8E5M2FNUZ; })
      .Case([](Float8E8M0FNUType) { return ScalarType::Float8E8M0FNU; })
      .Default(ScalarType::Unknown);
}

static SymInt staticSize(int64_t value) {
  SymInt size;
  size.value = value;
  return size;
}

/// `function(a, b)`, which must be one that `srepr` writes.
static SymbolicExpr call(StringRef function, const SymbolicExpr &a,
                         const SymbolicExpr &b) {
  auto expr = SymbolicExpr::parse(
      (function + "(" + srepr(a) + ", " + srepr(b) + ")").str());
  if (expr)
    return *expr;
  llvm::consumeError(expr.takeError());
  return {};
}

static SymbolicExpr expression(const SymInt &value) {
  return value.isStatic() ? SymbolicExpr::integer(value.value) : value.expr;
}

static SymInt product(const SymInt &a, const SymInt &b) {
  if (a.isStatic() && b.isStatic())
    return staticSize(a.value * b.value);
  if (a.isStatic() && a.value == 1)
    return b;
  if (b.isStatic() && b.value == 1)
    return a;
  SymInt result;
  result.expr = call("Mul", expression(a), expression(b));
  if (a.isStatic() || a.hint)
    if (b.isStatic() || b.hint)
      result.hint = (a.isStatic() ? a.value : *a.hint) *
                    (b.isStatic() ? b.value : *b.hint);
  return result;
}

TensorMeta pt2e::contiguousMeta(ScalarType dtype, std::vector<SymInt> sizes) {
  TensorMeta meta;
  meta.dtype = dtype;
  meta.device.type = "cpu";
  SymInt stride = staticSize(1);
  for (size_t dim = sizes.size(); dim-- > 0;) {
    meta.strides.insert(meta.strides.begin(), stride);
    if (!sizes[dim].isStatic() || sizes[dim].value != 0)
      stride = product(stride, sizes[dim]);
  }
  meta.sizes = std::move(sizes);
  return meta;
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

SymInt Dimensions::symbol(const std::string &name, Interval range) {
  SymInt size;
  size.expr = SymbolicExpr::symbol(name);
  ranges.try_emplace(name, range);
  return size;
}

SymInt Dimensions::freshSize(int64_t bound) {
  Interval range;
  range.lo = 0;
  if (bound >= 0)
    range.hi = bound;
  // PyTorch takes symbols u0, u1, ... as made where they are first seen.
  return symbol("u" + std::to_string(numFresh++), range);
}

/// "2*s77:2..64" or "s77:1.." apart.
static std::pair<StringRef, Interval> parseDimension(StringRef text) {
  auto [expr, limits] = text.rsplit(':');
  auto [low, high] = limits.split("..");
  Interval range;
  int64_t value;
  if (!low.getAsInteger(10, value))
    range.lo = value;
  if (!high.getAsInteger(10, value))
    range.hi = value;
  return {expr, range};
}

/// Whether `srepr` writes all of `expr`.
static bool isWritable(const SymbolicExpr &expr) {
  using Kind = SymbolicExpr::Kind;
  switch (expr.kind()) {
  case Kind::Integer:
  case Kind::Symbol:
    return true;
  case Kind::Add:
  case Kind::Mul:
  case Kind::Pow:
  case Kind::FloorDiv:
    return llvm::all_of(expr.operands(), isWritable);
  default:
    return false;
  }
}

void Dimensions::completeRanges() {
  for (const auto &[input, bound] : inputSymbols) {
    llvm::StringSet<> names;
    input.expr.collectSymbols(names);
    for (const auto &name : names)
      ranges.try_emplace(name.first(), Interval{0, Interval::kMax});
  }
}

void Dimensions::addInput(Value input, ArrayAttr dims) {
  auto type = dyn_cast<RankedTensorType>(input.getType());
  if (!type) {
    SymInt value = symbol("s" + std::to_string(9000 + scalars.size()),
                          {2, Interval::kMax});
    value.hint = 2;
    scalars[input] = value;
    return;
  }
  const SmallVector<int64_t> bounds = aten::upperBounds(type);
  std::vector<SymInt> &result = sizes[input];
  for (auto [dim, size] : llvm::enumerate(type.getShape())) {
    if (!ShapedType::isDynamic(size)) {
      result.push_back(staticSize(size));
      continue;
    }
    StringAttr text = dims && dim < dims.size()
                          ? dyn_cast<StringAttr>(dims[dim])
                          : StringAttr();
    auto [infix, range] = parseDimension(text ? text.getValue() : "");
    SymInt named;
    named.expr = SymbolicExpr::parseInfix(infix);
    if (!named.expr || !isWritable(named.expr)) {
      named.expr =
          SymbolicExpr::symbol("s" + std::to_string(8000 + numFresh++));
      range.lo = std::max<int64_t>(range.lo, 0);
      if (bounds[dim] >= 0)
        range.hi = bounds[dim];
    }
    ranges.try_emplace(named.expr.str(), range);
    // PyTorch has seen an example; 0 and 1 would be special.
    const auto exampleOf = [&](StringRef name) -> std::optional<int64_t> {
      const Interval of = ranges.lookup(name);
      return std::min(std::max<int64_t>(of.lo, 2), of.hi);
    };
    auto example = named.expr.evaluate(exampleOf);
    if (example)
      named.hint = *example;
    else
      llvm::consumeError(example.takeError());
    inputSymbols.push_back({named, bounds[dim]});
    result.push_back(named);
  }
}

void Dimensions::addOperand(Value argument, Value operand) {
  if (isa<RankedTensorType>(argument.getType()))
    sizes[argument] = meta(operand).sizes;
  else
    scalars[argument] = scalar(operand);
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// Whether the sizes of the op's results depend on what is in its operands.
static bool isDataDependent(StringRef name) {
  name.consume_front("aten::");
  return name.starts_with("nonzero") || name.starts_with("masked_select") ||
         name.starts_with("unique") || name.starts_with("_unique") ||
         name.starts_with("bincount") || name.starts_with("repeat_interleave");
}

/// The list of sizes that `op` is given for its result; empty if it has none.
static std::vector<SymInt> givenSizes(Operation *op, const Dimensions &known) {
  for (StringRef name : {"size", "shape"}) {
    auto list =
        dyn_cast_or_null<DenseI64ArrayAttr>(aten::attributeArgument(op, name));
    if (!list)
      continue;
    std::vector<SymInt> sizes;
    auto symbol = aten::symbolOperands(op).begin();
    for (int64_t size : list.asArrayRef())
      sizes.push_back(size == INT64_MIN ? known.scalar(*symbol++)
                                        : staticSize(size));
    return sizes;
  }
  return {};
}

std::vector<SymInt> Dimensions::resultSizes(Operation *op, Value result) {
  auto type = cast<RankedTensorType>(result.getType());
  const SmallVector<int64_t> bounds = aten::upperBounds(type);
  const std::string name = aten::schemaName(op);
  std::vector<SymInt> given;
  if (!type.hasStaticShape() && !name.empty())
    given = givenSizes(op, *this);
  std::vector<SymInt> found;
  for (auto [dim, size] : llvm::enumerate(type.getShape())) {
    if (!ShapedType::isDynamic(size)) {
      found.push_back(staticSize(size));
      continue;
    }
    if (given.size() == size_t(type.getRank()) && !given[dim].isStatic()) {
      found.push_back(given[dim]);
      continue;
    }
    // The expression that operands have for this bound, if it is one.
    std::vector<SymInt> candidates;
    if (!isDataDependent(name))
      for (Value operand : op->getOperands())
        if (auto from = dyn_cast<RankedTensorType>(operand.getType()))
          for (auto [bound, candidate] :
               llvm::zip_equal(aten::upperBounds(from), meta(operand).sizes))
            if (!candidate.isStatic() && bound == bounds[dim] &&
                llvm::none_of(candidates, [&](const SymInt &other) {
                  return other.expr == candidate.expr;
                }))
              candidates.push_back(candidate);
    // A multiple of the only symbol: `[b, 8, d]` seen as `[8*b, d]`.
    if (candidates.empty() && !isDataDependent(name) && bounds[dim] > 0)
      for (const auto &[input, bound] : inputSymbols)
        if (input.expr.isSymbol() && bound > 0 && bounds[dim] % bound == 0 &&
            llvm::none_of(candidates, [&](const SymInt &other) {
              return other.expr ==
                     product(staticSize(bounds[dim] / bound), input).expr;
            }))
          candidates.push_back(product(staticSize(bounds[dim] / bound), input));
    found.push_back(candidates.size() == 1 ? candidates[0]
                                           : freshSize(bounds[dim]));
  }
  return found;
}

void Dimensions::addResults(Operation *op) {
  for (Value result : op->getResults()) {
    if (isa<RankedTensorType>(result.getType())) {
      sizes[result] = resultSizes(op, result);
      continue;
    }
    if (!result.getType().isInteger(64))
      continue;
    SymInt value;
    const auto combine = [&](StringRef function) {
      const SymInt a = scalar(op->getOperand(0)), b = scalar(op->getOperand(1));
      value.expr = call(function, expression(a), expression(b));
    };
    if (auto size = dyn_cast<aten::SymSizeOp>(op))
      value = meta(size.getSelf()).sizes[size.getDim()];
    else if (auto constant = dyn_cast<arith::ConstantIntOp>(op))
      value = staticSize(constant.value());
    else if (isa<arith::AddIOp>(op))
      combine("Add");
    else if (isa<arith::MulIOp>(op))
      combine("Mul");
    else if (isa<arith::FloorDivSIOp>(op))
      combine("FloorDiv");
    else if (isa<arith::MaxSIOp>(op))
      combine("Max");
    else if (isa<arith::MinSIOp>(op))
      combine("Min");
    else if (isa<arith::SubIOp>(op)) {
      const SymInt a = scalar(op->getOperand(0)), b = scalar(op->getOperand(1));
      value.expr = call("Add", expression(a),
                        call("Mul", SymbolicExpr::integer(-1), expression(b)));
    }
    if (!value.expr && !isa<arith::ConstantIntOp>(op) &&
        !isa<aten::SymSizeOp>(op))
      value = freshSize(-1);
    scalars[result] = value;
  }
}

TensorMeta Dimensions::meta(Value tensor) const {
  auto type = cast<RankedTensorType>(tensor.getType());
  auto known = sizes.find(tensor);
  std::vector<SymInt> result;
  if (known != sizes.end())
    result = known->second;
  else
    for (int64_t size : type.getShape())
      result.push_back(staticSize(size));
  return contiguousMeta(exportedType(type.getElementType()), std::move(result));
}

SymInt Dimensions::scalar(Value value) const {
  if (auto constant = value.getDefiningOp<arith::ConstantIntOp>())
    return staticSize(constant.value());
  return scalars.lookup(value);
}
