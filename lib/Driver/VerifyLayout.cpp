//===- VerifyLayout.cpp - After layout: one layout ---------------------===//

#include "VerifyStage.h"

namespace pt2e {
#define GEN_PASS_DEF_VERIFYLAYOUTPASS
#include "pt2e/Driver/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using namespace pt2e::verify;

PT2E_VERIFY_PASS(Layout)

LogicalResult VerifyLayoutPass::verify() {
  return forEachOp(getOperation(), [](Operation *op) -> LogicalResult {
    auto transpose = dyn_cast<xnn::TransposeOp>(op);
    if (!transpose)
      return success();
    if (llvm::is_sorted(transpose.getPerm()))
      return complain(op, "layout") << "expected a transpose to move something";
    if (transpose.getInput().getDefiningOp<xnn::TransposeOp>())
      return complain(op, "layout")
             << "expected one transpose, but got one of another";
    return success();
  });
}
