// int4 weights in groups for an NPU that computes in float: written from
// docs/quantizer-guide.md.
#include <string>

#include "pt2e/Quantizers/Plugin.h"

using namespace pt2e::quantizer;

namespace {

class WeightOnlyQuantizer : public Quantizer {
public:
  explicit WeightOnlyQuantizer(int64_t group) : group(group) {
    weight.kind = Spec::Kind::Static;
    weight.setCodes(/*hasSign=*/true, /*width=*/4, /*min=*/-8, /*max=*/7);
    weight.scheme = Scheme::Symmetric;
    weight.block = Block::perGroup(2, group);
    weight.observer = "block_min_max";
  }

  std::string_view name() const override { return "npu-int4"; }

  void annotate(Graph &graph) override {
    for (uint32_t i = 0; i < graph.numOps(); ++i)
      if (const Op op{i}; !graph.schema(op).empty())
        annotate(graph, op);
  }

private:
  void annotate(Graph &graph, Op op) {
    if (graph.schema(op) != "aten::linear")
      return graph.refuse(op, "no-weight", "the NPU packs weights of linears");
    const OperandRange range = graph.tensors(op, "weight");
    const Value value = graph.operands(op)[range.first];
    if (!graph.isConstant(value))
      return graph.refuse(op, "weight-not-constant", "it packs constants");
    if (graph.shape(value)[1] % group != 0)
      return graph.refuse(op, "group",
                          "the inputs are no multiple of " +
                              std::to_string(group));
    graph.annotateOperand(op, range.first, weight);
    graph.setRule(op, "linear_int4");
  }

  const int64_t group;
  Spec weight;
};

std::unique_ptr<Quantizer> make(const QuantizerOptions &options,
                                std::string &error) {
  int64_t group = 32;
  for (const auto &[key, value] : options) {
    if (key != "group" || (value != "32" && value != "64")) {
      error = "expected group=32|64, but got '" + key + "=" + value + "'";
      return nullptr;
    }
    group = value == "32" ? 32 : 64;
  }
  return std::make_unique<WeightOnlyQuantizer>(group);
}

void registerAll(Registry &registry) {
  registry.addQuantizer("npu-int4", "int4 weights in groups", make);
}

} // namespace

const PluginInfo *pt2eGetPluginInfo() {
  static const PluginInfo info{kApiVersion, "npu-int4", "1.0", nullptr,
                               registerAll};
  return &info;
}
