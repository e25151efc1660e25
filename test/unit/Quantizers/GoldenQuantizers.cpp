//===- GoldenQuantizers.cpp - PyTorch's configurations, by name -----------===//

#include "GoldenCase.h"
#include "pt2e/Quantizers/EmbeddingQuantizer.h"
#include "pt2e/Quantizers/X86InductorQuantizer.h"
#include "pt2e/Quantizers/XnnpackQuantizer.h"

using namespace pt2e;
using namespace pt2e::quantizer;

namespace {
constexpr float kEps = 0x1p-12f;

Spec staticSpec(std::string_view observer, Scheme scheme, int32_t min,
                int32_t max, int32_t axis = -1) {
  Spec spec;
  spec.kind = Spec::Kind::Static;
  spec.quantMin = min;
  spec.quantMax = max;
  spec.scheme = scheme;
  spec.axis = axis;
  spec.observer = observer;
  spec.eps = kEps;
  return spec;
}

bool isWeighted(std::string_view schema) {
  return schema == "aten::conv2d" || schema == "aten::linear";
}

/// Quantizers as users write them, each rule by hand.
class ByHand : public Quantizer {
public:
  std::string_view name() const override { return "by-hand"; }
  void annotate(Graph &graph) override {
    for (uint32_t i = 0; i < graph.numOps(); ++i)
      annotate(graph, Op{i}, graph.schema(Op{i}));
  }

protected:
  virtual void annotate(Graph &graph, Op op, std::string_view schema) = 0;
};

/// int32 biases in units of input scale times weight scale.
class BiasInt32 : public ByHand {
  void annotate(Graph &graph, Op op, std::string_view schema) override {
    if (!isWeighted(schema))
      return;
    const Spec act = staticSpec("min_max", Scheme::Affine, -128, 127);
    graph.annotateOperand(op, 0, act);
    graph.annotateOperand(
        op, 1,
        staticSpec("per_channel_min_max", Scheme::Symmetric, -127, 127, 0));
    if (graph.operands(op).size() > 2)
      graph.annotateOperand(op, 2, Spec::derivedFrom(0, 1));
    graph.annotateResult(op, 0, act);
  }
};

/// Sigmoid and softmax have parameters that are known beforehand.
class FixedSigmoid : public ByHand {
  void annotate(Graph &graph, Op op, std::string_view schema) override {
    const Spec act = staticSpec("histogram", Scheme::Affine, -128, 127);
    if (isWeighted(schema)) {
      graph.annotateOperand(op, 0, act);
      graph.annotateOperand(
          op, 1, staticSpec("min_max", Scheme::Symmetric, -127, 127));
      graph.annotateResult(op, 0, act);
    } else if (schema == "aten::sigmoid" || schema == "aten::softmax.int") {
      graph.annotateOperand(op, 0, act);
      graph.annotateResult(op, 0, Spec::fixed(1.0f / 256, -128));
    }
  }
};

/// Activations of another type and scheme.
class Wide : public ByHand {
public:
  explicit Wide(Spec act) : act(act) {}

private:
  void annotate(Graph &graph, Op op, std::string_view schema) override {
    if (isWeighted(schema)) {
      graph.annotateOperand(op, 0, act);
      graph.annotateOperand(
          op, 1,
          staticSpec("per_channel_min_max", Scheme::Symmetric, -128, 127, 0));
    } else if (schema == "aten::add.Tensor" || schema == "aten::mul.Tensor") {
      for (uint32_t i = 0; i < graph.operands(op).size(); ++i)
        graph.annotateOperand(op, i, act);
    } else {
      return;
    }
    graph.annotateResult(op, 0, act);
  }

  Spec act;
};

std::unique_ptr<Quantizer> wide(uint8_t bits, bool isSigned, int32_t min,
                                int32_t max, Scheme scheme,
                                std::string_view observer) {
  Spec act = staticSpec(observer, scheme, min, max);
  act.setCodes(isSigned, bits, min, max);
  return std::make_unique<Wide>(act);
}

/// `steer` makes the choices of an XNNPACK quantizer.
template <typename Steer>
std::unique_ptr<Quantizer> xnnpack(Steer steer) {
  auto made = std::make_unique<XnnpackQuantizer>();
  made->setCompat(Compat::Torchao);
  steer(*made);
  return made;
}

std::unique_ptr<Quantizer> global(const QuantizationConfig &config) {
  return xnnpack([&](XnnpackQuantizer &made) { made.setGlobal(config); });
}
} // namespace

std::unique_ptr<Quantizer> pt2e::goldenQuantizer(const std::string &config) {
  const QuantizationConfig pc = getSymmetricQuantizationConfig(true);
  const QuantizationConfig dyn =
      getSymmetricQuantizationConfig(true, false, true);
  if (config == "pc" || config == "pc_dynb")
    return global(pc);
  if (config == "pt")
    return global(getSymmetricQuantizationConfig());
  if (config == "dyn" || config == "dyn_dynb")
    return global(dyn);
  if (config == "dynpt")
    return global(getSymmetricQuantizationConfig(false, false, true));
  if (config == "w8_128")
    return global(
        getSymmetricQuantizationConfig(true, false, false, -128, 127, -128));
  if (config == "w4")
    return global(
        getSymmetricQuantizationConfig(true, false, true, -128, 127, -8, 7));
  if (config == "act7")
    return global(getSymmetricQuantizationConfig(true, false, false, -64, 63));
  if (config == "name_a" || config == "name_a_conv")
    return xnnpack([&](XnnpackQuantizer &made) {
      made.setModuleName(config == "name_a" ? "a" : "a.conv", pc);
    });
  if (config == "type_sub" || config == "type_linear")
    return xnnpack([&](XnnpackQuantizer &made) {
      made.setModuleType(config == "type_sub" ? "Sub" : "torch.nn.Linear", pc);
    });
  if (config == "op_linear" || config == "op_conv")
    return xnnpack([&](XnnpackQuantizer &made) {
      made.setOperatorType(
          config == "op_linear" ? "aten::linear" : "aten::conv2d", pc);
    });
  if (config == "op_conv_dynlinear")
    return xnnpack([&](XnnpackQuantizer &made) {
      made.setOperatorType("aten::conv2d", pc);
      made.setOperatorType("aten::linear", dyn);
    });
  if (config == "emb")
    return std::make_unique<EmbeddingQuantizer>();
  if (config == "x86" || config == "x86mm" || config == "x86dyn") {
    const QuantizationConfig x86 =
        getDefaultX86InductorQuantizationConfig(false, config == "x86dyn");
    auto made = std::make_unique<X86InductorQuantizer>();
    made->setGlobal(x86);
    if (config == "x86mm")
      made->setOperatorType("aten::matmul", x86);
    return made;
  }
  if (config == "bias32")
    return std::make_unique<BiasInt32>();
  if (config == "fixed")
    return std::make_unique<FixedSigmoid>();
  if (config == "int16")
    return wide(16, true, -32768, 32767, Scheme::Symmetric,
                "moving_average_min_max");
  if (config == "uint8")
    return wide(8, false, 0, 255, Scheme::Affine, "moving_average_min_max");
  if (config == "uint8sym")
    return wide(8, false, 0, 255, Scheme::Symmetric, "moving_average_min_max");
  if (config == "uint8symdef")
    return wide(8, false, 0, 255, Scheme::Symmetric, "min_max");
  return nullptr;
}
