// A quantizer for the Abacus, an accelerator that does not exist: 8-bit
// unsigned activations, one scale per tensor, all scales powers of two.
#include "PowerOfTwoObserver.h"
#include "pt2e/Quantizers/Plugin.h"

using namespace pt2e::quantizer;

namespace {

class AbacusQuantizer : public Quantizer {
public:
  AbacusQuantizer(uint8_t weightBits, bool addsInFloat)
      : addsInFloat(addsInFloat) {
    activation.kind = Spec::Kind::Static;
    activation.isSigned = false;
    activation.quantMin = 0;
    activation.quantMax = 255;
    activation.scheme = Scheme::Affine;
    activation.observer = "power-of-two";

    weight = activation;
    weight.isSigned = true;
    weight.bits = weightBits;
    weight.quantMax = (1 << (weightBits - 1)) - 1;
    weight.quantMin = -weight.quantMax;
    weight.scheme = Scheme::Symmetric;
  }

  std::string_view name() const override { return "abacus"; }

  void annotate(Graph &graph) override {
    for (uint32_t i = 0; i < graph.numOps(); ++i)
      annotate(graph, Op{i});
  }

private:
  void annotate(Graph &graph, Op op) {
    const std::string_view schema = graph.schema(op);
    if (schema.empty() || graph.isAnnotated(op))
      return; // no operator, or part of a pattern that is done
    if (schema == "aten::conv2d" || schema == "aten::linear")
      return annotateProduct(graph, op);
    if (schema == "aten::add.Tensor")
      return annotateAdd(graph, op);
    if (schema == "aten::relu" || schema == "aten::max_pool2d" ||
        schema == "aten::flatten.using_ints" || schema == "aten::view" ||
        schema == "aten::reshape")
      return follow(graph, op);
    graph.refuse(op, "no-unit", "the Abacus has no unit for it");
  }

  /// A convolution or linear, with the relu behind it if nothing else reads it.
  void annotateProduct(Graph &graph, Op op) {
    const Array<Value> operands = graph.operands(op);
    if (graph.integer(op, "groups").value_or(1) != 1)
      return graph.refuse(op, "grouped-convolution",
                          "the Abacus multiplies all channels with all");
    if (!isFloat(graph, operands[0]) || !graph.isConstant(operands[1]))
      return graph.refuse(op, "weight-not-constant",
                          "the Abacus loads weights before it starts");
    graph.annotateOperand(op, 0, activation);
    graph.annotateOperand(op, 1, weight);
    const Value result = graph.results(op)[0];
    const Array<Use> users = graph.users(result);
    if (users.size() == 1 && graph.schema(users[0].op) == "aten::relu") {
      // Nothing is quantized in between: the unit clamps before it rounds.
      graph.annotateResult(users[0].op, 0, activation);
      graph.setRule(op, "product_relu");
      graph.setRule(users[0].op, "product_relu");
      return;
    }
    graph.annotateResult(op, 0, activation);
    graph.setRule(op, "product");
  }

  void annotateAdd(Graph &graph, Op op) {
    if (addsInFloat)
      return graph.refuse(op, "asked", "the option add=float says so");
    const Array<Value> operands = graph.operands(op);
    if (!isFloat(graph, operands[0]) || !isFloat(graph, operands[1]))
      return graph.refuse(op, "not-f32", "the Abacus adds codes of f32 alone");
    graph.annotateOperand(op, 0, activation);
    graph.annotateOperand(op, 1, activation);
    graph.annotateResult(op, 0, activation);
    graph.setRule(op, "add");
  }

  /// What changes no code keeps the scale of its operand.
  void follow(Graph &graph, Op op) {
    if (!isQuantized(graph, graph.operands(op)[0]))
      return graph.refuse(op, "float-operand",
                          "what it reads is not quantized");
    graph.annotateOperand(op, 0, Spec::sharedWithProducer());
    graph.annotateResult(op, 0, Spec::sharedWithOperand(0));
    graph.setRule(op, "follow");
  }

  /// True if the op that makes `value` gives it a spec.
  static bool isQuantized(const Graph &graph, Value value) {
    const std::optional<Op> op = graph.producer(value);
    if (!op)
      return false;
    const Array<Value> results = graph.results(*op);
    for (uint32_t i = 0; i < results.size(); ++i)
      if (results[i] == value)
        return graph.resultSpec(*op, i).kind != Spec::Kind::Float;
    return false;
  }

  static bool isFloat(const Graph &graph, Value value) {
    return graph.elementType(value) == ElementType::F32;
  }

  const bool addsInFloat;
  Spec activation, weight;
};

std::unique_ptr<Quantizer> makeAbacus(const QuantizerOptions &options,
                                      std::string &error) {
  uint8_t weightBits = 8;
  bool addsInFloat = false;
  for (const auto &[key, value] : options) {
    if (key == "weight-bits" && (value == "4" || value == "8")) {
      weightBits = value == "4" ? 4 : 8;
    } else if (key == "add" && (value == "codes" || value == "float")) {
      addsInFloat = value == "float";
    } else {
      error = "expected weight-bits=4|8 or add=codes|float, but got '" + key +
              "=" + value + "'";
      return nullptr;
    }
  }
  return std::make_unique<AbacusQuantizer>(weightBits, addsInFloat);
}

void registerAll(Registry &registry) {
  registry.addQuantizer("abacus", "uint8 with power-of-two scales", makeAbacus);
  registry.addObserver("power-of-two", [](const Spec &spec, std::string &) {
    return std::make_unique<abacus::PowerOfTwoObserver>(spec);
  });
}

} // namespace

const PluginInfo *pt2eGetPluginInfo() {
  static const PluginInfo info{kApiVersion, "abacus", "1.0", nullptr,
                               registerAll};
  return &info;
}
