/// \file
/// Pictures: decoding, resizing, cropping.
#ifndef PT2E_RUNTIME_IMAGES_H
#define PT2E_RUNTIME_IMAGES_H

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace pt2e::runtime {

/// Most pixels that a picture may have.
constexpr int64_t kMaxPixels = int64_t{1} << 26;

/// Rows of pixels of 8-bit channels.
struct Image {
  int64_t height = 0;
  int64_t width = 0;
  int64_t channels = 0;
  std::vector<uint8_t> pixels; ///< height x width x channels
};

bool isPng(std::string_view bytes);
bool isJpeg(std::string_view bytes);

/// Decodes a PNG or JPEG file to RGB. Alpha is dropped, not blended, and an
/// EXIF orientation is not applied, as by Pillow's `Image.convert("RGB")`.
/// \returns InvalidArgument for anything else, for damaged files, CMYK JPEGs
///          and pictures of more than kMaxPixels.
absl::StatusOr<Image> decodeImage(std::string_view bytes);

/// The picture with 1 or 3 channels: RGB becomes grey by Pillow's
/// (19595 R + 38470 G + 7471 B + 2^15) >> 16, grey is repeated.
Image withChannels(Image image, int64_t channels);

/// Bicubic (a = -1/2) with antialiasing: Pillow's `Image.resize(size,
/// Image.BICUBIC)` bit for bit (fixed point with 22 bits, columns first).
Image resizeBicubic(const Image &image, int64_t height, int64_t width);

/// Resizes so that the short side becomes `size`; the long one becomes
/// floor(size * long / short), as by torchvision's `Resize(size)`.
/// \returns InvalidArgument if the result has more than kMaxPixels.
absl::StatusOr<Image> resizeShortSide(const Image &image, int64_t size);

/// The middle `size` x `size` pixels; an odd margin is halved to the even
/// number, as by torchvision's `CenterCrop(size)`.
/// \returns InvalidArgument if the picture is smaller.
absl::StatusOr<Image> cropCenter(const Image &image, int64_t size);

} // namespace pt2e::runtime

#endif // PT2E_RUNTIME_IMAGES_H
