//===- VerifyLower.cpp - After lower: xnn ops in line ------------------===//

#include "VerifyStage.h"
#include "dialects/Aten/Constants.h"

namespace pt2e {
#define GEN_PASS_DEF_VERIFYLOWERPASS
#include "pt2e/Driver/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using namespace pt2e::verify;

PT2E_VERIFY_PASS(Lower)

/// True for what XNNPACK might have run: why it does not is in `xnn.kept`.
static bool isCandidate(Operation *op) {
  if (auto dequantize = dyn_cast<DequantizeOp>(op))
    return !aten::constantOf(dequantize.getInput());
  if (isa<aten::AtenDialect>(op->getDialect()))
    return !isa<aten::ParameterOp, aten::BufferOp, aten::ReadBufferOp,
                aten::WriteBufferOp, aten::SymSizeOp>(op);
  return isa<QuantizeOp>(op);
}

LogicalResult VerifyLowerPass::verify() {
  return forEachOp(getOperation(), [](Operation *op) -> LogicalResult {
    if (isCandidate(op) && !op->hasAttr("xnn.kept"))
      return complain(op, "lower")
             << "expected an xnn op, or in xnn.kept why it is none";
    auto enter = dyn_cast<xnn::EnterOp>(op);
    if (!enter)
      return success();
    if (enter.getInput().getDefiningOp<xnn::LeaveOp>())
      return complain(op, "lower")
             << "expected no value to leave and to enter again";
    if (aten::constantOf(enter.getInput()))
      return complain(op, "lower") << "expected a constant as xnn.constant";
    return success();
  });
}
