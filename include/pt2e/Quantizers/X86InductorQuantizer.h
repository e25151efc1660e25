/// \file
/// PyTorch's X86InductorQuantizer: uint8 activations and int8 weights for
/// oneDNN's kernels. What it makes is for programs that go back to PyTorch;
/// XNNPACK does not multiply uint8 with int8.
#ifndef PT2E_QUANTIZERS_X86INDUCTORQUANTIZER_H
#define PT2E_QUANTIZERS_X86INDUCTORQUANTIZER_H

#include "pt2e/Quantizers/RuleQuantizer.h"

namespace pt2e::quantizer {

/// PyTorch's `get_default_x86_inductor_quantization_config`.
///
/// \param reduceRange  7 bits of activations, for CPUs without VNNI, whose
///                     products of 16 bits would overflow.
QuantizationConfig getDefaultX86InductorQuantizationConfig(
    bool isQat = false, bool isDynamic = false, bool reduceRange = false);

/// PyTorch's `get_x86_inductor_linear_dynamic_fp16_config`: f16 weights.
QuantizationConfig getX86InductorLinearFp16Config();

/// Annotates what the reference does: the inputs of convolutions, linear ops
/// and products of one shape, an add behind a convolution with it, and pools,
/// cat and flatten behind those with the same scale on both sides. matmul
/// only if a choice is about it. Results are observed where they are read.
///
/// Static and dynamic choices may be mixed, which PyTorch drops.
class X86InductorQuantizer final : public RuleQuantizer {
public:
  explicit X86InductorQuantizer(bool reduceRange = false, bool isQat = false)
      : reduceRange(reduceRange), isQat(isQat) {}

  std::string_view name() const override { return "x86-inductor"; }
  void annotate(Graph &graph) override;
  /// static-int8, dynamic-int8, weight-only-float16 or a16w8 (f16 weights of
  /// linear ops).
  std::optional<Choice> recipe(std::string_view name,
                               std::string &error) const override;

private:
  bool reduceRange, isQat;
};

} // namespace pt2e::quantizer

#endif // PT2E_QUANTIZERS_X86INDUCTORQUANTIZER_H
