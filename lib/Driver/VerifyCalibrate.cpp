//===- VerifyCalibrate.cpp - After calibrate: statistics ---------------===//

#include "VerifyStage.h"
#include "pt2e/Quantizers/SiteStatistics.h"

namespace pt2e {
#define GEN_PASS_DEF_VERIFYCALIBRATEPASS
#include "pt2e/Driver/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using namespace pt2e::verify;

PT2E_VERIFY_PASS(Calibrate)

LogicalResult VerifyCalibratePass::verify() {
  if (failed(checkSites(getOperation(), "calibrate")))
    return failure();
  return forEachOp(getOperation(), [](Operation *op) -> LogicalResult {
    auto site = dyn_cast<SiteOp>(op);
    auto spec = site ? dyn_cast<SpecAttr>(site.getSpec()) : SpecAttr();
    if (!spec || spec.getTiming() == Timing::Dynamic || site.getFrom() ||
        hasGivenParameters(site))
      return success();
    if (!site.getStatistics())
      return complain(op, "calibrate") << "expected statistics of this site";
    return failure(failed(makeObserver(site))); // says why
  });
}
