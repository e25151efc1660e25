/// \file
/// pt2e quantize: a .pt2 to an int8 .pte.

#include "Commands.h"
#include "CompileCommon.h"
#include "DataArguments.h"
#include "QuantizeArguments.h"
#include "fmt/format.h"

namespace pt2e::tool {

int quantizeCommand(Arguments argumentList) {
  CompileRequest request;
  CompileArguments arguments;
  QuantizeArguments quantize;
  bool prepareTraining = false, prepareCalibration = false,
       convertTrained = false;
  std::optional<int64_t> threads;
  Options options(
      "quantize",
      "Quantizes an exported program, by default to int8 with ranges taken "
      "from calibration data, and\nlowers it to XNNPACK. Calibration runs the "
      "float "
      "program on ExecuTorch.\n\n"
      "DATA is a .npy per input (the first axis is cut into batches, or one "
      "call per entry if\nit has one axis more than the input), a folder of "
      "calib_K.npy (calib_K_argI.npy for\nseveral inputs), an idx file or a "
      "uint8 .npy of images, or a folder of PNG and JPEG.");
  addCompileOptions(options, request, arguments);
  options.option("calibration", "DATA", request.calibration.data,
                 "what the program sees while its ranges are taken; only\n"
                 "what is quantized statically needs it");
  addQuantizeOptions(options, quantize);
  options.flag(
      "qat-prepare", prepareTraining,
      "write a .pt2 to train in PyTorch, with fake quantize; M.pt2 is\n"
      "exported in training mode (docs/qat.md)");
  options.flag("ptq-prepare", prepareCalibration,
               "write a .pt2 to calibrate in PyTorch, with observers\n"
               "(docs/qat.md)");
  options.flag("qat-convert", convertTrained,
               "M.pt2 is what --qat-prepare or --ptq-prepare wrote, trained\n"
               "or calibrated: its ranges are taken as they are");
  options.option(
      "autotune", "T.json", request.timings,
      "measure which operators are faster in float on this machine,\n"
      "with --threads, and compute those so; T.json keeps the times\n"
      "(docs/recipes.md)");
  addThreadsOption(options, threads);
  addDataOptions(options, request.calibration.input);
  options.example("pt2e quantize model.pt2 --calibration calib/ -o model.pte "
                  "--report report.json",
                  "calibrate with calib/calib_0.npy, calib_1.npy, ...");
  options.example("pt2e quantize model.pt2 --recipe dynamic-int8 --only "
                  "torch.nn.Linear -o model.pte",
                  "PyTorch's quantize_dynamic; without calibration");
  options.example("pt2e quantize model.pt2 --recipe weight-only-int4:group=32 "
                  "-o model.pte",
                  "weights of 4 bits, a scale for each 32 inputs");
  options.example("pt2e quantize resnet8.pt2 --calibration "
                  "train-images-idx3-ubyte.gz --samples 512 --mean 0.286 --std "
                  "0.353 -o resnet8.pte",
                  "calibrate with images");
  if (auto code = options.parse(argumentList))
    return *code;
  if (absl::Status status = quantize.verify(); !status.ok())
    return refuse("quantize", status);
  int exitCode = kFailed;
  absl::StatusOr<QuantizeOptions> resolved = quantize.resolve(exitCode);
  if (!resolved.ok()) {
    finish("quantize", resolved.status());
    return exitCode;
  }
  if (absl::Status status = applyThreads(threads); !status.ok())
    return finish("quantize", status);
  const int training = prepareTraining + prepareCalibration + convertTrained;
  const auto usage = [](const char *message) {
    fmt::print(stderr, "pt2e quantize: {} (see pt2e quantize --help)\n",
               message);
    return kUsage;
  };
  if (training > 1)
    return usage("expected one of `--qat-prepare`, `--ptq-prepare` and "
                 "`--qat-convert`");
  if (training && !request.calibration.data.empty())
    return usage("expected no `--calibration`: PyTorch gives the ranges");
  using Training = CompileRequest::Training;
  request.training = prepareTraining      ? Training::Prepare
                     : prepareCalibration ? Training::Calibrate
                     : convertTrained     ? Training::Convert
                                          : Training::None;
  if (!convertTrained)
    request.quantize = *resolved;
  return runCompile("quantize", request, arguments);
}

} // namespace pt2e::tool
