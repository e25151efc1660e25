//===- VerifyPrepare.cpp - After prepare: sites and observes -----------===//

#include "VerifyStage.h"

namespace pt2e {
#define GEN_PASS_DEF_VERIFYPREPAREPASS
#include "pt2e/Driver/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using namespace pt2e::verify;

PT2E_VERIFY_PASS(Prepare)

LogicalResult VerifyPreparePass::verify() {
  if (failed(checkSites(getOperation(), "prepare")))
    return failure();
  return forEachOp(getOperation(), [](Operation *op) -> LogicalResult {
    // Two sites for one edge would quantize it twice.
    auto observe = dyn_cast<ObserveOp>(op);
    auto before =
        observe ? observe.getInput().getDefiningOp<ObserveOp>() : nullptr;
    if (before && before.getSite() == observe.getSite())
      return complain(op, "prepare") << "expected one observe of @"
                                     << observe.getSite() << " at an edge";
    return success();
  });
}
