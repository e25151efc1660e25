// Observers against what torchao computed, bit for bit.
#include "Recorded.h"
#include "gtest/gtest.h"

using namespace llvm;

namespace pt2e::test {
namespace {

TEST(RecordedObserversTest, EveryObserverGivesTorchaosRangeAndParameters) {
  const Recorded recorded("observers");
  ASSERT_EQ(recorded.cases().size(), 408u);
  for (const json::Value &value : recorded.cases()) {
    const json::Object &object = *value.getAsObject();
    SCOPED_TRACE(formatv("{0}", value).str().substr(0, 400));
    const ObserverOptions options = optionsOf(object);
    auto observer = makeObserver(object.getString("observer")->str(), options);
    ASSERT_TRUE(observer.ok()) << observer.status();
    for (const Tensor &tensor : recorded.tensors(object.getArray("tensors")))
      ASSERT_TRUE((*observer)->observe(tensor.floats(), tensor.shape).ok());

    EXPECT_EQ((*observer)->statistics().min, floats(object.getArray("min")));
    EXPECT_EQ((*observer)->statistics().max, floats(object.getArray("max")));
    absl::StatusOr<QParamsList> params = (*observer)->calculateQParams();
    ASSERT_TRUE(params.ok()) << params.status();
    EXPECT_EQ(params->scales, floats(object.getArray("scale")));
    const std::vector<float> zeroPoints = floats(object.getArray("zero_point"));
    if (options.spec.scheme == Scheme::AffineFloat)
      EXPECT_EQ(params->floatZeroPoints, zeroPoints);
    else
      EXPECT_EQ(params->zeroPoints,
                std::vector<int32_t>(zeroPoints.begin(), zeroPoints.end()));
  }
}

TEST(RecordedObserversTest, EveryBinOfTheHistogramIsTorchaos) {
  const Recorded recorded("histograms");
  for (const json::Value &value : recorded.cases()) {
    const json::Object &object = *value.getAsObject();
    SCOPED_TRACE(object.getString("model")->str());
    auto observer = makeObserver("histogram", optionsOf(object));
    ASSERT_TRUE(observer.ok()) << observer.status();
    for (const Tensor &tensor : recorded.tensors(object.getArray("tensors")))
      ASSERT_TRUE((*observer)->observe(tensor.floats(), tensor.shape).ok());

    const ObserverState state = (*observer)->state();
    EXPECT_EQ(state.min, floats(object.getArray("min_val")));
    EXPECT_EQ(state.max, floats(object.getArray("max_val")));
    EXPECT_EQ(state.histogram,
              recorded.tensor(*object.get("histogram")).floats());
    EXPECT_EQ((*observer)->range()->low, floats(object.getArray("search_min")));
    EXPECT_EQ((*observer)->range()->high,
              floats(object.getArray("search_max")));
    EXPECT_EQ((*observer)->calculateQParams()->scales,
              floats(object.getArray("scale")));
  }
}

} // namespace
} // namespace pt2e::test
