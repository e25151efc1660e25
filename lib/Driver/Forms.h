/// \file
/// In which form ops of `xnn` compute, and how much they multiply.
#ifndef PT2E_LIB_DRIVER_FORMS_H
#define PT2E_LIB_DRIVER_FORMS_H

#include <cstdint>
#include <string>

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/DenseSet.h"

namespace pt2e {

/// Multiplications of an op's inputs with weights or with each other, at the
/// largest shapes.
uint64_t countMultiplyAdds(mlir::Operation *op);

/// The forms of a program's ops, after `layout`.
class Forms {
public:
  explicit Forms(mlir::ModuleOp module);

  /// Of an op that multiplies two values `int8 x int8`, `dynamic int8 x int4`,
  /// `float x int8`, `float x f16`, or `float` for both; of others what its
  /// result is: `int8`, `uint8`, `float`, `f16`, or `int8 table`.
  std::string of(mlir::Operation *op) const;

  /// Of an op, but for its multiplications.
  std::string ofResult(mlir::Operation *op) const;

  /// True if `form` has no real numbers.
  static bool isInteger(llvm::StringRef form);

private:
  llvm::DenseSet<mlir::Operation *> inTables;
};

} // namespace pt2e

#endif // PT2E_LIB_DRIVER_FORMS_H
