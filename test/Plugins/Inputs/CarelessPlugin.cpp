// A quantizer with the mistakes that `--pt2e-check-quantizer` finds; its option
// `how` names one.
#include "pt2e/Quantizers/Plugin.h"

using namespace pt2e::quantizer;

namespace {

int compilations = 0;

/// Answers with a scale below 0.
class BackwardsObserver : public RangeObserver {
public:
  using RangeObserver::RangeObserver;
  std::vector<Parameters> parameters() const override { return {{-1, 0}}; }
};

class CarelessQuantizer : public Quantizer {
public:
  explicit CarelessQuantizer(std::string how) : how(std::move(how)) {
    spec.kind = Spec::Kind::Static;
    spec.observer = "min_max";
    if (this->how == "observer")
      spec.observer = "backwards";
    if (this->how == "nobody")
      spec.observer = "someone";
    other = spec;
    other.quantMin = 0;
  }
  std::string_view name() const override { return "careless"; }

  void annotate(Graph &graph) override {
    for (uint32_t i = 0; i < graph.numOps(); ++i)
      if (!graph.schema(Op{i}).empty())
        annotate(graph, Op{i});
  }

private:
  void annotate(Graph &graph, Op op) {
    const bool isRelu = graph.schema(op) == "aten::relu";
    if (how == "unreached" && isRelu)
      return;
    graph.annotateOperand(op, 0, spec);
    if (how == "twice")
      graph.annotateOperand(op, 0, other);
    graph.setRule(op, how);
    if (how == "rules" && isRelu)
      graph.setRule(op, "relu");
    if (how == "refused" && isRelu)
      graph.refuse(op, "no-unit", "there is none");
    if (how == "code" && isRelu)
      return graph.refuse(op, "The End!", "there is none");
    if (how == "reason" && isRelu)
      graph.refuse(op, "", "");
    if (how == "conversion" && isRelu)
      graph.annotateOperand(op, 0, other);
    if (how == "conflict" && isRelu) {
      graph.annotateOperand(op, 0, Spec::sharedWithResult(0));
      graph.annotateResult(op, 0, Spec::sharedWithOperand(0));
      return;
    }
    if (how == "inside" && graph.schema(op) == "aten::sigmoid")
      return;
    if (how == "inside" && graph.schema(op) == "aten::tanh")
      graph.setRule(op, "tanh");
    if (how == "state" && compilations % 2)
      return;
    graph.annotateResult(op, 0, spec);
  }

  const std::string how;
  Spec spec, other;
};

void registerAll(Registry &registry) {
  registry.addObserver("backwards", [](const Spec &spec, std::string &) {
    return std::make_unique<BackwardsObserver>(spec);
  });
  registry.addQuantizer("careless", "makes mistakes",
                        [](const QuantizerOptions &options,
                           std::string &error) -> std::unique_ptr<Quantizer> {
                          ++compilations;
                          return std::make_unique<CarelessQuantizer>(
                              options.empty() ? "" : options[0].second);
                        });
}

} // namespace

const PluginInfo *pt2eGetPluginInfo() {
  static const PluginInfo info{kApiVersion, "careless", "1.0", nullptr,
                               registerAll};
  return &info;
}
