/// \file
/// The passes of the XNNPACK backend and of the execute form, `Passes.td` has
/// their descriptions.
#ifndef PT2E_XNNPACK_PASSES_H
#define PT2E_XNNPACK_PASSES_H

#include "dialects/Aten/Aten.h"
#include "dialects/Et/Et.h"
#include "dialects/Xnn/Xnn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace pt2e {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "pt2e/Xnnpack/Passes.h.inc"
} // namespace pt2e

#endif // PT2E_XNNPACK_PASSES_H
