/// \file
/// The inputs of many calls, read one call at a time: for calibration,
/// evaluation and comparison.
///
/// What a path may be, for a program with one input:
///
/// | path | calls |
/// |---|---|
/// | .npy of the input's rank | the first axis is cut into batches |
/// | .npy of one rank more | one call per entry of the first axis |
/// | folder of calib_K.npy | one call per file, K = 0, 1, ... |
/// | idx file (.gz too), uint8 .npy, PNG or JPEG, a folder of those | images,
/// cut into batches |
///
/// A batch is the input's first size if that is static, else
/// DataOptions::batch. With several inputs there is one .npy per input, or a
/// folder of calib_K_argI.npy.
#ifndef PT2E_RUNTIME_DATA_H
#define PT2E_RUNTIME_DATA_H

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "pt2e/Runtime/Executor.h"
#include "pt2e/Runtime/Tensor.h"

namespace pt2e::runtime {

struct DataOptions {
  /// Batch of a program that takes any.
  int64_t batch = 32;
  /// At most so many samples: rows that are cut into batches, else calls.
  std::optional<int64_t> samples;
  /// Images become (pixel / 255 - mean) / std, each step rounded to f32: one
  /// value, or one per channel. Without them 0 and 1.
  std::optional<std::vector<float>> mean;
  std::optional<std::vector<float>> std;
  /// Short side of an image in pixels, before the crop.
  std::optional<int64_t> resize;
  /// Side of the square in the middle, in pixels.
  std::optional<int64_t> crop;
};

/// A sequence of calls. Holds the data of one call at a time.
class InputSource {
public:
  virtual ~InputSource() = default;

  /// One tensor per input of the program, or nothing behind the last call.
  virtual absl::StatusOr<std::optional<std::vector<Tensor>>> next() = 0;

  /// Calls in all.
  virtual int64_t numCalls() const = 0;
  /// Samples in all, see DataOptions::samples.
  virtual int64_t numSamples() const = 0;
  /// The calls are consecutive pieces of one first axis, so that outputs may
  /// be joined along theirs.
  virtual bool joins() const = 0;
};

/// Opens the data in `paths` for a program with these inputs. Sizes of static
/// inputs and ranks are checked here, contents as they are read.
/// \returns InvalidArgument if the data does not fit: another dtype or rank,
///          inputs with different numbers of calls, a remainder that a static
///          batch cannot take, image options without images.
absl::StatusOr<std::unique_ptr<InputSource>>
openInputs(absl::Span<const std::string> paths,
           absl::Span<const ValueInfo> inputs, const DataOptions &options);

/// Class numbers from an idx file (.gz too) or a .npy of integers, rank 1.
absl::StatusOr<std::vector<int64_t>> readLabels(const std::string &path);

} // namespace pt2e::runtime

#endif // PT2E_RUNTIME_DATA_H
