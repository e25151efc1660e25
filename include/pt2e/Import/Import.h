/// \file
/// From an exported program to the `aten` dialect.
#ifndef PT2E_IMPORT_IMPORT_H
#define PT2E_IMPORT_IMPORT_H

#include <cstdint>
#include <map>
#include <string>

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringRef.h"

namespace pt2e {

struct ExportedProgram;

struct ImportOptions {
  /// Which program of an archive with several; "" for the only one.
  std::string model;
  /// Largest size of open dimensions, by symbol (`s77`) or by input and
  /// dimension (`x[0]`). Also narrows a range that is bounded.
  std::map<std::string, int64_t> maxDims;
};

/// Translates a program to a module with one public function `forward`, in
/// functional form (`dialects/Aten`). Its arguments are the user inputs; its
/// results the user outputs, then the new values of inputs that the program
/// writes to (result attribute `aten.mutated_input`). State is in
/// `aten.buffer`. No operator stops the import; the graphs of control flow
/// become private functions, named by the `aten.operator` that calls them.
///
/// Weights of more than 64 elements stay in the mapped file where they are
/// contiguous and aligned; equal windows of one storage share a resource.
///
/// \returns null after an error, reported through the context.
mlir::OwningOpRef<mlir::ModuleOp>
importExportedProgram(const ExportedProgram &program,
                      mlir::MLIRContext *context,
                      const ImportOptions &options = {});

/// The same from a `.pt2` file of either layout.
mlir::OwningOpRef<mlir::ModuleOp> importPt2(llvm::StringRef fileName,
                                            mlir::MLIRContext *context,
                                            const ImportOptions &options = {});

/// Reads `NAME=SIZE`, the text of `--max-dim`, into `options`.
llvm::LogicalResult parseMaxDim(llvm::StringRef text, ImportOptions &options);

/// Registers `--import-pt2` with pt2e-translate.
void registerImportPt2();

} // namespace pt2e

#endif // PT2E_IMPORT_IMPORT_H
