#include "pt2e/Numerics/Halves.h"

#include <cmath>

#include "gtest/gtest.h"

namespace pt2e {
namespace {

TEST(HalvesTest, WidenExactly) {
  EXPECT_EQ(halfToFloat(0x3c00), 1.0f);
  EXPECT_EQ(halfToFloat(0xc001), -0x1.004p+1f);
  EXPECT_EQ(halfToFloat(0x0001), 0x1p-24f);
  EXPECT_EQ(halfToFloat(0x7bff), 65504.0f);
  EXPECT_EQ(halfToFloat(0xfc00), -INFINITY);
  EXPECT_TRUE(std::isnan(halfToFloat(0x7e00)));
  EXPECT_TRUE(std::signbit(halfToFloat(0x8000)));
  EXPECT_EQ(bfloatToFloat(0x3f80), 1.0f);
  EXPECT_EQ(bfloatToFloat(0x0001), 0x1p-133f);
}

TEST(HalvesTest, RoundTripThroughFloats) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    if (!std::isnan(halfToFloat(bits))) {
      ASSERT_EQ(floatToHalf(halfToFloat(bits)), bits);
    }
    if (!std::isnan(bfloatToFloat(bits))) {
      ASSERT_EQ(floatToBfloat(bfloatToFloat(bits)), bits);
    }
  }
}

TEST(HalvesTest, FloatsRoundToTheNearestAndTiesToEven) {
  // Between neighbours the middle goes to the even one, what is beside it to
  // the nearer one.
  for (uint32_t bits = 0; bits < 0x7bff; ++bits) {
    const float middle =
        (halfToFloat(bits) + halfToFloat(bits + 1)) / 2; // exact
    ASSERT_EQ(floatToHalf(middle), bits + (bits & 1));
    ASSERT_EQ(floatToHalf(std::nextafter(middle, 0.0f)), bits);
    ASSERT_EQ(floatToHalf(-std::nextafter(middle, 1e9f)), 0x8000 | (bits + 1));
  }
  EXPECT_EQ(floatToHalf(65519.996f), 0x7bff);
  EXPECT_EQ(floatToHalf(65520.0f), 0x7c00);
  EXPECT_EQ(floatToHalf(-1e30f), 0xfc00);
  EXPECT_EQ(floatToBfloat(0x1.01p+0f), 0x3f80);
  EXPECT_EQ(floatToBfloat(0x1.03p+0f), 0x3f82);
  EXPECT_EQ(floatToBfloat(0x1.010002p+0f), 0x3f81);
  EXPECT_EQ(floatToBfloat(3.4e38f), 0x7f80);
}

TEST(HalvesTest, NaNsStayNaNs) {
  EXPECT_TRUE(std::isnan(halfToFloat(floatToHalf(NAN))));
  uint32_t bits = 0x7f800001;
  float value;
  static_assert(sizeof value == sizeof bits);
  __builtin_memcpy(&value, &bits, sizeof bits);
  EXPECT_TRUE(std::isnan(bfloatToFloat(floatToBfloat(value))));
  EXPECT_TRUE(std::isnan(halfToFloat(floatToHalf(value))));
}

} // namespace
} // namespace pt2e
