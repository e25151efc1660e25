/// \file
/// Rules that say for each op of a program how it is quantized: what the
/// config file, the recipes and PyTorch's setters have in common.
#ifndef PT2E_QUANTIZERS_RULEQUANTIZER_H
#define PT2E_QUANTIZERS_RULEQUANTIZER_H

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pt2e/Quantizers/Quantizer.h"

namespace pt2e::quantizer {

/// The block of a dynamic activation that has one scale for the whole tensor,
/// of any rank; an empty block leaves that to the quantizer.
inline const Block kWholeTensor{-1};

/// How the ops of a selection are quantized.
struct QuantizationConfig {
  /// Inputs, and outputs if static. Float: the weight only. A static one
  /// without observer gets the quantizer's default.
  Spec activation;
  /// Outputs, if otherwise than inputs. Ops that keep the scale of what they
  /// read have none of their own.
  std::optional<Spec> output;
  /// Axis 0 is the output channel; rules move it where an op has it elsewhere.
  /// A block has the rank of the weights that it is for.
  Spec weight;
  /// Float: lowering gives it 32 bits and the scale of input times weight. Or
  /// derived, of input and weight of the op whatever its operands `from`.
  Spec bias;
  /// What weights are kept as where the backend does not run `weight`.
  Spec otherWeight;
  /// Tables of embeddings.
  Spec embedding;
};

/// Nothing: float.
using Choice = std::optional<QuantizationConfig>;

/// Which ops a rule is about: those that meet all it says. Names of modules,
/// operators and values may hold `*` (any text) and `?` (any character).
struct Selector {
  /// Path of a module that the op was called in, at any depth.
  std::string module;
  /// Begins such a path: a regular expression of Python, as docs/config.md
  /// says.
  std::string moduleRegex;
  /// Only the path of the innermost module counts for `moduleRegex`.
  bool isInnermost = false;
  /// Its class: whole, "torch.nn.modules.conv.Conv2d", as one writes it,
  /// "torch.nn.Conv2d", or the last part, "Conv2d".
  std::string moduleType;
  /// "aten::conv2d", or "aten::add" for all overloads.
  std::string op;
  /// The op's name in the exported graph, which is that of its result.
  std::string value;
  /// Lies on a way from an op of module `from` to one of module `to`.
  std::string from, to;
  /// The n-th of what the rest selects, negative: from the end. Without
  /// operator the ops with a weight are counted.
  std::optional<int64_t> position;
  /// Elements of the op's weight.
  std::optional<int64_t> minSize, maxSize;

  bool selectsAll() const;
};

struct Rule {
  Selector selector;
  Choice choice;
  /// Says nothing if it matches nothing.
  bool optional = false;
  /// How messages name the rule: "c.json:4:5".
  std::string where;
};

/// A rule, or a choice of a setter, that selected nothing in a graph.
struct UnusedRule {
  enum class Kind { Optional, Setter, Rule };
  Kind kind;
  std::string message;
};

/// What the rules say about one op.
struct Selection {
  enum class State {
    None,      ///< nothing: the op may still follow a neighbour
    Float,     ///< stays float
    Quantized, ///< by `config`
  };
  State state = State::None;
  const QuantizationConfig *config = nullptr;
  /// By a rule that does not select everything.
  bool isOwn = false;
  /// Where the rule stands and what it selects, for messages; empty for others
  /// than `Float`, and for a choice about everything.
  std::string rule = {};
};

/// Why an op that `selection` is about stays float: "a choice keeps it in
/// float", and which.
std::string keptByChoice(const Selection &selection);

/// A quantizer that rules steer.
class RuleQuantizer : public Quantizer {
public:
  using Filter = std::function<bool(const Graph &, Op)>;
  /// Why the backend does not run `op` by `config`; nothing if it does.
  using Legality = std::function<std::optional<std::string>(
      const Graph &graph, Op op, const QuantizationConfig &config)>;

  /// PyTorch's setters. What holds for an op is the first of: the choice for
  /// the innermost module with a name given, for the innermost module type
  /// given, for its operator, the global one. Of those given twice the last
  /// counts. One that matches nothing is a warning.
  void setGlobal(Choice choice);
  /// \param path  "features.0"; holds for the modules in it too.
  void setModuleName(std::string path, Choice choice);
  void setModuleType(std::string type, Choice choice);
  /// \param schema  "aten::conv2d", or "aten::add" for all overloads.
  void setOperatorType(std::string schema, Choice choice);
  /// Ops for which it is false stay float.
  void setFilter(Filter filter);

  /// Overrides the setters and the rules before it. One that matches nothing
  /// is an error.
  void addRule(Rule rule);

  /// Asked before an op is annotated; nothing is asked without.
  void setLegality(Legality legality);

  /// Hears of what selects nothing in a graph, where a program has several of
  /// them. Without it the graph hears: rules fail, setters warn.
  using UnusedHandler = std::function<void(const UnusedRule &)>;
  void setUnusedHandler(UnusedHandler handler);

  /// What the recipe of this name is for this quantizer: "dynamic-int8",
  /// "weight-only-int4:group=32"; "float" is the choice of float. Nothing,
  /// with a sentence in `error`, if there is none.
  virtual std::optional<Choice> recipe(std::string_view name,
                                       std::string &error) const = 0;

protected:
  /// An entry for each op of `graph`, valid as long as the rules are.
  std::vector<Selection> select(Graph &graph) const;
  const Legality &legality() const { return whyNot; }

private:
  /// The kinds of setters, the weaker first; rules are stronger than all.
  enum class Tier { Global, Operator, ModuleType, ModuleName, Rule };
  struct TieredRule {
    Tier tier;
    Rule rule;
  };
  void add(Tier tier, Selector selector, Choice choice);
  void tellUnused(Graph &graph, const TieredRule &entry) const;

  std::vector<TieredRule> rules;
  Filter filter;
  Legality whyNot;
  UnusedHandler hearsOfUnused;
};

/// What a user means by one word, as for `--only`: "aten::conv2d" and
/// "torch.add" are operators, "torch.nn.Linear" and "Linear" module types,
/// "features.*" is the path of a module.
Selector selectorOf(std::string_view word);

} // namespace pt2e::quantizer

#endif // PT2E_QUANTIZERS_RULEQUANTIZER_H
