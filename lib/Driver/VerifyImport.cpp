//===- VerifyImport.cpp - After import: functional operators -----------===//

#include "VerifyStage.h"
#include "dialects/Aten/Provenance.h"

namespace pt2e {
#define GEN_PASS_DEF_VERIFYIMPORTPASS
#include "pt2e/Driver/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using namespace pt2e::verify;

PT2E_VERIFY_PASS(Import)

LogicalResult VerifyImportPass::verify() {
  if (failed(checkAtenForm(getOperation(), "import")))
    return failure();
  if (failed(forEachOp(getOperation(), [](Operation *op) -> LogicalResult {
        if (isa<aten::AtenDialect>(op->getDialect()) &&
            !isa<aten::ParameterOp, aten::BufferOp>(op) &&
            aten::exportedName(op->getLoc()).empty())
          return complain(op, "import")
                 << "expected the name in the exported graph in its location";
        return success();
      })))
    return failure();
  for (auto function : getOperation().getOps<func::FuncOp>()) {
    if (function.isPrivate() || function.isExternal())
      continue;
    for (BlockArgument argument : function.getArguments()) {
      auto type = dyn_cast<RankedTensorType>(argument.getType());
      if (!type || type.hasStaticShape())
        continue;
      auto dims = function.getArgAttrOfType<ArrayAttr>(argument.getArgNumber(),
                                                       "aten.dims");
      if (!dims || int64_t(dims.size()) != type.getRank())
        return complain(function, "import")
               << "expected aten.dims with the ranges of dynamic input "
               << argument.getArgNumber();
    }
  }
  return success();
}
