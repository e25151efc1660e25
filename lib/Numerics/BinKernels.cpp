#include "BinKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace pt2e {
namespace {

void octavePortable(const float *values, size_t count, int32_t base,
                    int32_t negativeOffset, uint16_t *bins) {
  for (size_t i = 0; i < count; ++i) {
    uint32_t bits;
    std::memcpy(&bits, values + i, sizeof(bits));
    const int32_t bin =
        static_cast<int32_t>((bits & 0x7fffffffu) >> kOctaveShift) - base;
    bins[i] = static_cast<uint16_t>((bin > 0 ? bin : 0) +
                                    (bits >> 31 ? negativeOffset : 0));
  }
}

void linearPortable(const float *values, size_t count, float min, float width,
                    int numBins, uint16_t *bins) {
  const float factor = static_cast<float>(numBins);
  const float last = static_cast<float>(numBins - 1);
  for (size_t i = 0; i < count; ++i) {
    const float bin = (values[i] - min) * factor / width;
    // A NaN fails the comparison.
    bins[i] = static_cast<uint16_t>(bin < last ? bin : last);
  }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) __m256i pack(__m256i low, __m256i high) {
  return _mm256_permute4x64_epi64(_mm256_packus_epi32(low, high), 0xd8);
}

__attribute__((target("avx2"))) void octaveAvx2(const float *values,
                                                size_t count, int32_t base,
                                                int32_t negativeOffset,
                                                uint16_t *bins) {
  const __m256i magnitude = _mm256_set1_epi32(0x7fffffff);
  const __m256i bases = _mm256_set1_epi32(base);
  const __m256i negative = _mm256_set1_epi32(negativeOffset);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    __m256i bin[2];
    for (int k = 0; k < 2; ++k) {
      const __m256i bits = _mm256_loadu_si256(
          reinterpret_cast<const __m256i *>(values + i + 8 * k));
      const __m256i top =
          _mm256_srli_epi32(_mm256_and_si256(bits, magnitude), kOctaveShift);
      bin[k] = _mm256_add_epi32(
          _mm256_max_epi32(_mm256_sub_epi32(top, bases),
                           _mm256_setzero_si256()),
          _mm256_and_si256(_mm256_srai_epi32(bits, 31), negative));
    }
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(bins + i),
                        pack(bin[0], bin[1]));
  }
  octavePortable(values + i, count - i, base, negativeOffset, bins + i);
}

__attribute__((target("avx2"))) void linearAvx2(const float *values,
                                                size_t count, float min,
                                                float width, int numBins,
                                                uint16_t *bins) {
  const __m256 mins = _mm256_set1_ps(min), widths = _mm256_set1_ps(width);
  const __m256 factor = _mm256_set1_ps(static_cast<float>(numBins));
  const __m256 last = _mm256_set1_ps(static_cast<float>(numBins - 1));
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    __m256i bin[2];
    for (int k = 0; k < 2; ++k) {
      const __m256 x = _mm256_sub_ps(_mm256_loadu_ps(values + i + 8 * k), mins);
      // The minimum's second operand is the result if the first is NaN.
      bin[k] = _mm256_cvttps_epi32(
          _mm256_min_ps(_mm256_div_ps(_mm256_mul_ps(x, factor), widths), last));
    }
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(bins + i),
                        pack(bin[0], bin[1]));
  }
  linearPortable(values + i, count - i, min, width, numBins, bins + i);
}

__attribute__((target("avx512f,avx512bw"))) void
octaveAvx512(const float *values, size_t count, int32_t base,
             int32_t negativeOffset, uint16_t *bins) {
  const __m512i magnitude = _mm512_set1_epi32(0x7fffffff);
  const __m512i bases = _mm512_set1_epi32(base);
  const __m512i negative = _mm512_set1_epi32(negativeOffset);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m512i bits = _mm512_loadu_si512(values + i);
    const __m512i top =
        _mm512_srli_epi32(_mm512_and_si512(bits, magnitude), kOctaveShift);
    const __m512i bin = _mm512_add_epi32(
        _mm512_max_epi32(_mm512_sub_epi32(top, bases), _mm512_setzero_si512()),
        _mm512_and_si512(_mm512_srai_epi32(bits, 31), negative));
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(bins + i),
                        _mm512_cvtepi32_epi16(bin));
  }
  octavePortable(values + i, count - i, base, negativeOffset, bins + i);
}

__attribute__((target("avx512f,avx512bw"))) void
linearAvx512(const float *values, size_t count, float min, float width,
             int numBins, uint16_t *bins) {
  const __m512 mins = _mm512_set1_ps(min), widths = _mm512_set1_ps(width);
  const __m512 factor = _mm512_set1_ps(static_cast<float>(numBins));
  const __m512 last = _mm512_set1_ps(static_cast<float>(numBins - 1));
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m512 x = _mm512_sub_ps(_mm512_loadu_ps(values + i), mins);
    const __m512i bin = _mm512_cvttps_epi32(
        _mm512_min_ps(_mm512_div_ps(_mm512_mul_ps(x, factor), widths), last));
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(bins + i),
                        _mm512_cvtepi32_epi16(bin));
  }
  linearPortable(values + i, count - i, min, width, numBins, bins + i);
}
#endif

} // namespace

void octaveBins(const float *values, size_t count, int32_t base,
                int32_t negativeOffset, uint16_t *bins, SimdLevel level) {
#if defined(__x86_64__)
  if (level == SimdLevel::Avx512)
    return octaveAvx512(values, count, base, negativeOffset, bins);
  if (level == SimdLevel::Avx2)
    return octaveAvx2(values, count, base, negativeOffset, bins);
#endif
  octavePortable(values, count, base, negativeOffset, bins);
}

void linearBins(const float *values, size_t count, float min, float width,
                int numBins, uint16_t *bins, SimdLevel level) {
#if defined(__x86_64__)
  if (level == SimdLevel::Avx512)
    return linearAvx512(values, count, min, width, numBins, bins);
  if (level == SimdLevel::Avx2)
    return linearAvx2(values, count, min, width, numBins, bins);
#endif
  linearPortable(values, count, min, width, numBins, bins);
}

} // namespace pt2e
