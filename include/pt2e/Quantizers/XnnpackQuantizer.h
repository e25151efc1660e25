/// \file
/// The quantizer for XNNPACK: static and dynamic int8, int8 and int4 weights,
/// as PyTorch's XNNPACKQuantizer and beyond it.
#ifndef PT2E_QUANTIZERS_XNNPACKQUANTIZER_H
#define PT2E_QUANTIZERS_XNNPACKQUANTIZER_H

#include "pt2e/Quantizers/RuleQuantizer.h"

namespace pt2e::quantizer {

/// PyTorch's `get_symmetric_quantization_config`: symmetric weights, affine
/// activations, eps 2^-12.
///
/// \param isQat  moving averages, as fake quantizers have in training.
/// \param isDynamic  the activation is quantized at run time, and results
///                   stay float.
QuantizationConfig
getSymmetricQuantizationConfig(bool isPerChannel = false, bool isQat = false,
                               bool isDynamic = false, int actQmin = -128,
                               int actQmax = 127, int weightQmin = -127,
                               int weightQmax = 127);

/// Weights of `bits` 8 or 4, signed and symmetric; activations float, or
/// dynamic int8 with `isDynamic`.
///
/// \param group  inputs that share a scale; 0: one scale per output channel.
QuantizationConfig getWeightQuantizationConfig(uint8_t bits, int64_t group = 0,
                                               bool isDynamic = false);

enum class Compat {
  /// Clamps observed behind the clamp and fused, zero pads, sub and unary
  /// functions annotated, ranges from the merging histogram.
  None,
  /// The choices of PyTorch's XNNPACKQuantizer (torchao, ExecuTorch 1.5).
  Torchao,
};

class XnnpackQuantizer final : public RuleQuantizer {
public:
  void setCompat(Compat mode) { compat = mode; }
  /// Static and dynamic recipes are those of training: moving averages.
  void setQat(bool on) { isQat = on; }

  std::string_view name() const override { return "xnnpack"; }
  void annotate(Graph &graph) override;
  /// docs/recipes.md has the list.
  std::optional<Choice> recipe(std::string_view name,
                               std::string &error) const override;

private:
  Compat compat = Compat::None;
  bool isQat = false;
};

} // namespace pt2e::quantizer

#endif // PT2E_QUANTIZERS_XNNPACKQUANTIZER_H
