#include "pt2e/Driver/Stages.h"

#include <algorithm>

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace pt2e {

std::vector<Stage> loweringStages() {
  return {{"lower", "func.func(convert-aten-to-xnn),canonicalize,cse"},
          {"layout", "func.func(xnn-assign-layout)"},
          {"outline", "xnn-outline-delegates"},
          {"execute", "convert-to-et"},
          {"plan", "et-plan-memory"}};
}

std::vector<Stage> floatStages() {
  std::vector<Stage> stages{{"simplify", "aten-simplify,aten-raise-quantized"},
                            {"decompose", "aten-decompose"}};
  llvm::append_range(stages, loweringStages());
  return stages;
}

std::vector<Stage> quantizeStages(const QuantizeOptions &options) {
  // Braces keep words with commas and spaces whole.
  auto option = [](llvm::StringRef key, const std::string &value) {
    return value.empty() ? "" : (" " + key + "={" + value + "}").str();
  };
  const std::string annotate =
      "pt2e-scalars-to-tensors,pt2e-annotate{quantizer=" + options.quantizer +
      option("options", llvm::join(options.quantizerOptions, ",")) +
      option("recipe", options.recipe) +
      option("only", llvm::join(options.only, ",")) +
      (options.compat ? " compat=torchao" : "") +
      option("config", options.configFile) + "}";
  std::vector<Stage> stages{{"simplify", "aten-simplify,aten-raise-quantized"},
                            {"decompose", "aten-decompose"},
                            {"annotate", annotate},
                            {"prepare", "pt2e-prepare"},
                            {"calibrate", ""},
                            {"convert", "pt2e-convert"}};
  // The reference quantizes the operators of the exported program: what they
  // consist of stays float.
  if (options.compat)
    std::rotate(stages.begin() + 1, stages.begin() + 2, stages.end());
  llvm::append_range(stages, loweringStages());
  return stages;
}

std::string joinPipelines(const std::vector<Stage> &stages) {
  std::vector<std::string> parts;
  for (const Stage &stage : stages)
    if (!stage.pipeline.empty())
      parts.push_back(stage.pipeline);
  return llvm::join(parts, ",");
}

LogicalResult runPipeline(ModuleOp module, const std::string &pipeline) {
  PassManager passes(module.getContext(), ModuleOp::getOperationName());
  if (failed(parsePassPipeline(pipeline, passes)))
    return module.emitError("expected a pass pipeline, but got '")
           << pipeline << "'";
  return passes.run(module);
}

} // namespace pt2e
