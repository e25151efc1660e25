/// \file
/// Where two programs are looked at to be compared: the same values, as
/// observes under the same numbers.
#ifndef PT2E_LIB_DRIVER_TAPS_H
#define PT2E_LIB_DRIVER_TAPS_H

#include <vector>

#include "mlir/IR/BuiltinOps.h"
#include "pt2e/Driver/PerLayer.h"

namespace pt2e {

/// Numbers the observes of a prepared program, in their locations, so that
/// they are known again when they are converted.
void markObserves(mlir::ModuleOp prepared);

/// Looks at what `quantized` quantizes (converted, of marked observes) and at
/// the results of ops that it computes from float values with quantized
/// weights or parameters of run time; and at the same values of `reference`, a
/// copy of the prepared program, whose own sites go. Where nothing was marked,
/// the same values are those of one name. The number of a value is its place in
/// the list.
std::vector<LayerDifference> tapQuantized(mlir::ModuleOp reference,
                                          mlir::ModuleOp quantized);

/// Looks at the f32 results of the operators that have the same name in both.
std::vector<LayerDifference> tapCommon(mlir::ModuleOp a, mlir::ModuleOp b);

/// The sites that something passes, in order.
std::vector<SiteAlone> listSites(mlir::ModuleOp prepared);

/// The sites of the constants that ops read beside values of site `name`.
std::vector<std::string> weightSitesBeside(mlir::ModuleOp prepared,
                                           llvm::StringRef name);

/// Removes all sites but those of these names, and their observes.
void keepSites(mlir::ModuleOp prepared, llvm::ArrayRef<std::string> names);

} // namespace pt2e

#endif // PT2E_LIB_DRIVER_TAPS_H
