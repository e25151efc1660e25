#include "Moves.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace pt2e::xnn;
using llvm::SmallBitVector;

const SmallBitVector &DynamicDims::of(Value value) {
  if (auto found = known.find(value); found != known.end())
    return found->second;
  SmallBitVector dims = compute(value);
  return known[value] = std::move(dims);
}

SmallBitVector DynamicDims::compute(Value value) {
  const int64_t rank = cast<ValueType>(value.getType()).getRank();
  SmallBitVector dims(rank);
  Operation *op = value.getDefiningOp();
  if (!op)
    return SmallBitVector(rank, true); // nothing is known about it
  /// Takes dimension `from` of `source` for `dim`.
  auto take = [&](Value source, int64_t from, int64_t dim) {
    if (of(source).test(from))
      dims.set(dim);
  };
  llvm::TypeSwitch<Operation *>(op)
      .Case([&](EnterOp op) {
        auto type = cast<RankedTensorType>(op.getInput().getType());
        for (int64_t dim = 0; dim < rank; ++dim)
          dims[dim] = type.isDynamicDim(dim);
      })
      .Case([&](ConstantOp) {})
      .Case<Conv2dOp, DepthwiseConv2dOp, ConvTranspose2dOp>([&](auto op) {
        for (int64_t dim : {0, 1, 2})
          take(op.getInput(), dim, dim);
      })
      .Case<GlobalAveragePooling2dOp, ResizeBilinearOp>([&](auto op) {
        take(op.getInput(), 0, 0);
        take(op.getInput(), 3, 3);
      })
      .Case([&](FullyConnectedOp op) {
        for (int64_t dim = 0; dim + 1 < rank; ++dim)
          take(op.getInput(), dim, dim);
      })
      .Case([&](BatchMatrixMultiplyOp op) {
        for (Value operand : {op.getLhs(), op.getRhs()}) {
          const int64_t operandRank =
              cast<ValueType>(operand.getType()).getRank();
          for (int64_t dim = 0; dim + 2 < operandRank; ++dim)
            take(operand, dim, dim + rank - operandRank);
        }
        take(op.getLhs(), cast<ValueType>(op.getLhs().getType()).getRank() - 2,
             rank - 2);
        const int64_t rhsRank =
            cast<ValueType>(op.getRhs().getType()).getRank();
        take(op.getRhs(), rhsRank - (op.getTransposeRhs() ? 2 : 1), rank - 1);
      })
      .Case([&](TransposeOp op) {
        for (auto [dim, from] : llvm::enumerate(op.getPerm()))
          take(op.getInput(), from, dim);
      })
      .Case([&](ReshapeOp op) {
        if (of(op.getInput()).any())
          for (auto [dim, size] : llvm::enumerate(op.getNewShape()))
            dims[dim] = size == 0;
      })
      .Case([&](SliceOp op) {
        for (auto [dim, size] : llvm::enumerate(op.getSizes()))
          if (size == 0)
            take(op.getInput(), dim, dim);
      })
      // Elementwise, broadcast from the right, and what keeps the dimensions.
      .Default([&](Operation *op) {
        for (Value operand : op->getOperands()) {
          const int64_t operandRank =
              cast<ValueType>(operand.getType()).getRank();
          for (int64_t dim = 0; dim < operandRank; ++dim)
            take(operand, dim, dim + rank - operandRank);
        }
      });
  return dims;
}

std::optional<SmallVector<int64_t>>
DynamicDims::newShape(ArrayRef<int64_t> shape, const SmallBitVector &dynamic) {
  if (dynamic.count() > 1)
    return {};
  SmallVector<int64_t> sizes(shape);
  for (unsigned dim : dynamic.set_bits())
    sizes[dim] = 0;
  return sizes;
}
