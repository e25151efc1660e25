#include "Lowering.h"

#include <cmath>

#include "Weights.h"
#include "dialects/Aten/Constants.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::xnn;

double pt2e::xnn::toDouble(TypedAttr number) {
  if (auto real = dyn_cast<FloatAttr>(number))
    return real.getValueAsDouble();
  const APInt integer = cast<IntegerAttr>(number).getValue();
  return integer.getBitWidth() == 1 ? double(integer.getZExtValue())
                                    : double(integer.getSExtValue());
}

/// The one element of constant `tensor`.
template <typename T>
static std::optional<T> onlyElement(Value tensor) {
  ElementsAttr elements = aten::constantOf(tensor);
  if (!elements || elements.getNumElements() != 1)
    return std::nullopt;
  FailureOr<aten::ConstantData> data = aten::constantData(elements);
  if (failed(data) || data->bytes().size() != sizeof(T))
    return std::nullopt;
  return data->as<T>().front();
}

template <typename Op>
static std::optional<Codes> codesOfOp(Op op) {
  const EncodingAttr encoding = op.getEncoding();
  const IntegerType storage = encoding.getStorage();
  if (storage.getWidth() != 8 ||
      !tensorType(op.getScale()).getElementType().isF32())
    return std::nullopt;
  std::optional<float> scale = onlyElement<float>(op.getScale());
  std::optional<int32_t> zeroPoint = 0;
  if (Value operand = op.getZeroPoint())
    zeroPoint = onlyElement<int32_t>(operand);
  if (!scale || !zeroPoint || !std::isnormal(*scale) || *scale < 0)
    return std::nullopt;
  const bool isUnsigned = storage.isUnsigned();
  const int64_t least = isUnsigned ? 0 : -128;
  if (*zeroPoint < least || *zeroPoint > least + 255)
    return std::nullopt;
  return Codes{isUnsigned ? Datatype::QUInt8 : Datatype::QInt8, *scale,
               *zeroPoint, encoding.getQuantMin(), encoding.getQuantMax()};
}

std::optional<Codes> pt2e::xnn::codesOf(Operation *op) {
  if (auto quantize = dyn_cast_or_null<QuantizeOp>(op))
    return codesOfOp(quantize);
  if (auto dequantize = dyn_cast_or_null<DequantizeOp>(op))
    return codesOfOp(dequantize);
  return std::nullopt;
}

Value pt2e::xnn::quantizedAtRunTime(Value tensor, Product product,
                                    std::string &note) {
  auto dequantize = tensor.getDefiningOp<DequantizeOp>();
  auto quantize =
      dequantize ? dequantize.getInput().getDefiningOp<QuantizeOp>() : nullptr;
  if (!quantize || quantize.getScale() != dequantize.getScale() ||
      quantize.getZeroPoint() != dequantize.getZeroPoint() ||
      quantize.getEncoding() != dequantize.getEncoding())
    return {};
  auto choose = quantize.getScale().getDefiningOp<ChooseQParamsOp>();
  const EncodingAttr encoding = quantize.getEncoding();
  if (!choose || choose.getInput() != quantize.getInput() ||
      quantize.getZeroPoint() != choose.getZeroPoint() ||
      encoding.getStorage().getWidth() != 8)
    return {};
  // Of 256 codes, which is called 0 makes no difference.
  if (choose.getScheme() != QuantScheme::Affine ||
      encoding.getQuantMax() - encoding.getQuantMin() != 255)
    note = "XNNPACK uses all 256 codes of an affine range";
  // Rows are the last dimension; for convolutions all but the first.
  const RankedTensorType type = tensorType(tensor);
  const int64_t numShared =
      product == Product::Linear ? 1 : std::max<int64_t>(type.getRank() - 1, 0);
  bool isWhole = true;
  for (auto [dim, block] : llvm::enumerate(encoding.getBlock())) {
    const bool isShared = int64_t(dim) + numShared >= type.getRank();
    const bool isAll = block == -1 || block == type.getDimSize(dim);
    if (isShared ? !isAll : !isAll && block != 1)
      return {};
    isWhole &= isShared || block == 1 || type.getDimSize(dim) == 1;
  }
  if (!isWhole && note.empty())
    note = product == Product::Linear
               ? "XNNPACK takes the range of each row, not that of the tensor"
               : "XNNPACK takes the range of each image, not that of the batch";
  return choose.getInput();
}

