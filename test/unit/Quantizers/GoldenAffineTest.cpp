//===- GoldenAffineTest.cpp - Weights as torchao's quantize_ has them -----===//

#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Constants.h"
#include "lib/Quantizers/SitesView.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "pt2e/Import/Import.h"
#include "pt2e/InitAll.h"
#include "test/unit/LoadedContext.h"
#include "llvm/Support/CRC.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace pt2e;
namespace q = pt2e::quantizer;

namespace {
constexpr float kMachineEps = 0x1p-23f, kSmallestNormal = 0x1p-126f;

/// A way to quantize the weight [128, 256] of the program's linear op, and its
/// activation.
struct Way {
  const char *name;
  uint8_t bits;
  /// 0: the whole row; -1: the whole tensor.
  int64_t group;
  q::Scheme scheme;
  float eps;
  std::optional<q::Scheme> activation;
  bool perToken = true;
};

const Way kWays[] = {
    {"8da4w_axis0", 4, 0, q::Scheme::Symmetric, kSmallestNormal,
     q::Scheme::Affine},
    {"8da4w_group32", 4, 32, q::Scheme::Symmetric, kSmallestNormal,
     q::Scheme::Affine},
    {"8da4w_group32_noclip", 4, 32, q::Scheme::SymmetricNoClippingError,
     kSmallestNormal, q::Scheme::Affine},
    {"int8_dynact_int8_weight", 8, 0, q::Scheme::Symmetric, kMachineEps,
     q::Scheme::Symmetric},
    {"int8_dynact_int8_weight_tensor", 8, -1, q::Scheme::Symmetric, kMachineEps,
     q::Scheme::Symmetric, false},
    {"int8_weight_only_row", 8, 0, q::Scheme::Symmetric, kMachineEps, {}},
    {"int8_weight_only_tensor", 8, -1, q::Scheme::Symmetric, kMachineEps, {}},
    {"intx_weight_only_int4_group32",
     4,
     32,
     q::Scheme::Symmetric,
     kSmallestNormal,
     {}},
    {"intx_weight_only_int8_axis0",
     8,
     0,
     q::Scheme::Symmetric,
     kSmallestNormal,
     {}}};

class LinearQuantizer : public q::Quantizer {
public:
  explicit LinearQuantizer(const Way &way) : way(way) {}
  std::string_view name() const override { return "linear"; }

  void annotate(q::Graph &graph) override {
    for (uint32_t i = 0; i < graph.numOps(); ++i) {
      const q::Op op{i};
      if (graph.schema(op) != "aten::linear")
        continue;
      graph.annotateOperand(op, 1, weight());
      if (!way.activation)
        continue;
      q::Spec activation;
      activation.kind = q::Spec::Kind::Dynamic;
      activation.scheme = *way.activation;
      if (way.perToken)
        activation.block =
            q::Block::perToken(graph.shape(graph.operands(op)[0]).size());
      graph.annotateOperand(op, 0, activation);
    }
  }

private:
  q::Spec weight() const {
    q::Spec spec;
    spec.kind = q::Spec::Kind::Static;
    spec.setCodes(true, way.bits, -(1 << (way.bits - 1)),
                  (1 << (way.bits - 1)) - 1);
    spec.scheme = way.scheme;
    spec.eps = way.eps;
    spec.observer = "min_max";
    if (way.group >= 0) {
      spec.observer = "block_min_max";
      spec.block = {1, way.group == 0 ? -1 : way.group};
    }
    return spec;
  }

  const Way &way;
};

class GoldenAffine : public testing::TestWithParam<Way> {};

uint32_t crc(ElementsAttr constant) {
  FailureOr<aten::ConstantData> data = aten::constantData(constant);
  EXPECT_TRUE(succeeded(data));
  return llvm::crc32({reinterpret_cast<const uint8_t *>(data->bytes().data()),
                      data->bytes().size()});
}

TEST_P(GoldenAffine, HaveTheSameWeights) {
  registerAllPasses();
  const std::string folder = std::string(PT2E_TEST_DATA) + "/affine/";
  auto file = llvm::MemoryBuffer::getFile(folder + "golden.json");
  const llvm::json::Value root =
      llvm::cantFail(llvm::json::parse((*file)->getBuffer()));
  const llvm::json::Object &golden =
      *root.getAsObject()->getObject(GetParam().name);

  LoadedContext context;
  OwningOpRef<ModuleOp> module = importPt2(folder + "model.pt2", &context);
  ASSERT_TRUE(module);
  auto run = [&](const char *pipeline) {
    PassManager passes(&context);
    return succeeded(parsePassPipeline(pipeline, passes)) &&
           succeeded(passes.run(*module));
  };
  ASSERT_TRUE(run("aten-simplify"));
  LinearQuantizer quantizer(GetParam());
  GraphView graph(module->lookupSymbol<func::FuncOp>("forward"));
  quantizer.annotate(graph);
  ASSERT_TRUE(succeeded(graph.commit()));
  ASSERT_TRUE(run("pt2e-prepare,pt2e-convert"));

  unsigned checked = 0;
  module->walk([&](aten::LinearOp linear) {
    auto weight = linear.getWeight().getDefiningOp<DequantizeOp>();
    ASSERT_TRUE(weight);
    EXPECT_EQ(crc(aten::constantOf(weight.getInput())),
              *golden.getInteger("codes"));
    EXPECT_EQ(crc(aten::constantOf(weight.getScale())),
              *golden.getInteger("scales"));
    EXPECT_FALSE(weight.getZeroPoint());
    auto input = linear.getInput().getDefiningOp<DequantizeOp>();
    EXPECT_EQ(static_cast<bool>(input), GetParam().activation.has_value());
    if (input) {
      auto choose = input.getScale().getDefiningOp<ChooseQParamsOp>();
      ASSERT_TRUE(choose);
      EXPECT_EQ(choose.getEncoding().getBlock().front(),
                GetParam().perToken ? 1 : -1);
      EXPECT_EQ(choose.getScheme() == QuantScheme::Affine,
                *GetParam().activation == q::Scheme::Affine);
    }
    ++checked;
  });
  EXPECT_EQ(checked, 1u);
}

INSTANTIATE_TEST_SUITE_P(Recorded, GoldenAffine, testing::ValuesIn(kWays),
                         [](const auto &info) {
                           return std::string("affine_") + info.param.name;
                         });
} // namespace
