//===- VerifyConvert.cpp - After convert: codes ------------------------===//

#include "VerifyStage.h"
#include "dialects/Aten/Constants.h"

namespace pt2e {
#define GEN_PASS_DEF_VERIFYCONVERTPASS
#include "pt2e/Driver/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using namespace pt2e::verify;

PT2E_VERIFY_PASS(Convert)

LogicalResult VerifyConvertPass::verify() {
  return forEachOp(getOperation(), [](Operation *op) -> LogicalResult {
    if (isa<SiteOp, ObserveOp>(op))
      return complain(op, "convert") << "expected no site and no observe";
    if (op->hasAttr("pt2e.annotation"))
      return complain(op, "convert") << "expected no annotation";
    if (isa<aten::ParameterOp>(op) && op->use_empty())
      return complain(op, "convert")
             << "expected no parameter that nothing reads";
    auto quantize = dyn_cast<QuantizeOp>(op);
    if (quantize && aten::constantOf(quantize.getInput()) &&
        aten::constantOf(quantize.getScale()))
      return complain(op, "convert") << "expected the codes of a constant";
    return success();
  });
}
