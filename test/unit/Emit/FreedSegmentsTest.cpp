// Programs under a loader that frees what it was asked to free: the runtime
// frees the segment of a delegate as soon as the delegate is made.
#include "Compile.h"

#include <cstring>
#include <list>

#include "executorch/extension/module/module.h"
#include "executorch/extension/tensor/tensor_ptr.h"

namespace pt2e {
namespace {

namespace et_runtime = executorch::runtime;

/// What a loader handed out; the runtime gives some back after the loader.
struct Copies {
  int numFreed = 0;
  std::list<std::vector<char>> bytes;
};

/// Hands out copies and overwrites them when they are freed.
class ForgetfulLoader final : public et_runtime::DataLoader {
public:
  ForgetfulLoader(const std::string &bytes, Copies &copies)
      : bytes(bytes), copies(copies) {}

  et_runtime::Result<et_runtime::FreeableBuffer>
  load(size_t offset, size_t size, const SegmentInfo &) const override {
    // Aligned as XNNPACK wants constants.
    copies.bytes.emplace_back(size + 64);
    auto *data = reinterpret_cast<char *>(
        (reinterpret_cast<uintptr_t>(copies.bytes.back().data()) + 63) / 64 *
        64);
    std::memcpy(data, bytes.data() + offset, size);
    auto overwrite = [](void *numFreed, void *data, size_t size) {
      std::memset(data, 0x7e, size);
      ++*static_cast<int *>(numFreed);
    };
    return et_runtime::FreeableBuffer(data, size, overwrite, &copies.numFreed);
  }
  et_runtime::Result<size_t> size() const override { return bytes.size(); }

private:
  const std::string &bytes;
  Copies &copies;
};

/// The f32 output for `input` [2, 64], and how many segments were freed first.
std::vector<float> runForgetfully(const std::string &bytes,
                                  std::vector<float> input, int &numFreed) {
  Copies copies;
  executorch::extension::Module module(
      std::make_unique<ForgetfulLoader>(bytes, copies));
  EXPECT_EQ(module.load(), et_runtime::Error::Ok);
  const int before = copies.numFreed; // the head of the file
  EXPECT_EQ(module.load_method("forward"), et_runtime::Error::Ok);
  numFreed = copies.numFreed - before;
  auto tensor = executorch::extension::make_tensor_ptr(
      std::vector<executorch::aten::SizesType>{2, 64},
      static_cast<void *>(input.data()));
  auto outputs = module.forward(tensor);
  EXPECT_TRUE(outputs.ok());
  if (!outputs.ok())
    return {};
  const auto &result = outputs->at(0).toTensor();
  const auto *data = static_cast<const float *>(result.const_data_ptr());
  return {data, data + result.numel()};
}

void expectSurvival(const std::string &body, int freed) {
  const std::string bytes = exportConverted(
      substitute("func.func @forward(%x: tensor<2x64xf32>) -> tensor<2x4xf32> "
                 "{\n" +
                     body + "\nreturn %y : tensor<2x4xf32>\n}",
                 {{"codes", dense(randomCodes(4 * 64, 1))},
                  {"weight", dense(randomFloats(4 * 64, 2))},
                  {"shift", dense(randomFloats(2 * 4, 3))},
                  {"slopes", dense(randomFloats(64, 4))}}));
  ASSERT_FALSE(bytes.empty());
  const std::vector<float> input = randomFloats(2 * 64, 5);
  auto program = runtime::Program::loadBytes(
      std::vector<uint8_t>(bytes.begin(), bytes.end()), "exported");
  ASSERT_TRUE(program.ok()) << program.status();
  auto expected =
      program->run({runtime::Tensor::of(runtime::DType::F32, {2, 64}, input)});
  ASSERT_TRUE(expected.ok()) << expected.status();
  int numFreed = 0;
  const std::vector<float> got = runForgetfully(bytes, input, numFreed);
  const auto elements = (*expected)[0].elements<float>();
  EXPECT_EQ(got, std::vector<float>(elements.begin(), elements.end()));
  EXPECT_EQ(numFreed, freed);
}

const char *const kLinear = R"mlir(
  %w = aten.parameter "w" $weight : tensor<4x64xf32>
  %0 = aten.linear %x, %w : (tensor<2x64xf32>, tensor<4x64xf32>) -> tensor<2x4xf32>
)mlir";

TEST(FreedSegmentsTest, PackedWeightsAreFreedAndNotMissed) {
  expectSurvival(std::string(kLinear) +
                     "%y = aten.relu %0 : (tensor<2x4xf32>) -> tensor<2x4xf32>",
                 1);
}

TEST(FreedSegmentsTest, PackedCodesAreFreedAndNotMissed) {
  expectSurvival(R"mlir(
  %w = aten.parameter "w" $codes : tensor<4x64xi8>
  %s = arith.constant dense<0.5> : tensor<4x1xf32>
  %d = pt2e.dequantize %w, %s from <i8, -128 : 127, block = [1, -1]> : tensor<4x64xi8>, tensor<4x1xf32> -> tensor<4x64xf32>
  %y = aten.linear %x, %d : (tensor<2x64xf32>, tensor<4x64xf32>) -> tensor<2x4xf32>
)mlir",
                 1);
}

TEST(FreedSegmentsTest, ConstantsThatAreReadAtRunTimeStay) {
  expectSurvival(std::string(kLinear) + R"mlir(
  %c = aten.parameter "c" $shift : tensor<2x4xf32>
  %y = aten.add.Tensor %0, %c {alpha = 1 : i64} : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
)mlir",
                 0);
}

TEST(FreedSegmentsTest, GroupsOfCodesStay) {
  expectSurvival(R"mlir(
  %w = aten.parameter "w" $codes : tensor<4x64xi8>
  %s = arith.constant dense<0.5> : tensor<4x2xf32>
  %d = pt2e.dequantize %w, %s from <i8, -128 : 127, block = [1, 32]> : tensor<4x64xi8>, tensor<4x2xf32> -> tensor<4x64xf32>
  %y = aten.linear %x, %d : (tensor<2x64xf32>, tensor<4x64xf32>) -> tensor<2x4xf32>
)mlir",
                 0);
}

} // namespace
} // namespace pt2e
