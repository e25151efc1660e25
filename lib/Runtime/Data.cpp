#include "pt2e/Runtime/Data.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "ImageReaders.h"
#include "pt2e/Runtime/FileKind.h"
#include "pt2e/Runtime/Files.h"
#include "pt2e/Runtime/Images.h"
#include "pt2e/Runtime/Npy.h"
#include "pt2e/Runtime/Status.h"

namespace pt2e::runtime {
namespace {

/// The calls of one input.
class Column {
public:
  virtual ~Column() = default;
  virtual int64_t numCalls() const = 0;
  virtual int64_t numSamples() const = 0;
  virtual bool joins() const = 0;
  virtual absl::StatusOr<Tensor> next() = 0;
};

/// How many rows each call gets.
struct Batching {
  int64_t rows; ///< in all
  int64_t size; ///< of a call; the last may get less

  static absl::StatusOr<Batching> of(const std::string &path, int64_t rows,
                                     const ValueInfo &input,
                                     const DataOptions &options) {
    if (options.batch < 1)
      return invalid("expected a batch of at least 1, but got {}",
                     options.batch);
    rows = std::min(rows, options.samples.value_or(rows));
    const int64_t first = input.shape[0];
    const int64_t size =
        input.isDynamic ? std::min(options.batch, first) : first;
    if (size < 1)
      return invalid("{}: cannot be cut into batches of {}", path, size);
    if (!input.isDynamic && rows % size != 0)
      return invalid(
          "{}: {} samples leave {} over, and the program takes "
          "batches of exactly {}{}",
          path, rows, rows % size, size,
          rows < size ? ""
                      : fmt::format("; pass --samples {}", rows - rows % size));
    return Batching{rows, size};
  }
  int64_t calls() const { return rows / size + (rows % size != 0); }
  int64_t rowsOf(int64_t call) const {
    return std::min(size, rows - call * size);
  }
};

bool restFits(const ValueInfo &input, absl::Span<const int64_t> shape,
              size_t from) {
  for (size_t i = from; i < input.shape.size(); ++i)
    if (input.isDynamic ? shape[i] > input.shape[i]
                        : shape[i] != input.shape[i])
      return false;
  return true;
}

class NpyBatches : public Column {
public:
  NpyBatches(NpyReader file, Batching batching)
      : file_(std::move(file)), batching_(batching) {}
  int64_t numCalls() const override { return batching_.calls(); }
  int64_t numSamples() const override { return batching_.rows; }
  bool joins() const override { return true; }
  absl::StatusOr<Tensor> next() override {
    const int64_t call = next_++;
    return file_.readRows(call * batching_.size, batching_.rowsOf(call));
  }

private:
  NpyReader file_;
  Batching batching_;
  int64_t next_ = 0;
};

class NpyEntries : public Column {
public:
  NpyEntries(NpyReader file, int64_t calls)
      : file_(std::move(file)), calls_(calls) {}
  int64_t numCalls() const override { return calls_; }
  int64_t numSamples() const override { return calls_; }
  bool joins() const override { return false; }
  absl::StatusOr<Tensor> next() override {
    PT2E_ASSIGN_OR_RETURN(Tensor entry, file_.readRows(next_++, 1));
    entry.reshape(Shape(entry.shape().begin() + 1, entry.shape().end()));
    return entry;
  }

private:
  NpyReader file_;
  int64_t calls_;
  int64_t next_ = 0;
};

/// One call: a .npy of rank 0 for an input of rank 0.
class NpyWhole : public Column {
public:
  explicit NpyWhole(NpyReader file) : file_(std::move(file)) {}
  int64_t numCalls() const override { return 1; }
  int64_t numSamples() const override { return 1; }
  bool joins() const override { return false; }
  absl::StatusOr<Tensor> next() override { return file_.readAll(); }

private:
  NpyReader file_;
};

/// Where the pixels of an image go in an input of rank 4.
struct ImageLayout {
  ImageSpec spec;
  bool channelsFirst;

