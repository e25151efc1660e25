/// \file
/// pt2e observe: what an observer makes of recorded tensors.

#include <algorithm>
#include <cmath>
#include <optional>

#include "Commands.h"
#include "Json.h"
#include "Options.h"
#include "Progress.h"
#include "fmt/format.h"
#include "pt2e/Numerics/Observer.h"
#include "pt2e/Numerics/Quantize.h"
#include "pt2e/Runtime/Npy.h"
#include "pt2e/Runtime/Status.h"

namespace pt2e::tool {
namespace {

using namespace runtime;

struct ObserveArguments {
  std::vector<std::string> tensors;
  std::string observer = "merging-histogram";
  std::string dtype = "int8";
  std::string qscheme = "affine-tensor";
  std::optional<int64_t> qmin;
  std::optional<int64_t> qmax;
  std::optional<std::vector<float>> eps;
  std::optional<int64_t> channelAxis;
  std::optional<std::vector<float>> averagingConstant;
  bool json = false;
};

/// An f32 tensor from a file; f16 is widened.
absl::StatusOr<Tensor> readFloats(const std::string &path) {
  PT2E_ASSIGN_OR_RETURN(Tensor tensor, readNpy(path));
  if (tensor.dtype() == DType::F32)
    return tensor;
  if (tensor.dtype() != DType::F16)
    return invalid("{}: expected f32 or f16, but got {}", path,
                   toString(tensor.dtype()));
  return widenHalves(tensor.view());
}

struct NamedScheme {
  const char *name;
  Scheme scheme;
  bool perChannel;
};
constexpr NamedScheme kSchemes[] = {
    {"affine-tensor", Scheme::Affine, false},
    {"symmetric-tensor", Scheme::Symmetric, false},
    {"symmetric-no-clipping-tensor", Scheme::SymmetricNoClipping, false},
    {"affine-channel", Scheme::Affine, true},
    {"symmetric-channel", Scheme::Symmetric, true},
    {"symmetric-no-clipping-channel", Scheme::SymmetricNoClipping, true},
    {"affine-channel-float", Scheme::AffineFloat, true},
};

absl::StatusOr<float> single(const char *name,
                             const std::optional<std::vector<float>> &values,
                             float otherwise) {
  if (!values)
    return otherwise;
  if (values->size() != 1)
    return invalid("expected one value for --{}, but got {}", name,
                   values->size());
  return values->front();
}

absl::StatusOr<ObserverOptions> toOptions(const ObserveArguments &arguments) {
  ObserverOptions options;
  PT2E_ASSIGN_OR_RETURN(options.spec.storage,
                        parseStorageType(arguments.dtype));
  const NamedScheme *scheme =
      std::find_if(std::begin(kSchemes), std::end(kSchemes),
                   [&](const NamedScheme &candidate) {
                     return arguments.qscheme == candidate.name;
                   });
  options.spec.scheme = scheme->scheme;
  const bool isChannelObserver =
      arguments.observer.find("per-channel") != std::string::npos;
  if (scheme->perChannel != isChannelObserver)
    return invalid("observer {} does not go with qscheme {}",
                   arguments.observer, arguments.qscheme);
  if (arguments.channelAxis && !isChannelObserver)
    return invalid("--ch-axis is for observers per channel, but the observer "
                   "is {}",
                   arguments.observer);
  if (arguments.qmin || arguments.qmax) {
    const CodeRange all = fullRange(options.spec.storage);
    const int64_t min = arguments.qmin.value_or(all.min);
    const int64_t max = arguments.qmax.value_or(all.max);
    if (min < INT32_MIN || max > INT32_MAX || min > max)
      return invalid("expected qmin <= qmax of 32 bits, but got {} and {}", min,
                     max);
    options.spec.codes =
        CodeRange{static_cast<int32_t>(min), static_cast<int32_t>(max)};
  }
  PT2E_ASSIGN_OR_RETURN(options.spec.eps,
                        single("eps", arguments.eps, kMachineEps));
  if (!(options.spec.eps > 0) || !std::isfinite(options.spec.eps))
    return invalid("expected an eps above 0, but got {}", options.spec.eps);
  options.channelAxis = arguments.channelAxis.value_or(0);
  PT2E_ASSIGN_OR_RETURN(options.averagingConstant,
                        single("averaging-constant",
                               arguments.averagingConstant,
                               options.averagingConstant));
  return options;
}

/// What quantizing with the parameters does to the tensors.
struct Loss {
  double signal = 0, noise = 0;
  int64_t finite = 0, clipped = 0;

