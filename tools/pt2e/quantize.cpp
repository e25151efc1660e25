/// \file
/// pt2e quantize: a .pt2 to an int8 .pte.

#include "Commands.h"
#include "CompileCommon.h"
#include "DataArguments.h"
#include "fmt/format.h"
#include "pt2e/LoadPlugins.h"
#include "pt2e/Runtime/Status.h"

namespace pt2e::tool {

int quantizeCommand(Arguments argumentList) {
  CompileRequest request;
  CompileArguments arguments;
  QuantizeOptions quantize;
  bool perTensor = false;
  std::string compat;
  std::optional<int64_t> threads;
  std::vector<std::string> plugins;
  Options options(
      "quantize",
      "Quantizes an exported program to int8, with ranges taken from "
      "calibration data, and\nlowers it to XNNPACK. Calibration runs the float "
      "program on ExecuTorch.\n\n"
      "DATA is a .npy per input (the first axis is cut into batches, or one "
      "call per entry if\nit has one axis more than the input), a folder of "
      "calib_K.npy (calib_K_argI.npy for\nseveral inputs), an idx file or a "
      "uint8 .npy of images, or a folder of PNG and JPEG.");
  addCompileOptions(options, request, arguments);
  options.option("calibration", "DATA", request.calibration.data,
                 "what the program sees while its ranges are taken");
  options.required();
  options.flag("per-tensor", perTensor,
               "one scale for a weight, instead of one for each channel");
  options.option("config", "C.json", quantize.configFile,
                 "what to quantize and how, by module and operator\n"
                 "(docs/config.md)");
  options.option("quantizer", "NAME", quantize.quantizer,
                 "who decides what is quantized, and how (default xnnpack)");
  options.option("quantizer-option", "KEY=VALUE", quantize.quantizerOptions,
                 "what this quantizer is told");
  options.option("load-quantizer-plugin", "P.so", plugins,
                 "add the quantizers of a plugin; those in PT2E_PLUGIN_PATH\n"
                 "are there already (docs/quantizer-guide.md)");
  options.option("compat", "torchao", compat,
                 "quantize exactly what the PyTorch flow quantizes, with its "
                 "observers");
  addThreadsOption(options, threads);
  addDataOptions(options, request.calibration.input);
  options.example("pt2e quantize model.pt2 --calibration calib/ -o model.pte "
                  "--report report.json",
                  "calibrate with calib/calib_0.npy, calib_1.npy, ...");
  options.example("pt2e quantize resnet8.pt2 --calibration "
                  "train-images-idx3-ubyte.gz --samples 512 --mean 0.286 --std "
                  "0.353 -o resnet8.pte",
                  "calibrate with images");
  if (auto code = options.parse(argumentList))
    return *code;
  if (!compat.empty() && compat != "torchao")
    return finish(
        "quantize",
        runtime::invalid("expected --compat torchao, but got `{}`", compat));
  for (const absl::Status &status :
       {loadPluginsOfEnvironment(nullptr), loadQuantizerPlugins(plugins)})
    if (!status.ok())
      return finish("quantize", status);
  if (absl::Status status = applyThreads(threads); !status.ok())
    return finish("quantize", status);
  quantize.perChannel = !perTensor;
  quantize.compat = !compat.empty();
  request.quantize = quantize;
  return runCompile("quantize", request, arguments);
}

} // namespace pt2e::tool
