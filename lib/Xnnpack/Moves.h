/// \file
/// Transposes and reshapes of xnn values.
#ifndef PT2E_LIB_XNNPACK_MOVES_H
#define PT2E_LIB_XNNPACK_MOVES_H

#include "dialects/Xnn/Xnn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/SmallBitVector.h"

namespace pt2e::xnn {

/// From NCHW to NHWC and back.
constexpr int64_t kToNhwc[4] = {0, 2, 3, 1};
constexpr int64_t kToNchw[4] = {0, 3, 1, 2};

/// Element i of the result is element perm[i] of `list`.
template <typename T>
llvm::SmallVector<T> permuted(llvm::ArrayRef<T> list,
                              llvm::ArrayRef<int64_t> perm) {
  llvm::SmallVector<T> result;
  for (int64_t from : perm)
    result.push_back(list[from]);
  return result;
}

/// True if transposing `shape` by `perm` moves no element in memory: only
/// dimensions of size 1 change their place.
bool movesUnitDims(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> perm);

/// Which sizes of a value are known at run time only. Values keep their
/// answer: no op that was asked about may be erased.
class DynamicDims {
public:
  const llvm::SmallBitVector &of(mlir::Value value);

  /// `new_shape` of a reshape to `shape` whose dynamic dimensions are
  /// `dynamic`: none if more than one is.
  std::optional<llvm::SmallVector<int64_t>>
  newShape(llvm::ArrayRef<int64_t> shape, const llvm::SmallBitVector &dynamic);

private:
  llvm::SmallBitVector compute(mlir::Value value);
  llvm::DenseMap<mlir::Value, llvm::SmallBitVector> known;
};

/// A constant with its dimensions in another order; ones are put in front of
/// its shape if it has fewer dimensions than `perm`.
mlir::FailureOr<ConstantOp> transposeConstant(mlir::OpBuilder &builder,
                                              ConstantOp constant,
                                              llvm::ArrayRef<int64_t> perm);

/// Composes and cancels the transposes and reshapes of a function: those that
/// follow each other, those of constants, and pairs around a reshape that joins
/// or splits height and width. With `unitsToReshapes` also turns transposes
/// that move dimensions of size 1 into reshapes.
void simplifyMoves(mlir::func::FuncOp function, bool unitsToReshapes);

} // namespace pt2e::xnn

#endif // PT2E_LIB_XNNPACK_MOVES_H