  absl::Status add(const Tensor &tensor, const ObserverOptions &options,
                   const QParamsList &params, bool perChannel) {
    if (tensor.numElements() == 0)
      return absl::OkStatus();
    const CodeRange range = options.spec.range();
    // One code more on each side shows what is clipped.
    const CodeRange wider{std::max(range.min, INT32_MIN + 1) - 1,
                          std::min(range.max, INT32_MAX - 1) + 1};
    absl::StatusOr<Blocks> blocks =
        perChannel ? Blocks::perChannel(tensor.shape(), options.channelAxis)
                   : Blocks::perTensor(tensor.shape());
    if (!blocks.ok())
      return blocks.status();
    std::vector<int32_t> codes(tensor.numElements());
    std::vector<float> back(tensor.numElements());
    const auto values = tensor.elements<float>();
    PT2E_RETURN_IF_ERROR(quantize<int32_t>(values, *blocks, params, wider,
                                           absl::MakeSpan(codes)));
    for (size_t i = 0; i < codes.size(); ++i) {
      if (!std::isfinite(values[i]))
        continue;
      clipped += codes[i] < range.min || codes[i] > range.max;
    }
    for (int32_t &code : codes)
      code = std::clamp(code, range.min, range.max);
    PT2E_RETURN_IF_ERROR(
        dequantize<int32_t>(codes, *blocks, params, absl::MakeSpan(back)));
    for (size_t i = 0; i < codes.size(); ++i) {
      if (!std::isfinite(values[i]))
        continue;
      ++finite;
      const double error = double{values[i]} - back[i];
      signal += double{values[i]} * values[i];
      noise += error * error;
    }
    return absl::OkStatus();
  }