std::optional<Limits> pt2e::xnn::clampLimits(Operation *op) {
  Limits limits;
  if (isa<aten::ReluOp>(op)) {
    limits.min = 0;
  } else if (isa<aten::Relu6Op>(op)) {
    limits.min = 0;
    limits.max = 6;
  } else if (auto hardtanh = dyn_cast<aten::HardtanhOp>(op)) {
    limits.min = toDouble(hardtanh.getMinVal());
    limits.max = toDouble(hardtanh.getMaxVal());
  } else if (auto clamp = dyn_cast<aten::ClampOp>(op)) {
    if (auto min = clamp.getMinAttr())
      limits.min = toDouble(min);
    if (auto max = clamp.getMaxAttr())
      limits.max = toDouble(max);
  } else if (auto clampMin = dyn_cast<aten::ClampMinOp>(op)) {
    limits.min = toDouble(clampMin.getMin());
  } else {
    return std::nullopt;
  }
  // XNNPACK wants min below max, and no NaN.
  if (!(limits.min < limits.max))
    return std::nullopt;
  return limits;
}

std::optional<Limits> pt2e::xnn::limitsOnGrid(Limits limits,
                                              const Codes &codes) {
  const int64_t least = codes.datatype == Datatype::QUInt8 ? 0 : -128;
  const int64_t most = least + 255;
  auto code = [&](float limit) {
    return std::nearbyint(limit / codes.scale) + codes.zeroPoint;
  };
  auto number = [&](int64_t code) {
    return float(code - codes.zeroPoint) * codes.scale;
  };
  Limits result = limits;
  if (code(limits.min) < codes.low)
    result.min = number(codes.low);
  if (code(limits.max) > codes.high)
    result.max = number(codes.high);
  if (code(result.min) >= code(result.max))
    return std::nullopt;
  if (code(result.min) <= least)
    result.min = -std::numeric_limits<float>::infinity();
  if (code(result.max) >= most)
    result.max = std::numeric_limits<float>::infinity();
  return result;
}

bool pt2e::xnn::isWithin(Value value, Limits limits, int numMoves) {
  Operation *op = value.getDefiningOp();
  if (!limits.finite())
    return true;
  if (!op)
    return false;
  const auto limit = [&](StringRef name, float otherwise) {
    auto attribute = op->getAttrOfType<FloatAttr>(name);
    return attribute ? float(attribute.getValueAsDouble()) : otherwise;
  };
  if (limit("output_min", Limits().min) >= limits.min &&
      limit("output_max", Limits().max) <= limits.max)
    return true;
  const bool moves =
      isa<TransposeOp, ReshapeOp, SliceOp, MaxPooling2dOp, ConcatenateOp>(op);
  return moves && numMoves > 0 &&
         llvm::all_of(op->getOperands(), [&](Value operand) {
           return isWithin(operand, limits, numMoves - 1);
         });
}

/// The f32 value type that holds `tensor`, null if XNNPACK has none.
static ValueType floatTypeOf(Value tensor) {
  RankedTensorType type = tensorType(tensor);
  const SmallVector<int64_t> bounds = aten::upperBounds(type);
  if (!type.getElementType().isF32() || bounds.size() > 6 ||
      llvm::any_of(bounds, [](int64_t size) { return size <= 0; }))
    return {};
  return ValueType::get(tensor.getContext(), Datatype::F32, bounds);
}

/// A builder at the same place that tells nobody what it makes.
static OpBuilder quietly(OpBuilder &builder) {
  OpBuilder quiet(builder.getContext());
  quiet.restoreInsertionPoint(builder.saveInsertionPoint());
  return quiet;
}

