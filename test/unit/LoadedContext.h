/// \file
/// What tests that read programs begin with.
#ifndef PT2E_TEST_UNIT_LOADEDCONTEXT_H
#define PT2E_TEST_UNIT_LOADEDCONTEXT_H

#include "mlir/IR/MLIRContext.h"
#include "pt2e/InitAll.h"

namespace pt2e {

/// A context that knows every dialect.
struct LoadedContext : mlir::MLIRContext {
  LoadedContext() {
    mlir::DialectRegistry registry;
    registerAllDialects(registry);
    appendDialectRegistry(registry);
    loadAllAvailableDialects();
  }
};

} // namespace pt2e

#endif // PT2E_TEST_UNIT_LOADEDCONTEXT_H
