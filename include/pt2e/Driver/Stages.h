/// \file
/// The way of a program from import to emission, as named stages. Each is a
/// textual pass pipeline that `pt2e-opt` runs as well, so that every step can
/// be repeated by hand.
#ifndef PT2E_DRIVER_STAGES_H
#define PT2E_DRIVER_STAGES_H

#include <functional>
#include <string>
#include <vector>

#include "mlir/IR/BuiltinOps.h"

namespace pt2e {

/// A step of a compilation.
struct Stage {
  std::string name; ///< "simplify"; what --stop-after takes
  /// A pipeline on the module; empty for calibration, which runs the program.
  std::string pipeline;
  /// The pass that checks what it leaves behind; empty for `verify-NAME`, if
  /// there is one.
  std::string verifier = {};
};

/// What the annotate stage is asked for, as options of `--pt2e-annotate`.
struct QuantizeOptions {
  std::string quantizer; ///< xnnpack, if the config file names none
  std::vector<std::string> quantizerOptions; ///< key=value
  std::string recipe;             ///< static-int8 if empty (docs/recipes.md)
  std::vector<std::string> only;  ///< what the recipe is for; empty: everything
  std::vector<std::string> rules; ///< "head=float"
  bool compat = false;            ///< the reference's choices
  std::string configFile;         ///< JSON, docs/config.md; empty for none
};

/// simplify, lower, layout, outline, execute, plan.
std::vector<Stage> floatStages();

/// simplify, annotate, prepare, calibrate, convert and then as in float.
std::vector<Stage> quantizeStages(const QuantizeOptions &options);

/// From a program exported in training mode to one that trains with fake
/// quantize: simplify, annotate, prepare, fake-quantize.
std::vector<Stage> trainingStages(const QuantizeOptions &options);

/// From a program exported for inference to one that PyTorch calibrates: as
/// quantizeStages to prepare, then fake-quantize.
std::vector<Stage> observingStages(const QuantizeOptions &options);

/// From a trained or calibrated one: convert, simplify and then as in float.
std::vector<Stage> trainedStages();

/// lower to plan: from any program, observed or not, to what is emitted.
std::vector<Stage> loweringStages();

/// outline to plan: the end of `loweringStages`.
std::vector<Stage> stagesAfterLayout();

/// choose-forms, behind layout: what the file `timings` says is faster in float
/// is computed in float.
Stage chooseFormsStage(const std::string &timings);

/// The pipelines of `stages`, joined: what stands in
/// `pt2e-opt --pass-pipeline="builtin.module(...)"`.
std::string joinPipelines(const std::vector<Stage> &stages);

/// Runs a textual pipeline on `module`. Errors are diagnostics.
mlir::LogicalResult runPipeline(mlir::ModuleOp module,
                                const std::string &pipeline);

} // namespace pt2e

#endif // PT2E_DRIVER_STAGES_H
