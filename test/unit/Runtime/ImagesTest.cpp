#include "pt2e/Runtime/Images.h"

#include "TestFiles.h"
#include "pt2e/Runtime/Files.h"
#include "pt2e/Runtime/Npy.h"

namespace pt2e::runtime {
namespace {

std::string bytesOf(const std::string &name) {
  return *readFile(dataFile("pictures/" + name));
}

std::vector<uint8_t> pillow(const std::string &name) {
  auto tensor = readNpy(dataFile("pictures/" + name));
  EXPECT_TRUE(tensor.ok()) << tensor.status();
  auto pixels = tensor->elements<uint8_t>();
  return {pixels.begin(), pixels.end()};
}

Image decode(const std::string &name) {
  auto image = decodeImage(bytesOf(name));
  EXPECT_TRUE(image.ok()) << name << ": " << image.status();
  return image.ok() ? *image : Image{};
}

TEST(ImagesTest, DecodesLikePillow) {
  const Image rgb = decode("rgb.png");
  EXPECT_EQ(rgb.height, 40);
  EXPECT_EQ(rgb.width, 30);
  EXPECT_EQ(rgb.channels, 3);
  EXPECT_EQ(rgb.pixels, pillow("rgb.npy"));
  EXPECT_EQ(decode("alpha.png").pixels, pillow("rgb.npy"));
  EXPECT_EQ(decode("palette.png").pixels, pillow("palette.npy"));
  EXPECT_EQ(decode("rgb.jpg").pixels, pillow("jpg.npy"));
  EXPECT_EQ(decode("progressive.jpg").pixels, pillow("jpg.npy"));
}

TEST(ImagesTest, ConvertsToGreyLikePillow) {
  EXPECT_EQ(withChannels(decode("rgb.png"), 1).pixels, pillow("grey.npy"));
  EXPECT_EQ(withChannels(decode("grey.png"), 1).pixels, pillow("grey.npy"));
  const Image back = withChannels(withChannels(decode("grey.png"), 1), 3);
  EXPECT_EQ(back.pixels, decode("grey.png").pixels);
}

TEST(ImagesTest, ResizesLikePillow) {
  for (int size : {16, 45}) {
    auto resized = resizeShortSide(decode("rgb.png"), size);
    ASSERT_TRUE(resized.ok());
    EXPECT_EQ(resized->width, size);
    EXPECT_EQ(resized->height, size * 40 / 30);
    EXPECT_EQ(resized->pixels,
              pillow("resized_" + std::to_string(size) + ".npy"));
  }
  auto same = resizeShortSide(decode("rgb.png"), 30);
  EXPECT_EQ(same->pixels, pillow("rgb.npy"));
}

TEST(ImagesTest, ResizedSizesAreBounded) {
  const Image stripe{1, 100, 1, std::vector<uint8_t>(100)};
  EXPECT_FALSE(resizeShortSide(stripe, 0).ok());
  EXPECT_FALSE(resizeShortSide(stripe, 1 << 20).ok());
  EXPECT_FALSE(resizeShortSide(stripe, INT64_MAX).ok());
}

TEST(ImagesTest, CropsTheMiddle) {
  Image image{4, 5, 1, {}};
  for (int i = 0; i < 20; ++i)
    image.pixels.push_back(i);
  // Margins 2 and 3: half of 3 rounds to 2.
  EXPECT_EQ(cropCenter(image, 2)->pixels, (std::vector<uint8_t>{7, 8, 12, 13}));
  EXPECT_EQ(cropCenter(image, 4)->pixels.size(), 16);
  EXPECT_EQ(cropCenter(image, 5).status().message(),
            "cannot crop 5 x 5 pixels from 4 x 5");
}

TEST(ImagesTest, ForeignAndColourSeparatedPicturesAreErrors) {
  EXPECT_EQ(decodeImage("GIF89a").status().message(),
            "expected a PNG or JPEG picture");
  EXPECT_EQ(decodeImage("").status().message(),
            "expected a PNG or JPEG picture");
  EXPECT_FALSE(decodeImage(bytesOf("cmyk.jpg")).ok());
}

class DamagedPictureTest : public testing::TestWithParam<const char *> {};

TEST_P(DamagedPictureTest, EveryTruncationIsAnError) {
  const std::string whole = bytesOf(GetParam());
  // The last bytes of a PNG, and the end marker of a JPEG, hold no pixels.
  for (size_t size = 0; size + 20 < whole.size(); size += 3)
    EXPECT_FALSE(decodeImage(std::string_view(whole).substr(0, size)).ok())
        << size;
}

TEST_P(DamagedPictureTest, ChangedBytesNeverCrash) {
  const std::string whole = bytesOf(GetParam());
  for (size_t i = 0; i < whole.size(); ++i)
    for (char flip : {'\xff', '\x01', '\x80'}) {
      std::string damaged = whole;
      damaged[i] ^= flip;
      auto image = decodeImage(damaged);
      if (!image.ok())
        continue;
      EXPECT_EQ(static_cast<int64_t>(image->pixels.size()),
                image->height * image->width * image->channels);
    }
}

INSTANTIATE_TEST_SUITE_P(Pictures, DamagedPictureTest,
                         testing::Values("rgb.png", "palette.png", "rgb.jpg",
                                         "progressive.jpg"),
                         [](const auto &info) {
                           std::string name = info.param;
                           name[name.find('.')] = '_';
                           return name;
                         });

TEST(ImagesTest, ClaimedSizesAreChecked) {
  std::string png = bytesOf("rgb.png");
  // IHDR's width, and no valid checksum to go with it.
  png.replace(16, 4, std::string("\x00\x0f\x00\x00", 4));
  EXPECT_FALSE(decodeImage(png).ok());
  std::string jpeg = bytesOf("rgb.jpg");
  const size_t frame = jpeg.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  jpeg.replace(frame + 5, 4, "\xff\xdc\xff\xdc");
  EXPECT_EQ(decodeImage(jpeg).status().message(),
            "expected 1 to 67108864 pixels, but got 65500 x 65500");
}

} // namespace
} // namespace pt2e::runtime