  static absl::StatusOr<ImageLayout> of(const ValueInfo &input) {
    const Shape &shape = input.shape;
    const auto isChannels = [](int64_t size) { return size == 1 || size == 3; };
    if (shape.size() == 4 && isChannels(shape[1]))
      return ImageLayout{{shape[1], shape[2], shape[3]}, true};
    if (shape.size() == 4 && isChannels(shape[3]))
      return ImageLayout{{shape[3], shape[1], shape[2]}, false};
    return invalid("images need an input of shape N x C x H x W or N x H x W x "
                   "C with 1 or 3 channels, but it is {}",
                   toString(input));
  }
};

class ImageBatches : public Column {
public:
  ImageBatches(std::string path, std::unique_ptr<ImageReader> reader,
               Batching batching, const ValueInfo &input, ImageLayout layout,
               const DataOptions &options)
      : path_(std::move(path)), reader_(std::move(reader)), batching_(batching),
        input_(input), layout_(layout), options_(options) {}

  /// Prepares the value of each of the 256 pixels in each channel.
  absl::Status init() {
    const auto perChannel = [&](const std::optional<std::vector<float>> &values,
                                const char *name, float otherwise,
                                std::vector<float> &to) -> absl::Status {
      to.assign(layout_.spec.channels, otherwise);
      if (!values)
        return absl::OkStatus();
      if (values->size() != 1 && values->size() != to.size())
        return invalid("expected 1 or {} values for {}, but got {}", to.size(),
                       name, values->size());
      for (size_t i = 0; i < to.size(); ++i)
        to[i] = (*values)[values->size() == 1 ? 0 : i];
      return absl::OkStatus();
    };
    std::vector<float> mean, std;
    PT2E_RETURN_IF_ERROR(perChannel(options_.mean, "mean", 0, mean));
    PT2E_RETURN_IF_ERROR(perChannel(options_.std, "std", 1, std));
    for (size_t c = 0; c < mean.size(); ++c) {
      if (!std::isfinite(mean[c]) || !std::isfinite(std[c]) || std[c] == 0)
        return invalid("expected a finite mean and a finite std other than 0, "
                       "but got {} and {}",
                       mean[c], std[c]);
      for (int pixel = 0; pixel < 256; ++pixel) {
        float value = static_cast<float>(pixel) / 255.0f;
        value = value - mean[c];
        values_.push_back(value / std[c]);
      }
    }
    if (input_.dtype != DType::F32 && input_.dtype != DType::U8)
      return invalid("images become f32 or u8, but the input is {}",
                     toString(input_));
    if (input_.dtype == DType::U8 && (options_.mean || options_.std))
      return invalid("mean and std make f32 of images, but the input is {}",
                     toString(input_));
    return absl::OkStatus();
  }

  int64_t numCalls() const override { return batching_.calls(); }
  int64_t numSamples() const override { return batching_.rows; }
  bool joins() const override { return true; }

  absl::StatusOr<Tensor> next() override {
    const int64_t rows = batching_.rowsOf(next_++);
    Tensor batch;
    for (int64_t row = 0; row < rows; ++row) {
      PT2E_ASSIGN_OR_RETURN(Image image, prepare());
      const Shape one = layout_.channelsFirst
                            ? Shape{image.channels, image.height, image.width}
                            : Shape{image.height, image.width, image.channels};
      Shape all = one;
      all.insert(all.begin(), rows);
      if (row == 0) {
        if (!restFits(input_, all, 1))
          return invalid("{}: expected images for {}, but got {} x {}; pass "
                         "--resize or --crop",
                         path_, toString(input_), image.height, image.width);
        batch = Tensor(input_.dtype, all);
      } else if (batch.shape() != all) {
        return invalid("{}: images of one batch differ in size; pass --resize "
                       "and --crop",
                       path_);
      }
      store(image, batch, row);
    }
    return batch;
  }

private:
  absl::StatusOr<Image> prepare() {
    PT2E_ASSIGN_OR_RETURN(Image image, reader_->next());
    if (options_.resize) {
      PT2E_ASSIGN_OR_RETURN(
          image, withContext(path_, resizeShortSide(image, *options_.resize)));
    }
    if (options_.crop) {
      PT2E_ASSIGN_OR_RETURN(
          image, withContext(path_, cropCenter(image, *options_.crop)));
    }
    return withChannels(std::move(image), layout_.spec.channels);
  }

