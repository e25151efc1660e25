/// \file
/// Which annotated operands and results share one observer.
#ifndef LIB_QUANTIZERS_SHARINGGROUPS_H
#define LIB_QUANTIZERS_SHARINGGROUPS_H

#include <vector>

#include "dialects/Pt2e/Pt2e.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace pt2e {

/// An annotated operand or result.
struct QuantizedEdge {
  mlir::Operation *op;
  unsigned index;
  bool isResult;

  mlir::Value value() const {
    return isResult ? mlir::Value(op->getResult(index)) : op->getOperand(index);
  }
};

/// Edges that share one observer, in program order.
struct SharingGroup {
  /// `#pt2e.spec` or `#pt2e.fixed`.
  mlir::Attribute spec;
  std::vector<QuantizedEdge> edges;
};

/// Groups the annotated edges of `function`.
///
/// Edges are in one group if one says so of the other (`#pt2e.shared`), or if
/// they concern one value and have equal specs: two readings of it, both of
/// ops that allow implicit sharing, or its result and a reading of such an op.
/// Sharing is transitive. The result does not depend on the order of the ops,
/// but for the order of the groups, which is that of their first edges.
///
/// Fails, after an error, where a shared spec leads to an edge that is not
/// annotated, or back to itself.
mlir::FailureOr<std::vector<SharingGroup>>
sharingGroups(mlir::func::FuncOp function);

} // namespace pt2e

#endif // LIB_QUANTIZERS_SHARINGGROUPS_H
