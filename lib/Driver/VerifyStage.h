/// \file
/// What the passes `--verify-STAGE` share. Each checks what its stage leaves
/// behind, the table of docs/architecture.md; rules of single ops are verifiers
/// of their dialects.
#ifndef PT2E_LIB_DRIVER_VERIFYSTAGE_H
#define PT2E_LIB_DRIVER_VERIFYSTAGE_H

#include "dialects/Aten/Aten.h"
#include "dialects/Et/Et.h"
#include "dialects/Pt2e/Pt2e.h"
#include "dialects/Xnn/Xnn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "pt2e/Driver/Passes.h"

namespace pt2e::verify {

/// Calls `check` on every op but the module; stops where it fails.
mlir::LogicalResult
forEachOp(mlir::ModuleOp module,
          llvm::function_ref<mlir::LogicalResult(mlir::Operation *)> check);

/// An error about `op`, which `stage` should not have left so.
mlir::InFlightDiagnostic complain(mlir::Operation *op, llvm::StringRef stage);

/// Only the exported operators and what they need, none in place.
mlir::LogicalResult checkAtenForm(mlir::ModuleOp module, llvm::StringRef stage);

/// No annotation is left, and each site is observed.
mlir::LogicalResult checkSites(mlir::ModuleOp module, llvm::StringRef stage);

/// Every xnn op is in a delegate, and every delegate is called.
mlir::LogicalResult checkDelegates(mlir::ModuleOp module,
                                   llvm::StringRef stage);

} // namespace pt2e::verify

/// The pass of a stage: runs `verifySTAGE`, and changes nothing.
#define PT2E_VERIFY_PASS(STAGE)                                                \
  namespace {                                                                  \
  struct Verify##STAGE##Pass                                                   \
      : pt2e::impl::Verify##STAGE##PassBase<Verify##STAGE##Pass> {             \
    using Verify##STAGE##PassBase::Verify##STAGE##PassBase;                    \
    void runOnOperation() override {                                           \
      if (failed(verify()))                                                    \
        signalPassFailure();                                                   \
      markAllAnalysesPreserved();                                              \
    }                                                                          \
    LogicalResult verify();                                                    \
  };                                                                           \
  }

#endif // PT2E_LIB_DRIVER_VERIFYSTAGE_H
