#include <algorithm>
#include <cmath>

#include "Observers.h"
#include "RangeScan.h"
#include "TorchHistogram.h"
#include "absl/strings/str_format.h"

namespace pt2e {
namespace {

class TorchHistogramObserver : public Observer {
public:
  explicit TorchHistogramObserver(ObserverOptions options)
      : Observer("histogram", std::move(options)) {}

  std::optional<double> clippedShare(const QParams &params) const override {
    if (stats.histogram.empty())
      return std::nullopt;
    const CodeRange codes = opts.spec.range();
    const double low =
        (double(codes.min) - params.zeroPoint - 0.5) * params.scale;
    const double high =
        (double(codes.max) - params.zeroPoint + 0.5) * params.scale;
    const double width =
        (double(stats.max[0]) - stats.min[0]) / TorchHistogram::kBins;
    double inside = 0, total = 0;
    for (size_t bin = 0; bin < stats.histogram.size(); ++bin) {
      const double begin = stats.min[0] + width * double(bin);
      const double share =
          width > 0
              ? (std::min(begin + width, high) - std::max(begin, low)) / width
              : double(begin >= low && begin <= high);
      inside += stats.histogram[bin] * std::clamp(share, 0.0, 1.0);
      total += stats.histogram[bin];
    }
    return std::clamp(1 - inside / total, 0.0, 1.0);
  }

private:
  TorchHistogram histogram() const {
    if (stats.histogram.empty())
      return {};
    return {stats.min[0], stats.max[0], stats.histogram};
  }

  absl::Status update(absl::Span<const float> values,
                      absl::Span<const int64_t>) override {
    RangeScan scan;
    scanRange(values.data(), values.size(), scan);
    stats.nans += scan.nans;
    stats.infinities += scan.infinities;
    if (scan.empty())
      return absl::OkStatus();
    std::vector<float> finite;
    if (scan.nans + scan.infinities > 0) {
      std::copy_if(values.begin(), values.end(), std::back_inserter(finite),
                   [](float x) { return std::isfinite(x); });
      values = finite;
    }
    TorchHistogram next = histogram();
    next.add(values, scan.min, scan.max);
    stats.min = {next.min};
    stats.max = {next.max};
    stats.histogram = std::move(next.counts);
    return absl::OkStatus();
  }

  absl::StatusOr<ObservedRange> chooseRange() const override {
    absl::StatusOr<ObservedRange> all = Observer::chooseRange();
    if (!all.ok())
      return all;
    // All codes of the storage type, whatever the spec's range is.
    const auto [low, high] =
        histogram().searchRange(std::exp2(storageBits(opts.spec.storage)));
    return ObservedRange{{low}, {high}};
  }

  absl::Status restoreFrom(const ObserverState &state) override {
    const bool empty = state.min.empty() && state.histogram.empty();
    const bool full = state.min.size() == 1 && std::isfinite(state.min[0]) &&
                      state.histogram.size() == TorchHistogram::kBins;
    const bool counts = std::all_of(
        state.histogram.begin(), state.histogram.end(),
        [](float count) { return std::isfinite(count) && count >= 0; });
    if (!(empty || full) || !counts || !state.bins.empty() ||
        !state.counts.empty())
      return absl::InvalidArgumentError(absl::StrFormat(
          "expected %d counts of at least 0 on one finite range, but got %d "
          "on %d",
          TorchHistogram::kBins, state.histogram.size(), state.min.size()));
    stats = state;
    return absl::OkStatus();
  }
};

} // namespace

std::unique_ptr<Observer> makeTorchHistogram(ObserverOptions options) {
  return std::make_unique<TorchHistogramObserver>(std::move(options));
}

} // namespace pt2e
