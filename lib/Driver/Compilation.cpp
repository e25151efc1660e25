#include "pt2e/Driver/Compilation.h"

#include "dialects/Aten/Provenance.h"
#include "mlir/IR/Diagnostics.h"
#include "pt2e/Emit/ExportPte.h"
#include "pt2e/Import/Import.h"
#include "pt2e/InitAll.h"

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
          mlirContext.get(), [this](Diagnostic &diagnostic) {
            if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
              error(aten::toLine(diagnostic));
            else if (diagnostic.getSeverity() == DiagnosticSeverity::Warning)
              error("warning: " + aten::toLine(diagnostic));
            else
              return failure();
            return success();
          })) {}

Compilation::~Compilation() = default;

LogicalResult
Compilation::importPt2(const std::string &path,
                       const std::map<std::string, int64_t> &maxDims) {
  ImportOptions options;
  options.maxDims = maxDims;
  program = pt2e::importPt2(path, mlirContext.get(), options);
  return success(bool(program));
}

LogicalResult Compilation::run(const Stage &stage,
                               const CalibrationOptions &calibration) {
  if (stage.pipeline.empty())
    return calibrate(*program, calibration);
  return runPipeline(*program, stage.pipeline);
}

FailureOr<std::string> Compilation::emitPte() {
  std::string pte;
  llvm::raw_string_ostream os(pte);
  if (failed(exportPte(*program, os)))
    return failure();
  return pte;
}

} // namespace pt2e
