/// \file
/// Calibration: the observed program runs in float on ExecuTorch, its sites
/// see what passes.
#ifndef PT2E_DRIVER_CALIBRATE_H
#define PT2E_DRIVER_CALIBRATE_H

#include <functional>
#include <string>
#include <vector>

#include "mlir/IR/BuiltinOps.h"
#include "pt2e/Runtime/Data.h"

namespace pt2e {

struct CalibrationOptions {
  /// Paths as `runtime::openInputs` takes them.
  std::vector<std::string> data;
  runtime::DataOptions input;
  /// Called after each call with the samples seen and those there are.
  std::function<void(int64_t done, int64_t total)> progress;
};

/// Runs the program of `module`, in prepared form, on the data and keeps the
/// statistics in its sites; sites that have some (of weights, or of an earlier
/// calibration) are left alone unless a tensor passes them. The program is
/// compiled to a .pte in memory whose observers are kernel calls between the
/// delegates: memory is the live set of one call.
///
/// Without data nothing is run if no site needs any, as those of weights and of
/// dynamic specs.
///
/// Errors, as diagnostics: no data where a site needs some, data that does not
/// fit the program, a value that is not f32, and whatever lowering refuses.
mlir::LogicalResult calibrate(mlir::ModuleOp module,
                              const CalibrationOptions &options);

} // namespace pt2e

#endif // PT2E_DRIVER_CALIBRATE_H
