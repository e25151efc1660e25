#include "pt2e/Runtime/Images.h"

#include <algorithm>
#include <cmath>
#include <csetjmp>
#include <cstdio>
#include <cstring>

#include <jerror.h>
#include <jpeglib.h>
#include <png.h>

#include "pt2e/Runtime/Status.h"

namespace pt2e::runtime {
namespace {

constexpr std::string_view kPngMagic("\x89PNG\r\n\x1a\n", 8);
constexpr std::string_view kJpegMagic("\xff\xd8\xff", 3);

absl::Status checkSize(int64_t height, int64_t width) {
  if (height < 1 || width < 1 || height > kMaxPixels / width)
    return invalid("expected 1 to {} pixels, but got {} x {}", kMaxPixels,
                   height, width);
  return absl::OkStatus();
}

absl::StatusOr<Image> decodePng(std::string_view bytes) {
  png_image png;
  std::memset(&png, 0, sizeof png);
  png.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()))
    return invalid("malformed PNG: {}", png.message);
  absl::Status status = checkSize(png.height, png.width);
  if (!status.ok()) {
    png_image_free(&png);
    return status;
  }
  // With alpha, or libpng would blend with a background.
  png.format = PNG_FORMAT_RGBA;
  std::vector<uint8_t> rgba(PNG_IMAGE_SIZE(png));
  if (!png_image_finish_read(&png, nullptr, rgba.data(), 0, nullptr))
    return invalid("malformed PNG: {}", png.message);
  Image image{png.height, png.width, 3, {}};
  image.pixels.reserve(rgba.size() / 4 * 3);
  for (size_t i = 0; i < rgba.size(); i += 4)
    image.pixels.insert(image.pixels.end(), &rgba[i], &rgba[i] + 3);
  return image;
}

struct JpegErrors {
  jpeg_error_mgr manager; // first: libjpeg hands back a pointer to it
  std::jmp_buf escape;
  char message[JMSG_LENGTH_MAX];
};

void jpegFail(j_common_ptr jpeg) {
  auto *errors = reinterpret_cast<JpegErrors *>(jpeg->err);
  errors->manager.format_message(jpeg, errors->message);
  std::longjmp(errors->escape, 1);
}

void jpegMessage(j_common_ptr jpeg, int level) {
  // libjpeg paints the missing part grey and goes on.
  if (level < 0 && (jpeg->err->msg_code == JWRN_JPEG_EOF ||
                    jpeg->err->msg_code == JWRN_HIT_MARKER))
    jpegFail(jpeg);
}

/// A progressive file of a few bytes can ask for any number of passes over the
/// whole picture.
void jpegProgress(j_common_ptr jpeg) {
  auto *decoder = reinterpret_cast<j_decompress_ptr>(jpeg);
  if (decoder->input_scan_number > 500) {
    jpeg->err->msg_code = JERR_BAD_PROGRESSION;
    jpegFail(jpeg);
  }
}

/// Everything that must outlive a longjmp is owned by the caller.
bool decodeJpeg(std::string_view bytes, JpegErrors &errors,
                jpeg_decompress_struct &jpeg, Image &image,
                absl::Status &status) {
  if (setjmp(errors.escape))
    return false;
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char *>(bytes.data()),
               bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  status = checkSize(jpeg.image_height, jpeg.image_width);
  if (!status.ok())
    return true;
  jpeg.out_color_space = JCS_RGB;
  jpeg_progress_mgr progress{jpegProgress, 0, 0, 0, 0};
  jpeg.progress = &progress;
  jpeg_start_decompress(&jpeg);
  image.height = jpeg.output_height;
  image.width = jpeg.output_width;
  image.channels = 3;
  image.pixels.resize(image.height * image.width * 3);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = &image.pixels[jpeg.output_scanline * image.width * 3];
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  return true;
}

absl::StatusOr<Image> decodeJpeg(std::string_view bytes) {
  JpegErrors errors;
  jpeg_decompress_struct jpeg;
  std::memset(&jpeg, 0, sizeof jpeg);
  jpeg.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = jpegFail;
  errors.manager.emit_message = jpegMessage;
  errors.message[0] = '\0';
  Image image;
  absl::Status status;
  const bool decoded = decodeJpeg(bytes, errors, jpeg, image, status);
  jpeg_destroy_decompress(&jpeg);
  if (!decoded)
    return invalid("malformed JPEG: {}", errors.message);
  if (!status.ok())
    return status;
  return image;
}

double bicubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2)
    return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

constexpr int kPrecision = 32 - 8 - 2;

/// Which inputs make up one output, with fixed-point weights.
struct Window {
  int64_t first;
  std::vector<int32_t> weights;
};

