#include "pt2e/Driver/PerLayer.h"

#include "Taps.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Provenance.h"
#include "mlir/IR/Diagnostics.h"
#include "pt2e/Emit/ExportPte.h"
#include "pt2e/Runtime/Executor.h"
#include "pt2e/Runtime/PairedRun.h"

using namespace mlir;

namespace pt2e {

namespace {

using runtime::Difference;
using runtime::Program;

/// Lowest ratio of signal to error first.
template <typename T, typename Of>
void sortByLoss(std::vector<T> &list, Of differenceOf) {
  llvm::stable_sort(list, [&](const T &a, const T &b) {
    return differenceOf(a).sqnr() < differenceOf(b).sqnr();
  });
}

absl::Status addOutputs(std::vector<Difference> &sums,
                        const runtime::PairedOutputs &outputs) {
  if (outputs.reference.size() != outputs.other.size())
    return absl::InvalidArgumentError(
        "expected " + std::to_string(outputs.reference.size()) +
        " outputs, but got " + std::to_string(outputs.other.size()));
  sums.resize(outputs.reference.size());
  for (auto [sum, a, b] : llvm::zip(sums, outputs.reference, outputs.other))
    if (absl::Status status = sum.add(a, b); !status.ok())
      return status;
  return absl::OkStatus();
}

class Comparison {
public:
  Comparison(const PerLayerRequest &request, const ErrorHandler &error)
      : request(request), error(error), compilation(error),
        otherCompilation(error) {}

  std::optional<PerLayerResult> run() {
    const bool done = request.isTrained       ? compareTrained()
                      : request.other.empty() ? compareQuantized()
                                              : compareOther();
    if (!done)
      return std::nullopt;
    sortByLoss(
        result.layers, [](const LayerDifference &layer) -> auto & {
          return layer.difference;
        });
    sortByLoss(result.alone, [](const SiteAlone &site) {
      Difference worst;
      for (const Difference &output : site.outputs)
        if (output.sqnr() < worst.sqnr())
          worst = output;
      return worst;
    });
    return std::move(result);
  }

private:
  void enter(const std::string &step) const {
    if (request.onStep)
      request.onStep(step);
  }
  bool fail(const absl::Status &status) const {
    error(std::string(status.message()));
    return false;
  }

  bool compareQuantized();
  bool compareTrained();
  bool compareOther();
  bool compareAlone(ModuleOp calibrated);
  /// The program with one site quantized, and those `alone` has it with; none,
  /// after its error, if that cannot be.
  std::optional<Program> loadAlone(ModuleOp calibrated, SiteAlone &alone);

  /// Through `stages` to a program that is ready to run; nothing after an
  /// error.
  std::optional<Program> load(ModuleOp module, ArrayRef<Stage> stages,
                              const std::string &name);
  bool runAll(Program &a, Program &b, const runtime::PairSink &sink,
              std::vector<Difference> &outputs, bool showsProgress);
  bool runTapped(ModuleOp a, ArrayRef<Stage> stagesA, ModuleOp b,
                 ArrayRef<Stage> stagesB, std::vector<LayerDifference> taps);

