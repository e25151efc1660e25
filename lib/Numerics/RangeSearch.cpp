#include "RangeSearch.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pt2e {

Density::Density(std::vector<Bar> bars) : data(std::move(bars)) {
  prefix.reserve(data.size() + 1);
  prefix.emplace_back();
  for (const Bar &bar : data) {
    const double centre = (bar.low + bar.high) / 2;
    const double width = bar.high - bar.low;
    Moments next = prefix.back();
    next.zeroth += bar.count;
    next.first += bar.count * centre;
    next.second += bar.count * (centre * centre + width * width / 12);
    prefix.push_back(next);
  }
}

Density::Moments Density::below(double x) const {
  // The first bar that reaches to x or above it.
  const auto bar = std::partition_point(
      data.begin(), data.end(), [&](const Bar &b) { return b.high < x; });
  Moments sum = prefix[bar - data.begin()];
  if (bar == data.end() || bar->low >= x)
    return sum;
  const double count = bar->count * (x - bar->low) / (bar->high - bar->low);
  const double centre = (bar->low + x) / 2;
  const double width = x - bar->low;
  sum.zeroth += count;
  sum.first += count * centre;
  sum.second += count * (centre * centre + width * width / 12);
  return sum;
}

double Density::mass(double low, double high) const {
  return below(high).zeroth - below(low).zeroth;
}

double Density::secondMoment(double low, double high, double origin) const {
  const Moments a = below(low), b = below(high);
  const double sum = b.second - a.second - 2 * origin * (b.first - a.first) +
                     origin * origin * (b.zeroth - a.zeroth);
  return std::max(sum, 0.0);
}

double quantizationError(const Density &density, const QParams &params,
                         CodeRange codes) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  // Codes on either side of zero that are looked at one by one. Where outliers
  // make the step large, that is where nearly all values are, and they are not
  // spread evenly over a step.
  constexpr int32_t kNear = 8;
  const double scale = params.scale;
  auto real = [&](double code) { return (code - params.zeroPoint) * scale; };
  const double low = real(codes.min), high = real(codes.max);
  double error = density.secondMoment(-kInfinity, low, low) +
                 density.secondMoment(high, kInfinity, high);
  const int64_t first =
      std::max<int64_t>(codes.min, int64_t{params.zeroPoint} - kNear);
  const int64_t last =
      std::min<int64_t>(codes.max, int64_t{params.zeroPoint} + kNear);
  const double nearLow = std::max(real(first - 0.5), low);
  const double nearHigh = std::min(real(last + 0.5), high);
  for (int64_t code = first; code <= last; ++code)
    error += density.secondMoment(std::max(real(code - 0.5), low),
                                  std::min(real(code + 0.5), high), real(code));
  const double spread =
      density.mass(low, high) - density.mass(nearLow, nearHigh);
  return error + spread * scale * scale / 12;
}

namespace {

class Search {
public:
  Search(const Density &density, const QParamsSpec &spec)
      : density(density), spec(spec), codes(spec.range()) {
    const std::vector<Bar> &bars = density.bars();
    // Where a side may be cut: at the outer edge of each bar, from the far end
    // towards zero.
    for (const Bar &bar : bars)
      if (bar.low < 0)
        lows.push_back(static_cast<float>(bar.low));
    for (size_t i = bars.size(); i-- > 0;)
      if (bars[i].high > 0)
        highs.push_back(static_cast<float>(bars[i].high));
  }

  std::pair<float, float> run() {
    const float min = lows.empty() ? 0 : lows.front();
    const float max = highs.empty() ? 0 : highs.front();
    consider(min, max);
    if (spec.scheme == Scheme::Affine)
      affine(min, max);
    else
      symmetric(min, max);
    return {std::max(best.low, static_cast<float>(density.min())),
            std::min(best.high, static_cast<float>(density.max()))};
  }

private:
  struct Candidate {
    float low = 0, high = 0;
    double error = std::numeric_limits<double>::infinity();
  };

  /// The error of [low, high], or infinity.
  double errorOf(float low, float high) const {
    absl::StatusOr<QParams> params = chooseQParams(low, high, spec);
    return params.ok() ? quantizationError(density, *params, codes)
                       : std::numeric_limits<double>::infinity();
  }

  bool consider(float low, float high) {
    const double error = errorOf(low, high);
    if (!(error < best.error))
      return false;
    best = {low, high, error};
    return true;
  }

  /// What is lost beyond `high` alone, and below `low`: these only grow as the
  /// range shrinks, so a scan can stop when one exceeds the best.
  double clippedAbove(float high) const {
    return density.secondMoment(high, std::numeric_limits<double>::infinity(),
                                high);
  }
  double clippedBelow(float low) const {
    return density.secondMoment(-std::numeric_limits<double>::infinity(), low,
                                low);
  }

  bool scanHighs(float low) {
    bool better = false;
    for (float high : highs) {
      if (clippedAbove(high) > best.error)
        break;
      better |= consider(low, high);
    }
    return better;
  }

  bool scanLows(float high) {
    bool better = false;
    for (float low : lows) {
      if (clippedBelow(low) > best.error)
        break;
      better |= consider(low, high);
    }
    return better;
  }

  /// Both sides in turn until neither moves.
  void affine(float min, float max) {
    if (lows.empty() || highs.empty()) {
      lows.empty() ? scanHighs(0) : scanLows(0);
      return;
    }
    // Shrinking one side alone gains less than shrinking both: begin from the
    // best of those too.
    for (float high : highs) {
      if (clippedAbove(high) > best.error)
        break;
      consider(std::max(min, -high), high);
      consider(min * (high / max), high);
    }
    while (scanHighs(best.low) | scanLows(best.high)) {
    }
  }

  void symmetric(float min, float max) {
    for (float high : highs) {
      if (clippedAbove(high) > best.error)
        break;
      consider(std::max(min, -high), high);
    }
    for (float low : lows) {
      if (clippedBelow(low) > best.error)
        break;
      consider(low, std::min(max, -low));
    }
  }

  const Density &density;
  const QParamsSpec &spec;
  CodeRange codes;
  std::vector<float> lows, highs;
  Candidate best;
};

} // namespace

std::pair<float, float> searchRange(const Density &density,
                                    const QParamsSpec &spec) {
  return Search(density, spec).run();
}

} // namespace pt2e