std::vector<Window> windows(int64_t from, int64_t to) {
  const double scale = static_cast<double>(from) / to;
  const double filterScale = std::max(scale, 1.0);
  const double support = 2 * filterScale;
  std::vector<Window> result(to);
  for (int64_t i = 0; i < to; ++i) {
    const double center = (i + 0.5) * scale;
    const int64_t first =
        std::max<int64_t>(0, static_cast<int64_t>(center - support + 0.5));
    const int64_t end =
        std::min<int64_t>(from, static_cast<int64_t>(center + support + 0.5));
    std::vector<double> weights;
    double sum = 0;
    for (int64_t x = first; x < end; ++x) {
      weights.push_back(bicubic((x - center + 0.5) * (1 / filterScale)));
      sum += weights.back();
    }
    result[i].first = first;
    for (double weight : weights) {
      if (sum != 0)
        weight /= sum;
      weight *= 1 << kPrecision;
      result[i].weights.push_back(
          static_cast<int32_t>(weight < 0 ? weight - 0.5 : weight + 0.5));
    }
  }
  return result;
}

/// Resamples the middle axis of outer x from x inner.
std::vector<uint8_t> resample(const std::vector<uint8_t> &pixels, int64_t outer,
                              int64_t from, int64_t to, int64_t inner) {
  if (from == to)
    return pixels;
  const std::vector<Window> all = windows(from, to);
  std::vector<uint8_t> result(outer * to * inner);
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < to; ++i) {
      const Window &window = all[i];
      for (int64_t n = 0; n < inner; ++n) {
        int32_t sum = 1 << (kPrecision - 1);
        const uint8_t *in = &pixels[(o * from + window.first) * inner + n];
        for (int32_t weight : window.weights) {
          sum += *in * weight;
          in += inner;
        }
        result[(o * to + i) * inner + n] =
            std::clamp<int32_t>(sum >> kPrecision, 0, 255);
      }
    }
  return result;
}

} // namespace

bool isPng(std::string_view bytes) {
  return bytes.substr(0, kPngMagic.size()) == kPngMagic;
}

bool isJpeg(std::string_view bytes) {
  return bytes.substr(0, kJpegMagic.size()) == kJpegMagic;
}

absl::StatusOr<Image> decodeImage(std::string_view bytes) {
  if (isPng(bytes))
    return decodePng(bytes);
  if (isJpeg(bytes))
    return decodeJpeg(bytes);
  return invalid("expected a PNG or JPEG picture");
}

Image withChannels(Image image, int64_t channels) {
  if (image.channels == channels)
    return image;
  Image result{image.height, image.width, channels, {}};
  result.pixels.resize(image.height * image.width * channels);
  const uint8_t *in = image.pixels.data();
  if (channels == 1)
    for (uint8_t &grey : result.pixels) {
      grey = (in[0] * 19595 + in[1] * 38470 + in[2] * 7471 + 0x8000) >> 16;
      in += 3;
    }
  else
    for (size_t i = 0; i < result.pixels.size(); ++i)
      result.pixels[i] = in[i / 3];
  return result;
}

Image resizeBicubic(const Image &image, int64_t height, int64_t width) {
  Image result{height, width, image.channels, {}};
  const std::vector<uint8_t> narrowed =
      resample(image.pixels, image.height, image.width, width, image.channels);
  result.pixels =
      resample(narrowed, 1, image.height, height, width * image.channels);
  return result;
}

absl::StatusOr<Image> resizeShortSide(const Image &image, int64_t size) {
  if (size < 1 || size > kMaxPixels)
    return invalid("expected a short side of at least 1 pixel, but got {}",
                   size);
  // No overflow: a side has at most 2^26 pixels.
  const int64_t height =
      image.height <= image.width ? size : size * image.height / image.width;
  const int64_t width =
      image.height <= image.width ? size * image.width / image.height : size;
  PT2E_RETURN_IF_ERROR(checkSize(height, width));
  return resizeBicubic(image, height, width);
}

absl::StatusOr<Image> cropCenter(const Image &image, int64_t size) {
  if (size < 1 || size > image.height || size > image.width)
    return invalid("cannot crop {} x {} pixels from {} x {}", size, size,
                   image.height, image.width);
  const auto half = [](int64_t margin) {
    return static_cast<int64_t>(std::nearbyint(margin / 2.0));
  };
  const int64_t top = half(image.height - size);
  const int64_t left = half(image.width - size);
  Image result{size, size, image.channels, {}};
  for (int64_t y = 0; y < size; ++y) {
    const uint8_t *row =
        &image.pixels[((top + y) * image.width + left) * image.channels];
    result.pixels.insert(result.pixels.end(), row, row + size * image.channels);
  }
  return result;
}

} // namespace pt2e::runtime