  void store(const Image &image, Tensor &batch, int64_t row) const {
    const int64_t channels = image.channels;
    const int64_t plane = image.height * image.width;
    const auto place = [&](int64_t pixel, int64_t channel) {
      return row * plane * channels + (layout_.channelsFirst
                                           ? channel * plane + pixel
                                           : pixel * channels + channel);
    };
    for (int64_t pixel = 0; pixel < plane; ++pixel)
      for (int64_t channel = 0; channel < channels; ++channel) {
        const uint8_t value = image.pixels[pixel * channels + channel];
        if (batch.dtype() == DType::U8)
          batch.elements<uint8_t>()[place(pixel, channel)] = value;
        else
          batch.elements<float>()[place(pixel, channel)] =
              values_[channel * 256 + value];
      }
  }

  std::string path_;
  std::unique_ptr<ImageReader> reader_;
  Batching batching_;
  ValueInfo input_;
  ImageLayout layout_;
  DataOptions options_;
  std::vector<float> values_;
  int64_t next_ = 0;
};

bool hasSuffix(const std::string &name, std::string_view suffix) {
  if (name.size() < suffix.size())
    return false;
  return std::equal(suffix.rbegin(), suffix.rend(), name.rbegin(),
                    [](char a, char b) { return a == std::tolower(b); });
}

/// An idx file may be compressed.
bool isIdx(FileKind kind) {
  return kind == FileKind::Idx || kind == FileKind::Gzip;
}

bool isPicture(const std::string &name) {
  return hasSuffix(name, ".png") || hasSuffix(name, ".jpg") ||
         hasSuffix(name, ".jpeg");
}

absl::StatusOr<std::unique_ptr<Column>>
openImages(const std::string &path, ValueInfo input,
           std::unique_ptr<ImageReader> reader, const ImageLayout &layout,
           const DataOptions &options) {
  if (isHalf(input.dtype))
    input.dtype = DType::F32;
  PT2E_ASSIGN_OR_RETURN(Batching batching,
                        Batching::of(path, reader->count(), input, options));
  auto column = std::make_unique<ImageBatches>(
      path, std::move(reader), batching, input, layout, options);
  PT2E_RETURN_IF_ERROR(withContext(path, column->init()));
  return column;
}

/// A .npy of numbers as they are.
absl::StatusOr<std::unique_ptr<Column>>
openNpy(NpyReader file, const ValueInfo &input, const DataOptions &options) {
  const std::string path = file.path();
  const size_t rank = input.shape.size();
  const size_t fileRank = file.shape().size();
  const bool cut = fileRank == rank;
  const bool fits = file.dtype() == input.dtype ||
                    (file.dtype() == DType::F32 && isHalf(input.dtype));
  if (!fits || (!cut && fileRank != rank + 1) ||
      !restFits(input,
                cut ? file.shape()
                    : Shape(file.shape().begin() + 1, file.shape().end()),
                cut ? 1 : 0))
    return invalid("{}: expected {} or one rank more, but got {} {}", path,
                   toString(input), toString(file.dtype()),
                   toString(file.shape()));
  if (options.mean || options.std || options.resize || options.crop)
    return invalid("{}: mean, std, resize and crop are for images, but this "
                   "is {}",
                   path, toString(file.dtype()));
  if (cut && rank == 0)
    return std::make_unique<NpyWhole>(std::move(file));
  const int64_t first = file.shape()[0];
  if (!cut)
    return std::make_unique<NpyEntries>(
        std::move(file), std::min(first, options.samples.value_or(first)));
  PT2E_ASSIGN_OR_RETURN(Batching batching,
                        Batching::of(path, first, input, options));
  return std::make_unique<NpyBatches>(std::move(file), batching);
}

absl::StatusOr<std::unique_ptr<Column>> openColumn(const std::string &path,
                                                   const ValueInfo &input,
                                                   const DataOptions &options) {
  if (isFolder(path)) {
    PT2E_ASSIGN_OR_RETURN(std::vector<std::string> names, listFolder(path));
    std::vector<std::string> pictures;
    for (const std::string &name : names)
      if (isPicture(name))
        pictures.push_back(path + "/" + name);
    if (pictures.empty())
      return invalid("{}: expected a folder of calib_K.npy or of PNG and JPEG "
                     "files",
                     path);
    PT2E_ASSIGN_OR_RETURN(ImageLayout layout, ImageLayout::of(input));
    return openImages(path, input, openPictures(std::move(pictures)), layout,
                      options);
  }
  PT2E_ASSIGN_OR_RETURN(FileKind kind, kindOf(path));
  if (kind == FileKind::Png || kind == FileKind::Jpeg) {
    PT2E_ASSIGN_OR_RETURN(ImageLayout layout, ImageLayout::of(input));
    return openImages(path, input, openPictures({path}), layout, options);
  }
  if (isIdx(kind)) {
    PT2E_ASSIGN_OR_RETURN(ImageLayout layout, ImageLayout::of(input));
    PT2E_ASSIGN_OR_RETURN(std::unique_ptr<ImageReader> reader,
                          openIdxImages(path));
    return openImages(path, input, std::move(reader), layout, options);
  }
  if (kind != FileKind::Npy)
    return otherKind(path, "data (.npy, idx, PNG, JPEG or a folder of such)",
                     kind);
  PT2E_ASSIGN_OR_RETURN(NpyReader file, NpyReader::open(path));
  // u8 numbers for an input of u8 stay what they are.
  if (file.dtype() == DType::U8 && input.dtype != DType::U8) {
    PT2E_ASSIGN_OR_RETURN(ImageLayout layout, ImageLayout::of(input));
    PT2E_ASSIGN_OR_RETURN(std::unique_ptr<ImageReader> reader,
                          openNpyImages(std::move(file), layout.spec));
    return openImages(path, input, std::move(reader), layout, options);
  }
  return openNpy(std::move(file), input, options);
}

/// All inputs side by side.
class Table : public InputSource {
public:
  explicit Table(std::vector<std::unique_ptr<Column>> columns)
      : columns_(std::move(columns)) {}

