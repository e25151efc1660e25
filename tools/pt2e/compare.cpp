/// \file
/// pt2e compare: how far two programs, or recorded outputs, are apart.

#include <algorithm>
#include <optional>

#include "Commands.h"
#include "DataArguments.h"
#include "Json.h"
#include "Progress.h"
#include "absl/strings/match.h"
#include "fmt/format.h"
#include "pt2e/Runtime/Compare.h"
#include "pt2e/Runtime/Executor.h"
#include "pt2e/Runtime/FileKind.h"
#include "pt2e/Runtime/Status.h"
#ifndef PT2E_RUNTIME_ONLY
#include "CompileCommon.h"
#include "PerLayerTable.h"
#include "QuantizeArguments.h"
#include "pt2e/Driver/Compile.h"
#endif

namespace pt2e::tool {
namespace {

using namespace runtime;

struct CompareArguments {
  std::string reference;
  std::string other;
  std::vector<std::string> inputs;
  std::optional<double> maxError;
  std::optional<int64_t> threads;
  std::map<std::string, int64_t> maxDims;
  bool json = false;
  DataOptions data;
};

/// The float program of a .pt2, in memory.
absl::StatusOr<Program>
compileProgram(const std::string &path,
               [[maybe_unused]] const std::map<std::string, int64_t> &maxDims) {
#ifdef PT2E_RUNTIME_ONLY
  return otherKind(path,
                   "a .pte program or recorded outputs (this pt2e was "
                   "built without the compiler)",
                   FileKind::Zip);
#else
  std::string message;
  std::optional<std::string> pte =
      compileFloat(path, maxDims, [&](const std::string &line) {
        if (!absl::StartsWith(line, "warning: "))
          message = line;
      });
  if (!pte)
    return absl::InvalidArgumentError(message);
  return Program::loadBytes({pte->begin(), pte->end()}, path);
#endif
}

/// A program or its recorded outputs.
struct Side {
  std::string path;
  std::optional<Program> program;
  std::optional<RecordedOutputs> recorded;

  static absl::StatusOr<Side>
  open(const std::string &path, const std::map<std::string, int64_t> &maxDims) {
    Side side;
    side.path = path;
    // What cannot be opened may be a prefix of recorded outputs.
    const FileKind kind = kindOf(path).value_or(FileKind::Folder);
    switch (kind) {
    case FileKind::Pte: {
      PT2E_ASSIGN_OR_RETURN(side.program, Program::load(path));
      break;
    }
    case FileKind::Zip: {
      PT2E_ASSIGN_OR_RETURN(side.program, compileProgram(path, maxDims));
      break;
    }
    case FileKind::Folder:
    case FileKind::Npy: {
      PT2E_ASSIGN_OR_RETURN(side.recorded, RecordedOutputs::open(path));
      break;
    }
    default:
      return otherKind(
          path, "a program (.pte, .pt2) or recorded outputs (.npy)", kind);
    }
    return side;
  }

