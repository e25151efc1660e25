//===- VerifyAnnotate.cpp - After annotate: annotations and reasons ----===//

#include "VerifyStage.h"

namespace pt2e {
#define GEN_PASS_DEF_VERIFYANNOTATEPASS
#include "pt2e/Driver/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using namespace pt2e::verify;

PT2E_VERIFY_PASS(Annotate)

LogicalResult VerifyAnnotatePass::verify() {
  return forEachOp(getOperation(), [](Operation *op) -> LogicalResult {
    if (isa<SiteOp, ObserveOp>(op))
      return complain(op, "annotate")
             << "expected annotations, and no site yet";
    auto annotation = op->getAttrOfType<AnnotationAttr>("pt2e.annotation");
    if (annotation && !isa<aten::AtenDialect>(op->getDialect()))
      return complain(op, "annotate")
             << "expected annotations of aten operators alone";
    if (annotation && annotation.getRule().empty())
      return complain(op, "annotate") << "expected the rule that annotated it";
    Attribute kept = op->getAttr("pt2e.kept_float");
    if (!kept)
      return success();
    if (annotation)
      return complain(op, "annotate")
             << "expected an annotation or a reason why not, but got both";
    auto entries = dyn_cast<DictionaryAttr>(kept);
    for (StringRef key : {"code", "reason"}) {
      auto text = entries ? entries.getAs<StringAttr>(key) : StringAttr();
      if (!text || text.empty())
        return complain(op, "annotate")
               << "expected a " << key << " in pt2e.kept_float";
    }
    return success();
  });
}
