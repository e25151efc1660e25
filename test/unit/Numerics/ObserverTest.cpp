#include "pt2e/Numerics/Observer.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "gtest/gtest.h"

namespace pt2e {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

ObserverOptions int8Options(Scheme scheme = Scheme::Affine) {
  ObserverOptions options;
  options.spec = {StorageType::Int8, CodeRange{-128, 127}, scheme, kXnnpackEps};
  return options;
}

std::unique_ptr<Observer> make(std::string_view name,
                               const ObserverOptions &options = int8Options()) {
  absl::StatusOr<std::unique_ptr<Observer>> observer =
      makeObserver(name, options);
  EXPECT_TRUE(observer.ok()) << observer.status();
  return *std::move(observer);
}

void observe(Observer &observer, const std::vector<float> &values) {
  absl::Status status =
      observer.observe(values, {static_cast<int64_t>(values.size())});
  EXPECT_TRUE(status.ok()) << status;
}

/// Values whose magnitudes span many octaves, with outliers and zeros.
std::vector<float> manyScales(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float &value : values) {
    value = std::ldexp(normal(random), static_cast<int>(random() % 60) - 40);
    if (random() % 8 == 0)
      value = 0;
  }
  return values;
}

TEST(ObserverTest, AnObserverWithoutFiniteValuesIsAnErrorNotScaleOne) {
  for (std::string_view name : observerNames()) {
    if (name == "fixed")
      continue;
    ObserverOptions options = int8Options();
    options.blockSize = {-1};
    std::unique_ptr<Observer> observer = make(name, options);
    EXPECT_TRUE(observer->observe({}, {0}).ok());
    observe(*observer, {kInf, -kInf});
    EXPECT_EQ(observer->calculateQParams().status().code(),
              absl::StatusCode::kFailedPrecondition)
        << name;
  }
}

TEST(ObserverTest, InfinitiesAreCountedAndLeftOut) {
  for (std::string_view name : {"min_max", "merging_histogram"}) {
    std::unique_ptr<Observer> observer = make(name);
    observe(*observer, {-kInf, -1, 2, kInf, kInf});
    EXPECT_EQ(observer->statistics().infinities, 3u);
    EXPECT_EQ(observer->statistics().min, std::vector<float>{-1});
    EXPECT_EQ(observer->statistics().max, std::vector<float>{2});
    EXPECT_EQ(observer->calculateQParams()->scales[0], 0x1.818182p-7f);
  }
}

TEST(ObserverTest, NanIsAnErrorWhenParametersAreAskedFor) {
  for (std::string_view name : {"min_max", "merging_histogram"}) {
    std::unique_ptr<Observer> observer = make(name);
    observe(*observer, {-1, kNan, 2});
    EXPECT_EQ(observer->calculateQParams().status().message(),
              "expected numbers, but 1 of 3 observed values are NaN");
    EXPECT_FALSE(observer->range().ok());
  }
}

TEST(ObserverTest, ShapesAreChecked) {
  std::unique_ptr<Observer> observer = make("min_max");
  EXPECT_EQ(observer->observe({1, 2, 3}, {2, 2}).message(),
            "expected 4 values for the shape [2, 2], but got 3");
  EXPECT_FALSE(observer->observe({}, {-1}).ok());
  EXPECT_FALSE(observer->observe({}, {1ll << 40, 1ll << 40}).ok());
  ObserverOptions options = int8Options();
  options.channelAxis = 2;
  EXPECT_EQ(
      make("per_channel_min_max", options)->observe({1, 2}, {1, 2}).message(),
      "expected a channel axis of a tensor of rank 2, but got 2");
}

TEST(ObserverTest, ChannelsMayBeOnAnyAxis) {
  std::vector<float> values(24);
  std::iota(values.begin(), values.end(), 0.0f);
  ObserverOptions options = int8Options();
  options.channelAxis = -2;
  std::unique_ptr<Observer> observer = make("per_channel_min_max", options);
  ASSERT_TRUE(observer->observe(values, {2, 3, 4}).ok());
  EXPECT_EQ(observer->statistics().min, (std::vector<float>{0, 4, 8}));
  EXPECT_EQ(observer->statistics().max, (std::vector<float>{15, 19, 23}));
  EXPECT_EQ(observer->observe(values, {2, 4, 3}).message(),
            "expected 3 channels or blocks as before, but got 4");
}

TEST(ObserverTest, BlocksAreNumberedRowMajor) {
  std::vector<float> values(24);
  std::iota(values.begin(), values.end(), 0.0f);
  ObserverOptions options = int8Options();
  options.blockSize = {2, 3};
  std::unique_ptr<Observer> observer = make("block_min_max", options);
  ASSERT_TRUE(observer->observe(values, {4, 6}).ok());
  EXPECT_EQ(observer->statistics().min, (std::vector<float>{0, 3, 12, 15}));
  EXPECT_EQ(observer->statistics().max, (std::vector<float>{8, 11, 20, 23}));
  EXPECT_FALSE(observer->observe(values, {6, 4}).ok());
}