  absl::StatusOr<std::optional<std::vector<Tensor>>> next() override {
    if (next_++ == numCalls())
      return std::nullopt;
    std::vector<Tensor> inputs;
    for (auto &column : columns_) {
      PT2E_ASSIGN_OR_RETURN(Tensor input, column->next());
      inputs.push_back(std::move(input));
    }
    return inputs;
  }
  int64_t numCalls() const override { return columns_[0]->numCalls(); }
  int64_t numSamples() const override { return columns_[0]->numSamples(); }
  bool joins() const override {
    return std::all_of(columns_.begin(), columns_.end(),
                       [](auto &column) { return column->joins(); });
  }

private:
  std::vector<std::unique_ptr<Column>> columns_;
  int64_t next_ = 0;
};

/// f32 numbers for inputs of f16 and bf16, rounded.
class Rounded : public InputSource {
public:
  Rounded(std::unique_ptr<InputSource> floats,
          absl::Span<const ValueInfo> inputs)
      : floats_(std::move(floats)) {
    for (const ValueInfo &input : inputs)
      dtypes_.push_back(input.dtype);
  }

  absl::StatusOr<std::optional<std::vector<Tensor>>> next() override {
    PT2E_ASSIGN_OR_RETURN(auto inputs, floats_->next());
    for (size_t i = 0; inputs && i < inputs->size(); ++i) {
      Tensor &input = (*inputs)[i];
      if (isHalf(dtypes_[i]) && input.dtype() == DType::F32)
        input = roundToHalves(input, dtypes_[i]);
    }
    return inputs;
  }
  int64_t numCalls() const override { return floats_->numCalls(); }
  int64_t numSamples() const override { return floats_->numSamples(); }
  bool joins() const override { return floats_->joins(); }

private:
  std::unique_ptr<InputSource> floats_;
  std::vector<DType> dtypes_;
};

/// A folder of calib_K.npy or calib_K_argI.npy.
class RecordedCalls : public InputSource {
public:
  static absl::StatusOr<std::unique_ptr<InputSource>>
  open(const std::string &folder, size_t numInputs,
       const DataOptions &options) {
    if (options.mean || options.std || options.resize || options.crop)
      return invalid("{}: mean, std, resize and crop are for images, but this "
                     "is a folder of .npy files",
                     folder);
    auto source = std::make_unique<RecordedCalls>();
    source->folder_ = folder;
    source->numInputs_ = numInputs;
    PT2E_ASSIGN_OR_RETURN(std::vector<std::string> names, listFolder(folder));
    while (std::binary_search(names.begin(), names.end(),
                              source->nameOf(source->calls_, 0)))
      ++source->calls_;
    size_t files = 0;
    for (const std::string &name : names)
      files += isRecord(name);
    if (files != source->calls_ * numInputs)
      return invalid(
          "{}: expected {}.npy for K = 0, 1, ..., but {} of its {} "
          "calib_ files are such",
          folder,
          numInputs == 1
              ? std::string("calib_K")
              : fmt::format("calib_K_arg0 to calib_K_arg{}", numInputs - 1),
          source->calls_ * numInputs, files);
    if (options.samples)
      source->calls_ = std::min<int64_t>(source->calls_, *options.samples);
    return source;
  }

