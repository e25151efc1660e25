#include "pt2e/Runtime/Eval.h"

#include <cmath>

#include "TestFiles.h"
#include "pt2e/Runtime/Npy.h"

namespace pt2e::runtime {
namespace {

TEST(EvalTest, WilsonIntervalHasItsKnownValues) {
  // R: prop.test(8, 10, correct = FALSE)$conf.int
  Interval interval = wilsonInterval({8, 10});
  EXPECT_NEAR(interval.low, 0.4901625, 1e-7);
  EXPECT_NEAR(interval.high, 0.9433178, 1e-7);
  interval = wilsonInterval({0, 10});
  EXPECT_EQ(interval.low, 0);
  EXPECT_NEAR(interval.high, 0.2775328, 1e-7);
  interval = wilsonInterval({10, 10});
  EXPECT_NEAR(interval.low, 0.7224672, 1e-7);
  EXPECT_EQ(interval.high, 1);
}

/// observe.pte is the identity on f32 [<=4, 3]: its inputs are its logits.
class IdentityTest : public testing::Test {
protected:
  absl::StatusOr<Answers> classifyRows(const std::vector<float> &logits,
                                       const std::vector<int64_t> &labels) {
    TemporaryFolder folder;
    const int64_t rows = logits.size() / 3;
    EXPECT_TRUE(
        writeNpy(folder / "x.npy",
                 Tensor::of<float>(DType::F32, {rows, 3}, logits).view())
            .ok());
    auto program = Program::load(dataFile("observe.pte"));
    EXPECT_TRUE(program.ok()) << program.status();
    auto source = openInputs({folder / "x.npy"}, program->info().inputs, {});
    EXPECT_TRUE(source.ok()) << source.status();
    return classify(*program, **source, labels,
                    [&](int64_t done, int64_t all) { done_ = done; });
  }
  int64_t done_ = 0;
};

TEST_F(IdentityTest, RanksTheLabel) {
  auto answers = classifyRows({3, 2, 1, 3, 2, 1, 3, 2, 1, 1, 2, 3, 0, 0, 0},
                              {0, 1, 2, 2, 1});
  ASSERT_TRUE(answers.ok()) << answers.status();
  std::vector<int32_t> ranks, best;
  for (const Answer &answer : answers->answers) {
    ranks.push_back(answer.rank);
    best.push_back(answer.best);
  }
  // Of equal logits the first wins.
  EXPECT_EQ(ranks, (std::vector<int32_t>{0, 1, 2, 0, 1}));
  EXPECT_EQ(best, (std::vector<int32_t>{0, 0, 0, 2, 0}));
  EXPECT_EQ(answers->top(1).hits, 2);
  EXPECT_EQ(answers->top(2).hits, 4);
  EXPECT_EQ(answers->classes, 3);
  EXPECT_EQ(done_, 5);
}

TEST_F(IdentityTest, NaNCountsAsWrong) {
  auto answers = classifyRows({NAN, 1, 2, 1, 2, 3}, {2, 2});
  ASSERT_TRUE(answers.ok());
  EXPECT_EQ(answers->notNumbers, 1);
  EXPECT_EQ(answers->top(1).hits, 1);
}

TEST_F(IdentityTest, LabelsThatDoNotFitAreErrors) {
  EXPECT_EQ(classifyRows({1, 2, 3}, {3}).status().message(),
            "label 3 of sample 0 is none of the 3 classes");
  EXPECT_EQ(classifyRows({1, 2, 3}, {-1}).status().message(),
            "label -1 of sample 0 is none of the 3 classes");
  EXPECT_EQ(classifyRows({1, 2, 3, 4, 5, 6}, {1}).status().message(),
            "expected as many labels as samples, but got only 1");
  EXPECT_EQ(classifyRows({1, 2, 3}, {1, 2}).status().message(),
            "expected as many labels as samples, but got 2 labels for 1 "
            "samples");
}

TEST(EvalTest, CountsDisagreements) {
  Answers a, b;
  a.answers = {{0, 0}, {1, 0}, {2, 1}, {3, 4}};
  b.answers = {{0, 0}, {2, 1}, {1, 0}, {4, 2}};
  const Pairing pairing = pair(a, b);
  EXPECT_EQ(pairing.disagreements, 3);
  EXPECT_EQ(pairing.onlyFirst, 1);
  EXPECT_EQ(pairing.onlySecond, 1);
}

TEST(EvalTest, ResnetIsMostlyRight) {
  DataOptions options;
  options.mean = {0.286f};
  options.std = {0.353f};
  auto labels = readLabels(dataFile("labels.npy"));
  for (const char *name : {"resnet8_float.pte", "resnet8_pc_128.pte"}) {
    auto program = Program::load(dataFile(name));
    ASSERT_TRUE(program.ok());
    auto images = openInputs({dataFile("images_u8.npy")},
                             program->info().inputs, options);
    ASSERT_TRUE(images.ok()) << images.status();
    auto answers = classify(*program, **images, *labels);
    ASSERT_TRUE(answers.ok()) << answers.status();
    EXPECT_EQ(answers->top(1).samples, 64);
    EXPECT_GE(answers->top(1).hits, 58);
    EXPECT_EQ(answers->top(5).hits, 64);
  }
}

} // namespace
} // namespace pt2e::runtime
