#include "pt2e/Numerics/Quantize.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"

namespace pt2e {
namespace {

template <typename Code>
Code quantizeOne(float x, double scale, int32_t zeroPoint, CodeRange codes) {
  Code code;
  quantize<Code>({&x, 1}, scale, zeroPoint, codes, {&code, 1});
  return code;
}

TEST(QuantizeTest, TiesGoToEven) {
  const float x[] = {0.5f, 1.5f, 2.5f, -0.5f, -1.5f};
  const int8_t expected[] = {0, 2, 2, 0, -2};
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(quantizeOne<int8_t>(x[i], 1, 0, {-128, 127}), expected[i]);
}

TEST(QuantizeTest, NanIsCodeZeroAndInfinitiesAreTheEnds) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(quantizeOne<int8_t>(NAN, 0.5, 3, {-128, 127}), 0);
  EXPECT_EQ(quantizeOne<int8_t>(kInf, 0.5, 3, {-128, 127}), 127);
  EXPECT_EQ(quantizeOne<int8_t>(-kInf, 0.5, 3, {-127, 127}), -127);
  EXPECT_EQ(quantizeOne<int32_t>(NAN, 0.5, 3, fullRange(StorageType::Int32)),
            0);
}

TEST(QuantizeTest, RealZeroPointsAreAddedBeforeRounding) {
  // Rows of an embedding table: [1, 4] and [-1, 2] in 15 steps of 0.2.
  const std::vector<float> x = {1, 4, 2.29f, -1, 2, 0.11f};
  const QParamsList params{{0.2f, 0.2f}, {}, {-5, 5.25f}};
  const auto blocks = Blocks::perChannel({2, 3}, 0);
  ASSERT_TRUE(blocks.ok());
  std::vector<uint8_t> codes(6);
  ASSERT_TRUE(
      quantize<uint8_t>(x, *blocks, params, {0, 15}, absl::MakeSpan(codes))
          .ok());
  // 0.11 / 0.2 + 5.25 is 5.8; rounded first it would be 6.25.
  EXPECT_EQ(codes, (std::vector<uint8_t>{0, 15, 6, 0, 15, 6}));
  std::vector<float> back(6);
  ASSERT_TRUE(
      dequantize<uint8_t>(codes, *blocks, params, absl::MakeSpan(back)).ok());
  EXPECT_FLOAT_EQ(back[2], 2.2f);
  EXPECT_FLOAT_EQ(back[5], 0.15f);
}

TEST(QuantizeTest, MultipliesByTheReciprocal) {
  // At some ties that is not what a division gives.
  const double scale = 3.0 / 255;
  int differences = 0;
  for (int i = -400; i < 400; ++i) {
    const float x = static_cast<float>(i) * 0.5f * static_cast<float>(scale);
    const float divided = std::nearbyint(x / static_cast<float>(scale));
    differences += quantizeOne<int16_t>(x, scale, 0, {-32768, 32767}) !=
                   static_cast<int16_t>(divided);
  }
  EXPECT_GT(differences, 0);
}

TEST(QuantizeTest, Int32CodesSaturate) {
  const CodeRange codes = fullRange(StorageType::Int32);
  EXPECT_EQ(quantizeOne<int32_t>(1e30f, 1, 0, codes), codes.max);
  EXPECT_EQ(quantizeOne<int32_t>(-1e30f, 1, 0, codes), codes.min);
  EXPECT_EQ(quantizeOne<int32_t>(12345.0f, 0.5, 7, codes), 24697);
}

TEST(QuantizeTest, AZeroPointFarOutsideTheCodesIsStillRight) {
  EXPECT_EQ(quantizeOne<int8_t>(-1e7f, 1, 10000000, {-128, 127}), 0);
  EXPECT_EQ(quantizeOne<int8_t>(0.0f, 1, 10000000, {-128, 127}), 127);
}

TEST(QuantizeTest, SizesMustFit) {
  const Blocks blocks = *Blocks::perChannel({2, 2}, 0);
  std::vector<int8_t> codes(4);
  EXPECT_EQ(quantize<int8_t>({1, 2, 3, 4}, blocks, {{1}, {0}, {}}, {-128, 127},
                             absl::MakeSpan(codes))
                .message(),
            "expected 2 scales and zero points, but got 1 and 1");
  EXPECT_EQ(quantize<int8_t>({1, 2, 3}, blocks, {{1, 1}, {0, 0}, {}},
                             {-128, 127}, absl::MakeSpan(codes))
                .message(),
            "expected 4 values, but got 3 in and 4 out");
}

TEST(QuantizeTest, RealZeroPointsDequantize) {
  const std::vector<uint8_t> codes{0, 10};
  std::vector<float> out(2);
  ASSERT_TRUE(dequantize<uint8_t>(codes, *Blocks::perTensor({2}),
                                  {{0.5f}, {}, {2.5f}}, absl::MakeSpan(out))
                  .ok());
  EXPECT_EQ(out, (std::vector<float>{-1.25f, 3.75f}));
}

TEST(QuantizeTest, WeightsThatAreNotFiniteAreRefused) {
  EXPECT_EQ(chooseBlockQParams({1, NAN}, *Blocks::perTensor({2}), {})
                .status()
                .message(),
            "expected finite values, but got 1 NaN and 0 infinite");
}

TEST(QuantizeTest, AsymmetricTokensUseTheWholeRange) {
  const QParamsList params =
      chooseTokenQParamsAsymmetric({-1, 0, 0.5f, 3, 2, 2, 4, 2}, 4);
  EXPECT_EQ(params.scales, (std::vector<float>{4.0f / 255, 4.0f / 255}));
  EXPECT_EQ(params.zeroPoints, (std::vector<int32_t>{-64, -128}));
}

TEST(BlocksTest, RunsCoverEveryElementOnceAndInOrder) {
  const Blocks blocks = *Blocks::get({2, 4, 6}, {1, 2, 3});
  EXPECT_EQ(blocks.size(), 8);
  int64_t next = 0;
  std::vector<int64_t> numbers;
  blocks.forEachRun([&](int64_t begin, int64_t length, int64_t block) {
    EXPECT_EQ(begin, next);
    next += length;
    for (int64_t i = 0; i < length; ++i)
      numbers.push_back(block);
  });
  EXPECT_EQ(next, 48);
  for (int64_t i = 0; i < 48; ++i)
    EXPECT_EQ(numbers[i], i / 24 * 4 + i / 6 % 4 / 2 * 2 + i % 6 / 3) << i;
}

TEST(BlocksTest, BlocksMustDivideTheShape) {
  EXPECT_EQ(Blocks::get({4, 6}, {1, 4}).status().message(),
            "expected block sizes that divide the shape [4, 6], but got [1, "
            "4]");
  EXPECT_FALSE(Blocks::get({4}, {0}).ok());
  EXPECT_FALSE(Blocks::get({4}, {1, 1}).ok());
  EXPECT_EQ(Blocks::get({0, 3}, {-1, 1})->size(), 0);
}

} // namespace
} // namespace pt2e
