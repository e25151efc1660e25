/// \file
/// pt2e run: runs a program on inputs.

#include <algorithm>
#include <optional>

#include "Commands.h"
#include "DataArguments.h"
#include "Progress.h"
#include "fmt/format.h"
#include "pt2e/Runtime/Compare.h"
#include "pt2e/Runtime/Executor.h"
#include "pt2e/Runtime/Npy.h"
#include "pt2e/Runtime/Status.h"
#include "pt2e/Runtime/Threads.h"

namespace pt2e::tool {
namespace {

using namespace runtime;

struct RunArguments {
  std::string program;
  std::string method = "forward";
  std::vector<std::string> inputs;
  std::string outputFolder;
  std::optional<int64_t> threads;
  std::optional<int64_t> time;
  DataOptions data;
};

/// Writes outputs as .npy, joined along their first axis or call by call.
class OutputFolder {
public:
  OutputFolder(std::string folder, bool joins)
      : prefix_(std::move(folder) + "/output"), joins_(joins) {}

  absl::Status add(const std::vector<Tensor> &outputs) {
    const int64_t call = calls_++;
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (!joins_) {
        PT2E_RETURN_IF_ERROR(writeNpy(
            recordName(prefix_, call, i, outputs.size()), outputs[i].view()));
        continue;
      }
      if (call == 0) {
        PT2E_ASSIGN_OR_RETURN(
            NpyWriter writer,
            NpyWriter::create(recordName(prefix_, -1, i, outputs.size())));
        writers_.push_back(std::move(writer));
      }
      PT2E_RETURN_IF_ERROR(withContext(fmt::format("output {}", i),
                                       writers_[i].append(outputs[i].view())));
    }
    return absl::OkStatus();
  }

  absl::Status commit() {
    for (NpyWriter &writer : writers_)
      PT2E_RETURN_IF_ERROR(writer.commit());
    return absl::OkStatus();
  }

private:
  std::string prefix_;
  bool joins_;
  int64_t calls_ = 0;
  std::vector<NpyWriter> writers_;
};

/// The calls that --input describes, or a single one for a program that takes
/// nothing.
absl::StatusOr<std::unique_ptr<InputSource>>
openSource(const RunArguments &arguments, const Program &program) {
  if (program.info().inputs.empty() && arguments.inputs.empty())
    return nullptr;
  return openInputs(arguments.inputs, program.info().inputs, arguments.data);
}

absl::Status run(const RunArguments &arguments) {
  PT2E_RETURN_IF_ERROR(applyThreads(arguments.threads));
  PT2E_ASSIGN_OR_RETURN(Program program,
                        Program::load(arguments.program, arguments.method));
  PT2E_ASSIGN_OR_RETURN(std::unique_ptr<InputSource> source,
                        openSource(arguments, program));
  const bool joins = source && source->joins();
  std::optional<OutputFolder> folder;
  if (!arguments.outputFolder.empty()) {
    PT2E_RETURN_IF_ERROR(makeFolder(arguments.outputFolder));
    folder.emplace(arguments.outputFolder, joins);
  }
  std::optional<Timing> timing;
  int64_t calls = 0;
  {
    Progress progress("running " + arguments.program);
    for (;;) {
      std::optional<std::vector<Tensor>> inputs;
      if (source) {
        PT2E_ASSIGN_OR_RETURN(inputs, source->next());
      } else if (calls == 0) {
        inputs.emplace();
      }
      if (!inputs)
        break;
      if (arguments.time && calls == 0) {
        PT2E_ASSIGN_OR_RETURN(
            timing,
            program.time(*inputs, std::min<int64_t>(*arguments.time, 1 << 30)));
        if (!folder)
          break;
      }
      PT2E_ASSIGN_OR_RETURN(std::vector<Tensor> outputs, program.run(*inputs));
      if (folder)
        PT2E_RETURN_IF_ERROR(folder->add(outputs));
      progress.update(++calls, source ? source->numCalls() : 1);
    }
    if (folder)
      PT2E_RETURN_IF_ERROR(folder->commit());
  }
  if (folder)
    fmt::print("{} call(s), outputs in {}\n", calls, arguments.outputFolder);
  if (timing)
    fmt::print(
        "median {:.4g} ms, min {:.4g} ms of {} calls with {} thread(s)\n",
        timing->median * 1e3, timing->min * 1e3, timing->runs, threads());
  return absl::OkStatus();
}

} // namespace

int runCommand(Arguments argumentList) {
  RunArguments arguments;
  Options options("run",
                  "Runs a program on ExecuTorch and writes what it returns as "
                  ".npy files.\n\n"
                  "DATA, for a program with one input:\n"
                  "  .npy of the input's rank      its first axis is cut into "
                  "batches; the outputs are\n"
                  "                                joined to DIR/output.npy\n"
                  "  .npy of one rank more         one call per entry; outputs "
                  "DIR/output_K.npy\n"
                  "  folder of calib_K.npy         one call each; outputs "
                  "DIR/output_K.npy\n"
                  "  idx file (.gz), uint8 .npy,   images, cut into batches\n"
                  "  PNG, JPEG, folder of those\n"
                  "With several inputs: one .npy each, or a folder of "
                  "calib_K_argI.npy. Of several outputs\n"
                  "the I-th is output_outI.npy or output_K_outI.npy.");
  options.positional("M.pte", arguments.program, "the program");
  options.option("input", "DATA...", arguments.inputs, "what to run it on");
  options.option("output-dir", "DIR", arguments.outputFolder,
                 "where to write the outputs (created if need be)");
  options.option("time", "N", arguments.time,
                 "call it N times on the first batch, after 3 calls of\n"
                 "warm-up, and print median and minimum");
  options.atLeast(1);
  options.option("method", "NAME", arguments.method, "(default forward)");
  addThreadsOption(options, arguments.threads);
  addDataOptions(options, arguments.data);
  options.example("pt2e run model.pte --input x.npy --output-dir out",
                  "writes out/output.npy");
  options.example("pt2e run model.pte --input x.npy --time 100 --threads 1",
                  "how long one call takes");
  if (auto code = options.parse(argumentList))
    return *code;
  if (arguments.outputFolder.empty() && !arguments.time) {
    fmt::print(stderr, "pt2e run: expected --output-dir or --time (see pt2e "
                       "run --help)\n");
    return kUsage;
  }
  return finish("run", run(arguments));
}

} // namespace pt2e::tool
