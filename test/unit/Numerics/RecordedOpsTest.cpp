// Quantization operators against what PyTorch computed, bit for bit.
#include "Recorded.h"
#include "pt2e/Numerics/FakeQuantize.h"
#include "pt2e/Numerics/Quantize.h"
#include "gtest/gtest.h"

using namespace llvm;

namespace pt2e::test {
namespace {

/// Calls `check(params, inputs, outputs)` for each case of an operator.
template <typename Check>
void forEachCase(StringRef op, size_t expected, Check check) {
  const Recorded recorded("ops");
  size_t count = 0;
  for (const json::Value &value : recorded.cases()) {
    const json::Object &object = *value.getAsObject();
    if (object.getString("op") != op)
      continue;
    const json::Object &params = *object.getObject("params");
    SCOPED_TRACE(
        (op + formatv("{0}", json::Value(json::Object(params)))).str());
    check(params, recorded.tensors(object.getArray("inputs")),
          recorded.tensors(object.getArray("outputs")));
    ++count;
  }
  EXPECT_EQ(count, expected);
}

CodeRange codesOf(const json::Object &params) {
  return {int32_t(*params.getInteger("quant_min")),
          int32_t(*params.getInteger("quant_max"))};
}

StorageType storageOf(const json::Object &params) {
  return *parseStorageType(params.getString("dtype")->str());
}

/// Bits, so that -0 and +0 differ.
std::vector<uint32_t> bits(const std::vector<float> &values) {
  std::vector<uint32_t> result(values.size());
  std::memcpy(result.data(), values.data(), values.size() * sizeof(float));
  return result;
}

/// Expects that `in` quantizes to `codes` and these dequantize to `real`.
template <typename Code>
void expectRoundTrip(const Tensor &in, const Blocks &blocks,
                     const QParamsList &params, CodeRange range,
                     const Tensor &codes, const Tensor &real) {
  std::vector<Code> out(in.values.size());
  ASSERT_TRUE(
      quantize<Code>(in.floats(), blocks, params, range, absl::MakeSpan(out))
          .ok());
  EXPECT_EQ(std::vector<int32_t>(out.begin(), out.end()), codes.ints());
  std::vector<float> back(out.size());
  ASSERT_TRUE(dequantize<Code>(out, blocks, params, absl::MakeSpan(back)).ok());
  EXPECT_EQ(bits(back), bits(real.floats()));
}

template <typename Code>
void expectPerTensor(const json::Object &params, const Tensor &in,
                     const Tensor &codes, const Tensor &real) {
  const double scale = number(params.get("scale"));
  const int32_t zeroPoint = *params.getInteger("zero_point");
  std::vector<Code> out(in.values.size());
  quantize<Code>(in.floats(), scale, zeroPoint, codesOf(params),
                 absl::MakeSpan(out));
  EXPECT_EQ(std::vector<int32_t>(out.begin(), out.end()), codes.ints());
  std::vector<float> back(out.size());
  dequantize<Code>(out, scale, zeroPoint, absl::MakeSpan(back));
  EXPECT_EQ(bits(back), bits(real.floats()));
}

using Tensors = std::vector<Tensor>;

TEST(RecordedOpsTest, QuantizePerTensor) {
  forEachCase(
      "quantize_per_tensor", 48,
      [](const json::Object &params, Tensors in, Tensors out) {
        switch (storageOf(params)) {
        case StorageType::Int8:
          return expectPerTensor<int8_t>(params, in[0], out[0], out[1]);
        case StorageType::UInt8:
          return expectPerTensor<uint8_t>(params, in[0], out[0], out[1]);
        default:
          return expectPerTensor<int16_t>(params, in[0], out[0], out[1]);
        }
      });
}

TEST(RecordedOpsTest, QuantizePerChannel) {
  forEachCase("quantize_per_channel", 2,
              [](const json::Object &params, Tensors in, Tensors out) {
                const Blocks blocks = *Blocks::perChannel(
                    in[0].shape, *params.getInteger("axis"));
                expectRoundTrip<int8_t>(in[0], blocks,
                                        {in[1].floats(), in[2].ints(), {}},
                                        codesOf(params), out[0], out[1]);
              });
}

void expectDynamic(const json::Object &params, Scheme scheme, const Tensor &in,
                   const Tensors &out) {
  absl::StatusOr<QParams> chosen = chooseDynamicQParams(
      in.floats(), {storageOf(params), codesOf(params), scheme,
                    static_cast<float>(number(params.get("eps")))});
  ASSERT_TRUE(chosen.ok()) << chosen.status();
  if (std::isinf(out[0].values[0])) {
    // The range [-3.4e38, 3.4e38]: PyTorch's scale overflows, ours does not.
    EXPECT_FLOAT_EQ(chosen->scale, 3.4e38f / 127.5f);
    return;
  }
  EXPECT_EQ(chosen->zeroPoint, out[1].ints()[0]);
  EXPECT_EQ(double(chosen->scale), out[0].values[0]);
}

TEST(RecordedOpsTest, ChooseQParams) {
  forEachCase("choose_qparams", 14,
              [](const json::Object &params, Tensors in, Tensors out) {
                expectDynamic(params, Scheme::Affine, in[0], out);
              });
}

TEST(RecordedOpsTest, ChooseQParamsSymmetric) {
  forEachCase("choose_qparams_symmetric", 14,
              [](const json::Object &params, Tensors in, Tensors out) {
                expectDynamic(params, Scheme::Symmetric, in[0], out);
              });
}

TEST(RecordedOpsTest, QuantizePerToken) {
  forEachCase("choose_qparams_per_token", 1,
              [](const json::Object &, Tensors in, Tensors out) {
                const int64_t length = in[0].shape.back();
                const QParamsList params =
                    chooseTokenQParams(in[0].floats(), length);
                EXPECT_EQ(params.scales, out[0].floats());
                EXPECT_EQ(params.zeroPoints, out[1].ints());
                std::vector<int8_t> codes(in[0].values.size());
                quantizePerToken(in[0].floats(), length, params, {-128, 127},
                                 absl::MakeSpan(codes));
                EXPECT_EQ(std::vector<int32_t>(codes.begin(), codes.end()),
                          out[2].ints());
                std::vector<float> back(codes.size());
                ASSERT_TRUE(dequantize<int8_t>(
                                codes, *Blocks::get(in[0].shape, {1, -1}),
                                params, absl::MakeSpan(back))
                                .ok());
                EXPECT_EQ(bits(back), bits(out[3].floats()));
              });
}

TEST(RecordedOpsTest, QuantizeAffine) {
  forEachCase(
      "affine", 67, [](const json::Object &params, Tensors in, Tensors out) {
        const StringRef mapping = *params.getString("mapping");
        QParamsSpec spec;
        spec.storage = storageOf(params);
        spec.codes = codesOf(params);
        spec.scheme = mapping == "SYMMETRIC"    ? Scheme::Symmetric
                      : mapping == "ASYMMETRIC" ? Scheme::Affine
                                                : Scheme::SymmetricNoClipping;
        spec.eps = params.get("eps")->getAsString()
                       ? static_cast<float>(number(params.get("eps")))
                       : kAffineEps;
        std::vector<int64_t> block;
        for (const json::Value &size : *params.getArray("block"))
          block.push_back(*size.getAsInteger());
        const Blocks blocks = *Blocks::get(in[0].shape, block);
        absl::StatusOr<QParamsList> chosen =
            chooseBlockQParams(in[0].floats(), blocks, spec);
        ASSERT_TRUE(chosen.ok()) << chosen.status();
        EXPECT_EQ(chosen->scales, out[0].floats());
        EXPECT_EQ(chosen->zeroPoints, out[1].ints());
        if (spec.storage == StorageType::UInt8)
          expectRoundTrip<uint8_t>(in[0], blocks, *chosen, *spec.codes, out[2],
                                   out[3]);
        else
          expectRoundTrip<int8_t>(in[0], blocks, *chosen, *spec.codes, out[2],
                                  out[3]);

        // An observer that saw the tensor says the same.
        ObserverOptions options;
        options.spec = spec;
        options.blockSize = block;
        auto observer = makeObserver("block_min_max", options);
        ASSERT_TRUE(observer.ok()) << observer.status();
        ASSERT_TRUE((*observer)->observe(in[0].floats(), in[0].shape).ok());
        EXPECT_EQ((*observer)->calculateQParams()->scales, chosen->scales);
        EXPECT_EQ((*observer)->calculateQParams()->zeroPoints,
                  chosen->zeroPoints);
      });
}

TEST(RecordedOpsTest, FakeQuantizePerTensor) {
  forEachCase("fake_quantize_per_tensor_affine", 1,
              [](const json::Object &params, Tensors in, Tensors out) {
                std::vector<float> result(in[0].values.size());
                fakeQuantize(in[0].floats(), number(params.get("scale")),
                             *params.getInteger("zero_point"), codesOf(params),
                             absl::MakeSpan(result));
                EXPECT_EQ(bits(result), bits(out[0].floats()));
              });
}

TEST(RecordedOpsTest, FakeQuantizePerChannel) {
  forEachCase(
      "fake_quantize_per_channel_affine", 1,
      [](const json::Object &params, Tensors in, Tensors out) {
        std::vector<float> result(in[0].values.size());
        const Blocks blocks =
            *Blocks::perChannel(in[0].shape, *params.getInteger("axis"));
        ASSERT_TRUE(fakeQuantize(in[0].floats(), blocks,
                                 {in[1].floats(), in[2].ints(), {}},
                                 codesOf(params), absl::MakeSpan(result))
                        .ok());
        EXPECT_EQ(bits(result), bits(out[0].floats()));
      });
}

TEST(RecordedOpsTest, FusedMovingAverageFakeQuantize) {
  forEachCase(
      "fused_moving_avg_obs_fake_quant", 2,
      [](const json::Object &params, Tensors in, Tensors out) {
        const StringRef scheme = *params.getString("qscheme");
        const bool channels = scheme.starts_with("per_channel");
        const bool symmetric = scheme.ends_with("symmetric");
        ObserverOptions options;
        options.spec = {StorageType::Int8, codesOf(params),
                        symmetric ? Scheme::Symmetric : Scheme::Affine,
                        kXnnpackEps};
        options.averagingConstant =
            static_cast<float>(number(params.get("averaging_constant")));
        auto observer =
            makeObserver(channels ? "moving_average_per_channel_min_max"
                                  : "moving_average_min_max",
                         options);
        ASSERT_TRUE(observer.ok()) << observer.status();

        const size_t steps = in.size();
        QParamsList used;
        for (size_t i = 0; i < steps; ++i) {
          ASSERT_TRUE((*observer)->observe(in[i].floats(), in[i].shape).ok());
          used = {};
          const ObserverState &seen = (*observer)->statistics();
          for (size_t c = 0; c < seen.min.size(); ++c) {
            const QParams chosen = chooseFusedQParams(
                seen.min[c], seen.max[c], codesOf(params), symmetric);
            used.scales.push_back(chosen.scale);
            used.zeroPoints.push_back(chosen.zeroPoint);
          }
          const Blocks blocks = channels ? *Blocks::perChannel(in[i].shape, 0)
                                         : *Blocks::perTensor(in[i].shape);
          std::vector<float> result(in[i].values.size());
          ASSERT_TRUE(fakeQuantize(in[i].floats(), blocks, used,
                                   codesOf(params), absl::MakeSpan(result))
                          .ok());
          EXPECT_EQ(bits(result), bits(out[i].floats())) << "step " << i;
        }
        EXPECT_EQ(used.scales, out[steps].floats());
        EXPECT_EQ(used.zeroPoints, out[steps + 1].ints());
        EXPECT_EQ((*observer)->calculateQParams()->scales,
                  out[steps + 2].floats());
        EXPECT_EQ((*observer)->calculateQParams()->zeroPoints,
                  out[steps + 3].ints());
      });
}

} // namespace
} // namespace pt2e::test
