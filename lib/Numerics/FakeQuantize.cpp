#include "pt2e/Numerics/FakeQuantize.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"

namespace pt2e {

void fakeQuantize(absl::Span<const float> in, float scale, int32_t zeroPoint,
                  CodeRange codes, absl::Span<float> out) {
  const float inverse = 1.0f / scale;
  const float zero = static_cast<float>(zeroPoint);
  const float min = static_cast<float>(codes.min);
  const float max = static_cast<float>(codes.max);
  for (size_t i = 0; i < in.size(); ++i) {
    float code = std::nearbyint(in[i] * inverse) + zero;
    // A NaN fails the comparison and takes the lower end.
    code = code > min ? code : min;
    code = code < max ? code : max;
    out[i] = (code - zero) * scale;
  }
}

absl::Status fakeQuantize(absl::Span<const float> in, const Blocks &blocks,
                          const QParamsList &params, CodeRange codes,
                          absl::Span<float> out) {
  const size_t elements = static_cast<size_t>(blocks.numElements());
  const size_t size = static_cast<size_t>(blocks.size());
  if (in.size() != elements || out.size() != elements ||
      params.scales.size() != size || params.zeroPoints.size() != size)
    return absl::InvalidArgumentError(absl::StrFormat(
        "expected %d values and %d parameters, but got %d in, %d out, %d "
        "scales and %d zero points",
        elements, size, in.size(), out.size(), params.scales.size(),
        params.zeroPoints.size()));
  blocks.forEachRun([&](int64_t begin, int64_t length, int64_t block) {
    fakeQuantize(in.subspan(begin, length), params.scales[block],
                 params.zeroPoints[block], codes, out.subspan(begin, length));
  });
  return absl::OkStatus();
}

QParams chooseFusedQParams(float low, float high, CodeRange codes,
                           bool symmetric) {
  constexpr float kSmallestScale = 6.1e-5f;
  const int32_t steps = codes.max - codes.min;
  const bool centred = symmetric && low < 0 && high > 0;
  if (centred) {
    const int32_t below = -(steps / 2 + 1), above = steps / 2;
    const double scale = std::max(std::fabs(low / static_cast<float>(below)),
                                  std::fabs(high / static_cast<float>(above)));
    low = static_cast<float>(scale * below);
    high = static_cast<float>(scale * above);
  }
  low = std::min(low, 0.0f);
  high = std::max(high, 0.0f);

  double scale = (static_cast<double>(high) - low) / steps;
  if (static_cast<float>(scale) == 0 ||
      std::isinf(1.0f / static_cast<float>(scale)))
    scale = 0.1;
  if (scale < kSmallestScale) {
    const float stretch = kSmallestScale / static_cast<float>(scale);
    scale = kSmallestScale;
    if (low == 0) {
      high = kSmallestScale * static_cast<float>(steps);
    } else if (high == 0) {
      low = -kSmallestScale * static_cast<float>(steps);
    } else {
      low *= stretch;
      high *= stretch;
    }
  }

  // From the end that has the smaller rounding error.
  const double lowSteps = low / scale, highSteps = high / scale;
  double zeroPoint = std::abs(codes.min) + std::fabs(lowSteps) <
                             std::abs(codes.max) + std::fabs(highSteps)
                         ? codes.min - lowSteps
                         : codes.max - highSteps;
  if (centred)
    zeroPoint = (double(codes.min) + codes.max) / 2;
  zeroPoint = std::clamp<double>(zeroPoint, codes.min, codes.max);
  return {static_cast<float>(scale),
          static_cast<int32_t>(std::nearbyint(zeroPoint))};
}

} // namespace pt2e
