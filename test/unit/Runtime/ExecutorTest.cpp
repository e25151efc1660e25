#include "pt2e/Runtime/Executor.h"

#include <cmath>
#include <cstring>

#include "TestFiles.h"
#include "pt2e/Runtime/Files.h"
#include "pt2e/Runtime/Npy.h"
#include "pt2e/Runtime/Observe.h"
#include "pt2e/Runtime/Threads.h"

namespace pt2e::runtime {
namespace {

Tensor rows(const Tensor &from, int64_t begin, int64_t count) {
  Shape shape = from.shape();
  shape[0] = count;
  Tensor to(from.dtype(), shape);
  std::memcpy(to.data(),
              static_cast<const char *>(from.data()) +
                  begin * to.numBytes() / count,
              to.numBytes());
  return to;
}

double largestDifference(const Tensor &a, const Tensor &b) {
  const std::vector<double> x = toDoubles(a), y = toDoubles(b);
  double largest = 0;
  for (size_t i = 0; i < x.size(); ++i)
    largest = std::max(largest, std::abs(x[i] - y[i]));
  return largest;
}

class ResnetTest : public testing::TestWithParam<const char *> {};

TEST_P(ResnetTest, GivesTheRecordedLogits) {
  const std::string name = GetParam();
  auto program = Program::load(dataFile(name + ".pte"));
  ASSERT_TRUE(program.ok()) << program.status();
  auto images = readNpy(dataFile("images_f32.npy"));
  auto expected = readNpy(dataFile(name + "_logits.npy"));
  ASSERT_TRUE(images.ok() && expected.ok());
  const int64_t batch = program->info().inputs[0].shape[0];
  int64_t done = 0;
  for (int64_t count; done < 16; done += count) {
    count = std::min(batch, 16 - done);
    auto outputs = program->run({rows(*images, done, count)});
    ASSERT_TRUE(outputs.ok()) << outputs.status();
    ASSERT_EQ((*outputs)[0].shape(), (Shape{count, 10}));
    EXPECT_LE(largestDifference((*outputs)[0], rows(*expected, done, count)),
              name == "resnet8_float" ? 2e-5 : 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, ResnetTest,
                         testing::Values("resnet8_float", "resnet8_pc_128"),
                         [](const auto &info) {
                           return std::string(info.param);
                         });

TEST(ExecutorTest, ThreadsDoNotChangeTheBits) {
  auto images = readNpy(dataFile("images_f32.npy"));
  std::vector<Tensor> logits;
  for (int count : {1, 2, 3}) {
    ASSERT_TRUE(setThreads(count).ok());
    auto program = Program::load(dataFile("resnet8_float.pte"));
    ASSERT_TRUE(program.ok()) << program.status();
    const int64_t batch =
        std::min<int64_t>(16, program->info().inputs[0].shape[0]);
    auto outputs = program->run({rows(*images, 0, batch)});
    ASSERT_TRUE(outputs.ok()) << outputs.status();
    logits.push_back((*outputs)[0]);
    EXPECT_EQ(largestDifference(logits.front(), logits.back()), 0);
  }
}

TEST(ExecutorTest, ThreadsStayAsLongAsAProgramUsesThem) {
  ASSERT_TRUE(setThreads(2).ok());
  auto program = Program::load(dataFile("observe.pte"));
  ASSERT_TRUE(program.ok());
  EXPECT_TRUE(setThreads(2).ok());
  EXPECT_EQ(
      setThreads(1).message(),
      "cannot change the number of threads while 1 program(s) are loaded");
}

TEST(ExecutorTest, InputsThatDoNotFitAreErrors) {
  auto program = Program::load(dataFile("observe.pte"));
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_EQ(toString(program->info().inputs[0]), "f32 [<=4, <=3]");
  auto errorOf = [&](std::vector<Tensor> inputs) {
    return std::string(program->run(inputs).status().message());
  };
  const std::string at = dataFile("observe.pte: ");
  EXPECT_EQ(errorOf({}), at + "expected 1 inputs, but got 0");
  EXPECT_EQ(errorOf({Tensor(DType::F64, {4, 3})}),
            at + "input 0: expected f32 [<=4, <=3], but got f64 [4, 3]");
  EXPECT_EQ(errorOf({Tensor(DType::F32, {12})}),
            at + "input 0: expected f32 [<=4, <=3], but got f32 [12]");
  // As many elements as the bound, which is all that ExecuTorch checks.
  EXPECT_EQ(errorOf({Tensor(DType::F32, {6, 2})}),
            at + "input 0: expected f32 [<=4, <=3], but got f32 [6, 2]");
  EXPECT_TRUE(program->run({Tensor(DType::F32, {0, 3})}).ok());
}

TEST(ExecutorTest, ObservedValuesReachTheInnermostScope) {
  auto program = Program::load(dataFile("observe.pte"));
  ASSERT_TRUE(program.ok()) << program.status();
  const Tensor x = Tensor::of<float>(DType::F32, {2, 3}, {1, 2, 3, 4, 5, 6});
  std::vector<int64_t> sites;
  float sum = 0;
  {
    ObserveScope outer([&](int64_t, const TensorView &) -> absl::Status {
      ADD_FAILURE() << "the inner scope hides it";
      return absl::OkStatus();
    });
    ObserveScope scope([&](int64_t site, const TensorView &value) {
      sites.push_back(site);
      EXPECT_EQ(Shape(value.shape.begin(), value.shape.end()), (Shape{2, 3}));
      EXPECT_TRUE(value.dimOrder.empty());
      for (float element : value.elements<float>())
        sum += element;
      return absl::OkStatus();
    });
    auto outputs = program->run({x});
    ASSERT_TRUE(outputs.ok()) << outputs.status();
    EXPECT_EQ(largestDifference((*outputs)[0], x), 0);
  }
  EXPECT_EQ(sites, (std::vector<int64_t>{7, 8}));
  EXPECT_EQ(sum, 42);
  EXPECT_TRUE(program->run({x}).ok());
  EXPECT_EQ(sites.size(), 2);
}

TEST(ExecutorTest, AnErrorOfTheSinkEndsTheRun) {
  auto program = Program::load(dataFile("observe.pte"));
  ASSERT_TRUE(program.ok());
  int calls = 0;
  ObserveScope scope([&](int64_t site, const TensorView &) -> absl::Status {
    ++calls;
    return absl::DataLossError("not a number at site 7");
  });
  auto outputs = program->run({Tensor(DType::F32, {1, 3})});
  EXPECT_EQ(outputs.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(outputs.status().message(),
            dataFile("observe.pte: not a number at site 7"));
  EXPECT_EQ(calls, 1);
}

TEST(ExecutorTest, ChannelsLastValuesAndNumbersPassThrough) {
  auto program = Program::load(dataFile("channels_last.pte"));
  ASSERT_TRUE(program.ok()) << program.status();
  std::vector<int8_t> values(12);
  for (int i = 0; i < 12; ++i)
    values[i] = i;
  const Tensor x = Tensor::of<int8_t>(DType::I8, {1, 2, 2, 3}, values);
  std::vector<int8_t> seen;
  ObserveScope scope([&](int64_t, const TensorView &value) {
    EXPECT_EQ(value.dimOrder.size(), 4);
    seen.assign(value.elements<int8_t>().begin(),
                value.elements<int8_t>().end());
    return absl::OkStatus();
  });
  auto outputs = program->run({x, Tensor::of<double>(DType::F64, {}, {2.5})});
  ASSERT_TRUE(outputs.ok()) << outputs.status();
  EXPECT_EQ(seen, (std::vector<int8_t>{0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11}));
  EXPECT_EQ(largestDifference((*outputs)[0], x), 0);
  EXPECT_EQ((*outputs)[1].elements<double>()[0], 2.5);
}

TEST(ExecutorTest, MeasuresACall) {
  auto program = Program::load(dataFile("observe.pte"));
  auto timing = program->time({Tensor(DType::F32, {4, 3})}, 5);
  ASSERT_TRUE(timing.ok());
  EXPECT_EQ(timing->runs, 5);
  EXPECT_GT(timing->min, 0);
  EXPECT_GE(timing->median, timing->min);
  EXPECT_FALSE(program->time({Tensor(DType::F32, {4, 3})}, 0).ok());
}

TEST(ExecutorTest, BadFilesAreErrors) {
  EXPECT_EQ(Program::load("/nowhere.pte").status().code(),
            absl::StatusCode::kNotFound);
  auto empty = Program::loadBytes({}, "empty");
  EXPECT_EQ(empty.status().message(),
            "empty: expected an ExecuTorch program, but got 0 bytes");
  auto text = Program::loadBytes(std::vector<uint8_t>(200, 'x'), "text");
  EXPECT_FALSE(text.ok());
  EXPECT_EQ(
      Program::load(dataFile("observe.pte"), "backward").status().message(),
      dataFile("observe.pte: no method `backward`, but 1 other(s)"));
}

} // namespace
} // namespace pt2e::runtime
