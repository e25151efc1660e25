#include "pt2e/Driver/Calibrate.h"

#include "dialects/Pt2e/Pt2e.h"
#include "pt2e/Driver/Stages.h"
#include "pt2e/Emit/ExportPte.h"
#include "pt2e/Numerics/Observer.h"
#include "pt2e/Quantizers/SiteStatistics.h"
#include "pt2e/Runtime/Executor.h"
#include "pt2e/Runtime/Observe.h"

using namespace mlir;

namespace pt2e {

namespace {
/// A site and what it sees.
struct WatchedSite {
  SiteOp site;
  std::unique_ptr<Observer> observer;
};

/// An observer for every site that something passes, in the order of the
/// sites: the number that the observe kernel is called with. None for a site
/// whose parameters are given.
FailureOr<std::vector<WatchedSite>> watchSites(ModuleOp module) {
  std::vector<WatchedSite> sites;
  for (auto site : module.getOps<SiteOp>()) {
    if (hasGivenParameters(site)) {
      sites.push_back({site, nullptr});
      continue;
    }
    FailureOr<std::unique_ptr<Observer>> observer = makeObserver(site);
    if (failed(observer))
      return failure();
    sites.push_back({site, std::move(*observer)});
  }
  return sites;
}

/// Elements in row-major order: a channels-last value is permuted if its
/// observer tells the dimensions apart.
absl::Status observe(Observer &observer, const runtime::TensorView &value) {
  if (value.dtype != runtime::DType::F32)
    return absl::InvalidArgumentError(
        "expected an observed value of f32, but got " +
        runtime::toString(value.dtype));
  return observer.observe(value.elements<float>(), value.shape);
}
} // namespace

LogicalResult calibrate(ModuleOp module, const CalibrationOptions &options) {
  if (options.data.empty()) {
    SmallVector<SiteOp> open =
        llvm::filter_to_vector(module.getOps<SiteOp>(), [](SiteOp site) {
          return !hasGivenParameters(site) && !site.getStatistics();
        });
    if (open.empty())
      return success();
    return module.emitError("expected calibration data (--calibration DATA): "
                            "the ranges of ")
           << open.size() << " values are taken from it, the first that of @"
           << open.front().getSymName();
  }
  FailureOr<std::vector<WatchedSite>> sites = watchSites(module);
  if (failed(sites))
    return failure();

  OwningOpRef<ModuleOp> observed = module.clone();
  // Weights stay constants, and are not observed by each call.
  if (failed(
          runPipeline(*observed, "pt2e-drop-constant-observes,aten-decompose," +
                                     joinPipelines(loweringStages()))))
    return failure();
  std::string pte;
  llvm::raw_string_ostream os(pte);
  if (failed(exportPte(*observed, os)))
    return failure();
  observed = {};

  absl::StatusOr<runtime::Program> program = runtime::Program::loadBytes(
      std::vector<uint8_t>(pte.begin(), pte.end()), "the observed program");
  pte = {};
  if (!program.ok())
    return module.emitError(std::string(program.status().message()));
  auto inputs =
      runtime::openInputs(options.data, program->info().inputs, options.input);
  if (!inputs.ok())
    return module.emitError(std::string(inputs.status().message()));

  runtime::ObserveScope scope(
      [&](int64_t site, const runtime::TensorView &value) {
        return observe(*(*sites)[site].observer, value);
      });
  const int64_t total = (*inputs)->numSamples();
  const int64_t calls = (*inputs)->numCalls();
  for (int64_t call = 1;; ++call) {
    auto tensors = (*inputs)->next();
    if (!tensors.ok())
      return module.emitError(std::string(tensors.status().message()));
    if (!*tensors)
      break;
    auto outputs = program->run(**tensors);
    if (!outputs.ok())
      return module.emitError("calibration call ")
             << call << ": " << std::string(outputs.status().message());
    if (options.progress)
      options.progress(calls ? total * call / calls : total, total);
  }
  for (WatchedSite &watched : *sites)
    if (watched.observer && watched.observer->statistics().count != 0)
      setStatistics(watched.site, *watched.observer);
  return success();
}

} // namespace pt2e
