/// \file
/// Bin numbers of many floats and counting them, for the histograms. The
/// results are the same bits on every instruction set.
#ifndef PT2E_LIB_NUMERICS_BINKERNELS_H
#define PT2E_LIB_NUMERICS_BINKERNELS_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "RangeScan.h"

namespace pt2e {

/// Values looked at in one go: they and their bins stay in the first-level
/// cache.
constexpr size_t kPiece = 4096;

/// 8 bits of exponent and 6 of mantissa are left of a f32: 64 bins per octave.
constexpr int kOctaveShift = 23 - 6;

/// `max(top bits of |x| - base, 0)`, plus `negativeOffset` for negative values.
void octaveBins(const float *values, size_t count, int32_t base,
                int32_t negativeOffset, uint16_t *bins,
                SimdLevel level = simdLevel());

/// `trunc((x - min) * bins / width)` in f32, at most `bins - 1`, which also
/// stands for what overflows; x >= min.
void linearBins(const float *values, size_t count, float min, float width,
                int numBins, uint16_t *bins, SimdLevel level = simdLevel());

/// Counts of numbers below `kSize`.
///
/// Four tables are used in turn, so that equal neighbours (the zeros behind a
/// ReLU) do not wait for each other. Short inputs need only one of them.
template <int kSize>
class CountTables {
public:
  explicit CountTables(bool isShort) : used(isShort ? 1 : 4) { clear(); }

  void clear() { std::memset(tables, 0, used * sizeof(Table)); }

  void count(const uint16_t *bins, size_t count) {
    size_t i = 0;
    for (; used == 4 && i + 4 <= count; i += 4) {
      uint64_t four;
      std::memcpy(&four, bins + i, sizeof(four));
      ++tables[0][four & 0xffff];
      ++tables[1][four >> 16 & 0xffff];
      ++tables[2][four >> 32 & 0xffff];
      ++tables[3][four >> 48];
    }
    for (; i < count; ++i)
      ++tables[0][bins[i]];
  }

  uint64_t operator[](int bin) const {
    uint64_t sum = tables[0][bin];
    for (int t = 1; t < used; ++t)
      sum += tables[t][bin];
    return sum;
  }

private:
  using Table = std::array<uint32_t, kSize>;
  int used;
  Table tables[4];
};

} // namespace pt2e

#endif // PT2E_LIB_NUMERICS_BINKERNELS_H
