/// \file
/// Makes the quantizer that a command line and a config file ask for;
/// docs/config.md describes the file.
#ifndef PT2E_QUANTIZERS_QUANTIZERCONFIG_H
#define PT2E_QUANTIZERS_QUANTIZERCONFIG_H

#include <memory>
#include <string>
#include <vector>

#include "pt2e/Quantizers/QuantizerRegistry.h"
#include "pt2e/Quantizers/RuleQuantizer.h"
#include "llvm/Support/Error.h"

namespace pt2e::quantizer {

struct QuantizerRequest {
  /// A name of the registry, and options; the config file may name others.
  /// Several with commas between them annotate one after the other.
  /// Empty: that of the config file, else xnnpack.
  std::string quantizer;
  QuantizerOptions options;
  /// For what no rule of the config file is about; empty: static-int8.
  std::string recipe;
  /// If any: the recipe is for what one of these words selects (`selectorOf`),
  /// the rest stays float.
  std::vector<std::string> only;
  /// "head=float": a recipe for what a word selects. Stronger than the file.
  std::vector<std::string> rules;
  /// JSON; empty for none.
  std::string configFile;
  RuleQuantizer::Legality legality;
  RuleQuantizer::UnusedHandler unused;
};

/// \returns for what is wrong in the file its line and column:
///          `c.json:3:14: rules[0].apply: expected a recipe (...)`.
llvm::Expected<std::unique_ptr<Quantizer>>
makeQuantizer(const QuantizerRequest &request);

} // namespace pt2e::quantizer

#endif // PT2E_QUANTIZERS_QUANTIZERCONFIG_H
