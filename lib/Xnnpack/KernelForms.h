/// \file
/// Operators that no kernel computes as they are, in the form that one does.
#ifndef PT2E_LIB_XNNPACK_KERNELFORMS_H
#define PT2E_LIB_XNNPACK_KERNELFORMS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Operation.h"

namespace pt2e {

/// Replaces `op`, for which there is no kernel of the same arguments, by aten
/// ops for which there is (or by its operand, if it changes nothing). False
/// if no such form is known; then `op` is as before.
bool rewriteForKernels(mlir::OpBuilder &builder, mlir::Operation *op);

} // namespace pt2e

#endif // PT2E_LIB_XNNPACK_KERNELFORMS_H
