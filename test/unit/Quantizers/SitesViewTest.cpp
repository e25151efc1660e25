//===- SitesViewTest.cpp - Quantizers see and change sites ----------------===//

#include "lib/Quantizers/SitesView.h"

#include <functional>

#include "mlir/IR/OwningOpRef.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "test/unit/LoadedContext.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace pt2e;
namespace q = pt2e::quantizer;

namespace {
constexpr char kProgram[] = R"mlir(
#act = #pt2e.spec<i8, -128 : 127, affine, static, "min_max">
func.func @forward(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = aten.relu %x {pt2e.annotation = #pt2e.annotation<operands = [#act], results = [#act], rule = "relu">} : (tensor<2xf32>) -> tensor<2xf32>
  %1 = aten.add.Tensor %0, %x {alpha = 1 : i64, pt2e.annotation = #pt2e.annotation<operands = [#pt2e.shared<producer>, #act], results = [#act], rule = "add">} : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}
)mlir";

using Callback = std::function<void(q::Graph &, q::Sites &)>;

struct WithCallback : q::Quantizer {
  explicit WithCallback(Callback callback) : callback(std::move(callback)) {}
  std::string_view name() const override { return "test"; }
  void annotate(q::Graph &) override {}
  void prepare(q::Graph &graph, q::Sites &sites) override {
    callback(graph, sites);
  }
  Callback callback;
};

/// Sites: 0 is x (read by both), 1 the result of relu and its reading, 2 the
/// result of add.
class SitesViewTest : public testing::Test {
protected:
  void SetUp() override {
    module = parseSourceString<ModuleOp>(kProgram, &context);
    ASSERT_TRUE(module);
    forward = *module->getOps<func::FuncOp>().begin();
  }

  LogicalResult prepare(Callback callback) {
    WithCallback quantizer(std::move(callback));
    GraphView graph(forward);
    return prepareSites(quantizer, graph);
  }

  /// The groups as sets of "op.operand", for comparison.
  std::vector<std::vector<std::string>> groups() {
    EXPECT_TRUE(succeeded(verify(*module)));
    std::vector<std::vector<std::string>> list;
    auto groups = sharingGroups(forward);
    EXPECT_TRUE(succeeded(groups));
    for (const SharingGroup &group : *groups) {
      specs.push_back(group.spec);
      auto &edges = list.emplace_back();
      for (const QuantizedEdge &edge : group.edges)
        edges.push_back(edge.op->getName().stripDialect().str() +
                        (edge.isResult ? " result" : " operand ") +
                        (edge.isResult ? "" : std::to_string(edge.index)));
    }
    return list;
  }

  using Groups = std::vector<std::vector<std::string>>;
  const Groups unchanged = {{"relu operand 0", "add.Tensor operand 1"},
                            {"relu result", "add.Tensor operand 0"},
                            {"add.Tensor result"}};
  LoadedContext context;
  OwningOpRef<ModuleOp> module;
  func::FuncOp forward;
  std::vector<Attribute> specs;
};

TEST_F(SitesViewTest, ShowsSitesAndTheirEdges) {
  ASSERT_TRUE(succeeded(prepare([](q::Graph &, q::Sites &sites) {
    ASSERT_EQ(sites.numSites(), 3u);
    ASSERT_EQ(sites.edges({0}).size(), 2u);
    EXPECT_EQ(sites.edges({0})[1].op, (q::Op{1}));
    EXPECT_EQ(sites.edges({0})[1].index, 1u);
    EXPECT_FALSE(sites.edges({0})[1].isResult);
    EXPECT_EQ(sites.spec({1}).observer, "min_max");
  })));
  EXPECT_EQ(groups(), unchanged);
}

TEST_F(SitesViewTest, ReplacesTheSpecOfAWholeSite) {
  ASSERT_TRUE(succeeded(prepare([](q::Graph &, q::Sites &sites) {
    sites.setSpec({1}, q::Spec::fixed(0.5f, 3));
  })));
  EXPECT_EQ(groups(), unchanged);
  ASSERT_TRUE(isa<FixedAttr>(specs[1]));
  EXPECT_EQ(cast<FixedAttr>(specs[1]).getZeroPoint(), 3);
}

TEST_F(SitesViewTest, LeavesASiteFloat) {
  ASSERT_TRUE(succeeded(prepare(
      [](q::Graph &, q::Sites &sites) { sites.setSpec({1}, q::Spec()); })));
  EXPECT_EQ(groups(), (Groups{{"relu operand 0", "add.Tensor operand 1"},
                              {"add.Tensor result"}}));
}

TEST_F(SitesViewTest, MergesSitesThatHaveNothingInCommon) {
  ASSERT_TRUE(succeeded(prepare([](q::Graph &, q::Sites &sites) {
    sites.merge({0}, {2});
    EXPECT_EQ(sites.edges({0}).size(), 3u);
    EXPECT_TRUE(sites.edges({2}).empty());
  })));
  EXPECT_EQ(groups(), (Groups{{"relu operand 0", "add.Tensor operand 1",
                               "add.Tensor result"},
                              {"relu result", "add.Tensor operand 0"}}));
}

TEST_F(SitesViewTest, RefusesToMergeSitesOfTwoSpecs) {
  EXPECT_TRUE(failed(prepare([](q::Graph &, q::Sites &sites) {
    sites.setSpec({1}, q::Spec::fixed(0.5f, 3));
    sites.merge({0}, {1});
  })));
}

TEST_F(SitesViewTest, SplitsASite) {
  ASSERT_TRUE(succeeded(prepare([](q::Graph &, q::Sites &sites) {
    const q::Edge edge = sites.edges({0})[1];
    EXPECT_EQ(sites.split({0}, {&edge, 1}), (q::Site{3}));
  })));
  EXPECT_EQ(groups(), (Groups{{"relu operand 0"},
                              {"relu result", "add.Tensor operand 0"},
                              {"add.Tensor operand 1"},
                              {"add.Tensor result"}}));
}

TEST_F(SitesViewTest, IsRepeatable) {
  auto split = [](q::Graph &, q::Sites &sites) {
    const q::Edge edge = sites.edges({0})[1];
    sites.split({0}, {&edge, 1});
  };
  ASSERT_TRUE(succeeded(prepare(split)));
  ASSERT_TRUE(succeeded(prepare([](q::Graph &, q::Sites &sites) {
    sites.setSpec({3}, q::Spec::fixed(1, 0));
  })));
  EXPECT_EQ(groups().size(), 4u);
}

TEST_F(SitesViewTest, RefusesSpecsThatAreNoneOrBroken) {
  std::string errors;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    errors += diagnostic.str() + "\n";
  });
  EXPECT_TRUE(failed(prepare([](q::Graph &, q::Sites &sites) {
    sites.setSpec({0}, q::Spec::sharedWithOperand(0));
    q::Spec broken = sites.spec({1});
    broken.quantMax = 1000;
    sites.setSpec({1}, broken);
  })));
  EXPECT_NE(errors.find("expected a spec of its own for a site"),
            std::string::npos);
  EXPECT_NE(errors.find("expected a range inside [-128, 127]"),
            std::string::npos);
}
} // namespace
