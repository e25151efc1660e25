// Any bytes as a PNG or JPEG file, then the ways in which images are prepared.

#include "pt2e/Runtime/Images.h"

#include <cstdlib>

using namespace pt2e::runtime;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char *>(data), size);
  auto image = decodeImage(bytes);
  if (!image.ok())
    return 0;
  if (static_cast<int64_t>(image->pixels.size()) !=
      image->height * image->width * image->channels)
    std::abort();
  if (image->height * image->width > 1 << 16)
    return 0; // only slow
  if (auto resized = resizeShortSide(*image, 8 + size % 8); resized.ok())
    (void)cropCenter(*resized, 8);
  (void)withChannels(*image, 1);
  return 0;
}
