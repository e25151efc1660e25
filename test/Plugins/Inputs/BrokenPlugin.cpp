// A plugin that does wrong what the environment (BROKEN, when it is loaded) and
// its option `how` name.
#include <cstdlib>
#include <stdexcept>

#include "pt2e/Quantizers/Plugin.h"

using namespace pt2e::quantizer;

namespace {

bool isBroken(std::string_view how) {
  const char *given = std::getenv("BROKEN");
  return given && how == given;
}

class BrokenQuantizer : public Quantizer {
public:
  explicit BrokenQuantizer(std::string how) : how(std::move(how)) {}
  std::string_view name() const override { return "broken"; }

  void annotate(Graph &graph) override {
    const Op op{0};
    if (how == "throw")
      throw std::runtime_error("out of ideas");
    if (how == "throw-int")
      throw 42;
    if (how == "op")
      graph.refuse(Op{graph.numOps() + 7}, "code", "reason");
    if (how == "value")
      (void)graph.shape(Value{1000});
    if (how == "operand")
      graph.annotateOperand(op, 5, spec);
    if (how == "result")
      graph.annotateResult(op, 5, spec);
    if (how == "spec") {
      spec.observer = "min_max";
      spec.quantMin = 100;
      spec.quantMax = -100;
      graph.annotateOperand(op, 0, spec);
    }
    if (how == "scale") {
      spec.kind = Spec::Kind::Fixed;
      spec.scale = std::nanf("");
      graph.annotateOperand(op, 0, spec);
    }
    if (how == "edge") {
      spec.observer = "min_max";
      graph.annotateOperand(op, 0, spec);
    }
    if (how.rfind("observer-", 0) == 0) {
      spec.observer = how;
      graph.annotateOperand(op, 0, spec);
    }
  }

  void prepare(Graph &graph, Sites &sites) override {
    if (how == "prepare-throw")
      throw std::runtime_error("not prepared");
    if (how == "site")
      sites.setSpec(Site{sites.numSites() + 3}, spec);
    if (how == "edge")
      sites.split(Site{0}, {&edge, 1});
  }

private:
  const std::string how;
  const Edge edge{Op{1000}, 0, false};
  Spec spec = [] {
    Spec spec;
    spec.kind = Spec::Kind::Static;
    return spec;
  }();
};

class BrokenObserver : public RangeObserver {
public:
  explicit BrokenObserver(const Spec &spec)
      : RangeObserver(spec), how(spec.observer) {}

  void observe(Array<float> values, Array<int64_t> shape) override {
    if (how == "observer-throw")
      throw std::runtime_error("cannot look");
    RangeObserver::observe(values, shape);
  }
  std::vector<float> state() const override {
    if (how == "observer-forget")
      return {};
    return RangeObserver::state();
  }
  bool restore(Array<float> state) override {
    return how != "observer-restore" && RangeObserver::restore(state);
  }
  std::vector<Range> ranges() const override {
    if (how == "observer-range")
      return {{1, -1}};
    if (how == "observer-count")
      return {{0, 1}, {0, 1}};
    return RangeObserver::ranges();
  }
  std::vector<Parameters> parameters() const override {
    if (how == "observer-scale")
      return {{-1.0f, 0}};
    if (how == "observer-zero-point")
      return {{1.0f, 1000}};
    if (how == "observer-many")
      return {{1.0f, 0}, {1.0f, 0}};
    return {};
  }

private:
  const std::string how;
};

std::unique_ptr<Quantizer> makeBroken(const QuantizerOptions &options,
                                      std::string &error) {
  std::string how;
  for (const auto &[key, value] : options)
    how = value;
  if (how == "factory-throw")
    throw std::runtime_error("no parts");
  if (how == "factory-null")
    return nullptr;
  if (how == "factory-error") {
    error = "expected how to be something else";
    return nullptr;
  }
  return std::make_unique<BrokenQuantizer>(how);
}

std::unique_ptr<CustomObserver> makeObserver(const Spec &spec,
                                             std::string &error) {
  if (spec.observer == "observer-null")
    return nullptr;
  return std::make_unique<BrokenObserver>(spec);
}

void registerAll(Registry &registry) {
  if (isBroken("register-throw"))
    throw std::logic_error("no hands");
  if (isBroken("register-nothing"))
    return;
  if (isBroken("duplicate"))
    registry.addQuantizer("xnnpack", "", makeBroken);
  if (isBroken("duplicate-observer"))
    registry.addObserver("histogram", makeObserver);
  if (isBroken("name"))
    registry.addQuantizer("Broken Quantizer", "", makeBroken);
  if (isBroken("no-factory"))
    registry.addQuantizer("empty", "", nullptr);
  registry.addQuantizer("broken", "does what it is told, wrongly", makeBroken);
  for (const char *how : {"throw", "forget", "restore", "range", "count",
                          "scale", "zero-point", "many", "null"})
    registry.addObserver(std::string("observer-") + how, makeObserver);
}

} // namespace

const PluginInfo *pt2eGetPluginInfo() {
  static PluginInfo info{kApiVersion, "broken", "0.1", nullptr, registerAll};
  if (isBroken("info-throw"))
    throw std::runtime_error("who asks");
  if (isBroken("info-null"))
    return nullptr;
  if (isBroken("older"))
    info.apiVersion = kApiVersion - 1;
  if (isBroken("newer"))
    info.apiVersion = kApiVersion + 1;
  if (isBroken("plugin-name"))
    info.name = nullptr;
  if (isBroken("mlir"))
    info.mlirVersion = "3.1.4";
  if (isBroken("register-null"))
    info.registerAll = nullptr;
  return &info;
}
