/// \file
/// What XNNPACK's int8 operators compute, bit for bit, in plain C++: the
/// reference of the tests, and what the tools report without running anything.
/// Formulas: docs/numerics.md, section 7. The unit tests hold each of them
/// against the XNNPACK of the ExecuTorch SDK.
///
/// Tensors are dense; images are NHWC, weights O[H][W]I. All codes are int8.
#ifndef PT2E_NUMERICS_XNNPACKMODEL_H
#define PT2E_NUMERICS_XNNPACKMODEL_H

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "pt2e/Numerics/QParams.h"

namespace pt2e::xnnpack {

/// Codes of the result when no activation is fused.
constexpr CodeRange kInt8Codes{-128, 127};

/// `clamp(rne(f32(acc) * scale) + zeroPoint)`.
int8_t requantize(int32_t acc, float scale, int32_t zeroPoint,
                  CodeRange codes = kInt8Codes);

/// The factor of `requantize` for a product of two tensors:
/// `f32(f32(input * weight) / output)`.
float requantizeScale(float input, float weight, float output);

/// Weights of a convolution or a fully connected layer; zero point 0.
struct Weights {
  absl::Span<const int8_t> codes;
  /// One per output channel, or one for all.
  absl::Span<const float> scales;
  /// One per output channel in units of input scale * weight scale, or none.
  absl::Span<const int32_t> bias;
};

/// Fully connected: input [rows, inputs], weights [outputs, inputs].
std::vector<int8_t> fullyConnected(absl::Span<const int8_t> input, QParams x,
                                   const Weights &weights, int64_t inputs,
                                   int64_t outputs, QParams y,
                                   CodeRange codes = kInt8Codes);

struct ConvShape {
  int64_t batch = 1, height = 1, width = 1, channels = 1; ///< of the input
  int64_t outputs = 1;                                    ///< output channels
  int64_t groups = 1;
  std::array<int64_t, 2> kernel{1, 1}, stride{1, 1}, dilation{1, 1};
  int64_t top = 0, bottom = 0, left = 0, right = 0; ///< padding with zeros

  int64_t outHeight() const {
    return (height + top + bottom - dilation[0] * (kernel[0] - 1) - 1) /
               stride[0] +
           1;
  }
  int64_t outWidth() const {
    return (width + left + right - dilation[1] * (kernel[1] - 1) - 1) /
               stride[1] +
           1;
  }
};

/// Convolution, depthwise too: weights [outputs, kernel, kernel,
/// channels / groups].
std::vector<int8_t> conv2d(absl::Span<const int8_t> input, QParams x,
                           const Weights &weights, const ConvShape &shape,
                           QParams y, CodeRange codes = kInt8Codes);

/// Mean over all pixels: input [batch, pixels, channels].
std::vector<int8_t> globalAveragePool(absl::Span<const int8_t> input, QParams x,
                                      int64_t batch, int64_t pixels,
                                      int64_t channels, QParams y);

/// Fixed-point a + b or a - b.
class AddModel {
public:
  /// \returns InvalidArgument unless both input scales are within
  ///          [2^-10, 2^8) of the output scale, XNNPACK's own limit.
  static absl::StatusOr<AddModel> get(QParams a, QParams b, QParams y,
                                      bool subtract,
                                      CodeRange codes = kInt8Codes);
  int8_t operator()(int8_t a, int8_t b) const;

private:
  QParams a, b, y;
  CodeRange codes;
  int64_t multiplierA, multiplierB;
  int shift;
};

/// a * b.
int8_t multiply(int8_t a, int8_t b, QParams qa, QParams qb, QParams qy,
                CodeRange codes = kInt8Codes);

/// Convert int8 to int8, and leaky ReLU (`slope` below zero, else 1).
class RescaleModel {
public:
  /// \returns InvalidArgument unless scale ratios (times the slope) stay below
  ///          127: XNNPACK computes wrong results above its int16 limit.
  static absl::StatusOr<RescaleModel> get(QParams x, QParams y,
                                          float slope = 1);
  int8_t operator()(int8_t x) const;

private:
  QParams x, y;
  int32_t positive, negative; ///< multipliers with 8 bits of fraction
};

/// Other unary operators: a table over all 256 codes, entry i for code i - 128:
/// `clamp(rne(f(dequantize(x)) / scale) + zeroPoint)`.
std::array<int8_t, 256> makeTable(const std::function<float(float)> &function,
                                  QParams x, QParams y);

/// Products of floats with weights, each image quantized by its own range:
/// `fma(f32(acc) * (1 / s), weight scale, bias)`. 8-bit and 4-bit codes alike;
/// the bias is real (or none), that of `weights` is not used.
std::vector<float> dynamicConv2d(absl::Span<const float> input,
                                 const Weights &weights,
                                 absl::Span<const float> bias,
                                 const ConvShape &shape);

/// The same for rows: input [rows, inputs], weights [outputs, inputs].
std::vector<float> dynamicFullyConnected(absl::Span<const float> input,
                                         const Weights &weights,
                                         absl::Span<const float> bias,
                                         int64_t inputs, int64_t outputs);

/// Dynamic quantization of one row, as the qd8 operators do it.
struct RowParams {
  float scale; ///< codes per unit; dequantization multiplies by 1 / scale
  int32_t zeroPoint;
};
RowParams chooseRowParams(absl::Span<const float> row);
void quantizeRow(absl::Span<const float> row, RowParams params,
                 absl::Span<int8_t> out);

} // namespace pt2e::xnnpack

#endif // PT2E_NUMERICS_XNNPACKMODEL_H
