#include "pt2e/Quantizers/XnnpackQuantizer.h"

#include "XnnpackRules.h"

using namespace pt2e::quantizer;

std::optional<QuantizationConfig>
pt2e::quantizer::getSymmetricQuantizationConfig(bool isPerChannel, bool isQat,
                                                bool isDynamic, int actQmin,
                                                int actQmax, int weightQmin,
                                                int weightQmax) {
  if (isQat || isDynamic)
    return std::nullopt;
  constexpr float kEps = 0x1p-12f;
  QuantizationConfig config;
  config.activation.kind = Spec::Kind::Static;
  config.activation.quantMin = actQmin;
  config.activation.quantMax = actQmax;
  config.activation.scheme = Scheme::Affine;
  config.activation.eps = kEps;
  config.weight.kind = Spec::Kind::Static;
  config.weight.quantMin = weightQmin;
  config.weight.quantMax = weightQmax;
  config.weight.scheme = Scheme::Symmetric;
  config.weight.axis = isPerChannel ? 0 : -1;
  config.weight.observer = isPerChannel ? "per_channel_min_max" : "min_max";
  config.weight.eps = kEps;
  return config;
}

//===----------------------------------------------------------------------===//
// Selection
//===----------------------------------------------------------------------===//

XnnpackQuantizer &XnnpackQuantizer::setGlobal(Choice choice) {
  globalChoice = std::move(choice);
  return *this;
}

XnnpackQuantizer &XnnpackQuantizer::setModuleName(std::string path,
                                                  Choice choice) {
  byModuleName.emplace_back(std::move(path), std::move(choice));
  return *this;
}

XnnpackQuantizer &XnnpackQuantizer::setModuleType(std::string type,
                                                  Choice choice) {
  byModuleType.emplace_back(std::move(type), std::move(choice));
  return *this;
}

XnnpackQuantizer &XnnpackQuantizer::setOperatorType(std::string schema,
                                                    Choice choice) {
  byOperator.emplace_back(std::move(schema), std::move(choice));
  return *this;
}

XnnpackQuantizer &XnnpackQuantizer::setFilter(Filter function) {
  filter = std::move(function);
  return *this;
}

XnnpackQuantizer &XnnpackQuantizer::setCompat(Compat mode) {
  compat = mode;
  return *this;
}

/// True if `type` is `given`, whole or as its last part.
static bool isType(std::string_view type, std::string_view given) {
  if (type == given)
    return true;
  return type.size() > given.size() &&
         type.substr(type.size() - given.size()) == given &&
         type[type.size() - given.size() - 1] == '.';
}

/// True if `schema` is `given`, or an overload of it.
static bool isOperator(std::string_view schema, std::string_view given) {
  return schema == given || (schema.size() > given.size() &&
                             schema.substr(0, given.size()) == given &&
                             schema[given.size()] == '.');
}

namespace {
using Rules = std::vector<std::pair<std::string, XnnpackQuantizer::Choice>>;

/// The last rule that `matches`; null if none does.
template <typename Predicate>
const XnnpackQuantizer::Choice *lastMatch(const Rules &rules,
                                          Predicate matches) {
  for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule)
    if (matches(rule->first))
      return &rule->second;
  return nullptr;
}
} // namespace

/// Warns of each key that `matches` no op: a name that is spelled wrong.
template <typename Matches>
static void warnOfUnused(Graph &graph, const Rules &rules,
                         std::string_view what, Matches matches) {
  for (const auto &[key, choice] : rules) {
    bool isUsed = false;
    for (uint32_t i = 0; i < graph.numOps() && !isUsed; ++i)
      isUsed = matches(Op{i}, key);
    if (!isUsed)
      graph.warn("expected ops of the " + std::string(what) + " '" + key +
                 "' that a choice names, but there are none");
  }
}

void XnnpackQuantizer::annotate(Graph &graph) {
  auto isNamed = [](const Module &module, const std::string &key) {
    return module.path == key;
  };
  auto isOfType = [](const Module &module, const std::string &key) {
    return isType(module.type, key);
  };
  auto isOverload = [&](Op op, const std::string &key) {
    return isOperator(graph.schema(op), key);
  };
  /// The choice for the innermost module that a rule matches.
  auto byModule = [&](Op op, const Rules &rules,
                      auto matches) -> const Choice * {
    const Array<Module> modules = graph.modules(op);
    for (size_t i = modules.size(); i-- > 0;)
      if (const Choice *choice = lastMatch(rules, [&](const std::string &key) {
            return matches(modules[i], key);
          }))
        return choice;
    return nullptr;
  };
  auto isInModule = [&](auto matches) {
    return [&graph, matches](Op op, const std::string &key) {
      for (const Module &module : graph.modules(op))
        if (matches(module, key))
          return true;
      return false;
    };
  };
  warnOfUnused(graph, byModuleName, "module", isInModule(isNamed));
  warnOfUnused(graph, byModuleType, "module type", isInModule(isOfType));
  warnOfUnused(graph, byOperator, "operator", isOverload);

  std::vector<Selection> selections;
  for (uint32_t i = 0; i < graph.numOps(); ++i) {
    const Op op{i};
    const Choice *choice = byModule(op, byModuleName, isNamed);
    if (!choice)
      choice = byModule(op, byModuleType, isOfType);
    if (!choice)
      choice = lastMatch(byOperator, [&](const std::string &key) {
        return isOverload(op, key);
      });
    Selection selection;
    selection.isOwn = choice;
    if (!choice && globalChoice)
      choice = &*globalChoice;
    if (!choice)
      selection.state = Selection::State::None;
    else if (!*choice || (filter && !filter(graph, op)))
      selection.state = Selection::State::Float;
    else {
      selection.state = Selection::State::Quantized;
      selection.config = &**choice;
    }
    selections.push_back(selection);
  }
  annotateForXnnpack(graph, selections, compat);
}
