/// \file
/// The config file as plain data; names are not looked up yet.
#ifndef LIB_QUANTIZERS_CONFIGREADER_H
#define LIB_QUANTIZERS_CONFIGREADER_H

#include <optional>
#include <string>
#include <vector>

#include "pt2e/Quantizers/QuantizerRegistry.h"
#include "pt2e/Quantizers/RuleQuantizer.h"
#include "llvm/Support/Error.h"

namespace pt2e::quantizer {

/// What a file says about one tensor of an op; the rest is its recipe's.
struct SpecChange {
  std::string place;
  bool isFloat = false;
  std::optional<Spec::Kind> kind;
  struct Codes {
    bool isSigned;
    uint8_t bits;
  };
  std::optional<Codes> codes;
  std::optional<Storage> storage;
  std::optional<int32_t> min, max;
  std::optional<Scheme> scheme;
  enum class Granularity { PerTensor, PerChannel, PerToken, PerBlock };
  std::optional<Granularity> granularity;
  Block block; ///< of PerBlock
  std::string observer;
  std::optional<float> eps, averagingConstant;
  std::optional<float> scale; ///< fixed
  std::optional<int32_t> zeroPoint;
};

/// What a rule does with the ops that it selects.
struct Action {
  std::string place;
  std::string recipe; ///< empty: the one below everything
  std::optional<SpecChange> activation, output, weight, otherWeight, embedding;
  bool derivesBias = false;

  bool changes() const {
    return activation || output || weight || otherWeight || embedding ||
           derivesBias;
  }
};

struct ConfigRule {
  Rule rule; ///< without its choice
  Action action;
};

/// One quantizer of a file.
struct QuantizerSection {
  std::string place;
  struct Plugin {
    std::string place, path;
  };
  std::vector<Plugin> plugins;
  std::optional<std::string> quantizer;
  QuantizerOptions options;
  std::optional<Action> base; ///< for what no rule is about
  bool isMapping = false;     ///< a QConfigMapping: float without a base
  std::vector<ConfigRule> rules;
};

/// The recipe that a name of one of PyTorch's QConfigs stands for; any other
/// name as it is.
llvm::StringRef recipeOfQConfig(llvm::StringRef name);

/// The quantizers of the file `text`; `name` is that of the file, for errors.
llvm::Expected<std::vector<QuantizerSection>>
readConfig(llvm::StringRef text, const std::string &name);

} // namespace pt2e::quantizer

#endif // LIB_QUANTIZERS_CONFIGREADER_H
