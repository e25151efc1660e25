/// \file
/// A histogram that does not depend on how the data was split into batches, on
/// their order, or on threads.
///
/// Its bins are fixed once and for all: each octave [2^e, 2^(e+1)) of either
/// sign is cut into 64 bins of equal width, so that the bin of a value is the
/// top of its f32 pattern and no range has to be known beforehand. Counts are
/// integers. Only the 24 octaves up to that of the largest magnitude are kept
/// apart; smaller values are counted as zero. Since that border only rises,
/// counting them late or early gives the same counts: merging is exact,
/// associative and commutative.
#ifndef PT2E_NUMERICS_MERGINGHISTOGRAM_H
#define PT2E_NUMERICS_MERGINGHISTOGRAM_H

#include <cstdint>
#include <limits>
#include <vector>

#include "absl/types/span.h"

namespace pt2e {

class MergingHistogram {
public:
  static constexpr int kBinsPerOctave = 64;
  static constexpr int kOctaves = 24;
  /// Bins of one sign that are kept apart.
  static constexpr int kBinsPerSign = kBinsPerOctave * kOctaves;
  /// The largest bin number, that of the largest f32.
  static constexpr int32_t kLastBin = 255 * kBinsPerOctave - 1;

  /// The lower end of a bin of positive values, 1 <= bin <= kLastBin + 1; bin
  /// -b holds the negatives of bin b, bin 0 what is too small to matter.
  static float lowerEdge(int32_t bin);

  struct NotFinite {
    uint64_t nans = 0, infinities = 0;
  };
  /// Counts the finite ones of `values`, and returns how many were not.
  NotFinite add(absl::Span<const float> values);

  /// Counts what `other` counted.
  void merge(const MergingHistogram &other);

  /// The smallest and largest value; reversed as long as there is none.
  float min() const { return smallest; }
  float max() const { return largest; }
  /// How many values were counted.
  uint64_t total() const;

  struct Bin {
    int32_t bin;
    uint64_t count;
  };
  /// The non-empty bins in ascending order.
  std::vector<Bin> bins() const;

  /// A histogram with these bins. They must be as `bins` would give them:
  /// ascending, not empty, within [min, max]; else the result is false and
  /// `*this` unchanged.
  bool assign(float min, float max, absl::Span<const Bin> bins);

private:
  void raiseWindow(float magnitude);

  float smallest = std::numeric_limits<float>::infinity();
  float largest = -std::numeric_limits<float>::infinity();
  /// First bin that is kept apart.
  int32_t firstBin = 1;
  /// Bin 0; counts of firstBin + i for either sign, empty until needed.
  uint64_t zeros = 0;
  std::vector<uint64_t> positive, negative;
};

} // namespace pt2e

#endif // PT2E_NUMERICS_MERGINGHISTOGRAM_H
