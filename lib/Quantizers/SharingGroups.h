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
  /// `#pt2e.spec`, `#pt2e.fixed`, `#pt2e.derived` or `#pt2e.cast`.
  mlir::Attribute spec;
  std::vector<QuantizedEdge> edges;
  /// The numbers of the two groups that a derived one gets its scales from.
  std::vector<unsigned> sources;
};

/// Groups the annotated edges of `function`.
///
/// Edges are in one group if one says so of the other (`#pt2e.shared`), or if
/// they concern one value and have equal specs: two readings of it, both of
/// ops that allow implicit sharing, or its result and a reading of such an op.
/// Derived specs are equal if what they are derived from is in the same groups.
/// Edges of a named group (`#pt2e.group`) join only that and what shares with
/// it. Sharing is transitive. The result does not depend on the order of the
/// ops, but for the order of the groups, which is that of their first edges.
///
/// Fails, after an error, where a shared spec leads to an edge that is not
/// annotated, or back to itself; where edges that share have different specs,
/// or one that does not fit their tensors; where a derived spec has a source
/// without parameters of its own.
mlir::FailureOr<std::vector<SharingGroup>>
sharingGroups(mlir::func::FuncOp function);

} // namespace pt2e

#endif // LIB_QUANTIZERS_SHARINGGROUPS_H
