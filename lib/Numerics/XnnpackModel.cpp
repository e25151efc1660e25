#include "pt2e/Numerics/XnnpackModel.h"

#include <algorithm>
#include <cmath>

#include "RangeScan.h"
#include "absl/strings/str_format.h"

namespace pt2e::xnnpack {
namespace {

int8_t clampCode(int64_t code, CodeRange codes) {
  return static_cast<int8_t>(std::clamp<int64_t>(code, codes.min, codes.max));
}

/// `clamp(rne(x) + zeroPoint)`, where x may be huge; a NaN is the lowest code.
int8_t roundToCode(float x, int32_t zeroPoint, CodeRange codes) {
  const float low = static_cast<float>(codes.min - zeroPoint);
  const float high = static_cast<float>(codes.max - zeroPoint);
  x = x > low ? x : low;
  x = x < high ? x : high;
  return static_cast<int8_t>(static_cast<int32_t>(std::nearbyint(x)) +
                             zeroPoint);
}

/// The factor for each output channel.
std::vector<float> requantizeScales(QParams x, const Weights &weights,
                                    int64_t outputs, QParams y) {
  std::vector<float> scales(outputs);
  for (int64_t o = 0; o < outputs; ++o)
    scales[o] = requantizeScale(
        x.scale, weights.scales[weights.scales.size() == 1 ? 0 : o], y.scale);
  return scales;
}

/// Calls `visit(image, channel, sum)` for each sum of products of a
/// convolution, in the order of the result. `zeroPointOf(image)` is that of its
/// codes.
template <typename ZeroPointOf, typename Visit>
void forEachSum(absl::Span<const int8_t> input, ZeroPointOf zeroPointOf,
                const Weights &weights, const ConvShape &shape, Visit visit) {
  const int64_t groupIn = shape.channels / shape.groups;
  const int64_t groupOut = shape.outputs / shape.groups;
  // Padding is the code of zero, which adds nothing.
  auto accumulate = [&](int64_t n, int64_t oh, int64_t ow, int64_t o) {
    const int32_t zeroPoint = zeroPointOf(n);
    int32_t acc = weights.bias.empty() ? 0 : weights.bias[o];
    for (int64_t kh = 0; kh < shape.kernel[0]; ++kh)
      for (int64_t kw = 0; kw < shape.kernel[1]; ++kw) {
        const int64_t h =
            oh * shape.stride[0] + kh * shape.dilation[0] - shape.top;
        const int64_t w =
            ow * shape.stride[1] + kw * shape.dilation[1] - shape.left;
        if (h < 0 || h >= shape.height || w < 0 || w >= shape.width)
          continue;
        const int8_t *in =
            &input[((n * shape.height + h) * shape.width + w) * shape.channels +
                   o / groupOut * groupIn];
        const int8_t *weight =
            &weights.codes[((o * shape.kernel[0] + kh) * shape.kernel[1] + kw) *
                           groupIn];
        for (int64_t c = 0; c < groupIn; ++c)
          acc += (in[c] - zeroPoint) * weight[c];
      }
    return acc;
  };
  const int64_t outHeight = shape.outHeight(), outWidth = shape.outWidth();
  for (int64_t n = 0; n < shape.batch; ++n)
    for (int64_t oh = 0; oh < outHeight; ++oh)
      for (int64_t ow = 0; ow < outWidth; ++ow)
        for (int64_t o = 0; o < shape.outputs; ++o)
          visit(n, o, accumulate(n, oh, ow, o));
}

} // namespace

int8_t requantize(int32_t acc, float scale, int32_t zeroPoint,
                  CodeRange codes) {
  return roundToCode(static_cast<float>(acc) * scale, zeroPoint, codes);
}

float requantizeScale(float input, float weight, float output) {
  return input * weight / output;
}

std::vector<int8_t> fullyConnected(absl::Span<const int8_t> input, QParams x,
                                   const Weights &weights, int64_t inputs,
                                   int64_t outputs, QParams y,
                                   CodeRange codes) {
  ConvShape shape;
  shape.batch = static_cast<int64_t>(input.size()) / inputs;
  shape.channels = inputs;
  shape.outputs = outputs;
  return conv2d(input, x, weights, shape, y, codes);
}

std::vector<int8_t> conv2d(absl::Span<const int8_t> input, QParams x,
                           const Weights &weights, const ConvShape &shape,
                           QParams y, CodeRange codes) {
  const std::vector<float> scales =
      requantizeScales(x, weights, shape.outputs, y);
  std::vector<int8_t> result;
  const auto zeroPointOf = [&](int64_t) { return x.zeroPoint; };
  forEachSum(input, zeroPointOf, weights, shape,
             [&](int64_t, int64_t o, int32_t acc) {
               result.push_back(requantize(acc, scales[o], y.zeroPoint, codes));
             });
  return result;
}

std::vector<float> dynamicConv2d(absl::Span<const float> input,
                                 const Weights &weights,
                                 absl::Span<const float> bias,
                                 const ConvShape &shape) {
  const int64_t size = shape.height * shape.width * shape.channels;
  std::vector<RowParams> params;
  std::vector<int8_t> codes(input.size());
  for (int64_t n = 0; n < shape.batch; ++n) {
    const absl::Span<const float> image = input.subspan(n * size, size);
    params.push_back(chooseRowParams(image));
    quantizeRow(image, params.back(),
                absl::MakeSpan(codes).subspan(n * size, size));
  }
  std::vector<float> result;
  const auto zeroPointOf = [&](int64_t n) { return params[n].zeroPoint; };
  forEachSum(
      codes, zeroPointOf, weights, shape,
      [&](int64_t n, int64_t o, int32_t acc) {
        const float sum = static_cast<float>(acc) * (1.0f / params[n].scale);
        const float scale = weights.scales[weights.scales.size() == 1 ? 0 : o];
        result.push_back(std::fma(sum, scale, bias.empty() ? 0.0f : bias[o]));
      });
  return result;
}

std::vector<float> dynamicFullyConnected(absl::Span<const float> input,
                                         const Weights &weights,
                                         absl::Span<const float> bias,
                                         int64_t inputs, int64_t outputs) {
  ConvShape shape;
  shape.batch = static_cast<int64_t>(input.size()) / inputs;
  shape.channels = inputs;
  shape.outputs = outputs;
  return dynamicConv2d(input, weights, bias, shape);
}

std::vector<int8_t> globalAveragePool(absl::Span<const int8_t> input, QParams x,
                                      int64_t batch, int64_t pixels,
                                      int64_t channels, QParams y) {
  const float scale = x.scale / y.scale / static_cast<float>(pixels);
  std::vector<int8_t> result;
  for (int64_t n = 0; n < batch; ++n)
    for (int64_t c = 0; c < channels; ++c) {
      int32_t sum = 0;
      for (int64_t p = 0; p < pixels; ++p)
        sum += input[(n * pixels + p) * channels + c] - x.zeroPoint;
      result.push_back(requantize(sum, scale, y.zeroPoint));
    }
  return result;
}

absl::StatusOr<AddModel> AddModel::get(QParams a, QParams b, QParams y,
                                       bool subtract, CodeRange codes) {
  const float ratioA = a.scale / y.scale, ratioB = b.scale / y.scale;
  for (float ratio : {ratioA, ratioB})
    if (!(ratio >= 0x1p-10f && ratio < 0x1p8f))
      return absl::InvalidArgumentError(absl::StrFormat(
          "expected input scales within [2^-10, 2^8) of the output scale, but "
          "got a ratio of %g",
          ratio));
  AddModel model;
  model.a = a;
  model.b = b;
  model.y = y;
  model.codes = codes;
  // 21 significant bits for the larger factor.
  model.shift = 20 - std::ilogb(std::max(ratioA, ratioB));
  model.multiplierA = std::lrint(std::ldexp(ratioA, model.shift));
  model.multiplierB = std::lrint(std::ldexp(ratioB, model.shift));
  if (subtract)
    model.multiplierB = -model.multiplierB;
  return model;
}

int8_t AddModel::operator()(int8_t codeA, int8_t codeB) const {
  const int64_t sum = (int64_t{1} << (shift - 1)) +
                      multiplierA * (codeA - a.zeroPoint) +
                      multiplierB * (codeB - b.zeroPoint);
  return clampCode((sum >> shift) + y.zeroPoint, codes);
}

int8_t multiply(int8_t a, int8_t b, QParams qa, QParams qb, QParams qy,
                CodeRange codes) {
  return requantize((a - qa.zeroPoint) * (b - qb.zeroPoint),
                    requantizeScale(qa.scale, qb.scale, qy.scale), qy.zeroPoint,
                    codes);
}

absl::StatusOr<RescaleModel> RescaleModel::get(QParams x, QParams y,
                                               float slope) {
  const float ratio = x.scale / y.scale;
  constexpr float kLimit = 127;
  if (!(ratio < kLimit) || !(std::fabs(ratio * slope) < kLimit))
    return absl::InvalidArgumentError(
        absl::StrFormat("expected a scale ratio below 127, but got %g", ratio));
  RescaleModel model;
  model.x = x;
  model.y = y;
  model.positive = static_cast<int32_t>(std::lrint(256 * ratio));
  model.negative = static_cast<int32_t>(std::lrint(256 * ratio * slope));
  return model;
}

int8_t RescaleModel::operator()(int8_t code) const {
  const int32_t value = code - x.zeroPoint;
  const int32_t scaled = value * (value < 0 ? negative : positive);
  return clampCode(((scaled + 128) >> 8) + y.zeroPoint, kInt8Codes);
}

std::array<int8_t, 256> makeTable(const std::function<float(float)> &function,
                                  QParams x, QParams y) {
  std::array<int8_t, 256> table;
  for (int32_t code = -128; code <= 127; ++code) {
    const float real = static_cast<float>(code - x.zeroPoint) * x.scale;
    table[code + 128] =
        roundToCode(function(real) / y.scale, y.zeroPoint, kInt8Codes);
  }
  return table;
}

RowParams chooseRowParams(absl::Span<const float> row) {
  RangeScan scan;
  scanRange(row.data(), row.size(), scan);
  const float min = std::min(scan.min, 0.0f), max = std::max(scan.max, 0.0f);
  const float scale = min == max ? 1.0f : 255.0f / (max - min);
  const float low = min * scale, high = max * scale;
  // From the end that is off by less.
  const float zeroPoint =
      (-128.0f + low) + (127.0f + high) > 0 ? -128.0f - low : 127.0f - high;
  return {scale, static_cast<int32_t>(
                     std::nearbyint(std::clamp(zeroPoint, -128.0f, 127.0f)))};
}

void quantizeRow(absl::Span<const float> row, RowParams params,
                 absl::Span<int8_t> out) {
  for (size_t i = 0; i < row.size(); ++i)
    out[i] = roundToCode(row[i] * params.scale, params.zeroPoint, kInt8Codes);
}

} // namespace pt2e::xnnpack