  double sqnr() const { return 10 * std::log10(signal / noise); }
  double clippedShare() const {
    return finite ? static_cast<double>(clipped) / finite : 0;
  }
};

template <typename T, typename Format>
std::string jsonList(const std::vector<T> &values, Format format) {
  std::string text = "[";
  for (size_t i = 0; i < values.size(); ++i)
    text += (i ? ", " : "") + format(values[i]);
  return text + "]";
}

std::string jsonInt(int32_t value) { return fmt::format("{}", value); }

void printJson(const ObserverState &seen, const ObservedRange &range,
               const QParamsList &params, const std::optional<Loss> &loss) {
  fmt::print("{{\"min\": {}, \"max\": {}, \"low\": {}, \"high\": {}, "
             "\"scale\": {}, \"zero_point\": {}, \"count\": {}, "
             "\"infinities\": {}",
             jsonList(seen.min, jsonHex), jsonList(seen.max, jsonHex),
             jsonList(range.low, jsonHex), jsonList(range.high, jsonHex),
             jsonList(params.scales, jsonHex),
             params.floatZeroPoints.empty()
                 ? jsonList(params.zeroPoints, jsonInt)
                 : jsonList(params.floatZeroPoints, jsonHex),
             seen.count, seen.infinities);
  if (loss)
    fmt::print(", \"clipped_share\": {}, \"sqnr_db\": {}",
               jsonNumber(loss->clippedShare()), jsonNumber(loss->sqnr()));
  fmt::print("}}\n");
}

void printTable(const ObserverState &seen, const ObservedRange &range,
                const QParamsList &params, float eps,
                const std::optional<Loss> &loss) {
  fmt::print("{:<9} {:<12} {:<12} {:<12} {:<12} {:<14} {}\n",
             params.scales.size() > 1 ? "channel" : "", "min", "max", "low",
             "high", "scale", "zero point");
  for (size_t i = 0; i < params.scales.size(); ++i)
    fmt::print("{:<9} {:<12.6g} {:<12.6g} {:<12.6g} {:<12.6g} {:<14.9g} {}{}\n",
               params.scales.size() > 1 ? fmt::format("{}", i) : "",
               seen.min[i], seen.max[i], range.low[i], range.high[i],
               params.scales[i],
               params.floatZeroPoints.empty()
                   ? fmt::format("{}", params.zeroPoints[i])
                   : fmt::format("{}", params.floatZeroPoints[i]),
               params.scales[i] <= eps ? "  (scale is the floor eps)" : "");
  if (loss)
    fmt::print("{} values, {:.4f} % clipped, SQNR {:.2f} dB\n", seen.count,
               100 * loss->clippedShare(), loss->sqnr());
  if (seen.infinities)
    fmt::print("{} infinite values left out\n", seen.infinities);
}

absl::Status observe(const ObserveArguments &arguments) {
  PT2E_ASSIGN_OR_RETURN(ObserverOptions options, toOptions(arguments));
  std::string name = arguments.observer;
  std::replace(name.begin(), name.end(), '-', '_');
  absl::StatusOr<std::unique_ptr<Observer>> observer =
      makeObserver(name, options);
  if (!observer.ok())
    return observer.status();
  const int64_t files = arguments.tensors.size();
  Progress progress("observing");
  for (int64_t i = 0; i < files; ++i) {
    const std::string &path = arguments.tensors[i];
    PT2E_ASSIGN_OR_RETURN(Tensor tensor, readFloats(path));
    PT2E_RETURN_IF_ERROR(withContext(
        path, (*observer)->observe(tensor.elements<float>(), tensor.shape())));
    progress.update(i + 1, 2 * files);
  }
  PT2E_ASSIGN_OR_RETURN(QParamsList params, (*observer)->calculateQParams());
  PT2E_ASSIGN_OR_RETURN(ObservedRange range, (*observer)->range());
  std::optional<Loss> loss;
  if (params.floatZeroPoints.empty()) {
    loss.emplace();
    for (int64_t i = 0; i < files; ++i) {
      PT2E_ASSIGN_OR_RETURN(Tensor tensor, readFloats(arguments.tensors[i]));
      PT2E_RETURN_IF_ERROR(loss->add(tensor, options, params,
                                     arguments.observer.find("per-channel") !=
                                         std::string::npos));
      progress.update(files + i + 1, 2 * files);
    }
  }
  const ObserverState &seen = (*observer)->statistics();
  if (arguments.json)
    printJson(seen, range, params, loss);
  else
    printTable(seen, range, params, options.spec.eps, loss);
  return absl::OkStatus();
}

} // namespace

int observeCommand(Arguments argumentList) {
  ObserveArguments arguments;
  Options options(
      "observe",
      "Shows tensors to an observer, one after the other, and prints the range "
      "seen (min, max), the\nrange chosen (low, high), scale and zero point, "
      "the share of values that is clipped, and the\nratio of signal to "
      "quantization error.");
  options.positional("x.npy...", arguments.tensors,
                     "f32 or f16 tensors, in the order of the calls");
  options.option("observer", "NAME", arguments.observer,
                 "min-max, moving-average-min-max, per-channel-min-max,\n"
                 "moving-average-per-channel-min-max, histogram, or\n"
                 "merging-histogram (default)");
  options.oneOf({"min-max", "moving-average-min-max", "per-channel-min-max",
                 "moving-average-per-channel-min-max", "histogram",
                 "merging-histogram"});
  options.option("dtype", "TYPE", arguments.dtype,
                 "int4, uint4, int8, uint8, int16, uint16 (default int8)");
  options.option("qscheme", "S", arguments.qscheme,
                 "affine-, symmetric- or symmetric-no-clipping-tensor or\n"
                 "-channel, affine-channel-float (default affine-tensor)");
  std::vector<std::string> schemes;
  for (const NamedScheme &scheme : kSchemes)
    schemes.push_back(scheme.name);
  options.oneOf(std::move(schemes));
  options.option("qmin", "N", arguments.qmin,
                 "smallest code (default: all of the type)");
  options.option("qmax", "N", arguments.qmax, "largest code");
  options.option("eps", "E", arguments.eps,
                 "smallest scale (default 0x1p-23; XNNPACK uses 0x1p-12)");
  options.option("ch-axis", "A", arguments.channelAxis,
                 "axis of the channels (default 0)");
  options.option("averaging-constant", "C", arguments.averagingConstant,
                 "weight of a call in moving averages (default 0.01)");
  options.flag("json", arguments.json,
               "print JSON, floats as hexadecimal strings");
  options.example("pt2e observe x_0.npy x_1.npy --observer histogram --eps "
                  "0x1p-12 --json",
                  "what PyTorch's HistogramObserver would choose");
  if (auto code = options.parse(argumentList))
    return *code;
  return finish("observe", observe(arguments));
}

} // namespace pt2e::tool
