#include "pt2e/Driver/Stages.h"

#include <algorithm>

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace pt2e {

std::vector<Stage> stagesAfterLayout() {
  return {{"outline", "func.func(xnn-break-tables),xnn-outline-delegates"},
          {"execute", "convert-to-et"},
          {"plan", "et-plan-memory"}};
}

std::vector<Stage> loweringStages() {
  std::vector<Stage> stages{
      {"lower", "pt2e-signed-storage,func.func(convert-aten-to-xnn),"
                "canonicalize,cse"},
      {"layout", "func.func(xnn-assign-layout,xnn-fold-stride)"}};
  llvm::append_range(stages, stagesAfterLayout());
  return stages;
}

Stage chooseFormsStage(const std::string &timings) {
  return {"choose-forms",
          "func.func(xnn-choose-forms{timings={" + timings + "}}),cse"};
}

static constexpr char kSimplify[] =
    "aten-widen-floats,aten-simplify,aten-raise-quantized,aten-raise-products";

std::vector<Stage> floatStages() {
  std::vector<Stage> stages{{"simplify", kSimplify},
                            {"decompose", "aten-decompose"}};
  llvm::append_range(stages, loweringStages());
  return stages;
}

/// The pass that annotates.
static std::string annotatePass(const QuantizeOptions &options) {
  // Braces keep words with commas and spaces whole.
  auto option = [](llvm::StringRef key, const std::string &value) {
    return value.empty() ? "" : (" " + key + "={" + value + "}").str();
  };
  return "pt2e-annotate{" + option("quantizer", options.quantizer) +
         option("options", llvm::join(options.quantizerOptions, ",")) +
         option("recipe", options.recipe) +
         option("only", llvm::join(options.only, ",")) +
         option("rules", llvm::join(options.rules, ",")) +
         (options.compat ? " compat=torchao" : "") +
         option("config", options.configFile) + "}";
}

std::vector<Stage> trainingStages(const QuantizeOptions &options) {
  return {
      {"simplify", "aten-simplify{keep-batch-norm=true}",
       "verify-simplify{keep-batch-norm=true}"},
      {"annotate", "pt2e-scalars-to-tensors,pt2e-annotate-training{annotate={" +
                       annotatePass(options) + "}}"},
      {"prepare", "pt2e-prepare"},
      {"fake-quantize", "pt2e-fake-quantize"}};
}

std::vector<Stage> trainedStages() {
  std::vector<Stage> stages{{"convert", "pt2e-convert-trained"}};
  llvm::append_range(stages, floatStages());
  return stages;
}

std::vector<Stage> quantizeStages(const QuantizeOptions &options) {
  const std::string annotate =
      "pt2e-scalars-to-tensors," + annotatePass(options);
  std::vector<Stage> stages{
      {"simplify", kSimplify}, {"decompose", "aten-decompose"},
      {"annotate", annotate},  {"prepare", "pt2e-prepare"},
      {"calibrate", ""},       {"convert", "pt2e-convert"}};
  // The reference quantizes the operators of the exported program: what they
  // consist of stays float.
  if (options.compat)
    std::rotate(stages.begin() + 1, stages.begin() + 2, stages.end());
  llvm::append_range(stages, loweringStages());
  return stages;
}

std::vector<Stage> observingStages(const QuantizeOptions &options) {
  std::vector<Stage> stages = quantizeStages(options);
  while (stages.back().name != "prepare")
    stages.pop_back();
  stages.push_back({"fake-quantize", "pt2e-fake-quantize{calibrate=true}"});
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
