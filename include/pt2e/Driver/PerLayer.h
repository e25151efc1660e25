/// \file
/// Where a quantized program departs from its float program: value by value in
/// one paired run, and with one site quantized at a time.
#ifndef PT2E_DRIVER_PERLAYER_H
#define PT2E_DRIVER_PERLAYER_H

#include <functional>
#include <string>
#include <vector>

#include "pt2e/Driver/Compilation.h"
#include "pt2e/Runtime/Compare.h"

namespace pt2e {

struct PerLayerRequest {
  std::string input; ///< a .pt2
  /// What it is compared with: another .pt2, or the same program quantized.
  std::string other;
  QuantizeOptions quantize;
  /// `input` was trained with fake quantize: the quantized program is what
  /// training made of it.
  bool isTrained = false;
  CalibrationOptions calibration;
  std::map<std::string, int64_t> maxDims;
  /// What both programs run on.
  std::vector<std::string> data;
  runtime::DataOptions dataOptions;
  /// Also quantize each site alone and compare the outputs.
  bool sitesAlone = false;
  /// Called when a step begins, and as it goes on.
  std::function<void(const std::string &step)> onStep;
  std::function<void(int64_t done, int64_t all)> progress;
};

/// A value of both programs, and how far it is apart.
struct LayerDifference {
  std::string value;              ///< name in the exported graph: "conv2d_3"
  std::string op;                 ///< "aten::conv2d"; empty for an input
  std::string module, moduleType; ///< innermost module of its producer
  std::string site;               ///< that quantizes it; empty if none does
  runtime::Difference difference;
};

/// A site, and what the outputs lose if nothing else is quantized.
struct SiteAlone {
  std::string site;
  std::string module, moduleType; ///< of the first value that it serves
  bool isConstant = false;        ///< it quantizes weights
  /// Sites of weights that had to be quantized with it: rows and images are
  /// quantized at run time for products with codes alone.
  std::vector<std::string> with;
  std::vector<runtime::Difference> outputs;
  std::string error; ///< why it could not be quantized alone
};

struct PerLayerResult {
  std::vector<LayerDifference> layers; ///< largest loss first
  std::vector<runtime::Difference> outputs;
  std::vector<SiteAlone> alone; ///< largest loss first
};

/// What is compared: the float program after simplification, and the program
/// that `pt2e quantize` writes, with its integer arithmetic; a value that is
/// quantized is looked at behind its dequantize, the result of an op with
/// quantized weights or a dynamic input as it is. The two run in turns on each
/// call (runtime::runPaired), so that memory is the live set of both.
///
/// Of a trained program the float one is the same without fake quantize.
///
/// With `other`, two float programs: the f32 result of every operator whose
/// name both have is compared. Looking at it keeps the op in float.
///
/// \returns nothing after an error.
std::optional<PerLayerResult> comparePerLayer(const PerLayerRequest &request,
                                              const ErrorHandler &error);

} // namespace pt2e

#endif // PT2E_DRIVER_PERLAYER_H
