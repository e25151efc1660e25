/// \file
/// The families of patterns of `--aten-simplify`, and what they share.
#ifndef PT2E_LIB_TRANSFORMS_SIMPLIFY_H
#define PT2E_LIB_TRANSFORMS_SIMPLIFY_H

#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Schema.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/Statistic.h"

namespace pt2e::simplify {

/// Core ATen names to those of the training IR.
void populateNames(mlir::RewritePatternSet &patterns);
/// Several ops that are one.
void populateComposites(mlir::RewritePatternSet &patterns);
/// Ops that give their operand back.
void populateIdentities(mlir::RewritePatternSet &patterns);
/// Batch norm into the op before it, but for those in the modules `kept`.
void populateBatchNorm(mlir::RewritePatternSet &patterns,
                       mlir::Pass::Statistic &folded,
                       std::vector<std::string> kept);
/// Views and data movement of constants.
void populateLayoutOfConstants(mlir::RewritePatternSet &patterns);
/// Operators on constants, and constants that are computed.
void populateEvaluation(mlir::RewritePatternSet &patterns);

/// Remarks: which operators on constants are left in `module`.
void tellOfConstants(mlir::ModuleOp module);

/// Whether a constant of type `result` may replace an op on `operands`: at most
/// 1 MiB, or not larger than they are.
bool isSmallEnough(mlir::RankedTensorType result, mlir::ValueRange operands);

/// Replaces the uses of a result by a parameter named after the op.
void replaceByConstant(mlir::PatternRewriter &rewriter, mlir::Operation *op,
                       unsigned result, mlir::ElementsAttr value);

/// The tensor given for `name`, or null.
inline mlir::Value tensor(mlir::Operation *op, llvm::StringRef name) {
  mlir::OperandRange range = aten::tensorArgument(op, name);
  return range.size() == 1 ? range[0] : mlir::Value();
}

/// A number given for `name`.
inline std::optional<int64_t> integer(mlir::Operation *op,
                                      llvm::StringRef name) {
  auto attribute = mlir::dyn_cast_or_null<mlir::IntegerAttr>(
      aten::attributeArgument(op, name));
  return attribute ? std::optional(attribute.getInt()) : std::nullopt;
}

/// The integers given for `name`; empty if absent.
inline llvm::ArrayRef<int64_t> integers(mlir::Operation *op,
                                        llvm::StringRef name) {
  auto attribute = mlir::dyn_cast_or_null<mlir::DenseI64ArrayAttr>(
      aten::attributeArgument(op, name));
  return attribute ? attribute.asArrayRef() : llvm::ArrayRef<int64_t>();
}

/// A number, as a double.
inline std::optional<double> number(mlir::Attribute attribute) {
  if (auto real = mlir::dyn_cast_or_null<mlir::FloatAttr>(attribute))
    return real.getValueAsDouble();
  if (auto integer = mlir::dyn_cast_or_null<mlir::IntegerAttr>(attribute))
    return double(integer.getInt());
  return std::nullopt;
}

inline mlir::RankedTensorType tensorType(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType());
}

/// `dim` counted from the front.
inline int64_t normalDim(int64_t dim, int64_t rank) {
  return dim < 0 ? dim + rank : dim;
}

} // namespace pt2e::simplify

#endif // PT2E_LIB_TRANSFORMS_SIMPLIFY_H
