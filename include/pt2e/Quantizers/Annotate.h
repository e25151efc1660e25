/// \file
/// Asking a quantizer what is quantized, and how.
#ifndef PT2E_QUANTIZERS_ANNOTATE_H
#define PT2E_QUANTIZERS_ANNOTATE_H

#include "mlir/IR/BuiltinOps.h"
#include "pt2e/Quantizers/Quantizer.h"

namespace pt2e {

/// Annotates the functions of `module` as `quantizer` says: `--pt2e-annotate`.
/// Fails, after an error, where what it says is none.
mlir::LogicalResult annotate(mlir::ModuleOp module,
                             quantizer::Quantizer &quantizer);

} // namespace pt2e

#endif // PT2E_QUANTIZERS_ANNOTATE_H
