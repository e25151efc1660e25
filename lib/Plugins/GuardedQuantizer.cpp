#include "GuardedQuantizer.h"

#include <algorithm>

#include "Guard.h"

namespace pt2e::quantizer {
namespace {

/// Asks `graph` what it has; what it has not is empty, and an error.
class GuardedGraph final : public Graph {
public:
  GuardedGraph(Graph &graph, const std::string &who) : graph(graph), who(who) {
    for (uint32_t i = 0; i < graph.numOps(); ++i) {
      for (Value value : graph.operands(Op{i}))
        numValues = std::max(numValues, value.number + 1);
      for (Value value : graph.results(Op{i}))
        numValues = std::max(numValues, value.number + 1);
    }
  }

  uint32_t numOps() const override { return graph.numOps(); }
  std::string_view schema(Op op) const override {
    return has(op) ? graph.schema(op) : "";
  }
  std::string_view name(Op op) const override {
    return has(op) ? graph.name(op) : "";
  }
  Array<Module> modules(Op op) const override {
    return has(op) ? graph.modules(op) : Array<Module>();
  }
  Source source(Op op) const override {
    return has(op) ? graph.source(op) : Source();
  }
  Array<Value> operands(Op op) const override {
    return has(op) ? graph.operands(op) : Array<Value>();
  }
  Array<Value> results(Op op) const override {
    return has(op) ? graph.results(op) : Array<Value>();
  }
  OperandRange tensors(Op op, std::string_view argument) const override {
    return has(op) ? graph.tensors(op, argument) : OperandRange();
  }
  std::optional<int64_t> integer(Op op,
                                 std::string_view argument) const override {
    return has(op) ? graph.integer(op, argument) : std::nullopt;
  }
  std::optional<double> number(Op op,
                               std::string_view argument) const override {
    return has(op) ? graph.number(op, argument) : std::nullopt;
  }
  Array<int64_t> integers(Op op, std::string_view argument) const override {
    return has(op) ? graph.integers(op, argument) : Array<int64_t>();
  }
  std::optional<std::string_view>
  text(Op op, std::string_view argument) const override {
    return has(op) ? graph.text(op, argument) : std::nullopt;
  }

  std::optional<Op> producer(Value value) const override {
    return has(value) ? graph.producer(value) : std::nullopt;
  }
  Array<Use> users(Value value) const override {
    return has(value) ? graph.users(value) : Array<Use>();
  }
  ElementType elementType(Value value) const override {
    return has(value) ? graph.elementType(value) : ElementType::Other;
  }
  Array<int64_t> shape(Value value) const override {
    return has(value) ? graph.shape(value) : Array<int64_t>();
  }
  bool isConstant(Value value) const override {
    return has(value) && graph.isConstant(value);
  }
  Array<float> constantData(Value value) const override {
    return has(value) ? graph.constantData(value) : Array<float>();
  }

  bool isAnnotated(Op op) const override {
    return has(op) && graph.isAnnotated(op);
  }
  Spec operandSpec(Op op, uint32_t operand) const override {
    return hasOperand(op, operand) ? graph.operandSpec(op, operand) : Spec();
  }
  Spec resultSpec(Op op, uint32_t result) const override {
    return hasResult(op, result) ? graph.resultSpec(op, result) : Spec();
  }
  void annotateOperand(Op op, uint32_t operand, const Spec &spec) override {
    if (hasOperand(op, operand))
      graph.annotateOperand(op, operand, spec);
  }
  void annotateResult(Op op, uint32_t result, const Spec &spec) override {
    if (hasResult(op, result))
      graph.annotateResult(op, result, spec);
  }
  void setRule(Op op, std::string_view rule) override {
    if (has(op))
      graph.setRule(op, rule);
  }
  void forbidImplicitSharing(Op op) override {
    if (has(op))
      graph.forbidImplicitSharing(op);
  }
  void refuse(Op op, std::string_view code, std::string_view reason) override {
    if (has(op))
      graph.refuse(op, code, reason);
  }
  void warn(std::string_view message) override { graph.warn(message); }
  void fail(std::string_view message) override { graph.fail(message); }
  void fail(Op op, std::string_view message) override {
    if (has(op))
      graph.fail(op, message);
  }

