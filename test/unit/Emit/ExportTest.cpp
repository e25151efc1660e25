#include "Compile.h"

namespace pt2e {
namespace {

using runtime::DType;
using runtime::Shape;
using runtime::Tensor;

TEST(ExportTest, ConvolutionAndClampInFloat) {
  const std::vector<float> x = randomFloats(2 * 5 * 6 * 3, 1);
  const std::vector<float> filter = randomFloats(4 * 3 * 3 * 3, 2);
  const std::vector<float> bias = randomFloats(4, 3);
  const std::string text =
      substitute(R"mlir(
func.func private @d(%x: !xnn.value<f32, [2, 5, 6, 3]>) -> !xnn.value<f32, [2, 3, 3, 4]> attributes {xnn.delegate} {
  %w = xnn.constant $filter : tensor<4x3x3x3xf32> : !xnn.value<f32, [4, 3, 3, 3]>
  %b = xnn.constant $bias : tensor<4xf32> : !xnn.value<f32, [4]>
  %0 = xnn.conv2d %x, %w, %b {padding = array<i64: 1, 1, 1, 1>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>, groups = 1 : i64}
     : (!xnn.value<f32, [2, 5, 6, 3]>, !xnn.value<f32, [4, 3, 3, 3]>, !xnn.value<f32, [4]>) -> !xnn.value<f32, [2, 3, 3, 4]>
  %1 = xnn.clamp %0 {output_min = 0.0 : f32} : (!xnn.value<f32, [2, 3, 3, 4]>) -> !xnn.value<f32, [2, 3, 3, 4]>
  return %1 : !xnn.value<f32, [2, 3, 3, 4]>
}
func.func @forward(%x: tensor<2x5x6x3xf32>) -> tensor<2x3x3x4xf32> {
  %0 = et.call_delegate @d(%x) : (tensor<2x5x6x3xf32>) -> tensor<2x3x3x4xf32>
  return %0 : tensor<2x3x3x4xf32>
})mlir",
                 {{"filter", dense(filter)}, {"bias", dense(bias)}});
  const auto outputs = runText(text, {Tensor::of(DType::F32, {2, 5, 6, 3}, x)});
  ASSERT_EQ(outputs.size(), 1);
  EXPECT_EQ(outputs[0].shape(), (Shape{2, 3, 3, 4}));
  const std::vector<double> sums = convolve(x, 2, 5, 6, 3, filter, 4, 3, 2, 1);
  const auto got = outputs[0].elements<float>();
  ASSERT_EQ(sums.size(), got.size());
  for (size_t i = 0; i < sums.size(); ++i)
    EXPECT_NEAR(got[i], std::max(0.0, sums[i] + bias[i % 4]), 1e-5);
}

const char *const kDynamic = R"mlir(
func.func private @d(%x: !xnn.value<f32, [8, 4]>) -> !xnn.value<f32, [8, 3]> attributes {xnn.delegate} {
  %w = xnn.constant $filter : tensor<3x4xf32> : !xnn.value<f32, [3, 4]>
  %0 = xnn.fully_connected %x, %w {output_max = 0.5 : f32}
     : (!xnn.value<f32, [8, 4]>, !xnn.value<f32, [3, 4]>) -> !xnn.value<f32, [8, 3]>
  return %0 : !xnn.value<f32, [8, 3]>
}
func.func @forward(%x: tensor<?x4xf32, #aten.bounds<[8, -1]>>) -> (tensor<?x3xf32, #aten.bounds<[8, -1]>>, i64) {
  %p = aten.parameter "p" $p : tensor<3xf32>
  %0 = et.call_delegate @d(%x) : (tensor<?x4xf32, #aten.bounds<[8, -1]>>) -> tensor<?x3xf32, #aten.bounds<[8, -1]>>
  %1 = et.call_kernel "aten::add.out"(%0, %p) [#et.operand<0>, #et.operand<1>, 2 : i64]
     : (tensor<?x3xf32, #aten.bounds<[8, -1]>>, tensor<3xf32>) -> tensor<?x3xf32, #aten.bounds<[8, -1]>>
  %n = et.call_kernel "aten::sym_size.int"(%1) [#et.operand<0>, 0 : i64] : (tensor<?x3xf32, #aten.bounds<[8, -1]>>) -> i64
  return %1, %n : tensor<?x3xf32, #aten.bounds<[8, -1]>>, i64
})mlir";

TEST(ExportTest, DynamicBatchAndKernelsBetweenDelegates) {
  const std::vector<float> filter = randomFloats(12, 4);
  const std::vector<float> p = randomFloats(3, 5);
  const std::string text =
      substitute(kDynamic, {{"filter", dense(filter)}, {"p", dense(p)}});
  for (int64_t batch : {8, 3, 1, 5}) {
    const std::vector<float> x = randomFloats(batch * 4, 6);
    const auto outputs = runText(text, {Tensor::of(DType::F32, {batch, 4}, x)});
    ASSERT_EQ(outputs.size(), 2);
    EXPECT_EQ(outputs[0].shape(), (Shape{batch, 3}));
    EXPECT_EQ(outputs[1].elements<int64_t>()[0], batch);
    for (int64_t i = 0; i < batch; ++i)
      for (int64_t j = 0; j < 3; ++j) {
        double sum = 0;
        for (int64_t k = 0; k < 4; ++k)
          sum += double(x[i * 4 + k]) * filter[j * 4 + k];
        EXPECT_NEAR(outputs[0].elements<float>()[i * 3 + j],
                    std::min(sum, 0.5) + 2 * p[j], 1e-6);
      }
  }
}

TEST(ExportTest, TheSameModuleGivesTheSameBytes) {
  const std::string text =
      substitute(kDynamic, {{"filter", dense(randomFloats(12, 4))},
                            {"p", dense(randomFloats(3, 5))}});
  const std::string bytes = exportText(text);
  EXPECT_FALSE(bytes.empty());
  EXPECT_EQ(bytes, exportText(text));
}

TEST(ExportTest, BuffersKeepTheirValueBetweenCalls) {
  const std::string bytes = exportText(R"mlir(
aten.buffer @acc "acc" dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
func.func @forward(%x: tensor<3xf32>) -> tensor<3xf32> {
  %0 = aten.read_buffer @acc : tensor<3xf32>
  %1 = et.call_kernel "aten::add.out"(%0, %x) [#et.operand<0>, #et.operand<1>, 1 : i64] : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  aten.write_buffer @acc, %1 : tensor<3xf32>
  return %1 : tensor<3xf32>
})mlir");
  ASSERT_FALSE(bytes.empty());
  auto program = runtime::Program::loadBytes(
      std::vector<uint8_t>(bytes.begin(), bytes.end()), "exported");
  ASSERT_TRUE(program.ok()) << program.status();
  const Tensor x = Tensor::of<float>(DType::F32, {3}, {10, 20, 30});
  for (float call = 1; call <= 3; ++call) {
    auto outputs = program->run({x});
    ASSERT_TRUE(outputs.ok()) << outputs.status();
    const auto got = (*outputs)[0].elements<float>();
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(got[i], (i + 1) * (1 + 10 * call));
  }
}

TEST(ExportTest, EqualDelegatesAreStoredOnce) {
  auto delegate = [](const std::string &name, const std::string &weights) {
    return "func.func private @" + name +
           "(%x: !xnn.value<f32, [1, 64]>) -> !xnn.value<f32, [1, 64]> "
           "attributes {xnn.delegate} {\n"
           "  %w = xnn.constant " +
           weights +
           " : tensor<64x64xf32> : !xnn.value<f32, [64, 64]>\n"
           "  %0 = xnn.fully_connected %x, %w : (!xnn.value<f32, [1, 64]>, "
           "!xnn.value<f32, [64, 64]>) -> !xnn.value<f32, [1, 64]>\n"
           "  return %0 : !xnn.value<f32, [1, 64]>\n}\n";
  };
  const std::string forward = R"mlir(
func.func @forward(%x: tensor<1x64xf32>) -> tensor<1x64xf32> {
  %0 = et.call_delegate @a(%x) : (tensor<1x64xf32>) -> tensor<1x64xf32>
  %1 = et.call_delegate @b(%0) : (tensor<1x64xf32>) -> tensor<1x64xf32>
  return %1 : tensor<1x64xf32>
})mlir";
  const std::string one = dense(randomFloats(4096, 1));
  const std::string two = dense(randomFloats(4096, 2));
  const size_t once =
      exportText(delegate("a", one) + delegate("b", one) + forward).size();
  const size_t twice =
      exportText(delegate("a", one) + delegate("b", two) + forward).size();
  EXPECT_GT(once, 16384);
  EXPECT_GT(twice, once + 16384);
}

TEST(ExportTest, ResultsThatAreArgumentsAndRepeatedResults) {
  const auto outputs = runText(R"mlir(
func.func private @d(%x: !xnn.value<f32, [3]>) -> (!xnn.value<f32, [3]>, !xnn.value<f32, [3]>, !xnn.value<f32, [3]>) attributes {xnn.delegate} {
  %0 = xnn.unary negate %x : (!xnn.value<f32, [3]>) -> !xnn.value<f32, [3]>
  return %0, %x, %0 : !xnn.value<f32, [3]>, !xnn.value<f32, [3]>, !xnn.value<f32, [3]>
}
func.func @forward(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) {
  %0:3 = et.call_delegate @d(%x) : (tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
  return %0#0, %0#1, %0#2, %x : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
})mlir",
                               {Tensor::of<float>(DType::F32, {3}, {1, 2, 3})});
  ASSERT_EQ(outputs.size(), 4);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(outputs[0].elements<float>()[i], -i - 1);
    EXPECT_EQ(outputs[1].elements<float>()[i], i + 1);
    EXPECT_EQ(outputs[2].elements<float>()[i], -i - 1);
    EXPECT_EQ(outputs[3].elements<float>()[i], i + 1);
  }
}

} // namespace
} // namespace pt2e
