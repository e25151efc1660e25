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
      "Quantizes an exported program, by default to int8 with ranges taken "
      "from "
      "calibration data, and\nlowers it to XNNPACK. Calibration runs the float "
      "program on ExecuTorch.\n\n"
      "DATA is a .npy per input (the first axis is cut into batches, or one "
      "call per entry if\nit has one axis more than the input), a folder of "
      "calib_K.npy (calib_K_argI.npy for\nseveral inputs), an idx file or a "
      "uint8 .npy of images, or a folder of PNG and JPEG.");
  addCompileOptions(options, request, arguments);
  options.option("calibration", "DATA", request.calibration.data,
                 "what the program sees while its ranges are taken; only\n"
                 "what is quantized statically needs it");
  quantize.recipe.clear();
  options.option("recipe", "R", quantize.recipe,
                 "static-int8 (the default), static-int8-per-tensor,\n"
                 "dynamic-int8, weight-only-int8, weight-only-int4[:group=N],\n"
                 "8da4w[:group=N] or a16w8 (docs/recipes.md)");
  options.option("only", "WHAT", quantize.only,
                 "the recipe is for these module types (torch.nn.Linear),\n"
                 "operators (aten::conv2d) or modules (features.*); the rest\n"
                 "stays float");
  options.flag("per-tensor", perTensor, "--recipe static-int8-per-tensor");
  options.option("quantizer", "NAME", quantize.quantizer,
                 "xnnpack (the default), x86-inductor, embedding or one of a\n"
                 "plugin");
  options.option("quantizer-option", "KEY=VALUE", quantize.quantizerOptions,
                 "an option of the quantizer");
  options.option("config", "C.json", quantize.configFile,
                 "rules for what is quantized and how (docs/config.md)");
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
  if (perTensor && !quantize.recipe.empty())
    return finish(
        "quantize",
        runtime::invalid("expected --recipe or --per-tensor, not both"));
  if (quantize.recipe.empty())
    quantize.recipe = perTensor ? "static-int8-per-tensor" : "static-int8";
  quantize.compat = !compat.empty();
  request.quantize = quantize;
  return runCompile("quantize", request, arguments);
}

} // namespace pt2e::tool
