#include "CompileCommon.h"

#include <cstdio>

#include "Progress.h"
#include "absl/algorithm/container.h"
#include "fmt/format.h"
#include "fmt/ranges.h"

namespace pt2e::tool {

void addMaxDimOption(Options &options,
                     std::map<std::string, int64_t> &maxDims) {
  options.option("max-dim", "s77=64", maxDims,
                 "upper bound of a dynamic dimension whose range is open");
}

void addCompileOptions(Options &options, CompileRequest &request,
                       CompileArguments &arguments) {
  options.positional("M.pt2", request.input,
                     "the exported program (torch.export.save), or what\n"
                     "--emit mlir --stop-after import made of it");
  options.option("o", "M.pte", request.output, "the file to write");
  options.required();
  options.option("report", "R.json", request.reportPath,
                 "write what became of every op (docs/report.md)");
  options.option("explain", "NAME...", request.explain,
                 "say why operators of the exported graph, or those in a\n"
                 "module, are as they are");
  options.option("remarks", "FILTER", request.remarks,
                 "say what passes leave undone, and why; of those whose\n"
                 "category (annotate, simplify, lower, ...) FILTER, a regular\n"
                 "expression, matches");
  options.option("emit", "pte|mlir", arguments.emit,
                 "what to write: the program, or the IR: as text with the\n"
                 "large weights named, or with all in it as bytecode, if\n"
                 "the name ends in .mlirbc");
  options.option("stop-after", "STAGE", request.stopAfter,
                 "with --emit mlir: the IR after this stage (import,\n"
                 "simplify, ..., plan)");
  addMaxDimOption(options, request.maxDims);
  options.flag("verify-stages", request.verifyStages,
               "check behind each stage what it leaves, for when pt2e itself\n"
               "may be wrong (docs/architecture.md)");
  options.flag("timing", arguments.timing, "print the seconds of each stage");
}

int runCompile(const std::string &command, CompileRequest &request,
               const CompileArguments &arguments) {
  auto usage = [&](const std::string &message) {
    fmt::print(stderr, "pt2e {}: {}\n", command, message);
    return kUsage;
  };
  if (arguments.emit != "pte" && arguments.emit != "mlir")
    return usage(fmt::format("expected --emit pte or mlir, but got `{}`",
                             arguments.emit));
  request.emitMlir = arguments.emit == "mlir";
  if (!request.stopAfter.empty() && !request.emitMlir)
    return usage("--stop-after needs --emit mlir");
  const std::vector<std::string> stages = stageNames(request);
  if (!request.stopAfter.empty() &&
      !absl::c_linear_search(stages, request.stopAfter))
    return usage(
        fmt::format("expected a stage to stop after ({}), but got `{}`",
                    fmt::join(stages, ", "), request.stopAfter));

  std::optional<Progress> progress;
  request.onStage = [&](const std::string &stage) {
    progress.emplace(stage);
    progress->update(0, 0);
  };
  request.calibration.progress = [&](int64_t done, int64_t all) {
    progress->update(done, all);
  };
  request.onMeasured = request.calibration.progress;
  std::string summary;
  const bool done = compile(
      request,
      [&](const std::string &message) {
        progress.reset();
        fmt::print(stderr, "pt2e {}: {}\n", command, message);
      },
      summary);
  progress.reset();
  if (!done)
    return kFailed;
  fmt::print("{}", summary);
  if (arguments.timing)
    for (const auto &[stage, seconds] : request.stageSeconds)
      fmt::print("{:<10} {:8.3f} s\n", stage, seconds);
  return kOk;
}

} // namespace pt2e::tool
