#include "dialects/Xnn/Tables.h"

#include "dialects/Xnn/Xnn.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace pt2e::xnn;

static bool isConstant(Value value) {
  return isa_and_nonnull<ConstantOp>(value.getDefiningOp());
}

static bool isCodes(Value value) {
  auto type = dyn_cast<ValueType>(value.getType());
  return type && type.isQuantized8();
}

Value pt2e::xnn::tableInput(Operation *op) {
  if (isa<UnaryElementwiseOp, ClampOp, LeakyReLUOp, ELUOp, ConvertOp>(op))
    return op->getOperand(0);
  if (!isa<BinaryElementwiseOp>(op))
    return {};
  return isConstant(op->getOperand(0)) ? op->getOperand(1) : op->getOperand(0);
}

namespace {
/// What is computed from the one value `root`.
struct Row {
  Value root;
  llvm::SmallSetVector<Operation *, kLongestTable + 1> ops;
};
} // namespace

/// The limits of an operator of two values are a node of their own.
static size_t countNodes(const Row &row) {
  return row.ops.size() + llvm::count_if(row.ops, [](Operation *op) {
           auto binary = dyn_cast<BinaryElementwiseOp>(op);
           return binary && (binary.getOutputMin() || binary.getOutputMax());
         });
}

Operation *pt2e::xnn::findTooLongTable(Block &block) {
  DenseMap<Operation *, Row> rows;
  for (Operation &op : block) {
    const Value input = tableInput(&op);
    if (!input)
      continue;
    Row row;
    bool isOfOne = true;
    for (Value operand : op.getOperands()) {
      if (operand != input && isConstant(operand))
        continue;
      auto before = rows.find(operand.getDefiningOp());
      const Value root = before == rows.end() ? operand : before->second.root;
      isOfOne &= !row.root || row.root == root;
      row.root = root;
      if (before != rows.end())
        row.ops.insert_range(before->second.ops);
    }
    // Of floats there are no tables.
    if (!isOfOne || !isCodes(row.root))
      continue;
    row.ops.insert(&op);
    if (countNodes(row) > kLongestTable)
      return &op;
    rows.try_emplace(&op, std::move(row));
  }
  return nullptr;
}
