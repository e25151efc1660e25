//===- GraphViewTest.cpp - The interface that quantizers are written to ---===//

#include "lib/Quantizers/GraphView.h"

#include <algorithm>

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
#linear = loc(fused<#aten.scope<[":Net", "fc:torch.nn.Linear"]>>["linear", "model.py":12:0])
#cat = loc(fused<#aten.scope<[":Net"]>>["cat", "model.py":13:0])
func.func @forward(%x: tensor<?x2xf32, #aten.bounds<[8, -1]>>, %i: tensor<4xi64>) -> tensor<?x4xf32, #aten.bounds<[8, -1]>> {
  %w = aten.parameter "fc.weight" dense<[[1.0, 2.0], [3.0, -4.0]]> : tensor<2x2xf32>
  %0 = aten.linear %x, %w : (tensor<?x2xf32, #aten.bounds<[8, -1]>>, tensor<2x2xf32>) -> tensor<?x2xf32, #aten.bounds<[8, -1]>> loc(#linear)
  %1 = aten.cat %0, %x {dim = 1 : i64} : (tensor<?x2xf32, #aten.bounds<[8, -1]>>, tensor<?x2xf32, #aten.bounds<[8, -1]>>) -> tensor<?x4xf32, #aten.bounds<[8, -1]>> loc(#cat)
  %2 = aten.add.Scalar %i {other = 2.5e-01 : f64, alpha = 1 : i64} : (tensor<4xi64>) -> tensor<4xf32>
  return %1 : tensor<?x4xf32, #aten.bounds<[8, -1]>>
}
)mlir";

class GraphViewTest : public testing::Test {
protected:
  void SetUp() override {
    module = parseSourceString<ModuleOp>(kProgram, &context);
    ASSERT_TRUE(module);
    graph =
        std::make_unique<GraphView>(*module->getOps<func::FuncOp>().begin());
  }

  LoadedContext context;
  OwningOpRef<ModuleOp> module;
  std::unique_ptr<GraphView> graph;
};

constexpr q::Op kLinear{0}, kCat{1}, kAdd{2}, kEnd{3};

TEST_F(GraphViewTest, NumbersOpsInProgramOrder) {
  ASSERT_EQ(graph->numOps(), 4u);
  EXPECT_EQ(graph->schema(kLinear), "aten::linear");
  EXPECT_EQ(graph->schema(kCat), "aten::cat");
  EXPECT_EQ(graph->schema(kAdd), "aten::add.Scalar");
  EXPECT_EQ(graph->schema(kEnd), "");
}

TEST_F(GraphViewTest, TellsWhereAnOpComesFrom) {
  EXPECT_EQ(graph->name(kLinear), "linear");
  ASSERT_EQ(graph->modules(kLinear).size(), 2u);
  EXPECT_EQ(graph->modules(kLinear)[1].path, "fc");
  EXPECT_EQ(graph->modules(kLinear)[1].type, "torch.nn.Linear");
  EXPECT_EQ(graph->source(kLinear).file, "model.py");
  EXPECT_EQ(graph->source(kLinear).line, 12u);
}

TEST_F(GraphViewTest, FindsArgumentsByName) {
  EXPECT_EQ(graph->tensors(kLinear, "weight").first, 1u);
  EXPECT_EQ(graph->tensors(kLinear, "weight").count, 1u);
  EXPECT_EQ(graph->tensors(kLinear, "bias").count, 0u);
  EXPECT_EQ(graph->tensors(kCat, "tensors").count, 2u);
  EXPECT_EQ(graph->tensors(kEnd, "tensors").count, 0u);
  EXPECT_EQ(graph->integer(kCat, "dim"), 1);
  EXPECT_EQ(graph->number(kAdd, "other"), 0.25);
  EXPECT_EQ(graph->number(kAdd, "alpha"), 1);
  EXPECT_FALSE(graph->integer(kAdd, "dim").has_value());
}

TEST_F(GraphViewTest, FollowsValues) {
  const q::Value input = graph->operands(kLinear)[0];
  const q::Value weight = graph->operands(kLinear)[1];
  const q::Value result = graph->results(kLinear)[0];
  EXPECT_FALSE(graph->producer(input).has_value());
  EXPECT_EQ(graph->producer(result), kLinear);
  ASSERT_EQ(graph->users(input).size(), 2u);
  EXPECT_EQ(graph->users(input)[1].op, kCat);
  EXPECT_EQ(graph->users(input)[1].operand, 1u);
  ASSERT_EQ(graph->shape(input).size(), 2u);
  EXPECT_EQ(graph->shape(input)[0], -1);
  EXPECT_EQ(graph->elementType(input), q::ElementType::F32);
  EXPECT_EQ(graph->elementType(graph->operands(kAdd)[0]), q::ElementType::Int);
  EXPECT_TRUE(graph->isConstant(weight));
  ASSERT_EQ(graph->constantData(weight).size(), 4u);
  EXPECT_EQ(graph->constantData(weight)[3], -4.0f);
  EXPECT_TRUE(graph->constantData(input).empty());
}

TEST_F(GraphViewTest, KeepsWhatItIsTold) {
  q::Spec spec;
  spec.kind = q::Spec::Kind::Static;
  spec.bits = 4;
  spec.isSigned = false;
  spec.quantMin = 0;
  spec.quantMax = 15;
  spec.axis = 0;
  spec.observer = "moving_average_per_channel_min_max";
  spec.averagingConstant = 0.5f;
  q::Spec fixed;
  fixed.kind = q::Spec::Kind::Fixed;
  fixed.scale = 0.5f;
  fixed.zeroPoint = 3;
  EXPECT_FALSE(graph->isAnnotated(kLinear));
  graph->annotateOperand(kLinear, 1, spec);
  graph->annotateResult(kLinear, 0, fixed);
  graph->annotateOperand(kCat, 0, q::Spec::sharedWithProducer());
  graph->annotateOperand(kCat, 1, q::Spec::sharedWithResult(0));
  graph->annotateResult(kCat, 0, q::Spec::sharedWithOperand(0));
  graph->setRule(kLinear, "mine");
  graph->forbidImplicitSharing(kLinear);
  graph->refuse(kAdd, "why", "because");
  ASSERT_TRUE(succeeded(graph->commit()));

  // A second quantizer sees it.
  GraphView next(*module->getOps<func::FuncOp>().begin());
  EXPECT_TRUE(next.isAnnotated(kLinear));
  EXPECT_FALSE(next.isAnnotated(kAdd));
  const q::Spec weight = next.operandSpec(kLinear, 1);
  EXPECT_EQ(weight.kind, q::Spec::Kind::Static);
  EXPECT_EQ(weight.bits, 4);
  EXPECT_FALSE(weight.isSigned);
  EXPECT_EQ(weight.quantMax, 15);
  EXPECT_EQ(weight.axis, 0);
  EXPECT_EQ(weight.observer, spec.observer);
  EXPECT_EQ(weight.averagingConstant, 0.5f);
  EXPECT_EQ(next.operandSpec(kLinear, 0).kind, q::Spec::Kind::Float);
  EXPECT_EQ(next.resultSpec(kLinear, 0).kind, q::Spec::Kind::Fixed);
  EXPECT_EQ(next.resultSpec(kLinear, 0).zeroPoint, 3);
  EXPECT_EQ(next.operandSpec(kCat, 0).with, q::Spec::With::Producer);
  EXPECT_EQ(next.operandSpec(kCat, 1).with, q::Spec::With::Result);
  EXPECT_EQ(next.resultSpec(kCat, 0).with, q::Spec::With::Operand);
  std::string text;
  llvm::raw_string_ostream(text) << *module;
  EXPECT_NE(text.find(R"(rule = "mine", implicit_sharing = false)"),
            std::string::npos);
  EXPECT_NE(text.find(R"({code = "why", reason = "because"})"),
            std::string::npos);
}

TEST_F(GraphViewTest, KeepsEveryKindOfSpec) {
  q::Spec rows;
  rows.kind = q::Spec::Kind::Dynamic;
  rows.block = q::Block::perToken(2);
  q::Spec groups;
  groups.kind = q::Spec::Kind::Static;
  groups.setCodes(true, 4, -8, 7);
  groups.scheme = q::Scheme::SymmetricNoClippingError;
  groups.block = {1, 2};
  groups.observer = "block_min_max";
  graph->annotateOperand(kLinear, 0, rows);
  graph->annotateOperand(kLinear, 1, groups);
  graph->annotateResult(kLinear, 0, q::Spec::stored(q::Storage::BF16));
  ASSERT_TRUE(succeeded(graph->commit()));
  ASSERT_TRUE(succeeded(mlir::verify(*module)));

  GraphView next(*module->getOps<func::FuncOp>().begin());
  const q::Spec input = next.operandSpec(kLinear, 0);
  EXPECT_EQ(input.kind, q::Spec::Kind::Dynamic);
  ASSERT_EQ(input.block.rank(), 2u);
  EXPECT_EQ(input.block[0], 1);
  EXPECT_EQ(input.block[1], -1);
  const q::Spec weight = next.operandSpec(kLinear, 1);
  EXPECT_EQ(weight.kind, q::Spec::Kind::Static);
  EXPECT_EQ(weight.scheme, q::Scheme::SymmetricNoClippingError);
  EXPECT_EQ(weight.block[1], 2);
  EXPECT_EQ(next.resultSpec(kLinear, 0).storage, q::Storage::BF16);
}

/// The errors that `say` causes; nothing is committed then.
template <typename Say>
std::string errorsOf(GraphView &graph, MLIRContext &context, Say say) {
  std::string errors;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    errors += diagnostic.str() + "\n";
  });
  say();
  EXPECT_TRUE(failed(graph.commit()));
  return errors;
}

