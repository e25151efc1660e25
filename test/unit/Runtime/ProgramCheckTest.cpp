// Malformed programs are errors: nothing here may crash.

#include "TestFiles.h"
#include "pt2e/Runtime/Executor.h"
#include "pt2e/Runtime/Files.h"

namespace pt2e::runtime {
namespace {

std::vector<uint8_t> bytesOf(const std::string &name) {
  const std::string bytes = *readFile(dataFile(name));
  return {bytes.begin(), bytes.end()};
}

/// Loads, and if that works runs on zeros; true if both are fine.
bool tryProgram(std::vector<uint8_t> bytes) {
  auto program = Program::loadBytes(std::move(bytes), "damaged");
  if (!program.ok())
    return false;
  std::vector<Tensor> inputs;
  for (const ValueInfo &input : program->info().inputs) {
    auto count = countElements(input.shape, byteWidth(input.dtype));
    if (!count.ok() || *count > 1 << 20)
      return false;
    inputs.emplace_back(input.dtype, input.shape);
  }
  return program->run(inputs).ok();
}

class DamagedProgramTest : public testing::TestWithParam<const char *> {};

TEST_P(DamagedProgramTest, ChangedBytesNeverCrash) {
  const std::vector<uint8_t> whole = bytesOf(GetParam());
  ASSERT_TRUE(tryProgram(whole) || std::string(GetParam()) != "observe.pte");
  for (size_t i = 0; i < whole.size(); ++i)
    for (uint8_t flip : {0xff, 0x01, 0x80, 0x10}) {
      std::vector<uint8_t> damaged = whole;
      damaged[i] ^= flip;
      (void)tryProgram(std::move(damaged));
    }
}

TEST_P(DamagedProgramTest, EveryTruncationIsAnError) {
  const std::vector<uint8_t> whole = bytesOf(GetParam());
  for (size_t size = 0; size < whole.size(); size += 4)
    EXPECT_FALSE(
        Program::loadBytes({whole.begin(), whole.begin() + size}, "short").ok())
        << size;
}

INSTANTIATE_TEST_SUITE_P(Programs, DamagedProgramTest,
                         testing::Values("observe.pte", "channels_last.pte",
                                         "wrong_argument.pte"),
                         [](const auto &info) {
                           std::string name = info.param;
                           name.resize(name.find('.'));
                           return name;
                         });

TEST(ProgramCheckTest, WhenExecuTorchGivesUpThatIsAnError) {
  auto program = Program::load(dataFile("wrong_argument.pte"));
  ASSERT_TRUE(program.ok()) << program.status();
  const Tensor x(DType::F32, {4, 3});
  auto outputs = program->run({x});
  EXPECT_EQ(outputs.status().code(), absl::StatusCode::kInternal);
  EXPECT_NE(outputs.status().message().find("ExecuTorch gave up: "),
            std::string::npos)
      << outputs.status();
  EXPECT_EQ(program->run({x}).status().message(),
            dataFile("wrong_argument.pte: ExecuTorch gave up on this program "
                     "before"));
}

} // namespace
} // namespace pt2e::runtime