  static bool isRecord(const std::string &name) {
    return name.rfind("calib_", 0) == 0 && hasSuffix(name, ".npy");
  }

  absl::StatusOr<std::optional<std::vector<Tensor>>> next() override {
    if (next_ == calls_)
      return std::nullopt;
    std::vector<Tensor> inputs;
    for (size_t i = 0; i < numInputs_; ++i) {
      PT2E_ASSIGN_OR_RETURN(Tensor input,
                            readNpy(folder_ + "/" + nameOf(next_, i)));
      inputs.push_back(std::move(input));
    }
    ++next_;
    return inputs;
  }
  int64_t numCalls() const override { return calls_; }
  int64_t numSamples() const override { return calls_; }
  bool joins() const override { return false; }

private:
  std::string nameOf(int64_t call, size_t input) const {
    return numInputs_ == 1 ? fmt::format("calib_{}.npy", call)
                           : fmt::format("calib_{}_arg{}.npy", call, input);
  }

  std::string folder_;
  size_t numInputs_ = 0;
  int64_t calls_ = 0;
  int64_t next_ = 0;
};

/// One source after the other.
class Chain : public InputSource {
public:
  explicit Chain(std::vector<std::unique_ptr<InputSource>> sources)
      : sources_(std::move(sources)) {}