Value ValueMap::floatValue(OpBuilder &at, Value tensor) {
  OpBuilder builder = quietly(at);
  if (Value known = values.lookup(tensor))
    return known;
  const ValueType type = floatTypeOf(tensor);
  if (!type)
    return {};
  if (auto leave = tensor.getDefiningOp<LeaveOp>())
    return leave.getInput();
  Value value;
  Operation *op = tensor.getDefiningOp();
  if (std::optional<Weight> weight = weightOf(tensor);
      weight && !weight->isCodes()) {
    value = ConstantOp::create(builder, weight->loc, type, weight->elements,
                               ElementsAttr(), IntegerAttr());
  } else if (auto observe = dyn_cast_or_null<ObserveOp>(op)) {
    value = floatValue(builder, observe.getInput());
  } else if (auto dequantize = dyn_cast_or_null<DequantizeOp>(op)) {
    if (auto numbers = constantFloats(tensor)) {
      const ElementsAttr elements = floatConstant(
          builder.getContext(), *numbers, type.getShape(), "dequantized");
      value = ConstantOp::create(builder, op->getLoc(), type, elements,
                                 ElementsAttr(), IntegerAttr());
    } else if (std::optional<Codes> codes = codesOf(op)) {
      if (Value input = codesValue(builder, dequantize.getInput(), *codes))
        value = ConvertOp::create(builder, op->getLoc(), type, input);
    }
  }
  if (!value)
    value = EnterOp::create(builder, tensor.getLoc(), type, tensor);
  values[tensor] = value;
  return value;
}

Value ValueMap::codesValue(OpBuilder &at, Value tensor, const Codes &codes) {
  OpBuilder builder = quietly(at);
  const SmallVector<int64_t> bounds = aten::upperBounds(tensorType(tensor));
  if (bounds.size() > 6 ||
      llvm::any_of(bounds, [](int64_t size) { return size <= 0; }))
    return {};
  const auto type = ValueType::get(tensor.getContext(), codes.datatype, bounds,
                                   codes.scale, codes.zeroPoint);
  Value &value = values[tensor];
  // The same codes read on another grid are another value, which only a
  // tensor can become.
  if (value && value.getType() != type)
    return {};
  if (value)
    return value;
  if (ElementsAttr elements = aten::constantOf(tensor))
    value = ConstantOp::create(builder, tensor.getLoc(), type, elements,
                               ElementsAttr(), IntegerAttr());
  else
    value = EnterOp::create(builder, tensor.getLoc(), type, tensor);
  return value;
}

Value ValueMap::asTensor(OpBuilder &at, Value tensor) {
  OpBuilder builder = quietly(at);
  Value value = values.lookup(tensor);
  if (auto dequantize = tensor.getDefiningOp<DequantizeOp>();
      dequantize && !value && codesOf(dequantize) &&
      !aten::constantOf(dequantize.getInput()))
    value = floatValue(builder, tensor);
  if (auto observe = tensor.getDefiningOp<ObserveOp>())
    return asTensor(builder, observe.getInput());
  if (!value || isa_and_nonnull<aten::ParameterOp>(tensor.getDefiningOp()))
    return tensor;
  if (auto enter = value.getDefiningOp<EnterOp>())
    return enter.getInput();
  Value &result = left[tensor];
  if (!result)
    result = LeaveOp::create(builder, tensor.getLoc(), tensor.getType(), value);
  return result;
}

Value ValueMap::toNhwc(OpBuilder &builder, Value image) {
  auto transpose = image.getDefiningOp<TransposeOp>();
  if (transpose && transpose.getPerm() == ArrayRef<int64_t>{0, 3, 1, 2})
    return transpose.getInput();
  Value &result = transposed[image];
  if (!result) {
    const ArrayRef<int64_t> shape = shapeOf(image);
    result = TransposeOp::create(
        builder, image.getLoc(),
        cast<ValueType>(image.getType())
            .withShape({shape[0], shape[2], shape[3], shape[1]}),
        image, ArrayRef<int64_t>{0, 2, 3, 1});
  }
  return result;
}

Value ValueMap::rowsValue(OpBuilder &builder, Value value, RangeOf range) {
  Value &result = rows[{value, static_cast<int>(range)}];
  if (!result)
    result = ConvertOp::create(
        builder, value.getLoc(),
        ValueType::get(builder.getContext(), Datatype::QDInt8, shapeOf(value)),
        value, /*pixels=*/range == RangeOf::Pixel);
  return result;
}

