#include "pt2e/Import/SymbolicExpr.h"
#include "SymbolicExprNode.h"

#include <algorithm>

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace pt2e {

SymbolicExpr SymbolicExpr::make(Node node) {
  return SymbolicExpr(std::make_shared<const Node>(std::move(node)));
}

SymbolicExpr SymbolicExpr::integer(int64_t value) {
  Node node;
  node.kind = Kind::Integer;
  node.value = value;
  return make(std::move(node));
}

SymbolicExpr SymbolicExpr::symbol(StringRef name) {
  Node node;
  node.kind = Kind::Symbol;
  node.name = name.str();
  return make(std::move(node));
}

SymbolicExpr::Kind SymbolicExpr::kind() const { return node->kind; }
int64_t SymbolicExpr::value() const { return node->value; }
StringRef SymbolicExpr::name() const { return node->name; }
const std::vector<SymbolicExpr> &SymbolicExpr::operands() const {
  return node->operands;
}

void SymbolicExpr::collectSymbols(StringSet<> &symbols) const {
  if (!node)
    return;
  if (isSymbol())
    symbols.insert(node->name);
  for (const SymbolicExpr &operand : node->operands)
    operand.collectSymbols(symbols);
}

bool SymbolicExpr::operator==(const SymbolicExpr &other) const {
  if (node == other.node)
    return true;
  if (!node || !other.node)
    return false;
  return node->kind == other.node->kind && node->value == other.node->value &&
         node->denominator == other.node->denominator &&
         node->real == other.node->real && node->name == other.node->name &&
         node->operands == other.node->operands;
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

namespace {

struct FunctionInfo {
  StringRef srepr;
  SymbolicExpr::Kind kind;
  unsigned minOperands;
  unsigned maxOperands;
  StringRef text; ///< infix operator or function name in str()
};

constexpr unsigned kAny = 1 << 16;
using Kind = SymbolicExpr::Kind;

// Several srepr names of one kind: the first gives the text.
const FunctionInfo kFunctions[] = {
    {"Add", Kind::Add, 0, kAny, " + "},
    {"Mul", Kind::Mul, 0, kAny, "*"},
    {"Pow", Kind::Pow, 2, 2, "**"},
    {"PowByNatural", Kind::Pow, 2, 2, "**"},
    {"FloatPow", Kind::Pow, 2, 2, "**"},
    {"Max", Kind::Max, 1, kAny, "max"},
    {"Min", Kind::Min, 1, kAny, "min"},
    {"FloorDiv", Kind::FloorDiv, 2, 2, "floordiv"},
    {"CeilDiv", Kind::CeilDiv, 2, 2, "ceildiv"},
    {"CleanDiv", Kind::CleanDiv, 2, 2, "cleandiv"},
    {"Mod", Kind::Mod, 2, 2, "mod"},
    {"PythonMod", Kind::Mod, 2, 2, "mod"},
    {"ModularIndexing", Kind::ModularIndexing, 3, 3, "modindex"},
    {"IntTrueDiv", Kind::TrueDiv, 2, 2, "truediv"},
    {"FloatTrueDiv", Kind::TrueDiv, 2, 2, "truediv"},
    {"CeilToInt", Kind::CeilToInt, 1, 1, "ceil"},
    {"FloorToInt", Kind::FloorToInt, 1, 1, "floor"},
    {"TruncToInt", Kind::TruncToInt, 1, 1, "trunc"},
    {"TruncToFloat", Kind::TruncToFloat, 1, 1, "truncf"},
    {"RoundToInt", Kind::RoundToInt, 1, 1, "round"},
    {"RoundDecimal", Kind::RoundDecimal, 2, 2, "rounddecimal"},
    {"ToFloat", Kind::ToFloat, 1, 1, "float"},
    {"LShift", Kind::LShift, 2, 2, "lshift"},
    {"RShift", Kind::RShift, 2, 2, "rshift"},
    {"Identity", Kind::Identity, 1, 1, "identity"},
    {"Where", Kind::Where, 3, 3, "where"},
    {"IsNonOverlappingAndDenseIndicator", Kind::IsNonOverlappingAndDense, 0,
     kAny, "is_dense"},
    {"Equality", Kind::Eq, 2, 2, " == "},
    {"Unequality", Kind::Ne, 2, 2, " != "},
    {"GreaterThan", Kind::Ge, 2, 2, " >= "},
    {"LessThan", Kind::Le, 2, 2, " <= "},
    {"StrictGreaterThan", Kind::Gt, 2, 2, " > "},
    {"StrictLessThan", Kind::Lt, 2, 2, " < "},
    {"And", Kind::And, 0, kAny, " & "},
    {"Or", Kind::Or, 0, kAny, " | "},
    {"Not", Kind::Not, 1, 1, "not"},
};

/// How tightly an infix operator binds; 0 for functions and leaves.
unsigned precedence(Kind kind) {
  switch (kind) {
  case Kind::Or:
    return 1;
  case Kind::And:
    return 2;
  case Kind::Eq:
  case Kind::Ne:
  case Kind::Ge:
  case Kind::Le:
  case Kind::Gt:
  case Kind::Lt:
    return 3;
  case Kind::Add:
    return 4;
  case Kind::Mul:
    return 5;
  case Kind::Pow:
    return 6;
  default:
    return 0;
  }
}

void print(raw_ostream &os, const SymbolicExpr &expr,
           const SymbolicExpr::Node &node) {
  switch (node.kind) {
  case Kind::Integer:
    os << node.value;
    return;
  case Kind::Rational:
    os << node.value << '/' << node.denominator;
    return;
  case Kind::Float:
    os << node.real;
    return;
  case Kind::Symbol:
    os << node.name;
    return;
  case Kind::Bool:
    os << (node.value ? "true" : "false");
    return;
  default:
    break;
  }
  const FunctionInfo *info = find_if(
      kFunctions, [&](const FunctionInfo &f) { return f.kind == node.kind; });
  unsigned mine = precedence(node.kind);
  if (mine == 0 || node.operands.empty()) {
    os << info->text.trim() << '(';
    interleaveComma(node.operands, os,
                    [&](const SymbolicExpr &e) { os << e.str(); });
    os << ')';
    return;
  }
  interleave(
      node.operands, os,
      [&](const SymbolicExpr &operand) {
        unsigned its = precedence(operand.kind());
        bool negative = (operand.isInteger() && operand.value() < 0) ||
                        operand.kind() == Kind::Rational;
        bool parens = (its != 0 && its <= mine) || (negative && mine >= 5);
        os << (parens ? "(" : "") << operand.str() << (parens ? ")" : "");
      },
      info->text);
}

} // namespace

std::string SymbolicExpr::str() const {
  if (!node)
    return "<none>";
  std::string result;
  raw_string_ostream os(result);
  print(os, *this, *node);
  return result;
}

//===----------------------------------------------------------------------===//
// Parsing
//===----------------------------------------------------------------------===//

/// Reads both spellings. Errors stick; the position is where they were found.
class SymbolicExprParser {
public:
  explicit SymbolicExprParser(StringRef text) : text(text) {}

  SymbolicExpr call(unsigned depth);
  SymbolicExpr sum(unsigned depth);
  bool atEnd() {
    skipSpace();
    return position == text.size();
  }
  SymbolicExpr fail(const Twine &message) {
    if (error.empty())
      error = (message + " at character " + Twine(position)).str();
    return SymbolicExpr();
  }
  bool failed() const { return !error.empty(); }

  std::string error;

private:
  static constexpr unsigned kMaxDepth = 64;

  void skipSpace() {
    while (position < text.size() && text[position] == ' ')
      ++position;
  }
  bool consume(StringRef token) {
    skipSpace();
    if (!text.substr(position).starts_with(token))
      return false;
    position += token.size();
    return true;
  }
  StringRef identifier();
  bool integer(int64_t &value);
  bool quotedText(StringRef &value);
  bool keywords();
  SymbolicExpr leaf(StringRef name);
  SymbolicExpr term(unsigned depth);
  SymbolicExpr power(unsigned depth);
  SymbolicExpr atom(unsigned depth);
  static SymbolicExpr nary(Kind kind, std::vector<SymbolicExpr> operands) {
    if (operands.size() == 1)
      return operands.front();
    SymbolicExpr::Node node;
    node.kind = kind;
    node.operands = std::move(operands);
    return SymbolicExpr::make(std::move(node));
  }

  StringRef text;
  size_t position = 0;
};

StringRef SymbolicExprParser::identifier() {
  skipSpace();
  size_t begin = position;
  while (position < text.size() &&
         (isAlnum(text[position]) || text[position] == '_'))
    ++position;
  StringRef name = text.slice(begin, position);
  if (!name.empty() && isDigit(name[0])) {
    position = begin;
    return StringRef();
  }
  return name;
}

bool SymbolicExprParser::integer(int64_t &value) {
  skipSpace();
  size_t end = position;
  if (end < text.size() && text[end] == '-')
    ++end;
  while (end < text.size() && isDigit(text[end]))
    ++end;
  if (text.slice(position, end).getAsInteger(10, value)) {
    fail("expected a 64-bit integer");
    return false;
  }
  position = end;
  return true;
}

bool SymbolicExprParser::quotedText(StringRef &value) {
  skipSpace();
  char quote = position < text.size() ? text[position] : '\0';
  size_t end = (quote == '\'' || quote == '"') ? text.find(quote, position + 1)
                                               : StringRef::npos;
  if (end == StringRef::npos) {
    fail("expected a quoted text");
    return false;
  }
  value = text.slice(position + 1, end);
  position = end + 1;
  return true;
}

/// `, positive=True, precision=53)`: read, not kept.
bool SymbolicExprParser::keywords() {
  while (consume(",")) {
    int64_t number;
    if (identifier().empty() || !consume("=")) {
      fail("expected a keyword argument");
      return false;
    }
    if (consume("True") || consume("False") || consume("None"))
      continue;
    if (!integer(number))
      return false;
  }
  if (!consume(")")) {
    fail("expected ')'");
    return false;
  }
  return true;
}

SymbolicExpr SymbolicExprParser::leaf(StringRef name) {
  SymbolicExpr::Node node;
  if (name == "Symbol") {
    StringRef symbol;
    if (!quotedText(symbol))
      return {};
    if (symbol.empty() || symbol.size() > 256 || isDigit(symbol[0]) ||
        !all_of(symbol, [](char c) { return isAlnum(c) || c == '_'; }))
      return fail("expected the name of a symbol");
    return keywords() ? SymbolicExpr::symbol(symbol) : SymbolicExpr();
  }
  if (name == "Integer") {
    node.kind = Kind::Integer;
    if (!integer(node.value))
      return {};
  } else if (name == "Rational") {
    node.kind = Kind::Rational;
    if (!integer(node.value) || (!consume(",") && !fail("expected ','")) ||
        !integer(node.denominator))
      return {};
    if (node.denominator <= 1 || node.value == INT64_MIN ||
        std::gcd(node.value, node.denominator) != 1)
      return fail("expected a fraction in lowest terms");
  } else {
    node.kind = Kind::Float;
    StringRef digits;
    if (!quotedText(digits))
      return {};
    if (digits.getAsDouble(node.real) || !std::isfinite(node.real))
      return fail("expected a finite number");
  }
  return keywords() ? SymbolicExpr::make(std::move(node)) : SymbolicExpr();
}

SymbolicExpr SymbolicExprParser::call(unsigned depth) {
  if (depth > kMaxDepth)
    return fail("nested deeper than " + Twine(kMaxDepth));
  size_t begin = position;
  StringRef name = identifier();
  if (name.empty())
    return fail("expected an expression");
  SymbolicExpr::Node node;
  if (name == "true" || name == "false") {
    node.kind = Kind::Bool;
    node.value = name == "true";
    return SymbolicExpr::make(std::move(node));
  }
  bool isLeaf = name == "Symbol" || name == "Integer" || name == "Rational" ||
                name == "Float";
  const FunctionInfo *info = find_if(
      kFunctions, [&](const FunctionInfo &f) { return f.srepr == name; });
  if (!isLeaf && info == std::end(kFunctions)) {
    position = begin;
    return fail("unknown function '" + name.take_front(100) + "'");
  }
  if (!consume("("))
    return fail("expected '('");
  if (isLeaf)
    return leaf(name);
  node.kind = info->kind;
  if (!consume(")")) {
    do {
      node.operands.push_back(call(depth + 1));
      if (failed())
        return {};
    } while (consume(","));
    if (!consume(")"))
      return fail("expected ',' or ')'");
  }
  if (node.operands.size() < info->minOperands ||
      node.operands.size() > info->maxOperands)
    return fail("wrong number of operands for '" + name + "'");
  return SymbolicExpr::make(std::move(node));
}

// Infix: sums of terms (`*`, `//`) of powers (`**`) of atoms.
SymbolicExpr SymbolicExprParser::sum(unsigned depth) {
  if (depth > kMaxDepth)
    return fail("nested deeper than " + Twine(kMaxDepth));
  std::vector<SymbolicExpr> terms{term(depth)};
  while (!failed()) {
    if (consume("-"))
      terms.push_back(
          nary(Kind::Mul, {SymbolicExpr::integer(-1), term(depth)}));
    else if (consume("+"))
      terms.push_back(term(depth));
    else
      break;
  }
  return nary(Kind::Add, std::move(terms));
}

SymbolicExpr SymbolicExprParser::term(unsigned depth) {
  std::vector<SymbolicExpr> factors{power(depth)};
  for (unsigned divisions = 0; !failed();) {
    if (consume("//")) {
      if (++divisions > 8)
        return fail("too many divisions");
      SymbolicExpr dividend = nary(Kind::Mul, std::move(factors));
      factors = {nary(Kind::FloorDiv, {std::move(dividend), power(depth)})};
    } else if (consume("*")) {
      factors.push_back(power(depth));
    } else {
      break;
    }
  }
  return nary(Kind::Mul, std::move(factors));
}

SymbolicExpr SymbolicExprParser::power(unsigned depth) {
  if (depth > kMaxDepth)
    return fail("nested deeper than " + Twine(kMaxDepth));
  if (consume("-")) {
    SymbolicExpr operand = power(depth + 1);
    return nary(Kind::Mul, {SymbolicExpr::integer(-1), std::move(operand)});
  }
  SymbolicExpr base = atom(depth);
  if (failed() || !consume("**"))
    return base;
  return nary(Kind::Pow, {std::move(base), power(depth + 1)});
}

SymbolicExpr SymbolicExprParser::atom(unsigned depth) {
  if (consume("(")) {
    SymbolicExpr inner = sum(depth + 1);
    return consume(")") ? inner : fail("expected ')'");
  }
  if (StringRef name = identifier(); !name.empty())
    return name.size() <= 256 ? SymbolicExpr::symbol(name)
                              : fail("name too long");
  int64_t value;
  return integer(value) ? SymbolicExpr::integer(value) : SymbolicExpr();
}

Expected<SymbolicExpr> SymbolicExpr::parse(StringRef text) {
  constexpr size_t kMaxText = 64 << 10;
  SymbolicExprParser parser(text);
  SymbolicExpr result;
  if (text.size() > kMaxText)
    parser.fail("longer than 64 KiB");
  else
    result = parser.call(0);
  if (!parser.failed() && !parser.atEnd())
    parser.fail("expected the end");
  if (parser.failed())
    return createStringError(inconvertibleErrorCode(),
                             "symbolic expression: " + parser.error);
  return result;
}

SymbolicExpr SymbolicExpr::parseInfix(StringRef text) {
  constexpr size_t kMaxText = 64 << 10;
  if (text.size() > kMaxText)
    return SymbolicExpr();
  SymbolicExprParser parser(text);
  SymbolicExpr result = parser.sum(0);
  return parser.failed() || !parser.atEnd() ? SymbolicExpr() : result;
}

} // namespace pt2e
