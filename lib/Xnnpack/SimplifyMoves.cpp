#include "Moves.h"

#include "dialects/Aten/Constants.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::xnn;

bool pt2e::xnn::movesUnitDims(ArrayRef<int64_t> shape, ArrayRef<int64_t> perm) {
  int64_t last = -1;
  for (int64_t from : perm) {
    if (shape[from] == 1)
      continue;
    if (from < last)
      return false;
    last = from;
  }
  return true;
}

FailureOr<ConstantOp> pt2e::xnn::transposeConstant(OpBuilder &builder,
                                                   ConstantOp constant,
                                                   ArrayRef<int64_t> perm) {
  auto type = cast<ValueType>(constant.getOutput().getType());
  SmallVector<int64_t> shape(perm.size() - type.getRank(), 1);
  llvm::append_range(shape, type.getShape());
  const auto newShape = permuted<int64_t>(shape, perm);
  ElementsAttr value = constant.getValue();
  if (failed(aten::constantData(value)))
    return failure();
  auto resource = dyn_cast<DenseResourceElementsAttr>(value);
  value = aten::transposeConstant(aten::reshapeConstant(value, shape), perm,
                                  resource ? resource.getRawHandle().getKey()
                                           : "transposed");
  IntegerAttr channelDim = constant.getChannelDimAttr();
  if (channelDim) {
    const int64_t dim = channelDim.getInt() + perm.size() - type.getRank();
    channelDim =
        builder.getI64IntegerAttr(llvm::find(perm, dim) - perm.begin());
  }
  return ConstantOp::create(builder, constant.getLoc(),
                            type.withShape(newShape), value,
                            constant.getScalesAttr(), channelDim);
}

namespace {
class Simplifier {
public:
  Simplifier(func::FuncOp function, bool unitsToReshapes)
      : function(function), unitsToReshapes(unitsToReshapes) {}
  void run();

private:
  /// What `op` can be replaced by, or null.
  Value simplify(TransposeOp op);
  Value simplify(ReshapeOp op);
  Value joinOrSplit(TransposeOp op);
  Value reshape(OpBuilder &builder, Operation *at, Value input, ValueType type,
                const llvm::SmallBitVector &dynamic);

  func::FuncOp function;
  bool unitsToReshapes;
  DynamicDims dynamicDims;
};
} // namespace

Value Simplifier::reshape(OpBuilder &builder, Operation *at, Value input,
                          ValueType type, const llvm::SmallBitVector &dynamic) {
  auto newShape = dynamicDims.newShape(type.getShape(), dynamic);
  if (!newShape)
    return {};
  return ReshapeOp::create(builder, at->getLoc(), type, input, *newShape);
}

/// [N, H, W, C] -> [N, C, H, W] -> [N, C, H * W] -> [N, H * W, C] is one
/// reshape, and so is the way back.
Value Simplifier::joinOrSplit(TransposeOp op) {
  auto inner = op.getInput().getDefiningOp<ReshapeOp>();
  auto first = inner ? inner.getInput().getDefiningOp<TransposeOp>() : nullptr;
  if (!first)
    return {};
  auto type = cast<ValueType>(op.getType());
  ArrayRef<int64_t> from =
      cast<ValueType>(first.getInput().getType()).getShape();
  ArrayRef<int64_t> to = type.getShape();
  static constexpr int64_t kSwap[3] = {0, 2, 1};
  const ArrayRef<int64_t> swap(kSwap);
  const bool joins = op.getPerm() == swap &&
                     first.getPerm() == ArrayRef(kToNchw) &&
                     cast<ValueType>(inner.getType()).getRank() == 3 &&
                     to[0] == from[0] && to[2] == from[3];
  const bool splits = first.getPerm() == swap &&
                      op.getPerm() == ArrayRef(kToNhwc) && from.size() == 3 &&
                      to[0] == from[0] && to[3] == from[2];
  if (!joins && !splits)
    return {};
  // Only the batch may be dynamic: height and width are mixed here.
  const llvm::SmallBitVector &dynamic = dynamicDims.of(op);
  const llvm::SmallBitVector &inDynamic = dynamicDims.of(first.getInput());
  if (dynamic.count() > 1 || inDynamic.count() > 1 ||
      (dynamic.any() && !dynamic.test(0)) ||
      (inDynamic.any() && !inDynamic.test(0)))
    return {};
  OpBuilder builder(op);
  return reshape(builder, op, first.getInput(), type, dynamic);
}

Value Simplifier::simplify(TransposeOp op) {
  OpBuilder builder(op);
  auto type = cast<ValueType>(op.getType());
  ArrayRef<int64_t> inputShape =
      cast<ValueType>(op.getInput().getType()).getShape();
  if (llvm::is_sorted(op.getPerm()))
    return op.getInput();
  if (auto inner = op.getInput().getDefiningOp<TransposeOp>()) {
    const auto perm = permuted<int64_t>(inner.getPerm(), op.getPerm());
    if (llvm::is_sorted(perm))
      return inner.getInput();
    auto composed =
        TransposeOp::create(builder, op.getLoc(), type, inner.getInput(), perm);
    Value simpler = simplify(composed);
    return simpler ? simpler : composed;
  }
  if (auto constant = op.getInput().getDefiningOp<ConstantOp>()) {
    auto transposed = transposeConstant(builder, constant, op.getPerm());
    return succeeded(transposed) ? transposed->getOutput() : Value();
  }
  if (unitsToReshapes && movesUnitDims(inputShape, op.getPerm()))
    if (Value moved =
            reshape(builder, op, op.getInput(), type, dynamicDims.of(op))) {
      Value simpler = simplify(moved.getDefiningOp<ReshapeOp>());
      return simpler ? simpler : moved;
    }
  return joinOrSplit(op);
}

Value Simplifier::simplify(ReshapeOp op) {
  if (op.getInput().getType() == op.getType()) {
    const llvm::SmallBitVector &dynamic = dynamicDims.of(op);
    if (dynamic.count() <= 1 && dynamic == dynamicDims.of(op.getInput()))
      return op.getInput();
  }
  auto inner = op.getInput().getDefiningOp<ReshapeOp>();
  if (!inner)
    return {};
  // The number of elements is the same, so that the inferred size is too.
  OpBuilder builder(op);
  auto composed = ReshapeOp::create(builder, op.getLoc(), op.getType(),
                                    inner.getInput(), op.getNewShape());
  Value simpler = simplify(composed);
  return simpler ? simpler : composed;
}

void Simplifier::run() {
  Block &body = function.getBody().front();
  for (Operation &op : llvm::make_early_inc_range(body)) {
    Value simpler;
    if (auto transpose = dyn_cast<TransposeOp>(op))
      simpler = simplify(transpose);
    else if (auto reshape = dyn_cast<ReshapeOp>(op))
      simpler = simplify(reshape);
    if (simpler)
      op.getResult(0).replaceAllUsesWith(simpler);
  }
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body)))
    if (isa<XnnDialect>(op.getDialect()) && op.use_empty())
      op.erase();
}

void pt2e::xnn::simplifyMoves(func::FuncOp function, bool unitsToReshapes) {
  Simplifier(function, unitsToReshapes).run();
}
