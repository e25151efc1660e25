#include "pt2e/Import/TensorPayload.h"
#include "Errors.h"

using testing::ElementsAre;
using testing::HasSubstr;

namespace pt2e {
namespace {

class MemoryStorage final : public TensorStorage {
public:
  explicit MemoryStorage(std::vector<uint8_t> data) : data(std::move(data)) {}
  uint64_t size() const override { return data.size(); }
  llvm::Expected<llvm::ArrayRef<uint8_t>> bytes() const override {
    return llvm::ArrayRef(data);
  }
  llvm::StringRef name() const override { return "weight_0"; }

private:
  std::vector<uint8_t> data;
};

TensorPayload tensor(ScalarType dtype, std::vector<int64_t> sizes,
                     std::vector<int64_t> strides, int64_t offset,
                     std::vector<uint8_t> data) {
  TensorPayload result;
  result.dtype = dtype;
  result.sizes = std::move(sizes);
  result.strides = std::move(strides);
  result.storageOffset = offset;
  result.storage = std::make_shared<MemoryStorage>(std::move(data));
  return result;
}

TensorPayload bytesTensor(std::vector<int64_t> sizes,
                          std::vector<int64_t> strides, int64_t offset,
                          size_t count) {
  std::vector<uint8_t> data(count);
  for (size_t i = 0; i < count; ++i)
    data[i] = i;
  return tensor(ScalarType::UInt8, std::move(sizes), std::move(strides), offset,
                std::move(data));
}

std::vector<uint8_t> gathered(const TensorPayload &tensor) {
  auto result = tensor.contiguousBytes();
  if (!result) {
    ADD_FAILURE() << message(std::move(result));
    return {};
  }
  return result->bytes.vec();
}

std::string error(const TensorPayload &tensor) {
  return message(tensor.verify("w"));
}

TEST(TensorPayloadTest, ContiguousTensorsStayInPlace) {
  TensorPayload t = bytesTensor({2, 3}, {3, 1}, 1, 8);
  EXPECT_TRUE(t.isContiguous());
  auto bytes = t.contiguousBytes();
  ASSERT_TRUE(bool(bytes));
  EXPECT_TRUE(bytes->inPlace);
  EXPECT_THAT(bytes->bytes, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(bytes->owner, t.storage);
}

TEST(TensorPayloadTest, StridedTensorsAreGathered) {
  TensorPayload transposed = bytesTensor({3, 2}, {1, 3}, 0, 6);
  EXPECT_FALSE(transposed.isContiguous());
  EXPECT_THAT(gathered(transposed), ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT(gathered(bytesTensor({2, 2}, {4, 1}, 1, 8)),
              ElementsAre(1, 2, 5, 6));
  EXPECT_THAT(gathered(bytesTensor({2, 3}, {1, 0}, 0, 2)),
              ElementsAre(0, 0, 0, 1, 1, 1));
  EXPECT_THAT(
      gathered(tensor(ScalarType::Int16, {2}, {2}, 0, {1, 2, 3, 4, 5, 6})),
      ElementsAre(1, 2, 5, 6));
}

TEST(TensorPayloadTest, ScalarsHaveOneElementAndEmptyTensorsNone) {
  EXPECT_THAT(gathered(bytesTensor({}, {}, 2, 3)), ElementsAre(2));
  TensorPayload empty = bytesTensor({4, 0, INT64_MAX}, {1, 1, 1}, 0, 0);
  EXPECT_EQ(empty.numElements(), 0u);
  EXPECT_THAT(gathered(empty), ElementsAre());
}

TEST(TensorPayloadTest, StridesOfSizeOneDoNotMatter) {
  EXPECT_TRUE(bytesTensor({1, 3}, {INT64_MAX, 1}, 0, 3).isContiguous());
  EXPECT_THAT(gathered(bytesTensor({1, 2}, {INT64_MAX, 2}, 0, 3)),
              ElementsAre(0, 2));
}

TEST(TensorPayloadTest, BoolsAreZeroOrOne) {
  TensorPayload good = tensor(ScalarType::Bool, {2}, {1}, 0, {0, 1});
  auto bytes = good.contiguousBytes();
  ASSERT_TRUE(bool(bytes));
  EXPECT_TRUE(bytes->inPlace);
  EXPECT_THAT(gathered(tensor(ScalarType::Bool, {3}, {1}, 0, {0, 2, 255})),
              ElementsAre(0, 1, 1));
}

TEST(TensorPayloadTest, RefusesWindowsBeyondTheStorage) {
  EXPECT_EQ(error(bytesTensor({2, 3}, {3, 1}, 1, 6)),
            "w: reaches beyond its storage of 6 elements");
  EXPECT_THAT(error(bytesTensor({}, {}, 1, 1)), HasSubstr("reaches beyond"));
  EXPECT_THAT(error(bytesTensor({2}, {INT64_MAX}, INT64_MAX, 6)),
              HasSubstr("reaches beyond"));
  EXPECT_THAT(error(bytesTensor({INT64_MAX, INT64_MAX, INT64_MAX},
                                {INT64_MAX, INT64_MAX, INT64_MAX}, 0, 6)),
              HasSubstr("reaches beyond"));
  EXPECT_THAT(error(tensor(ScalarType::Float32, {2}, {1}, 0, {1, 2, 3, 4})),
              HasSubstr("reaches beyond"));
}

TEST(TensorPayloadTest, RefusesNegativeNumbers) {
  EXPECT_EQ(error(bytesTensor({-1}, {1}, 0, 6)), "w: negative size -1");
  EXPECT_EQ(error(bytesTensor({1}, {-1}, 0, 6)), "w: negative stride -1");
  EXPECT_EQ(error(bytesTensor({1}, {1}, -1, 6)),
            "w: negative storage offset -1");
}

TEST(TensorPayloadTest, RefusesRanksThatDifferOrAreTooLarge) {
  EXPECT_THAT(error(bytesTensor({1}, {}, 0, 6)),
              HasSubstr("expected as many strides as sizes"));
  EXPECT_THAT(error(bytesTensor(std::vector<int64_t>(65, 1),
                                std::vector<int64_t>(65, 1), 0, 6)),
              HasSubstr("64 at most"));
}

TEST(TensorPayloadTest, RefusesTensorsThatExpandWithoutEnd) {
  EXPECT_EQ(error(bytesTensor({int64_t(1) << 40}, {0}, 0, 4)),
            "w: expands to more than 268435456 bytes");
  EXPECT_EQ(error(bytesTensor({INT64_MAX, INT64_MAX}, {0, 0}, 0, 4)),
            "w: expands to more than 268435456 bytes");
}

TEST(TensorPayloadTest, RefusesStoragesOfPartialElements) {
  EXPECT_EQ(error(tensor(ScalarType::Float32, {1}, {1}, 0, {1, 2, 3, 4, 5})),
            "w: storage of 5 bytes does not hold whole elements of f32");
}

TEST(TensorPayloadTest, RefusesTensorsSavedWithoutData) {
  EXPECT_EQ(error(tensor(ScalarType::Float32, {1}, {1}, 0, {})),
            "w: the program was saved without this tensor's data");
}

TEST(TensorPayloadTest, KnowsEveryScalarType) {
  unsigned count = 0;
  for (int number = -1; number < 300; ++number) {
    if (!isScalarType(number) || number == 0)
      continue;
    ++count;
    auto type = static_cast<ScalarType>(number);
    EXPECT_NE(byteSize(type), 0u) << number;
    EXPECT_NE(scalarTypeName(type), "unknown") << number;
  }
  EXPECT_EQ(count, 21u);
}

} // namespace
} // namespace pt2e
