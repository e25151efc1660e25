/// \file
/// The node of a symbolic expression, for the files that take it apart.
#ifndef PT2E_LIB_IMPORT_SYMBOLICEXPRNODE_H
#define PT2E_LIB_IMPORT_SYMBOLICEXPRNODE_H

#include "pt2e/Import/SymbolicExpr.h"

#include <cmath>
#include <numeric>

namespace pt2e {

struct SymbolicExpr::Node {
  Kind kind = Kind::Integer;
  int64_t value = 0;       ///< Integer, Bool; numerator of Rational
  int64_t denominator = 1; ///< of Rational
  double real = 0;         ///< Float
  std::string name;        ///< Symbol
  std::vector<SymbolicExpr> operands;
};

} // namespace pt2e

#endif // PT2E_LIB_IMPORT_SYMBOLICEXPRNODE_H
