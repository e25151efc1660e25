// The same bits on every instruction set that this CPU has.
#include <cmath>
#include <limits>
#include <random>

#include "lib/Numerics/BinKernels.h"
#include "gtest/gtest.h"

namespace pt2e {
namespace {

std::vector<SimdLevel> levels() {
  std::vector<SimdLevel> result{SimdLevel::Portable};
  if (simdLevel() != SimdLevel::Portable)
    result.push_back(SimdLevel::Avx2);
  if (simdLevel() == SimdLevel::Avx512)
    result.push_back(SimdLevel::Avx512);
  return result;
}

std::vector<float> values(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> result(count);
  for (float &value : result)
    value = std::ldexp(normal(random), static_cast<int>(random() % 30) - 20);
  return result;
}

TEST(KernelsTest, RangesAreTheSameForEveryLengthAndLevel) {
  for (size_t count = 1; count < 300; ++count) {
    const std::vector<float> x = values(count, count);
    for (SimdLevel level : levels()) {
      RangeScan scan;
      scanRange(x.data(), count, scan, level);
      EXPECT_EQ(scan.min, *std::min_element(x.begin(), x.end()));
      EXPECT_EQ(scan.max, *std::max_element(x.begin(), x.end()));
      EXPECT_EQ(scan.nans + scan.infinities, 0u);
    }
  }
}

TEST(KernelsTest, AValueThatIsNotFiniteIsFoundAnywhere) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  for (SimdLevel level : levels())
    for (size_t at = 0; at < 200; ++at) {
      std::vector<float> x = values(200, at);
      x[at] = NAN;
      RangeScan scan;
      scanRange(x.data(), x.size(), scan, level);
      EXPECT_EQ(scan.nans, 1u);
      EXPECT_TRUE(std::isfinite(scan.min) && std::isfinite(scan.max));
      x[at] = at % 2 ? kInf : -kInf;
      scan = {};
      scanRange(x.data(), x.size(), scan, level);
      EXPECT_EQ(scan.infinities, 1u);
      EXPECT_TRUE(std::isfinite(scan.min) && std::isfinite(scan.max));
    }
}

TEST(KernelsTest, AZeroRangeIsPositiveZero) {
  for (SimdLevel level : levels())
    for (size_t count : {1, 100}) {
      const std::vector<float> x(count, -0.0f);
      RangeScan scan;
      scanRange(x.data(), count, scan, level);
      EXPECT_FALSE(std::signbit(scan.min) || std::signbit(scan.max));
    }
}

TEST(KernelsTest, BinsAreTheSameOnEveryLevel) {
  for (size_t count : {1, 15, 16, 17, 333, 4096}) {
    const std::vector<float> x = values(count, 5);
    RangeScan scan;
    scanRange(x.data(), count, scan);
    std::vector<uint16_t> octave(count), linear(count);
    octaveBins(x.data(), count, 7000, 1537, octave.data(), SimdLevel::Portable);
    linearBins(x.data(), count, scan.min, scan.max - scan.min, 2048,
               linear.data(), SimdLevel::Portable);
    for (SimdLevel level : levels()) {
      std::vector<uint16_t> bins(count);
      octaveBins(x.data(), count, 7000, 1537, bins.data(), level);
      EXPECT_EQ(bins, octave);
      linearBins(x.data(), count, scan.min, scan.max - scan.min, 2048,
                 bins.data(), level);
      EXPECT_EQ(bins, linear);
      // Nothing that overflows leaves the table.
      linearBins(x.data(), count, -3e38f, INFINITY, 2048, bins.data(), level);
      linearBins(x.data(), count, scan.min, 0, 2048, bins.data(), level);
      for (uint16_t bin : bins)
        EXPECT_LT(bin, 2048);
    }
  }
}

} // namespace
} // namespace pt2e
