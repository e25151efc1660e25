// The integer models against XNNPACK itself, the one in the ExecuTorch SDK.
#include "pt2e/Numerics/XnnpackModel.h"

#include <cmath>
#include <limits>
#include <memory>
#include <random>

#include "Xnnpack.h"
#include "pt2e/Numerics/Quantize.h"
#include "gtest/gtest.h"

namespace pt2e::xnnpack {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
/// XNNPACK reads beyond the end of tensors.
constexpr size_t kSlack = 256;

#define EXPECT_XNN(call) EXPECT_EQ(call, xnn_status_success)

/// A graph with up to two inputs and one output, all of them int8 unless said
/// otherwise.
class Graph {
public:
  Graph() {
    EXPECT_XNN(xnn_initialize(nullptr));
    EXPECT_XNN(xnn_create_subgraph(3, 0, &subgraph));
  }
  ~Graph() { xnn_delete_subgraph(subgraph); }

  uint32_t input(const std::vector<size_t> &dims, QParams q,
                 const std::vector<int8_t> &codes) {
    const uint32_t id = quantized(dims, q, XNN_VALUE_FLAG_EXTERNAL_INPUT);
    return bind(id, codes.data(), codes.size());
  }

  uint32_t input(const std::vector<size_t> &dims,
                 const std::vector<float> &values) {
    uint32_t id;
    EXPECT_XNN(xnn_define_tensor_value(subgraph, xnn_datatype_fp32, dims.size(),
                                       dims.data(), nullptr, next++,
                                       XNN_VALUE_FLAG_EXTERNAL_INPUT, &id));
    return bind(id, values.data(), values.size() * sizeof(float));
  }

  uint32_t output(const std::vector<size_t> &dims, QParams q) {
    size_t size = 1;
    for (size_t dim : dims)
      size *= dim;
    result.assign(size, 0);
    const uint32_t id = quantized(dims, q, XNN_VALUE_FLAG_EXTERNAL_OUTPUT);
    values.push_back({id, result.data()});
    return id;
  }

  uint32_t floatOutput(const std::vector<size_t> &dims) {
    uint32_t id;
    EXPECT_XNN(xnn_define_tensor_value(subgraph, xnn_datatype_fp32, dims.size(),
                                       dims.data(), nullptr, next++,
                                       XNN_VALUE_FLAG_EXTERNAL_OUTPUT, &id));
    floatResult.assign(dims[0] * dims[1], 0);
    values.push_back({id, floatResult.data()});
    return id;
  }

  /// Static weights [outputs, ...] with one scale per output.
  uint32_t weights(const std::vector<size_t> &dims,
                   const std::vector<int8_t> &codes,
                   const std::vector<float> &scales) {
    uint32_t id;
    EXPECT_XNN(xnn_define_channelwise_quantized_tensor_value(
        subgraph, xnn_datatype_qcint8, scales.data(), dims.size(), 0,
        dims.data(), codes.data(), XNN_INVALID_VALUE_ID, 0, &id));
    return id;
  }

  uint32_t bias(const std::vector<int32_t> &codes,
                const std::vector<float> &scales) {
    const size_t size = codes.size();
    uint32_t id;
    EXPECT_XNN(xnn_define_channelwise_quantized_tensor_value(
        subgraph, xnn_datatype_qcint32, scales.data(), 1, 0, &size,
        codes.data(), XNN_INVALID_VALUE_ID, 0, &id));
    return id;
  }

  std::vector<int8_t> run() {
    xnn_runtime_t runtime = nullptr;
    EXPECT_XNN(xnn_create_runtime_v2(subgraph, nullptr, 0, &runtime));
    EXPECT_XNN(xnn_setup_runtime(runtime, values.size(), values.data()));
    EXPECT_XNN(xnn_invoke_runtime(runtime));
    xnn_delete_runtime(runtime);
    return result;
  }

  std::vector<float> runFloat() {
    run();
    return floatResult;
  }

