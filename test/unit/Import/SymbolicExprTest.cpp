#include "pt2e/Import/SymbolicExpr.h"
#include "Errors.h"

using testing::HasSubstr;

namespace pt2e {
namespace {

constexpr const char *kS0 = "Symbol('s0', positive=True, integer=True)";
constexpr const char *kS1 = "Symbol('s1', integer=True)";

/// The text with S and T for two symbols.
SymbolicExpr parse(std::string text) {
  for (auto [name, symbol] : {std::pair('S', kS0), std::pair('T', kS1)})
    for (size_t at = 0; (at = text.find(name, at)) != std::string::npos;) {
      bool alone =
          at + 1 == text.size() || text[at + 1] == ',' || text[at + 1] == ')';
      if (alone)
        text.replace(at, 1, symbol);
      at += alone ? std::string(symbol).size() : 1;
    }
  auto expr = SymbolicExpr::parse(text);
  if (!expr) {
    ADD_FAILURE() << text << ": " << message(std::move(expr));
    return SymbolicExpr::integer(0);
  }
  return *expr;
}

std::string parseError(llvm::StringRef text) {
  return message(SymbolicExpr::parse(text));
}

auto values(int64_t s0, int64_t s1) {
  return [=](llvm::StringRef name) -> std::optional<int64_t> {
    if (name == "s0")
      return s0;
    return name == "s1" ? std::optional(s1) : std::nullopt;
  };
}

int64_t eval(const std::string &text, int64_t s0 = 7, int64_t s1 = -3) {
  auto value = parse(text).evaluate(values(s0, s1));
  if (!value) {
    ADD_FAILURE() << text << ": " << message(std::move(value));
    return 0;
  }
  return *value;
}

std::string evalError(const std::string &text, int64_t s0 = 7,
                      int64_t s1 = -3) {
  return message(parse(text).evaluate(values(s0, s1)));
}

TEST(SymbolicExprTest, ParsesAndPrints) {
  EXPECT_EQ(parse("S").str(), "s0");
  EXPECT_EQ(parse("Mul(Integer(2), S)").str(), "2*s0");
  EXPECT_EQ(parse("Add(Integer(-1), Mul(Integer(2), S), T)").str(),
            "-1 + 2*s0 + s1");
  EXPECT_EQ(parse("Mul(Add(S, Integer(1)), Pow(T, Integer(2)))").str(),
            "(s0 + 1)*s1**2");
  EXPECT_EQ(parse("Mul(Rational(1, 2), S)").str(), "(1/2)*s0");
  EXPECT_EQ(parse("Max(Integer(1), FloorDiv(S, Integer(2)))").str(),
            "max(1, floordiv(s0, 2))");
  EXPECT_EQ(
      parse("And(StrictLessThan(S, T), Not(Equality(S, Integer(1))))").str(),
      "s0 < s1 & not(s0 == 1)");
  EXPECT_EQ(SymbolicExpr().str(), "<none>");
}

TEST(SymbolicExprTest, EqualTreesAreEqual) {
  EXPECT_EQ(parse("Mul(Integer(2), S)"), parse("Mul(Integer(2), S)"));
  EXPECT_NE(parse("Mul(Integer(2), S)"), parse("Mul(Integer(2), T)"));
  EXPECT_NE(parse("S"), SymbolicExpr());
  EXPECT_EQ(SymbolicExpr(), SymbolicExpr());
}

TEST(SymbolicExprTest, CollectsSymbols) {
  llvm::StringSet<> symbols;
  parse("Add(S, Mul(T, S))").collectSymbols(symbols);
  EXPECT_EQ(symbols.size(), 2u);
  EXPECT_TRUE(symbols.contains("s0"));
}

TEST(SymbolicExprTest, RefusesOtherTexts) {
  EXPECT_EQ(parseError("__import__('os').system('true')"),
            "symbolic expression: unknown function '__import__' at character "
            "0");
  for (const char *text : {"",
                           "s0",
                           "2",
                           "Symbol(s0)",
                           "Symbol('s0'",
                           "Symbol('')",
                           "Symbol('1x')",
                           "Symbol('a b')",
                           "Symbol('s', 1)",
                           "Integer('1')",
                           "Integer(1.5)",
                           "Integer(99999999999999999999)",
                           "Rational(1, 0)",
                           "Rational(2, 4)",
                           "Rational(1)",
                           "Float('x', precision=53)",
                           "Float('inf')",
                           "Add(Integer(1)",
                           "Add(Integer(1),)",
                           "Pow(Integer(1))",
                           "Not()",
                           "Max()",
                           "Integer(1) Integer(2)",
                           "Add Integer(1)",
                           "True"})
    EXPECT_NE(parseError(text), "") << text;
}

TEST(SymbolicExprTest, LimitsDepthAndLength) {
  auto nested = [](unsigned depth) {
    std::string text = "Integer(1)";
    for (unsigned i = 0; i < depth; ++i)
      text = "Identity(" + text + ")";
    return text;
  };
  EXPECT_EQ(parseError(nested(64)), "");
  EXPECT_THAT(parseError(nested(65)), HasSubstr("nested deeper than 64"));
  std::string wide = "Add(Integer(1)";
  while (wide.size() < (64 << 10))
    wide += ", Integer(1)";
  EXPECT_THAT(parseError(wide + ")"), HasSubstr("longer than 64 KiB"));
}

TEST(SymbolicExprTest, EvaluatesAsPythonDoes) {
  EXPECT_EQ(eval("Add(S, T, Integer(10))"), 14);
  EXPECT_EQ(eval("Mul(S, T)"), -21);
  EXPECT_EQ(eval("FloorDiv(T, Integer(2))"), -2);
  EXPECT_EQ(eval("CeilDiv(T, Integer(2))"), -1);
  EXPECT_EQ(eval("Mod(T, Integer(2))"), 1);
  EXPECT_EQ(eval("PythonMod(S, T)"), -2);
  EXPECT_EQ(eval("ModularIndexing(S, Integer(2), Integer(2))"), 1);
  EXPECT_EQ(eval("CleanDiv(S, Integer(7))"), 1);
  EXPECT_EQ(eval("Pow(T, Integer(3))"), -27);
  EXPECT_EQ(eval("Pow(T, Integer(0))"), 1);
  EXPECT_EQ(eval("Mul(S, Pow(S, Integer(-1)))"), 1);
  EXPECT_EQ(eval("Max(S, T)"), 7);
  EXPECT_EQ(eval("Min(S, T, Integer(-9))"), -9);
  EXPECT_EQ(eval("LShift(S, Integer(2))"), 28);
  EXPECT_EQ(eval("RShift(T, Integer(1))"), -2);
  EXPECT_EQ(eval("Where(StrictGreaterThan(S, T), Integer(1), Integer(2))"), 1);
  EXPECT_EQ(eval("Identity(S)"), 7);
}

TEST(SymbolicExprTest, RoundsAsPythonDoes) {
  EXPECT_EQ(eval("Mul(Rational(1, 2), Add(S, Integer(1)))"), 4);
  EXPECT_EQ(eval("FloorToInt(Mul(Rational(1, 2), S))"), 3);
  EXPECT_EQ(eval("CeilToInt(IntTrueDiv(S, Integer(2)))"), 4);
  EXPECT_EQ(eval("TruncToInt(IntTrueDiv(T, Integer(2)))"), -1);
  EXPECT_EQ(eval("RoundToInt(IntTrueDiv(S, Integer(2)))"), 4);
  EXPECT_EQ(eval("RoundToInt(Mul(Rational(1, 2), T))"), -2);
  EXPECT_EQ(eval("RoundToInt(Mul(Rational(1, 2), Integer(5)))"), 2);
  EXPECT_EQ(eval("RoundToInt(Mul(Rational(1, 3), Integer(5)))"), 2);
  EXPECT_EQ(eval("TruncToInt(Mul(Float('0.5', precision=53), ToFloat(S)))"), 3);
}

TEST(SymbolicExprTest, EvaluatesConditions) {
  EXPECT_EQ(eval("And(LessThan(T, S), GreaterThan(S, Integer(7)))"), 1);
  EXPECT_EQ(eval("Or(Equality(S, T), false)"), 0);
  EXPECT_EQ(eval("Not(Unequality(S, T))"), 0);
  EXPECT_EQ(eval("StrictLessThan(Rational(1, 3), Rational(1, 2))"), 1);
  EXPECT_EQ(eval("true"), 1);
}

TEST(SymbolicExprTest, EvaluationErrors) {
  EXPECT_EQ(evalError("Symbol('u5')"),
            "cannot evaluate u5: the value of 'u5' is not known");
  EXPECT_THAT(evalError("FloorDiv(S, Add(S, Integer(-7)))"),
              HasSubstr("division by zero"));
  EXPECT_THAT(evalError("IntTrueDiv(S, Integer(0))"),
              HasSubstr("division by zero"));
  EXPECT_THAT(evalError("Pow(Integer(0), Integer(-1))"),
              HasSubstr("division by zero"));
  EXPECT_THAT(evalError("Mul(S, Integer(9223372036854775807))"),
              HasSubstr("overflow of 64 bits"));
  EXPECT_THAT(evalError("Add(S, Integer(9223372036854775807))"),
              HasSubstr("overflow of 64 bits"));
  EXPECT_THAT(evalError("Pow(S, Integer(9223372036854775807))"),
              HasSubstr("overflow of 64 bits"));
  EXPECT_EQ(eval("Pow(Integer(-1), Integer(9223372036854775807))"), -1);
  EXPECT_THAT(evalError("LShift(S, Integer(63))"), HasSubstr("shift"));
  EXPECT_THAT(evalError("Mul(Rational(1, 2), S)"),
              HasSubstr("expected an integer"));
  EXPECT_THAT(evalError("FloorToInt(Float('1e300', precision=53))"),
              HasSubstr("overflow of 64 bits"));
}

TEST(SymbolicExprTest, ReadsInfixKeys) {
  EXPECT_EQ(SymbolicExpr::parseInfix("s77").name(), "s77");
  EXPECT_EQ(SymbolicExpr::parseInfix("2*s39").str(), "2*s39");
  SymbolicExpr expr = SymbolicExpr::parseInfix("(s0**2 - 2*s1)//3 + -1");
  ASSERT_TRUE(bool(expr));
  auto value = expr.evaluate(values(7, -3));
  ASSERT_TRUE(bool(value));
  EXPECT_EQ(*value, 17);
  for (const char *text : {"", "s0 s1", "Max(1, s0)", "s0 +", "(s0", "2.5*s0"})
    EXPECT_FALSE(bool(SymbolicExpr::parseInfix(text))) << text;
  EXPECT_FALSE(bool(SymbolicExpr::parseInfix(std::string(60'000, '(') + "1")));
  EXPECT_FALSE(bool(SymbolicExpr::parseInfix(std::string(60'000, '-') + "1")));
}

//===----------------------------------------------------------------------===//
// Bounds
//===----------------------------------------------------------------------===//

Interval bounds(const std::string &text, Interval s0, Interval s1 = {}) {
  return parse(text).bounds(
      [=](llvm::StringRef name) { return name == "s0" ? s0 : s1; });
}

std::string show(Interval range) {
  return std::to_string(range.lo) + ".." + std::to_string(range.hi);
}

TEST(SymbolicExprTest, BoundsAreTightForOneUseOfEachSymbol) {
  Interval s{2, 64};
  EXPECT_EQ(show(bounds("Mul(Integer(2), S)", s)), "4..128");
  EXPECT_EQ(show(bounds("Mul(Integer(-2), S)", s)), "-128..-4");
  EXPECT_EQ(show(bounds("Mul(Rational(1, 2), S)", s)), "1..32");
  EXPECT_EQ(show(bounds("FloorDiv(Add(S, Integer(-1)), Integer(2))", s)),
            "0..31");
  EXPECT_EQ(show(bounds("Pow(S, Integer(2))", s)), "4..4096");
  EXPECT_EQ(show(bounds("Max(Integer(5), S)", s)), "5..64");
  EXPECT_EQ(show(bounds("Mod(S, Integer(8))", s)), "0..7");
  EXPECT_EQ(show(bounds("Mod(S, Integer(100))", s)), "2..64");
  EXPECT_EQ(show(bounds("StrictGreaterThan(S, Integer(1))", s)), "1..1");
  EXPECT_EQ(show(bounds("Equality(S, Integer(3))", s)), "0..1");
  EXPECT_EQ(show(bounds("CeilToInt(IntTrueDiv(S, Integer(3)))", s)), "0..22");
}

TEST(SymbolicExprTest, OpenRangesStayOpen) {
  Interval s{2, Interval::kMax};
  EXPECT_FALSE(bounds("Mul(Integer(2), S)", s).isBoundedAbove());
  EXPECT_EQ(bounds("Mul(Integer(2), S)", s).lo, 4);
  EXPECT_FALSE(bounds("Mul(Integer(-2), S)", s).isBoundedBelow());
  EXPECT_EQ(bounds("Mul(Integer(-2), S)", s).hi, -4);
  EXPECT_FALSE(bounds("Add(S, Integer(-1))", s).isBoundedAbove());
  EXPECT_EQ(show(bounds("Mul(Integer(0), S)", s)), "0..0");
  EXPECT_EQ(show(bounds("Min(S, Integer(9))", s)), "2..9");
  EXPECT_FALSE(bounds("Mul(S, S)", {1, int64_t(1) << 40}).isBoundedAbove());
}

/// Every value over small ranges lies in the bounds; for all functions.
TEST(SymbolicExprTest, BoundsHoldForEveryValue) {
  const char *texts[] = {
      "Add(S, Mul(Integer(-3), T))",
      "Mul(S, T)",
      "Mul(Rational(-2, 3), S, T)",
      "Pow(S, Integer(3))",
      "Pow(S, Integer(2))",
      "Pow(S, T)",
      "FloorDiv(S, T)",
      "CeilDiv(S, T)",
      "Mod(S, T)",
      "PythonMod(Mul(Integer(3), S), T)",
      "ModularIndexing(S, T, Integer(3))",
      "CeilToInt(IntTrueDiv(S, T))",
      "FloorToInt(FloatTrueDiv(ToFloat(S), ToFloat(T)))",
      "RoundToInt(Mul(Rational(1, 2), S))",
      "TruncToInt(Mul(Float('-0.7', precision=53), S))",
      "FloorDiv(S, Float('0.5', precision=53))",
      "Max(S, T, Integer(1))",
      "Min(S, T)",
      "LShift(S, T)",
      "RShift(S, T)",
      "Where(LessThan(S, T), S, Mul(Integer(2), T))",
      "And(StrictLessThan(S, T), Unequality(S, Integer(0)))",
      "Or(GreaterThan(S, T), Equality(S, Integer(0)))",
      "Not(S)",
      "Identity(Add(S, T))",
  };
  const Interval ranges[] = {{-4, 5}, {0, 6}, {1, 3}, {-5, -1}, {2, 2}};
  size_t checked = 0;
  for (const char *text : texts) {
    SymbolicExpr expr = parse(text);
    for (Interval s : ranges) {
      for (Interval t : ranges) {
        Interval range = bounds(text, s, t);
        for (int64_t a = s.lo; a <= s.hi; ++a) {
          for (int64_t b = t.lo; b <= t.hi; ++b) {
            auto value = expr.evaluate(values(a, b));
            if (!value) {
              llvm::consumeError(value.takeError());
              continue;
            }
            ++checked;
            EXPECT_TRUE(range.contains(*value))
                << text << " at " << a << ", " << b << " is " << *value
                << ", outside " << show(range);
          }
        }
      }
    }
  }
  EXPECT_GT(checked, 10'000u);
}

} // namespace
} // namespace pt2e
