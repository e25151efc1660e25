//===- RuleQuantizerTest.cpp - Setters, rules and recipes -----------------===//

#include "lib/Quantizers/GraphView.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "pt2e/Quantizers/QuantizerRegistry.h"
#include "pt2e/Quantizers/X86InductorQuantizer.h"
#include "pt2e/Quantizers/XnnpackQuantizer.h"
#include "test/unit/LoadedContext.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace pt2e;
namespace q = pt2e::quantizer;

namespace {
constexpr char kProgram[] = R"mlir(
#a = loc(fused<#aten.scope<[":Net", "body:Body", "body.fc:torch.nn.modules.linear.Linear"]>>["linear", "model.py":1:0])
#b = loc(fused<#aten.scope<[":Net", "head:torch.nn.modules.linear.Linear"]>>["linear_1", "model.py":2:0])
func.func @forward(%x: tensor<1x32xf32>) -> tensor<1x32xf32> {
  %w = aten.parameter "w" dense<0.5> : tensor<32x32xf32>
  %0 = aten.linear %x, %w : (tensor<1x32xf32>, tensor<32x32xf32>) -> tensor<1x32xf32> loc(#a)
  %1 = aten.linear %0, %w : (tensor<1x32xf32>, tensor<32x32xf32>) -> tensor<1x32xf32> loc(#b)
  return %1 : tensor<1x32xf32>
}
)mlir";

constexpr q::Op kBody{0}, kHead{1};
constexpr auto kFloat = q::Spec::Kind::Float;
constexpr auto kStatic = q::Spec::Kind::Static;
constexpr auto kDynamic = q::Spec::Kind::Dynamic;

class RuleQuantizerTest : public testing::Test {
protected:
  void SetUp() override {
    module = parseSourceString<ModuleOp>(kProgram, &context);
    ASSERT_TRUE(module);
    graph =
        std::make_unique<GraphView>(*module->getOps<func::FuncOp>().begin());
  }

  /// How the input of `op` is quantized.
  q::Spec::Kind input(q::Op op) const { return graph->operandSpec(op, 0).kind; }
  q::Spec weight(q::Op op) const { return graph->operandSpec(op, 1); }

  LoadedContext context;
  OwningOpRef<ModuleOp> module;
  std::unique_ptr<GraphView> graph;
  q::XnnpackQuantizer xnnpack;
};

const q::QuantizationConfig kPerChannel =
    q::getSymmetricQuantizationConfig(/*isPerChannel=*/true);
const q::QuantizationConfig kRunTime =
    q::getSymmetricQuantizationConfig(true, false, /*isDynamic=*/true);

TEST_F(RuleQuantizerTest, NameBeatsTypeBeatsOperatorBeatsGlobalInAnyOrder) {
  xnnpack.setModuleName("head", kRunTime);
  xnnpack.setModuleType("torch.nn.Linear", std::nullopt);
  xnnpack.setOperatorType("aten::linear", kPerChannel);
  xnnpack.setGlobal(kPerChannel);
  xnnpack.annotate(*graph);
  EXPECT_EQ(input(kBody), kFloat);
  EXPECT_EQ(input(kHead), kDynamic);
}

TEST_F(RuleQuantizerTest, TheInnermostNamedModuleCounts) {
  xnnpack.setModuleName("body.fc", kPerChannel);
  xnnpack.setModuleName("body", std::nullopt);
  xnnpack.annotate(*graph);
  EXPECT_EQ(input(kBody), kStatic);
  EXPECT_EQ(input(kHead), kFloat);
}

TEST_F(RuleQuantizerTest, RulesOverrideSettersAndLaterOnesEarlierOnes) {
  xnnpack.setModuleName("head", std::nullopt);
  xnnpack.addRule({q::selectorOf("Linear"), kPerChannel, false, "rule 0"});
  xnnpack.addRule({q::selectorOf("bod?"), kRunTime, false, "rule 1"});
  xnnpack.annotate(*graph);
  EXPECT_EQ(input(kBody), kDynamic);
  EXPECT_EQ(input(kHead), kStatic);
}

TEST_F(RuleQuantizerTest, AFilterKeepsOpsInFloat) {
  xnnpack.setGlobal(kPerChannel);
  xnnpack.setFilter([](const q::Graph &, q::Op op) { return op == kHead; });
  xnnpack.annotate(*graph);
  EXPECT_EQ(input(kBody), kFloat);
  EXPECT_EQ(input(kHead), kStatic);
}

TEST_F(RuleQuantizerTest, WhatTheBackendDoesNotRunStaysFloatWithItsReason) {
  xnnpack.setGlobal(kRunTime);
  xnnpack.setLegality(
      [](const q::Graph &, q::Op op, const q::QuantizationConfig &config) {
        EXPECT_EQ(config.activation.kind, kDynamic);
        return op == kBody ? std::optional<std::string>("no such kernel")
                           : std::nullopt;
      });
  xnnpack.annotate(*graph);
  EXPECT_EQ(input(kBody), kFloat);
  EXPECT_EQ(input(kHead), kDynamic);
  ASSERT_TRUE(succeeded(graph->commit()));
  auto kept =
      graph->operation(kBody)->getAttrOfType<DictionaryAttr>("pt2e.kept_float");
  ASSERT_TRUE(kept);
  EXPECT_EQ(cast<StringAttr>(kept.get("reason")).getValue(), "no such kernel");
}

TEST_F(RuleQuantizerTest, QatSpecsAreMovingAverages) {
  const q::QuantizationConfig config =
      q::getSymmetricQuantizationConfig(true, /*isQat=*/true);
  EXPECT_EQ(config.activation.observer, "moving_average_min_max");
  EXPECT_EQ(config.weight.observer, "moving_average_per_channel_min_max");
  const q::QuantizationConfig x86 =
      q::getDefaultX86InductorQuantizationConfig(/*isQat=*/true);
  EXPECT_EQ(x86.activation.quantMax, 255);
  EXPECT_EQ(x86.weight.observer, "moving_average_per_channel_min_max");
}

TEST_F(RuleQuantizerTest, RecipesAreFoundByName) {
  std::string error;
  auto choice = xnnpack.recipe("8da4w:group=64", error);
  ASSERT_TRUE(choice && *choice) << error;
  EXPECT_EQ((*choice)->activation.kind, kDynamic);
  EXPECT_EQ((*choice)->weight.bits, 4);
  EXPECT_EQ((*choice)->weight.block[1], 64);
  for (const char *name : {"8da4w:group=0", "8da4w:group=99999999999",
                           "8da4w:", "static-int8:group=32", "int8", ""})
    EXPECT_FALSE(xnnpack.recipe(name, error)) << name;
}

TEST_F(RuleQuantizerTest, TheRegistryMakesQuantizersByName) {
  const q::QuantizerRegistry &registry = q::QuantizerRegistry::get();
  std::string error;
  for (const char *name : {"xnnpack", "x86-inductor", "embedding"})
    EXPECT_TRUE(registry.make(name, {}, error)) << name << ": " << error;
  EXPECT_TRUE(registry.takesRules("x86-inductor"));
  EXPECT_FALSE(registry.takesRules("embedding"));
  EXPECT_FALSE(registry.make("xnnpack", {{"fast", "true"}}, error));
}
} // namespace
