#include "pt2e/Runtime/Compare.h"

#include <cmath>

#include "TestFiles.h"

namespace pt2e::runtime {
namespace {

Tensor floats(Shape shape, const std::vector<float> &values) {
  return Tensor::of<float>(DType::F32, std::move(shape), values);
}

TEST(CompareTest, MeasuresByHandComputedValues) {
  Difference d;
  ASSERT_TRUE(
      d.add(floats({2, 2}, {3, 4, 1, 0}), floats({2, 2}, {3, 3, 0, 1})).ok());
  EXPECT_EQ(d.elements(), 4);
  EXPECT_EQ(d.unequal(), 3);
  EXPECT_EQ(d.maxError(), 1);
  EXPECT_EQ(d.relativeError(), 0.25);
  EXPECT_DOUBLE_EQ(d.sqnr(), 10 * std::log10(26.0 / 3));
  EXPECT_DOUBLE_EQ(d.cosine(), 21 / std::sqrt(26.0 * 19));
  EXPECT_EQ(d.smallestCosine(), 0);
  EXPECT_EQ(d.rows(), 2);
  EXPECT_EQ(d.sameArgmax(), 0);
}

TEST(CompareTest, EqualTensorsHaveNoError) {
  Difference d;
  const Tensor zeros(DType::F32, {2, 3});
  ASSERT_TRUE(d.add(zeros, zeros).ok());
  EXPECT_EQ(d.relativeError(), 0);
  EXPECT_EQ(d.sqnr(), INFINITY);
  EXPECT_EQ(d.cosine(), 1);
  EXPECT_EQ(d.sameArgmax(), 2);
}

TEST(CompareTest, PiecesAddUp) {
  Difference whole, pieces;
  ASSERT_TRUE(
      whole.add(floats({2, 2}, {3, 4, 1, 0}), floats({2, 2}, {3, 3, 0, 1}))
          .ok());
  ASSERT_TRUE(pieces.add(floats({1, 2}, {3, 4}), floats({1, 2}, {3, 3})).ok());
  ASSERT_TRUE(pieces.add(floats({1, 2}, {1, 0}), floats({1, 2}, {0, 1})).ok());
  EXPECT_EQ(pieces.sqnr(), whole.sqnr());
  EXPECT_EQ(pieces.cosine(), whole.cosine());
  EXPECT_EQ(pieces.rows(), whole.rows());
}

TEST(CompareTest, NumbersOnOneSideOnlyAreCounted) {
  Difference d;
  ASSERT_TRUE(d.add(floats({4}, {NAN, NAN, INFINITY, 1}),
                    floats({4}, {NAN, 0, INFINITY, INFINITY}))
                  .ok());
  EXPECT_EQ(d.notComparable(), 2);
  EXPECT_EQ(d.unequal(), 2);
  EXPECT_EQ(d.maxError(), 0);
}

TEST(CompareTest, OtherDtypesAreComparedByValueOtherShapesAreErrors) {
  Difference d;
  ASSERT_TRUE(
      d.add(floats({1}, {3}), Tensor::of<int8_t>(DType::I8, {1}, {3})).ok());
  EXPECT_EQ(d.unequal(), 0);
  EXPECT_EQ(d.add(floats({1}, {3}), floats({1, 1}, {3})).message(),
            "expected shape [1], but got [1, 1]");
}

TEST(CompareTest, RecordedOutputsAreFoundByFolderFileAndPrefix) {
  TemporaryFolder folder;
  const auto save = [&](const std::string &name, float value) {
    ASSERT_TRUE(
        writeNpy(folder / name, floats({3, 1}, {value, value, value}).view())
            .ok());
  };
  save("output_out0.npy", 1);
  save("output_out1.npy", 2);
  save("float_0.npy", 3);
  save("float_1.npy", 4);
  auto joined = RecordedOutputs::open(folder.path());
  ASSERT_TRUE(joined.ok()) << joined.status();
  EXPECT_TRUE(joined->joined());
  auto some = joined->next(2);
  ASSERT_TRUE(some.ok());
  ASSERT_EQ(some->size(), 2);
  EXPECT_EQ((*some)[1].shape(), (Shape{2, 1}));
  EXPECT_EQ((*joined->next(2))[0].shape(), (Shape{1, 1}));
  EXPECT_TRUE(joined->next(2)->empty());

  auto calls = RecordedOutputs::open(folder / "float");
  ASSERT_TRUE(calls.ok()) << calls.status();
  EXPECT_FALSE(calls->joined());
  EXPECT_EQ(calls->numCalls(), 2);
  EXPECT_EQ((*calls->next(0))[0].elements<float>()[0], 3);
  EXPECT_EQ((*calls->next(0))[0].elements<float>()[0], 4);
  EXPECT_TRUE(calls->next(0)->empty());

  EXPECT_TRUE(RecordedOutputs::open(folder / "float_0.npy")->joined());
  EXPECT_FALSE(RecordedOutputs::open(folder / "quant").ok());
}

} // namespace
} // namespace pt2e::runtime
