/// \file
/// The families of `--aten-decompose`, and the builder they share.
#ifndef PT2E_LIB_TRANSFORMS_DECOMPOSE_H
#define PT2E_LIB_TRANSFORMS_DECOMPOSE_H

#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Schema.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringMap.h"

namespace pt2e::decompose {

/// Builds aten ops in place of one op, and knows their result types. Sizes are
/// those of tensor types: kDynamic with an upper bound, or static.
class AtenBuilder {
public:
  AtenBuilder(mlir::OpBuilder &builder, mlir::Operation *op)
      : builder(builder), loc(op->getLoc()), op(op) {}

  mlir::OpBuilder &builder;
  const mlir::Location loc;

  // The op that is decomposed.
  mlir::Value tensor(llvm::StringRef name) const {
    mlir::OperandRange tensors = aten::tensorArgument(op, name);
    return tensors.empty() ? mlir::Value() : tensors.front();
  }
  mlir::OperandRange tensors(llvm::StringRef name) const {
    return aten::tensorArgument(op, name);
  }
  mlir::Attribute attribute(llvm::StringRef name) const {
    return aten::attributeArgument(op, name);
  }
  bool flag(llvm::StringRef name) const { return integer(name) != 0; }
  int64_t integer(llvm::StringRef name, int64_t otherwise = 0) const;
  unsigned numResults() const { return op->getNumResults(); }
  mlir::RankedTensorType resultType(unsigned index = 0) const {
    return mlir::cast<mlir::RankedTensorType>(op->getResult(index).getType());
  }

  /// Operator `name` with these arguments.
  mlir::ValueRange build(llvm::StringRef name,
                         llvm::ArrayRef<aten::OperatorArgument> arguments,
                         mlir::TypeRange types);
  mlir::Value build(llvm::StringRef name,
                    llvm::ArrayRef<aten::OperatorArgument> arguments,
                    mlir::RankedTensorType type) {
    return build(name, arguments, mlir::TypeRange(type)).front();
  }
  static aten::OperatorArgument argument(llvm::StringRef name,
                                         mlir::ValueRange tensors) {
    return {name.str(), llvm::to_vector_of<mlir::Value>(tensors), {}, {}};
  }
  static aten::OperatorArgument argument(llvm::StringRef name,
                                         mlir::Attribute attribute) {
    return {name.str(), {}, attribute, {}};
  }
  aten::OperatorArgument same(llvm::StringRef name) const;

  // Elementwise.
  mlir::Value unary(llvm::StringRef name, mlir::Value value);
  mlir::Value binary(llvm::StringRef name, mlir::Value lhs, mlir::Value rhs);
  mlir::Value add(mlir::Value lhs, mlir::Value rhs) {
    return binary("aten::add.Tensor", lhs, rhs);
  }
  mlir::Value sub(mlir::Value lhs, mlir::Value rhs) {
    return binary("aten::sub.Tensor", lhs, rhs);
  }
  mlir::Value mul(mlir::Value lhs, mlir::Value rhs) {
    return binary("aten::mul.Tensor", lhs, rhs);
  }
  /// `name` of a tensor and a number (`other`).
  mlir::Value scalar(llvm::StringRef name, mlir::Value value, double number);

  // Products.
  mlir::Value linear(mlir::Value input, mlir::Value weight, mlir::Value bias);
  mlir::Value matmul(mlir::Value lhs, mlir::Value rhs);
  mlir::Value softmax(mlir::Value value, int64_t dim);

  // Data movement; dimensions are not negative.
  mlir::Value slice(mlir::Value value, int64_t dim, int64_t start, int64_t end);
  mlir::Value select(mlir::Value value, int64_t dim, int64_t index);
  mlir::Value unsqueeze(mlir::Value value, int64_t dim);
  mlir::Value cat(llvm::ArrayRef<mlir::Value> values, int64_t dim);
  mlir::Value transpose(mlir::Value value, int64_t dim0, int64_t dim1);
  mlir::Value permute(mlir::Value value, llvm::ArrayRef<int64_t> dims);
  /// Null if more than one size is dynamic.
  mlir::Value view(mlir::Value value, mlir::RankedTensorType type);

  /// A constant; `numbers` are row-major.
  mlir::Value constant(llvm::ArrayRef<float> numbers,
                       llvm::ArrayRef<int64_t> shape, llvm::StringRef name);

  /// Replaces the op, erases it and says true; false if a value is null.
  bool replace(mlir::ValueRange values);

  /// False: the op stays, because it lacks what is `expected`.
  bool keep(llvm::StringRef expected) {
    why = expected;
    return false;
  }
  llvm::StringRef whyKept() const { return why; }

private:
  mlir::Operation *op;
  llvm::StringRef why = "expected at most one dynamic size";
};

inline mlir::RankedTensorType tensorType(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType());
}

/// `type` with size `size` (static) in dimension `dim`.
mlir::RankedTensorType withSize(mlir::RankedTensorType type, int64_t dim,
                                int64_t size);

inline int64_t wrapDim(int64_t dim, int64_t rank) {
  return dim < 0 ? dim + rank : dim;
}

/// Replaces an op; false, with the op as it was, if it cannot; `keep` says why.
using Decomposition = bool (*)(AtenBuilder &);
/// By schema name.
using Table = llvm::StringMap<Decomposition>;

void addAttention(Table &table);
void addIndexing(Table &table);
void addProducts(Table &table);
void addRecurrent(Table &table);
void addReductions(Table &table);
void addSplits(Table &table);

} // namespace pt2e::decompose

#endif // PT2E_LIB_TRANSFORMS_DECOMPOSE_H
