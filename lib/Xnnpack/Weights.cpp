#include "Weights.h"

#include <cmath>

#include "Lowering.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Pt2e/Pt2e.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "pt2e/Numerics/Halves.h"
#include "pt2e/Numerics/Quantize.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::xnn;

static std::string nameOf(Value tensor) {
  if (auto parameter = tensor.getDefiningOp<aten::ParameterOp>())
    return parameter.getName().str();
  return "constant";
}

/// The axis along which `encoding` has one scale for each index: -1 for one
/// scale in all, none for other blocks.
static std::optional<int64_t> scaleAxis(EncodingAttr encoding,
                                        ArrayRef<int64_t> shape) {
  int64_t axis = -1;
  for (auto [dim, block] : llvm::enumerate(encoding.getBlock())) {
    if (block == -1 || block == shape[dim])
      continue;
    if (block != 1 || axis != -1)
      return std::nullopt;
    axis = dim;
  }
  return axis;
}

/// The halves or bytes that `tensor` is a cast of to f32; null if it is none.
static ElementsAttr castConstant(Value tensor) {
  auto cast = tensor.getDefiningOp<aten::ToDtypeOp>();
  if (!cast || !tensorType(tensor).getElementType().isF32())
    return {};
  ElementsAttr elements = aten::constantOf(cast.getSelf());
  Type element = elements ? elements.getElementType() : Type();
  return element && (element.isF16() || element.isBF16() ||
                     element.isSignlessInteger(8))
             ? elements
             : ElementsAttr();
}

ElementsAttr pt2e::xnn::codesAsBytes(ElementsAttr codes, StringRef name) {
  auto storage = dyn_cast<IntegerType>(codes.getElementType());
  if (!storage || storage.getWidth() > 8 || storage.getWidth() < 2)
    return {};
  Type i8 = IntegerType::get(codes.getContext(), 8);
  if (storage == i8)
    return codes;
  FailureOr<aten::ConstantData> data = aten::constantData(codes);
  if (failed(data) || (storage.isUnsigned() && storage.getWidth() == 8))
    return {};
  const int unused = 8 - storage.getWidth();
  std::vector<char> bytes;
  bytes.reserve(data->bytes().size());
  for (uint8_t byte : data->as<uint8_t>())
    bytes.push_back(storage.isUnsigned()
                        ? byte
                        : static_cast<int8_t>(byte << unused) >> unused);
  return aten::makeConstant(
      RankedTensorType::get(cast<ShapedType>(codes.getType()).getShape(), i8),
      std::move(bytes), name);
}

/// True if no zero point but 0 is there.
static bool isSymmetric(DequantizeOp op) {
  Value zeroPoint = op.getZeroPoint();
  if (!zeroPoint)
    return true;
  ElementsAttr elements = aten::constantOf(zeroPoint);
  if (!elements)
    return false;
  FailureOr<aten::ConstantData> data = aten::constantData(elements);
  // Zero is all zero bits in integers and floats.
  return succeeded(data) &&
         llvm::all_of(data->bytes(), [](char byte) { return byte == 0; });
}