  const PerLayerRequest &request;
  const ErrorHandler &error;
  Compilation compilation, otherCompilation;
  std::vector<Stage> behindConvert, fromFloat;
  PerLayerResult result;
};

std::optional<Program> Comparison::load(ModuleOp module, ArrayRef<Stage> stages,
                                        const std::string &name) {
  for (const Stage &stage : stages)
    if (failed(runPipeline(module, stage.pipeline)))
      return std::nullopt;
  std::string pte;
  llvm::raw_string_ostream os(pte);
  if (failed(exportPte(module, os)))
    return std::nullopt;
  absl::StatusOr<Program> program =
      Program::loadBytes({pte.begin(), pte.end()}, name);
  if (program.ok())
    return std::move(*program);
  module.emitError(std::string(program.status().message()));
  return std::nullopt;
}

bool Comparison::runAll(Program &a, Program &b, const runtime::PairSink &sink,
                        std::vector<Difference> &outputs, bool showsProgress) {
  auto inputs =
      runtime::openInputs(request.data, a.info().inputs, request.dataOptions);
  if (!inputs.ok())
    return fail(inputs.status());
  for (int64_t call = 1;; ++call) {
    auto tensors = (*inputs)->next();
    if (!tensors.ok())
      return fail(tensors.status());
    if (!*tensors)
      return true;
    auto paired = runtime::runPaired(a, b, **tensors, sink);
    if (!paired.ok())
      return fail(paired.status());
    if (absl::Status status = addOutputs(outputs, *paired); !status.ok())
      return fail(status);
    if (showsProgress && request.progress)
      request.progress(call, (*inputs)->numCalls());
  }
}

bool Comparison::runTapped(ModuleOp a, ArrayRef<Stage> stagesA, ModuleOp b,
                           ArrayRef<Stage> stagesB,
                           std::vector<LayerDifference> taps) {
  result.layers = std::move(taps);
  enter("compiling");
  std::optional<Program> first = load(a, stagesA, "the float program");
  std::optional<Program> second =
      first ? load(b, stagesB, "the program it is compared with")
            : std::nullopt;
  if (!second)
    return false;
  enter("comparing");
  return runAll(
      *first, *second,
      [&](int64_t number, const runtime::Tensor &x, const runtime::Tensor &y) {
        return result.layers[number].difference.add(x, y);
      },
      result.outputs, /*showsProgress=*/true);
}

bool Comparison::compareQuantized() {
  const std::vector<Stage> stages = quantizeStages(request.quantize);
  const auto convert = llvm::find_if(
      stages, [](const Stage &stage) { return stage.name == "convert"; });
  behindConvert.assign(convert + 1, stages.end());
  fromFloat = loweringStages();
  fromFloat.insert(fromFloat.begin(), {"decompose", "aten-decompose"});

  enter("import");
  if (failed(compilation.read(request.input, request.maxDims)))
    return false;
  CalibrationOptions calibration = request.calibration;
  calibration.progress = request.progress;
  for (auto stage = stages.begin(); stage != convert; ++stage) {
    enter(stage->name);
    if (failed(compilation.run(*stage, calibration)))
      return false;
  }
  enter("convert");
  ModuleOp calibrated = compilation.module();
  OwningOpRef<ModuleOp> quantized = calibrated.clone();
  markObserves(*quantized);
  if (failed(runPipeline(*quantized, convert->pipeline)))
    return false;
  OwningOpRef<ModuleOp> reference = calibrated.clone();
  std::vector<LayerDifference> taps = tapQuantized(*reference, *quantized);
  if (!runTapped(*reference, fromFloat, *quantized, behindConvert,
                 std::move(taps)))
    return false;
  reference = {};
  quantized = {};
  if (!request.sitesAlone)
    return true;
  // The stages that convert one site are those of all.
  behindConvert.insert(behindConvert.begin(), *convert);
  return compareAlone(calibrated);
}

std::optional<Program> Comparison::loadAlone(ModuleOp calibrated,
                                             SiteAlone &alone) {
  OwningOpRef<ModuleOp> module = calibrated.clone();
  std::vector<std::string> kept = alone.with;
  kept.push_back(alone.site);
  keepSites(*module, kept);
  // Not an error of the whole: one that hangs on another site.
  ScopedDiagnosticHandler handler(
      &compilation.context(), [&](Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
          return success();
        if (alone.error.empty())
          alone.error = aten::toLine(diagnostic);
        return success();
      });
  return load(*module, behindConvert, "the program of one site");
}

bool Comparison::compareAlone(ModuleOp calibrated) {
  OwningOpRef<ModuleOp> plain = calibrated.clone();
  keepSites(*plain, {});
  std::optional<Program> reference =
      load(*plain, fromFloat, "the float program");
  if (!reference)
    return false;
  plain = {};
  enter("sites alone");
  std::vector<SiteAlone> sites = listSites(calibrated);
  for (auto [i, alone] : llvm::enumerate(sites)) {
    if (request.progress)
      request.progress(i, sites.size());
    std::optional<Program> program = loadAlone(calibrated, alone);
    if (std::vector<std::string> weights =
            program ? std::vector<std::string>()
                    : weightSitesBeside(calibrated, alone.site);
        !weights.empty()) {
      alone.with = std::move(weights);
      alone.error.clear();
      program = loadAlone(calibrated, alone);
    }
    if (program && !runAll(*reference, *program, {}, alone.outputs, false))
      return false;
  }
  result.alone = std::move(sites);
  return true;
}

bool Comparison::compareTrained() {
  enter("import");
  if (failed(compilation.read(request.input, request.maxDims)))
    return false;
  OwningOpRef<ModuleOp> reference = compilation.module().clone();
  if (failed(runPipeline(*reference, "pt2e-convert-trained{float=true}")))
    return false;
  const std::vector<Stage> stages = trainedStages();
  const auto lower = llvm::find_if(
      stages, [](const Stage &stage) { return stage.name == "lower"; });
  for (auto stage = stages.begin(); stage != lower; ++stage) {
    enter(stage->name);
    if (failed(compilation.run(*stage)) ||
        (stage->name != "convert" &&
         failed(runPipeline(*reference, stage->pipeline))))
      return false;
  }
  const ArrayRef<Stage> rest(&*lower, stages.end() - lower);
  std::vector<LayerDifference> taps =
      tapQuantized(*reference, compilation.module());
  return runTapped(*reference, rest, compilation.module(), rest,
                   std::move(taps));
}

bool Comparison::compareOther() {
  const std::vector<Stage> stages = floatStages();
  const auto lower = llvm::find_if(
      stages, [](const Stage &stage) { return stage.name == "lower"; });
  enter("import");
  if (failed(compilation.read(request.input, request.maxDims)) ||
      failed(otherCompilation.read(request.other, request.maxDims)))
    return false;
  for (auto stage = stages.begin(); stage != lower; ++stage)
    if (failed(compilation.run(*stage)) || failed(otherCompilation.run(*stage)))
      return false;
  std::vector<LayerDifference> taps =
      tapCommon(compilation.module(), otherCompilation.module());
  if (taps.empty()) {
    error("expected operators of the same name in " + request.input + " and " +
          request.other + ", but there are none");
    return false;
  }
  const ArrayRef<Stage> rest(&*lower, stages.end() - lower);
  return runTapped(compilation.module(), rest, otherCompilation.module(), rest,
                   std::move(taps));
}

} // namespace

std::optional<PerLayerResult> comparePerLayer(const PerLayerRequest &request,
                                              const ErrorHandler &error) {
  return Comparison(request, error).run();
}

} // namespace pt2e
