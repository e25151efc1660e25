//===- ConvertLinear.cpp - Matrix products and normalization to xnn -------===//

#include <cmath>

#include "Lowering.h"
#include "Weights.h"
#include "dialects/Aten/Constants.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::xnn;

/// Codes in groups of fewer are numbers.
static constexpr int64_t kLeastGroup = 8;

/// `input * weight^T + bias` for floats and a weight whose rows are groups of
/// codes: the sum of a batch of products, one for each group. XNNPACK has no
/// other product of the two.
static Value sumOfGroups(Conversion &conversion, Value input,
                         RankedTensorType inputType, const Weight &weight,
                         Value biasTensor) {
  OpBuilder &builder = conversion.builder;
  FailureOr<Value> bias = biasValue(conversion, biasTensor, weight, 1);
  if (failed(bias))
    return {};
  const int64_t outputs = weight.shape()[0], size = weight.groupSize;
  const int64_t groups = weight.shape()[1] / size;
  Weight batch = weight;
  batch.groupSize = 0;
  batch.isInt4 = false;
  batch.elements =
      aten::reshapeConstant(weight.elements, {outputs, groups, size});
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t g = 0; g < groups; ++g)
      batch.scales[g * outputs + o] = weight.scales[o * groups + g];
  Value filter = weightValue(conversion, batch, {1, 0, 2}, 1);

  int64_t rows = 1;
  for (int64_t bound : shapeOf(input).drop_back())
    rows *= bound;
  const int64_t runTimeRows =
      inputType.hasStaticShape() ? rows : ShapedType::kDynamic;
  const ValueType type = conversion.resultType();
  Value cut = conversion.reshape(input, {runTimeRows, groups, size},
                                 {rows, groups, size});
  cut = conversion.transpose(cut, {1, 0, 2});
  Value products = BatchMatrixMultiplyOp::create(
      builder, conversion.loc, conversion.resultType({groups, rows, outputs}),
      cut, filter, builder.getUnitAttr());
  const int64_t results = rows * outputs;
  products = conversion.reshape(
      products,
      {groups, inputType.hasStaticShape() ? results : ShapedType::kDynamic},
      {groups, results});
  Value ones =
      conversion.constant(std::vector<float>(groups, 1), {1, groups}, "ones");
  Value sum = BatchMatrixMultiplyOp::create(builder, conversion.loc,
                                            conversion.resultType({1, results}),
                                            ones, products, UnitAttr());
  conversion.setMultipliesCodes();
  const auto limits = conversion.takeLimits();
  SmallVector<int64_t> sizes(inputType.getShape());
  sizes.back() = outputs;
  Value result = conversion.reshape(sum, sizes, type.getShape());
  if (*bias)
    return BinaryElementwiseOp::create(builder, conversion.loc, type,
                                       BinaryKind::Add, result, *bias,
                                       limits.min, limits.max);
  if (!limits.min && !limits.max)
    return result;
  return ClampOp::create(builder, conversion.loc, type, result, limits.min,
                         limits.max);
}

/// `input * weight^T + bias` for a static weight [O, I], or [I, O] if
/// `transposed`.
static Value fullyConnected(Conversion &conversion, Value inputTensor,
                            Value weightTensor, bool transposed,
                            Value biasTensor) {
  const int64_t axis = transposed ? 1 : 0;
  Value input = conversion.input(conversion.productInput(
      inputTensor, weightTensor, axis, Product::Linear));
  if (!input)
    return {};
  input = conversion.quantizeRows(input, RangeOf::Row);
  if (!conversion.inCodes() && !conversion.multipliesRows() && !transposed) {
    std::optional<Weight> groups = weightOf(weightTensor);
    RankedTensorType type = tensorType(inputTensor);
    if (groups && groups->groupSize >= kLeastGroup &&
        hasNormalScales(*groups) && type.getNumDynamicDims() <= 1)
      return sumOfGroups(conversion, input, type, *groups, biasTensor);
  }
  std::optional<Weight> weight =
      usableWeight(conversion, weightTensor, axis, input, Product::Linear);
  if (!weight)
    return {};
  if (weight->shape().size() != 2)
    return conversion.refuse("expected a weight of 2 dimensions");
  const float inputScale =
      conversion.inCodes() ? cast<ValueType>(input.getType()).getScaleValue()
                           : 1;
  FailureOr<Value> bias =
      biasValue(conversion, biasTensor, *weight, inputScale);
  if (failed(bias))
    return {};
  const SmallVector<int64_t> perm =
      transposed ? SmallVector<int64_t>{1, 0} : SmallVector<int64_t>{0, 1};
  Value filter = weightValue(conversion, *weight, perm, 0);
  const auto limits = conversion.takeLimits();
  const ValueType type = conversion.resultType();
  OpBuilder &builder = conversion.builder;
  if (weight->isCodes() && !conversion.inCodes())
    conversion.setMultipliesCodes();
  const bool isWeightOnly =
      conversion.multipliesCodes() && !conversion.multipliesRows();
  if (!isWeightOnly || !*bias)
    return FullyConnectedOp::create(builder, conversion.loc, type, input,
                                    filter, *bias, limits.min, limits.max);
  // XNNPACK would multiply the bias by the scales.
  Value product =
      FullyConnectedOp::create(builder, conversion.loc, type, input, filter,
                               Value(), FloatAttr(), FloatAttr());
  return BinaryElementwiseOp::create(builder, conversion.loc, type,
                                     BinaryKind::Add, product, *bias,
                                     limits.min, limits.max);
}

