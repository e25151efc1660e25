#include "ImageReaders.h"

#include <algorithm>
#include <cstring>
#include <zlib.h>

#include "pt2e/Runtime/Files.h"
#include "pt2e/Runtime/Status.h"

namespace pt2e::runtime {
namespace {

/// A file that may be compressed, read from its start to its end.
class GzFile {
public:
  static absl::StatusOr<GzFile> open(const std::string &path) {
    PT2E_ASSIGN_OR_RETURN(InputFile file, InputFile::open(path));
    gzFile handle = ::gzopen(path.c_str(), "rb");
    if (!handle)
      return absl::NotFoundError(fmt::format("cannot open `{}`", path));
    return GzFile(path, handle);
  }

  absl::Status read(void *to, int64_t count) {
    char *at = static_cast<char *>(to);
    while (count > 0) {
      const int got = ::gzread(handle_.get(), at,
                               std::min<int64_t>(count, int64_t{1} << 24));
      if (got < 0) {
        int code;
        return absl::DataLossError(
            fmt::format("{}: {}", path_, ::gzerror(handle_.get(), &code)));
      }
      if (got == 0)
        return absl::OutOfRangeError(
            fmt::format("{}: ends {} bytes too early", path_, count));
      at += got;
      count -= got;
    }
    return absl::OkStatus();
  }

  const std::string &path() const { return path_; }

private:
  struct Close {
    void operator()(gzFile handle) const { ::gzclose(handle); }
  };
  GzFile(std::string path, gzFile handle)
      : path_(std::move(path)), handle_(handle) {}

  std::string path_;
  std::unique_ptr<std::remove_pointer_t<gzFile>, Close> handle_;
};

/// An idx header: 0, 0, element type, rank, then big-endian sizes.
/// http://yann.lecun.com/exdb/mnist
absl::StatusOr<Shape> readIdxHeader(GzFile &file, int minRank, int maxRank) {
  uint8_t magic[4];
  PT2E_RETURN_IF_ERROR(file.read(magic, sizeof magic));
  if (magic[0] != 0 || magic[1] != 0)
    return invalid("{}: expected an idx file, but it does not start with two "
                   "zeros",
                   file.path());
  if (magic[2] != 8)
    return invalid("{}: expected an idx file of u8 (type 0x08), but got type "
                   "0x{:02x}",
                   file.path(), magic[2]);
  if (magic[3] < minRank || magic[3] > maxRank)
    return invalid("{}: expected an idx file of rank {} to {}, but got rank {}",
                   file.path(), minRank, maxRank, magic[3]);
  Shape shape;
  for (int i = 0; i < magic[3]; ++i) {
    uint8_t size[4];
    PT2E_RETURN_IF_ERROR(file.read(size, sizeof size));
    shape.push_back(int64_t{size[0]} << 24 | size[1] << 16 | size[2] << 8 |
                    size[3]);
  }
  return shape;
}

absl::Status checkImage(const std::string &path, int64_t height, int64_t width,
                        int64_t channels) {
  if (channels != 1 && channels != 3)
    return invalid("{}: expected images of 1 or 3 channels, but got {}", path,
                   channels);
  if (height < 1 || width < 1 || height > kMaxPixels / width)
    return invalid("{}: expected images of 1 to {} pixels, but got {} x {}",
                   path, kMaxPixels, height, width);
  return absl::OkStatus();
}

class IdxImages : public ImageReader {
public:
  IdxImages(GzFile file, const Shape &shape)
      : file_(std::move(file)), count_(shape[0]), height_(shape[1]),
        width_(shape[2]), channels_(shape.size() == 4 ? shape[3] : 1) {}

  int64_t count() const override { return count_; }
  absl::StatusOr<Image> next() override {
    Image image{height_, width_, channels_, {}};
    image.pixels.resize(height_ * width_ * channels_);
    PT2E_RETURN_IF_ERROR(file_.read(image.pixels.data(), image.pixels.size()));
    return image;
  }

private:
  GzFile file_;
  int64_t count_, height_, width_, channels_;
};

class NpyImages : public ImageReader {
public:
  NpyImages(NpyReader file, bool channelsFirst)
      : file_(std::move(file)), channelsFirst_(channelsFirst) {}

