/// \file
/// Dimensions with bounds, and what the families of shape rules share.
#ifndef DIALECTS_ATEN_SHAPERULES_H
#define DIALECTS_ATEN_SHAPERULES_H

#include <optional>
#include <string>

#include "dialects/Aten/Aten.h"
#include "dialects/Aten/AtenShapes.h"
#include "dialects/Aten/Schema.h"

namespace pt2e::aten {

/// A size, or a dynamic one with its bound (-1: none).
struct Dim {
  int64_t size = mlir::ShapedType::kDynamic;
  int64_t bound = -1;

  static Dim fixed(int64_t size) { return {size, size}; }
  bool isStatic() const { return !mlir::ShapedType::isDynamic(size); }
};
using Dims = llvm::SmallVector<Dim>;
using Types = llvm::SmallVector<mlir::RankedTensorType>;

Dims dimsOf(mlir::RankedTensorType type);

/// The rules of one op. A rule that fails sets `reason` and returns none.
class ShapeRules {
public:
  explicit ShapeRules(mlir::Operation *op) : op(op) {}

  /// None without a reason: no rule for this op.
  std::optional<Types> infer();
  std::string reason;

private:
  using Result = std::optional<Types>;

  // Families; each is none without a reason for an op of another.
  Result elementwise();
  Result windows();
  Result products();
  Result normalizations();
  Result views();
  Result pieces();
  Result joins();

  Result fail(llvm::Twine text) {
    reason = text.str();
    return std::nullopt;
  }
  Result one(llvm::ArrayRef<Dim> dims, mlir::Type element);
  mlir::RankedTensorType type(llvm::StringRef operand) const;
  std::optional<int64_t> integer(llvm::StringRef name) const;
  llvm::ArrayRef<int64_t> integers(llvm::StringRef name) const;
  mlir::Type elementArgument(mlir::Type otherwise) const;
  /// A dimension argument counted from the front; fails out of range.
  std::optional<int64_t> dimension(int64_t dim, int64_t rank);
  std::optional<Dims> broadcast(llvm::ArrayRef<Dim> a, llvm::ArrayRef<Dim> b);
  std::optional<Dims> reshaped(llvm::ArrayRef<Dim> from,
                               llvm::ArrayRef<int64_t> sizes);
  /// floor((size + pad - dilation * (kernel - 1) - 1) / stride) + 1.
  std::optional<Dim> window(Dim size, int64_t pad, int64_t kernel,
                            int64_t stride, int64_t dilation, bool ceil,
                            int64_t padBefore);
  Result convolution(bool transposed);
  Result pooling();
  Result reduction(mlir::Type element);

  mlir::Operation *op;
};

} // namespace pt2e::aten

#endif // DIALECTS_ATEN_SHAPERULES_H