  absl::StatusOr<std::optional<std::vector<Tensor>>> next() override {
    for (; current_ < sources_.size(); ++current_) {
      PT2E_ASSIGN_OR_RETURN(auto inputs, sources_[current_]->next());
      if (inputs)
        return inputs;
    }
    return std::nullopt;
  }
  int64_t numCalls() const override {
    int64_t sum = 0;
    for (auto &source : sources_)
      sum += source->numCalls();
    return sum;
  }
  int64_t numSamples() const override {
    int64_t sum = 0;
    for (auto &source : sources_)
      sum += source->numSamples();
    return sum;
  }
  bool joins() const override {
    return std::all_of(sources_.begin(), sources_.end(),
                       [](auto &source) { return source->joins(); });
  }

private:
  std::vector<std::unique_ptr<InputSource>> sources_;
  size_t current_ = 0;
};

absl::StatusOr<bool> hasRecordedCalls(const std::string &path) {
  if (!isFolder(path))
    return false;
  PT2E_ASSIGN_OR_RETURN(std::vector<std::string> names, listFolder(path));
  return std::any_of(names.begin(), names.end(), RecordedCalls::isRecord);
}

absl::StatusOr<std::unique_ptr<InputSource>>
openTable(absl::Span<const std::string> paths,
          absl::Span<const ValueInfo> inputs, const DataOptions &options) {
  std::vector<std::unique_ptr<Column>> columns;
  for (size_t i = 0; i < inputs.size(); ++i) {
    PT2E_ASSIGN_OR_RETURN(std::unique_ptr<Column> column,
                          openColumn(paths[i], inputs[i], options));
    columns.push_back(std::move(column));
    if (columns[i]->numCalls() != columns[0]->numCalls())
      return invalid("{} makes {} calls, but {} makes {}", paths[i],
                     columns[i]->numCalls(), paths[0], columns[0]->numCalls());
  }
  return std::make_unique<Table>(std::move(columns));
}

} // namespace

absl::StatusOr<std::unique_ptr<InputSource>>
openInputs(absl::Span<const std::string> paths,
           absl::Span<const ValueInfo> inputs, const DataOptions &options) {
  if (inputs.empty())
    return invalid("the program has no inputs to feed");
  if (options.samples && *options.samples < 1)
    return invalid("expected at least 1 sample, but got {}", *options.samples);
  if (paths.empty())
    return invalid("expected a path for the input, but got none");
  // A folder of recorded calls feeds all inputs, else each path feeds one.
  DataOptions left = options;
  std::vector<std::unique_ptr<InputSource>> sources;
  for (size_t i = 0; i < paths.size();) {
    PT2E_ASSIGN_OR_RETURN(bool recorded, hasRecordedCalls(paths[i]));
    const size_t used = recorded ? 1 : inputs.size();
    if (used > paths.size() - i)
      return invalid("expected {} paths, one for each input, but got {}",
                     inputs.size(), paths.size() - i);
    PT2E_ASSIGN_OR_RETURN(
        std::unique_ptr<InputSource> source,
        recorded ? RecordedCalls::open(paths[i], inputs.size(), left)
                 : openTable(paths.subspan(i, used), inputs, left));
    i += used;
    if (left.samples)
      *left.samples -= source->numSamples();
    sources.push_back(std::move(source));
    if (left.samples && *left.samples == 0)
      break;
  }
  std::unique_ptr<InputSource> source =
      sources.size() == 1 ? std::move(sources[0])
                          : std::make_unique<Chain>(std::move(sources));
  if (std::any_of(inputs.begin(), inputs.end(),
                  [](const ValueInfo &input) { return isHalf(input.dtype); }))
    return std::make_unique<Rounded>(std::move(source), inputs);
  return source;
}

absl::StatusOr<std::vector<int64_t>> readLabels(const std::string &path) {
  PT2E_ASSIGN_OR_RETURN(FileKind kind, kindOf(path));
  if (isIdx(kind))
    return readIdxLabels(path);
  if (kind != FileKind::Npy)
    return otherKind(path, "labels (.npy or idx)", kind);
  PT2E_ASSIGN_OR_RETURN(Tensor tensor, readNpy(path));
  const bool isFloat =
      tensor.dtype() == DType::F16 || tensor.dtype() == DType::F32 ||
      tensor.dtype() == DType::F64 || tensor.dtype() == DType::Bool;
  if (tensor.rank() != 1 || isFloat)
    return invalid("{}: expected integer labels of rank 1, but got {} {}", path,
                   toString(tensor.dtype()), toString(tensor.shape()));
  std::vector<int64_t> labels;
  for (double label : toDoubles(tensor)) {
    if (std::abs(label) > 0x1p31)
      return invalid("{}: label {} is out of range", path, label);
    labels.push_back(static_cast<int64_t>(label));
  }
  return labels;
}

} // namespace pt2e::runtime
