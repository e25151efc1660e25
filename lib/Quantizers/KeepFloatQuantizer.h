/// \file
/// Rules that keep ops in float, for a quantizer that takes no rules.
#ifndef PT2E_LIB_QUANTIZERS_KEEPFLOATQUANTIZER_H
#define PT2E_LIB_QUANTIZERS_KEEPFLOATQUANTIZER_H

#include <memory>

#include "pt2e/Quantizers/RuleQuantizer.h"

namespace pt2e::quantizer {

/// What `child` annotates, but for the ops that a rule keeps in float.
class KeepFloatQuantizer final : public RuleQuantizer {
public:
  explicit KeepFloatQuantizer(std::unique_ptr<Quantizer> child)
      : child(std::move(child)) {}

  std::string_view name() const override { return child->name(); }
  void annotate(Graph &graph) override;
  void prepare(Graph &graph, Sites &sites) override {
    child->prepare(graph, sites);
  }
  /// Knows "float" alone.
  std::optional<Choice> recipe(std::string_view name,
                               std::string &error) const override;

private:
  std::unique_ptr<Quantizer> child;
};

} // namespace pt2e::quantizer

#endif // PT2E_LIB_QUANTIZERS_KEEPFLOATQUANTIZER_H
