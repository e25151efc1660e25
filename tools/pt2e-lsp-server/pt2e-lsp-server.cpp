// Answers an editor: diagnostics, definitions and hovers for .mlir files.
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"
#include "pt2e/InitAll.h"
#include "pt2e/LoadPlugins.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  pt2e::registerAllDialects(registry);
  pt2e::registerAllPasses();
  if (failed(pt2e::loadPlugins(argc, argv, &registry)))
    return 1;
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}