TEST(ObserverTest, MergingIsExactHoweverTheDataIsSplit) {
  const std::vector<float> values = manyScales(30000, 1);
  for (std::string_view name : {"min_max", "merging_histogram"}) {
    std::unique_ptr<Observer> whole = make(name);
    observe(*whole, values);
    std::mt19937 random(2);
    for (int trial = 0; trial < 10; ++trial) {
      // Shards in a random order, merged in a random order.
      std::vector<std::unique_ptr<Observer>> shards;
      for (size_t begin = 0; begin < values.size();) {
        const size_t end = std::min(values.size(), begin + random() % 9000);
        shards.push_back(make(name));
        observe(*shards.back(), {values.begin() + begin, values.begin() + end});
        begin = end;
      }
      std::shuffle(shards.begin(), shards.end(), random);
      while (shards.size() > 1) {
        ASSERT_TRUE(
            shards[random() % (shards.size() - 1)]->merge(*shards.back()).ok());
        shards.pop_back();
      }
      EXPECT_EQ(shards[0]->state(), whole->state()) << name;
    }
  }
}

TEST(ObserverTest, OrderDependentObserversRefuseToMerge) {
  EXPECT_EQ(make("moving_average_min_max")
                ->merge(*make("moving_average_min_max"))
                .code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(make("min_max")->merge(*make("merging_histogram")).ok());
}

TEST(ObserverTest, StateSurvivesARoundTrip) {
  for (std::string_view name : observerNames()) {
    if (name == "fixed" || name == "placeholder")
      continue;
    ObserverOptions options = int8Options();
    options.blockSize = {-1};
    std::unique_ptr<Observer> observer = make(name, options);
    observe(*observer, manyScales(4096, 3));
    std::unique_ptr<Observer> copy = make(name, options);
    ASSERT_TRUE(copy->restore(observer->state()).ok());
    EXPECT_EQ(copy->state(), observer->state());
    EXPECT_EQ(copy->calculateQParams()->scales,
              observer->calculateQParams()->scales);
    observe(*observer, manyScales(4096, 4));
    observe(*copy, manyScales(4096, 4));
    EXPECT_EQ(copy->state(), observer->state());
  }
}

TEST(ObserverTest, ForeignStateIsRefused) {
  std::unique_ptr<Observer> observer = make("merging_histogram");
  observe(*observer, {-1, 0, 0.5, 2});
  const ObserverState good = observer->state();
  auto refused = [&](auto change) {
    ObserverState state = good;
    change(state);
    return !make("merging_histogram")->restore(state).ok();
  };
  EXPECT_FALSE(refused([](ObserverState &) {}));
  EXPECT_TRUE(refused([](ObserverState &s) { s.observer = "min_max"; }));
  EXPECT_TRUE(refused([](ObserverState &s) { s.max = {}; }));
  EXPECT_TRUE(refused([](ObserverState &s) { s.max = {-2}; }));
  EXPECT_TRUE(refused([](ObserverState &s) { s.max = {kNan}; }));
  EXPECT_TRUE(refused([](ObserverState &s) { s.max = {3}; }));
  EXPECT_TRUE(refused([](ObserverState &s) { s.min = s.max = {}; }));
  EXPECT_TRUE(refused([](ObserverState &s) { s.counts.pop_back(); }));
  EXPECT_TRUE(refused([](ObserverState &s) { s.counts[1] = 0; }));
  EXPECT_TRUE(refused([](ObserverState &s) { s.counts[1] = ~0ull; }));
  EXPECT_TRUE(
      refused([](ObserverState &s) { std::swap(s.bins[1], s.bins[2]); }));
  EXPECT_TRUE(refused([](ObserverState &s) { s.bins[1] = INT32_MIN; }));
  EXPECT_TRUE(refused([](ObserverState &s) { s.histogram = {1}; }));
}

TEST(ObserverTest, FixedParametersAreGivenBack) {
  ObserverOptions options = int8Options();
  options.fixed = QParams{1.0f / 256, -128};
  EXPECT_EQ(make("fixed", options)->calculateQParams()->zeroPoints[0], -128);
  options.fixed->zeroPoint = 200;
  EXPECT_FALSE(makeObserver("fixed", options).ok());
}

TEST(ObserverTest, UnknownNamesAndBadOptionsAreRefused) {
  EXPECT_FALSE(makeObserver("minmax", int8Options()).ok());
  ObserverOptions options = int8Options();
  options.spec.codes = CodeRange{1, 5};
  EXPECT_EQ(makeObserver("min_max", options).status().message(),
            "expected a code range around 0 within [-128, 127] of int8, but "
            "got [1, 5]");
  options = int8Options();
  options.spec.eps = 0;
  EXPECT_FALSE(makeObserver("min_max", options).ok());
}

} // namespace
} // namespace pt2e