static Value convertLinear(Conversion &conversion, aten::LinearOp op) {
  if (weightOf(op.getWeight()) || constantFloats(op.getWeight()))
    return fullyConnected(conversion, op.getInput(), op.getWeight(),
                          /*transposed=*/false, op.getBias());
  if (conversion.inCodes())
    return conversion.refuse("expected a constant weight");
  Value input = conversion.input(op.getInput());
  Value weight = conversion.input(op.getWeight());
  Value bias = op.getBias() ? conversion.input(op.getBias()) : Value();
  if (!input || !weight || (op.getBias() && !bias))
    return {};
  const ValueType type = conversion.resultType();
  const auto limits = conversion.takeLimits();
  if (!bias || bias.getDefiningOp<ConstantOp>())
    return FullyConnectedOp::create(conversion.builder, conversion.loc, type,
                                    input, weight, bias, limits.min,
                                    limits.max);
  // XNNPACK packs the bias when it is defined: a computed one is added.
  Value product =
      FullyConnectedOp::create(conversion.builder, conversion.loc, type, input,
                               weight, Value(), FloatAttr(), FloatAttr());
  return BinaryElementwiseOp::create(conversion.builder, conversion.loc, type,
                                     BinaryKind::Add, product, bias, limits.min,
                                     limits.max);
}

/// `value` with `rank` dimensions, 1 in front.
static Value withRank(Conversion &conversion, Value value,
                      RankedTensorType type, size_t rank) {
  SmallVector<int64_t> sizes(rank - type.getRank(), 1), bounds = sizes;
  llvm::append_range(sizes, type.getShape());
  llvm::append_range(bounds, aten::upperBounds(type));
  return conversion.reshape(value, sizes, bounds);
}

/// The input of `value` if it swaps the last two dimensions, else null.
static Value swapsLastTwo(Value value) {
  auto transpose = value.getDefiningOp<TransposeOp>();
  if (!transpose)
    return {};
  const ArrayRef<int64_t> perm = transpose.getPerm();
  SmallVector<int64_t> swap = llvm::to_vector(llvm::seq<int64_t>(perm.size()));
  if (swap.size() < 2)
    return {};
  std::swap(swap.back(), swap[swap.size() - 2]);
  return perm == ArrayRef<int64_t>(swap) ? transpose.getInput() : Value();
}

static Value multiply(Conversion &conversion, Value lhsTensor,
                      Value rhsTensor) {
  RankedTensorType lhsType = tensorType(lhsTensor);
  RankedTensorType rhsType = tensorType(rhsTensor);
  if (lhsType.getRank() < 2 || rhsType.getRank() < 2)
    return conversion.refuse("expected matrices");
  // A static right-hand side: a fully connected layer packs it once.
  if (rhsType.getRank() == 2 &&
      (weightOf(rhsTensor) || constantFloats(rhsTensor)))
    return fullyConnected(conversion, lhsTensor, rhsTensor,
                          /*transposed=*/true, Value());
  Value lhs = conversion.input(lhsTensor);
  Value rhs = conversion.input(rhsTensor);
  if (!lhs || !rhs)
    return {};
  auto type = cast<ValueType>(rhs.getType());
  if (conversion.inCodes() &&
      (type.getZeroPoint() != 0 || type.getDatatype() != Datatype::QInt8))
    return conversion.refuse("expected int8 codes with zero point 0 on the "
                             "right-hand side");
  if (conversion.inCodes() &&
      type.getScaleValue() * cast<ValueType>(lhs.getType()).getScaleValue() /
              conversion.getCodes().scale >=
          256)
    return conversion.refuse("expected input scales / output scale below 256");
  const int64_t rank = std::max(lhsType.getRank(), rhsType.getRank());
  Value swapped = swapsLastTwo(rhs);
  if (lhsType.getRank() < rank)
    lhs = withRank(conversion, lhs, lhsType, rank);
  if (rhsType.getRank() < rank) {
    swapped = {};
    rhs = withRank(conversion, rhs, rhsType, rank);
  }
  if (!lhs || !rhs)
    return {};
  return BatchMatrixMultiplyOp::create(
      conversion.builder, conversion.loc, conversion.resultType(), lhs,
      swapped ? swapped : rhs,
      swapped ? conversion.builder.getUnitAttr() : UnitAttr());
}

