// Products of floats and codes, from aten and pt2e ops to the runtime, against
// the models of lib/Numerics.
#include "Compile.h"

#include "pt2e/Numerics/XnnpackModel.h"

namespace pt2e {
namespace {

using runtime::DType;
using runtime::Tensor;

/// The output of the converted program `text` for `input`; no kernel may run.
std::vector<float> lowerAndRun(const std::string &text, const Tensor &input) {
  const std::string bytes = exportConverted(text, /*allowKernels=*/false);
  auto program = runtime::Program::loadBytes(
      std::vector<uint8_t>(bytes.begin(), bytes.end()), "exported");
  EXPECT_TRUE(program.ok()) << program.status();
  if (!program.ok())
    return {};
  auto outputs = program->run({input});
  EXPECT_TRUE(outputs.ok()) << outputs.status();
  if (!outputs.ok())
    return {};
  const auto got = (*outputs)[0].elements<float>();
  return {got.begin(), got.end()};
}

std::vector<float> positive(std::vector<float> values) {
  for (float &value : values)
    value = 0.002f + std::abs(value) / 50;
  return values;
}

/// Codes of `bits` bits, a byte each.
std::vector<int8_t> codesOf(int bits, size_t count, unsigned seed) {
  std::vector<int8_t> codes = randomCodes(count, seed);
  for (int8_t &code : codes)
    code = static_cast<int8_t>(code >> (8 - bits));
  return codes;
}

/// `aten.linear` of [rows, k] by codes [outputs, k], groups of `groupSize` (0:
/// whole rows) of them with a scale each. The input is quantized at run time
/// if `isDynamic`.
struct Linear {
  int64_t rows, k, outputs;
  int bits = 8;
  int64_t groupSize = 0;
  bool isDynamic = false;

  std::vector<int8_t> codes;
  std::vector<float> scales, bias, input;

  void fill() {
    const int64_t groups = groupSize ? k / groupSize : 1;
    codes = codesOf(bits, outputs * k, 1);
    scales = positive(randomFloats(outputs * groups, 2));
    bias = randomFloats(outputs, 3);
    input = randomFloats(rows * k, 4);
  }

