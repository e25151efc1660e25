#include "pt2e/Runtime/PairedRun.h"

#include "TestFiles.h"

namespace pt2e::runtime {
namespace {

/// Observes its input as 7 and 8, and returns it.
Program observing() { return *Program::load(dataFile("observe.pte")); }

const Tensor kInput = Tensor::of<float>(DType::F32, {2, 3}, {1, 2, 3, 4, 5, 6});

TEST(PairedRunTest, ShowsTheValuesOfBothTogether) {
  Program a = observing(), b = observing();
  std::vector<int64_t> numbers;
  for (int call = 0; call < 3; ++call) {
    auto outputs = runPaired(
        a, b, {kInput}, [&](int64_t number, const Tensor &x, const Tensor &y) {
          numbers.push_back(number);
          EXPECT_EQ(x.shape(), (Shape{2, 3}));
          EXPECT_EQ(toDoubles(x), toDoubles(kInput));
          EXPECT_EQ(toDoubles(y), toDoubles(kInput));
          return absl::OkStatus();
        });
    ASSERT_TRUE(outputs.ok()) << outputs.status();
    EXPECT_EQ(toDoubles(outputs->reference[0]), toDoubles(kInput));
    EXPECT_EQ(toDoubles(outputs->other[0]), toDoubles(kInput));
  }
  EXPECT_EQ(numbers, (std::vector<int64_t>{7, 8, 7, 8, 7, 8}));
}

TEST(PairedRunTest, AnErrorOfTheSinkEndsBothRuns) {
  Program a = observing(), b = observing();
  auto outputs =
      runPaired(a, b, {kInput}, [](int64_t, const Tensor &, const Tensor &) {
        return absl::DataLossError("enough");
      });
  EXPECT_NE(outputs.status().message().find("enough"), std::string::npos)
      << outputs.status();
}

TEST(PairedRunTest, AReferenceWithoutTheValueIsAnError) {
  auto a = Program::load(dataFile("resnet8_float.pte"));
  Program b = observing();
  ASSERT_TRUE(a.ok());
  // The first fails on this input; its error is the one to tell.
  auto outputs =
      runPaired(*a, b, {kInput}, [](int64_t, const Tensor &, const Tensor &) {
        return absl::OkStatus();
      });
  EXPECT_NE(outputs.status().message().find("resnet8_float.pte: input 0"),
            std::string::npos)
      << outputs.status();
}

TEST(PairedRunTest, AnErrorOfTheLeaderEndsTheFollower) {
  Program a = observing();
  auto b = Program::load(dataFile("resnet8_float.pte"));
  ASSERT_TRUE(b.ok());
  auto outputs =
      runPaired(a, *b, {kInput}, [](int64_t, const Tensor &, const Tensor &) {
        return absl::OkStatus();
      });
  EXPECT_NE(outputs.status().message().find("resnet8_float.pte: input 0"),
            std::string::npos)
      << outputs.status();
}

} // namespace
} // namespace pt2e::runtime
