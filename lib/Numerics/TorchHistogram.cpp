#include "TorchHistogram.h"

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

constexpr int kBins = TorchHistogram::kBins;
constexpr int kParts = TorchHistogram::kParts;

//===----------------------------------------------------------------------===//
// Pieces of PyTorch
//===----------------------------------------------------------------------===//

/// torch.linspace(start, end, count)[i].
struct Linspace {
  float start, end, step;
  int64_t count;

  Linspace(float start, float end, int64_t count)
      : start(start), end(end), step((end - start) / float(count - 1)),
        count(count) {}

  float operator[](int64_t i) const {
    return i < count / 2 ? std::fma(step, float(i), start)
                         : std::fma(-step, float(count - 1 - i), end);
  }
};

/// torch.sum of kBins values: 16 lanes, four rows at a time, partial sums
/// cascaded every 16 steps.
float sum(const std::array<float, kBins> &values) {
  constexpr int kLanes = 16, kRows = 4, kCascade = 16;
  constexpr int kSteps = kBins / (kLanes * kRows);
  float total[kRows][kLanes] = {};
  for (int block = 0; block < kSteps; block += kCascade) {
    float partial[kRows][kLanes] = {};
    for (int i = block; i < block + kCascade; ++i)
      for (int row = 0; row < kRows; ++row)
        for (int lane = 0; lane < kLanes; ++lane)
          partial[row][lane] += values[(i * kRows + row) * kLanes + lane];
    for (int row = 0; row < kRows; ++row)
      for (int lane = 0; lane < kLanes; ++lane)
        total[row][lane] += partial[row][lane];
  }
  float result = 0;
  for (int lane = 0; lane < kLanes; ++lane) {
    for (int row = 1; row < kRows; ++row)
      total[0][lane] += total[row][lane];
    result += total[0][lane];
  }
  return result;
}

/// torch.div(a, b, rounding_mode="floor") for a >= 0, b > 0.
float floorDivide(float a, float b) {
  // The remainder is exact, as fmod's: the product of two f32 fits a double.
  const double x = a, y = b;
  double quotient = std::floor(x / y);
  double remainder = x - quotient * y;
  remainder = remainder < 0 ? remainder + y : remainder;
  remainder = remainder >= y ? remainder - y : remainder;
  const float divided = (a - static_cast<float>(remainder)) / b;
  const float floored = std::floor(divided);
  return divided - floored > 0.5f ? floored + 1 : floored;
}

//===----------------------------------------------------------------------===//
// histc
//===----------------------------------------------------------------------===//

constexpr size_t kPiece = 4096;
constexpr int kTables = 4;
using Table = std::array<uint32_t, kBins>;

constexpr float kLast = kBins - 1;

/// The bin of each value, in [0, kBins).
void binsPortable(const float *values, size_t count, float min, float width,
                  uint16_t *bins) {
  for (size_t i = 0; i < count; ++i) {
    const float bin = (values[i] - min) * float(kBins) / width;
    // Also where f32 overflows; PyTorch's cast is undefined there.
    bins[i] = static_cast<uint16_t>(bin < kLast ? bin : kLast);
  }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void binsAvx2(const float *values, size_t count,
                                              float min, float width,
                                              uint16_t *bins) {
  const __m256 mins = _mm256_set1_ps(min), widths = _mm256_set1_ps(width);
  const __m256 factor = _mm256_set1_ps(kBins);
  const __m256 last = _mm256_set1_ps(kLast);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    __m256i bin[2];
    for (int k = 0; k < 2; ++k) {
      const __m256 x = _mm256_sub_ps(_mm256_loadu_ps(values + i + 8 * k), mins);
      bin[k] = _mm256_cvttps_epi32(
          _mm256_min_ps(_mm256_div_ps(_mm256_mul_ps(x, factor), widths), last));
    }
    // Packing mixes the halves; their order does not matter.
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(bins + i),
                        _mm256_packus_epi32(bin[0], bin[1]));
  }
  binsPortable(values + i, count - i, min, width, bins + i);
}

__attribute__((target("avx512f,avx512bw"))) void
binsAvx512(const float *values, size_t count, float min, float width,
           uint16_t *bins) {
  const __m512 mins = _mm512_set1_ps(min), widths = _mm512_set1_ps(width);
  const __m512 factor = _mm512_set1_ps(kBins);
  const __m512 last = _mm512_set1_ps(kLast);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m512 x = _mm512_sub_ps(_mm512_loadu_ps(values + i), mins);
    const __m512i bin = _mm512_cvttps_epi32(
        _mm512_min_ps(_mm512_div_ps(_mm512_mul_ps(x, factor), widths), last));
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(bins + i),
                        _mm512_cvtepi32_epi16(bin));
  }
  binsPortable(values + i, count - i, min, width, bins + i);
}
#endif

void binsOf(const float *values, size_t count, float min, float width,
            uint16_t *bins) {
#if defined(__x86_64__)
  const SimdLevel level = simdLevel();
  if (level == SimdLevel::Avx512)
    return binsAvx512(values, count, min, width, bins);
  if (level == SimdLevel::Avx2)
    return binsAvx2(values, count, min, width, bins);
#endif
  binsPortable(values, count, min, width, bins);
}

} // namespace

