#include "Compile.h"

namespace pt2e {
namespace {

using runtime::DType;
using runtime::Shape;
using runtime::Tensor;

int8_t saturate(double value) {
  return static_cast<int8_t>(std::clamp(std::nearbyint(value), -128.0, 127.0));
}

/// XNNPACK's requantization of a sum of products.
int8_t requantize(double sum, float inputScale, float weightScale,
                  float outputScale, int zeroPoint) {
  const float scale = inputScale * weightScale / outputScale;
  return saturate(std::nearbyintf(static_cast<float>(sum) * scale) + zeroPoint);
}

TEST(ExportInt8Test, ConvolutionPerChannel) {
  const std::vector<int8_t> x = randomCodes(7 * 7 * 3, 1);
  const std::vector<int8_t> filter = randomCodes(5 * 3 * 3 * 3, 2);
  const std::vector<float> scales = {0.01f, 0.002f, 0.03f, 0.004f, 0.005f};
  const std::vector<int32_t> bias = {100, -200, 3000, -4000, 50};
  const std::string text = substitute(R"mlir(
!x = !xnn.value<qint8, [1, 7, 7, 3], scale = 2.0e-02 : f32, zero_point = -3>
!y = !xnn.value<qint8, [1, 7, 7, 5], scale = 5.0e-02 : f32, zero_point = 7>
func.func private @d(%x: !x) -> !y attributes {xnn.delegate} {
  %w = xnn.constant $filter : tensor<5x3x3x3xi8> scales $scales : tensor<5xf32> along 0 : !xnn.value<qcint8, [5, 3, 3, 3]>
  %b = xnn.constant $bias : tensor<5xi32> scales $sums : tensor<5xf32> along 0 : !xnn.value<qcint32, [5]>
  %0 = xnn.conv2d %x, %w, %b {padding = array<i64: 1, 1, 1, 1>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64}
     : (!x, !xnn.value<qcint8, [5, 3, 3, 3]>, !xnn.value<qcint32, [5]>) -> !y
  return %0 : !y
}
func.func @forward(%x: tensor<1x7x7x3xi8>) -> tensor<1x7x7x5xi8> {
  %0 = et.call_delegate @d(%x) : (tensor<1x7x7x3xi8>) -> tensor<1x7x7x5xi8>
  return %0 : tensor<1x7x7x5xi8>
})mlir",
                                      {{"filter", dense(filter)},
                                       {"bias", dense(bias)},
                                       {"sums", dense(scales)},
                                       {"scales", dense(scales)}});
  const auto outputs = runText(text, {Tensor::of(DType::I8, {1, 7, 7, 3}, x)});
  ASSERT_EQ(outputs.size(), 1);
  const std::vector<double> sums =
      convolve(x, 1, 7, 7, 3, filter, 5, 3, 1, 1, -3);
  const auto got = outputs[0].elements<int8_t>();
  ASSERT_EQ(sums.size(), got.size());
  for (size_t i = 0; i < sums.size(); ++i)
    EXPECT_EQ(got[i], requantize(sums[i] + bias[i % 5], 0.02f, scales[i % 5],
                                 0.05f, 7));
}

/// Rows of x times int4 codes packed two in a byte.
TEST(ExportInt8Test, DynamicActivationsTimesInt4) {
  const int64_t n = 4, k = 6, o = 3;
  const std::vector<float> x = randomFloats(n * k, 1);
  std::vector<int8_t> codes = randomCodes(o * k, 2);
  for (int8_t &code : codes)
    code = code >> 4;
  const std::vector<float> scales = {0.1f, 0.2f, 0.3f};
  const std::string text =
      substitute(R"mlir(
func.func private @d(%x: !xnn.value<f32, [4, 6]>) -> !xnn.value<f32, [4, 3]> attributes {xnn.delegate} {
  %w = xnn.constant $codes : tensor<3x6xi8> scales $scales : tensor<3xf32> along 0 : !xnn.value<qcint4, [3, 6]>
  %0 = xnn.convert %x : (!xnn.value<f32, [4, 6]>) -> !xnn.value<qdint8, [4, 6]>
  %1 = xnn.fully_connected %0, %w : (!xnn.value<qdint8, [4, 6]>, !xnn.value<qcint4, [3, 6]>) -> !xnn.value<f32, [4, 3]>
  return %1 : !xnn.value<f32, [4, 3]>
}
func.func @forward(%x: tensor<4x6xf32>) -> tensor<4x3xf32> {
  %0 = et.call_delegate @d(%x) : (tensor<4x6xf32>) -> tensor<4x3xf32>
  return %0 : tensor<4x3xf32>
})mlir",
                 {{"codes", dense(codes)}, {"scales", dense(scales)}});
  const auto outputs = runText(text, {Tensor::of(DType::F32, {n, k}, x)});
  ASSERT_EQ(outputs.size(), 1);
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < o; ++j) {
      double sum = 0, bound = 0;
      for (int64_t l = 0; l < k; ++l) {
        sum += double(x[i * k + l]) * codes[j * k + l] * scales[j];
        bound += std::abs(codes[j * k + l]) * scales[j];
      }
      // Half a step of the row's own scale, at most 2 / 255, per product.
      EXPECT_NEAR(outputs[0].elements<float>()[i * o + j], sum,
                  bound / 255 + 1e-6);
    }
}

