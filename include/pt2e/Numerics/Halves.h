/// \file
/// The 16-bit floats: IEEE half precision (f16) and bfloat16, by their bits.
#ifndef PT2E_NUMERICS_HALVES_H
#define PT2E_NUMERICS_HALVES_H

#include <cstdint>

namespace pt2e {

/// Exact; NaN stays NaN.
float halfToFloat(uint16_t bits);
float bfloatToFloat(uint16_t bits);

/// The nearest, ties to even: beyond the largest one infinity, NaN stays NaN.
uint16_t floatToHalf(float value);
uint16_t floatToBfloat(float value);

} // namespace pt2e

#endif // PT2E_NUMERICS_HALVES_H
