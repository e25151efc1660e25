#include "pt2e/Driver/Compile.h"

#include <chrono>
#include <string_view>

#include "MlirFile.h"
#include "pt2e/Driver/Autotune.h"
#include "pt2e/Driver/Report.h"
#include "pt2e/Runtime/Files.h"
#include "llvm/Support/FileSystem.h"

using namespace mlir;

namespace pt2e {

namespace {
/// Writes `bytes` as `path`; reports why not.
bool writeWhole(const std::string &path, std::string_view bytes,
                const ErrorHandler &error) {
  absl::Status written = runtime::writeFile(path, bytes);
  if (!written.ok())
    error(std::string(written.message()));
  return written.ok();
}
} // namespace

/// The explanations of `names`, one after the other.
static std::optional<std::string>
explainAll(const Report &report, const std::vector<std::string> &names,
           const ErrorHandler &error) {
  std::string text;
  for (const std::string &name : names) {
    llvm::Expected<std::string> explanation = report.explain(name);
    if (!explanation) {
      error(llvm::toString(explanation.takeError()));
      return std::nullopt;
    }
    text += *explanation;
  }
  return text;
}

std::optional<std::string> explain(const CompileRequest &request,
                                   const ErrorHandler &error) {
  Compilation compilation(error);
  if (failed(compilation.read(request.input, request.maxDims)))
    return std::nullopt;
  Report report;
  report.collectOps(compilation.module());
  for (const Stage &stage : quantizeStages(request.quantize.value())) {
    if (failed(compilation.run(stage)))
      return std::nullopt;
    if (stage.name == "annotate")
      report.collectAnnotations(compilation.module());
    if (stage.name == "prepare") {
      if (failed(report.collectSites(compilation.module())))
        return std::nullopt;
      break;
    }
  }
  return explainAll(report, request.explain, error);
}

/// What the request goes through after import.
static std::vector<Stage> stagesOf(const CompileRequest &request) {
  using Training = CompileRequest::Training;
  std::vector<Stage> stages =
      request.training == Training::Prepare ? trainingStages(*request.quantize)
      : request.training == Training::Calibrate
          ? observingStages(*request.quantize)
      : request.training == Training::Convert ? trainedStages()
      : request.quantize ? quantizeStages(*request.quantize)
                         : floatStages();
  const auto layout = llvm::find_if(
      stages, [](const Stage &stage) { return stage.name == "layout"; });
  if (!request.timings.empty() && layout != stages.end())
    stages.insert(layout + 1, chooseFormsStage(request.timings));
  return stages;
}

std::vector<std::string> stageNames(const CompileRequest &request) {
  std::vector<std::string> names = {"import"};
  for (const Stage &stage : stagesOf(request))
    names.push_back(stage.name);
  return names;
}

bool compile(CompileRequest &request, const ErrorHandler &error,
             std::string &summary) {
  assert((request.stopAfter.empty() ||
          llvm::is_contained(stageNames(request), request.stopAfter)) &&
         "no such stage");
  assert((request.stopAfter.empty() || request.emitMlir) &&
         "between the stages there is nothing but MLIR");
  Compilation compilation(error);
  if (request.remarks && failed(compilation.enableRemarks(*request.remarks)))
    return false;
  if (request.verifyStages)
    compilation.enableVerifiers();
  using Clock = std::chrono::steady_clock;
  Clock::time_point begin = Clock::now();
  auto enter = [&](const std::string &stage) {
    begin = Clock::now();
    if (request.onStage)
      request.onStage(stage);
  };
  auto leave = [&](const std::string &stage) {
    request.stageSeconds.emplace_back(
        stage, std::chrono::duration<double>(Clock::now() - begin).count());
  };

  enter("import");
  if (failed(compilation.read(request.input, request.maxDims)))
    return false;
  ModuleOp module = compilation.module();
  leave("import");

  Report report;
  report.collectOps(module);
  // A name that is none is told now, not after the work.
  if (!explainAll(report, request.explain, error))
    return false;
  bool stopped = request.stopAfter == "import";
  for (const Stage &stage : stagesOf(request)) {
    if (stopped)
      break;
    enter(stage.name);
    if (stage.name == "outline")
      report.collectForms(module);
    if (stage.name == "choose-forms" &&
        failed(measureForms(module, request.timings, request.onMeasured)))
      return false;
    if (failed(compilation.run(stage, request.calibration)))
      return false;
    if (stage.name == (request.quantize ? "annotate" : "decompose"))
      report.collectAnnotations(module);
    else if (stage.name == "calibrate" && failed(report.collectSites(module)))
      return false;
    else if (stage.name == "execute")
      report.collectCalls(module);
    leave(stage.name);
    stopped = stage.name == request.stopAfter;
  }
  if (request.emitMlir) {
    const MlirFile file = writeMlir(module, request.output);
    if (!file.leftOut.empty())
      summary = request.output + ": " + file.leftOut + "\n";
    return writeWhole(request.output, file.bytes, error);
  }

  enter("emit");
  using Training = CompileRequest::Training;
  if (request.training == Training::Prepare ||
      request.training == Training::Calibrate) {
    FailureOr<std::string> pt2 = compilation.emitPt2();
    if (failed(pt2) || !writeWhole(request.output, *pt2, error))
      return false;
    leave("emit");
    summary =
        request.output +
        (request.training == Training::Prepare ? " trains" : " observes") +
        " in PyTorch (docs/qat.md)\n";
    return true;
  }
  FailureOr<std::string> pte = compilation.emitPte();
  if (failed(pte) || !writeWhole(request.output, *pte, error))
    return false;
  leave("emit");

  report.input = request.input;
  report.output = request.output;
  report.outputBytes = pte->size();
  llvm::sys::fs::file_size(request.input, report.inputBytes);
  if (!request.reportPath.empty()) {
    std::string json;
    llvm::raw_string_ostream(json)
        << llvm::formatv("{0:2}\n", report.json()).str();
    if (!writeWhole(request.reportPath, json, error))
      return false;
  }
  llvm::raw_string_ostream os(summary);
  report.print(os);
  os << explainAll(report, request.explain, error).value_or("");
  return true;
}

std::optional<std::string>
compileFloat(const std::string &input,
             const std::map<std::string, int64_t> &maxDims,
             const ErrorHandler &error) {
  Compilation compilation(error);
  if (failed(compilation.read(input, maxDims)))
    return std::nullopt;
  for (const Stage &stage : floatStages())
    if (failed(compilation.run(stage)))
      return std::nullopt;
  FailureOr<std::string> pte = compilation.emitPte();
  if (failed(pte))
    return std::nullopt;
  return std::move(*pte);
}

} // namespace pt2e
