/// \file
/// One program on its way through the stages: context, module, diagnostics.
#ifndef PT2E_DRIVER_COMPILATION_H
#define PT2E_DRIVER_COMPILATION_H

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "pt2e/Driver/Calibrate.h"
#include "pt2e/Driver/Stages.h"

namespace mlir {
class Diagnostic;
class ScopedDiagnosticHandler;
} // namespace mlir

namespace pt2e {

/// Called with one line for each error or warning: the op, its module path and
/// source line, the rule, what to do.
using ErrorHandler = std::function<void(const std::string &)>;

/// Owns the context and the module. Methods that fail have told the handler.
class Compilation {
public:
  explicit Compilation(ErrorHandler error);
  ~Compilation();

  /// Imports a .pt2, or reads an imported program in text (.mlir) or bytecode
  /// (.mlirbc).
  ///
  /// \param maxDims  upper bounds of dimensions whose range is open, by symbol;
  ///                 of a .pt2 only.
  mlir::LogicalResult read(const std::string &path,
                           const std::map<std::string, int64_t> &maxDims = {});

  /// Runs a stage; that of calibration with `calibration`.
  mlir::LogicalResult run(const Stage &stage,
                          const CalibrationOptions &calibration = {});

  /// The bytes of the .pte, of a program that is through all stages.
  mlir::FailureOr<std::string> emitPte();
  /// The bytes of the `.pt2`, after any stage that PyTorch can run.
  mlir::FailureOr<std::string> emitPt2();

  /// From now on each stage's contract is checked behind it, as builds with
  /// assertions do anyway.
  void enableVerifiers() { verifies = true; }

  /// From now on the handler is also told what passes leave undone and why, in
  /// lines that begin with `remark: `, each once.
  /// \param filter  regular expression on the category; empty for all.
  mlir::LogicalResult enableRemarks(const std::string &filter);

  mlir::ModuleOp module() { return *program; }
  mlir::MLIRContext &context() { return *mlirContext; }

private:
  mlir::LogicalResult verifyStage(const Stage &stage);

  /// What is done with a diagnostic.
  mlir::LogicalResult tell(mlir::Diagnostic &diagnostic);

  ErrorHandler error;
  std::set<std::string> remarksTold;
  bool isCalibrating = false;
#ifdef NDEBUG
  bool verifies = false;
#else
  bool verifies = true;
#endif
  std::unique_ptr<mlir::MLIRContext> mlirContext;
  std::unique_ptr<mlir::ScopedDiagnosticHandler> handler;
  mlir::OwningOpRef<mlir::ModuleOp> program;
};

} // namespace pt2e

#endif // PT2E_DRIVER_COMPILATION_H
