//===- VerifyExecute.cpp - After execute: calls ------------------------===//

#include "VerifyStage.h"

namespace pt2e {
#define GEN_PASS_DEF_VERIFYEXECUTEPASS
#include "pt2e/Driver/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using namespace pt2e::verify;

PT2E_VERIFY_PASS(Execute)

/// True for what is a call, a constant, a buffer or a part of these.
static bool isRunnable(Operation *op) {
  if (isa<aten::AtenDialect>(op->getDialect()))
    return isa<aten::ParameterOp, aten::BufferOp, aten::ReadBufferOp,
               aten::WriteBufferOp>(op);
  return isa<et::EtDialect, xnn::XnnDialect, func::FuncDialect>(
             op->getDialect()) ||
         isa<arith::ConstantOp, SiteOp>(op);
}

LogicalResult VerifyExecutePass::verify() {
  if (failed(checkDelegates(getOperation(), "execute")))
    return failure();
  return forEachOp(getOperation(), [](Operation *op) -> LogicalResult {
    if (!isRunnable(op))
      return complain(op, "execute") << "expected no op that nothing runs";
    return success();
  });
}
