/// \file
/// Several quantizers, one after the other, on one program.
#ifndef PT2E_QUANTIZERS_COMPOSABLEQUANTIZER_H
#define PT2E_QUANTIZERS_COMPOSABLEQUANTIZER_H

#include <memory>
#include <vector>

#include "pt2e/Quantizers/Quantizer.h"

namespace pt2e::quantizer {

/// The children annotate in the order that they were added. One that replaces
/// what an earlier one said ends the compilation with an error that names the
/// op and both: order is no priority. What an earlier one annotated a later one
/// sees, and may say again.
class ComposableQuantizer final : public Quantizer {
public:
  void add(std::unique_ptr<Quantizer> child) {
    children.push_back(std::move(child));
  }

  std::string_view name() const override { return "composable"; }
  void annotate(Graph &graph) override;
  void prepare(Graph &graph, Sites &sites) override;

private:
  std::vector<std::unique_ptr<Quantizer>> children;
};

} // namespace pt2e::quantizer

#endif // PT2E_QUANTIZERS_COMPOSABLEQUANTIZER_H
