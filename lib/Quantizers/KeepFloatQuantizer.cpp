#include "KeepFloatQuantizer.h"

#include "ForwardingGraph.h"

using namespace pt2e::quantizer;

namespace {
/// A graph in which nothing can be said about the ops of a selection.
class KeptGraph final : public ForwardingGraph {
public:
  KeptGraph(Graph &graph, const std::vector<Selection> &selections)
      : ForwardingGraph(graph), selections(selections) {}

  bool isKept(Op op) const {
    return selections[op.number].state == Selection::State::Float;
  }

  void annotateOperand(Op op, uint32_t operand, const Spec &spec) override {
    if (!isKept(op))
      graph.annotateOperand(op, operand, spec);
  }
  void annotateResult(Op op, uint32_t result, const Spec &spec) override {
    if (!isKept(op))
      graph.annotateResult(op, result, spec);
  }
  void setRule(Op op, std::string_view rule) override {
    if (!isKept(op))
      graph.setRule(op, rule);
  }
  void forbidImplicitSharing(Op op) override {
    if (!isKept(op))
      graph.forbidImplicitSharing(op);
  }

private:
  const std::vector<Selection> &selections;
};
} // namespace

void KeepFloatQuantizer::annotate(Graph &graph) {
  const std::vector<Selection> selections = select(graph);
  KeptGraph kept(graph, selections);
  child->annotate(kept);
  // After the child, whose own reason would not be the one.
  for (uint32_t i = 0; i < graph.numOps(); ++i)
    if (kept.isKept(Op{i}) && !graph.isAnnotated(Op{i}))
      graph.refuse(Op{i}, "asked", keptByChoice(selections[i]));
}

std::optional<Choice> KeepFloatQuantizer::recipe(std::string_view name,
                                                 std::string &error) const {
  if (name == "float")
    return Choice();
  error = "expected float, the one choice that a rule has for the quantizer " +
          std::string(child->name()) + ", which decides by itself, but got '" +
          std::string(name) + "'";
  return std::nullopt;
}
