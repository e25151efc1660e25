/// \file
/// A graph that passes everything on: the base of those that look at what a
/// quantizer says.
#ifndef PT2E_LIB_QUANTIZERS_FORWARDINGGRAPH_H
#define PT2E_LIB_QUANTIZERS_FORWARDINGGRAPH_H

#include "pt2e/Quantizers/Quantizer.h"

namespace pt2e::quantizer {

class ForwardingGraph : public Graph {
public:
  explicit ForwardingGraph(Graph &graph) : graph(graph) {}

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
    graph.annotateOperand(op, operand, spec);
  }
  void annotateResult(Op op, uint32_t result, const Spec &spec) override {
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

protected:
  ~ForwardingGraph() = default;

  Graph &graph;
};

} // namespace pt2e::quantizer

#endif // PT2E_LIB_QUANTIZERS_FORWARDINGGRAPH_H
