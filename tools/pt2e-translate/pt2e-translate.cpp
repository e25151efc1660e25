// Imports and exports files of other formats.
#include "mlir/Tools/mlir-translate/MlirTranslateMain.h"
#include "pt2e/Emit/ExportPte.h"
#include "pt2e/Export/ExportPt2.h"
#include "pt2e/Import/Import.h"
#include "pt2e/LoadPlugins.h"

int main(int argc, char **argv) {
  pt2e::registerExportPt2();
  pt2e::registerExportPte();
  pt2e::registerImportPt2();
  if (failed(pt2e::loadPlugins(argc, argv, /*registry=*/nullptr)))
    return 1;
  return failed(mlir::mlirTranslateMain(argc, argv, "pt2e-translate\n"));
}
