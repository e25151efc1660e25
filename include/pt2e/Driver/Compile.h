/// \file
/// From a `.pt2` to a `.pte`: what `pt2e compile` and `pt2e quantize` do.
#ifndef PT2E_DRIVER_COMPILE_H
#define PT2E_DRIVER_COMPILE_H

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pt2e/Driver/Compilation.h"

namespace pt2e {

struct CompileRequest {
  std::string input;  ///< a .pt2
  std::string output; ///< a .pte, or MLIR text with `emitMlir`
  /// Quantize with these options and this calibration; else in float.
  std::optional<QuantizeOptions> quantize;
  CalibrationOptions calibration;
  /// Ranges that PyTorch takes: with `Prepare` the output is a .pt2 that
  /// trains, as `quantize` says, with `Calibrate` one that observes; with
  /// `Convert` the input is what became of it.
  enum class Training { None, Prepare, Calibrate, Convert };
  Training training = Training::None;
  /// Upper bounds for dimensions whose range is open, by symbol.
  std::map<std::string, int64_t> maxDims;
  /// Tell what passes leave undone, as lines that begin with `remark: `: of
  /// the categories that this regular expression matches; empty for all.
  std::optional<std::string> remarks;
  /// Check behind each stage what it leaves (docs/architecture.md).
  bool verifyStages = false;
  /// One of `stageNames`, with `emitMlir`; empty for all of them.
  std::string stopAfter;
  /// Measure the forms of ops that this file lacks, keep the times in it, and
  /// use the faster forms (pt2e/Driver/Autotune.h); empty: int8 as it is.
  std::string timings;
  /// Called after each op that is measured.
  std::function<void(int64_t done, int64_t all)> onMeasured;
  bool emitMlir = false;
  std::string reportPath; ///< JSON; empty for none
  /// Operators and modules to explain in the summary.
  std::vector<std::string> explain;
  /// Called when a stage begins.
  std::function<void(const std::string &stage)> onStage;
  /// Seconds spent in each stage, filled in.
  std::vector<std::pair<std::string, double>> stageSeconds;
};

/// What the request goes through, in order, from "import" to "plan".
std::vector<std::string> stageNames(const CompileRequest &request);

/// Compiles. Output files appear whole or not at all.
///
/// \param summary  what to tell the user at the end.
/// \returns false after an error.
bool compile(CompileRequest &request, const ErrorHandler &error,
             std::string &summary);

/// What `request.explain` names, as annotation and preparation leave it:
/// nothing is calibrated or lowered. Nothing after an error.
std::optional<std::string> explain(const CompileRequest &request,
                                   const ErrorHandler &error);

/// The bytes of the float program of a `.pt2`; nothing after an error.
std::optional<std::string>
compileFloat(const std::string &input,
             const std::map<std::string, int64_t> &maxDims,
             const ErrorHandler &error);

} // namespace pt2e

#endif // PT2E_DRIVER_COMPILE_H
