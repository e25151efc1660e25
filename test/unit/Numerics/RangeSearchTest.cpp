#include "lib/Numerics/RangeSearch.h"

#include <cmath>
#include <random>

#include "pt2e/Numerics/FakeQuantize.h"
#include "pt2e/Numerics/Observer.h"
#include "gtest/gtest.h"

namespace pt2e {
namespace {

double meanSquaredError(const std::vector<float> &values, QParams params,
                        CodeRange codes) {
  std::vector<float> quantized(values.size());
  fakeQuantize(values, params.scale, params.zeroPoint, codes,
               absl::MakeSpan(quantized));
  double sum = 0;
  for (size_t i = 0; i < values.size(); ++i)
    sum += std::pow(double(values[i]) - quantized[i], 2);
  return sum / double(values.size());
}

std::vector<float> laplace(size_t count, bool relu) {
  std::mt19937 random(3);
  std::exponential_distribution<float> exponential;
  std::vector<float> values(count);
  for (float &value : values) {
    value = exponential(random) * (random() % 2 ? 1.0f : -1.0f) + 0.3f;
    if (relu)
      value = std::max(value, 0.0f);
  }
  return values;
}

/// The observer's error against the best of a fine scan over all ranges
/// [low * f, high * g].
void expectNearBest(const std::vector<float> &values, const QParamsSpec &spec) {
  ObserverOptions options;
  options.spec = spec;
  auto observer = *makeObserver("merging_histogram", options);
  ASSERT_TRUE(observer->observe(values, {int64_t(values.size())}).ok());
  const QParamsList chosen = *observer->calculateQParams();
  const double error = meanSquaredError(
      values, {chosen.scales[0], chosen.zeroPoints[0]}, spec.range());

  const float min = observer->statistics().min[0];
  const float max = observer->statistics().max[0];
  double best = std::numeric_limits<double>::infinity();
  for (float f = 1; f > 0.1f; f *= 0.97f)
    for (float g = 1; g > 0.1f; g *= 0.97f) {
      best = std::min(
          best, meanSquaredError(values, *chooseQParams(min * f, max * g, spec),
                                 spec.range()));
      if (spec.scheme == Scheme::Symmetric || min == 0)
        break;
    }
  EXPECT_LE(error, best * 1.02)
      << "codes " << spec.range().min << " to " << spec.range().max;
}

TEST(RangeSearchTest, TheErrorIsNearTheBestThatAnyRangeHas) {
  for (CodeRange codes : {CodeRange{-128, 127}, CodeRange{-8, 7}})
    for (Scheme scheme : {Scheme::Symmetric, Scheme::Affine})
      for (bool relu : {false, true})
        expectNearBest(laplace(4000, relu),
                       {StorageType::Int8, codes, scheme, kXnnpackEps});
}

TEST(RangeSearchTest, MomentsOfPartsOfBars) {
  // Density 1 on [-1, 1], and two values at 2.
  const Density density({{-1, 0, 1}, {0, 1, 1}, {2, 2, 2}});
  EXPECT_DOUBLE_EQ(density.mass(-1, 3), 4);
  EXPECT_DOUBLE_EQ(density.mass(-0.5, 0.25), 0.75);
  EXPECT_DOUBLE_EQ(density.secondMoment(-1, 1, 0), 2.0 / 3);
  EXPECT_DOUBLE_EQ(density.secondMoment(1, 3, 1), 2);
  // A point at the end of a range lies beyond it, at no distance.
  EXPECT_DOUBLE_EQ(density.mass(1, 2), 0);
  EXPECT_DOUBLE_EQ(density.secondMoment(2, 3, 2), 0);
}

TEST(RangeSearchTest, ErrorOfAGridThatIsKnown) {
  // Evenly spread values between codes: a twelfth of a step squared each.
  const Density density({{0, 100, 600}});
  EXPECT_NEAR(quantizationError(density, {1, 0}, {0, 100}), 600 / 12.0, 1e-9);
  // Clipped at 50: half of the values lie 0 to 50 above.
  EXPECT_NEAR(quantizationError(density, {1, 0}, {0, 50}),
              300 / 12.0 + 300 * 2500 / 3.0, 1e-6);
}

TEST(RangeSearchTest, ShareOfClippedValues) {
  ObserverOptions options;
  auto observer = *makeObserver("merging_histogram", options);
  std::vector<float> values;
  for (int i = 0; i < 1000; ++i)
    values.push_back(static_cast<float>(i));
  ASSERT_TRUE(observer->observe(values, {1000}).ok());
  EXPECT_EQ(*observer->clippedShare({4, -128}), 0);
  EXPECT_NEAR(*observer->clippedShare({2, -128}), 1 - 0.511, 0.01);
}

} // namespace
} // namespace pt2e