std::optional<Weight> pt2e::xnn::weightOf(Value tensor) {
  if (ElementsAttr elements = aten::constantOf(tensor)) {
    if (!elements.getElementType().isF32())
      return std::nullopt;
    return Weight{elements, {}, -1, nameOf(tensor), tensor.getLoc()};
  }
  if (ElementsAttr elements = castConstant(tensor);
      elements && elements.getElementType().isF16())
    return Weight{elements,
                  {},
                  -1,
                  nameOf(tensor.getDefiningOp()->getOperand(0)),
                  tensor.getLoc()};
  // Integers as numbers, which are scaled behind the product.
  if (ElementsAttr codes = castConstant(tensor);
      codes && codes.getElementType().isSignlessInteger(8))
    return Weight{codes,
                  {1},
                  -1,
                  nameOf(tensor.getDefiningOp()->getOperand(0)),
                  tensor.getLoc()};
  auto dequantize = tensor.getDefiningOp<DequantizeOp>();
  if (!dequantize || !isSymmetric(dequantize))
    return std::nullopt;
  ElementsAttr constant = aten::constantOf(dequantize.getInput());
  if (!constant || !tensorType(dequantize.getScale()).getElementType().isF32())
    return std::nullopt;
  const std::string name = nameOf(dequantize.getInput());
  ElementsAttr codes = codesAsBytes(constant, name);
  auto scales = aten::constantElements<float>(dequantize.getScale());
  if (!codes || !scales)
    return std::nullopt;
  const EncodingAttr encoding = dequantize.getEncoding();
  // Unsigned codes from 128 on are no int8.
  if (encoding.getQuantMin() < -128 || encoding.getQuantMax() > 127)
    return std::nullopt;
  Weight weight{codes, std::move(*scales), -1, name, tensor.getLoc()};
  weight.isInt4 = encoding.getQuantMin() >= -8 && encoding.getQuantMax() <= 7;
  const ArrayRef<int64_t> shape = weight.shape();
  const ArrayRef<int64_t> block = encoding.getBlock();
  if (std::optional<int64_t> axis = scaleAxis(encoding, shape)) {
    weight.axis = *axis;
    return weight;
  }
  if (shape.size() != 2 || block[0] != 1 || shape[1] % block[1])
    return std::nullopt;
  weight.axis = 0;
  weight.groupSize = block[1];
  return weight;
}

/// The numbers that halves or bytes stand for.
static std::optional<std::vector<float>> widen(ElementsAttr elements) {
  FailureOr<aten::ConstantData> data = aten::constantData(elements);
  if (failed(data))
    return std::nullopt;
  if (elements.getElementType().isInteger(8)) {
    const ArrayRef<int8_t> bytes = data->as<int8_t>();
    return std::vector<float>(bytes.begin(), bytes.end());
  }
  std::vector<float> numbers(elements.getNumElements());
  llvm::transform(data->as<uint16_t>(), numbers.begin(),
                  elements.getElementType().isF16() ? halfToFloat
                                                    : bfloatToFloat);
  return numbers;
}

/// The zero points of `dequantize` as numbers, one for each of `count` scales.
static std::optional<std::vector<float>> zeroPointsOf(DequantizeOp dequantize,
                                                      size_t count) {
  Value zeroPoint = dequantize.getZeroPoint();
  if (!zeroPoint)
    return std::vector<float>(count);
  Type element = tensorType(zeroPoint).getElementType();
  std::optional<std::vector<float>> numbers;
  if (element.isF32()) {
    numbers = aten::constantElements<float>(zeroPoint);
  } else if (element.isInteger(32)) {
    if (auto integers = aten::constantElements<int32_t>(zeroPoint))
      numbers.emplace(integers->begin(), integers->end());
  }
  return numbers && numbers->size() == count ? numbers : std::nullopt;
}

template <typename Code>
static bool dequantizeAs(const aten::ConstantData &data, const Blocks &blocks,
                         const QParamsList &params,
                         std::vector<float> &numbers) {
  const ArrayRef<Code> codes = data.as<Code>();
  return dequantize<Code>({codes.data(), codes.size()}, blocks, params,
                          absl::MakeSpan(numbers))
      .ok();
}