static Value convertMatmul(Conversion &conversion, aten::MatmulOp op) {
  return multiply(conversion, op.getSelf(), op.getOther());
}

static Value convertBmm(Conversion &conversion, aten::BmmOp op) {
  return multiply(conversion, op.getSelf(), op.getMat2());
}

static Value convertMm(Conversion &conversion, aten::MmOp op) {
  return multiply(conversion, op.getSelf(), op.getMat2());
}

static Value convertAddmm(Conversion &conversion, aten::AddmmOp op) {
  if (toDouble(op.getBeta()) == 1 && toDouble(op.getAlpha()) == 1 &&
      tensorType(op.getSelf()).getRank() == 1 && constantFloats(op.getSelf()) &&
      constantFloats(op.getMat2()))
    return fullyConnected(conversion, op.getMat1(), op.getMat2(),
                          /*transposed=*/true, op.getSelf());
  if (conversion.inCodes())
    return conversion.refuse("expected a constant weight and bias");
  Value product = multiply(conversion, op.getMat1(), op.getMat2());
  Value bias = conversion.input(op.getSelf());
  if (!product || !bias)
    return {};
  const ValueType type = conversion.resultType();
  if (toDouble(op.getAlpha()) != 1)
    product =
        conversion.binary(BinaryKind::Multiply, product,
                          conversion.scalar(toDouble(op.getAlpha())), type);
  if (toDouble(op.getBeta()) != 1)
    bias = conversion.binary(BinaryKind::Multiply, bias,
                             conversion.scalar(toDouble(op.getBeta())),
                             cast<ValueType>(bias.getType()));
  return conversion.binary(BinaryKind::Add, bias, product, type);
}

static Value convertSoftmax(Conversion &conversion, aten::SoftmaxIntOp op) {
  if (conversion.inCodes())
    return conversion.refuse("no softmax on codes");
  Value input = conversion.input(op.getSelf());
  if (!input)
    return {};
  const int64_t rank = tensorType(op.getSelf()).getRank();
  if (rank == 0)
    return conversion.refuse("expected at least one dimension");
  const int64_t dim = wrapDim(op.getDim(), rank);
  if (dim == rank - 1)
    return SoftmaxOp::create(conversion.builder, conversion.loc,
                             conversion.resultType(), input);
  SmallVector<int64_t> swap = llvm::to_vector(llvm::seq<int64_t>(rank));
  std::swap(swap[dim], swap[rank - 1]);
  Value moved = conversion.transpose(input, swap);
  Value result = SoftmaxOp::create(conversion.builder, conversion.loc,
                                   moved.getType(), moved);
  return conversion.transpose(result, swap);
}

/// Running statistics as a scale and a shift for each channel.
static Value convertBatchNorm(Conversion &conversion, aten::BatchNormOp op) {
  if (conversion.inCodes())
    return conversion.refuse("no batch norm on codes");
  if (op.getTraining() || !op.getRunningMean() || !op.getRunningVar())
    return conversion.refuse("expected running statistics");
  auto mean = constantFloats(op.getRunningMean());
  auto variance = constantFloats(op.getRunningVar());
  if (!mean || !variance)
    return conversion.refuse("expected constant statistics");
  const int64_t channels = mean->size();
  std::vector<float> scale(channels, 1), shift(channels, 0);
  if (op.getWeight()) {
    auto weight = constantFloats(op.getWeight());
    if (!weight)
      return conversion.refuse("expected a constant weight");
    scale = *weight;
  }
  if (op.getBias()) {
    auto bias = constantFloats(op.getBias());
    if (!bias)
      return conversion.refuse("expected a constant bias");
    shift = *bias;
  }
  for (int64_t i = 0; i < channels; ++i) {
    scale[i] /=
        std::sqrt((*variance)[i] + float(op.getEps().convertToDouble()));
    shift[i] -= (*mean)[i] * scale[i];
  }
  const int64_t rank = tensorType(op.getInput()).getRank();
  OpBuilder &builder = conversion.builder;
  if (rank == 4) {
    Value image = conversion.imageInput(op.getInput());
    if (!image)
      return {};
    const auto limits = conversion.takeLimits();
    const SmallVector<int64_t> ones{1, 1}, none{0, 0, 0, 0};
    return conversion.toNchw(DepthwiseConv2dOp::create(
        builder, conversion.loc, conversion.imageResultType(), image,
        conversion.constant(scale, {1, 1, 1, channels}, "batch_norm.scale"),
        conversion.constant(shift, {channels}, "batch_norm.shift"),
        builder.getDenseI64ArrayAttr(none), builder.getDenseI64ArrayAttr(ones),
        builder.getDenseI64ArrayAttr(ones), limits.min, limits.max));
  }
  Value input = conversion.input(op.getInput());
  if (!input)
    return {};
  SmallVector<int64_t> shape(rank, 1);
  shape[1] = channels;
  const ValueType type = conversion.resultType();
  Value scaled = conversion.binary(
      BinaryKind::Multiply, input,
      conversion.constant(scale, shape, "batch_norm.scale"), type);
  return conversion.binary(
      BinaryKind::Add, scaled,
      conversion.constant(shift, shape, "batch_norm.shift"), type);
}