  std::vector<float> run() const {
    auto tensor = [](int64_t a, int64_t b, const std::string &element) {
      return "tensor<" + std::to_string(a) + "x" + std::to_string(b) + "x" +
             element + ">";
    };
    const std::string storage = "i" + std::to_string(bits);
    const std::string encoding =
        "<" + storage + ", " + std::to_string(-(1 << (bits - 1))) + " : " +
        std::to_string((1 << (bits - 1)) - 1) + ", block = [1, " +
        std::to_string(groupSize ? groupSize : -1) + "]>";
    const std::string dynamic = R"mlir(
  %s, %z = pt2e.choose_qparams %x for <i8, -128 : 127, block = [1, -1]> affine : $X -> $P, $Z
  %q = pt2e.quantize %x, %s, %z to <i8, -128 : 127, block = [1, -1]> : $X, $P, $Z -> $C
  %i = pt2e.dequantize %q, %s, %z from <i8, -128 : 127, block = [1, -1]> : $C, $P, $Z -> $X
  %0 = aten.linear %i, %d, %b : ($X, $R, $B) -> $Y
)mlir";
    const std::string text =
        R"mlir(
func.func @forward(%x: $X) -> $Y {
  %w = aten.parameter "w" $codes : $W
  %b = aten.parameter "b" $bias : $B
  %t = arith.constant $scales : $S
  %d = pt2e.dequantize %w, %t from $E : $W, $S -> $R)mlir" +
        (isDynamic ? dynamic
                   : "\n  %0 = aten.linear %x, %d, %b : ($X, $R, $B) -> $Y\n") +
        "  return %0 : $Y\n}";
    return lowerAndRun(
        substitute(
            text, {{"codes", dense(codes)},
                   {"bias", dense(bias)},
                   {"scales", dense(scales)},
                   {"X", tensor(rows, k, "f32")},
                   {"Y", tensor(rows, outputs, "f32")},
                   {"W", tensor(outputs, k, storage)},
                   {"R", tensor(outputs, k, "f32")},
                   {"B", "tensor<" + std::to_string(outputs) + "xf32>"},
                   {"S", tensor(outputs, groupSize ? k / groupSize : 1, "f32")},
                   {"P", tensor(rows, 1, "f32")},
                   {"Z", tensor(rows, 1, "i32")},
                   {"C", tensor(rows, k, "i8")},
                   {"E", encoding}}),
        Tensor::of(DType::F32, {rows, k}, input));
  }
};

/// The rows that products quantized at run time see.
std::vector<float> quantizedRows(const std::vector<float> &input, int64_t k) {
  std::vector<float> rows;
  for (size_t begin = 0; begin < input.size(); begin += k) {
    const absl::Span<const float> row(&input[begin], k);
    const auto params = xnnpack::chooseRowParams(row);
    std::vector<int8_t> codes(k);
    xnnpack::quantizeRow(row, params, absl::MakeSpan(codes));
    for (int8_t code : codes)
      rows.push_back(float(code - params.zeroPoint) / params.scale);
  }
  return rows;
}

/// Real products, and how far sums in f32 may be from them.
void expectProducts(const Linear &linear, const std::vector<float> &input,
                    const std::vector<float> &scales,
                    const std::vector<float> &got) {
  ASSERT_EQ(got.size(), size_t(linear.rows * linear.outputs));
  const int64_t groupSize = linear.groupSize ? linear.groupSize : linear.k;
  for (int64_t r = 0; r < linear.rows; ++r)
    for (int64_t o = 0; o < linear.outputs; ++o) {
      double sum = linear.bias[o], bound = std::abs(sum);
      for (int64_t i = 0; i < linear.k; ++i) {
        const double product =
            double(input[r * linear.k + i]) * linear.codes[o * linear.k + i] *
            scales[o * (linear.k / groupSize) + i / groupSize];
        sum += product;
        bound += std::abs(product);
      }
      EXPECT_NEAR(got[r * linear.outputs + o], sum, 1e-6 * bound);
    }
}

TEST(ExportProductsTest, RowsTimesCodesPerChannelAreTheModelsBits) {
  for (int bits : {8, 4})
    for (int64_t rows : {1, 5})
      for (int64_t k : {2, 24, 130}) {
        Linear linear{rows, k, 7, bits};
        linear.isDynamic = true;
        linear.fill();
        EXPECT_EQ(linear.run(),
                  xnnpack::dynamicFullyConnected(
                      linear.input, {linear.codes, linear.scales, {}},
                      linear.bias, k, linear.outputs))
            << bits << " bits, " << rows << " rows of " << k;
      }
}

TEST(ExportProductsTest, OddRowsOf4BitsAreExactToo) {
  Linear linear{3, 25, 5, 4};
  linear.isDynamic = true;
  linear.fill();
  EXPECT_EQ(linear.run(), xnnpack::dynamicFullyConnected(
                              linear.input, {linear.codes, linear.scales, {}},
                              linear.bias, linear.k, linear.outputs));
}

TEST(ExportProductsTest, GroupsOfCodesHaveScalesInBf16) {
  for (int64_t groupSize : {32, 64}) {
    Linear linear{3, 128, 6, 4, groupSize};
    linear.isDynamic = true;
    linear.fill();
    // To the nearest of 8 significant bits.
    std::vector<float> scales = linear.scales;
    for (float &scale : scales) {
      const int exponent = std::ilogb(scale);
      scale = std::ldexp(std::nearbyint(std::ldexp(scale, 7 - exponent)),
                         exponent - 7);
    }
    expectProducts(linear, quantizedRows(linear.input, linear.k), scales,
                   linear.run());
  }
}

TEST(ExportProductsTest, FloatsTimesCodesAddTheBiasOnce) {
  for (int bits : {8, 4})
    for (int64_t k : {6, 7}) {
      Linear linear{3, k, 5, bits};
      linear.fill();
      expectProducts(linear, linear.input, linear.scales, linear.run());
    }
}

/// A batch of products, one for each group.
TEST(ExportProductsTest, GroupsTimesFloatsAreSummed) {
  for (int bits : {8, 4})
    for (int64_t groupSize : {16, 32}) {
      Linear linear{3, 64, 5, bits, groupSize};
      linear.fill();
      expectProducts(linear, linear.input, linear.scales, linear.run());
    }
}

/// Groups, padding and a stride; each image by its own range.
TEST(ExportProductsTest, ImagesTimesCodesAreTheModelsBits) {
  for (int64_t groups : {1, 2}) {
    xnnpack::ConvShape shape;
    shape.batch = 2;
    shape.height = shape.width = 7;
    shape.channels = 4;
    shape.outputs = 6;
    shape.groups = groups;
    shape.kernel = {3, 3};
    shape.stride = {2, 2};
    shape.top = shape.bottom = shape.left = shape.right = 1;
    const int64_t perGroup = 4 / groups;
    // NCHW and OIHW in the program, NHWC and OHWI in the model.
    std::vector<float> image = randomFloats(2 * 4 * 7 * 7, 5), nhwc;
    for (float &value : image)
      value *= &value < &image[4 * 49] ? 1 : 3;
    for (int64_t n = 0; n < 2; ++n)
      for (int64_t p = 0; p < 49; ++p)
        for (int64_t c = 0; c < 4; ++c)
          nhwc.push_back(image[(n * 4 + c) * 49 + p]);
    const std::vector<int8_t> codes = randomCodes(6 * perGroup * 9, 6);
    std::vector<int8_t> ohwi;
    for (int64_t o = 0; o < 6; ++o)
      for (int64_t p = 0; p < 9; ++p)
        for (int64_t c = 0; c < perGroup; ++c)
          ohwi.push_back(codes[(o * perGroup + c) * 9 + p]);
    const std::vector<float> scales = positive(randomFloats(6, 7));
    const std::vector<float> bias = randomFloats(6, 8);
    const std::string text = substitute(
        R"mlir(
func.func @forward(%x: $X) -> $Y {
  %w = aten.parameter "w" $codes : tensor<6x$Ix3x3xi8>
  %b = aten.parameter "b" $bias : tensor<6xf32>
  %t = arith.constant $scales : tensor<6x1x1x1xf32>
  %d = pt2e.dequantize %w, %t from <i8, -128 : 127, block = [1, -1, -1, -1]> : tensor<6x$Ix3x3xi8>, tensor<6x1x1x1xf32> -> tensor<6x$Ix3x3xf32>
  %s, %z = pt2e.choose_qparams %x for $E affine : $X -> $P, $Z
  %q = pt2e.quantize %x, %s, %z to $E : $X, $P, $Z -> $C
  %i = pt2e.dequantize %q, %s, %z from $E : $C, $P, $Z -> $X
  %0 = aten.conv2d %i, %d, %b {stride = array<i64: 2, 2>, padding = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = $G : i64} : ($X, tensor<6x$Ix3x3xf32>, tensor<6xf32>) -> $Y
  return %0 : $Y
})mlir",
        {{"codes", dense(codes)},
         {"bias", dense(bias)},
         {"scales", dense(scales)},
         {"I", std::to_string(perGroup)},
         {"G", std::to_string(groups)},
         {"X", "tensor<2x4x7x7xf32>"},
         {"Y", "tensor<2x6x4x4xf32>"},
         {"P", "tensor<2x1x1x1xf32>"},
         {"Z", "tensor<2x1x1x1xi32>"},
         {"C", "tensor<2x4x7x7xi8>"},
         {"E", "<i8, -128 : 127, block = [1, -1, -1, -1]>"}});
    const std::vector<float> got =
        lowerAndRun(text, Tensor::of(DType::F32, {2, 4, 7, 7}, image));
    const std::vector<float> expected =
        xnnpack::dynamicConv2d(nhwc, {ohwi, scales, {}}, bias, shape);
    ASSERT_EQ(got.size(), expected.size());
    for (int64_t n = 0; n < 2; ++n)
      for (int64_t p = 0; p < 16; ++p)
        for (int64_t o = 0; o < 6; ++o)
          EXPECT_EQ(got[(n * 6 + o) * 16 + p], expected[(n * 16 + p) * 6 + o]);
  }
}

