#include "lib/Plugins/PluginObserver.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace pt2e;
using testing::ElementsAre;

namespace {

/// Ranges as the base has them; parameters are made of them.
absl::StatusOr<std::unique_ptr<Observer>> make(const ObserverOptions &options) {
  static const ObserverMaker maker = quantizer::makePluginObserver(
      "test", [](const quantizer::Spec &spec, std::string &) {
        return std::make_unique<quantizer::RangeObserver>(spec);
      });
  return maker("range", options);
}

TEST(PluginObserver, KeepsRangesOfChannelsThroughItsState) {
  ObserverOptions options;
  options.isPerChannel = true;
  options.channelAxis = 1;
  options.spec.scheme = Scheme::Symmetric;
  options.spec.codes = CodeRange{-127, 127};
  auto first = make(options);
  ASSERT_TRUE(first.ok());
  const std::vector<float> x{1, -2, 3, 4, 5, INFINITY};
  ASSERT_TRUE((*first)->observe(x, {1, 3, 2}).ok());
  const ObserverState state = (*first)->state();
  EXPECT_THAT(state.values, ElementsAre(-2, 1, 3, 4, 5, 5));
  EXPECT_EQ(state.infinities, 1u);

  auto second = make(options);
  ASSERT_TRUE(second.ok());
  ASSERT_TRUE((*second)->restore(state).ok());
  const auto params = (*second)->calculateQParams();
  ASSERT_TRUE(params.ok());
  EXPECT_THAT(params->scales, ElementsAre(4 / 254.0f, 8 / 254.0f, 10 / 254.0f));
  EXPECT_THAT(params->zeroPoints, ElementsAre(0, 0, 0));
}

TEST(PluginObserver, RefusesTensorsWithoutItsAxis) {
  ObserverOptions options;
  options.isPerChannel = true;
  options.channelAxis = 1;
  auto observer = make(options);
  ASSERT_TRUE(observer.ok());
  const std::vector<float> x{1, 2};
  EXPECT_FALSE((*observer)->observe(x, {2}).ok());
}

TEST(PluginObserver, MakesNoParametersOfNothingOrOfNaN) {
  auto observer = make({});
  ASSERT_TRUE(observer.ok());
  EXPECT_FALSE((*observer)->calculateQParams().ok());
  const std::vector<float> x{1, NAN};
  ASSERT_TRUE((*observer)->observe(x, {2}).ok());
  EXPECT_FALSE((*observer)->calculateQParams().ok());
}

} // namespace
