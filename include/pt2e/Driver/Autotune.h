/// \file
/// Measuring which form of an op is faster on this machine.
#ifndef PT2E_DRIVER_AUTOTUNE_H
#define PT2E_DRIVER_AUTOTUNE_H

#include <functional>
#include <string>

#include "mlir/IR/BuiltinOps.h"

namespace pt2e {

/// Brings the file `timings` (pt2e/Xnnpack/FormTimings.h; made if there is
/// none) up to date with the program in `module`, which has its layout: each op
/// with a float form that the file lacks is compiled by itself in both forms,
/// and both run in turn on ExecuTorch, with the threads of the pool. Sizes that
/// are known at run time only are at their bounds.
///
/// \param progress  called after each op with those done and those to do.
///
/// Errors, as diagnostics: `timings` is no such file, or lacks ops and is of
/// another machine or number of threads; it cannot be written; and whatever
/// ExecuTorch says.
mlir::LogicalResult
measureForms(mlir::ModuleOp module, const std::string &timings,
             const std::function<void(int64_t done, int64_t all)> &progress);

} // namespace pt2e

#endif // PT2E_DRIVER_AUTOTUNE_H
