/// \file
/// The statistics of a `pt2e.site`: to and from an observer, and the
/// quantization parameters that follow.
#ifndef PT2E_QUANTIZERS_SITESTATISTICS_H
#define PT2E_QUANTIZERS_SITESTATISTICS_H

#include <memory>

#include "dialects/Pt2e/Pt2e.h"
#include "mlir/Support/LLVM.h"
#include "pt2e/Numerics/Observer.h"

namespace pt2e {

/// `{observer = "min_max", count = 8, min = array<f32: ...>, ...}`; what is
/// empty or 0 is left out.
mlir::DictionaryAttr statisticsAttr(mlir::MLIRContext *context,
                                    const ObserverState &state);

/// The reverse. Fails, after an error by `emitError`, if an entry is missing or
/// has another type.
mlir::FailureOr<ObserverState>
observerState(mlir::DictionaryAttr statistics,
              llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

/// What `spec` asks of an observer.
mlir::FailureOr<ObserverOptions>
observerOptions(SpecAttr spec,
                llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

/// The observer that `spec` asks for, without statistics.
mlir::FailureOr<std::unique_ptr<Observer>>
makeObserver(SpecAttr spec,
             llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

/// The observer that `site` asks for, with the site's statistics if it has
/// some. Emits an error at the site where that fails.
mlir::FailureOr<std::unique_ptr<Observer>> makeObserver(SiteOp site);

/// Writes what `observer` saw to `site`.
void setStatistics(SiteOp site, const Observer &observer);

/// Scale and zero point of `site`: pinned, fixed, from its statistics, or from
/// the sites it is derived from. Emits an error that names the site where there
/// are none.
mlir::FailureOr<QParamsList> qparamsOf(SiteOp site);

/// True if `site` need not see anything: its parameters are given, follow from
/// other sites, are computed at run time, or it has none.
bool hasGivenParameters(SiteOp site);

} // namespace pt2e

#endif // PT2E_QUANTIZERS_SITESTATISTICS_H