std::optional<std::vector<float>> pt2e::xnn::constantFloats(Value tensor) {
  if (aten::constantOf(tensor))
    return aten::constantElements<float>(tensor);
  if (ElementsAttr elements = castConstant(tensor))
    return widen(elements);
  auto dequantize = tensor.getDefiningOp<DequantizeOp>();
  if (!dequantize || !tensorType(tensor).getElementType().isF32())
    return std::nullopt;
  ElementsAttr codes = aten::constantOf(dequantize.getInput());
  auto scales = aten::constantElements<float>(dequantize.getScale());
  if (!codes || !scales)
    return std::nullopt;
  auto zeroPoints = zeroPointsOf(dequantize, scales->size());
  RankedTensorType type = tensorType(tensor);
  const ArrayRef<int64_t> shape = type.getShape();
  const ArrayRef<int64_t> block = dequantize.getEncoding().getBlock();
  const absl::StatusOr<Blocks> blocks =
      Blocks::get({shape.data(), shape.size()}, {block.data(), block.size()});
  if (!zeroPoints || !blocks.ok())
    return std::nullopt;
  const QParamsList params{std::move(*scales), {}, std::move(*zeroPoints)};
  const auto storage = cast<IntegerType>(codes.getElementType());
  if (storage.getWidth() < 8)
    codes = codesAsBytes(codes, "codes");
  FailureOr<aten::ConstantData> data =
      codes ? aten::constantData(codes) : FailureOr<aten::ConstantData>();
  if (failed(data))
    return std::nullopt;
  std::vector<float> numbers(type.getNumElements());
  bool known = false;
  if (storage.getWidth() <= 8)
    known = storage.isUnsigned()
                ? dequantizeAs<uint8_t>(*data, *blocks, params, numbers)
                : dequantizeAs<int8_t>(*data, *blocks, params, numbers);
  else if (storage.getWidth() == 16)
    known = storage.isUnsigned()
                ? dequantizeAs<uint16_t>(*data, *blocks, params, numbers)
                : dequantizeAs<int16_t>(*data, *blocks, params, numbers);
  else if (storage.getWidth() == 32)
    known = dequantizeAs<int32_t>(*data, *blocks, params, numbers);
  if (!known)
    return std::nullopt;
  return numbers;
}

ElementsAttr pt2e::xnn::floatConstant(MLIRContext *context,
                                      ArrayRef<float> numbers,
                                      ArrayRef<int64_t> shape, StringRef name) {
  return aten::makeConstant(
      RankedTensorType::get(shape, Float32Type::get(context)), numbers, name);
}

/// XNNPACK refuses a ratio of scales from here on.
static constexpr double kLargestRequantization = 256.0;

/// Smaller weights are not worth another form.
static constexpr int64_t kLeastNarrowed = 65;

/// XNNPACK reads the scales of groups in bf16.
static ElementsAttr groupScales(const Weight &weight) {
  MLIRContext *context = weight.elements.getContext();
  std::vector<uint16_t> bits(weight.scales.size());
  llvm::transform(weight.scales, bits.begin(), floatToBfloat);
  return aten::makeConstant(
      RankedTensorType::get(
          {weight.shape()[0], weight.shape()[1] / weight.groupSize},
          BFloat16Type::get(context)),
      ArrayRef<uint16_t>(bits), weight.name + ".scale");
}

ElementsAttr pt2e::xnn::narrowIfExact(ElementsAttr elements, StringRef name) {
  auto type = cast<RankedTensorType>(elements.getType());
  if (!type.getElementType().isF32() || type.getNumElements() < kLeastNarrowed)
    return elements;
  FailureOr<aten::ConstantData> data = aten::constantData(elements);
  if (failed(data))
    return elements;
  std::vector<uint16_t> halves;
  for (float number : data->as<float>()) {
    halves.push_back(floatToHalf(number));
    if (halfToFloat(halves.back()) != number)
      return elements;
  }
  return aten::makeConstant<uint16_t>(
      RankedTensorType::get(type.getShape(),
                            Float16Type::get(elements.getContext())),
      halves, name);
}

