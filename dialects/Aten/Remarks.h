/// \file
/// Remarks: what a pass could have done and did not (`--remarks`). Only what a
/// user can do something about is worth one.
#ifndef DIALECTS_ATEN_REMARKS_H
#define DIALECTS_ATEN_REMARKS_H

#include "mlir/IR/Remarks.h"

namespace pt2e {

/// True if somebody listens: what is looked for only to tell it is looked for
/// then.
inline bool wantsRemarks(mlir::MLIRContext *context) {
  return context->getRemarkEngine() != nullptr;
}

/// Tells that `rule`, of the passes of `category`, left the op at `loc` as it
/// was, and why.
inline void missed(mlir::Location loc, llvm::StringRef category,
                   llvm::StringRef rule, const llvm::Twine &why) {
  if (wantsRemarks(loc.getContext()))
    mlir::remark::missed(
        loc, mlir::remark::RemarkOpts::name(rule).category(category))
        << why.str();
}

} // namespace pt2e

#endif // DIALECTS_ATEN_REMARKS_H