  xnn_subgraph_t subgraph = nullptr;

private:
  uint32_t quantized(const std::vector<size_t> &dims, QParams q,
                     uint32_t flags) {
    uint32_t id;
    EXPECT_XNN(xnn_define_quantized_tensor_value(
        subgraph, xnn_datatype_qint8, q.zeroPoint, q.scale, dims.size(),
        dims.data(), nullptr, next++, flags, &id));
    return id;
  }

  uint32_t bind(uint32_t id, const void *data, size_t size) {
    const char *bytes = static_cast<const char *>(data);
    buffers.push_back(std::make_unique<std::vector<char>>(bytes, bytes + size));
    buffers.back()->resize(size + kSlack);
    values.push_back({id, buffers.back()->data()});
    return id;
  }

  std::vector<std::unique_ptr<std::vector<char>>> buffers;
  std::vector<xnn_external_value> values;
  std::vector<int8_t> result;
  std::vector<float> floatResult;
  uint32_t next = 0;
};

class XnnpackModelTest : public ::testing::Test {
protected:
  std::vector<int8_t> codes(size_t count, int min = -128, int max = 127) {
    std::vector<int8_t> result(count);
    std::uniform_int_distribution<int> code(min, max);
    for (int8_t &value : result)
      value = static_cast<int8_t>(code(random));
    return result;
  }

  /// A scale around `centre`, within a factor of four.
  QParams params(float centre = 0.02f) {
    std::uniform_real_distribution<float> exponent(-2, 2);
    std::uniform_int_distribution<int> zeroPoint(-128, 127);
    return {centre * std::exp2(exponent(random)), zeroPoint(random)};
  }

  std::vector<float> scales(size_t count) {
    std::vector<float> result(count);
    for (float &scale : result)
      scale = params(0.005f).scale;
    return result;
  }