Value pt2e::xnn::weightValue(Conversion &conversion, const Weight &weight,
                             ArrayRef<int64_t> perm, int64_t outputAxis) {
  OpBuilder &builder = conversion.builder;
  MLIRContext *context = builder.getContext();
  const ElementsAttr elements = narrowIfExact(
      aten::transposeConstant(weight.elements, perm, weight.name), weight.name);
  const ArrayRef<int64_t> shape =
      cast<ShapedType>(elements.getType()).getShape();
  auto create = [&](ValueType type, ElementsAttr scales) {
    return ConstantOp::create(builder, weight.loc, type, elements, scales,
                              scales ? builder.getI64IntegerAttr(outputAxis)
                                     : IntegerAttr());
  };
  if (!weight.isCodes())
    return create(ValueType::get(context,
                                 elements.getElementType().isF16()
                                     ? Datatype::F16
                                     : Datatype::F32,
                                 shape),
                  {});
  if (weight.groupSize)
    return create(ValueType::get(context, Datatype::QBInt4, shape),
                  groupScales(weight));
  if (weight.axis < 0)
    return create(ValueType::get(context, Datatype::QInt8, shape,
                                 weight.scales.front(), 0),
                  {});
  return create(
      ValueType::get(
          context, weight.isInt4 ? Datatype::QCInt4 : Datatype::QCInt8, shape),
      floatConstant(context, weight.scales, {int64_t(weight.scales.size())},
                    weight.name + ".scale"));
}

FailureOr<Value> pt2e::xnn::biasValue(Conversion &conversion, Value bias,
                                      const Weight &weight, float inputScale) {
  OpBuilder &builder = conversion.builder;
  if (!bias)
    return Value();
  auto numbers = constantFloats(bias);
  if (!numbers) {
    conversion.refuse("expected a constant bias");
    return failure();
  }
  const int64_t count = numbers->size();
  if (!conversion.inCodes())
    return conversion.constant(*numbers, {count}, weight.name + ".bias");
  std::vector<int32_t> codes;
  std::vector<float> scales;
  for (auto [i, number] : llvm::enumerate(*numbers)) {
    const float scale = inputScale * weight.scales[weight.axis < 0 ? 0 : i];
    const double code = std::nearbyint(double(number) / scale);
    codes.push_back(std::clamp(code, -2147483648.0, 2147483647.0));
    scales.push_back(scale);
  }
  const ElementsAttr elements =
      aten::makeConstant(RankedTensorType::get({count}, builder.getI32Type()),
                         ArrayRef<int32_t>(codes), weight.name + ".bias");
  if (weight.axis < 0)
    return ConstantOp::create(builder, bias.getLoc(),
                              ValueType::get(builder.getContext(),
                                             Datatype::QInt32, {count},
                                             scales.front(), 0),
                              elements, ElementsAttr(), IntegerAttr())
        .getResult();
  return ConstantOp::create(
             builder, bias.getLoc(),
             ValueType::get(builder.getContext(), Datatype::QCInt32, {count}),
             elements,
             floatConstant(builder.getContext(), scales, {count},
                           weight.name + ".bias.scale"),
             builder.getI64IntegerAttr(0))
      .getResult();
}

/// One scale becomes one for each channel.
static void giveChannels(Weight &weight, int64_t axis) {
  if (weight.axis >= 0)
    return;
  weight.axis = axis;
  weight.scales.assign(weight.shape()[axis], weight.scales.front());
}

/// 4-bit codes stay so in linear layers with rows of even length; elsewhere
/// they are int8.
static void keepInt4(Weight &weight, int64_t axis, Product product) {
  weight.isInt4 = weight.isInt4 && product == Product::Linear &&
                  weight.shape()[1 - axis] % 2 == 0;
}

bool pt2e::xnn::hasNormalScales(const Weight &weight) {
  return llvm::all_of(weight.scales, [](float scale) {
    return std::isnormal(scale) && scale > 0;
  });
}