void ValueMap::forget(ArrayRef<Operation *> ops) {
  for (Operation *op : ops) {
    if (isa<ConvertOp>(op)) {
      for (RangeOf range : {RangeOf::Row, RangeOf::Pixel, RangeOf::Image})
        rows.erase({op->getOperand(0), static_cast<int>(range)});
    }
    if (isa<TransposeOp>(op))
      transposed.erase(op->getOperand(0));
    for (Value result : op->getResults())
      transposed.erase(result);
  }
}

Value ValueMap::toNchw(OpBuilder &builder, Value image) {
  return TransposeOp::create(
      builder, image.getLoc(),
      cast<ValueType>(image.getType())
          .withShape({shapeOf(image)[0], shapeOf(image)[3], shapeOf(image)[1],
                      shapeOf(image)[2]}),
      image, ArrayRef<int64_t>{0, 3, 1, 2});
}

Value Conversion::input(Value tensor) {
  if (table) {
    auto dequantize = tensor.getDefiningOp<DequantizeOp>();
    std::optional<Codes> read = codesOf(dequantize);
    Value value =
        read ? map.codesValue(builder, dequantize.getInput(), *read) : Value();
    if (value) {
      auto convert = ConvertOp::create(
          builder, loc,
          ValueType::get(builder.getContext(), Datatype::F32, shapeOf(value)),
          value);
      // Tells it from other converts of these codes.
      convert->setAttr("xnn.table", builder.getI64IntegerAttr(*table));
      return convert;
    }
  }
  if (!inCodes()) {
    if (Value value = map.floatValue(builder, tensor))
      return value;
    return refuse(
        "expected f32 operands of at most 6 dimensions with known bounds");
  }
  auto dequantize = tensor.getDefiningOp<DequantizeOp>();
  std::optional<Codes> read = codesOf(dequantize);
  if (!read || read->datatype != codes->datatype)
    return refuse("expected operands in codes of the same datatype");
  if (Value value = map.codesValue(builder, dequantize.getInput(), *read))
    return value;
  return refuse("expected codes that are read on one grid");
}

Value Conversion::imageInput(Value tensor) {
  if (tensorType(tensor).getRank() != 4)
    return refuse("expected an image of 4 dimensions");
  Value value = input(tensor);
  return value ? map.toNhwc(builder, value) : value;
}

Value Conversion::sequenceInput(Value tensor) {
  RankedTensorType type = tensorType(tensor);
  if (type.getRank() != 3)
    return refuse("expected a batch of sequences");
  Value value = input(tensor);
  if (!value)
    return {};
  const SmallVector<int64_t> bounds = aten::upperBounds(type);
  const ArrayRef<int64_t> sizes = type.getShape();
  value = reshape(value, {sizes[0], sizes[1], 1, sizes[2]},
                  {bounds[0], bounds[1], 1, bounds[2]});
  return value ? toNhwc(value) : value;
}

Value Conversion::productInput(Value tensor, Value weightTensor, int64_t axis,
                               Product product) {
  if (inCodes())
    return tensor;
  std::string said;
  Value source = quantizedAtRunTime(tensor, product, said);
  std::optional<Weight> weight = source ? weightOf(weightTensor) : std::nullopt;
  std::string reason;
  if (!weight || !codesForFloats(*weight, axis, product, true, reason)) {
    if (source)
      note(reason.empty() ? "expected a constant symmetric weight" : reason);
    return tensor;
  }
  if (!said.empty())
    note(said);
  isDynamic = true;
  return source;
}

ValueType Conversion::resultType(ArrayRef<int64_t> shape) const {
  if (!codes)
    return ValueType::get(builder.getContext(), Datatype::F32, shape);
  return ValueType::get(builder.getContext(), codes->datatype, shape,
                        codes->scale, codes->zeroPoint);
}

ValueType Conversion::resultType() const {
  return resultType(aten::upperBounds(tensorType(op->getResult(0))));
}

ValueType Conversion::imageResultType() const {
  const auto shape = aten::upperBounds(tensorType(op->getResult(0)));
  return resultType({shape[0], shape[2], shape[3], shape[1]});
}

Conversion::LimitAttrs Conversion::limitAttrs(Limits given) {
  auto attribute = [&](float limit) {
    return std::isinf(limit) ? FloatAttr() : builder.getF32FloatAttr(limit);
  };
  return {attribute(given.min), attribute(given.max)};
}

Conversion::LimitAttrs Conversion::takeLimits() {
  const LimitAttrs attributes = limitAttrs(limits);
  limits = {};
  return attributes;
}

