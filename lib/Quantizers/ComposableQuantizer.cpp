#include "pt2e/Quantizers/ComposableQuantizer.h"

#include "ForwardingGraph.h"

#include <map>
#include <string>
#include <tuple>
#include <utility>

using namespace pt2e::quantizer;

namespace {
/// The graph as the children see it: each says what nobody said before.
class GuardedGraph final : public ForwardingGraph {
public:
  using ForwardingGraph::ForwardingGraph;

  /// Who annotates from now on.
  void enter(const Quantizer &quantizer) { current = &quantizer; }

  void annotateOperand(Op op, uint32_t operand, const Spec &spec) override {
    if (mayAnnotate(op, operand, false, spec))
      graph.annotateOperand(op, operand, spec);
  }
  void annotateResult(Op op, uint32_t result, const Spec &spec) override {
    if (mayAnnotate(op, result, true, spec))
      graph.annotateResult(op, result, spec);
  }

private:
  bool mayAnnotate(Op op, uint32_t index, bool isResult, const Spec &spec) {
    const auto [said, isNew] =
        owners.try_emplace({op.number, index, isResult}, current);
    if (isNew || said->second == current)
      return true;
    const Spec known =
        isResult ? graph.resultSpec(op, index) : graph.operandSpec(op, index);
    if (known != spec)
      graph.fail(op, "expected each quantizer to annotate what none before it "
                     "did, but " +
                         std::string(current->name()) + " replaces " +
                         (isResult ? "result " : "operand ") +
                         std::to_string(index) + " of " +
                         std::string(said->second->name()));
    return false;
  }

  const Quantizer *current = nullptr;
  /// Who said what, by op, index and whether it is a result.
  std::map<std::tuple<uint32_t, uint32_t, bool>, const Quantizer *> owners;
};
} // namespace

void ComposableQuantizer::annotate(Graph &graph) {
  GuardedGraph guarded(graph);
  for (const std::unique_ptr<Quantizer> &child : children) {
    guarded.enter(*child);
    child->annotate(guarded);
  }
}

void ComposableQuantizer::prepare(Graph &graph, Sites &sites) {
  for (const std::unique_ptr<Quantizer> &child : children)
    child->prepare(graph, sites);
}
