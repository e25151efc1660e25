//===- VerifyOutline.cpp - After outline: delegates --------------------===//

#include "VerifyStage.h"

namespace pt2e {
#define GEN_PASS_DEF_VERIFYOUTLINEPASS
#include "pt2e/Driver/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using namespace pt2e::verify;

PT2E_VERIFY_PASS(Outline)

/// True if what run time computes before `op` has to wait for a delegate, or
/// has effects.
static bool waits(Operation *op, DenseMap<Operation *, bool> &known) {
  if (auto found = known.find(op); found != known.end())
    return found->second;
  bool result = isa<et::CallDelegateOp>(op) || !isMemoryEffectFree(op);
  for (Value operand : op->getOperands())
    if (Operation *def = operand.getDefiningOp(); def && !result)
      result = waits(def, known);
  return known[op] = result;
}

/// The fewest delegates: only one need not wait for an op that is in none.
static LogicalResult checkFewest(func::FuncOp function) {
  DenseMap<Operation *, bool> known;
  Operation *first = nullptr;
  for (auto call : function.getOps<et::CallDelegateOp>()) {
    const bool isForced = llvm::any_of(call->getOperands(), [&](Value operand) {
      Operation *def = operand.getDefiningOp();
      return def && !isa<et::CallDelegateOp>(def) && waits(def, known);
    });
    if (isForced)
      continue;
    if (first)
      return complain(call, "outline")
             << "expected it in the delegate before, which it need not wait "
                "for an op behind";
    first = call;
  }
  return success();
}

LogicalResult VerifyOutlinePass::verify() {
  if (failed(checkDelegates(getOperation(), "outline")))
    return failure();
  for (auto function : getOperation().getOps<func::FuncOp>()) {
    // Between observers delegates are in order.
    const bool isObserved = !function.getOps<ObserveOp>().empty();
    if (!function.isExternal() && !function->hasAttr("xnn.delegate") &&
        !isObserved && failed(checkFewest(function)))
      return failure();
  }
  return success();
}
