#include "pt2e/Numerics/MergingHistogram.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "BinKernels.h"

namespace pt2e {
namespace {

using Histogram = MergingHistogram;

static_assert(Histogram::kBinsPerOctave == 1 << (23 - kOctaveShift));

/// Slots of one sign: 0 for what is too small, i + 1 for bin firstBin + i.
constexpr int kSlots = Histogram::kBinsPerSign + 1;

uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

int32_t binOf(float value) {
  return static_cast<int32_t>((bitsOf(value) & 0x7fffffffu) >> kOctaveShift);
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

} // namespace

float MergingHistogram::lowerEdge(int32_t bin) {
  const uint32_t bits = static_cast<uint32_t>(bin) << kOctaveShift;
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
  CountTables<2 * kSlots> tables(values.size() < kPiece);
  auto flush = [&] {
    zeros += tables[0] + tables[kSlots];
    for (int i = 0; i < kBinsPerSign; ++i) {
      positive[i] += tables[i + 1];
      negative[i] += tables[kSlots + i + 1];
    }
    tables.clear();
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
    octaveBins(piece, size, firstBin - 1, kSlots, slots);
    tables.count(slots, size);
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
