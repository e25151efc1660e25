// Answers an editor: diagnostics, definitions and hovers for .mlir files.
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"
#include "pt2e/InitAll.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  pt2e::registerAllDialects(registry);
  pt2e::registerAllPasses();
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}
