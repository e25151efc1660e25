/// \file
/// Scales that the accelerator applies by shifting.
#ifndef ABACUS_POWEROFTWOOBSERVER_H
#define ABACUS_POWEROFTWOOBSERVER_H

#include "pt2e/Quantizers/Plugin.h"

namespace abacus {

/// Remembers the smallest and largest value, as its base does, and chooses the
/// smallest power of two as the scale that clips none of them.
class PowerOfTwoObserver : public pt2e::quantizer::RangeObserver {
public:
  using RangeObserver::RangeObserver;

  std::vector<pt2e::quantizer::Parameters> parameters() const override {
    std::vector<pt2e::quantizer::Parameters> result;
    for (pt2e::quantizer::Range range : ranges())
      result.push_back(choose(range));
    return result;
  }

private:
  pt2e::quantizer::Parameters choose(pt2e::quantizer::Range range) const {
    // Zero has a code of its own: padding is exact.
    const float low = std::min(range.low, 0.0f);
    const float high = std::max(range.high, 0.0f);
    if (spec.scheme == pt2e::quantizer::Scheme::Symmetric) {
      const float largest = std::max(-low, high);
      return {powerOfTwo(largest / static_cast<float>(spec.quantMax)), 0};
    }
    const float steps = static_cast<float>(spec.quantMax - spec.quantMin);
    const float scale = powerOfTwo((high - low) / steps);
    const float zeroPoint =
        static_cast<float>(spec.quantMin) - std::nearbyint(low / scale);
    return {scale, static_cast<int32_t>(zeroPoint)};
  }

  /// The accelerator shifts by up to 24 bits.
  static float powerOfTwo(float scale) {
    const float exponent = std::ceil(std::log2(std::max(scale, 0x1p-24f)));
    return std::exp2(std::min(exponent, 24.0f));
  }
};

} // namespace abacus

#endif // ABACUS_POWEROFTWOOBSERVER_H
