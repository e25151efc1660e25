/// \file
/// The result types of the first-class ops, by the rules of their schemas.
#ifndef DIALECTS_ATEN_ATENSHAPES_H
#define DIALECTS_ATEN_ATENSHAPES_H

#include <string>

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"

namespace pt2e::aten {

/// The result types that the rule of `op` gives for its operands and
/// attributes. A dimension is dynamic where it depends on a dynamic one or on a
/// symbol; it has a bound where the rule gives one, else the whole type has
/// none.
///
/// Fails if the operands do not fit together, with `reason` (if not null), or
/// if the op is not a first-class operator.
mlir::FailureOr<llvm::SmallVector<mlir::RankedTensorType>>
inferResultTypes(mlir::Operation *op, std::string *reason = nullptr);

/// The same for an op with one result.
mlir::FailureOr<mlir::RankedTensorType>
inferResultType(mlir::Operation *op, std::string *reason = nullptr);

/// The element type of arithmetic between two tensors, as PyTorch promotes: a
/// 0-d tensor counts only if it is of a higher category (bool, integer, float,
/// complex). Null if there is none.
mlir::Type promotedElementType(mlir::RankedTensorType a,
                               mlir::RankedTensorType b);

/// Whether an op may declare `declared` where its rule gives `inferred`: the
/// same element type, rank and static dimensions; a dynamic dimension agrees
/// with any.
bool agrees(mlir::RankedTensorType declared, mlir::RankedTensorType inferred);

} // namespace pt2e::aten

#endif // DIALECTS_ATEN_ATENSHAPES_H
