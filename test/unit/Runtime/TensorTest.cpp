#include "pt2e/Runtime/Tensor.h"

#include <cmath>

#include "gtest/gtest.h"

namespace pt2e::runtime {
namespace {

TEST(TensorTest, HasAlignedMemoryWithReadableSlack) {
  Tensor tensor(DType::F32, {3, 5});
  EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.data()) % Tensor::kAlignment, 0);
  const char *end =
      static_cast<const char *>(tensor.data()) + tensor.numBytes();
  for (size_t i = 0; i < Tensor::kSlack; ++i)
    ASSERT_EQ(end[i], 0);
}

TEST(TensorTest, CountsElementsWithoutOverflow) {
  EXPECT_EQ(*countElements({}), 1);
  EXPECT_EQ(*countElements({2, 0, 3}), 0);
  EXPECT_EQ(countElements({2, -1}).status().message(),
            "expected sizes of at least 0, but got shape [2, -1]");
  EXPECT_FALSE(countElements({int64_t{1} << 61}, 8).ok());
  EXPECT_FALSE(countElements({0, int64_t{1} << 62, 4}).ok());
}

TEST(TensorTest, EveryDtypeWidensToDouble) {
  EXPECT_EQ(toDoubles(Tensor::of<int8_t>(DType::I8, {2}, {-128, 127})),
            (std::vector<double>{-128, 127}));
  EXPECT_EQ(toDoubles(Tensor::of<uint16_t>(DType::BF16, {1}, {0xbf80})),
            std::vector<double>{-1});
  EXPECT_EQ(toDoubles(Tensor::of<uint64_t>(DType::U64, {}, {1u << 31})),
            std::vector<double>{0x1p31});
}

} // namespace
} // namespace pt2e::runtime
