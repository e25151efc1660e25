/// \file
/// PyTorch's EmbeddingQuantizer: tables of embeddings as codes.
#ifndef PT2E_QUANTIZERS_EMBEDDINGQUANTIZER_H
#define PT2E_QUANTIZERS_EMBEDDINGQUANTIZER_H

#include "pt2e/Quantizers/Quantizer.h"

namespace pt2e::quantizer {

/// Unsigned codes of `bits` 8 or 4, a scale and a real zero point per row, as
/// the runtime's embedding kernels read them.
Spec getEmbeddingSpec(uint8_t bits = 8);

/// Annotates the tables of all embeddings, and nothing else.
class EmbeddingQuantizer final : public Quantizer {
public:
  explicit EmbeddingQuantizer(uint8_t bits = 8) : bits(bits) {}

  std::string_view name() const override { return "embedding"; }
  void annotate(Graph &graph) override;

private:
  uint8_t bits;
};

} // namespace pt2e::quantizer

#endif // PT2E_QUANTIZERS_EMBEDDINGQUANTIZER_H