/// `value` [..., D] less its mean over D, by its deviation: the means are
/// products with a row of 1 / D, which are faster than a pooling.
static Value normalize(Conversion &conversion, Value value, double eps) {
  auto type = cast<ValueType>(value.getType());
  const int64_t size = type.getShape().back();
  SmallVector<int64_t> shape(type.getShape());
  shape.back() = 1;
  const ValueType rowType = conversion.resultType(shape);
  Value row = conversion.constant(std::vector<float>(size, 1.0f / size),
                                  {1, size}, "mean");
  auto mean = [&](Value of, Value bias) -> Value {
    return FullyConnectedOp::create(conversion.builder, conversion.loc, rowType,
                                    of, row, bias, FloatAttr(), FloatAttr());
  };
  Value centered = conversion.binary(BinaryKind::Subtract, value,
                                     mean(value, Value()), type);
  Value square = conversion.unary(UnaryKind::Square, centered, type);
  Value variance = mean(square, conversion.constant({float(eps)}, {1}, "eps"));
  Value scale =
      conversion.unary(UnaryKind::ReciprocalSquareRoot, variance, rowType);
  return conversion.binary(BinaryKind::Multiply, centered, scale, type);
}

/// `value * weight + bias`, both constant of `shape` or absent.
static Value applyAffine(Conversion &conversion, Value value, Value weight,
                         Value bias, ArrayRef<int64_t> shape) {
  auto type = cast<ValueType>(value.getType());
  for (auto [tensor, kind] : {std::pair(weight, BinaryKind::Multiply),
                              std::pair(bias, BinaryKind::Add)}) {
    if (!tensor)
      continue;
    auto numbers = constantFloats(tensor);
    if (!numbers)
      return conversion.refuse("expected a constant weight and bias");
    value = conversion.binary(
        kind, value, conversion.constant(*numbers, shape, "affine"), type);
  }
  return value;
}

static Value convertLayerNorm(Conversion &conversion, aten::LayerNormOp op) {
  if (conversion.inCodes())
    return conversion.refuse("no layer norm on codes");
  if (op.getNormalizedShape().size() != 1 ||
      tensorType(op.getInput()).getShape().back() !=
          op.getNormalizedShape().front())
    return conversion.refuse("expected one normalized dimension of known size");
  Value value = conversion.input(op.getInput());
  if (!value)
    return {};
  const int64_t size = op.getNormalizedShape().front();
  SmallVector<int64_t> shape(shapeOf(value).size(), 1);
  shape.back() = size;
  value = normalize(conversion, value, op.getEps().convertToDouble());
  return applyAffine(conversion, value, op.getWeight(), op.getBias(), shape);
}

static Value convertGroupNorm(Conversion &conversion, aten::GroupNormOp op) {
  if (conversion.inCodes())
    return conversion.refuse("no group norm on codes");
  RankedTensorType type = tensorType(op.getInput());
  const int64_t groups = op.getNumGroups();
  const SmallVector<int64_t> bounds = aten::upperBounds(type);
  if (type.getRank() < 2 ||
      ShapedType::isDynamicShape(type.getShape().drop_front()))
    return conversion.refuse("expected static sizes but for the batch");
  Value value = conversion.input(op.getInput());
  if (!value)
    return {};
  int64_t elements = 1;
  for (int64_t size : type.getShape().drop_front())
    elements *= size;
  value =
      conversion.reshape(value, {type.getDimSize(0), groups, elements / groups},
                         {bounds[0], groups, elements / groups});
  value = normalize(conversion, value, op.getEps().convertToDouble());
  value = conversion.reshapeTo(value, type);
  SmallVector<int64_t> shape(type.getRank(), 1);
  shape[1] = type.getDimSize(1);
  return applyAffine(conversion, value, op.getWeight(), op.getBias(), shape);
}

void pt2e::xnn::addLinear(Converters &converters) {
  converters.add(convertLinear);
  converters.add(convertMatmul);
  converters.add(convertBmm);
  converters.add(convertMm);
  converters.add(convertAddmm);
  converters.add(convertSoftmax);
  converters.add(convertBatchNorm);
  converters.add(convertLayerNorm);
  converters.add(convertGroupNorm);
}
