#include "pt2e/Quantizers/QuantizerCheck.h"

#include "ForwardingGraph.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace pt2e::quantizer {
namespace {

using Finding = QuantizerCheck::Finding;

std::string describe(const Graph &graph, Op op) {
  std::string text(graph.name(op));
  if (text.empty())
    text = graph.schema(op);
  if (const Array<Module> modules = graph.modules(op); !modules.empty()) {
    const Module &innermost = modules[modules.size() - 1];
    if (!innermost.path.empty())
      text += " in " + std::string(innermost.path);
    if (const size_t dot = innermost.type.rfind('.'); !innermost.type.empty())
      text += " (" + std::string(innermost.type.substr(dot + 1)) + ")";
  }
  return text;
}

std::string codes(const Spec &spec) {
  return std::string(spec.isSigned ? "i" : "ui") + std::to_string(spec.bits) +
         " [" + std::to_string(spec.quantMin) + ", " +
         std::to_string(spec.quantMax) + "]";
}

/// What tools can look for.
bool isWord(std::string_view code) {
  return std::all_of(code.begin(), code.end(), [](char c) {
    return ('a' <= c && c <= 'z') || ('0' <= c && c <= '9') || c == '-';
  });
}

bool isQuantized(const Graph &graph, Op op) {
  for (uint32_t i = 0; i < graph.operands(op).size(); ++i)
    if (graph.operandSpec(op, i).kind != Spec::Kind::Float)
      return true;
  for (uint32_t i = 0; i < graph.results(op).size(); ++i)
    if (graph.resultSpec(op, i).kind != Spec::Kind::Float)
      return true;
  return false;
}

/// Passes everything on, and compares what is said of one thing twice.
class WatchedGraph final : public ForwardingGraph {
public:
  WatchedGraph(Graph &graph, std::vector<Finding> &found)
      : ForwardingGraph(graph), found(found) {}

  void annotateOperand(Op op, uint32_t operand, const Spec &spec) override {
    compare(op, {op.number, operand, false}, "operand", spec);
    graph.annotateOperand(op, operand, spec);
  }
  void annotateResult(Op op, uint32_t result, const Spec &spec) override {
    compare(op, {op.number, result, true}, "result", spec);
    graph.annotateResult(op, result, spec);
  }
  void setRule(Op op, std::string_view rule) override {
    auto [known, isFirst] = rules.try_emplace(op.number, rule);
    if (!isFirst && known->second != rule)
      error(op, "two rules annotate it: " + known->second + " and " +
                    std::string(rule));
    known->second = rule;
    graph.setRule(op, rule);
  }
  void refuse(Op op, std::string_view code, std::string_view reason) override {
    refusals.insert(op.number);
    // The other order is fine: refuse all, then annotate some.
    if (isQuantized(graph, op))
      error(op, "it is annotated, and refused afterwards");
    if (code.empty() || reason.empty())
      error(op, "it is refused without a code or without a reason");
    else if (!isWord(code))
      error(op, "it is refused by the code '" + std::string(code) +
                    "': expected small letters, digits and hyphens, as in "
                    "no-kernel");
    graph.refuse(op, code, reason);
  }
  bool isRefused(Op op) const {
    return refusals.count(op.number) != 0 && !isQuantized(graph, op);
  }
  std::string ruleOf(Op op) const {
    const auto known = rules.find(op.number);
    return known == rules.end() ? "" : known->second;
  }
  void error(Op op, std::string what) {
    found.push_back({true, describe(graph, op), std::move(what)});
  }
  void warning(Op op, std::string what) {
    found.push_back({false, describe(graph, op), std::move(what)});
  }

private:
  struct Place {
    uint32_t op, index;
    bool isResult;
    bool operator<(const Place &o) const {
      return std::tie(op, index, isResult) <
             std::tie(o.op, o.index, o.isResult);
    }
  };
  struct Said {
    Spec spec;
    std::string observer; ///< what the view in `spec` showed
  };

  /// A second, other spec for a place undoes the first.
  void compare(Op op, Place place, const char *what, const Spec &spec) {
    auto [known, isFirst] =
        said.try_emplace(place, Said{spec, std::string(spec.observer)});
    known->second.spec.observer = known->second.observer;
    if (!isFirst && known->second.spec != spec)
      error(op, std::string(what) + " " + std::to_string(place.index) +
                    " is annotated twice, in two ways");
    known->second = {spec, std::string(spec.observer)};
  }

  std::vector<Finding> &found;
  std::map<Place, Said> said;
  std::map<uint32_t, std::string> rules;
  std::set<uint32_t> refusals;
};

bool concernsFloats(const Graph &graph, Op op) {
  for (Value value : graph.operands(op))
    if (graph.elementType(value) == ElementType::F32)
      return true;
  for (Value value : graph.results(op))
    if (graph.elementType(value) == ElementType::F32)
      return true;
  return false;
}

/// True for what has codes of its own.
bool hasCodes(const Spec &spec) {
  return (spec.kind == Spec::Kind::Static || spec.kind == Spec::Kind::Fixed) &&
         spec.storage == Storage::Integer;
}

/// A result that is float because the op is part of a pattern must be read
/// within the pattern alone; one in codes is best read in the same codes.
void checkReaders(WatchedGraph &graph, Op op) {
  const std::string rule = graph.ruleOf(op);
  for (uint32_t i = 0; i < graph.results(op).size(); ++i) {
    const Spec made = graph.resultSpec(op, i);
    const Array<Use> users = graph.users(graph.results(op)[i]);
    std::string inside, outside;
    for (const Use &use : users) {
      const Spec read = graph.operandSpec(use.op, use.operand);
      if (hasCodes(made) && hasCodes(read) && !made.hasCodesOf(read))
        graph.warning(use.op, "it reads " + codes(read) + " where " +
                                  describe(graph, op) + " makes " +
                                  codes(made) + ", which costs a conversion");
      const bool isInside = !rule.empty() && graph.ruleOf(use.op) == rule;
      (isInside ? inside : outside) = describe(graph, use.op);
    }
    if (made.kind == Spec::Kind::Float && isQuantized(graph, op) &&
        !inside.empty() && !outside.empty())
      graph.error(op, "the pattern " + rule + " goes on to " + inside +
                          ", but " + outside + " reads its result as well");
  }
}

} // namespace

void QuantizerCheck::annotate(Graph &graph) {
  WatchedGraph watched(graph, found);
  checked->annotate(watched);
  for (uint32_t i = 0; i < graph.numOps(); ++i) {
    const Op op{i};
    if (graph.schema(op).empty() || !concernsFloats(graph, op))
      continue;
    ++operators;
    const bool isSaid = graph.isAnnotated(op);
    annotated += isSaid;
    refused += watched.isRefused(op);
    if (!isSaid && !watched.isRefused(op))
      missed.push_back({std::string(graph.schema(op)), describe(graph, op)});
    checkReaders(watched, op);
  }
}

} // namespace pt2e::quantizer