TEST(ExportInt8Test, AddTableAndRequantize) {
  const std::vector<int8_t> x = randomCodes(256, 1), y = randomCodes(256, 2);
  const auto outputs = runText(
      R"mlir(
!x = !xnn.value<qint8, [256], scale = 2.0e-02 : f32, zero_point = -3>
!y = !xnn.value<qint8, [256], scale = 4.0e-02 : f32, zero_point = 5>
!s = !xnn.value<qint8, [256], scale = 3.90625e-03 : f32, zero_point = -128>
func.func private @d(%x: !x, %y: !y) -> (!y, !s) attributes {xnn.delegate} {
  %0 = xnn.binary add %x, %y : (!x, !y) -> !y
  %1 = xnn.unary sigmoid %x : (!x) -> !s
  return %0, %1 : !y, !s
}
func.func @forward(%x: tensor<256xi8>, %y: tensor<256xi8>) -> (tensor<256xi8>, tensor<256xi8>) {
  %0:2 = et.call_delegate @d(%x, %y) : (tensor<256xi8>, tensor<256xi8>) -> (tensor<256xi8>, tensor<256xi8>)
  return %0#0, %0#1 : tensor<256xi8>, tensor<256xi8>
})mlir",
      {Tensor::of(DType::I8, {256}, x), Tensor::of(DType::I8, {256}, y)});
  ASSERT_EQ(outputs.size(), 2);
  for (int i = 0; i < 256; ++i) {
    const double a = 0.02 * (x[i] + 3), b = 0.04 * (y[i] - 5);
    EXPECT_NEAR(outputs[0].elements<int8_t>()[i], saturate((a + b) / 0.04 + 5),
                1);
    EXPECT_NEAR(outputs[1].elements<int8_t>()[i],
                saturate(256 / (1 + std::exp(-a)) - 128), 0);
  }
}

/// All codes: the table is the function, rounded once.
TEST(ExportInt8Test, SquareIsATable) {
  std::vector<int8_t> x(256);
  for (int i = 0; i < 256; ++i)
    x[i] = static_cast<int8_t>(i - 128);
  const auto outputs = runText(
      R"mlir(
!x = !xnn.value<qint8, [256], scale = 3.125e-02 : f32, zero_point = -3>
!y = !xnn.value<qint8, [256], scale = 6.25e-02 : f32, zero_point = -128>
func.func private @d(%x: !x) -> !y attributes {xnn.delegate} {
  %0 = xnn.unary square %x : (!x) -> !y
  return %0 : !y
}
func.func @forward(%x: tensor<256xi8>) -> tensor<256xi8> {
  %0 = et.call_delegate @d(%x) : (tensor<256xi8>) -> tensor<256xi8>
  return %0 : tensor<256xi8>
})mlir",
      {Tensor::of(DType::I8, {256}, x)});
  ASSERT_EQ(outputs.size(), 1);
  for (int i = 0; i < 256; ++i) {
    const double value = 0.03125 * (x[i] + 3);
    EXPECT_EQ(outputs[0].elements<int8_t>()[i],
              saturate(value * value / 0.0625 - 128));
  }
}

