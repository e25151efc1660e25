/// \file
/// The one list of what pt2e registers; every tool uses it.
#ifndef PT2E_INITALL_H
#define PT2E_INITALL_H

#include "mlir/IR/DialectRegistry.h"

namespace pt2e {

/// The project's dialects and the upstream ones that its programs contain.
void registerAllDialects(mlir::DialectRegistry &registry);

/// Every pass and pipeline, for the command line.
void registerAllPasses();

} // namespace pt2e

#endif // PT2E_INITALL_H
