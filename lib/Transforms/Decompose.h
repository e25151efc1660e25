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
  double number(llvm::StringRef name, double otherwise) const;
  /// A list of `count` numbers, of which one may stand for all; `otherwise` if
  /// it is empty or absent.
  llvm::SmallVector<int64_t> integers(llvm::StringRef name, size_t count,
                                      int64_t otherwise) const;
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

  mlir::Value clamp(mlir::Value value, std::optional<double> min,
                    std::optional<double> max);
  /// `value > number` and the like, and a choice by it.
  mlir::Value compare(llvm::StringRef name, mlir::Value value, double number);
  mlir::Value where(mlir::Value condition, mlir::Value yes, mlir::Value no);

  /// `name`, over dimensions that stay with the size 1.
  mlir::Value reduce(llvm::StringRef name, mlir::Value value,
                     llvm::ArrayRef<int64_t> dims);

  // Products.
  mlir::Value linear(mlir::Value input, mlir::Value weight, mlir::Value bias);
  mlir::Value matmul(mlir::Value lhs, mlir::Value rhs);
  mlir::Value softmax(mlir::Value value, int64_t dim);

  // Data movement; dimensions are not negative.
  mlir::Value slice(mlir::Value value, int64_t dim, int64_t start, int64_t end,
                    int64_t step = 1);
  mlir::Value select(mlir::Value value, int64_t dim, int64_t index);
  mlir::Value unsqueeze(mlir::Value value, int64_t dim);
  mlir::Value cat(llvm::ArrayRef<mlir::Value> values, int64_t dim);
  mlir::Value transpose(mlir::Value value, int64_t dim0, int64_t dim1);
  mlir::Value permute(mlir::Value value, llvm::ArrayRef<int64_t> dims);
  /// Null if more than one size is dynamic. Of a constant, a constant.
  mlir::Value view(mlir::Value value, mlir::RankedTensorType type);
  /// `view` with these sizes instead of the dimensions [first, first + count).
  /// Null if what comes and goes is not known, but for one size.
  mlir::Value regroup(mlir::Value value, int64_t first, int64_t count,
                      llvm::ArrayRef<int64_t> sizes);
  mlir::Value expand(mlir::Value value, mlir::RankedTensorType type);

  /// A constant; `numbers` are row-major.
  mlir::Value constant(llvm::ArrayRef<float> numbers,
                       llvm::ArrayRef<int64_t> shape, llvm::StringRef name);
  mlir::Value integerConstant(llvm::ArrayRef<int64_t> numbers,
                              llvm::ArrayRef<int64_t> shape,
                              llvm::StringRef name);

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

void addActivations(Table &table);
void addAttention(Table &table);
void addConvolutions(Table &table);
void addIndexing(Table &table);
void addMoves(Table &table);
void addNorms(Table &table);
void addPools(Table &table);
void addProducts(Table &table);
void addRecurrent(Table &table);
void addReductions(Table &table);
void addResize(Table &table);
void addSplits(Table &table);

} // namespace pt2e::decompose

#endif // PT2E_LIB_TRANSFORMS_DECOMPOSE_H
