/// \file
/// The `aten` dialect: an exported PyTorch program in functional form.
#ifndef DIALECTS_ATEN_ATEN_H
#define DIALECTS_ATEN_ATEN_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace pt2e::aten {
/// Rule of TakesSymbols: as many `i64` operands as sentinels.
mlir::LogicalResult verifySymbols(mlir::Operation *op);

/// Checks (C1) and (C2) of the first-class operators.
llvm::LogicalResult verifyShapeRule(mlir::Operation *op);

/// Has the result types that the schema's rule gives.
template <typename ConcreteOp>
class HasShapeRule : public mlir::OpTrait::TraitBase<ConcreteOp, HasShapeRule> {
public:
  static llvm::LogicalResult verifyTrait(mlir::Operation *op) {
    return verifyShapeRule(op);
  }
};

/// Ends with operands `symbols` for the integers that run time computes.
template <typename ConcreteOp>
class TakesSymbols : public mlir::OpTrait::TraitBase<ConcreteOp, TakesSymbols> {
public:
  static mlir::LogicalResult verifyTrait(mlir::Operation *op) {
    return verifySymbols(op);
  }
};
} // namespace pt2e::aten

#include "dialects/Aten/AtenDialect.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Aten/AtenAttrs.h.inc"
#define GET_OP_CLASSES
#include "dialects/Aten/AtenOps.h.inc"

namespace pt2e::aten {

/// The largest size of each dimension of `type`: its size where static, its
/// bound where dynamic, -1 where dynamic without a bound.
llvm::SmallVector<int64_t> upperBounds(mlir::RankedTensorType type);

/// A tensor type whose dimensions reach up to `bounds`; `sizes` has kDynamic
/// where a dimension is dynamic.
mlir::RankedTensorType boundedTensor(llvm::ArrayRef<int64_t> sizes,
                                     mlir::Type element,
                                     llvm::ArrayRef<int64_t> bounds);

} // namespace pt2e::aten

#endif // DIALECTS_ATEN_ATEN_H
