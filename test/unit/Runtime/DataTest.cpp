#include "pt2e/Runtime/Data.h"

#include <cstring>
#include <zlib.h>

#include "TestFiles.h"
#include "pt2e/Runtime/Files.h"
#include "pt2e/Runtime/Npy.h"
#include "gmock/gmock.h"

namespace pt2e::runtime {
namespace {

ValueInfo fixedInput(Shape shape, DType dtype = DType::F32) {
  return {dtype, std::move(shape), false, false};
}
ValueInfo dynamicInput(Shape shape, DType dtype = DType::F32) {
  return {dtype, std::move(shape), true, false};
}

/// f32 0, 1, 2, ... of that shape.
Tensor count(Shape shape) {
  Tensor tensor(DType::F32, std::move(shape));
  float next = 0;
  for (float &value : tensor.elements<float>())
    value = next++;
  return tensor;
}

/// Shapes of the first input of each call; an error ends the list.
std::vector<std::string> shapesOf(InputSource &source) {
  std::vector<std::string> shapes;
  for (;;) {
    auto inputs = source.next();
    if (!inputs.ok()) {
      shapes.emplace_back(inputs.status().message());
      return shapes;
    }
    if (!*inputs)
      return shapes;
    shapes.push_back(toString((**inputs)[0].shape()));
  }
}

using Strings = std::vector<std::string>;

std::string errorOf(const Strings &paths, const std::vector<ValueInfo> &inputs,
                    const DataOptions &options = {}) {
  auto source = openInputs(paths, inputs, options);
  return source.ok() ? "ok" : std::string(source.status().message());
}

class DataTest : public testing::Test {
protected:
  std::string save(const std::string &name, const Tensor &tensor) {
    EXPECT_TRUE(writeNpy(folder / name, tensor.view()).ok());
    return folder / name;
  }
  std::string saveBytes(const std::string &name, std::string_view bytes) {
    EXPECT_TRUE(writeFile(folder / name, bytes).ok());
    return folder / name;
  }
  TemporaryFolder folder;
};

TEST_F(DataTest, TheFirstAxisIsCutIntoBatches) {
  const std::string x = save("x.npy", count({7, 2}));
  DataOptions options;
  options.batch = 3;
  auto source = openInputs({x}, {dynamicInput({64, 2})}, options);
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ((*source)->numCalls(), 3);
  EXPECT_EQ((*source)->numSamples(), 7);
  EXPECT_TRUE((*source)->joins());
  EXPECT_EQ(shapesOf(**source), (Strings{"[3, 2]", "[3, 2]", "[1, 2]"}));
  // The program's bound wins over --batch.
  source = openInputs({x}, {dynamicInput({2, 2})}, options);
  EXPECT_EQ((*source)->numCalls(), 4);
}

TEST_F(DataTest, BatchesHoldTheRowsInOrder) {
  const std::string x = save("x.npy", count({4, 2}));
  auto source = openInputs({x}, {fixedInput({2, 2})}, {});
  ASSERT_TRUE(source.ok()) << source.status();
  auto first = (*source)->next(), second = (*source)->next();
  EXPECT_EQ((**first)[0].elements<float>()[3], 3);
  EXPECT_EQ((**second)[0].elements<float>()[0], 4);
  EXPECT_FALSE((*source)->next()->has_value());
}

TEST_F(DataTest, AStaticBatchTakesNoRemainder) {
  const std::string x = save("x.npy", count({7, 2}));
  EXPECT_EQ(errorOf({x}, {fixedInput({2, 2})}),
            x + ": 7 samples leave 1 over, and the program takes batches of "
                "exactly 2; pass --samples 6");
  DataOptions options;
  options.samples = 6;
  auto source = openInputs({x}, {fixedInput({2, 2})}, options);
  ASSERT_TRUE(source.ok());
  EXPECT_EQ((*source)->numCalls(), 3);
}

TEST_F(DataTest, OneRankMoreMeansOneCallPerEntry) {
  const std::string x = save("x.npy", count({3, 5, 2}));
  auto source = openInputs({x}, {fixedInput({5, 2})}, {});
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_FALSE((*source)->joins());
  EXPECT_EQ(shapesOf(**source), (Strings{"[5, 2]", "[5, 2]", "[5, 2]"}));
}

TEST_F(DataTest, AFolderOfRecordedCallsIsReadInNumericOrder) {
  for (int i = 0; i < 11; ++i)
    save("calib_" + std::to_string(i) + ".npy", count({i + 1, 2}));
  save("test_0.npy", count({1, 2}));
  auto source = openInputs({folder.path()}, {dynamicInput({64, 2})}, {});
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ((*source)->numCalls(), 11);
  EXPECT_EQ(shapesOf(**source)[10], "[11, 2]");
}

TEST_F(DataTest, AGapInTheRecordedCallsIsAnError) {
  save("calib_0.npy", count({1, 2}));
  save("calib_2.npy", count({1, 2}));
  EXPECT_EQ(errorOf({folder.path()}, {dynamicInput({64, 2})}),
            folder.path() + ": expected calib_K.npy for K = 0, 1, ..., but 1 "
                            "of its 2 calib_ files are such");
}

TEST_F(DataTest, FloatsAreRoundedForInputsOfHalves) {
  const std::string x =
      save("x.npy", Tensor::of<float>(DType::F32, {1, 3},
                                      {0x1.004p+0f, -0x1.00ap+0f, 1e30f}));
  auto source = openInputs({x}, {fixedInput({1, 3}, DType::F16)}, {});
  ASSERT_TRUE(source.ok()) << source.status();
  auto inputs = (*source)->next();
  ASSERT_TRUE(inputs.ok()) << inputs.status();
  EXPECT_EQ((**inputs)[0].dtype(), DType::F16);
  EXPECT_THAT((**inputs)[0].elements<uint16_t>(),
              testing::ElementsAre(0x3c01, 0xbc02, 0x7c00));
  source = openInputs({x}, {fixedInput({1, 3}, DType::BF16)}, {});
  ASSERT_TRUE(source.ok()) << source.status();
  inputs = (*source)->next();
  EXPECT_THAT((**inputs)[0].elements<uint16_t>(),
              testing::ElementsAre(0x3f80, 0xbf80, 0x714a));
  // The other way nothing is guessed.
  EXPECT_THAT(errorOf({save("half.npy", Tensor(DType::F16, {1, 3}))},
                      {fixedInput({1, 3})}),
              testing::HasSubstr("expected f32"));
}

TEST_F(DataTest, SeveralInputsAreReadSideBySide) {
  const std::string a = save("calib_0_arg0.npy", count({2, 2}));
  const std::string b = save("calib_0_arg1.npy", count({2, 3}));
  const std::vector<ValueInfo> inputs = {dynamicInput({8, 2}),
                                         dynamicInput({8, 3})};
  for (const Strings &paths : {Strings{a, b}, Strings{folder.path()}}) {
    auto source = openInputs(paths, inputs, {});
    ASSERT_TRUE(source.ok()) << source.status();
    auto call = (*source)->next();
    ASSERT_TRUE(call.ok() && *call);
    EXPECT_EQ((**call)[1].shape(), (Shape{2, 3}));
  }
  EXPECT_EQ(errorOf({a}, inputs),
            "expected 2 paths, one for each input, but got 1");
  const std::string c = save("c.npy", count({99, 3}));
  EXPECT_EQ(errorOf({a, c}, inputs),
            c + " makes 13 calls, but " + a + " makes 1");
}

TEST_F(DataTest, SeveralPathsForOneInputFollowEachOther) {
  const std::string a = save("a.npy", count({2, 2}));
  const std::string b = save("b.npy", count({3, 2}));
  DataOptions options;
  options.samples = 4;
  auto source = openInputs({a, b}, {dynamicInput({8, 2})}, options);
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ((*source)->numSamples(), 4);
  EXPECT_EQ(shapesOf(**source), (Strings{"[2, 2]", "[2, 2]"}));
}

TEST_F(DataTest, NumbersThatDoNotFitAreErrors) {
  const std::string x = save("x.npy", count({4, 2}));
  EXPECT_EQ(errorOf({x}, {fixedInput({4, 3})}),
            x + ": expected f32 [4, 3] or one rank more, but got f32 [4, 2]");
  EXPECT_EQ(errorOf({x}, {fixedInput({4, 2}, DType::I64)}),
            x + ": expected i64 [4, 2] or one rank more, but got f32 [4, 2]");
  EXPECT_EQ(errorOf({x}, {fixedInput({3})}),
            x + ": expected f32 [3] or one rank more, but got f32 [4, 2]");
  DataOptions options;
  options.mean = {0.5f};
  EXPECT_EQ(errorOf({x}, {fixedInput({4, 2})}, options),
            x + ": mean, std, resize and crop are for images, but this is f32");
  EXPECT_EQ(errorOf({}, {fixedInput({4, 2})}),
            "expected a path for the input, but got none");
  EXPECT_EQ(errorOf({x}, {}), "the program has no inputs to feed");
  options = {};
  options.samples = 0;
  EXPECT_EQ(errorOf({x}, {fixedInput({4, 2})}, options),
            "expected at least 1 sample, but got 0");
}

DataOptions fashion() {
  DataOptions options;
  options.mean = {0.286f};
  options.std = {0.353f};
  return options;
}

TEST_F(DataTest, ImagesAreNormalizedBitForBitAsInPyTorch) {
  auto expected = readNpy(dataFile("images_f32.npy"));
  DataOptions options = fashion();
  options.samples = 16;
  auto source = openInputs({dataFile("images_u8.npy")},
                           {dynamicInput({64, 1, 28, 28})}, options);
  ASSERT_TRUE(source.ok()) << source.status();
  auto call = (*source)->next();
  ASSERT_TRUE(call.ok()) << call.status();
  const Tensor &images = (**call)[0];
  ASSERT_EQ(images.shape(), expected->shape());
  EXPECT_EQ(std::memcmp(images.data(), expected->data(), images.numBytes()), 0);
}

/// An idx file of u8.
std::string idx(const Shape &shape, const std::string &elements) {
  std::string file("\0\0\x08", 3);
  file += static_cast<char>(shape.size());
  for (int64_t size : shape)
    for (int shift : {24, 16, 8, 0})
      file += static_cast<char>(size >> shift);
  return file + elements;
}

TEST_F(DataTest, IdxFilesAreReadPlainAndCompressed) {
  const std::string plain = saveBytes("images", idx({3, 2, 2}, "abcdefghijkl"));
  gzFile file = gzopen((folder / "images.gz").c_str(), "wb");
  const std::string bytes = *readFile(plain);
  gzwrite(file, bytes.data(), bytes.size());
  gzclose(file);
  for (const std::string &path : {plain, folder / "images.gz"}) {
    auto source =
        openInputs({path}, {dynamicInput({2, 1, 2, 2}, DType::U8)}, {});
    ASSERT_TRUE(source.ok()) << source.status();
    EXPECT_EQ((*source)->numCalls(), 2);
    (void)(*source)->next();
    auto last = (*source)->next();
    ASSERT_TRUE(last.ok()) << last.status();
    EXPECT_EQ((**last)[0].elements<uint8_t>()[3], 'l');
  }
}

TEST_F(DataTest, DamagedIdxFilesAreErrors) {
  const std::vector<ValueInfo> inputs = {dynamicInput({9, 1, 2, 2})};
  const auto path = [&](const std::string &bytes) {
    return saveBytes("damaged", bytes);
  };
  EXPECT_EQ(errorOf({path(std::string("\0\0\x0d\x03", 4))}, inputs),
            folder / "damaged" + ": expected an idx file of u8 (type 0x08), "
                                 "but got type 0x0d");
  EXPECT_EQ(errorOf({path(idx({4}, "abcd"))}, inputs),
            folder / "damaged" +
                ": expected an idx file of rank 3 to 4, but got rank 1");
  EXPECT_EQ(errorOf({path(idx({1, 70000, 70000}, ""))}, inputs),
            folder / "damaged" + ": expected images of 1 to 67108864 pixels, "
                                 "but got 70000 x 70000");
  EXPECT_EQ(errorOf({path(std::string("\0\0\x08\x03\0", 5))}, inputs),
            folder / "damaged" + ": ends 3 bytes too early");
  auto source =
      openInputs({path(idx({4000000000, 2, 2}, "abcdef"))}, inputs, {});
  ASSERT_TRUE(source.ok());
  EXPECT_EQ(shapesOf(**source),
            Strings{folder / "damaged" + ": ends 2 bytes too early"});
  source = openInputs({path("\x1f\x8b\x08 no gzip")}, inputs, {});
  EXPECT_FALSE(source.ok());
}

TEST_F(DataTest, BothLayoutsOfU8ImagesAreUnderstood) {
  // One image of 2 x 2 pixels and 3 channels, pixel p channel c = 10 p + c.
  Tensor last(DType::U8, {1, 2, 2, 3}), first(DType::U8, {1, 3, 2, 2});
  for (int p = 0; p < 4; ++p)
    for (int c = 0; c < 3; ++c) {
      last.elements<uint8_t>()[p * 3 + c] = 10 * p + c;
      first.elements<uint8_t>()[c * 4 + p] = 10 * p + c;
    }
  for (const std::string &path : {save("a.npy", last), save("b.npy", first)}) {
    auto source = openInputs({path}, {fixedInput({1, 3, 2, 2})}, {});
    ASSERT_TRUE(source.ok()) << source.status();
    auto call = (*source)->next();
    ASSERT_TRUE(call.ok()) << call.status();
    EXPECT_EQ((**call)[0].elements<float>()[1 * 4 + 2], 21 / 255.0f);
    // A program with its channels last.
    source = openInputs({path}, {fixedInput({1, 2, 2, 3})}, {});
    call = (*source)->next();
    ASSERT_TRUE(call.ok()) << call.status();
    EXPECT_EQ((**call)[0].elements<float>()[2 * 3 + 1], 21 / 255.0f);
  }
  const std::string odd = save("odd.npy", Tensor(DType::U8, {1, 3, 4, 3}));
  EXPECT_EQ(errorOf({odd}, {fixedInput({1, 3, 9, 9})}),
            odd + ": cannot tell whether [1, 3, 4, 3] has its channels first "
                  "or last");
}

TEST_F(DataTest, PicturesAreResizedAndCropped) {
  for (const char *name : {"rgb.png", "rgb.jpg"})
    std::filesystem::copy_file(dataFile(std::string("pictures/") + name),
                               folder / name);
  saveBytes("notes.txt", "not a picture");
  DataOptions options;
  EXPECT_EQ(errorOf({folder.path()}, {dynamicInput({8, 3, 16, 16})}, options),
            "ok");
  auto source =
      openInputs({folder.path()}, {dynamicInput({8, 3, 16, 16})}, options);
  EXPECT_EQ(shapesOf(**source),
            Strings{folder.path() +
                    ": expected images for f32 [<=8, <=3, <=16, <=16], but got "
                    "40 x 30; pass --resize or --crop"});
  options.resize = 16;
  options.crop = 16;
  options.mean = {0.485f, 0.456f, 0.406f};
  options.std = {0.229f, 0.224f, 0.225f};
  source = openInputs({folder.path()}, {dynamicInput({8, 3, 16, 16})}, options);
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ((*source)->numSamples(), 2);
  auto call = (*source)->next();
  ASSERT_TRUE(call.ok()) << call.status();
  // Sorted by name, so the JPEG is first; row 0 of the crop is row 2 of the
  // resized picture (margin 5, half of it rounds to 2).
  auto resized = readNpy(dataFile("pictures/resized_16.npy"));
  const float pixel = resized->elements<uint8_t>()[2 * 16 * 3 + 1];
  EXPECT_EQ((**call)[0].elements<float>()[3 * 256 + 256],
            (pixel / 255.0f - 0.456f) / 0.224f);
  options.mean = {1, 2};
  EXPECT_EQ(errorOf({folder.path()}, {dynamicInput({8, 3, 16, 16})}, options),
            folder.path() + ": expected 1 or 3 values for mean, but got 2");
  options.mean = {0};
  options.std = {0};
  EXPECT_EQ(errorOf({folder.path()}, {dynamicInput({8, 3, 16, 16})}, options),
            folder.path() + ": expected a finite mean and a finite std other "
                            "than 0, but got 0 and 0");
}

TEST_F(DataTest, ImagesNeedAnInputForThem) {
  EXPECT_EQ(errorOf({dataFile("images_u8.npy")}, {fixedInput({1, 784})}),
            "images need an input of shape N x C x H x W or N x H x W x C with "
            "1 or 3 channels, but it is f32 [1, 784]");
  EXPECT_EQ(errorOf({dataFile("images_u8.npy")},
                    {fixedInput({1, 1, 28, 28}, DType::U8)}, fashion()),
            dataFile("images_u8.npy") +
                ": expected u8 [1, 1, 28, 28] or one rank "
                "more, but got u8 [64, 28, 28]");
}

TEST_F(DataTest, EmptyFoldersAndMissingFilesAreErrors) {
  EXPECT_EQ(errorOf({folder.path()}, {fixedInput({1, 2})}),
            folder.path() + ": expected a folder of calib_K.npy or of PNG and "
                            "JPEG files");
  EXPECT_EQ(errorOf({"/nowhere.npy"}, {fixedInput({1, 2})}),
            "cannot open `/nowhere.npy`: No such file or directory");
}

TEST_F(DataTest, LabelsComeFromNpyAndIdx) {
  auto labels = readLabels(dataFile("labels.npy"));
  ASSERT_TRUE(labels.ok()) << labels.status();
  EXPECT_EQ(labels->size(), 64);
  EXPECT_EQ((*labels)[0], 9);
  labels = readLabels(saveBytes("labels", idx({3}, "\1\2\3")));
  ASSERT_TRUE(labels.ok()) << labels.status();
  EXPECT_EQ(*labels, (std::vector<int64_t>{1, 2, 3}));
  labels = readLabels(saveBytes("labels", idx({4000000000}, "\1\2\3")));
  EXPECT_EQ(labels.status().message(),
            folder / "labels" + ": ends 4093 bytes too early");
  const std::string floats = save("f.npy", count({3}));
  EXPECT_EQ(readLabels(floats).status().message(),
            floats + ": expected integer labels of rank 1, but got f32 [3]");
}

} // namespace
} // namespace pt2e::runtime
