/// \file
/// The pass that runs programs, `Passes.td` has its description.
#ifndef PT2E_DRIVER_PASSES_H
#define PT2E_DRIVER_PASSES_H

#include "dialects/Aten/Aten.h"
#include "dialects/Et/Et.h"
#include "dialects/Pt2e/Pt2e.h"
#include "dialects/Xnn/Xnn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace pt2e {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "pt2e/Driver/Passes.h.inc"
} // namespace pt2e

#endif // PT2E_DRIVER_PASSES_H
