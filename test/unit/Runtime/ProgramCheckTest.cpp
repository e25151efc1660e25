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

/// Why a program is refused once the byte at `place` is changed.
std::string refusal(const std::string &path, size_t place, uint8_t flip) {
  const std::string bytes = *readFile(path);
  std::vector<uint8_t> damaged(bytes.begin(), bytes.end());
  damaged[place] ^= flip;
  return std::string(
      Program::loadBytes(std::move(damaged), "x").status().message());
}

// Each of these crashed in XNNPACK when it was let through.
TEST(ProgramCheckTest, PayloadsThatXnnpackTrustsTooMuchAreRefused) {
  const std::string tables = PT2E_TEST_DATA "/arm/tables.pte";
  EXPECT_EQ(refusal(tables, 5692, 0x01),
            "x: malformed program: instruction 0: delegate 0: node 26: it "
            "writes value 52, which is not there, or for the second time");
  EXPECT_EQ(refusal(tables, 5895, 0x01),
            "x: malformed program: instruction 0: delegate 0: node 17: it "
            "reads value 35 before it is there");
  EXPECT_EQ(refusal(tables, 6868, 0x10),
            "x: malformed program: instruction 0: value 2 is used, but has no "
            "memory");
  EXPECT_EQ(refusal(dataFile("resnet8_pc_128.pte"), 12504, 0x80),
            "x: malformed program: instruction 0: delegate 0: value 13: it has "
            "fewer scales than channels");
}

// These made XNNPACK allocate gigabytes.
TEST(ProgramCheckTest, WindowsThatDoNotFitTheirOutputAreRefused) {
  const std::string resnet = dataFile("resnet8_float.pte");
  EXPECT_EQ(refusal(resnet, 8838, 0x40),
            "x: malformed program: instruction 0: delegate 0: node 10: it "
            "makes more rows than the 7 of its output");
  EXPECT_EQ(refusal(resnet, 8842, 0x40),
            "x: malformed program: instruction 0: delegate 0: node 10: it "
            "makes more columns than the 7 of its output");
}

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