  int64_t count() const override { return file_.shape()[0]; }
  absl::StatusOr<Image> next() override {
    PT2E_ASSIGN_OR_RETURN(Tensor row, file_.readRows(next_++, 1));
    const Shape &shape = row.shape();
    auto pixels = row.elements<uint8_t>();
    Image image;
    if (!channelsFirst_) {
      image = {shape[1], shape[2], shape.size() == 4 ? shape[3] : 1, {}};
      image.pixels.assign(pixels.begin(), pixels.end());
      return image;
    }
    image = {shape[2], shape[3], shape[1], {}};
    const int64_t plane = image.height * image.width;
    image.pixels.resize(pixels.size());
    for (int64_t i = 0; i < plane; ++i)
      for (int64_t c = 0; c < image.channels; ++c)
        image.pixels[i * image.channels + c] = pixels[c * plane + i];
    return image;
  }

private:
  NpyReader file_;
  bool channelsFirst_;
  int64_t next_ = 0;
};

class Pictures : public ImageReader {
public:
  explicit Pictures(std::vector<std::string> paths)
      : paths_(std::move(paths)) {}

  int64_t count() const override { return paths_.size(); }
  absl::StatusOr<Image> next() override {
    const std::string &path = paths_[next_++];
    PT2E_ASSIGN_OR_RETURN(std::string bytes, readFile(path, int64_t{1} << 28));
    return withContext(path, decodeImage(bytes));
  }

private:
  std::vector<std::string> paths_;
  size_t next_ = 0;
};

} // namespace

absl::StatusOr<std::unique_ptr<ImageReader>>
openIdxImages(const std::string &path) {
  PT2E_ASSIGN_OR_RETURN(GzFile file, GzFile::open(path));
  PT2E_ASSIGN_OR_RETURN(Shape shape, readIdxHeader(file, 3, 4));
  PT2E_RETURN_IF_ERROR(
      checkImage(path, shape[1], shape[2], shape.size() == 4 ? shape[3] : 1));
  return std::make_unique<IdxImages>(std::move(file), shape);
}

absl::StatusOr<std::unique_ptr<ImageReader>>
openNpyImages(NpyReader file, const ImageSpec &spec) {
  const std::string &path = file.path();
  const Shape &shape = file.shape();
  if (file.dtype() != DType::U8 || (shape.size() != 3 && shape.size() != 4))
    return invalid("{}: expected u8 images of rank 3 or 4, but got {} {}", path,
                   toString(file.dtype()), toString(shape));
  bool channelsFirst = false;
  if (shape.size() == 4) {
    const bool first = shape[1] == spec.channels;
    const bool last = shape[3] == spec.channels;
    if (!first && !last)
      return invalid("{}: expected images of {} channels, but got {}", path,
                     spec.channels, toString(shape));
    if (first && last) {
      const bool firstFits = shape[2] == spec.height && shape[3] == spec.width;
      const bool lastFits = shape[1] == spec.height && shape[2] == spec.width;
      if (firstFits == lastFits)
        return invalid("{}: cannot tell whether {} has its channels first or "
                       "last",
                       path, toString(shape));
      channelsFirst = firstFits;
    } else {
      channelsFirst = first;
    }
  }
  const int64_t height = channelsFirst ? shape[2] : shape[1];
  const int64_t width = channelsFirst ? shape[3] : shape[2];
  PT2E_RETURN_IF_ERROR(
      checkImage(path, height, width, shape.size() == 3 ? 1 : spec.channels));
  return std::make_unique<NpyImages>(std::move(file), channelsFirst);
}

std::unique_ptr<ImageReader> openPictures(std::vector<std::string> paths) {
  return std::make_unique<Pictures>(std::move(paths));
}

absl::StatusOr<std::vector<int64_t>> readIdxLabels(const std::string &path) {
  PT2E_ASSIGN_OR_RETURN(GzFile file, GzFile::open(path));
  PT2E_ASSIGN_OR_RETURN(Shape shape, readIdxHeader(file, 1, 1));
  std::vector<int64_t> labels;
  // In pieces: the size is only a claim.
  uint8_t piece[4096];
  for (int64_t left = shape[0]; left > 0;) {
    const int64_t count = std::min<int64_t>(left, sizeof piece);
    PT2E_RETURN_IF_ERROR(file.read(piece, count));
    labels.insert(labels.end(), piece, piece + count);
    left -= count;
  }
  return labels;
}

} // namespace pt2e::runtime
