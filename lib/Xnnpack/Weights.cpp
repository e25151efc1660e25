#include "Weights.h"

#include <cmath>

#include "Lowering.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Pt2e/Pt2e.h"
#include "mlir/IR/DialectResourceBlobManager.h"

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

template <typename T>
static std::optional<std::vector<T>> constantElements(Value tensor) {
  ElementsAttr elements = aten::constantOf(tensor);
  if (!elements)
    return std::nullopt;
  FailureOr<aten::ConstantData> data = aten::constantData(elements);
  if (failed(data))
    return std::nullopt;
  const ArrayRef<T> values = data->as<T>();
  return std::vector<T>(values.begin(), values.end());
}

std::optional<Weight> pt2e::xnn::weightOf(Value tensor) {
  if (ElementsAttr elements = aten::constantOf(tensor)) {
    if (!elements.getElementType().isF32())
      return std::nullopt;
    return Weight{elements, {}, -1, nameOf(tensor), tensor.getLoc()};
  }
  auto dequantize = tensor.getDefiningOp<DequantizeOp>();
  if (!dequantize)
    return std::nullopt;
  ElementsAttr codes = aten::constantOf(dequantize.getInput());
  auto scales = constantElements<float>(dequantize.getScale());
  if (!codes || !codes.getElementType().isInteger(8) || !scales ||
      !cast<RankedTensorType>(dequantize.getScale().getType())
           .getElementType()
           .isF32())
    return std::nullopt;
  const EncodingAttr encoding = dequantize.getEncoding();
  if (encoding.getStorage().isUnsigned())
    return std::nullopt;
  if (Value zeroPoint = dequantize.getZeroPoint()) {
    auto zeroPoints = constantElements<int32_t>(zeroPoint);
    if (!cast<RankedTensorType>(zeroPoint.getType())
             .getElementType()
             .isInteger(32) ||
        !zeroPoints ||
        llvm::any_of(*zeroPoints, [](int32_t z) { return z != 0; }))
      return std::nullopt;
  }
  auto type = cast<RankedTensorType>(dequantize.getInput().getType());
  std::optional<int64_t> axis = scaleAxis(encoding, type.getShape());
  if (!axis)
    return std::nullopt;
  return Weight{codes, std::move(*scales), *axis, nameOf(dequantize.getInput()),
                tensor.getLoc()};
}

std::optional<std::vector<float>> pt2e::xnn::constantFloats(Value tensor) {
  if (ElementsAttr elements = aten::constantOf(tensor))
    return elements.getElementType().isF32() ? constantElements<float>(tensor)
                                             : std::nullopt;
  auto dequantize = tensor.getDefiningOp<DequantizeOp>();
  if (!dequantize ||
      !cast<RankedTensorType>(tensor.getType()).getElementType().isF32())
    return std::nullopt;
  ElementsAttr codes = aten::constantOf(dequantize.getInput());
  auto scales = constantElements<float>(dequantize.getScale());
  if (!codes || !scales)
    return std::nullopt;
  auto type = cast<RankedTensorType>(dequantize.getInput().getType());
  std::optional<int64_t> axis =
      scaleAxis(dequantize.getEncoding(), type.getShape());
  FailureOr<aten::ConstantData> data = aten::constantData(codes);
  if (!axis || failed(data))
    return std::nullopt;
  std::vector<int32_t> zeroPoints(scales->size());
  if (Value zeroPoint = dequantize.getZeroPoint()) {
    auto given = constantElements<int32_t>(zeroPoint);
    if (!given || given->size() != scales->size())
      return std::nullopt;
    zeroPoints = std::move(*given);
  }
  // Elements that share a scale lie `inner` apart.
  int64_t inner = 1;
  for (int64_t size : type.getShape().drop_front(*axis + 1))
    inner *= *axis < 0 ? 1 : size;
  std::vector<float> numbers(type.getNumElements());
  auto dequantizeAll = [&](auto values) {
    for (auto [i, code] : llvm::enumerate(values)) {
      const size_t channel = (i / inner) % scales->size();
      numbers[i] =
          float(int64_t(code) - zeroPoints[channel]) * (*scales)[channel];
    }
  };
  const IntegerType storage = cast<IntegerType>(type.getElementType());
  if (storage.getWidth() == 8 && storage.isUnsigned())
    dequantizeAll(data->as<uint8_t>());
  else if (storage.getWidth() <= 8)
    dequantizeAll(data->as<int8_t>());
  else if (storage.getWidth() == 16)
    dequantizeAll(data->as<int16_t>());
  else if (storage.getWidth() == 32)
    dequantizeAll(data->as<int32_t>());
  else
    return std::nullopt;
  return numbers;
}

