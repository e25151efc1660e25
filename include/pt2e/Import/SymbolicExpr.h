/// \file
/// Symbolic dimensions of an exported program: SymPy's `srepr` texts, read by a
/// grammar of our own (PyTorch passes them to `eval`), evaluated and bounded.
#ifndef PT2E_IMPORT_SYMBOLICEXPR_H
#define PT2E_IMPORT_SYMBOLICEXPR_H

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"

namespace pt2e {

/// All integers from `lo` to `hi`, both included; the ends of int64 stand for
/// "unbounded". Empty if `lo > hi`.
struct Interval {
  static constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  static constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

  int64_t lo = kMin;
  int64_t hi = kMax;

  bool isBoundedAbove() const { return hi != kMax; }
  bool isBoundedBelow() const { return lo != kMin; }
  bool contains(int64_t value) const { return lo <= value && value <= hi; }
  bool operator==(const Interval &other) const {
    return lo == other.lo && hi == other.hi;
  }
};

/// An immutable expression over integer symbols; copying shares the tree.
///
/// A default-constructed one is null (`!expr`). Booleans are 0 and 1.
class SymbolicExpr {
public:
  enum class Kind : uint8_t {
    // Leaves.
    Integer,  ///< `Integer(2)`
    Rational, ///< `Rational(p, q)`, in lowest terms, q > 1
    Float,    ///< `Float('0.5', precision=53)`
    Symbol,   ///< `Symbol('s77', positive=True, integer=True)`
    Bool,     ///< `true`, `false`
    // Arithmetic.
    Add,
    Mul,
    Pow,
    Max,
    Min,
    FloorDiv,
    CeilDiv,
    CleanDiv,        ///< a division known to be exact
    Mod,             ///< result has the divisor's sign, as in Python
    ModularIndexing, ///< `(x // d) % m`
    TrueDiv,         ///< `IntTrueDiv`, `FloatTrueDiv`
    CeilToInt,
    FloorToInt,
    TruncToInt,
    TruncToFloat,
    RoundToInt, ///< ties to even
    RoundDecimal,
    ToFloat,
    LShift,
    RShift,
    Identity,
    Where, ///< `Where(condition, a, b)`
    IsNonOverlappingAndDense,
    // Conditions.
    Eq,
    Ne,
    Ge,
    Le,
    Gt,
    Lt,
    And,
    Or,
    Not,
  };
  struct Node;

  SymbolicExpr() = default;
  static SymbolicExpr integer(int64_t value);
  /// \param name a Python identifier, e.g. `s77`.
  static SymbolicExpr symbol(llvm::StringRef name);

  /// Reads `srepr` text, e.g. `Mul(Integer(2), Symbol('s77', positive=True))`.
  /// Assumptions on symbols are read and dropped.
  ///
  /// Fails on any other text, naming the place; texts over 64 KiB and trees
  /// deeper than 64 are refused.
  static llvm::Expected<SymbolicExpr> parse(llvm::StringRef text);

  /// Reads the other spelling, `str(expr)`, as far as the keys of
  /// `range_constraints` need it: symbols, integers, `+ - * // **` and
  /// parentheses, e.g. `2*s39 + 1`. Null if it is anything else (not an error:
  /// such a key constrains nothing that we could name).
  static SymbolicExpr parseInfix(llvm::StringRef text);

  explicit operator bool() const { return node != nullptr; }
  Kind kind() const;
  bool isSymbol() const { return node && kind() == Kind::Symbol; }
  bool isInteger() const { return node && kind() == Kind::Integer; }
  /// The value of an `Integer` or `Bool`.
  int64_t value() const;
  /// The name of a `Symbol`.
  llvm::StringRef name() const;
  const std::vector<SymbolicExpr> &operands() const;
  const Node &data() const { return *node; }

  /// The value for given symbols, in exact rational arithmetic, in f64 from the
  /// first float on.
  ///
  /// \param valueOf  the value of a symbol, or none if it is not known.
  /// \returns an error for an unknown symbol, a division by zero, an overflow
  ///          of int64, or a value that is no integer.
  llvm::Expected<int64_t>
  evaluate(llvm::function_ref<std::optional<int64_t>(llvm::StringRef)> valueOf)
      const;

  /// Integer bounds of the expression, given those of its symbols; sound, not
  /// always tight (each operand counts as independent). Saturates at the ends
  /// of int64.
  Interval bounds(llvm::function_ref<Interval(llvm::StringRef)> rangeOf) const;

  /// Short text, e.g. `2*s77`, `s0 + 1`, `floordiv(s0, 2)`.
  std::string str() const;

  /// Adds the names of all symbols in it.
  void collectSymbols(llvm::StringSet<> &symbols) const;

  /// Equal trees.
  bool operator==(const SymbolicExpr &other) const;
  bool operator!=(const SymbolicExpr &other) const { return !(*this == other); }

private:
  friend class SymbolicExprParser;
  explicit SymbolicExpr(std::shared_ptr<const Node> node)
      : node(std::move(node)) {}
  static SymbolicExpr make(Node node);

  std::shared_ptr<const Node> node;
};

} // namespace pt2e

#endif // PT2E_IMPORT_SYMBOLICEXPR_H
