/// \file
/// Minimum and maximum of many floats, at the speed of memory.
#ifndef PT2E_LIB_NUMERICS_RANGESCAN_H
#define PT2E_LIB_NUMERICS_RANGESCAN_H

#include <cstddef>
#include <cstdint>
#include <limits>

namespace pt2e {

/// Instruction sets there are special kernels for; all give the same bits.
enum class SimdLevel { Portable, Avx2, Avx512 };

/// The best that this CPU runs, found once.
SimdLevel simdLevel();

struct RangeScan {
  /// Of the finite values; reversed if there is none. A zero is +0.
  float min = std::numeric_limits<float>::infinity();
  float max = -std::numeric_limits<float>::infinity();
  uint64_t nans = 0;
  uint64_t infinities = 0;

  bool empty() const { return min > max; }
};

/// Adds `count` values to `scan`.
void scanRange(const float *values, size_t count, RangeScan &scan,
               SimdLevel level = simdLevel());

} // namespace pt2e

#endif // PT2E_LIB_NUMERICS_RANGESCAN_H
