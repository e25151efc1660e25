//===- GoldenCasesTest.cpp - The reference's choices, in compat mode
//-------===//

#include <cmath>

#include "GoldenCase.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Provenance.h"
#include "lib/Quantizers/SharingGroups.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "pt2e/Driver/Calibrate.h"
#include "pt2e/InitAll.h"
#include "pt2e/Quantizers/SiteStatistics.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace pt2e;

namespace {
class GoldenCases : public testing::TestWithParam<std::string> {
protected:
  static void SetUpTestSuite() { registerAllPasses(); }

  void SetUp() override {
    DialectRegistry registry;
    registerAllDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    golden = readGoldenCase(GetParam());
    module = annotateCase(GetParam(), &context);
    ASSERT_TRUE(module);
    forward = module->lookupSymbol<func::FuncOp>("forward");
    ASSERT_TRUE(forward);
    names = opNames();
  }

  std::set<std::string> opNames() {
    std::set<std::string> found;
    forward.walk([&](Operation *op) {
      found.insert(aten::exportedName(op->getLoc()).str());
    });
    found.insert("output");
    return found;
  }

  /// Ours lacks what is nothing in inference (dropout) and its edges.
  bool isOurs(const Edge &edge) const {
    const std::string op = edge.substr(0, edge.find('['));
    if (names.count(op))
      return true;
    EXPECT_EQ(op.rfind("dropout", 0), 0u) << "no op for " << edge;
    return false;
  }

  bool run(const std::string &pipeline) {
    PassManager passes(&context);
    return succeeded(parsePassPipeline(pipeline, passes)) &&
           succeeded(passes.run(*module));
  }

  MLIRContext context;
  GoldenCase golden;
  OwningOpRef<ModuleOp> module;
  func::FuncOp forward;
  std::set<std::string> names;
};

TEST_P(GoldenCases, ShareTheSameObservers) {
  std::set<std::set<Edge>> expected, ours;
  for (const GoldenGroup &group : golden.groups) {
    std::set<Edge> edges;
    for (const Edge &edge : group.edges)
      if (isOurs(edge))
        edges.insert(edge);
    expected.insert(edges);
  }
  FailureOr<std::vector<SharingGroup>> groups = sharingGroups(forward);
  ASSERT_TRUE(succeeded(groups));
  for (const SharingGroup &group : *groups) {
    std::set<Edge> edges;
    for (const QuantizedEdge &edge : group.edges)
      edges.insert(edge.isResult ? aten::exportedName(edge.op->getLoc()).str()
                                 : edgeOf(edge.op, edge.index));
    ours.insert(edges);
  }
  EXPECT_EQ(ours, expected);
}

/// Weights need no calibration: their parameters and codes are there after
/// prepare.
TEST_P(GoldenCases, HaveTheSameWeights) {
  ASSERT_TRUE(run("pt2e-prepare"));
  // Activations are not calibrated here.
  module->walk([&](SiteOp site) {
    if (!site.getStatistics()) {
      Builder builder(&context);
      site.setPinnedAttr(FixedAttr::get(&context, builder.getI8Type(), -128,
                                        127, builder.getF32FloatAttr(1), 0));
    }
  });
  ASSERT_TRUE(run("pt2e-convert"));
  std::map<Edge, std::vector<int8_t>> ours;
  forward.walk([&](Operation *op) {
    for (auto [index, operand] : llvm::enumerate(op->getOperands())) {
      auto dequantize = operand.getDefiningOp<DequantizeOp>();
      if (!dequantize)
        continue;
      ElementsAttr constant = aten::constantOf(dequantize.getInput());
      if (!constant)
        continue;
      const Edge edge = edgeOf(op, index);
      FailureOr<aten::ConstantData> codes = aten::constantData(constant);
      ASSERT_TRUE(succeeded(codes));
      const ArrayRef<int8_t> values = codes->as<int8_t>();
      ours[edge] = {values.begin(), values.end()};
      auto reading = golden.readings.find(edge);
      ASSERT_NE(reading, golden.readings.end()) << edge;
      FailureOr<aten::ConstantData> scales =
          aten::constantData(aten::constantOf(dequantize.getScale()));
      ASSERT_TRUE(succeeded(scales));
      EXPECT_EQ(std::vector<float>(scales->as<float>()), reading->second.first)
          << edge;
    }
  });
  EXPECT_EQ(ours, golden.weights);
}

/// Scale and zero point of a tensor's dequantize.
std::pair<std::vector<float>, std::vector<int32_t>>
parametersOf(DequantizeOp dequantize) {
  std::pair<std::vector<float>, std::vector<int32_t>> params;
  if (auto data = aten::constantData(aten::constantOf(dequantize.getScale()));
      succeeded(data))
    params.first = std::vector<float>(data->as<float>());
  params.second.resize(params.first.size());
  if (Value zeroPoint = dequantize.getZeroPoint())
    if (auto data = aten::constantData(aten::constantOf(zeroPoint));
        succeeded(data))
      params.second = std::vector<int32_t>(data->as<int32_t>());
  return params;
}

/// The float kernels of the two runtimes differ in the last bits: scales agree
/// within 1e-4, and a zero point may be one step off if the scale explains it.
TEST_P(GoldenCases, HaveTheSameActivations) {
  ASSERT_TRUE(run("pt2e-prepare"));
  CalibrationOptions options;
  options.data = {caseFolder(GetParam())};
  ASSERT_TRUE(succeeded(calibrate(*module, options)));
  ASSERT_TRUE(run("pt2e-convert"));
  std::set<Edge> read;
  forward.walk([&](Operation *op) {
    for (auto [index, operand] : llvm::enumerate(op->getOperands())) {
      auto dequantize = operand.getDefiningOp<DequantizeOp>();
      if (!dequantize || isa<QuantizeOp>(op))
        continue;
      const Edge edge = edgeOf(op, index);
      read.insert(edge);
      auto golden = this->golden.readings.find(edge);
      ASSERT_NE(golden, this->golden.readings.end()) << edge;
      const auto &[scales, zeroPoints] = golden->second;
      const auto [ourScales, ourZeroPoints] = parametersOf(dequantize);
      ASSERT_EQ(ourScales.size(), scales.size()) << edge;
      for (size_t i = 0; i < scales.size(); ++i) {
        const float difference = std::abs(ourScales[i] - scales[i]);
        EXPECT_LE(difference, 1e-4f * scales[i]) << edge;
        EXPECT_LE(std::abs(ourZeroPoints[i] - zeroPoints[i]),
                  difference == 0 ? 0 : 1)
            << edge;
      }
    }
  });
  for (const auto &[edge, params] : golden.readings)
    if (isOurs(edge))
      EXPECT_TRUE(read.count(edge)) << edge << " is not quantized";
}

INSTANTIATE_TEST_SUITE_P(Recorded, GoldenCases,
                         testing::ValuesIn(goldenCases()),
                         [](const auto &info) { return info.param; });
} // namespace
