/// \file
/// Programs between the stages, as files.
#ifndef PT2E_LIB_DRIVER_MLIRFILE_H
#define PT2E_LIB_DRIVER_MLIRFILE_H

#include <string>

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringRef.h"

namespace pt2e {

/// A name that ends in `.mlir` or `.mlirbc`.
bool isMlirName(llvm::StringRef fileName);

struct MlirFile {
  std::string bytes;
  /// What is not in it, as a sentence; empty if it is whole.
  std::string leftOut;
};

/// `module` as bytecode if `fileName` ends in `.mlirbc`, else as text with
/// the locations of ops.
///
/// Bytecode holds all weights. Text holds those of up to 4 KiB and names the
/// archive of larger ones (pt2e/Import/ArchiveWeights.h); of those that passes
/// made there is no archive: they are left out, and its first line says so.
MlirFile writeMlir(mlir::ModuleOp module, llvm::StringRef fileName);

} // namespace pt2e

#endif // PT2E_LIB_DRIVER_MLIRFILE_H
