// The value of a symbolic expression, exact as long as no float is in it.

#include "SymbolicExprNode.h"

#include "llvm/ADT/Twine.h"

using namespace llvm;

namespace pt2e {

namespace {

// Beyond ISO C++, but both compilers have it.
__extension__ typedef __int128 Wide;
using Kind = SymbolicExpr::Kind;

/// A fraction in lowest terms with a positive denominator, or a double.
struct Number {
  int64_t numerator = 0;
  int64_t denominator = 1;
  bool isReal = false;
  double real = 0;

  double toReal() const {
    return isReal ? real : static_cast<double>(numerator) / denominator;
  }
  bool isZero() const { return isReal ? real == 0 : numerator == 0; }
  bool isInteger() const { return !isReal && denominator == 1; }
};

class Evaluator {
public:
  using ValueOf = function_ref<std::optional<int64_t>(StringRef)>;
  explicit Evaluator(ValueOf valueOf) : valueOf(valueOf) {}

  Number evaluate(const SymbolicExpr &expr);

  std::string error;

private:
  Number fail(const Twine &message) {
    if (error.empty())
      error = message.str();
    return Number();
  }
  static Number integer(int64_t value) {
    Number result;
    result.numerator = value;
    return result;
  }
  static Number real(double value) {
    Number result;
    result.isReal = true;
    result.real = value;
    return result;
  }
  Number fraction(Wide numerator, Wide denominator);
  Number add(const Number &a, const Number &b);
  Number multiply(const Number &a, const Number &b);
  Number divide(const Number &a, const Number &b);
  Number power(const Number &base, const Number &exponent);
  Number floor(const Number &x);
  Number ceil(const Number &x) { return negate(floor(negate(x))); }
  Number negate(const Number &x) { return multiply(integer(-1), x); }
  Number modulo(const Number &a, const Number &b);
  Number shift(const Number &a, const Number &b, bool left);
  Number rounded(const Number &x);
  int compare(const Number &a, const Number &b);

