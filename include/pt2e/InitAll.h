/// \file
/// The one list of what pt2e registers; every tool uses it.
#ifndef PT2E_INITALL_H
#define PT2E_INITALL_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "llvm/Support/raw_ostream.h"

namespace pt2e {

/// The project's dialects and the upstream ones that its programs contain.
void registerAllDialects(mlir::DialectRegistry &registry);

/// Every pass and pipeline, for the command line.
void registerAllPasses();

/// Adds `--NAME` to pt2e-translate: `write` gets a program that was read from
/// text or bytecode, with the weights that it names (readMlir).
void registerExport(llvm::StringRef name, llvm::StringRef description,
                    mlir::LogicalResult (*write)(mlir::ModuleOp,
                                                 llvm::raw_ostream &));

} // namespace pt2e

#endif // PT2E_INITALL_H
