/// \file
/// Weights that a program in text does not hold, but names: the archive they
/// came from, and a hash of their elements.
///
/// What import reads from a `.pt2` and keeps in a resource has two attributes:
///
///     %w = aten.parameter "conv.weight" {aten.archive = "model.pt2",
///            aten.hash = "xxh3_128:..."} dense_resource<conv.weight> : ...
///
/// The name is the weight's; `aten.program` is the program of an archive with
/// several. The hash is XXH3 of 128 bits, in hexadecimal, of all elements:
/// row-major, without gaps, little-endian, bools 0 or 1.
#ifndef PT2E_IMPORT_ARCHIVEWEIGHTS_H
#define PT2E_IMPORT_ARCHIVEWEIGHTS_H

#include <memory>

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringRef.h"

namespace llvm {
class SourceMgr;
} // namespace llvm

namespace pt2e {

struct ExportedProgram;

/// Names the archive of a value of `program` in the attributes of the
/// `aten.parameter` or `aten.buffer` that has it; nothing if it is small or
/// the program came from no file.
void nameArchive(mlir::Operation *op, const ExportedProgram &program);

/// The resource of an `aten.parameter` or `aten.buffer` that has the elements
/// that its attributes name; null if it has none or others.
mlir::DenseResourceElementsAttr archivedResource(mlir::Operation *op);

/// Loads what `module` names and does not have. A relative path is searched
/// from `folder`, then from the working directory; last, `folder` is searched
/// for a file of that name.
///
/// Errors name the weight and the archive: it is not there, it has no such
/// weight, or one of another type or hash.
mlir::LogicalResult loadArchiveWeights(mlir::ModuleOp module,
                                       llvm::StringRef folder);

/// Reads a program in text or bytecode, with the weights that it names. One
/// that is absent and names no archive is an error.
///
/// \returns null after an error, reported through the context.
mlir::OwningOpRef<mlir::ModuleOp> readMlir(llvm::StringRef fileName,
                                           mlir::MLIRContext *context);
/// The same from the main file of `sources`.
mlir::OwningOpRef<mlir::ModuleOp>
readMlir(const std::shared_ptr<llvm::SourceMgr> &sources,
         mlir::MLIRContext *context);

} // namespace pt2e

#endif // PT2E_IMPORT_ARCHIVEWEIGHTS_H
