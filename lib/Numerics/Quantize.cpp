#include "pt2e/Numerics/Quantize.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "RangeScan.h"
#include "Rounding.h"
#include "absl/strings/str_format.h"

namespace pt2e {
namespace {

template <typename Code>
void quantizeRun(const float *in, int64_t count, float inverse,
                 int32_t zeroPoint, CodeRange codes, Code *out) {
  // Clamping to integers before rounding or after it is the same.
  const double low = double(codes.min) - zeroPoint;
  const double high = double(codes.max) - zeroPoint;
  if (std::max(std::fabs(low), std::fabs(high)) <= kRoundEvenLimit) {
    const float min = static_cast<float>(low), max = static_cast<float>(high);
    const float zero = static_cast<float>(-zeroPoint);
    for (int64_t i = 0; i < count; ++i) {
      float x = in[i] * inverse;
      x = x == x ? x : zero;
      x = x < min ? min : x;
      x = x > max ? max : x;
      out[i] =
          static_cast<Code>(static_cast<int32_t>(roundEven(x)) + zeroPoint);
    }
    return;
  }
  for (int64_t i = 0; i < count; ++i) {
    const float x = in[i] * inverse;
    const float code = std::nearbyint(x) + static_cast<float>(zeroPoint);
    // In double, where every end is a number of its own.
    out[i] =
        x != x
            ? Code(0)
            : static_cast<Code>(std::clamp<double>(code, codes.min, codes.max));
  }
}

template <typename Code>
void dequantizeRun(const Code *in, int64_t count, float scale,
                   int32_t zeroPoint, float *out) {
  const float zero = static_cast<float>(zeroPoint);
  for (int64_t i = 0; i < count; ++i)
    out[i] = (static_cast<float>(in[i]) - zero) * scale;
}

/// With a zero point that is a real number, added before rounding.
template <typename Code>
void quantizeRun(const float *in, int64_t count, float inverse, float zeroPoint,
                 CodeRange codes, Code *out) {
  for (int64_t i = 0; i < count; ++i) {
    const float x = in[i] * inverse + zeroPoint;
    out[i] = x != x ? Code(0)
                    : static_cast<Code>(std::clamp<double>(
                          std::nearbyint(x), codes.min, codes.max));
  }
}

absl::Status verifySizes(const Blocks &blocks, size_t in, size_t out,
                         size_t scales, size_t zeroPoints) {
  const size_t elements = static_cast<size_t>(blocks.numElements());
  const size_t size = static_cast<size_t>(blocks.size());
  if (in != elements || out != elements)
    return absl::InvalidArgumentError(absl::StrFormat(
        "expected %d values, but got %d in and %d out", elements, in, out));
  if (scales != size || zeroPoints != size)
    return absl::InvalidArgumentError(
        absl::StrFormat("expected %d scales and zero points, but got %d and %d",
                        size, scales, zeroPoints));
  return absl::OkStatus();
}

float inverseOf(double scale) { return static_cast<float>(1.0 / scale); }

} // namespace

template <typename Code>
void quantize(absl::Span<const float> in, double scale, int32_t zeroPoint,
              CodeRange codes, absl::Span<Code> out) {
  quantizeRun(in.data(), static_cast<int64_t>(std::min(in.size(), out.size())),
              inverseOf(scale), zeroPoint, codes, out.data());
}

template <typename Code>
void dequantize(absl::Span<const Code> in, double scale, int32_t zeroPoint,
                absl::Span<float> out) {
  dequantizeRun(in.data(),
                static_cast<int64_t>(std::min(in.size(), out.size())),
                static_cast<float>(scale), zeroPoint, out.data());
}

template <typename Code>
absl::Status quantize(absl::Span<const float> in, const Blocks &blocks,
                      const QParamsList &params, CodeRange codes,
                      absl::Span<Code> out) {
  const bool real = !params.floatZeroPoints.empty();
  if (absl::Status status = verifySizes(
          blocks, in.size(), out.size(), params.scales.size(),
          real ? params.floatZeroPoints.size() : params.zeroPoints.size());
      !status.ok())
    return status;
  blocks.forEachRun([&](int64_t begin, int64_t length, int64_t block) {
    const float inverse = inverseOf(params.scales[block]);
    if (real)
      quantizeRun(in.data() + begin, length, inverse,
                  params.floatZeroPoints[block], codes, out.data() + begin);
    else
      quantizeRun(in.data() + begin, length, inverse, params.zeroPoints[block],
                  codes, out.data() + begin);
  });
  return absl::OkStatus();
}

template <typename Code>
absl::Status dequantize(absl::Span<const Code> in, const Blocks &blocks,
                        const QParamsList &params, absl::Span<float> out) {
  const bool real = !params.floatZeroPoints.empty();
  if (absl::Status status = verifySizes(
          blocks, in.size(), out.size(), params.scales.size(),
          real ? params.floatZeroPoints.size() : params.zeroPoints.size());
      !status.ok())
    return status;
  blocks.forEachRun([&](int64_t begin, int64_t length, int64_t block) {
    if (!real)
      return dequantizeRun(in.data() + begin, length, params.scales[block],
                           params.zeroPoints[block], out.data() + begin);
    for (int64_t i = begin; i < begin + length; ++i)
      out[i] = (static_cast<float>(in[i]) - params.floatZeroPoints[block]) *
               params.scales[block];
  });
  return absl::OkStatus();
}

#define PT2E_INSTANTIATE(Code)                                                 \
  template void quantize<Code>(absl::Span<const float>, double, int32_t,       \
                               CodeRange, absl::Span<Code>);                   \
  template void dequantize<Code>(absl::Span<const Code>, double, int32_t,      \
                                 absl::Span<float>);                           \
  template absl::Status quantize<Code>(absl::Span<const float>,                \
                                       const Blocks &, const QParamsList &,    \
                                       CodeRange, absl::Span<Code>);           \
  template absl::Status dequantize<Code>(absl::Span<const Code>,               \
                                         const Blocks &, const QParamsList &,  \
                                         absl::Span<float>);
PT2E_INSTANTIATE(int8_t)
PT2E_INSTANTIATE(uint8_t)
PT2E_INSTANTIATE(int16_t)
PT2E_INSTANTIATE(uint16_t)
PT2E_INSTANTIATE(int32_t)
#undef PT2E_INSTANTIATE

absl::StatusOr<QParamsList> chooseBlockQParams(absl::Span<const float> in,
                                               const Blocks &blocks,
                                               const QParamsSpec &spec) {
  if (static_cast<int64_t>(in.size()) != blocks.numElements())
    return absl::InvalidArgumentError(absl::StrFormat(
        "expected %d values, but got %d", blocks.numElements(), in.size()));
  std::vector<RangeScan> scans(blocks.size());
  blocks.forEachRun([&](int64_t begin, int64_t length, int64_t block) {
    scanRange(in.data() + begin, length, scans[block]);
  });
  QParamsList list;
  for (const RangeScan &scan : scans) {
    if (scan.nans + scan.infinities > 0)
      return absl::InvalidArgumentError(absl::StrFormat(
          "expected finite values, but got %d NaN and %d infinite", scan.nans,
          scan.infinities));
    absl::StatusOr<QParams> params = chooseQParams(scan.min, scan.max, spec);
    if (!params.ok())
      return params.status();
    if (spec.scheme != Scheme::Affine && !isSigned(spec.storage))
      params->zeroPoint = (spec.range().min + spec.range().max + 1) / 2;
    list.scales.push_back(params->scale);
    list.zeroPoints.push_back(params->zeroPoint);
  }
  return list;
}

absl::StatusOr<QParams> chooseDynamicQParams(absl::Span<const float> in,
                                             QParamsSpec spec) {
  RangeScan scan;
  scanRange(in.data(), in.size(), scan);
  if (scan.nans + scan.infinities > 0)
    return absl::InvalidArgumentError(absl::StrFormat(
        "expected finite values, but got %d NaN and %d infinite", scan.nans,
        scan.infinities));
  absl::StatusOr<QParams> params = chooseQParams(scan.min, scan.max, spec);
  if (params.ok() && spec.scheme == Scheme::Symmetric) {
    spec.codes.reset();
    params->zeroPoint = symmetricZeroPoint(spec);
  }
  return params;
}

QParamsList chooseTokenQParams(absl::Span<const float> in, int64_t rowLength) {
  QParamsList list;
  for (size_t row = 0; row < in.size(); row += rowLength) {
    RangeScan scan;
    scanRange(in.data() + row, rowLength, scan);
    const float largest =
        scan.empty() ? 0 : std::max(std::fabs(scan.min), std::fabs(scan.max));
    list.scales.push_back(std::max(largest, 1e-5f) / 127);
    list.zeroPoints.push_back(0);
  }
  return list;
}

QParamsList chooseTokenQParamsAsymmetric(absl::Span<const float> in,
                                         int64_t rowLength) {
  QParamsList list;
  for (size_t row = 0; row < in.size(); row += rowLength) {
    RangeScan scan;
    scanRange(in.data() + row, rowLength, scan);
    const float min = std::min(scan.min, 0.0f), max = std::max(scan.max, 0.0f);
    const float scale = std::max((max - min) / 255, kMachineEps);
    const float fromMin = min / scale, fromMax = max / scale;
    const float zeroPoint =
        (-128 + fromMin) + (127 + fromMax) > 0 ? -128 - fromMin : 127 - fromMax;
    list.scales.push_back(scale);
    list.zeroPoints.push_back(static_cast<int32_t>(
        std::nearbyint(std::clamp(zeroPoint, -128.0f, 127.0f))));
  }
  return list;
}

void quantizePerToken(absl::Span<const float> in, int64_t rowLength,
                      const QParamsList &params, CodeRange codes,
                      absl::Span<int8_t> out) {
  for (size_t i = 0; i < in.size(); ++i) {
    const size_t row = i / rowLength;
    const float x = in[i] * inverseOf(params.scales[row]) +
                    static_cast<float>(params.zeroPoints[row]);
    out[i] = x != x ? 0
                    : static_cast<int8_t>(std::clamp(
                          std::nearbyint(x), static_cast<float>(codes.min),
                          static_cast<float>(codes.max)));
  }
}

} // namespace pt2e
