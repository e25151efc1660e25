// Operators on constants: masks, position tables, factors of weights.
#include <cmath>

#include "ConstantElements.h"
#include "Simplify.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Aten/Remarks.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::simplify;

namespace {
//===----------------------------------------------------------------------===//
// Scalar functions
//===----------------------------------------------------------------------===//

using Unary = double (*)(double);
using Binary = double (*)(double, double);
using IntegerBinary = int64_t (*)(int64_t, int64_t);

double pythonModulo(double a, double b) {
  const double r = std::fmod(a, b);
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

const llvm::StringMap<Unary> &unaries() {
  static const llvm::StringMap<Unary> table = {
      {"neg", [](double x) { return -x; }},
      {"abs", [](double x) { return std::fabs(x); }},
      {"sqrt", [](double x) { return std::sqrt(x); }},
      {"rsqrt", [](double x) { return 1 / std::sqrt(x); }},
      {"reciprocal", [](double x) { return 1 / x; }},
      {"exp", [](double x) { return std::exp(x); }},
      {"log", [](double x) { return std::log(x); }},
      {"sin", [](double x) { return std::sin(x); }},
      {"cos", [](double x) { return std::cos(x); }},
      {"tanh", [](double x) { return std::tanh(x); }},
      {"sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }},
      {"floor", [](double x) { return std::floor(x); }},
      {"ceil", [](double x) { return std::ceil(x); }},
      {"round", [](double x) { return std::nearbyint(x); }},
      {"relu", [](double x) { return x < 0 ? 0.0 : x; }},
      {"logical_not", [](double x) { return x == 0 ? 1.0 : 0.0; }},
  };
  return table;
}

const llvm::StringMap<Binary> &binaries() {
  static const llvm::StringMap<Binary> table = {
      {"add", [](double a, double b) { return a + b; }},
      {"sub", [](double a, double b) { return a - b; }},
      {"mul", [](double a, double b) { return a * b; }},
      {"div", [](double a, double b) { return a / b; }},
      {"pow", [](double a, double b) { return std::pow(a, b); }},
      {"fmod", [](double a, double b) { return std::fmod(a, b); }},
      {"remainder", pythonModulo},
      {"eq", [](double a, double b) { return double(a == b); }},
      {"ne", [](double a, double b) { return double(a != b); }},
      {"lt", [](double a, double b) { return double(a < b); }},
      {"le", [](double a, double b) { return double(a <= b); }},
      {"gt", [](double a, double b) { return double(a > b); }},
      {"ge", [](double a, double b) { return double(a >= b); }},
      {"logical_and", [](double a, double b) { return double(a && b); }},
      {"logical_or", [](double a, double b) { return double(a || b); }},
      {"maximum",
       [](double a, double b) { return std::isnan(a) || a > b ? a : b; }},
      {"minimum",
       [](double a, double b) { return std::isnan(a) || a < b ? a : b; }},
  };
  return table;
}

/// On integers, where f64 would round. Divisors are not 0.
const llvm::StringMap<IntegerBinary> &integerBinaries() {
  static const llvm::StringMap<IntegerBinary> table = {
      {"add",
       [](int64_t a, int64_t b) { return int64_t(uint64_t(a) + uint64_t(b)); }},
      {"sub",
       [](int64_t a, int64_t b) { return int64_t(uint64_t(a) - uint64_t(b)); }},
      {"mul",
       [](int64_t a, int64_t b) { return int64_t(uint64_t(a) * uint64_t(b)); }},
      {"eq", [](int64_t a, int64_t b) { return int64_t(a == b); }},
      {"ne", [](int64_t a, int64_t b) { return int64_t(a != b); }},
      {"lt", [](int64_t a, int64_t b) { return int64_t(a < b); }},
      {"le", [](int64_t a, int64_t b) { return int64_t(a <= b); }},
      {"gt", [](int64_t a, int64_t b) { return int64_t(a > b); }},
      {"ge", [](int64_t a, int64_t b) { return int64_t(a >= b); }},
      {"maximum", [](int64_t a, int64_t b) { return std::max(a, b); }},
      {"minimum", [](int64_t a, int64_t b) { return std::min(a, b); }},
      {"bitwise_and", [](int64_t a, int64_t b) { return a & b; }},
      {"bitwise_or", [](int64_t a, int64_t b) { return a | b; }},
      {"logical_and", [](int64_t a, int64_t b) { return int64_t(a && b); }},
      {"logical_or", [](int64_t a, int64_t b) { return int64_t(a || b); }},
  };
  return table;
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

/// For each element of `result` the index of the operand's, broadcast. None if
/// it does not broadcast.
std::optional<std::vector<size_t>> broadcastIndices(RankedTensorType from,
                                                    RankedTensorType result) {
  const int64_t added = result.getRank() - from.getRank();
  if (added < 0)
    return std::nullopt;
  SmallVector<size_t> steps(result.getRank(), 0);
  size_t step = 1;
  for (int64_t dim = from.getRank(); dim-- > 0;) {
    const int64_t size = from.getDimSize(dim);
    if (size != 1 && size != result.getDimSize(dim + added))
      return std::nullopt;
    steps[dim + added] = size == 1 ? 0 : step;
    step *= size;
  }
  std::vector<size_t> indices(result.getNumElements());
  SmallVector<int64_t> index(result.getRank(), 0);
  size_t at = 0;
  for (size_t &mapped : indices) {
    mapped = at;
    for (int64_t dim = result.getRank(); dim-- > 0;) {
      at += steps[dim];
      if (++index[dim] < result.getDimSize(dim))
        break;
      at -= steps[dim] * result.getDimSize(dim);
      index[dim] = 0;
    }
  }
  return indices;
}

/// A number given as an attribute, as a 0-d constant.
std::optional<ConstantElements> scalarElements(Attribute attribute) {
  auto typed = dyn_cast_or_null<TypedAttr>(attribute);
  auto value = number(attribute);
  if (!typed || !value || !isa<FloatType, IntegerType>(typed.getType()))
    return std::nullopt;
  ConstantElements elements =
      ConstantElements::zeros(RankedTensorType::get({}, typed.getType()));
  if (elements.isReal())
    elements.reals[0] = *value;
  else
    elements.integers[0] = cast<IntegerAttr>(attribute).getInt();
  return elements;
}

/// The argument `name`: a constant tensor or a number.
std::optional<ConstantElements> argument(Operation *op, StringRef name) {
  if (Value value = tensor(op, name)) {
    ElementsAttr constant = aten::constantOf(value);
    return constant ? ConstantElements::load(constant) : std::nullopt;
  }
  return scalarElements(aten::attributeArgument(op, name));
}

/// Whether f64 holds integers of this size exactly (and is no NaN).
bool isExactInteger(double value) { return std::fabs(value) <= 0x1p53; }

/// A tensor of one value: only the result's type and the number matter.
std::optional<ConstantElements> evaluateFill(Operation *op, StringRef name,
                                             RankedTensorType type) {
  std::optional<ConstantElements> value;
  if (name == "aten::full" || name == "aten::full_like" ||
      name == "aten::new_full")
    value = argument(op, "fill_value");
  else if (name == "aten::fill.Scalar" || name == "aten::fill.Tensor")
    value = argument(op, "value");
  else if (name == "aten::scalar_tensor")
    value = argument(op, "s");
  else if (name == "aten::ones" || name == "aten::ones_like" ||
           name == "aten::new_ones")
    value = scalarElements(Builder(op->getContext()).getI64IntegerAttr(1));
  else if (name == "aten::zeros" || name == "aten::zeros_like" ||
           name == "aten::new_zeros" || name == "aten::zero")
    value = scalarElements(Builder(op->getContext()).getI64IntegerAttr(0));
  const bool isReal = isa<FloatType>(type.getElementType());
  if (!value || value->size() != 1 ||
      (!isReal && !isExactInteger(value->real(0))))
    return std::nullopt;
  ConstantElements result = ConstantElements::zeros(type);
  for (size_t i = 0; i < result.size(); ++i)
    if (result.isReal())
      result.reals[i] = value->real(0);
    else
      result.integers[i] = value->integer(0);
  return result;
}

std::optional<ConstantElements> evaluateArange(Operation *op, StringRef name,
                                               RankedTensorType type) {
  if (!name.starts_with("aten::arange"))
    return std::nullopt;
  const Attribute start = aten::attributeArgument(op, "start");
  const Attribute step = aten::attributeArgument(op, "step");
  ConstantElements result = ConstantElements::zeros(type);
  const double first = number(start).value_or(0), by = number(step).value_or(1);
  for (size_t i = 0; i < result.size(); ++i)
    if (result.isReal())
      result.reals[i] = first + by * double(i);
    else
      result.integers[i] = int64_t(first) + int64_t(by) * int64_t(i);
  return result;
}

/// Unary, binary, where, masked_fill and conversions.
std::optional<ConstantElements>
evaluateElementwise(Operation *op, StringRef name, RankedTensorType type) {
  const StringRef function = name.drop_front(6).split('.').first;
  SmallVector<ConstantElements> inputs;
  const auto take = [&](StringRef argumentName) {
    std::optional<ConstantElements> input = argument(op, argumentName);
    if (input)
      inputs.push_back(std::move(*input));
    return !!input;
  };
  const bool isUnary =
      unaries().count(function) && name == "aten::" + function.str();
  const bool isSelect = function == "where" || function == "masked_fill";
  if (name == "aten::to.dtype" || isUnary) {
    if (!take("self"))
      return std::nullopt;
  } else if (function == "where") {
    if (!take("condition") || !take("self") || !take("other"))
      return std::nullopt;
  } else if (function == "masked_fill") {
    if (!take("mask") || !take("value") || !take("self"))
      return std::nullopt;
  } else if (function == "rsub") {
    if (!take("other") || !take("self"))
      return std::nullopt;
  } else if (binaries().count(function) || integerBinaries().count(function)) {
    if (!take("self") || !take(function == "pow" ? "exponent" : "other") ||
        aten::attributeArgument(op, "rounding_mode"))
      return std::nullopt;
  } else {
    return std::nullopt;
  }
  const Attribute alpha = aten::attributeArgument(op, "alpha");
  if (alpha && number(alpha) != 1.0)
    return std::nullopt;

  SmallVector<std::vector<size_t>> indices;
  for (const ConstantElements &input : inputs) {
    auto mapped = broadcastIndices(input.type, type);
    if (!mapped)
      return std::nullopt;
    indices.push_back(std::move(*mapped));
  }
  ConstantElements result = ConstantElements::zeros(type);
  bool isExact = true;
  const auto put = [&](size_t i, double real) {
    if (result.isReal()) {
      result.reals[i] = real;
    } else {
      isExact &= isExactInteger(real);
      result.integers[i] = isExact ? int64_t(real) : 0;
    }
  };
  const bool areIntegers = llvm::none_of(
      inputs, [](const ConstantElements &input) { return input.isReal(); });
  const StringRef key = function == "rsub" ? "sub" : function;
  if (!isUnary && !isSelect && name != "aten::to.dtype" && areIntegers &&
      !result.isReal()) {
    auto found = integerBinaries().find(key);
    if (found == integerBinaries().end())
      return std::nullopt;
    for (size_t i = 0; i < result.size(); ++i)
      result.integers[i] = found->second(inputs[0].integers[indices[0][i]],
                                         inputs[1].integers[indices[1][i]]);
    return result;
  }
  const auto binary = binaries().find(key);
  if (inputs.size() == 2 && binary == binaries().end())
    return std::nullopt;
  for (size_t i = 0; i < result.size(); ++i) {
    const auto at = [&](size_t k) { return inputs[k].real(indices[k][i]); };
    if (isSelect) {
      const size_t k = at(0) != 0 ? 1 : 2;
      if (result.isReal() || inputs[k].isReal())
        put(i, at(k));
      else
        result.integers[i] = inputs[k].integers[indices[k][i]];
    } else if (isUnary) {
      put(i, unaries().find(function)->second(at(0)));
    } else if (name != "aten::to.dtype") {
      put(i, binary->second(at(0), at(1)));
    } else if (type.getElementType().isInteger(1)) {
      result.integers[i] = at(0) != 0;
    } else if (!result.isReal() && inputs[0].isReal()) {
      put(i, at(0)); // out of range it is undefined, in PyTorch too
    } else if (result.isReal()) {
      result.reals[i] = at(0);
    } else {
      result.integers[i] = inputs[0].integers[indices[0][i]];
    }
  }
  return isExact ? std::optional(result) : std::nullopt;
}

/// amax and amin.
std::optional<ConstantElements> evaluateExtreme(Operation *op, StringRef name,
                                                RankedTensorType type) {
  const bool isMax = name == "aten::amax";
  if (!isMax && name != "aten::amin")
    return std::nullopt;
  std::optional<ConstantElements> self = argument(op, "self");
  if (!self || !self->isReal() || self->size() == 0)
    return std::nullopt;
  const int64_t rank = self->type.getRank();
  SmallVector<bool> isReduced(rank, integers(op, "dim").empty());
  for (int64_t dim : integers(op, "dim")) {
    if (normalDim(dim, rank) < 0 || normalDim(dim, rank) >= rank)
      return std::nullopt;
    isReduced[normalDim(dim, rank)] = true;
  }
  ConstantElements result = ConstantElements::zeros(type);
  std::vector<bool> isSet(result.size(), false);
  for (size_t i = 0; i < self->size(); ++i) {
    size_t at = 0, step = 1, left = i;
    for (int64_t dim = rank; dim-- > 0;) {
      const size_t size = self->type.getDimSize(dim);
      if (!isReduced[dim]) {
        at += left % size * step;
        step *= size;
      }
      left /= size;
    }
    const double value = self->reals[i];
    double &extreme = result.reals[at];
    // NaN wins, as in PyTorch.
    if (!isSet[at] || std::isnan(value) ||
        (isMax ? value > extreme : value < extreme))
      extreme = value;
    isSet[at] = true;
  }
  return result;
}

/// clamp between numbers.
std::optional<ConstantElements> evaluateClamp(Operation *op, StringRef name,
                                              RankedTensorType type) {
  if (name != "aten::clamp")
    return std::nullopt;
  std::optional<ConstantElements> result = argument(op, "self");
  if (!result || !result->isReal() || result->type != type)
    return std::nullopt;
  const auto min = number(aten::attributeArgument(op, "min"));
  const auto max = number(aten::attributeArgument(op, "max"));
  for (double &value : result->reals) {
    if (min && value < *min)
      value = *min;
    if (max && value > *max)
      value = *max;
  }
  return result;
}

/// tril and triu.
std::optional<ConstantElements> evaluateTriangle(Operation *op, StringRef name,
                                                 RankedTensorType type) {
  if ((name != "aten::tril" && name != "aten::triu") || type.getRank() < 2)
    return std::nullopt;
  std::optional<ConstantElements> result = argument(op, "self");
  if (!result || result->type != type)
    return std::nullopt;
  const int64_t diagonal = integer(op, "diagonal").value_or(0);
  const int64_t rows = type.getDimSize(type.getRank() - 2),
                columns = type.getDimSize(type.getRank() - 1);
  for (size_t i = 0; i < result->size(); ++i) {
    const int64_t row = int64_t(i) / columns % rows, column = i % columns;
    const bool isKept = name == "aten::tril" ? column - row <= diagonal
                                             : column - row >= diagonal;
    if (isKept)
      continue;
    if (result->isReal())
      result->reals[i] = 0;
    else
      result->integers[i] = 0;
  }
  return result;
}

/// slice_scatter and select_scatter.
std::optional<ConstantElements> evaluateScatter(Operation *op, StringRef name,
                                                RankedTensorType type) {
  const bool isSlice = name == "aten::slice_scatter";
  if (!isSlice && name != "aten::select_scatter")
    return std::nullopt;
  std::optional<ConstantElements> result = argument(op, "self"),
                                  source = argument(op, "src");
  const auto dim = integer(op, "dim");
  if (!result || !source || result->type != type || !dim ||
      source->isReal() != result->isReal())
    return std::nullopt;
  const int64_t axis = normalDim(*dim, type.getRank());
  if (axis < 0 || axis >= type.getRank())
    return std::nullopt;
  const int64_t size = type.getDimSize(axis);
  int64_t start = 0, step = 1, count = 1;
  if (isSlice) {
    const auto clamped = [&](int64_t index) {
      return std::clamp<int64_t>(index < 0 ? index + size : index, 0, size);
    };
    start = clamped(integer(op, "start").value_or(0));
    const int64_t end = clamped(integer(op, "end").value_or(INT64_MAX));
    step = integer(op, "step").value_or(1);
    if (step <= 0 || step > size + 1)
      return std::nullopt;
    count = std::max<int64_t>(0, (end - start + step - 1) / step);
  } else {
    const int64_t index = integer(op, "index").value_or(0);
    start = index < 0 ? index + size : index;
  }
  int64_t inner = 1, outer = 1;
  for (int64_t d = 0; d < type.getRank(); ++d)
    (d < axis ? outer : inner) *= d == axis ? 1 : type.getDimSize(d);
  if (int64_t(source->size()) != outer * count * inner || start < 0 ||
      (count > 0 && start + (count - 1) * step >= size))
    return std::nullopt;
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t c = 0; c < count; ++c)
      for (int64_t i = 0; i < inner; ++i) {
        const size_t to = (o * size + start + c * step) * inner + i;
        const size_t from = (o * count + c) * inner + i;
        if (result->isReal())
          result->reals[to] = source->reals[from];
        else
          result->integers[to] = source->integers[from];
      }
  return result;
}

struct EvaluateConstant : RewritePattern {
  EvaluateConstant(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isa_and_nonnull<aten::AtenDialect>(op->getDialect()) ||
        isa<aten::ParameterOp, aten::ReadBufferOp>(op) ||
        op->getNumResults() != 1 || !aten::symbolOperands(op).empty())
      return failure();
    auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    if (!type || type.getEncoding() || !isSmallEnough(type, op->getOperands()))
      return failure();
    const std::string name = aten::schemaName(op);
    if (!StringRef(name).starts_with("aten::"))
      return failure();
    std::optional<ConstantElements> result;
    for (auto *evaluate :
         {evaluateFill, evaluateArange, evaluateTriangle, evaluateScatter,
          evaluateExtreme, evaluateClamp, evaluateElementwise})
      if (!result)
        result = evaluate(op, name, type);
    if (!result)
      return failure();
    replaceByConstant(rewriter, op, 0,
                      result->store(aten::exportedName(op->getLoc())));
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void simplify::tellOfConstants(ModuleOp module) {
  module.walk([](Operation *op) {
    if (!isa_and_nonnull<aten::AtenDialect>(op->getDialect()) ||
        isa<aten::ParameterOp, aten::BufferOp>(op) || op->getNumOperands() == 0)
      return;
    const std::string name = aten::schemaName(op);
    if (!StringRef(name).starts_with("aten::") ||
        !llvm::all_of(op->getOperands(),
                      [](Value value) { return aten::constantOf(value); }))
      return;
    auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    const bool isTooLarge = type && type.hasStaticShape() &&
                            !isSmallEnough(type, op->getOperands());
    missed(op->getLoc(), "simplify", "EvaluateConstants",
           isTooLarge ? name + " of constants is computed at each call: its " +
                            Twine(type.getNumElements()) +
                            " elements take more than 1 MiB, and more than "
                            "its operands"
                      : name + " of constants is computed at each call: it is "
                               "not known how to evaluate it");
  });
}

void simplify::populateEvaluation(RewritePatternSet &patterns) {
  patterns.add<EvaluateConstant>(patterns.getContext());
}
