/// \file
/// pt2e eval: accuracy of a classifier.

#include "pt2e/Runtime/Eval.h"
#include "Commands.h"
#include "DataArguments.h"
#include "Json.h"
#include "Progress.h"
#include "fmt/format.h"
#include "pt2e/Runtime/Status.h"

namespace pt2e::tool {
namespace {

using namespace runtime;

struct EvalArguments {
  std::string program;
  std::string against;
  std::vector<std::string> images;
  std::string labels;
  std::optional<int64_t> threads;
  bool json = false;
  DataOptions data;
};

absl::StatusOr<Answers> evaluate(const std::string &path,
                                 const EvalArguments &arguments,
                                 std::vector<int64_t> labels) {
  PT2E_ASSIGN_OR_RETURN(Program program, Program::load(path));
  PT2E_ASSIGN_OR_RETURN(
      std::unique_ptr<InputSource> images,
      openInputs(arguments.images, program.info().inputs, arguments.data));
  if (arguments.data.samples &&
      static_cast<int64_t>(labels.size()) > *arguments.data.samples)
    labels.resize(*arguments.data.samples);
  Progress progress("evaluating " + path);
  return classify(program, *images, labels, [&](int64_t done, int64_t all) {
    progress.update(done, all);
  });
}

void printRow(const std::string &path, const Answers &answers) {
  const auto percent = [](const Share &share) {
    const Interval interval = wilsonInterval(share);
    return fmt::format("{:6.2f} % [{:.2f}, {:.2f}]", 100 * share.value(),
                       100 * interval.low, 100 * interval.high);
  };
  fmt::print("{}\n  samples {}\n  top-1   {}\n", path, answers.answers.size(),
             percent(answers.top(1)));
  if (answers.classes > 5)
    fmt::print("  top-5   {}\n", percent(answers.top(5)));
  if (answers.notNumbers)
    fmt::print("  samples with NaN among the logits, counted as wrong: {}\n",
               answers.notNumbers);
}

std::string jsonRow(const std::string &path, const Answers &answers) {
  const auto share = [](const char *name, const Share &share) {
    const Interval interval = wilsonInterval(share);
    return fmt::format(", \"{}\": {}, \"{}_interval\": [{}, {}]", name,
                       share.value(), name, interval.low, interval.high);
  };
  std::string text =
      fmt::format("{{\"program\": {}, \"samples\": {}, \"not_numbers\": {}",
                  jsonString(path), answers.answers.size(), answers.notNumbers);
  text += share("top1", answers.top(1));
  if (answers.classes > 5)
    text += share("top5", answers.top(5));
  return text + "}";
}

absl::Status eval(const EvalArguments &arguments) {
  PT2E_RETURN_IF_ERROR(applyThreads(arguments.threads));
  PT2E_ASSIGN_OR_RETURN(std::vector<int64_t> labels,
                        readLabels(arguments.labels));
  PT2E_ASSIGN_OR_RETURN(Answers answers,
                        evaluate(arguments.program, arguments, labels));
  const bool isPaired = !arguments.against.empty();
  Answers others;
  if (isPaired) {
    PT2E_ASSIGN_OR_RETURN(others,
                          evaluate(arguments.against, arguments, labels));
  }
  const Pairing pairing = pair(answers, others);
  if (arguments.json) {
    fmt::print("{{\"programs\": [{}", jsonRow(arguments.program, answers));
    if (isPaired)
      fmt::print(", {}], \"pairing\": {{\"disagreements\": {}, \"only_first\": "
                 "{}, \"only_second\": {}}}}}\n",
                 jsonRow(arguments.against, others), pairing.disagreements,
                 pairing.onlyFirst, pairing.onlySecond);
    else
      fmt::print("]}}\n");
    return absl::OkStatus();
  }
  printRow(arguments.program, answers);
  if (!isPaired)
    return absl::OkStatus();
  printRow(arguments.against, others);
  fmt::print("they disagree on {} of {} samples ({:.2f} %): right only in {} "
             "{}, only in {} {}\n",
             pairing.disagreements, answers.answers.size(),
             100.0 * pairing.disagreements / answers.answers.size(),
             arguments.program, pairing.onlyFirst, arguments.against,
             pairing.onlySecond);
  return absl::OkStatus();
}

} // namespace

int evalCommand(Arguments argumentList) {
  EvalArguments arguments;
  Options options("eval",
                  "Runs a classifier on labelled images and prints top-1 and "
                  "top-5 with the 95 % Wilson\ninterval. The first output of "
                  "the program is one row of logits per image.");
  options.positional("M.pte", arguments.program, "the program");
  options.option("images", "I", arguments.images,
                 "idx file (.gz too), .npy (uint8, or what the program\n"
                 "takes), or a folder of PNG and JPEG, sorted by name");
  options.required();
  options.option("labels", "L", arguments.labels,
                 "idx file (.gz too) or .npy of integers, one per image");
  options.required();
  options.option("against", "OTHER.pte", arguments.against,
                 "evaluate this too, and count where they disagree");
  options.flag("json", arguments.json, "print JSON, shares from 0 to 1");
  addThreadsOption(options, arguments.threads);
  addDataOptions(options, arguments.data);
  options.example(
      "pt2e eval int8.pte --images t10k-images-idx3-ubyte.gz --labels "
      "t10k-labels-idx1-ubyte.gz --mean 0.286 --std 0.353 --against float.pte",
      "what quantization cost, image by image");
  if (auto code = options.parse(argumentList))
    return *code;
  return finish("eval", eval(arguments));
}

} // namespace pt2e::tool