  std::mt19937 random{7};
};

/// All pairs of codes.
void allPairs(std::vector<int8_t> &a, std::vector<int8_t> &b) {
  for (int i = -128; i <= 127; ++i)
    for (int j = -128; j <= 127; ++j) {
      a.push_back(static_cast<int8_t>(i));
      b.push_back(static_cast<int8_t>(j));
    }
}

using Binary = xnn_status (*)(xnn_subgraph_t, float, float, uint32_t, uint32_t,
                              uint32_t, uint32_t);

std::vector<int8_t> runBinary(Binary define, QParams qa, QParams qb, QParams qy,
                              const std::vector<int8_t> &a,
                              const std::vector<int8_t> &b) {
  Graph graph;
  const std::vector<size_t> dims{a.size()};
  const uint32_t idA = graph.input(dims, qa, a);
  const uint32_t idB = graph.input(dims, qb, b);
  const uint32_t out = graph.output(dims, qy);
  EXPECT_XNN(define(graph.subgraph, -kInf, kInf, idA, idB, out, 0));
  return graph.run();
}

TEST_F(XnnpackModelTest, AddAndSubtractOfAllCodes) {
  std::vector<int8_t> a, b;
  allPairs(a, b);
  for (int trial = 0; trial < 20; ++trial) {
    const QParams qa = params(), qb = params(), qy = params(0.04f);
    for (bool subtract : {false, true}) {
      const std::vector<int8_t> result = runBinary(
          subtract ? xnn_define_subtract : xnn_define_add2, qa, qb, qy, a, b);
      const AddModel model = *AddModel::get(qa, qb, qy, subtract);
      std::vector<int8_t> expected;
      for (size_t i = 0; i < a.size(); ++i)
        expected.push_back(model(a[i], b[i]));
      ASSERT_EQ(result, expected) << "subtract " << subtract;
    }
  }
}

TEST_F(XnnpackModelTest, MultiplyOfAllCodes) {
  std::vector<int8_t> a, b;
  allPairs(a, b);
  for (int trial = 0; trial < 20; ++trial) {
    const QParams qa = params(), qb = params(), qy = params();
    const std::vector<int8_t> result =
        runBinary(xnn_define_multiply2, qa, qb, qy, a, b);
    std::vector<int8_t> expected;
    for (size_t i = 0; i < a.size(); ++i)
      expected.push_back(multiply(a[i], b[i], qa, qb, qy));
    ASSERT_EQ(result, expected);
  }
}

/// All codes through a unary node.
template <typename Define>
std::vector<int8_t> runUnary(QParams qx, QParams qy, Define define) {
  std::vector<int8_t> x;
  for (int i = -128; i <= 127; ++i)
    x.push_back(static_cast<int8_t>(i));
  Graph graph;
  const uint32_t in = graph.input({x.size()}, qx, x);
  const uint32_t out = graph.output({x.size()}, qy);
  EXPECT_XNN(define(graph.subgraph, in, out));
  return graph.run();
}

TEST_F(XnnpackModelTest, ConvertAndLeakyReluOfAllCodes) {
  for (int trial = 0; trial < 40; ++trial) {
    const QParams qx = params(), qy = params(0.03f);
    for (float slope : {1.0f, 0.01f, 0.3f, -0.5f}) {
      const std::vector<int8_t> result = runUnary(
          qx, qy, [&](xnn_subgraph_t subgraph, uint32_t in, uint32_t out) {
            return slope == 1
                       ? xnn_define_convert(subgraph, in, out, 0)
                       : xnn_define_leaky_relu(subgraph, slope, in, out, 0);
          });
      const RescaleModel model = *RescaleModel::get(qx, qy, slope);
      std::vector<int8_t> expected;
      for (int i = -128; i <= 127; ++i)
        expected.push_back(model(static_cast<int8_t>(i)));
      ASSERT_EQ(result, expected) << "slope " << slope;
    }
  }
}

TEST_F(XnnpackModelTest, HardswishAndSigmoidAreTables) {
  auto hardswish = [](float x) {
    return x * std::min(std::max(x + 3.0f, 0.0f), 6.0f) / 6.0f;
  };
  auto sigmoid = [](float x) { return 1.0f / (1.0f + std::exp(-x)); };
  size_t differences = 0;
  for (int trial = 0; trial < 40; ++trial) {
    const QParams qx = params(0.05f), qy = params(0.03f);
    for (bool hard : {true, false}) {
      const std::vector<int8_t> result = runUnary(
          qx, qy, [&](xnn_subgraph_t subgraph, uint32_t in, uint32_t out) {
            return hard ? xnn_define_hardswish(subgraph, in, out, 0)
                        : xnn_define_sigmoid(subgraph, in, out, 0);
          });
      const std::array<int8_t, 256> table =
          hard ? makeTable(hardswish, qx, qy) : makeTable(sigmoid, qx, qy);
      for (size_t i = 0; i < table.size(); ++i) {
        EXPECT_LE(std::abs(result[i] - table[i]), 1);
        differences += result[i] != table[i];
      }
    }
  }
  // The last bits of the float functions, at ties only.
  EXPECT_LE(differences, 40u * 2 * 256 / 1000);
}

TEST_F(XnnpackModelTest, FullyConnected) {
  const size_t rows = 5, inputs = 37, outputs = 19;
  for (int trial = 0; trial < 20; ++trial) {
    const QParams qx = params(), qy = params(0.1f);
    const std::vector<int8_t> x = codes(rows * inputs);
    const std::vector<int8_t> w = codes(outputs * inputs, -127);
    const std::vector<float> s = scales(outputs);
    std::vector<float> biasScales;
    std::vector<int32_t> bias;
    for (float scale : s) {
      biasScales.push_back(scale * qx.scale);
      bias.push_back(static_cast<int32_t>(random() % 20000) - 10000);
    }
    Graph graph;
    const uint32_t in = graph.input({rows, inputs}, qx, x);
    const uint32_t filter = graph.weights({outputs, inputs}, w, s);
    const uint32_t b = graph.bias(bias, biasScales);
    const uint32_t out = graph.output({rows, outputs}, qy);
    EXPECT_XNN(xnn_define_fully_connected(graph.subgraph, -kInf, kInf, in,
                                          filter, b, out, 0));
    ASSERT_EQ(graph.run(),
              fullyConnected(x, qx, {w, s, bias}, inputs, outputs, qy));
  }
}

TEST_F(XnnpackModelTest, ConvolutionsOfAllKinds) {
  struct Case {
    int64_t channels, outputs, groups, kernel, stride, dilation, pad;
  };
  for (const Case &c :
       {Case{3, 8, 1, 3, 2, 1, 1}, Case{16, 24, 1, 1, 1, 1, 0},
        Case{8, 12, 4, 3, 1, 1, 1}, Case{24, 24, 24, 3, 1, 1, 1},
        Case{9, 9, 9, 5, 2, 1, 2}, Case{4, 6, 1, 3, 1, 2, 2}}) {
    ConvShape shape;
    shape.batch = 2;
    shape.height = 11;
    shape.width = 9;
    shape.channels = c.channels;
    shape.outputs = c.outputs;
    shape.groups = c.groups;
    shape.kernel = {c.kernel, c.kernel};
    shape.stride = {c.stride, c.stride};
    shape.dilation = {c.dilation, c.dilation};
    shape.top = shape.bottom = shape.left = shape.right = c.pad;
    const size_t groupIn = c.channels / c.groups,
                 groupOut = c.outputs / c.groups;
    const auto k = static_cast<size_t>(c.kernel);
    const auto outputs = static_cast<size_t>(c.outputs);

    const QParams qx = params(), qy = params(0.05f);
    const std::vector<int8_t> x =
        codes(shape.batch * shape.height * shape.width * shape.channels);
    const std::vector<int8_t> w = codes(outputs * k * k * groupIn, -127);
    const std::vector<float> s = scales(outputs);
    std::vector<float> biasScales;
    std::vector<int32_t> bias;
    for (float scale : s) {
      biasScales.push_back(scale * qx.scale);
      bias.push_back(static_cast<int32_t>(random() % 4000) - 2000);
    }
    Graph graph;
    const uint32_t in =
        graph.input({2, 11, 9, static_cast<size_t>(c.channels)}, qx, x);
    const uint32_t filter = graph.weights({outputs, k, k, groupIn}, w, s);
    const uint32_t b = graph.bias(bias, biasScales);
    const uint32_t out = graph.output(
        {2, size_t(shape.outHeight()), size_t(shape.outWidth()), outputs}, qy);
    const uint32_t kernel = c.kernel, stride = c.stride, dilation = c.dilation;
    const uint32_t pad = c.pad;
    EXPECT_XNN(xnn_define_convolution_2d(
        graph.subgraph, pad, pad, pad, pad, kernel, kernel, stride, stride,
        dilation, dilation, c.groups, groupIn, groupOut, -kInf, kInf, in,
        filter, b, out, 0));
    ASSERT_EQ(graph.run(), conv2d(x, qx, {w, s, bias}, shape, qy));
  }
}

TEST_F(XnnpackModelTest, GlobalAveragePool) {
  const size_t batch = 3, side = 7, channels = 21;
  for (int trial = 0; trial < 10; ++trial) {
    const QParams qx = params(), qy = params();
    const std::vector<int8_t> x = codes(batch * side * side * channels);
    Graph graph;
    const uint32_t in = graph.input({batch, side, side, channels}, qx, x);
    const uint32_t out = graph.output({batch, 1, 1, channels}, qy);
    EXPECT_XNN(xnn_define_global_average_pooling_2d(graph.subgraph, -kInf, kInf,
                                                    in, out, 0));
    ASSERT_EQ(graph.run(),
              globalAveragePool(x, qx, batch, side * side, channels, qy));
  }
}

TEST_F(XnnpackModelTest, ConvertFromFloatIsPyTorchsQuantize) {
  const QParams q = params();
  std::vector<float> x;
  for (int i = -600; i < 600; ++i)
    x.push_back(static_cast<float>(i) * 0.5f * q.scale);
  Graph graph;
  const uint32_t in = graph.input({x.size()}, x);
  const uint32_t out = graph.output({x.size()}, q);
  EXPECT_XNN(xnn_define_convert(graph.subgraph, in, out, 0));
  std::vector<int8_t> expected(x.size());
  quantize<int8_t>(x, q.scale, q.zeroPoint, kInt8Codes,
                   absl::MakeSpan(expected));
  EXPECT_EQ(graph.run(), expected);
}

TEST_F(XnnpackModelTest, DynamicFullyConnectedSeesTheModelsCodes) {
  const size_t rows = 64, inputs = 24, outputs = 24;
  // The weights pick one input each, so that every code can be read back.
  std::vector<int8_t> w(outputs * inputs, 0);
  for (size_t i = 0; i < outputs; ++i)
    w[i * inputs + i] = 1;
  const std::vector<float> ones(outputs, 1.0f);
  std::normal_distribution<float> normal;
  std::vector<float> x(rows * inputs);
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = normal(random) + static_cast<float>(i / inputs % 5) - 2;

  Graph graph;
  const std::vector<size_t> dims{rows, inputs};
  const uint32_t in = graph.input(dims, x);
  uint32_t rowCodes;
  EXPECT_XNN(xnn_define_dynamically_quantized_tensor_value(
      graph.subgraph, xnn_datatype_qdint8, 2, 1, dims.data(),
      XNN_INVALID_VALUE_ID, 0, &rowCodes));
  EXPECT_XNN(xnn_define_convert(graph.subgraph, in, rowCodes, 0));
  const uint32_t filter = graph.weights({outputs, inputs}, w, ones);
  const uint32_t out = graph.floatOutput({rows, outputs});
  EXPECT_XNN(xnn_define_fully_connected(graph.subgraph, -kInf, kInf, rowCodes,
                                        filter, XNN_INVALID_VALUE_ID, out, 0));
  const std::vector<float> result = graph.runFloat();
  for (size_t r = 0; r < rows; ++r) {
    const absl::Span<const float> row(&x[r * inputs], inputs);
    const RowParams params = chooseRowParams(row);
    std::vector<int8_t> expected(inputs);
    quantizeRow(row, params, absl::MakeSpan(expected));
    for (size_t i = 0; i < inputs; ++i) {
      const float code = result[r * inputs + i] * params.scale;
      EXPECT_NEAR(code, expected[i] - params.zeroPoint, 1e-4);
    }
  }
}

TEST_F(XnnpackModelTest, RowsAreQuantizedWithTheirOwnParameters) {
  const RowParams params = chooseRowParams({-1, 0, 0.5, 3});
  EXPECT_EQ(params.scale, 63.75f);
  EXPECT_EQ(params.zeroPoint, -64);
  std::vector<int8_t> out(4);
  quantizeRow({-1, 0, 0.5, 3}, params, absl::MakeSpan(out));
  EXPECT_EQ(out, (std::vector<int8_t>{-128, -64, -32, 127}));
  EXPECT_EQ(chooseRowParams({0, 0}).scale, 1.0f);
}

TEST_F(XnnpackModelTest, RatiosBeyondTheLimitsAreRefused) {
  EXPECT_TRUE(RescaleModel::get({1.0f, 0}, {0.01f, 0}).ok());
  EXPECT_FALSE(RescaleModel::get({2.0f, 0}, {0.01f, 0}).ok());
  EXPECT_FALSE(RescaleModel::get({1.0f, 0}, {0.01f, 0}, 2).ok());
  EXPECT_FALSE(AddModel::get({1, 0}, {1, 0}, {1.0f / 256, 0}, false).ok());
  EXPECT_FALSE(AddModel::get({1, 0}, {1, 0}, {2048, 0}, false).ok());
}

} // namespace
} // namespace pt2e::xnnpack