  ValueOf valueOf;
};

Number Evaluator::fraction(Wide numerator, Wide denominator) {
  if (denominator == 0)
    return fail("division by zero");
  Wide a = numerator < 0 ? -numerator : numerator;
  Wide b = denominator < 0 ? -denominator : denominator;
  while (b != 0) {
    Wide rest = a % b;
    a = b;
    b = rest;
  }
  if (denominator < 0)
    a = -a;
  numerator /= a;
  denominator /= a;
  if (numerator < INT64_MIN || numerator > INT64_MAX || denominator > INT64_MAX)
    return fail("overflow of 64 bits");
  Number result;
  result.numerator = static_cast<int64_t>(numerator);
  result.denominator = static_cast<int64_t>(denominator);
  return result;
}

Number Evaluator::add(const Number &a, const Number &b) {
  if (a.isReal || b.isReal)
    return real(a.toReal() + b.toReal());
  // Each product is below 2^126: their sum does not overflow.
  return fraction(Wide(a.numerator) * b.denominator +
                      Wide(b.numerator) * a.denominator,
                  Wide(a.denominator) * b.denominator);
}

Number Evaluator::multiply(const Number &a, const Number &b) {
  if (a.isReal || b.isReal)
    return real(a.toReal() * b.toReal());
  return fraction(Wide(a.numerator) * b.numerator,
                  Wide(a.denominator) * b.denominator);
}

Number Evaluator::divide(const Number &a, const Number &b) {
  if (b.isZero())
    return fail("division by zero");
  if (a.isReal || b.isReal)
    return real(a.toReal() / b.toReal());
  return fraction(Wide(a.numerator) * b.denominator,
                  Wide(a.denominator) * b.numerator);
}

Number Evaluator::power(const Number &base, const Number &exponent) {
  if (base.isReal || !exponent.isInteger())
    return real(std::pow(base.toReal(), exponent.toReal()));
  int64_t times = exponent.numerator;
  Number factor = times < 0 ? divide(integer(1), base) : base;
  // Of these, high powers neither overflow nor take long.
  bool isUnit =
      factor.isInteger() && factor.numerator >= -1 && factor.numerator <= 1;
  if (isUnit)
    times = times == 0 ? 0 : 2 - times % 2 * (times < 0 ? -1 : 1);
  if (times < -64 || times > 64)
    return fail("overflow of 64 bits");
  Number result = integer(1);
  for (int64_t i = std::abs(times); i > 0 && error.empty(); --i)
    result = multiply(result, factor);
  return result;
}

Number Evaluator::floor(const Number &x) {
  if (!x.isReal) {
    int64_t quotient = x.numerator / x.denominator;
    return integer(quotient - (x.numerator % x.denominator < 0));
  }
  double value = std::floor(x.real);
  if (!(value >= -0x1p63 && value < 0x1p63))
    return fail("overflow of 64 bits");
  return integer(static_cast<int64_t>(value));
}

Number Evaluator::modulo(const Number &a, const Number &b) {
  Number times = floor(divide(a, b));
  return add(a, negate(multiply(b, times)));
}

Number Evaluator::shift(const Number &a, const Number &b, bool left) {
  if (!b.isInteger() || b.numerator < 0 || b.numerator > 62)
    return fail("shift by a number outside [0, 62]");
  Number factor = integer(int64_t(1) << b.numerator);
  return left ? multiply(a, factor) : floor(divide(a, factor));
}

Number Evaluator::rounded(const Number &x) {
  Number doubled = multiply(integer(2), x);
  if (!x.isReal && x.denominator != 2)
    return floor(divide(add(doubled, integer(1)), integer(2)));
  if (x.isReal)
    return floor(real(std::nearbyint(x.real)));
  Number low = floor(x);
  return low.numerator % 2 == 0 ? low : add(low, integer(1));
}

int Evaluator::compare(const Number &a, const Number &b) {
  if (a.isReal || b.isReal) {
    double x = a.toReal(), y = b.toReal();
    return x < y ? -1 : x > y;
  }
  Wide x = Wide(a.numerator) * b.denominator;
  Wide y = Wide(b.numerator) * a.denominator;
  return x < y ? -1 : x > y;
}

Number Evaluator::evaluate(const SymbolicExpr &expr) {
  const std::vector<SymbolicExpr> &operands = expr.operands();
  auto operand = [&](size_t i) { return evaluate(operands[i]); };
  auto fold = [&](Number start, auto combine) {
    for (const SymbolicExpr &each : operands)
      start = combine(start, evaluate(each));
    return start;
  };
  auto holds = [&](bool value) { return integer(value); };
  switch (expr.kind()) {
  case Kind::Integer:
  case Kind::Bool:
    return integer(expr.value());
  case Kind::Rational:
    return fraction(expr.data().value, expr.data().denominator);
  case Kind::Float:
    return real(expr.data().real);
  case Kind::Symbol:
    if (std::optional<int64_t> value = valueOf(expr.name()))
      return integer(*value);
    return fail("the value of '" + expr.name() + "' is not known");
  case Kind::Add:
    return fold(integer(0), [&](auto &a, const auto &b) { return add(a, b); });
  case Kind::Mul:
    return fold(integer(1),
                [&](auto &a, const auto &b) { return multiply(a, b); });
  case Kind::Pow:
    return power(operand(0), operand(1));
  case Kind::Max:
    return fold(operand(0), [&](auto &a, const auto &b) {
      return compare(a, b) < 0 ? b : a;
    });
  case Kind::Min:
    return fold(operand(0), [&](auto &a, const auto &b) {
      return compare(b, a) < 0 ? b : a;
    });
  case Kind::FloorDiv:
    return floor(divide(operand(0), operand(1)));
  case Kind::CeilDiv:
    return ceil(divide(operand(0), operand(1)));
  case Kind::CleanDiv:
    return divide(operand(0), operand(1));
  case Kind::Mod:
    return modulo(operand(0), operand(1));
  case Kind::ModularIndexing:
    return modulo(floor(divide(operand(0), operand(1))), operand(2));
  case Kind::TrueDiv: {
    Number a = operand(0), b = operand(1);
    if (b.isZero())
      return fail("division by zero");
    return real(a.toReal() / b.toReal());
  }
  case Kind::CeilToInt:
    return ceil(operand(0));
  case Kind::FloorToInt:
    return floor(operand(0));
  case Kind::TruncToInt: {
    Number x = operand(0);
    return compare(x, integer(0)) < 0 ? ceil(x) : floor(x);
  }
  case Kind::TruncToFloat:
    return real(std::trunc(operand(0).toReal()));
  case Kind::RoundToInt:
    return rounded(operand(0));
  case Kind::ToFloat:
    return real(operand(0).toReal());
  case Kind::LShift:
    return shift(operand(0), operand(1), /*left=*/true);
  case Kind::RShift:
    return shift(operand(0), operand(1), /*left=*/false);
  case Kind::Identity:
    return operand(0);
  case Kind::Where:
    return operand(operand(0).isZero() ? 2 : 1);
  case Kind::Eq:
    return holds(compare(operand(0), operand(1)) == 0);
  case Kind::Ne:
    return holds(compare(operand(0), operand(1)) != 0);
  case Kind::Ge:
    return holds(compare(operand(0), operand(1)) >= 0);
  case Kind::Le:
    return holds(compare(operand(0), operand(1)) <= 0);
  case Kind::Gt:
    return holds(compare(operand(0), operand(1)) > 0);
  case Kind::Lt:
    return holds(compare(operand(0), operand(1)) < 0);
  case Kind::And:
    return fold(integer(1), [&](auto &a, const auto &b) {
      return holds(!a.isZero() && !b.isZero());
    });
  case Kind::Or:
    return fold(integer(0), [&](auto &a, const auto &b) {
      return holds(!a.isZero() || !b.isZero());
    });
  case Kind::Not:
    return holds(operand(0).isZero());
  case Kind::RoundDecimal:
  case Kind::IsNonOverlappingAndDense:
    break;
  }
  return fail("no rule to evaluate it");
}

} // namespace

Expected<int64_t> SymbolicExpr::evaluate(
    function_ref<std::optional<int64_t>(StringRef)> valueOf) const {
  Evaluator evaluator(valueOf);
  Number result = evaluator.evaluate(*this);
  if (evaluator.error.empty() && !result.isInteger())
    evaluator.error = "expected an integer";
  if (!evaluator.error.empty())
    return createStringError(inconvertibleErrorCode(), "cannot evaluate " +
                                                           str() + ": " +
                                                           evaluator.error);
  return result.numerator;
}

//===----------------------------------------------------------------------===//
// Bounds
//===----------------------------------------------------------------------===//

namespace {

constexpr int64_t kMin = Interval::kMin;
constexpr int64_t kMax = Interval::kMax;

// The ends of int64 are infinite. Rounding outwards to them is always sound.

int64_t saturate(Wide value) {
  return value < kMin ? kMin : value > kMax ? kMax : int64_t(value);
}

bool isInfinite(int64_t end) { return end == kMin || end == kMax; }

int64_t negate(int64_t end) {
  return end == kMin ? kMax : end == kMax ? kMin : -end;
}

Interval negate(Interval x) { return {negate(x.hi), negate(x.lo)}; }

Interval add(Interval a, Interval b) {
  Interval result;
  if (a.isBoundedBelow() && b.isBoundedBelow())
    result.lo = saturate(Wide(a.lo) + b.lo);
  if (a.isBoundedAbove() && b.isBoundedAbove())
    result.hi = saturate(Wide(a.hi) + b.hi);
  return result;
}

int64_t multiply(int64_t a, int64_t b) {
  if (a == 0 || b == 0)
    return 0;
  if (isInfinite(a) || isInfinite(b))
    return (a < 0) == (b < 0) ? kMax : kMin;
  return saturate(Wide(a) * b);
}

Interval hull(std::initializer_list<int64_t> values) {
  return {std::min(values), std::max(values)};
}

Interval hull(Interval a, Interval b) {
  return {std::min(a.lo, b.lo), std::max(a.hi, b.hi)};
}

Interval multiply(Interval a, Interval b) {
  return hull({multiply(a.lo, b.lo), multiply(a.lo, b.hi), multiply(a.hi, b.lo),
               multiply(a.hi, b.hi)});
}

/// floor(a / b), b > 0.
int64_t floorDiv(int64_t a, int64_t b) {
  if (isInfinite(a))
    return a;
  if (isInfinite(b))
    return a < 0 ? -1 : 0;
  return a / b - (a % b < 0);
}

/// Monotone in the dividend and, for a dividend of one sign, in the divisor.
Interval floorDivPositive(Interval a, Interval b) {
  return hull({floorDiv(a.lo, b.lo), floorDiv(a.lo, b.hi), floorDiv(a.hi, b.lo),
               floorDiv(a.hi, b.hi)});
}

/// A divisor is never zero: evaluation would have failed.
Interval floorDiv(Interval a, Interval b) {
  bool positive = b.hi >= 1, negative = b.lo <= -1;
  Interval above, below;
  if (positive)
    above = floorDivPositive(a, {std::max<int64_t>(b.lo, 1), b.hi});
  if (negative)
    below = floorDivPositive(
        negate(a), {std::max<int64_t>(negate(b.hi), 1), negate(b.lo)});
  if (positive && negative)
    return hull(above, below);
  return positive ? above : negative ? below : Interval();
}

Interval ceilDiv(Interval a, Interval b) {
  return negate(floorDiv(negate(a), b));
}

Interval modulo(Interval a, Interval b) {
  if (b.lo >= 1 && a.lo >= 0 && a.hi < b.lo)
    return a;
  return {b.lo >= 0      ? 0
          : b.lo == kMin ? kMin
                         : b.lo + 1,
          b.hi <= 0      ? 0
          : b.hi == kMax ? kMax
                         : b.hi - 1};
}

/// base^exponent for an exponent that is not negative.
int64_t power(int64_t base, int64_t exponent) {
  int64_t result = 1;
  if (base == 0 || base == 1)
    return exponent == 0 ? 1 : base;
  if (base == -1)
    return exponent % 2 ? -1 : 1;
  // Grows by 2 at least, so it saturates after 63 steps; the sign of what is
  // then infinite follows from the exponent's parity.
  int64_t steps = exponent <= 64 ? exponent : 64 + exponent % 2;
  for (int64_t i = 0; i < steps; ++i)
    result = multiply(result, base);
  return result;
}

Interval power(Interval base, Interval exponent) {
  if (exponent.lo < 0)
    return Interval();
  if (base.lo >= 1)
    return {power(base.lo, exponent.lo), power(base.hi, exponent.hi)};
  if (exponent.lo != exponent.hi) {
    if (base.lo < 0)
      return Interval();
    return {0, std::max<int64_t>(1, power(base.hi, exponent.hi))};
  }
  int64_t lo = power(base.lo, exponent.lo), hi = power(base.hi, exponent.lo);
  if (exponent.lo % 2 == 0 && base.contains(0))
    return {exponent.lo == 0 ? 1 : 0, std::max(lo, hi)};
  return hull({lo, hi});
}

Interval outward(double value) {
  Interval result;
  if (value >= -0x1p63 && value < 0x1p63) {
    result.lo = static_cast<int64_t>(std::floor(value));
    result.hi = saturate(static_cast<Wide>(std::ceil(value)));
  }
  return result;
}

/// Large integers are rounded when they become a double.
Interval toReal(Interval x) {
  constexpr int64_t kExact = int64_t(1) << 53;
  return {x.lo < -kExact ? kMin : x.lo, x.hi > kExact ? kMax : x.hi};
}

Interval truth(bool canBeFalse, bool canBeTrue) {
  return {canBeFalse ? 0 : 1, canBeTrue ? 1 : 0};
}

Interval less(Interval a, Interval b) {
  return truth(!(a.hi < b.lo), !(a.lo >= b.hi));
}

Interval lessOrEqual(Interval a, Interval b) {
  return truth(!(a.hi <= b.lo), !(a.lo > b.hi));
}

Interval equal(Interval a, Interval b) {
  bool isOne = a.lo == a.hi && b.lo == b.hi && a.lo == b.lo;
  return truth(!isOne, a.lo <= b.hi && b.lo <= a.hi);
}

Interval logicalNot(Interval x) {
  return truth(!(x.lo == 0 && x.hi == 0), x.contains(0));
}

Interval asTruth(Interval x) { return logicalNot(logicalNot(x)); }

/// Whether it can only have integer values; else its bounds as a divisor, which
/// may lie between 0 and 1, say nothing.
bool isIntegral(const SymbolicExpr &expr) {
  switch (expr.kind()) {
  case Kind::Rational:
  case Kind::Float:
  case Kind::CleanDiv:
  case Kind::TrueDiv:
  case Kind::TruncToFloat:
  case Kind::RoundDecimal:
  case Kind::ToFloat:
    return false;
  case Kind::Add:
  case Kind::Mul:
  case Kind::Max:
  case Kind::Min:
  case Kind::Mod:
  case Kind::Identity:
  case Kind::Where:
  case Kind::LShift:
    return all_of(expr.operands(), isIntegral);
  case Kind::Pow:
    return isIntegral(expr.operands()[0]) && expr.operands()[1].isInteger() &&
           expr.operands()[1].value() >= 0;
  case Kind::ModularIndexing:
    return isIntegral(expr.operands()[2]);
  default:
    return true;
  }
}

} // namespace

Interval SymbolicExpr::bounds(function_ref<Interval(StringRef)> rangeOf) const {
  auto operand = [&](size_t i) { return operands()[i].bounds(rangeOf); };
  // Divisions come with their divisors behind the dividend.
  auto hasIntegralDivisors = [&] {
    return all_of(drop_begin(operands()), isIntegral);
  };
  switch (kind()) {
  case Kind::Integer:
  case Kind::Bool:
    return {value(), value()};
  case Kind::Rational:
    return outward(static_cast<double>(node->value) / node->denominator);
  case Kind::Float:
    return outward(node->real);
  case Kind::Symbol:
    return rangeOf(name());
  case Kind::Add: {
    Interval sum{0, 0};
    for (const SymbolicExpr &each : operands())
      sum = add(sum, each.bounds(rangeOf));
    return sum;
  }
  case Kind::Mul: {
    // A fraction is multiplied last and exactly: n/2 of [2, 64] is [1, 32].
    Interval product{1, 1};
    std::optional<SymbolicExpr> factor;
    for (const SymbolicExpr &each : operands()) {
      if (each.kind() == Kind::Rational && !factor)
        factor = each;
      else
        product = multiply(product, each.bounds(rangeOf));
    }
    if (!factor)
      return product;
    const Node &fraction = factor->data();
    Interval over{fraction.value, fraction.value};
    Interval under{fraction.denominator, fraction.denominator};
    product = multiply(product, over);
    return {floorDiv(product, under).lo, ceilDiv(product, under).hi};
  }
  case Kind::Pow:
    return power(operand(0), operand(1));
  case Kind::Max:
  case Kind::Min: {
    Interval result = operand(0);
    for (size_t i = 1; i < operands().size(); ++i) {
      Interval next = operand(i);
      if (kind() == Kind::Max)
        result = {std::max(result.lo, next.lo), std::max(result.hi, next.hi)};
      else
        result = {std::min(result.lo, next.lo), std::min(result.hi, next.hi)};
    }
    return result;
  }
  case Kind::FloorDiv:
  case Kind::CeilDiv:
  case Kind::CleanDiv:
  case Kind::TrueDiv:
  case Kind::Mod:
  case Kind::ModularIndexing: {
    if (!hasIntegralDivisors())
      return Interval();
    Interval a = operand(0), b = operand(1);
    if (kind() == Kind::FloorDiv)
      return floorDiv(a, b);
    if (kind() == Kind::CeilDiv)
      return ceilDiv(a, b);
    if (kind() == Kind::Mod)
      return modulo(a, b);
    if (kind() == Kind::ModularIndexing)
      return modulo(floorDiv(a, b), operand(2));
    return toReal({floorDiv(a, b).lo, ceilDiv(a, b).hi});
  }
  // Both ends are integers: rounding what lies between stays between.
  case Kind::CeilToInt:
  case Kind::FloorToInt:
  case Kind::TruncToInt:
  case Kind::RoundToInt:
  case Kind::Identity:
    return operand(0);
  case Kind::TruncToFloat:
  case Kind::ToFloat:
    return toReal(operand(0));
  case Kind::LShift:
  case Kind::RShift: {
    Interval by = operand(1);
    if (by.lo < 0 || by.hi > 62)
      return Interval();
    Interval factor{int64_t(1) << by.lo, int64_t(1) << by.hi};
    return kind() == Kind::LShift ? multiply(operand(0), factor)
                                  : floorDiv(operand(0), factor);
  }
  case Kind::Where: {
    Interval condition = asTruth(operand(0));
    Interval yes = operand(1), no = operand(2);
    return condition.lo == 1 ? yes : condition.hi == 0 ? no : hull(yes, no);
  }
  case Kind::Eq:
    return equal(operand(0), operand(1));
  case Kind::Ne:
    return logicalNot(equal(operand(0), operand(1)));
  case Kind::Ge:
    return lessOrEqual(operand(1), operand(0));
  case Kind::Le:
    return lessOrEqual(operand(0), operand(1));
  case Kind::Gt:
    return less(operand(1), operand(0));
  case Kind::Lt:
    return less(operand(0), operand(1));
  case Kind::And:
  case Kind::Or: {
    bool isAnd = kind() == Kind::And;
    Interval result{isAnd, isAnd};
    for (const SymbolicExpr &each : operands()) {
      Interval next = asTruth(each.bounds(rangeOf));
      if (isAnd)
        result = {result.lo & next.lo, result.hi & next.hi};
      else
        result = {result.lo | next.lo, result.hi | next.hi};
    }
    return result;
  }
  case Kind::Not:
    return logicalNot(operand(0));
  case Kind::IsNonOverlappingAndDense:
    return {0, 1};
  case Kind::RoundDecimal:
    break;
  }
  return Interval();
}

} // namespace pt2e
