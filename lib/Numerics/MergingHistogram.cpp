#include "pt2e/Numerics/MergingHistogram.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "RangeScan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace pt2e {
namespace {

using Histogram = MergingHistogram;

/// 8 bits of exponent and 6 of mantissa are left.
constexpr int kShift = 23 - 6;
static_assert(Histogram::kBinsPerOctave == 1 << 6);

/// Values looked at in one go: they stay in the first-level cache.
constexpr size_t kPiece = 4096;

/// Slots of one sign: 0 for what is too small, i + 1 for bin firstBin + i.
constexpr int kSlots = Histogram::kBinsPerSign + 1;
/// Tables used in turn, so that equal neighbours (the zeros behind a ReLU) do
/// not wait for each other.
constexpr int kTables = 4;

uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

int32_t binOf(float value) {
  return static_cast<int32_t>((bitsOf(value) & 0x7fffffffu) >> kShift);
}

/// The first bin kept apart when `magnitude` is the largest.
int32_t firstBinFor(float magnitude) {
  const int32_t octave = binOf(magnitude) / Histogram::kBinsPerOctave;
  return std::max(1, (octave - (Histogram::kOctaves - 1)) *
                         Histogram::kBinsPerOctave);
}

float magnitudeOf(float min, float max) {
  return std::max(std::fabs(min), std::fabs(max));
}

void slotsPortable(const float *values, size_t count, int32_t firstBin,
                   uint16_t *slots) {
  for (size_t i = 0; i < count; ++i) {
    const uint32_t bits = bitsOf(values[i]);
    const int32_t slot =
        static_cast<int32_t>((bits & 0x7fffffffu) >> kShift) - (firstBin - 1);
    slots[i] = static_cast<uint16_t>((slot > 0 ? slot : 0) +
                                     (bits >> 31 ? kSlots : 0));
  }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void slotsAvx2(const float *values,
                                               size_t count, int32_t firstBin,
                                               uint16_t *slots) {
  const __m256i magnitude = _mm256_set1_epi32(0x7fffffff);
  const __m256i base = _mm256_set1_epi32(firstBin - 1);
  const __m256i negative = _mm256_set1_epi32(kSlots);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    __m256i slot[2];
    for (int k = 0; k < 2; ++k) {
      const __m256i bits = _mm256_loadu_si256(
          reinterpret_cast<const __m256i *>(values + i + 8 * k));
      const __m256i bin =
          _mm256_srli_epi32(_mm256_and_si256(bits, magnitude), kShift);
      slot[k] = _mm256_add_epi32(
          _mm256_max_epi32(_mm256_sub_epi32(bin, base), _mm256_setzero_si256()),
          _mm256_and_si256(_mm256_srai_epi32(bits, 31), negative));
    }
    // Packing mixes the halves; the order within a table does not matter.
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(slots + i),
                        _mm256_packus_epi32(slot[0], slot[1]));
  }
  slotsPortable(values + i, count - i, firstBin, slots + i);
}

__attribute__((target("avx512f,avx512bw"))) void
slotsAvx512(const float *values, size_t count, int32_t firstBin,
            uint16_t *slots) {
  const __m512i magnitude = _mm512_set1_epi32(0x7fffffff);
  const __m512i base = _mm512_set1_epi32(firstBin - 1);
  const __m512i negative = _mm512_set1_epi32(kSlots);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m512i bits = _mm512_loadu_si512(values + i);
    const __m512i bin =
        _mm512_srli_epi32(_mm512_and_si512(bits, magnitude), kShift);
    const __m512i slot = _mm512_add_epi32(
        _mm512_max_epi32(_mm512_sub_epi32(bin, base), _mm512_setzero_si512()),
        _mm512_and_si512(_mm512_srai_epi32(bits, 31), negative));
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(slots + i),
                        _mm512_cvtepi32_epi16(slot));
  }
  slotsPortable(values + i, count - i, firstBin, slots + i);
}
#endif

void slotsOf(const float *values, size_t count, int32_t firstBin,
             uint16_t *slots) {
#if defined(__x86_64__)
  const SimdLevel level = simdLevel();
  if (level == SimdLevel::Avx512)
    return slotsAvx512(values, count, firstBin, slots);
  if (level == SimdLevel::Avx2)
    return slotsAvx2(values, count, firstBin, slots);
#endif
  slotsPortable(values, count, firstBin, slots);
}

using Table = std::array<uint32_t, 2 * kSlots>;

void countSlots(const uint16_t *slots, size_t count, Table *tables) {
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    uint64_t four;
    std::memcpy(&four, slots + i, sizeof(four));
    ++tables[0][four & 0xffff];
    ++tables[1][four >> 16 & 0xffff];
    ++tables[2][four >> 32 & 0xffff];
    ++tables[3][four >> 48];
  }
  for (; i < count; ++i)
    ++tables[0][slots[i]];
}

} // namespace

float MergingHistogram::lowerEdge(int32_t bin) {
  const uint32_t bits = static_cast<uint32_t>(bin) << kShift;
  float edge;
  std::memcpy(&edge, &bits, sizeof(edge));
  return edge;
}

