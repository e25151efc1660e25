/// \file
/// What PyTorch wants to know of dynamic sizes: an expression over symbols for
/// each of them.
#ifndef PT2E_LIB_EXPORT_DIMENSIONS_H
#define PT2E_LIB_EXPORT_DIMENSIONS_H

#include <string>
#include <vector>

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"
#include "pt2e/Import/ExportedProgram.h"
#include "llvm/ADT/DenseMap.h"

namespace pt2e {

/// The IR knows the expressions of the inputs' dimensions (`aten.dims`) and the
/// largest size of every other one. A result's dimension gets the expression of
/// an operand's where only one has its bound; otherwise a symbol of its own,
/// which says as much as the IR does.
class Dimensions {
public:
  /// A user input. `dims` is its `aten.dims`, may be null.
  void addInput(mlir::Value input, mlir::ArrayAttr dims);
  /// The operand of a nested graph.
  void addOperand(mlir::Value argument, mlir::Value operand);
  /// The results of `op`, whose operands are known.
  void addResults(mlir::Operation *op);

  /// Gives every symbol of an input's expression a range.
  void completeRanges();

  /// The type of a tensor, row-major.
  TensorMeta meta(mlir::Value tensor) const;
  /// The value of an `i64`.
  SymInt scalar(mlir::Value value) const;

  /// The ranges of all symbols and input expressions, by their text.
  llvm::StringMap<Interval> ranges;

private:
  std::vector<SymInt> resultSizes(mlir::Operation *op, mlir::Value result);
  SymInt freshSize(int64_t bound);
  SymInt symbol(const std::string &name, Interval range);

  llvm::DenseMap<mlir::Value, std::vector<SymInt>> sizes;
  llvm::DenseMap<mlir::Value, SymInt> scalars;
  std::vector<std::pair<SymInt, int64_t>> inputSymbols; ///< and their bounds
  unsigned numFresh = 0;
};

/// The file's number of an element type; 4-bit and other narrow codes are in
/// int8. Unknown for a type that PyTorch has not.
ScalarType exportedType(mlir::Type element);

/// The type of a contiguous tensor.
TensorMeta contiguousMeta(ScalarType dtype, std::vector<SymInt> sizes);

} // namespace pt2e

#endif // PT2E_LIB_EXPORT_DIMENSIONS_H
