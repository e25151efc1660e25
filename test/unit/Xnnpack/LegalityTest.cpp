#include "pt2e/Xnnpack/Legality.h"

#include <gtest/gtest.h>

#include "dialects/Aten/Aten.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "test/unit/LoadedContext.h"

using namespace mlir;
using pt2e::xnn::Precision;
using pt2e::xnn::WeightForm;
using pt2e::xnn::whyNotInXnnpack;

namespace {
class LegalityTest : public testing::Test {
protected:
  /// The answer for the last aten op of a function with these arguments.
  std::optional<std::string> ask(const std::string &arguments,
                                 const std::string &body, Precision precision,
                                 WeightForm weight = {}) {
    module = parseSourceString<ModuleOp>(
        "func.func @f(" + arguments + ") {\n" + body + "\nreturn\n}", &context);
    EXPECT_TRUE(module);
    Operation *last = nullptr;
    module->walk([&](Operation *op) {
      if (isa<pt2e::aten::AtenDialect>(op->getDialect()))
        last = op;
    });
    return whyNotInXnnpack(last, precision, weight);
  }

  pt2e::LoadedContext context;
  OwningOpRef<ModuleOp> module;
};

const char *const kMatrix = "%x: tensor<2x6xf32>, %y: tensor<2x6xf32>";

TEST_F(LegalityTest, AnAddRunsInBothPrecisions) {
  const std::string add =
      "%0 = aten.add.Tensor %x, %y {alpha = 1 : i64} : "
      "(tensor<2x6xf32>, tensor<2x6xf32>) -> tensor<2x6xf32>";
  EXPECT_EQ(ask(kMatrix, add, Precision::Float), std::nullopt);
  EXPECT_EQ(ask(kMatrix, add, Precision::Codes), std::nullopt);
}

TEST_F(LegalityTest, AFloatWeightIsTakenToBeQuantizedInCodes) {
  const std::string linear =
      "%w = aten.parameter \"w\" dense<1.0> : tensor<3x6xf32>\n"
      "%b = aten.parameter \"b\" dense<1.0> : tensor<3xf32>\n"
      "%0 = aten.linear %x, %w, %b : "
      "(tensor<2x6xf32>, tensor<3x6xf32>, tensor<3xf32>) -> tensor<2x3xf32>";
  EXPECT_EQ(ask(kMatrix, linear, Precision::Float), std::nullopt);
  EXPECT_EQ(ask(kMatrix, linear, Precision::Codes), std::nullopt);
}

TEST_F(LegalityTest, WhatIsOneTableBetweenCodesRunsInCodes) {
  EXPECT_EQ(ask(kMatrix,
                "%0 = aten.hardsigmoid %x : (tensor<2x6xf32>) -> "
                "tensor<2x6xf32>",
                Precision::Codes),
            std::nullopt);
}

TEST_F(LegalityTest, SoftmaxRunsInFloatAlone) {
  const std::string softmax =
      "%0 = aten.softmax.int %x {dim = 1 : i64} : (tensor<2x6xf32>) -> "
      "tensor<2x6xf32>";
  EXPECT_EQ(ask(kMatrix, softmax, Precision::Float), std::nullopt);
  EXPECT_EQ(ask(kMatrix, softmax, Precision::Codes), "no softmax on codes");
}

TEST_F(LegalityTest, ARuleOfTheXnnDialectIsAReason) {
  // A window of one element is none.
  const std::string pool =
      "%0 = aten.max_pool2d %x {kernel_size = array<i64: 1, 1>, stride = "
      "array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, "
      "1>, ceil_mode = false} : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>";
  EXPECT_EQ(ask("%x: tensor<1x2x4x4xf32>", pool, Precision::Float),
            "expected a window of more than one element");
}

TEST_F(LegalityTest, OtherElementTypesAndOperatorsAreRefused) {
  EXPECT_EQ(ask("%x: tensor<2xf64>",
                "%0 = aten.cos %x : (tensor<2xf64>) -> tensor<2xf64>",
                Precision::Float),
            "not f32");
  EXPECT_EQ(ask("%x: tensor<?xf32>",
                "%0 = aten.cos %x : (tensor<?xf32>) -> tensor<?xf32>",
                Precision::Float),
            "a dimension without an upper bound");
  EXPECT_EQ(
      ask(kMatrix,
          "%0 = aten.operator \"aten::erfinv\"(%x) {arguments = {}, segments = "
          "array<i32: 1, 0>, tensors = [\"self\"]} : (tensor<2x6xf32>) -> "
          "tensor<2x6xf32>",
          Precision::Float),
      "XNNPACK has no such operator");
}

/// A linear layer of K inputs.
std::string linear(int k) {
  const std::string in = "tensor<2x" + std::to_string(k) + "xf32>";
  const std::string weight = "tensor<4x" + std::to_string(k) + "xf32>";
  return "%w = aten.parameter \"w\" dense<1.0> : " + weight +
         "\n%0 = aten.linear %x, %w : (" + in + ", " + weight +
         ") -> tensor<2x4xf32>";
}

TEST_F(LegalityTest, LinearLayersMultiplyCodesOfManyForms) {
  const std::string x = "%x: tensor<2x64xf32>";
  for (WeightForm weight : {WeightForm{8, 0}, WeightForm{4, 0}}) {
    EXPECT_EQ(ask(x, linear(64), Precision::Dynamic, weight), std::nullopt);
    EXPECT_EQ(ask(x, linear(64), Precision::WeightOnly, weight), std::nullopt);
    EXPECT_EQ(ask(x, linear(64), Precision::Codes, weight), std::nullopt);
  }
  EXPECT_EQ(ask(x, linear(64), Precision::Dynamic, {4, 32}), std::nullopt);
  EXPECT_EQ(ask(x, linear(64), Precision::Dynamic, {4, 16}),
            "XNNPACK has groups of a multiple of 32 4-bit codes in linear "
            "layers alone");
  EXPECT_EQ(ask(x, linear(64), Precision::WeightOnly, {4, 32}), std::nullopt);
}

TEST_F(LegalityTest, ConvolutionsTakeImagesQuantizedAtRunTime) {
  auto convolution = [](int inputs, int groups) {
    const std::string in = "tensor<1x4x8x8xf32>";
    const std::string weight =
        "tensor<4x" + std::to_string(inputs) + "x3x3xf32>";
    return "%w = aten.parameter \"w\" dense<1.0> : " + weight +
           "\n%0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = "
           "array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = " +
           std::to_string(groups) + " : i64} : (" + in + ", " + weight +
           ") -> tensor<1x4x8x8xf32>";
  };
  const std::string x = "%x: tensor<1x4x8x8xf32>";
  EXPECT_EQ(ask(x, convolution(4, 1), Precision::Dynamic), std::nullopt);
  EXPECT_EQ(ask(x, convolution(1, 4), Precision::Dynamic),
            "XNNPACK has no depthwise convolution of activations quantized at "
            "run time");
  EXPECT_EQ(ask(x, convolution(4, 1), Precision::WeightOnly),
            "XNNPACK has no convolution of floats and codes");
}

TEST_F(LegalityTest, OnlyProductsHaveAWeight) {
  EXPECT_EQ(ask(kMatrix,
                "%0 = aten.relu %x : (tensor<2x6xf32>) -> tensor<2x6xf32>",
                Precision::Dynamic),
            "not a product with a weight");
}
} // namespace