ElementsAttr pt2e::xnn::reshapeConstant(ElementsAttr elements,
                                        ArrayRef<int64_t> shape,
                                        StringRef name) {
  auto type = RankedTensorType::get(shape, elements.getElementType());
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements))
    return DenseResourceElementsAttr::get(type, resource.getRawHandle());
  return cast<DenseElementsAttr>(elements).reshape(type);
}

ElementsAttr pt2e::xnn::floatConstant(MLIRContext *context,
                                      ArrayRef<float> numbers,
                                      ArrayRef<int64_t> shape, StringRef name) {
  return aten::makeConstant(
      RankedTensorType::get(shape, Float32Type::get(context)), numbers, name);
}

ElementsAttr pt2e::xnn::transposeConstant(ElementsAttr elements,
                                          ArrayRef<int64_t> perm,
                                          StringRef name) {
  auto type = cast<ShapedType>(elements.getType());
  const ArrayRef<int64_t> shape = type.getShape();
  SmallVector<int64_t> newShape;
  SmallVector<int64_t> order; // of the dimensions that are not 1
  for (int64_t dim : perm) {
    newShape.push_back(shape[dim]);
    if (shape[dim] != 1)
      order.push_back(dim);
  }
  auto dense = dyn_cast<DenseElementsAttr>(elements);
  if (llvm::is_sorted(order) || (dense && dense.isSplat()))
    return reshapeConstant(elements, newShape, name);
  FailureOr<aten::ConstantData> data = aten::constantData(elements);
  assert(succeeded(data) && "a constant without data");
  const ArrayRef<char> bytes = data->bytes();
  const size_t width = bytes.size() / type.getNumElements();
  SmallVector<int64_t> strides(shape.size());
  int64_t stride = width;
  for (size_t dim = shape.size(); dim-- > 0; stride *= shape[dim])
    strides[dim] = stride;
  std::vector<char> result(bytes.size());
  SmallVector<int64_t> index(shape.size(), 0);
  const char *source = bytes.data();
  for (size_t written = 0; written < result.size(); written += width) {
    std::copy_n(source, width, result.data() + written);
    for (size_t dim = perm.size(); dim-- > 0;) {
      source += strides[perm[dim]];
      if (++index[dim] < newShape[dim])
        break;
      source -= strides[perm[dim]] * newShape[dim];
      index[dim] = 0;
    }
  }
  return aten::makeConstant(
      RankedTensorType::get(newShape, type.getElementType()), std::move(result),
      name);
}

/// XNNPACK refuses a ratio of scales from here on.
static constexpr double kLargestRequantization = 256.0;

Value pt2e::xnn::weightValue(Conversion &conversion, const Weight &weight,
                             ArrayRef<int64_t> perm, int64_t outputAxis) {
  OpBuilder &builder = conversion.builder;
  const ElementsAttr elements =
      transposeConstant(weight.elements, perm, weight.name);
  const ArrayRef<int64_t> shape =
      cast<ShapedType>(elements.getType()).getShape();
  if (!weight.isCodes())
    return ConstantOp::create(
        builder, weight.loc,
        ValueType::get(builder.getContext(), Datatype::F32, shape), elements,
        ElementsAttr(), IntegerAttr());
  if (weight.axis < 0)
    return ConstantOp::create(builder, weight.loc,
                              ValueType::get(builder.getContext(),
                                             Datatype::QInt8, shape,
                                             weight.scales.front(), 0),
                              elements, ElementsAttr(), IntegerAttr());
  const ElementsAttr scales =
      floatConstant(builder.getContext(), weight.scales,
                    {int64_t(weight.scales.size())}, weight.name + ".scale");
  return ConstantOp::create(
      builder, weight.loc,
      ValueType::get(builder.getContext(), Datatype::QCInt8, shape), elements,
      scales, builder.getI64IntegerAttr(outputAxis));
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

std::optional<Weight> pt2e::xnn::usableWeight(Conversion &conversion,
                                              Value tensor, int64_t axis,
                                              Value input) {
  std::optional<Weight> weight = weightOf(tensor);
  if (!conversion.inCodes()) {
    // Codes that the product cannot use become numbers at compile time.
    if (weight && !weight->isCodes())
      return weight;
    auto numbers = constantFloats(tensor);
    if (!numbers) {
      conversion.refuse("expected a constant weight");
      return std::nullopt;
    }
    return Weight{floatConstant(tensor.getContext(), *numbers,
                                tensorType(tensor).getShape(), "dequantized"),
                  {},
                  -1,
                  "dequantized",
                  tensor.getLoc()};
  }
  if (!weight || !weight->isCodes()) {
    conversion.refuse("expected a weight in int8 codes with zero point 0");
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
  for (float scale : weight->scales) {
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
  return weight;
}