/// convolution, convolution, sum with the first, mean, linear: in int8 it
/// follows the float program.
TEST(ExportInt8Test, ResidualNetworkFollowsItsFloatForm) {
  const std::vector<float> x = randomFloats(2 * 8 * 8 * 4, 1);
  const std::vector<int8_t> w1 = randomCodes(8 * 9 * 4, 2);
  const std::vector<int8_t> w2 = randomCodes(8 * 9 * 8, 3);
  const std::vector<int8_t> w3 = randomCodes(10 * 8, 4);
  auto dequantized = [](const std::vector<int8_t> &codes, float scale) {
    std::vector<float> values;
    for (int8_t code : codes)
      values.push_back(code * scale);
    return dense(values);
  };
  auto repeated = [](int count, float scale) {
    return dense(std::vector<float>(count, scale));
  };
  const char *const text = R"mlir(
func.func private @d(%x: !xnn.value<f32, [4, 8, 8, 4]>) -> !xnn.value<f32, [4, 10]> attributes {xnn.delegate} {
  %w1 = xnn.constant $w1 : !xnn.value<$CODE, [8, 3, 3, 4]>
  %w2 = xnn.constant $w2 : !xnn.value<$CODE, [8, 3, 3, 8]>
  %w3 = xnn.constant $w3 : !xnn.value<$CODE, [10, 8]>
  $ENTER
  %1 = xnn.conv2d %0, %w1 {padding = array<i64: 1, 1, 1, 1>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64, output_min = 0.0 : f32}
     : (!xnn.value<$T, [4, 8, 8, 4]$Qx>, !xnn.value<$CODE, [8, 3, 3, 4]>) -> !xnn.value<$T, [4, 8, 8, 8]$Q1>
  %2 = xnn.conv2d %1, %w2 {padding = array<i64: 1, 1, 1, 1>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64}
     : (!xnn.value<$T, [4, 8, 8, 8]$Q1>, !xnn.value<$CODE, [8, 3, 3, 8]>) -> !xnn.value<$T, [4, 8, 8, 8]$Q2>
  %3 = xnn.binary add %1, %2 {output_min = 0.0 : f32} : (!xnn.value<$T, [4, 8, 8, 8]$Q1>, !xnn.value<$T, [4, 8, 8, 8]$Q2>) -> !xnn.value<$T, [4, 8, 8, 8]$Q3>
  %4 = xnn.global_average_pooling2d %3 : (!xnn.value<$T, [4, 8, 8, 8]$Q3>) -> !xnn.value<$T, [4, 1, 1, 8]$Q3>
  %5 = xnn.reshape %4 {new_shape = array<i64: 0, 8>} : (!xnn.value<$T, [4, 1, 1, 8]$Q3>) -> !xnn.value<$T, [4, 8]$Q3>
  %6 = xnn.fully_connected %5, %w3 : (!xnn.value<$T, [4, 8]$Q3>, !xnn.value<$CODE, [10, 8]>) -> !xnn.value<$T, [4, 10]$Qy>
  $LEAVE
  return %7 : !xnn.value<f32, [4, 10]>
}
func.func @forward(%x: tensor<?x8x8x4xf32, #aten.bounds<[4, -1, -1, -1]>>) -> tensor<?x10xf32, #aten.bounds<[4, -1]>> {
  %0 = et.call_delegate @d(%x) : (tensor<?x8x8x4xf32, #aten.bounds<[4, -1, -1, -1]>>) -> tensor<?x10xf32, #aten.bounds<[4, -1]>>
  return %0 : tensor<?x10xf32, #aten.bounds<[4, -1]>>
})mlir";
  const std::string inFloat = substitute(
      text, {{"ENTER", "%0 = xnn.clamp %x : (!xnn.value<f32, [4, 8, 8, 4]>) "
                       "-> !xnn.value<f32, [4, 8, 8, 4]>"},
             {"LEAVE", "%7 = xnn.clamp %6 : (!xnn.value<f32, [4, 10]>) -> "
                       "!xnn.value<f32, [4, 10]>"},
             {"w1", dequantized(w1, 0.001f) + " : tensor<8x3x3x4xf32>"},
             {"w2", dequantized(w2, 0.001f) + " : tensor<8x3x3x8xf32>"},
             {"w3", dequantized(w3, 0.01f) + " : tensor<10x8xf32>"},
             {"CODE", "f32"},
             {"T", "f32"},
             {"Qx", ""},
             {"Q1", ""},
             {"Q2", ""},
             {"Q3", ""},
             {"Qy", ""}});
  const std::string inInt8 = substitute(
      text,
      {{"ENTER", "%0 = xnn.convert %x : (!xnn.value<f32, [4, 8, 8, 4]>) -> "
                 "!xnn.value<$T, [4, 8, 8, 4]$Qx>"},
       {"LEAVE", "%7 = xnn.convert %6 : (!xnn.value<$T, [4, 10]$Qy>) -> "
                 "!xnn.value<f32, [4, 10]>"},
       {"w1", dense(w1) + " : tensor<8x3x3x4xi8> scales " +
                  repeated(8, 0.001f) + " : tensor<8xf32> along 0"},
       {"w2", dense(w2) + " : tensor<8x3x3x8xi8> scales " +
                  repeated(8, 0.001f) + " : tensor<8xf32> along 0"},
       {"w3", dense(w3) + " : tensor<10x8xi8> scales " + repeated(10, 0.01f) +
                  " : tensor<10xf32> along 0"},
       {"CODE", "qcint8"},
       {"T", "qint8"},
       {"Qx", ", scale = 8.0e-03 : f32, zero_point = 0"},
       {"Q1", ", scale = 8.0e-03 : f32, zero_point = -128"},
       {"Q2", ", scale = 1.6e-02 : f32, zero_point = 4"},
       {"Q3", ", scale = 1.2e-02 : f32, zero_point = -128"},
       {"Qy", ", scale = 5.0e-02 : f32, zero_point = -1"}});
  const Tensor input = Tensor::of(DType::F32, {2, 8, 8, 4}, x);
  const auto expected = runText(inFloat, {input});
  const auto got = runText(inInt8, {input});
  ASSERT_EQ(expected.size(), 1);
  ASSERT_EQ(got.size(), 1);
  ASSERT_EQ(got[0].shape(), (Shape{2, 10}));
  double largest = 0;
  for (int i = 0; i < 20; ++i) {
    const double value = expected[0].elements<float>()[i];
    largest = std::max(largest, std::abs(value));
    EXPECT_NEAR(got[0].elements<float>()[i], value, 0.06);
  }
  EXPECT_GT(largest, 0.4);
}

} // namespace
} // namespace pt2e