/// Rows of a table in codes, by kernels.
TEST(ExportProductsTest, TablesOfCodesAreReadAsTheirNumbers) {
  struct Case {
    std::string storage, range;
    int64_t offset; ///< of the least code
    bool hasGroups;
  };
  const std::vector<int8_t> bytes = randomCodes(5 * 8, 1);
  const std::vector<int64_t> indices = {4, 0, 2, 2};
  for (const Case &c : {Case{"i8", "-128 : 127", -128, false},
                        {"ui8", "0 : 255", 0, false},
                        {"i4", "-8 : 7", -8, false},
                        {"ui4", "0 : 15", 0, false},
                        {"i4", "-8 : 7", -8, true}}) {
    const bool is4Bit = c.storage.find('4') != std::string::npos;
    std::vector<int8_t> stored;
    std::vector<double> codes;
    for (int8_t byte : bytes) {
      const int64_t code = (byte + 128) / (is4Bit ? 16 : 1) + c.offset;
      codes.push_back(code);
      stored.push_back(static_cast<int8_t>(code));
    }
    const int64_t groups = c.hasGroups ? 2 : 1;
    const std::vector<float> scales = positive(randomFloats(5 * groups, 2));
    const std::vector<float> zeroPoints = randomFloats(5 * groups, 3);
    const std::string bytesText = exportConverted(substitute(
        R"mlir(
func.func @forward(%i: tensor<4xi64>) -> tensor<4x8xf32> {
  %w = aten.parameter "w" $codes : tensor<5x8x$T>
  %s = arith.constant $scales : tensor<5x$Gxf32>
  %z = arith.constant $points : tensor<5x$Gxf32>
  %d = pt2e.dequantize %w, %s, %z from <$T, $R, block = [1, $B]> : tensor<5x8x$T>, tensor<5x$Gxf32>, tensor<5x$Gxf32> -> tensor<5x8xf32>
  %0 = aten.embedding %d, %i {padding_idx = -1 : i64, scale_grad_by_freq = false, sparse = false} : (tensor<5x8xf32>, tensor<4xi64>) -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
})mlir",
        {{"codes", dense(stored)},
         {"scales", dense(scales)},
         {"points", dense(zeroPoints)},
         {"T", c.storage},
         {"R", c.range},
         {"G", std::to_string(groups)},
         {"B", c.hasGroups ? "4" : "-1"}}));
    auto program = runtime::Program::loadBytes(
        std::vector<uint8_t>(bytesText.begin(), bytesText.end()), "exported");
    ASSERT_TRUE(program.ok()) << program.status();
    auto outputs = program->run({Tensor::of(DType::I64, {4}, indices)});
    ASSERT_TRUE(outputs.ok()) << outputs.status();
    const auto got = (*outputs)[0].elements<float>();
    for (int64_t row = 0; row < 4; ++row)
      for (int64_t column = 0; column < 8; ++column) {
        const int64_t entry = indices[row] * 8 + column;
        const int64_t group = indices[row] * groups + column / (8 / groups);
        EXPECT_NEAR(got[row * 8 + column],
                    (codes[entry] - zeroPoints[group]) * scales[group], 1e-5)
            << c.storage << ", row " << indices[row] << ", column " << column;
      }
    EXPECT_NE(bytesText.find(is4Bit ? "embedding_4bit" : "embedding_byte"),
              std::string::npos);
  }
}

} // namespace
} // namespace pt2e
