/// \file
/// The quantizers there are, by name: those of the project, and what plugins
/// add. Needs nothing but the C++17 library and Quantizer.h.
#ifndef PT2E_QUANTIZERS_QUANTIZERREGISTRY_H
#define PT2E_QUANTIZERS_QUANTIZERREGISTRY_H

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pt2e/Quantizers/Quantizer.h"

namespace pt2e::quantizer {

/// What a quantizer is asked for, in the order given: {"reduce-range", "true"}.
using QuantizerOptions = std::vector<std::pair<std::string, std::string>>;

/// Makes a quantizer for one compilation; null, with one sentence in `error`,
/// if it does not know an option or its value.
using QuantizerFactory = std::function<std::unique_ptr<Quantizer>(
    const QuantizerOptions &options, std::string &error)>;

class QuantizerRegistry {
public:
  /// The one of this process, with the project's quantizers in it. Add to it
  /// before compilations begin: adding and making do not exclude each other.
  static QuantizerRegistry &get();

  /// \param description  one line for lists of what there is.
  /// \param takesRules  what the factory makes is a RuleQuantizer.
  /// \returns false if `name` is taken.
  bool add(std::string name, std::string description, QuantizerFactory factory,
           bool takesRules = false);

  /// \returns null, with one sentence in `error`, if there is no quantizer
  ///          `name` or it does not take `options`.
  std::unique_ptr<Quantizer> make(std::string_view name,
                                  const QuantizerOptions &options,
                                  std::string &error) const;

  /// True if there is a quantizer `name` that recipes and rules steer.
  bool takesRules(std::string_view name) const;

  struct Entry {
    std::string name, description;
    QuantizerFactory factory;
    bool takesRules = false;
  };
  /// Sorted by name.
  const std::vector<Entry> &entries() const { return list; }

private:
  QuantizerRegistry();
  std::vector<Entry> list;
};

} // namespace pt2e::quantizer

#endif // PT2E_QUANTIZERS_QUANTIZERREGISTRY_H
