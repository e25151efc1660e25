/// \file
/// Whether the constants of a program are there.
#ifndef DIALECTS_ATEN_CONSTANTCHECK_H
#define DIALECTS_ATEN_CONSTANTCHECK_H

#include "mlir/IR/Operation.h"
#include "mlir/Support/LLVM.h"

namespace pt2e::aten {

/// Reports the first resource in `root` that has no data: a text that left it
/// out named no archive to load it from.
mlir::LogicalResult checkHaveData(mlir::Operation *root);

} // namespace pt2e::aten

#endif // DIALECTS_ATEN_CONSTANTCHECK_H