std::optional<Weight> pt2e::xnn::codesForFloats(const Weight &given,
                                                int64_t axis, Product product,
                                                bool isDynamic,
                                                std::string &reason) {
  Weight weight = given;
  auto refuse = [&](const char *why) {
    reason = why;
    return std::nullopt;
  };
  if (!weight.isCodes())
    return refuse("expected a weight in codes");
  if (!hasNormalScales(weight))
    return refuse("expected scales that are positive normal numbers");
  const bool isLinear = product == Product::Linear;
  if (weight.groupSize) {
    if (!isLinear || axis != 0 || !weight.isInt4 || weight.groupSize % 32)
      return refuse("XNNPACK has groups of a multiple of 32 4-bit codes in "
                    "linear layers alone");
    if (!isDynamic)
      return refuse("XNNPACK multiplies groups of codes with activations "
                    "quantized at run time alone");
    return weight;
  }
  if (weight.axis >= 0 && weight.axis != axis)
    return refuse("expected weight scales along the output channels");
  if (!isLinear && !isDynamic)
    return refuse("XNNPACK has no convolution of floats and codes");
  if (product == Product::Depthwise)
    return refuse("XNNPACK has no depthwise convolution of activations "
                  "quantized at run time");
  giveChannels(weight, axis);
  keepInt4(weight, axis, product);
  return weight;
}

std::optional<Weight> pt2e::xnn::usableWeight(Conversion &conversion,
                                              Value tensor, int64_t axis,
                                              Value input, Product product) {
  std::optional<Weight> weight = weightOf(tensor);
  const auto tellOfBytes = [&](const Weight &used) {
    if (weight->isInt4 && !used.isInt4)
      conversion.missed("KeepInt4",
                        "its 4-bit weights take a byte each: XNNPACK reads "
                        "two in a byte in linear layers alone, whose inputs "
                        "are an even number");
  };
  if (!conversion.inCodes()) {
    if (weight && !weight->isCodes())
      return weight;
    std::string reason = "expected a symmetric weight of one scale, or one for "
                         "each channel or group";
    const bool isDynamic =
        cast<ValueType>(input.getType()).getDatatype() == Datatype::QDInt8;
    if (weight)
      if (auto codes =
              codesForFloats(*weight, axis, product, isDynamic, reason)) {
        tellOfBytes(*codes);
        return codes;
      }
    // Codes that the product cannot use become numbers at compile time.
    auto numbers = constantFloats(tensor);
    if (!numbers) {
      conversion.refuse("expected a constant weight");
      return std::nullopt;
    }
    if (!castConstant(tensor)) // whose numbers are what was asked
      conversion.note(reason);
    return Weight{floatConstant(tensor.getContext(), *numbers,
                                tensorType(tensor).getShape(), "dequantized"),
                  {},
                  -1,
                  "dequantized",
                  tensor.getLoc()};
  }
  if (!weight || !weight->isCodes() || weight->groupSize) {
    conversion.refuse("expected a weight in codes of at most 8 bits with zero "
                      "point 0 and one scale, or one for each channel");
    return std::nullopt;
  }
  if (weight->axis >= 0 && weight->axis != axis) {
    conversion.refuse("expected weight scales along the output channels");
    return std::nullopt;
  }
  auto inputType = cast<ValueType>(input.getType());
  if (inputType.getDatatype() != Datatype::QInt8) {
    conversion.refuse("expected int8 codes");
    return std::nullopt;
  }
  Weight used = *weight;
  keepInt4(used, axis, product);
  tellOfBytes(used);
  if (used.isInt4)
    giveChannels(used, axis);
  for (float scale : used.scales) {
    const float product = inputType.getScaleValue() * scale;
    if (!std::isnormal(product) || !std::isnormal(scale) || scale < 0) {
      conversion.refuse("expected scales whose product is a normal number");
      return std::nullopt;
    }
    if (product / conversion.getCodes().scale >= kLargestRequantization) {
      conversion.refuse("expected input scale * weight scale / output scale "
                        "below 256");
      return std::nullopt;
    }
  }
  return used;
}
