/// \file
/// Watching a quantizer at its work, for `--pt2e-check-quantizer`.
#ifndef PT2E_QUANTIZERS_QUANTIZERCHECK_H
#define PT2E_QUANTIZERS_QUANTIZERCHECK_H

#include <memory>
#include <string>
#include <vector>

#include "pt2e/Quantizers/Quantizer.h"

namespace pt2e::quantizer {

/// Annotates as another quantizer does, and writes down what looks wrong.
class QuantizerCheck final : public Quantizer {
public:
  struct Finding {
    bool isError;
    std::string op; ///< name and modules; "conv2d in features.0 (Conv2d)"
    std::string what;
  };
  /// An operator that was neither annotated nor refused, by its schema.
  struct Unreached {
    std::string schema, op;
  };

  explicit QuantizerCheck(std::unique_ptr<Quantizer> checked)
      : checked(std::move(checked)) {}

  std::string_view name() const override { return checked->name(); }
  void annotate(Graph &graph) override;
  void prepare(Graph &graph, Sites &sites) override {
    checked->prepare(graph, sites);
  }

  const std::vector<Finding> &findings() const { return found; }
  const std::vector<Unreached> &unreached() const { return missed; }
  /// Operators on floats, those annotated, and those refused with a reason.
  size_t numOps() const { return operators; }
  size_t numAnnotated() const { return annotated; }
  size_t numRefused() const { return refused; }

private:
  const std::unique_ptr<Quantizer> checked;
  std::vector<Finding> found;
  std::vector<Unreached> missed;
  size_t operators = 0, annotated = 0, refused = 0;
};

} // namespace pt2e::quantizer

#endif // PT2E_QUANTIZERS_QUANTIZERCHECK_H