  /// Once: what follows from a wrong answer says nothing more.
  void reportWhole(std::string_view message) const {
    if (!isReported)
      graph.fail(message);
    isReported = true;
  }

  bool has(const Edge &edge) const {
    return edge.isResult ? hasResult(edge.op, edge.index)
                         : hasOperand(edge.op, edge.index);
  }
  bool hasSite(Site site, uint32_t count) const {
    return check(site.number < count, "site", site.number, count);
  }

private:
  bool check(bool holds, std::string_view what, uint32_t number,
             size_t count) const {
    if (!holds)
      reportWhole(fmt::format("{} asks for {} {}, but there are {}", who, what,
                              number, count));
    return holds;
  }
  bool has(Op op) const {
    return check(op.number < graph.numOps(), "op", op.number, graph.numOps());
  }
  bool has(Value value) const {
    return check(value.number < numValues, "value", value.number, numValues);
  }
  bool hasOperand(Op op, uint32_t operand) const {
    if (!has(op))
      return false;
    const size_t count = graph.operands(op).size();
    return check(operand < count, "operand", operand, count);
  }
  bool hasResult(Op op, uint32_t result) const {
    if (!has(op))
      return false;
    const size_t count = graph.results(op).size();
    return check(result < count, "result", result, count);
  }

  Graph &graph;
  const std::string &who;
  uint32_t numValues = 0;
  mutable bool isReported = false;
};

/// The same for sites.
class GuardedSites final : public Sites {
public:
  GuardedSites(Sites &sites, const GuardedGraph &graph)
      : sites(sites), graph(graph) {}

  uint32_t numSites() const override { return sites.numSites(); }
  Array<Edge> edges(Site site) const override {
    return has(site) ? sites.edges(site) : Array<Edge>();
  }
  Spec spec(Site site) const override {
    return has(site) ? sites.spec(site) : Spec();
  }
  void setSpec(Site site, const Spec &spec) override {
    if (has(site))
      sites.setSpec(site, spec);
  }
  void merge(Site site, Site other) override {
    if (has(site) && has(other))
      sites.merge(site, other);
  }
  Site split(Site site, Array<Edge> edges) override {
    if (!has(site))
      return site;
    for (const Edge &edge : edges)
      if (!graph.has(edge))
        return site;
    return sites.split(site, edges);
  }

private:
  bool has(Site site) const { return graph.hasSite(site, sites.numSites()); }

  Sites &sites;
  const GuardedGraph &graph;
};

class GuardedQuantizer final : public Quantizer {
public:
  GuardedQuantizer(std::unique_ptr<Quantizer> quantizer, std::string who)
      : quantizer(std::move(quantizer)), who(std::move(who)) {}

  std::string_view name() const override { return quantizer->name(); }

  void annotate(Graph &graph) override {
    GuardedGraph guarded(graph, who);
    run(guarded, [&] { quantizer->annotate(guarded); });
  }

  void prepare(Graph &graph, Sites &sites) override {
    GuardedGraph guarded(graph, who);
    GuardedSites guardedSites(sites, guarded);
    run(guarded, [&] { quantizer->prepare(guarded, guardedSites); });
  }

private:
  template <typename Function>
  void run(const GuardedGraph &graph, Function function) {
    if (absl::Status status = guard(who, function); !status.ok())
      graph.reportWhole({status.message().data(), status.message().size()});
  }

  const std::unique_ptr<Quantizer> quantizer;
  const std::string who;
};

} // namespace

std::unique_ptr<Quantizer> guardQuantizer(std::unique_ptr<Quantizer> quantizer,
                                          std::string who) {
  return std::make_unique<GuardedQuantizer>(std::move(quantizer),
                                            std::move(who));
}

} // namespace pt2e::quantizer
