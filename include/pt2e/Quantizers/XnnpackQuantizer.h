/// \file
/// The quantizer for XNNPACK: int8 activations per tensor, int8 weights per
/// tensor or per channel, as PyTorch's XNNPACKQuantizer and beyond it.
#ifndef PT2E_QUANTIZERS_XNNPACKQUANTIZER_H
#define PT2E_QUANTIZERS_XNNPACKQUANTIZER_H

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pt2e/Quantizers/Quantizer.h"

namespace pt2e::quantizer {

/// How the ops of a selection are quantized. Biases stay float here: lowering
/// gives them 32 bits and the scale of input times weight.
struct QuantizationConfig {
  /// Inputs and outputs; without observer, the mode's default.
  Spec activation;
  /// Axis 0 is the output channel; rules move it where an op has it elsewhere.
  Spec weight;
};

/// PyTorch's `get_symmetric_quantization_config`: symmetric weights, affine
/// activations, eps 2^-12.
///
/// \returns nothing for `isQat` and `isDynamic`, which are not supported.
std::optional<QuantizationConfig>
getSymmetricQuantizationConfig(bool isPerChannel = false, bool isQat = false,
                               bool isDynamic = false, int actQmin = -128,
                               int actQmax = 127, int weightQmin = -127,
                               int weightQmax = 127);

enum class Compat {
  /// Clamps observed behind the clamp and fused, zero pads, sub and unary
  /// functions annotated, ranges from the merging histogram.
  None,
  /// The choices of PyTorch's XNNPACKQuantizer (torchao, ExecuTorch 1.5).
  Torchao,
};

class XnnpackQuantizer : public Quantizer {
public:
  /// Nothing: float.
  using Choice = std::optional<QuantizationConfig>;
  using Filter = std::function<bool(const Graph &, Op)>;

  /// What holds for an op is the first of: the choice for the innermost module
  /// with a name given, for the innermost module type given, for its operator,
  /// the global one. Of those given twice the last counts.
  XnnpackQuantizer &setGlobal(Choice choice);
  /// \param path  "features.0"; holds for the modules in it too.
  XnnpackQuantizer &setModuleName(std::string path, Choice choice);
  /// \param type  whole, "torch.nn.modules.conv.Conv2d", or its last part.
  XnnpackQuantizer &setModuleType(std::string type, Choice choice);
  /// \param schema  "aten::conv2d", or "aten::add" for all overloads.
  XnnpackQuantizer &setOperatorType(std::string schema, Choice choice);
  /// Ops for which it is false stay float.
  XnnpackQuantizer &setFilter(Filter filter);
  XnnpackQuantizer &setCompat(Compat compat);

  std::string_view name() const override { return "xnnpack"; }
  void annotate(Graph &graph) override;

private:
  using Rules = std::vector<std::pair<std::string, Choice>>;
  std::optional<Choice> globalChoice;
  Rules byModuleName, byModuleType, byOperator;
  Filter filter;
  Compat compat = Compat::None;
};

} // namespace pt2e::quantizer

#endif // PT2E_QUANTIZERS_XNNPACKQUANTIZER_H
