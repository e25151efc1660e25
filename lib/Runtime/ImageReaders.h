/// \file
/// Sequences of images from files.
#ifndef PT2E_LIB_RUNTIME_IMAGEREADERS_H
#define PT2E_LIB_RUNTIME_IMAGEREADERS_H

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "pt2e/Runtime/Images.h"
#include "pt2e/Runtime/Npy.h"

namespace pt2e::runtime {

class ImageReader {
public:
  virtual ~ImageReader() = default;
  virtual int64_t count() const = 0;
  /// The next of the count() images, with 1 or 3 channels as stored.
  virtual absl::StatusOr<Image> next() = 0;
};

/// What the program takes: its channels, and its sizes to tell layouts apart.
struct ImageSpec {
  int64_t channels;
  int64_t height;
  int64_t width;
};

/// An idx file of u8 images: N x H x W or N x H x W x C.
absl::StatusOr<std::unique_ptr<ImageReader>>
openIdxImages(const std::string &path);

/// A .npy of u8: N x H x W; N x H x W x C or N x C x H x W, where C is the
/// program's number of channels. If both could be meant, the program's sizes
/// decide.
absl::StatusOr<std::unique_ptr<ImageReader>>
openNpyImages(NpyReader file, const ImageSpec &spec);

/// PNG and JPEG files, in the order given.
std::unique_ptr<ImageReader> openPictures(std::vector<std::string> paths);

/// The numbers in an idx file of rank 1.
absl::StatusOr<std::vector<int64_t>> readIdxLabels(const std::string &path);

} // namespace pt2e::runtime

#endif // PT2E_LIB_RUNTIME_IMAGEREADERS_H
