/// \file
/// Rounding half to even that compilers can vectorize on any CPU.
#ifndef PT2E_LIB_NUMERICS_ROUNDING_H
#define PT2E_LIB_NUMERICS_ROUNDING_H

namespace pt2e {

/// Largest magnitude for `roundEven`.
constexpr float kRoundEvenLimit = 0x1p22f;

/// What nearbyint gives under the default rounding mode (but for the sign of
/// zero): next to 1.5 * 2^23 a f32 has no fraction left.
inline float roundEven(float x) { return (x + 0x1.8p23f) - 0x1.8p23f; }

} // namespace pt2e

#endif // PT2E_LIB_NUMERICS_ROUNDING_H
