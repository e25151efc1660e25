/// \file
/// The elements of a small constant as numbers, for evaluation at compile time.
#ifndef PT2E_LIB_TRANSFORMS_CONSTANTELEMENTS_H
#define PT2E_LIB_TRANSFORMS_CONSTANTELEMENTS_H

#include <optional>
#include <vector>

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

namespace pt2e::simplify {

/// Elements in row-major order: `reals` of a float type, `integers` of an
/// integer type or bool.
///
/// A float operation is done in f64 and rounded to the element type; for
/// + - * / sqrt on f32, f16 and bf16 that is the correctly rounded result.
struct ConstantElements {
  mlir::RankedTensorType type;
  std::vector<double> reals;
  std::vector<int64_t> integers;

  bool isReal() const {
    return mlir::isa<mlir::FloatType>(type.getElementType());
  }
  size_t size() const { return isReal() ? reals.size() : integers.size(); }
  double real(size_t i) const {
    return isReal() ? reals[i] : double(integers[i]);
  }
  int64_t integer(size_t i) const {
    return isReal() ? int64_t(reals[i]) : integers[i];
  }

  /// Zeros of `type`.
  static ConstantElements zeros(mlir::RankedTensorType type);
  /// None for an element type without plain numbers, or data that is missing.
  static std::optional<ConstantElements> load(mlir::ElementsAttr value);
  /// Rounds and wraps to the element type.
  mlir::ElementsAttr store(llvm::StringRef name) const;
};

} // namespace pt2e::simplify

#endif // PT2E_LIB_TRANSFORMS_CONSTANTELEMENTS_H
