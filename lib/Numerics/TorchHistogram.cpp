#include "TorchHistogram.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "BinKernels.h"

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

} // namespace

std::vector<float> histc(absl::Span<const float> values, float min, float max) {
  if (min == max) {
    min -= 1;
    max += 1;
  }
  const float width = max - min;
  CountTables<kBins> tables(values.size() < kPiece);
  uint16_t bins[kPiece];
  for (size_t begin = 0; begin < values.size(); begin += kPiece) {
    const size_t size = std::min(kPiece, values.size() - begin);
    linearBins(values.data() + begin, size, min, width, kBins, bins);
    tables.count(bins, size);
  }
  // PyTorch counts in f32, where 2^24 + 1 is 2^24.
  constexpr uint64_t kMost = uint64_t{1} << 24;
  std::vector<float> counts(kBins);
  for (int bin = 0; bin < kBins; ++bin)
    counts[bin] = static_cast<float>(std::min(tables[bin], kMost));
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
