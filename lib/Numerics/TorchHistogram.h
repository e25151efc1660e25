/// \file
/// PyTorch's HistogramObserver, bit for bit: f32 throughout, in the order in
/// which PyTorch's CPU kernels (AVX2 or newer) round.
#ifndef PT2E_LIB_NUMERICS_TORCHHISTOGRAM_H
#define PT2E_LIB_NUMERICS_TORCHHISTOGRAM_H

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/types/span.h"

namespace pt2e {

/// Bins of equal width on [min, max].
struct TorchHistogram {
  static constexpr int kBins = 2048;
  /// Parts that a bin is cut into when a wider range takes it over.
  static constexpr int kParts = 16;

  float min = 0, max = 0;
  std::vector<float> counts; ///< kBins, or none as long as nothing was seen

  /// Counts finite values, of which [low, high] is the range.
  void add(absl::Span<const float> values, float low, float high);

  /// The range whose uniform grid of `steps` codes loses least: shrinks one
  /// side at a time, greedily, as long as the error does not grow.
  std::pair<float, float> searchRange(double steps) const;
};

/// torch.histc with TorchHistogram::kBins bins on [min, max].
std::vector<float> histc(absl::Span<const float> values, float min, float max);

} // namespace pt2e

#endif // PT2E_LIB_NUMERICS_TORCHHISTOGRAM_H