void MergingHistogram::raiseWindow(float magnitude) {
  if (positive.empty()) {
    positive.resize(kBinsPerSign);
    negative.resize(kBinsPerSign);
  }
  const int32_t first = firstBinFor(magnitude);
  if (first <= firstBin)
    return;
  const size_t shift = std::min(first - firstBin, kBinsPerSign);
  for (std::vector<uint64_t> *counts : {&positive, &negative}) {
    for (size_t i = 0; i < shift; ++i)
      zeros += (*counts)[i];
    std::move(counts->begin() + shift, counts->end(), counts->begin());
    std::fill(counts->end() - shift, counts->end(), 0);
  }
  firstBin = first;
}

MergingHistogram::NotFinite
MergingHistogram::add(absl::Span<const float> values) {
  // Uninitialized on purpose: short inputs use one table only.
  Table tables[kTables];
  const int used = values.size() < kPiece ? 1 : kTables;
  const size_t tableBytes = used * sizeof(Table);
  std::memset(tables, 0, tableBytes);
  auto flush = [&] {
    for (int t = 0; t < used; ++t) {
      zeros += tables[t][0] + uint64_t{tables[t][kSlots]};
      for (int i = 0; i < kBinsPerSign; ++i) {
        positive[i] += tables[t][i + 1];
        negative[i] += tables[t][kSlots + i + 1];
      }
    }
    std::memset(tables, 0, tableBytes);
  };

  uint16_t slots[kPiece];
  float finite[kPiece];
  // Before a 32-bit count can overflow.
  constexpr size_t kFlushEvery = size_t{1} << 31;
  size_t pending = 0;
  NotFinite notFinite;
  for (size_t begin = 0; begin < values.size(); begin += kPiece) {
    const float *piece = values.data() + begin;
    size_t size = std::min(kPiece, values.size() - begin);
    RangeScan scan;
    scanRange(piece, size, scan);
    notFinite.nans += scan.nans;
    notFinite.infinities += scan.infinities;
    if (scan.empty())
      continue;
    if (scan.nans + scan.infinities > 0) {
      size = std::copy_if(piece, piece + size, finite,
                          [](float x) { return std::isfinite(x); }) -
             finite;
      piece = finite;
    }
    smallest = std::min(smallest, scan.min);
    largest = std::max(largest, scan.max);
    const float magnitude = magnitudeOf(smallest, largest);
    if (positive.empty() || firstBinFor(magnitude) > firstBin ||
        pending > kFlushEvery) {
      raiseWindow(0);
      flush();
      raiseWindow(magnitude);
      pending = 0;
    }
    slotsOf(piece, size, firstBin, slots);
    if (used == 1)
      for (size_t i = 0; i < size; ++i)
        ++tables[0][slots[i]];
    else
      countSlots(slots, size, tables);
    pending += size;
  }
  if (pending > 0)
    flush();
  return notFinite;
}

void MergingHistogram::merge(const MergingHistogram &other) {
  if (other.positive.empty())
    return;
  smallest = std::min(smallest, other.smallest);
  largest = std::max(largest, other.largest);
  raiseWindow(magnitudeOf(smallest, largest));
  zeros += other.zeros;
  for (int i = 0; i < kBinsPerSign; ++i) {
    const int64_t at = int64_t{other.firstBin} + i - firstBin;
    if (at < 0) {
      zeros += other.positive[i] + other.negative[i];
    } else if (at < kBinsPerSign) {
      positive[at] += other.positive[i];
      negative[at] += other.negative[i];
    }
  }
}

uint64_t MergingHistogram::total() const {
  uint64_t sum = zeros;
  for (size_t i = 0; i < positive.size(); ++i)
    sum += positive[i] + negative[i];
  return sum;
}

std::vector<MergingHistogram::Bin> MergingHistogram::bins() const {
  std::vector<Bin> result;
  for (size_t i = negative.size(); i-- > 0;)
    if (negative[i] > 0)
      result.push_back({-(firstBin + static_cast<int32_t>(i)), negative[i]});
  if (zeros > 0)
    result.push_back({0, zeros});
  for (size_t i = 0; i < positive.size(); ++i)
    if (positive[i] > 0)
      result.push_back({firstBin + static_cast<int32_t>(i), positive[i]});
  return result;
}

bool MergingHistogram::assign(float min, float max,
                              absl::Span<const Bin> bins) {
  if (bins.empty()) {
    *this = MergingHistogram();
    return true;
  }
  if (!std::isfinite(min) || !std::isfinite(max) || !(min <= max))
    return false;
  MergingHistogram result;
  result.smallest = min + 0.0f;
  result.largest = max + 0.0f;
  result.raiseWindow(magnitudeOf(min, max));
  auto binned = [&](float value) {
    const int32_t bin = binOf(value);
    return bin < result.firstBin ? 0 : value < 0 ? -bin : bin;
  };
  // The ends must be there: they hold at least the minimum and the maximum.
  if (bins.front().bin != binned(min) || bins.back().bin != binned(max))
    return false;
  uint64_t sum = 0;
  for (size_t i = 0; i < bins.size(); ++i) {
    const auto [bin, count] = bins[i];
    if ((i > 0 && bin <= bins[i - 1].bin) || count == 0 ||
        __builtin_add_overflow(sum, count, &sum))
      return false;
    if (bin == 0) {
      result.zeros = count;
      continue;
    }
    const int32_t at = std::abs(bin) - result.firstBin;
    if (at < 0)
      return false;
    (bin > 0 ? result.positive : result.negative)[at] = count;
  }
  *this = std::move(result);
  return true;
}

} // namespace pt2e
