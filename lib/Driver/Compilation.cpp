#include "pt2e/Driver/Compilation.h"

#include "MlirFile.h"
#include "dialects/Aten/Provenance.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Pass/PassRegistry.h"
#include "pt2e/Emit/ExportPte.h"
#include "pt2e/Export/ExportPt2.h"
#include "pt2e/Import/ArchiveWeights.h"
#include "pt2e/Import/Import.h"
#include "pt2e/InitAll.h"
#include "pt2e/Runtime/FileKind.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;

namespace pt2e {

static std::unique_ptr<MLIRContext> makeContext() {
  [[maybe_unused]] static const bool registered = (registerAllPasses(), true);
  DialectRegistry registry;
  registerAllDialects(registry);
  // A thread pool costs more than the small programs of one function gain.
  auto context =
      std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  context->loadAllAvailableDialects();
  // An error is one line; --emit mlir shows the program.
  context->printOpOnDiagnostic(false);
  return context;
}

Compilation::Compilation(ErrorHandler errorHandler)
    : error(std::move(errorHandler)), mlirContext(makeContext()),
      handler(std::make_unique<ScopedDiagnosticHandler>(
          mlirContext.get(),
          [this](Diagnostic &diagnostic) { return tell(diagnostic); })) {}

LogicalResult Compilation::tell(Diagnostic &diagnostic) {
  switch (diagnostic.getSeverity()) {
  case DiagnosticSeverity::Error:
    error(aten::toLine(diagnostic));
    return success();
  case DiagnosticSeverity::Warning:
    error("warning: " + aten::toLine(diagnostic));
    return success();
  case DiagnosticSeverity::Remark: {
    // Calibration lowers another program. Patterns are tried more than once.
    std::string line = "remark: " + aten::toLine(diagnostic);
    if (!isCalibrating && remarksTold.insert(line).second)
      error(line);
    return success();
  }
  case DiagnosticSeverity::Note:
    break;
  }
  return failure();
}

LogicalResult Compilation::enableRemarks(const std::string &filter) {
  std::string why;
  if (!filter.empty() && !llvm::Regex(filter).isValid(why)) {
    error("expected a regular expression to filter remarks with, but got '" +
          filter + "': " + why);
    return failure();
  }
  remark::RemarkCategories categories;
  categories.missed = filter.empty() ? ".*" : filter;
  return remark::enableOptimizationRemarks(
      *mlirContext, nullptr,
      std::make_unique<remark::RemarkEmittingPolicyAll>(), categories,
      /*printAsEmitRemarks=*/true);
}

Compilation::~Compilation() = default;

LogicalResult Compilation::read(const std::string &path,
                                const std::map<std::string, int64_t> &maxDims) {
  if (isMlirName(path)) {
    if (!maxDims.empty()) {
      error("expected --max-dim with a .pt2, but got " + path +
            ": its dimensions have bounds already");
      return failure();
    }
    program = readMlir(path, mlirContext.get());
    return program ? runPipeline(*program, "verify-import") : failure();
  }
  // What cannot be opened is told by who opens it.
  absl::StatusOr<runtime::FileKind> kind = runtime::kindOf(path);
  if (kind.ok() && *kind != runtime::FileKind::Zip) {
    error(std::string(
        runtime::otherKind(path, "a .pt2 program (or .mlir, .mlirbc)", *kind)
            .message()));
    return failure();
  }
  ImportOptions options;
  options.maxDims = maxDims;
  program = pt2e::importPt2(path, mlirContext.get(), options);
  return program ? verifyStage({"import", ""}) : failure();
}

/// What the stage left behind is what the next one counts on.
LogicalResult Compilation::verifyStage(const Stage &stage) {
  if (!verifies)
    return success();
  if (!stage.verifier.empty())
    return runPipeline(*program, stage.verifier);
  const std::string verifier = "verify-" + stage.name;
  return PassInfo::lookup(verifier) ? runPipeline(*program, verifier)
                                    : success();
}

LogicalResult Compilation::run(const Stage &stage,
                               const CalibrationOptions &calibration) {
  if (stage.pipeline.empty()) {
    llvm::SaveAndRestore calibrating(isCalibrating, true);
    if (failed(calibrate(*program, calibration)))
      return failure();
    return verifyStage(stage);
  }
  if (failed(runPipeline(*program, stage.pipeline)))
    return failure();
  return verifyStage(stage);
}

FailureOr<std::string> Compilation::emitPt2() {
  std::string pt2;
  llvm::raw_string_ostream os(pt2);
  if (failed(exportPt2(*program, os)))
    return failure();
  return pt2;
}

FailureOr<std::string> Compilation::emitPte() {
  std::string pte;
  llvm::raw_string_ostream os(pte);
  if (failed(exportPte(*program, os)))
    return failure();
  return pte;
}

} // namespace pt2e
