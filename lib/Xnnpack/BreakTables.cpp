//===- BreakTables.cpp - Keep rows of functions short ---------------------===//

#include "dialects/Aten/Remarks.h"
#include "dialects/Xnn/Tables.h"
#include "dialects/Xnn/Xnn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "pt2e/Xnnpack/Passes.h"
#include "llvm/ADT/Sequence.h"

namespace pt2e {
#define GEN_PASS_DEF_XNNBREAKTABLESPASS
#include "pt2e/Xnnpack/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using namespace pt2e::xnn;

/// The operand by which `op` continues a row; null if it begins one.
static OpOperand *continued(Operation *op) {
  for (OpOperand &operand : op->getOpOperands())
    if (Operation *before = operand.get().getDefiningOp();
        before && tableInput(before))
      return &operand;
  return nullptr;
}

/// Where to end the row before `op` does: at the last codes that one of its ops
/// makes, else at what `op` reads.
static OpOperand &findBreak(Operation *op) {
  for (OpOperand *at = continued(op); at;
       at = continued(at->get().getDefiningOp()))
    if (cast<ValueType>(at->get().getType()).isQuantized8())
      return *at;
  return *continued(op);
}

namespace {
class XnnBreakTablesPass
    : public pt2e::impl::XnnBreakTablesPassBase<XnnBreakTablesPass> {
  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    Block &block = getOperation().getBody().front();
    while (Operation *op = findTooLongTable(block)) {
      OpOperand &operand = findBreak(op);
      OpBuilder builder(operand.getOwner());
      auto type = cast<ValueType>(operand.get().getType());
      const auto same = llvm::to_vector(
          llvm::seq<int64_t>(static_cast<int64_t>(type.getShape().size())));
      operand.set(TransposeOp::create(builder, operand.getOwner()->getLoc(),
                                      type, operand.get(), same));
      missed(op->getLoc(), "outline", "OneTable",
             "more than " + Twine(kLongestTable) +
                 " functions in a row: XNNPACK does not survive one table of "
                 "them");
      ++numBroken;
    }
  }
};
} // namespace
