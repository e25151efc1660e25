//===- SiteStatisticsTest.cpp - Observers to the IR and back --------------===//

#include "pt2e/Quantizers/SiteStatistics.h"

#include <limits>

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "test/unit/LoadedContext.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace pt2e;

namespace {
class SiteStatistics : public testing::TestWithParam<const char *> {
protected:
  /// A module with one site that is observed by `observer`.
  OwningOpRef<ModuleOp> makeModule(const std::string &observer) {
    return parseSourceString<ModuleOp>(
        "pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, static, \"" +
            observer + "\" with {eps = 2.44140625E-4 : f32}" +
            (observer == "per_channel_min_max" ? " axis = 0" : "") + ">)",
        &context);
  }

  LoadedContext context;
};

TEST_P(SiteStatistics, SurviveAsText) {
  OwningOpRef<ModuleOp> module = makeModule(GetParam());
  auto site = *module->getOps<SiteOp>().begin();
  auto observer = makeObserver(site);
  ASSERT_TRUE(succeeded(observer));
  const std::vector<float> seen = {
      0.1f,       -2.5f, 1e-30f, std::numeric_limits<float>::infinity(),
      3.0000002f, 0.0f};
  ASSERT_TRUE((*observer)->observe(seen, {2, 3}).ok());
  ASSERT_TRUE((*observer)->observe({-3.75f, 1.5f}, {2, 1}).ok());
  setStatistics(site, **observer);

  std::string text;
  llvm::raw_string_ostream(text) << *module;
  OwningOpRef<ModuleOp> read = parseSourceString<ModuleOp>(text, &context);
  ASSERT_TRUE(read);
  auto restored = makeObserver(*read->getOps<SiteOp>().begin());
  ASSERT_TRUE(succeeded(restored));
  EXPECT_EQ((*restored)->state(), (*observer)->state());

  const auto expected = (*observer)->calculateQParams();
  ASSERT_TRUE(expected.ok());
  auto params = qparamsOf(*read->getOps<SiteOp>().begin());
  ASSERT_TRUE(succeeded(params));
  EXPECT_EQ(params->scales, expected->scales);
  EXPECT_EQ(params->zeroPoints, expected->zeroPoints);
}

INSTANTIATE_TEST_SUITE_P(Observers, SiteStatistics,
                         testing::Values("min_max", "moving_average_min_max",
                                         "per_channel_min_max", "histogram",
                                         "merging_histogram"),
                         [](const auto &info) {
                           return std::string(info.param);
                         });
} // namespace
