#include "pt2e/Driver/Compile.h"

#include <chrono>
#include <string_view>

#include "dialects/Aten/Provenance.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "pt2e/Driver/Report.h"
#include "pt2e/Emit/ExportPte.h"
#include "pt2e/Import/Import.h"
#include "pt2e/InitAll.h"
#include "pt2e/Runtime/Files.h"
#include "llvm/Support/FileSystem.h"

using namespace mlir;

namespace pt2e {

namespace {
/// "conv2d in features.0 (Conv2d), model.py:12: message".
std::string toLine(Diagnostic &diagnostic) {
  std::string line = diagnostic.str();
  // A message that names the op itself need not be told where it is.
  if (const std::string op = aten::describe(diagnostic.getLocation());
      !aten::exportedName(diagnostic.getLocation()).empty() &&
      line.find(op) == std::string::npos)
    line = op + ": " + line;
  for (Diagnostic &note : diagnostic.getNotes())
    line += "; " + toLine(note);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

bool contains(const std::vector<Stage> &stages, const std::string &name) {
  return llvm::any_of(stages,
                      [&](const Stage &stage) { return stage.name == name; });
}

std::string printProgram(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  OpPrintingFlags flags;
  flags.elideLargeElementsAttrs(64).elideLargeResourceString(64);
  flags.printNameLocAsPrefix();
  module.print(os, flags);
  return text;
}

/// Writes `bytes` as `path`; reports why not.
bool writeWhole(const std::string &path, std::string_view bytes,
                const std::function<void(const std::string &)> &error) {
  absl::Status written = runtime::writeFile(path, bytes);
  if (!written.ok())
    error(std::string(written.message()));
  return written.ok();
}
} // namespace

bool compile(CompileRequest &request,
             const std::function<void(const std::string &)> &error,
             std::string &summary) {
  std::vector<Stage> stages =
      request.quantize ? quantizeStages(*request.quantize) : floatStages();
  if (!request.stopAfter.empty() && request.stopAfter != "import" &&
      !contains(stages, request.stopAfter)) {
    std::string names = "import";
    for (const Stage &stage : stages)
      names += ", " + stage.name;
    error("expected a stage to stop after (" + names + "), but got '" +
          request.stopAfter + "'");
    return false;
  }

  [[maybe_unused]] static const bool registered = (registerAllPasses(), true);
  DialectRegistry registry;
  registerAllDialects(registry);
  // A thread pool costs more than the small programs of one function gain.
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  // An error is one line; --emit mlir shows the program.
  context.printOpOnDiagnostic(false);
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
      error(toLine(diagnostic));
    else if (diagnostic.getSeverity() == DiagnosticSeverity::Warning)
      error("warning: " + toLine(diagnostic));
    else
      return failure();
    return success();
  });

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
  ImportOptions importOptions;
  importOptions.maxDims = request.maxDims;
  OwningOpRef<ModuleOp> module =
      importPt2(request.input, &context, importOptions);
  if (!module)
    return false;
  leave("import");

  Report report;
  bool stopped = request.stopAfter == "import";
  for (const Stage &stage : stages) {
    if (stopped)
      break;
    enter(stage.name);
    if (stage.pipeline.empty()) {
      if (failed(calibrate(*module, request.calibration)))
        return false;
    } else if (failed(runPipeline(*module, stage.pipeline))) {
      return false;
    }
    if (stage.name == (request.quantize ? "annotate" : "simplify"))
      report.collectOps(*module);
    else if (stage.name == "calibrate" && failed(report.collectSites(*module)))
      return false;
    else if (stage.name == "layout")
      report.collectDatatypes(*module);
    else if (stage.name == "execute")
      report.collectCalls(*module);
    leave(stage.name);
    stopped = stage.name == request.stopAfter;
  }
  if (stopped && !request.emitMlir) {
    error("expected to emit MLIR (--emit mlir) when stopping after " +
          request.stopAfter);
    return false;
  }
  if (request.emitMlir)
    return writeWhole(request.output, printProgram(*module), error);

  enter("emit");
  std::string pte;
  llvm::raw_string_ostream pteStream(pte);
  if (failed(exportPte(*module, pteStream)) ||
      !writeWhole(request.output, pte, error))
    return false;
  leave("emit");

  report.input = request.input;
  report.output = request.output;
  report.outputBytes = pte.size();
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
  return true;
}

} // namespace pt2e
