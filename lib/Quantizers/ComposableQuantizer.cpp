#include "pt2e/Quantizers/ComposableQuantizer.h"

#include <map>
#include <string>
#include <tuple>
#include <utility>

using namespace pt2e::quantizer;

namespace {
/// True if `a` and `b` ask for the same.
bool isSame(const Spec &a, const Spec &b) {
  auto members = [](const Spec &spec) {
    return std::make_tuple(spec.kind, spec.storage, spec.bits, spec.isSigned,
                           spec.quantMin, spec.quantMax, spec.scheme, spec.axis,
                           spec.observer, spec.eps, spec.averagingConstant,
                           spec.scale, spec.zeroPoint, spec.with, spec.index,
                           spec.from[0], spec.from[1]);
  };
  if (members(a) != members(b) || a.block.rank() != b.block.rank())
    return false;
  for (uint32_t i = 0; i < a.block.rank() && i < Block::kMaxRank; ++i)
    if (a.block[i] != b.block[i])
      return false;
  return true;
}

/// The graph as the children see it: each says what nobody said before.
class GuardedGraph final : public Graph {
public:
  explicit GuardedGraph(Graph &graph) : graph(graph) {}

  /// Who annotates from now on.
  void enter(const Quantizer &quantizer) { current = &quantizer; }

  uint32_t numOps() const override { return graph.numOps(); }
  std::string_view schema(Op op) const override { return graph.schema(op); }
  std::string_view name(Op op) const override { return graph.name(op); }
  Array<Module> modules(Op op) const override { return graph.modules(op); }
  Source source(Op op) const override { return graph.source(op); }
  Array<Value> operands(Op op) const override { return graph.operands(op); }
  Array<Value> results(Op op) const override { return graph.results(op); }
  OperandRange tensors(Op op, std::string_view argument) const override {
    return graph.tensors(op, argument);
  }
  std::optional<int64_t> integer(Op op,
                                 std::string_view argument) const override {
    return graph.integer(op, argument);
  }
  std::optional<double> number(Op op,
                               std::string_view argument) const override {
    return graph.number(op, argument);
  }
  Array<int64_t> integers(Op op, std::string_view argument) const override {
    return graph.integers(op, argument);
  }
  std::optional<std::string_view>
  text(Op op, std::string_view argument) const override {
    return graph.text(op, argument);
  }
  std::optional<Op> producer(Value value) const override {
    return graph.producer(value);
  }
  Array<Use> users(Value value) const override { return graph.users(value); }
  ElementType elementType(Value value) const override {
    return graph.elementType(value);
  }
  Array<int64_t> shape(Value value) const override {
    return graph.shape(value);
  }
  bool isConstant(Value value) const override {
    return graph.isConstant(value);
  }
  Array<float> constantData(Value value) const override {
    return graph.constantData(value);
  }
  bool isAnnotated(Op op) const override { return graph.isAnnotated(op); }
  Spec operandSpec(Op op, uint32_t operand) const override {
    return graph.operandSpec(op, operand);
  }
  Spec resultSpec(Op op, uint32_t result) const override {
    return graph.resultSpec(op, result);
  }
  void annotateOperand(Op op, uint32_t operand, const Spec &spec) override {
    if (mayAnnotate(op, operand, false, spec))
      graph.annotateOperand(op, operand, spec);
  }
  void annotateResult(Op op, uint32_t result, const Spec &spec) override {
    if (mayAnnotate(op, result, true, spec))
      graph.annotateResult(op, result, spec);
  }
  void setRule(Op op, std::string_view rule) override {
    graph.setRule(op, rule);
  }
  void forbidImplicitSharing(Op op) override {
    graph.forbidImplicitSharing(op);
  }
  void refuse(Op op, std::string_view code, std::string_view reason) override {
    graph.refuse(op, code, reason);
  }
  void warn(std::string_view message) override { graph.warn(message); }
  void fail(std::string_view message) override { graph.fail(message); }
  void fail(Op op, std::string_view message) override {
    graph.fail(op, message);
  }

private:
  bool mayAnnotate(Op op, uint32_t index, bool isResult, const Spec &spec) {
    const auto [said, isNew] =
        owners.try_emplace({op.number, index, isResult}, current);
    if (isNew || said->second == current)
      return true;
    const Spec known =
        isResult ? graph.resultSpec(op, index) : graph.operandSpec(op, index);
    if (!isSame(known, spec))
      graph.fail(op, "expected each quantizer to annotate what none before it "
                     "did, but " +
                         std::string(current->name()) + " replaces " +
                         (isResult ? "result " : "operand ") +
                         std::to_string(index) + " of " +
                         std::string(said->second->name()));
    return false;
  }

  Graph &graph;
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