std::vector<float> histc(absl::Span<const float> values, float min, float max) {
  if (min == max) {
    min -= 1;
    max += 1;
  }
  const float width = max - min;
  Table tables[kTables] = {};
  std::vector<float> counts(kBins, 0);
  uint16_t bins[kPiece];
  for (size_t begin = 0; begin < values.size(); begin += kPiece) {
    const size_t size = std::min(kPiece, values.size() - begin);
    binsOf(values.data() + begin, size, min, width, bins);
    size_t i = 0;
    for (; i + 4 <= size; i += 4) {
      uint64_t four;
      std::memcpy(&four, bins + i, sizeof(four));
      ++tables[0][four & 0xffff];
      ++tables[1][four >> 16 & 0xffff];
      ++tables[2][four >> 32 & 0xffff];
      ++tables[3][four >> 48];
    }
    for (; i < size; ++i)
      ++tables[0][bins[i]];
  }
  // PyTorch counts in f32, where 2^24 + 1 is 2^24.
  constexpr uint64_t kMost = uint64_t{1} << 24;
  for (int bin = 0; bin < kBins; ++bin) {
    uint64_t count = 0;
    for (const Table &table : tables)
      count += table[bin];
    counts[bin] = static_cast<float>(std::min(count, kMost));
  }
  return counts;
}

//===----------------------------------------------------------------------===//
// Update
//===----------------------------------------------------------------------===//

/// The counts of `old` on the wider range [min, max].
static std::vector<float> rebin(const TorchHistogram &old, float min,
                                float max) {
  if (old.min == old.max) {
    float total = 0;
    for (float count : old.counts)
      total += count;
    std::vector<float> result = histc({&old.min, 1}, min, max);
    for (float &count : result)
      count *= total;
    return result;
  }
  const float partSize = (old.max - old.min) / float(kBins * kParts);
  const Linspace starts(old.min, old.max, kBins * kParts + 1);
  const Linspace edges(min, max, kBins + 1);
  std::vector<float> result(kBins, 0);
  // Both sequences ascend: the bin of a part is found by walking along.
  int64_t bin = 0;
  for (int64_t part = 0; part < kBins * kParts; ++part) {
    const float centre = starts[part] + 0.5f * partSize;
    while (bin + 1 < kBins && edges[bin + 1] <= centre)
      ++bin;
    result[bin] += old.counts[part / kParts] / kParts;
  }
  return result;
}

void TorchHistogram::add(absl::Span<const float> values, float low,
                         float high) {
  if (counts.empty()) {
    min = low;
    max = high;
    counts = histc(values, low, high);
    return;
  }
  const float newMin = std::min(min, low), newMax = std::max(max, high);
  std::vector<float> update = histc(values, newMin, newMax);
  const bool same = newMin == min && newMax == max;
  const std::vector<float> old =
      same ? std::move(counts) : rebin(*this, newMin, newMax);
  for (int bin = 0; bin < kBins; ++bin)
    update[bin] += old[bin];
  counts = std::move(update);
  min = newMin;
  max = newMax;
}

//===----------------------------------------------------------------------===//
// Search
//===----------------------------------------------------------------------===//

namespace {

/// The squared error of quantizing bins [first, last] to `steps` codes of equal
/// width. `binWidth` is a double, as PyTorch's.
double errorOf(const std::vector<float> &counts, double binWidth, double steps,
               int first, int last) {
  const double stepExact = binWidth * (last - first + 1) / steps;
  if (stepExact == 0)
    return 0;
  const float width = static_cast<float>(binWidth);
  const float step = static_cast<float>(stepExact);
  const float half = static_cast<float>(stepExact / 2);
  const float lastCode = static_cast<float>(steps - 1);
  auto third = [](float begin, float end) {
    return (end * end * end - begin * begin * begin) / 3;
  };
  // All values of a code that a bin covers entirely.
  const float whole = third(-half, half);
  auto codeOf = [&](float x) {
    if (!(x > 0))
      return 0.0f;
    return std::min(floorDivide(x, step), lastCode);
  };
  std::array<float, kBins> error;
  for (int bin = 0; bin < kBins; ++bin) {
    const float begin = float(bin - first) * width;
    const float end = begin + width;
    const float beginCode = codeOf(begin), endCode = codeOf(end);
    const float density = counts[bin] / width;
    float sum = density * third(begin - (beginCode + 0.5f) * step, half);
    sum += (endCode - beginCode - 1) * (density * whole);
    sum += density * third(-half, end - (endCode * step + half));
    error[bin] = sum;
  }
  return sum(error);
}

} // namespace

std::pair<float, float> TorchHistogram::searchRange(double steps) const {
  constexpr double kStepSize = 1e-5;
  const float binWidth = (max - min) / float(kBins);
  const double exactWidth = (double(max) - min) / kBins;
  std::array<float, kBins> cumulative, copy;
  double running = 0;
  for (int bin = 0; bin < kBins; ++bin) {
    copy[bin] = counts[bin];
    running += counts[bin];
    cumulative[bin] = static_cast<float>(running);
  }
  const double total = sum(copy);

  double alpha = 0, beta = 1;
  int first = 0, last = kBins - 1;
  double best = std::numeric_limits<double>::infinity();
  while (alpha < beta) {
    const double nextAlpha = alpha + kStepSize, nextBeta = beta - kStepSize;
    const float low = static_cast<float>(nextAlpha * total);
    const float high = static_cast<float>(nextBeta * total);
    int left = first, right = last;
    while (left < last && cumulative[left] < low)
      ++left;
    while (right > first && cumulative[right] > high)
      --right;
    int nextFirst = first, nextLast = last;
    if (left - first > last - right) {
      nextFirst = left;
      alpha = nextAlpha;
    } else {
      nextLast = right;
      beta = nextBeta;
    }
    if (nextFirst == first && nextLast == last)
      continue;
    const double error =
        errorOf(counts, exactWidth, steps, nextFirst, nextLast);
    if (error > best)
      break;
    best = error;
    first = nextFirst;
    last = nextLast;
  }
  return {min + binWidth * float(first), min + binWidth * float(last + 1)};
}

} // namespace pt2e
