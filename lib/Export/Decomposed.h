/// \file
/// `pt2e` ops as PyTorch has them.
#ifndef PT2E_LIB_EXPORT_DECOMPOSED_H
#define PT2E_LIB_EXPORT_DECOMPOSED_H

#include "mlir/IR/BuiltinOps.h"

namespace pt2e {

/// Replaces `pt2e.quantize`, `pt2e.dequantize` and `pt2e.choose_qparams` by
/// operators of `quantized_decomposed`, constants of `arith` by parameters.
/// Fails after an error at an op that has no such form.
mlir::LogicalResult decomposeQuantized(mlir::ModuleOp module);

} // namespace pt2e

#endif // PT2E_LIB_EXPORT_DECOMPOSED_H