/// Limits that limit nothing.
static constexpr float kUnlimited = 1e30f;

/// True if `value` is a max-pooling, seen through ops that move data: the
/// runtime merges a clamp into it without looking at the grids.
static bool comesFromMaxPooling(Value value) {
  Operation *op = value.getDefiningOp();
  while (isa_and_nonnull<TransposeOp, ReshapeOp, SliceOp, PadOp>(op))
    op = op->getOperand(0).getDefiningOp();
  return isa_and_nonnull<MaxPooling2dOp>(op);
}

Value Conversion::clampTo(Value value, Limits given) {
  const ValueType type = resultType(shapeOf(value));
  if (value.getType() != type && comesFromMaxPooling(value)) {
    Value real = ConvertOp::create(
        builder, loc,
        ValueType::get(builder.getContext(), Datatype::F32, shapeOf(value)),
        value);
    value = ConvertOp::create(builder, loc, type, real);
  }
  if (inCodes()) {
    std::optional<Limits> onGrid = limitsOnGrid(given, *codes);
    if (!onGrid)
      return refuse("limits that leave one code");
    given = *onGrid;
  }
  if (value.getType() == type && isWithin(value, given))
    return value;
  // Between grids a clamp is a table, exact where a convert is off by one for
  // some codes; the runtime wants finite limits then.
  if (value.getType() != type) {
    given.min = std::max(given.min, -kUnlimited);
    given.max = std::min(given.max, kUnlimited);
  }
  const LimitAttrs attributes = limitAttrs(given);
  return ClampOp::create(builder, loc, type, value, attributes.min,
                         attributes.max);
}

Value Conversion::onResultGrid(Value value) {
  return inCodes() ? clampTo(value, {}) : value;
}

Value Conversion::constant(ArrayRef<float> numbers, ArrayRef<int64_t> shape,
                           StringRef name) {
  return ConstantOp::create(
      builder, loc, ValueType::get(builder.getContext(), Datatype::F32, shape),
      floatConstant(builder.getContext(), numbers, shape, name), ElementsAttr(),
      IntegerAttr());
}

Value Conversion::scalar(double number) {
  return constant({float(number)}, {1}, "scalar");
}

Value Conversion::unary(UnaryKind kind, Value input, ValueType type) {
  return UnaryElementwiseOp::create(builder, loc, type, kind, input);
}

Value Conversion::binary(BinaryKind kind, Value lhs, Value rhs,
                         ValueType type) {
  return BinaryElementwiseOp::create(builder, loc, type, kind, lhs, rhs,
                                     FloatAttr(), FloatAttr());
}

Value Conversion::reshape(Value input, ArrayRef<int64_t> sizes,
                          ArrayRef<int64_t> bounds) {
  auto type = cast<ValueType>(input.getType());
  if (type.getShape() == bounds && !ShapedType::isDynamicShape(sizes))
    return input;
  SmallVector<int64_t> newShape(sizes);
  if (llvm::count_if(newShape, ShapedType::isDynamic) > 1)
    return refuse("expected at most one dynamic size to reshape to");
  for (int64_t &size : newShape)
    if (ShapedType::isDynamic(size))
      size = 0;
  return ReshapeOp::create(builder, loc, type.withShape(bounds), input,
                           newShape);
}

Value Conversion::reshapeTo(Value input, RankedTensorType type) {
  return reshape(input, type.getShape(), aten::upperBounds(type));
}

Value Conversion::transpose(Value input, ArrayRef<int64_t> perm) {
  auto type = cast<ValueType>(input.getType());
  SmallVector<int64_t> shape;
  for (int64_t dim : perm)
    shape.push_back(type.getShape()[dim]);
  return TransposeOp::create(builder, loc, type.withShape(shape), input, perm);
}

const Converters &Converters::get() {
  static const Converters converters;
  return converters;
}

Converters::Converters() {
  addConvolutions(*this);
  addLinear(*this);
  addElementwise(*this);
  addActivations(*this);
  addPooling(*this);
  addShape(*this);
}

const Converter *Converters::lookup(Operation *op) const {
  auto found = table.find(op->getName().getStringRef());
  return found == table.end() ? nullptr : &found->second;
}