TEST_F(GraphViewTest, RefusesToQuantizeIntegers) {
  q::Spec spec;
  spec.kind = q::Spec::Kind::Static;
  spec.observer = "min_max";
  EXPECT_NE(
      errorsOf(*graph, context, [&] { graph->annotateOperand(kAdd, 0, spec); })
          .find("expected a tensor of f32, f16 or bf16 to quantize"),
      std::string::npos);
}

TEST_F(GraphViewTest, RefusesRangesThatDoNotFit) {
  q::Spec spec;
  spec.kind = q::Spec::Kind::Static;
  spec.observer = "min_max";
  spec.quantMax = 128;
  EXPECT_NE(errorsOf(*graph, context,
                     [&] { graph->annotateOperand(kLinear, 0, spec); })
                .find("expected a range inside [-128, 127]"),
            std::string::npos);
}

TEST_F(GraphViewTest, RefusesFixedScalesThatAreNotNormal) {
  q::Spec spec;
  spec.kind = q::Spec::Kind::Fixed;
  spec.scale = 1e-40f;
  EXPECT_NE(errorsOf(*graph, context,
                     [&] { graph->annotateOperand(kLinear, 0, spec); })
                .find("expected a normal, positive scale"),
            std::string::npos);
}

TEST_F(GraphViewTest, RefusesSpecsOnceWhereTheyAreGiven) {
  q::Spec spec;
  spec.kind = q::Spec::Kind::Static;
  spec.observer = "minimum";
  const std::string errors = errorsOf(
      *graph, context, [&] { graph->annotateOperand(kLinear, 0, spec); });
  EXPECT_NE(errors.find("expected an observer (min_max, "), std::string::npos);
  EXPECT_NE(errors.find("linear in fc"), std::string::npos);
  EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 1);
}

TEST_F(GraphViewTest, RefusesBlocksOfTooManyDimensions) {
  q::Spec spec;
  spec.kind = q::Spec::Kind::Dynamic;
  spec.block = q::Block::perToken(100);
  EXPECT_NE(errorsOf(*graph, context,
                     [&] { graph->annotateOperand(kLinear, 0, spec); })
                .find("expected a block of up to 8 dimensions"),
            std::string::npos);
}

TEST_F(GraphViewTest, NamesTheOpThatAQuantizerFailsAt) {
  EXPECT_NE(errorsOf(*graph, context, [&] { graph->fail(kLinear, "no way"); })
                .find("no way (annotating linear in fc (Linear), model.py:12)"),
            std::string::npos);
}
} // namespace