  /// The outputs for the next call; `rows` of them if they were joined.
  absl::StatusOr<std::vector<Tensor>> next(absl::Span<const Tensor> inputs,
                                           int64_t rows) {
    if (program)
      return program->run(inputs);
    return recorded->next(rows);
  }
};

bool isStatic(const Program &program) {
  return std::none_of(program.info().inputs.begin(),
                      program.info().inputs.end(),
                      [](const ValueInfo &input) { return input.isDynamic; });
}

absl::Status addAll(std::vector<Difference> &differences,
                    const std::vector<Tensor> &a,
                    const std::vector<Tensor> &b) {
  if (a.size() != b.size())
    return invalid("expected {} outputs, but got {}", a.size(), b.size());
  differences.resize(std::max(differences.size(), a.size()));
  for (size_t i = 0; i < a.size(); ++i)
    PT2E_RETURN_IF_ERROR(withContext(fmt::format("output {}", i),
                                     differences[i].add(a[i], b[i])));
  return absl::OkStatus();
}

absl::Status compareRecords(Side &a, Side &b,
                            std::vector<Difference> &differences) {
  if (a.recorded->joined() != b.recorded->joined())
    return invalid("{} holds joined outputs, but {} one file per call",
                   (a.recorded->joined() ? a : b).path,
                   (a.recorded->joined() ? b : a).path);
  for (;;) {
    PT2E_ASSIGN_OR_RETURN(std::vector<Tensor> x, a.recorded->next(1024));
    PT2E_ASSIGN_OR_RETURN(std::vector<Tensor> y, b.recorded->next(1024));
    if (x.empty() && y.empty())
      return absl::OkStatus();
    PT2E_RETURN_IF_ERROR(addAll(differences, x, y));
  }
}

absl::Status compareRuns(Side &a, Side &b, const CompareArguments &arguments,
                         std::vector<Difference> &differences) {
  // The one that is fixed to a batch decides how the inputs are cut.
  const bool byA = a.program && (!b.program || isStatic(*a.program) ||
                                 !isStatic(*b.program));
  Program &leader = byA ? *a.program : *b.program;
  PT2E_ASSIGN_OR_RETURN(
      std::unique_ptr<InputSource> source,
      openInputs(arguments.inputs, leader.info().inputs, arguments.data));
  for (const Side *side : {&a, &b})
    if (side->recorded && side->recorded->joined() != source->joins())
      return invalid("{} holds {}, but the inputs make {}", side->path,
                     side->recorded->joined() ? "joined outputs"
                                              : "one file per call",
                     source->joins() ? "joined outputs" : "separate calls");
  Progress progress("comparing");
  int64_t calls = 0;
  for (;;) {
    PT2E_ASSIGN_OR_RETURN(auto inputs, source->next());
    if (!inputs)
      return absl::OkStatus();
    // The program first: it says how many rows a call has.
    Side &first = a.program ? a : b, &second = a.program ? b : a;
    PT2E_ASSIGN_OR_RETURN(std::vector<Tensor> x, first.next(*inputs, 0));
    const int64_t rows = x.empty() || x[0].rank() == 0 ? 1 : x[0].shape()[0];
    PT2E_ASSIGN_OR_RETURN(std::vector<Tensor> y, second.next(*inputs, rows));
    PT2E_RETURN_IF_ERROR(withContext(fmt::format("call {}", calls),
                                     a.program ? addAll(differences, x, y)
                                               : addAll(differences, y, x)));
    progress.update(++calls, source->numCalls());
  }
}

void printDifferences(const std::vector<Difference> &differences) {
  fmt::print("output  max error  of largest  SQNR dB  cosine    smallest  "
             "argmax same  unequal\n");
  for (size_t i = 0; i < differences.size(); ++i) {
    const Difference &d = differences[i];
    fmt::print("{:<6}  {:<9.4g}  {:<10.4g}  {:<7.2f}  {:<8.6f}  {:<8.6f}  "
               "{:<11}  {}/{}\n",
               i, d.maxError(), d.relativeError(), d.sqnr(), d.cosine(),
               d.smallestCosine(),
               fmt::format("{}/{}", d.sameArgmax(), d.rows()), d.unequal(),
               d.elements());
    if (d.notComparable())
      fmt::print("        {} element(s) are NaN or infinite on one side only\n",
                 d.notComparable());
  }
}

void printJson(const std::vector<Difference> &differences) {
  fmt::print("{{\"outputs\": [");
  for (size_t i = 0; i < differences.size(); ++i) {
    const Difference &d = differences[i];
    fmt::print("{}{{\"max_error\": {}, \"relative_error\": {}, \"sqnr_db\": "
               "{}, \"cosine\": {}, \"smallest_cosine\": {}, \"rows\": {}, "
               "\"same_argmax\": {}, \"elements\": {}, \"unequal\": {}, "
               "\"not_comparable\": {}}}",
               i ? ", " : "", jsonNumber(d.maxError()),
               jsonNumber(d.relativeError()), jsonNumber(d.sqnr()),
               jsonNumber(d.cosine()), jsonNumber(d.smallestCosine()), d.rows(),
               d.sameArgmax(), d.elements(), d.unequal(), d.notComparable());
  }
  fmt::print("]}}\n");
}

absl::Status compare(const CompareArguments &arguments, bool &isBeyond) {
  PT2E_RETURN_IF_ERROR(applyThreads(arguments.threads));
  PT2E_ASSIGN_OR_RETURN(Side a,
                        Side::open(arguments.reference, arguments.maxDims));
  PT2E_ASSIGN_OR_RETURN(Side b, Side::open(arguments.other, arguments.maxDims));
  std::vector<Difference> differences;
  if (a.program || b.program) {
    if (arguments.inputs.empty())
      return invalid("expected `--input DATA...` to run the program on");
    PT2E_RETURN_IF_ERROR(compareRuns(a, b, arguments, differences));
  } else {
    PT2E_RETURN_IF_ERROR(compareRecords(a, b, differences));
  }
  if (differences.empty())
    return invalid("there are no outputs to compare");
  if (arguments.json)
    printJson(differences);
  else
    printDifferences(differences);
  if (arguments.maxError)
    isBeyond = std::any_of(
        differences.begin(), differences.end(), [&](const Difference &d) {
          return d.relativeError() > *arguments.maxError || d.notComparable();
        });
  return absl::OkStatus();
}

#ifndef PT2E_RUNTIME_ONLY
struct PerLayerArguments {
  bool isAsked = false, sitesAlone = false, isTrained = false;
  std::vector<std::string> calibration;
  QuantizeArguments quantize;
};

void addPerLayerOptions(Options &options, PerLayerArguments &arguments) {
  options.flag("per-layer", arguments.isAsked,
               "compare values inside: A is a .pt2, in float; B is another,\n"
               "whose operators have the same names, or absent: then A\n"
               "quantized as pt2e quantize does it (docs/debugging.md)");
  options.flag("sites-alone", arguments.sitesAlone,
               "with --per-layer: also the outputs with one site quantized\n"
               "at a time");
  options.option("calibration", "DATA", arguments.calibration,
                 "with --per-layer: what to calibrate A with; also what is\n"
                 "compared if there is no --input");
  options.flag(
      "qat-convert", arguments.isTrained,
      "with --per-layer: A is what pt2e quantize --qat-prepare wrote,\n"
      "trained, and is compared with its float program");
  addQuantizeOptions(options, arguments.quantize);
}

int perLayerCommand(const CompareArguments &arguments,
                    const PerLayerArguments &perLayer) {
  const bool quantizes = arguments.other.empty();
  const auto usage = [](const std::string &message) {
    fmt::print(stderr, "pt2e compare: {} (see pt2e compare --help)\n", message);
    return kUsage;
  };
  if (perLayer.isTrained &&
      (!quantizes || perLayer.sitesAlone || !perLayer.calibration.empty()))
    return usage("--qat-convert compares A with itself in float: expected no "
                 "B, --calibration or --sites-alone");
  if (perLayer.isTrained && arguments.inputs.empty())
    return usage("expected `--input DATA...` to run the program on");
  if (quantizes && perLayer.calibration.empty() && arguments.inputs.empty())
    return usage("expected B, or `--calibration DATA` to quantize A with");
  if (!quantizes && (perLayer.sitesAlone || !perLayer.calibration.empty()))
    return usage("--sites-alone and --calibration quantize A: expected no B");
  if (!quantizes && arguments.inputs.empty())
    return usage("expected `--input DATA...` to run the programs on");
  for (const std::string &path : {arguments.reference, arguments.other}) {
    if (path.empty())
      continue;
    absl::StatusOr<FileKind> kind = kindOf(path);
    if (kind.ok() && *kind != FileKind::Zip)
      kind = otherKind(path, "a .pt2 program", *kind);
    if (!kind.ok())
      return finish("compare", kind.status());
  }
  if (absl::Status status = perLayer.quantize.verify(); !status.ok())
    return refuse("compare", status);
  int exitCode = kFailed;
  absl::StatusOr<QuantizeOptions> quantize =
      perLayer.quantize.resolve(exitCode);
  if (!quantize.ok()) {
    finish("compare", quantize.status());
    return exitCode;
  }
  if (absl::Status status = applyThreads(arguments.threads); !status.ok())
    return finish("compare", status);
  PerLayerRequest request;
  request.input = arguments.reference;
  request.other = arguments.other;
  request.maxDims = arguments.maxDims;
  request.quantize = *quantize;
  request.calibration.data = perLayer.calibration;
  request.calibration.input = arguments.data;
  request.data =
      arguments.inputs.empty() ? perLayer.calibration : arguments.inputs;
  request.dataOptions = arguments.data;
  request.sitesAlone = perLayer.sitesAlone;
  request.isTrained = perLayer.isTrained;
  return comparePerLayer(request, arguments.json);
}
#endif

} // namespace

int compareCommand(Arguments argumentList) {
  CompareArguments arguments;
  Options options("compare",
                  "Compares the outputs of two programs, or outputs that were "
                  "recorded, and prints for each\noutput: the largest error, "
                  "the same in units of A's largest magnitude, the ratio of "
                  "signal to\nerror, the cosine over all and the smallest of "
                  "a row (an entry of the first axis), and how\noften the "
                  "largest element of a row is at the same place. A is the "
                  "reference.");
  options.positional(
      "A", arguments.reference,
      "a .pte, a .pt2 (run in float), a .npy, a folder as pt2e\n"
      "run writes it, or a prefix (P for P_0.npy, P_1.npy, ...)");
  options.positional("B", arguments.other, "likewise");
#ifndef PT2E_RUNTIME_ONLY
  options.optional();
#endif
  options.option("input", "DATA...", arguments.inputs,
                 "what to run programs on, see pt2e run --help");
  options.option("max-error", "R", arguments.maxError,
                 "exit with 3 if an error is larger than R times A's largest\n"
                 "magnitude");
  options.flag("json", arguments.json, "print JSON");
  addThreadsOption(options, arguments.threads);
#ifndef PT2E_RUNTIME_ONLY
  PerLayerArguments perLayer;
  addPerLayerOptions(options, perLayer);
  addMaxDimOption(options, arguments.maxDims);
#endif
  addDataOptions(options, arguments.data);
  options.example("pt2e compare model.pt2 int8.pte --input x.npy",
                  "what quantization changed");
  options.example(
      "pt2e compare recorded.npy float.pte --input x.npy --max-error 1e-4",
      "fails if a program no longer gives what was recorded");
#ifndef PT2E_RUNTIME_ONLY
  options.example("pt2e compare model.pt2 --per-layer --calibration calib/ "
                  "--samples 32",
                  "where quantization hurts: every value, the worst first");
#endif
  if (auto code = options.parse(argumentList))
    return *code;
#ifndef PT2E_RUNTIME_ONLY
  if (perLayer.isAsked)
    return perLayerCommand(arguments, perLayer);
  if (arguments.other.empty()) {
    fmt::print(stderr, "pt2e compare: expected B (see pt2e compare --help)\n");
    return kUsage;
  }
#endif
  bool isBeyond = false;
  const int code = finish("compare", compare(arguments, isBeyond));
  return code == kOk && isBeyond ? kBeyond : code;
}

} // namespace pt2e::tool
