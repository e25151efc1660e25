#include "RangeScan.h"

#include <algorithm>
#include <cmath>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace pt2e {
namespace {

/// The range of a piece, and whether every value in it is finite.
struct Piece {
  float min, max;
  bool finite;
};

Piece scanPortable(const float *values, size_t count) {
  Piece piece{values[0], values[0], true};
  bool numbers = true;
  for (size_t i = 0; i < count; ++i) {
    piece.min = values[i] < piece.min ? values[i] : piece.min;
    piece.max = values[i] > piece.max ? values[i] : piece.max;
    numbers &= values[i] == values[i];
  }
  piece.finite =
      numbers && std::isfinite(piece.min) && std::isfinite(piece.max);
  return piece;
}

#if defined(__x86_64__)
// Four accumulators hide the latency of min and max. A tail shorter than a
// vector is covered by one that overlaps what was read before.
__attribute__((target("avx2"))) Piece scanAvx2(const float *values,
                                               size_t count) {
  constexpr size_t kLanes = 8, kStep = 4 * kLanes;
  if (count < kStep)
    return scanPortable(values, count);
  __m256 min[4], max[4], unordered = _mm256_setzero_ps();
  for (int k = 0; k < 4; ++k)
    min[k] = max[k] = _mm256_loadu_ps(values + k * kLanes);
  for (size_t i = 0;; i = std::min(i + kStep, count - kStep)) {
    __m256 x[4];
    for (int k = 0; k < 4; ++k) {
      x[k] = _mm256_loadu_ps(values + i + k * kLanes);
      min[k] = _mm256_min_ps(min[k], x[k]);
      max[k] = _mm256_max_ps(max[k], x[k]);
    }
    unordered = _mm256_or_ps(
        unordered, _mm256_or_ps(_mm256_cmp_ps(x[0], x[1], _CMP_UNORD_Q),
                                _mm256_cmp_ps(x[2], x[3], _CMP_UNORD_Q)));
    if (i == count - kStep)
      break;
  }
  float lows[kLanes], highs[kLanes];
  _mm256_storeu_ps(lows, _mm256_min_ps(_mm256_min_ps(min[0], min[1]),
                                       _mm256_min_ps(min[2], min[3])));
  _mm256_storeu_ps(highs, _mm256_max_ps(_mm256_max_ps(max[0], max[1]),
                                        _mm256_max_ps(max[2], max[3])));
  const float low = *std::min_element(lows, lows + kLanes);
  const float high = *std::max_element(highs, highs + kLanes);
  return {low, high,
          _mm256_movemask_ps(unordered) == 0 && std::isfinite(low) &&
              std::isfinite(high)};
}

__attribute__((target("avx512f"))) Piece scanAvx512(const float *values,
                                                    size_t count) {
  constexpr size_t kLanes = 16, kStep = 4 * kLanes;
  if (count < kStep)
    return scanPortable(values, count);
  __m512 min[4], max[4];
  __mmask16 unordered = 0;
  for (int k = 0; k < 4; ++k)
    min[k] = max[k] = _mm512_loadu_ps(values + k * kLanes);
  for (size_t i = 0;; i = std::min(i + kStep, count - kStep)) {
    __m512 x[4];
    for (int k = 0; k < 4; ++k) {
      x[k] = _mm512_loadu_ps(values + i + k * kLanes);
      min[k] = _mm512_min_ps(min[k], x[k]);
      max[k] = _mm512_max_ps(max[k], x[k]);
    }
    unordered |= _mm512_cmp_ps_mask(x[0], x[1], _CMP_UNORD_Q) |
                 _mm512_cmp_ps_mask(x[2], x[3], _CMP_UNORD_Q);
    if (i == count - kStep)
      break;
  }
  float lows[kLanes], highs[kLanes];
  _mm512_storeu_ps(lows, _mm512_min_ps(_mm512_min_ps(min[0], min[1]),
                                       _mm512_min_ps(min[2], min[3])));
  _mm512_storeu_ps(highs, _mm512_max_ps(_mm512_max_ps(max[0], max[1]),
                                        _mm512_max_ps(max[2], max[3])));
  const float low = *std::min_element(lows, lows + kLanes);
  const float high = *std::max_element(highs, highs + kLanes);
  return {low, high,
          unordered == 0 && std::isfinite(low) && std::isfinite(high)};
}
#endif

Piece scanPiece(const float *values, size_t count, SimdLevel level) {
#if defined(__x86_64__)
  if (level == SimdLevel::Avx512)
    return scanAvx512(values, count);
  if (level == SimdLevel::Avx2)
    return scanAvx2(values, count);
#endif
  return scanPortable(values, count);
}

} // namespace

SimdLevel simdLevel() {
#if defined(__x86_64__)
  static const SimdLevel level =
      __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
          ? SimdLevel::Avx512
      : __builtin_cpu_supports("avx2") ? SimdLevel::Avx2
                                       : SimdLevel::Portable;
  return level;
#else
  return SimdLevel::Portable;
#endif
}

void scanRange(const float *values, size_t count, RangeScan &scan,
               SimdLevel level) {
  // In pieces, so that a stray NaN makes only its own piece slow.
  constexpr size_t kPiece = 4096;
  for (size_t begin = 0; begin < count; begin += kPiece) {
    const float *piece = values + begin;
    const size_t size = std::min(kPiece, count - begin);
    Piece range = scanPiece(piece, size, level);
    if (!range.finite) {
      range = {std::numeric_limits<float>::infinity(),
               -std::numeric_limits<float>::infinity(), false};
      for (size_t i = 0; i < size; ++i) {
        if (std::isfinite(piece[i])) {
          range.min = std::min(range.min, piece[i]);
          range.max = std::max(range.max, piece[i]);
        } else {
          ++(std::isnan(piece[i]) ? scan.nans : scan.infinities);
        }
      }
    }
    // Adding +0 turns -0 into +0, whichever of the two came first.
    scan.min = std::min(scan.min, range.min + 0.0f);
    scan.max = std::max(scan.max, range.max + 0.0f);
  }
}

} // namespace pt2e
