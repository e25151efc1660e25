#include "pt2e/Quantizers/RuleQuantizer.h"

#include <algorithm>

#include "ModuleRegex.h"

using namespace pt2e::quantizer;

//===----------------------------------------------------------------------===//
// Matching one op
//===----------------------------------------------------------------------===//

/// True if `text` is `pattern` with `*` and `?`.
static bool matchesGlob(std::string_view text, std::string_view pattern) {
  size_t i = 0, j = 0, star = pattern.npos, resume = 0;
  while (i < text.size()) {
    if (j < pattern.size() && pattern[j] == '*') {
      star = j++;
      resume = i;
    } else if (j < pattern.size() &&
               (pattern[j] == '?' || pattern[j] == text[i])) {
      ++i;
      ++j;
    } else if (star != pattern.npos) {
      j = star + 1;
      i = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', j) == pattern.npos;
}

/// True if `type` is `given`: whole, the last part, or `torch.nn.Conv2d` for
/// `torch.nn.modules.conv.Conv2d`.
static bool isType(std::string_view type, std::string_view given) {
  if (matchesGlob(type, given))
    return true;
  const std::string_view last = type.substr(type.rfind('.') + 1);
  if (matchesGlob(last, given))
    return true;
  constexpr std::string_view kAlias = "torch.nn.";
  constexpr std::string_view kWhole = "torch.nn.modules.";
  return type.substr(0, kWhole.size()) == kWhole &&
         given.substr(0, kAlias.size()) == kAlias &&
         matchesGlob(last, given.substr(kAlias.size()));
}

/// True if `schema` is `given`, or an overload of it.
static bool isOperator(std::string_view schema, std::string_view given) {
  return matchesGlob(schema, given) ||
         matchesGlob(schema.substr(0, schema.find('.')), given);
}

static std::optional<int64_t> weightSize(const Graph &graph, Op op) {
  OperandRange range = graph.tensors(op, "weight");
  if (range.count != 1)
    return std::nullopt;
  int64_t size = 1;
  for (int64_t extent : graph.shape(graph.operands(op)[range.first]))
    size *= extent < 0 ? 1 : extent;
  return size;
}

bool Selector::selectsAll() const {
  return module.empty() && moduleRegex.empty() && moduleType.empty() &&
         op.empty() && value.empty() && from.empty() && to.empty() &&
         !position && !minSize && !maxSize;
}

namespace {
/// A selector made ready for one graph.
class Matcher {
public:
  Matcher(Graph &graph, const Selector &selector);

  /// True if `op` is selected; `depth` is then how far inside the innermost
  /// module that the selector is about lies, 0 if it is about none.
  bool matches(Op op, size_t &depth) const;

private:
  bool matchesRest(Op op, size_t &depth) const;
  std::vector<bool> onWay(std::string_view from, std::string_view to) const;
  bool isIn(Op op, std::string_view path) const;

  const Graph &graph;
  const Selector &selector;
  std::optional<llvm::Regex> regex;
  /// Per op, if there is a region or position.
  std::vector<bool> inRegion;
  std::optional<Op> atPosition;
};

Matcher::Matcher(Graph &graph, const Selector &selector)
    : graph(graph), selector(selector) {
  if (!selector.moduleRegex.empty()) {
    llvm::Expected<llvm::Regex> compiled =
        compileModuleRegex(selector.moduleRegex);
    if (compiled)
      regex = std::move(*compiled);
    else
      graph.fail(llvm::toString(compiled.takeError()));
  }
  if (!selector.from.empty())
    inRegion = onWay(selector.from, selector.to);
  if (!selector.position)
    return;
  std::vector<Op> ops;
  for (uint32_t i = 0; i < graph.numOps(); ++i) {
    size_t depth = 0;
    if (!graph.schema({i}).empty() && matchesRest({i}, depth) &&
        (!selector.op.empty() || weightSize(graph, {i})))
      ops.push_back({i});
  }
  const int64_t count = ops.size();
  const int64_t place =
      *selector.position < 0 ? *selector.position + count : *selector.position;
  if (place >= 0 && place < count)
    atPosition = ops[place];
}

bool Matcher::isIn(Op op, std::string_view path) const {
  const Array<Module> modules = graph.modules(op);
  return std::any_of(modules.begin(), modules.end(), [&](const Module &module) {
    return !module.path.empty() && matchesGlob(module.path, path);
  });
}

/// Ops that an op of `from` reaches, or is, and that reach one of `to`, or are.
std::vector<bool> Matcher::onWay(std::string_view from,
                                 std::string_view to) const {
  const uint32_t count = graph.numOps();
  std::vector<bool> behind(count), before(count);
  for (uint32_t i = 0; i < count; ++i) {
    behind[i] = isIn({i}, from);
    for (const Value &value : graph.operands({i}))
      if (std::optional<Op> producer = graph.producer(value))
        behind[i] = behind[i] || behind[producer->number];
  }
  for (uint32_t i = count; i-- > 0;) {
    before[i] = isIn({i}, to);
    for (const Value &value : graph.results({i}))
      for (const Use &use : graph.users(value))
        before[i] = before[i] || before[use.op.number];
  }
  for (uint32_t i = 0; i < count; ++i)
    behind[i] = behind[i] && before[i];
  return behind;
}

bool Matcher::matchesRest(Op op, size_t &depth) const {
  depth = 0;
  if (!selector.op.empty() && !isOperator(graph.schema(op), selector.op))
    return false;
  if (!selector.value.empty() && !matchesGlob(graph.name(op), selector.value))
    return false;
  if (!inRegion.empty() && !inRegion[op.number])
    return false;
  if (selector.minSize || selector.maxSize) {
    const std::optional<int64_t> size = weightSize(graph, op);
    if (!size || (selector.minSize && *size < *selector.minSize) ||
        (selector.maxSize && *size > *selector.maxSize))
      return false;
  }
  const Array<Module> modules = graph.modules(op);
  auto find = [&](auto isMeant) {
    for (size_t i = modules.size(); i-- > 0;)
      if (isMeant(modules[i])) {
        depth = std::max(depth, i + 1);
        return true;
      }
    return false;
  };
  if (!selector.module.empty() && !find([&](const Module &module) {
        return !module.path.empty() &&
               matchesGlob(module.path, selector.module);
      }))
    return false;
  auto matchesRegex = [&](const Module &module) {
    return regex->match({module.path.data(), module.path.size()});
  };
  if (regex && !find([&](const Module &module) {
        return selector.isInnermost
                   ? &module == modules.end() - 1 && matchesRegex(module)
                   : !module.path.empty() && matchesRegex(module);
      }))
    return false;
  return selector.moduleType.empty() || find([&](const Module &module) {
           return isType(module.type, selector.moduleType);
         });
}

bool Matcher::matches(Op op, size_t &depth) const {
  if (selector.position && (!atPosition || *atPosition != op))
    return false;
  return matchesRest(op, depth);
}
} // namespace

//===----------------------------------------------------------------------===//
// Rules
//===----------------------------------------------------------------------===//

/// "module 'features.9'", for messages.
static std::string describe(const Selector &selector) {
  std::string text;
  auto say = [&](std::string_view what, const std::string &value) {
    if (!value.empty())
      text +=
          (text.empty() ? "" : ", ") + std::string(what) + " '" + value + "'";
  };
  say("module", selector.module);
  say("module regex", selector.moduleRegex);
  say("module type", selector.moduleType);
  say("operator", selector.op);
  say("value", selector.value);
  say("from", selector.from);
  say("to", selector.to);
  if (selector.position)
    say("position", std::to_string(*selector.position));
  if (selector.minSize)
    say("min_size", std::to_string(*selector.minSize));
  if (selector.maxSize)
    say("max_size", std::to_string(*selector.maxSize));
  return text;
}

std::string pt2e::quantizer::keptByChoice(const Selection &selection) {
  return "a choice keeps it in float" +
         (selection.rule.empty() ? "" : ": " + selection.rule);
}

void RuleQuantizer::tellUnused(Graph &graph, const TieredRule &entry) const {
  using Kind = UnusedRule::Kind;
  const bool isRule = entry.tier == Tier::Rule;
  const std::string what = describe(entry.rule.selector);
  const UnusedRule unused{
      entry.rule.optional ? Kind::Optional
      : isRule            ? Kind::Rule
                          : Kind::Setter,
      isRule ? entry.rule.where + ": expected ops that this rule selects (" +
                   what + "), but there are none"
             : "expected ops of the " + what +
                   " that a choice names, but there are none"};
  if (hearsOfUnused)
    hearsOfUnused(unused);
  else if (unused.kind == Kind::Rule)
    graph.fail(unused.message);
  else if (unused.kind == Kind::Setter)
    graph.warn(unused.message);
}

std::vector<Selection> RuleQuantizer::select(Graph &graph) const {
  struct Best {
    Tier tier;
    size_t depth;
    const TieredRule *rule = nullptr;
  };
  std::vector<Best> best(graph.numOps());
  for (const TieredRule &entry : rules) {
    const Selector &selector = entry.rule.selector;
    const Matcher matcher(graph, selector);
    bool isUsed = selector.selectsAll();
    for (uint32_t i = 0; i < graph.numOps(); ++i) {
      size_t depth = 0;
      if (!matcher.matches({i}, depth))
        continue;
      isUsed = true;
      // Among setters of a kind the innermost module wins, among rules the
      // last.
      if (entry.tier == Tier::Rule)
        depth = 0;
      Best &known = best[i];
      if (!known.rule || entry.tier > known.tier ||
          (entry.tier == known.tier && depth >= known.depth))
        known = {entry.tier, depth, &entry};
    }
    if (!isUsed)
      tellUnused(graph, entry);
  }
  std::vector<Selection> selections(graph.numOps());
  for (uint32_t i = 0; i < graph.numOps(); ++i) {
    const TieredRule *entry = best[i].rule;
    if (!entry)
      continue;
    Selection &selection = selections[i];
    selection.isOwn = !entry->rule.selector.selectsAll();
    const Choice &choice = entry->rule.choice;
    if (!choice || (filter && !filter(graph, {i}))) {
      selection.state = Selection::State::Float;
      selection.rule = entry->rule.where;
      if (const std::string what = describe(entry->rule.selector);
          !what.empty())
        selection.rule += (selection.rule.empty() ? "" : ", ") + what;
    } else {
      selection.state = Selection::State::Quantized;
      selection.config = &*choice;
    }
  }
  return selections;
}

void RuleQuantizer::add(Tier tier, Selector selector, Choice choice) {
  rules.push_back(
      {tier, {std::move(selector), std::move(choice), false, std::string()}});
}

void RuleQuantizer::setGlobal(Choice choice) {
  add(Tier::Global, {}, std::move(choice));
}

void RuleQuantizer::setModuleName(std::string path, Choice choice) {
  Selector selector;
  selector.module = std::move(path);
  add(Tier::ModuleName, std::move(selector), std::move(choice));
}

void RuleQuantizer::setModuleType(std::string type, Choice choice) {
  Selector selector;
  selector.moduleType = std::move(type);
  add(Tier::ModuleType, std::move(selector), std::move(choice));
}

void RuleQuantizer::setOperatorType(std::string schema, Choice choice) {
  Selector selector;
  selector.op = std::move(schema);
  add(Tier::Operator, std::move(selector), std::move(choice));
}

void RuleQuantizer::setFilter(Filter function) { filter = std::move(function); }

void RuleQuantizer::addRule(Rule rule) {
  rules.push_back({Tier::Rule, std::move(rule)});
}

void RuleQuantizer::setLegality(Legality legality) {
  whyNot = std::move(legality);
}

void RuleQuantizer::setUnusedHandler(UnusedHandler handler) {
  hearsOfUnused = std::move(handler);
}

//===----------------------------------------------------------------------===//
// Words
//===----------------------------------------------------------------------===//

Selector pt2e::quantizer::selectorOf(std::string_view word) {
  auto startsWith = [&](std::string_view start) {
    return word.substr(0, start.size()) == start;
  };
  Selector selector;
  const std::string_view last = word.substr(word.rfind('.') + 1);
  constexpr std::string_view kOps = "torch.ops.aten.";
  if (word.find("::") != word.npos) {
    selector.op = word;
  } else if (startsWith(kOps)) {
    selector.op = "aten::" + std::string(word.substr(kOps.size()));
    constexpr std::string_view kDefault = ".default";
    if (last == "default")
      selector.op.resize(selector.op.size() - kDefault.size());
  } else if (!last.empty() && last[0] >= 'A' && last[0] <= 'Z') {
    selector.moduleType = word;
  } else if (startsWith("torch.") || startsWith("operator.") ||
             startsWith("_operator.")) {
    selector.op = "aten::" + std::string(last);
  } else {
    selector.module = word;
  }
  return selector;
}
