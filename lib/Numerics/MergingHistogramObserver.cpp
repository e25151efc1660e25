#include <algorithm>
#include <cstdlib>
#include <limits>

#include "Observers.h"
#include "RangeSearch.h"
#include "absl/strings/str_format.h"
#include "pt2e/Numerics/MergingHistogram.h"

namespace pt2e {
namespace {

class MergingHistogramObserver : public Observer {
public:
  explicit MergingHistogramObserver(ObserverOptions options)
      : Observer("merging_histogram", std::move(options)) {}

  ObserverState state() const override {
    ObserverState result = stats;
    for (const auto [bin, count] : histogram.bins()) {
      result.bins.push_back(bin);
      result.counts.push_back(count);
    }
    return result;
  }

  std::optional<double> clippedShare(const QParams &params) const override {
    if (stats.min.empty())
      return std::nullopt;
    const CodeRange codes = opts.spec.range();
    const Density values = density();
    const double scale = params.scale;
    const double inside =
        values.mass((double(codes.min) - params.zeroPoint - 0.5) * scale,
                    (double(codes.max) - params.zeroPoint + 0.5) * scale);
    return std::clamp(1 - inside / double(histogram.total()), 0.0, 1.0);
  }

private:
  absl::Status update(absl::Span<const float> values,
                      absl::Span<const int64_t>) override {
    const auto [nans, infinities] = histogram.add(values);
    stats.nans += nans;
    stats.infinities += infinities;
    copyRange();
    return absl::OkStatus();
  }

  absl::Status mergeFrom(const Observer &other) override {
    histogram.merge(
        static_cast<const MergingHistogramObserver &>(other).histogram);
    copyRange();
    return absl::OkStatus();
  }

  void copyRange() {
    if (histogram.min() <= histogram.max()) {
      stats.min = {histogram.min()};
      stats.max = {histogram.max()};
    }
  }

  /// The bins as bars, the outer ones cut at the exact minimum and maximum.
  Density density() const {
    const double min = histogram.min(), max = histogram.max();
    std::vector<Bar> bars;
    for (const auto [bin, count] : histogram.bins()) {
      double low = 0, high = 0;
      if (bin != 0) {
        const int32_t magnitude = std::abs(bin);
        low = MergingHistogram::lowerEdge(magnitude);
        // The edge above the last bin would be infinite.
        high = magnitude == MergingHistogram::kLastBin
                   ? std::numeric_limits<float>::max()
                   : MergingHistogram::lowerEdge(magnitude + 1);
      }
      if (bin < 0) {
        std::swap(low, high);
        low = -low;
        high = -high;
      }
      bars.push_back({std::clamp(low, min, max), std::clamp(high, min, max),
                      double(count)});
    }
    return Density(std::move(bars));
  }

  absl::StatusOr<ObservedRange> chooseRange() const override {
    absl::StatusOr<ObservedRange> all = Observer::chooseRange();
    if (!all.ok())
      return all;
    const auto [low, high] = searchRange(density(), opts.spec);
    return ObservedRange{{low}, {high}};
  }

  absl::Status restoreFrom(const ObserverState &state) override {
    std::vector<MergingHistogram::Bin> bins;
    bool fits = state.bins.size() == state.counts.size() &&
                state.min.size() <= 1 && state.histogram.empty() &&
                state.min.empty() == state.bins.empty();
    for (size_t i = 0; fits && i < state.bins.size(); ++i)
      bins.push_back({state.bins[i], state.counts[i]});
    const float min = state.min.empty() ? 0 : state.min[0];
    const float max = state.max.empty() ? 0 : state.max[0];
    if (!fits || !histogram.assign(min, max, bins))
      return absl::InvalidArgumentError(absl::StrFormat(
          "expected ascending, non-empty bins between the minimum and the "
          "maximum, but got %d bins and %d counts for [%g, %g]",
          state.bins.size(), state.counts.size(), min, max));
    stats = state;
    stats.bins.clear();
    stats.counts.clear();
    return absl::OkStatus();
  }

  MergingHistogram histogram;
};

} // namespace

std::unique_ptr<Observer> makeMergingHistogram(ObserverOptions options) {
  return std::make_unique<MergingHistogramObserver>(std::move(options));
}

} // namespace pt2e
