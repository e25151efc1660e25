// Shrinks a program that makes a pass misbehave.
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Tools/mlir-reduce/MlirReduceMain.h"
#include "pt2e/InitAll.h"
#include "pt2e/LoadPlugins.h"
#include "llvm/Support/SourceMgr.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  pt2e::registerAllDialects(registry);
  pt2e::registerAllPasses();
  if (failed(pt2e::loadPlugins(argc, argv, &registry)))
    return 1;
  mlir::MLIRContext context(registry);
  // Errors with file and line, as pt2e-opt prints them.
  llvm::SourceMgr sources;
  mlir::SourceMgrDiagnosticHandler handler(sources, &context);
  return mlir::failed(mlir::mlirReduceMain(argc, argv, context));
}
