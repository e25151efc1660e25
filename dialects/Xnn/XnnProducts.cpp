#include "dialects/Aten/Constants.h"
#include "dialects/Xnn/Verify.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::xnn;

namespace {
/// Datatypes of a product that XNNPACK runs: bit i of a set is datatype i.
struct Products {
  Datatype input;
  uint32_t filters, biases, outputs;
};
} // namespace

RangeOf pt2e::xnn::rangeOfConvolution(ArrayRef<int64_t> filterShape,
                                      ArrayRef<int64_t> stride,
                                      ArrayRef<int64_t> padding,
                                      int64_t groups) {
  const auto isOne = [](int64_t size) { return size == 1; };
  const bool isPointwise =
      llvm::all_of(filterShape.slice(1, 2), isOne) &&
      llvm::all_of(stride, isOne) &&
      llvm::all_of(padding, [](int64_t size) { return size == 0; }) &&
      groups == 1;
  return isPointwise ? RangeOf::Pixel : RangeOf::Image;
}

std::optional<RangeOf> pt2e::xnn::rangeReadBy(Operation *op) {
  if (isa<FullyConnectedOp, BatchMatrixMultiplyOp>(op))
    return RangeOf::Row;
  if (auto conv = dyn_cast<Conv2dOp>(op))
    return rangeOfConvolution(
        cast<ValueType>(conv.getFilter().getType()).getShape(),
        conv.getStride(), conv.getPadding(), conv.getGroups());
  if (isa<ConvTranspose2dOp>(op))
    return RangeOf::Image;
  return std::nullopt;
}

static constexpr uint32_t set(Datatype type) { return 1u << int(type); }
template <typename... Rest>
static constexpr uint32_t set(Datatype type, Rest... rest) {
  return set(type) | set(rest...);
}

using D = Datatype;
static constexpr uint32_t kFloats = set(D::F32, D::F16);
static constexpr uint32_t kBiases = set(D::QInt32, D::QCInt32);

static constexpr Products kConvolutions[] = {
    {D::F32, kFloats, kFloats, set(D::F32)},
    {D::F16, kFloats, kFloats, set(D::F16)},
    {D::QInt8, set(D::QInt8, D::QCInt8), kBiases, set(D::QInt8)},
    {D::QUInt8, set(D::QUInt8), set(D::QInt32), set(D::QUInt8)},
    {D::QDInt8, set(D::QCInt8), set(D::F32), kFloats},
};

static constexpr Products kFullyConnected[] = {
    {D::F32, set(D::F32, D::F16, D::QCInt8, D::QCInt4), kFloats, set(D::F32)},
    {D::F16, kFloats, kFloats, set(D::F16)},
    {D::BF16, set(D::BF16), set(D::F32), set(D::F32)},
    {D::QInt8, set(D::QInt8, D::QCInt8, D::QCInt4), kBiases, set(D::QInt8)},
    {D::QUInt8, set(D::QUInt8), set(D::QInt32), set(D::QUInt8)},
    {D::QDInt8, set(D::QCInt8, D::QCInt4, D::QBInt4), set(D::F32), kFloats},
};

static bool isIn(Value value, uint32_t datatypes) {
  return datatypes & set(typeOf(value).getDatatype());
}

static LogicalResult verifyDatatypes(Operation *op, ArrayRef<Products> allowed,
                                     Value input, Value filter, Value bias,
                                     Value output) {
  for (const Products &products : allowed)
    if (isIn(input, set(products.input)) && isIn(filter, products.filters) &&
        (!bias || isIn(bias, products.biases)) &&
        isIn(output, products.outputs)) {
      // f32 filters are packed with f32 biases.
      if (!bias || !isIn(bias, set(Datatype::F16)) ||
          isIn(filter, set(Datatype::F16)))
        return success();
    }
  auto error = op->emitOpError("XNNPACK has no product of ")
               << stringifyDatatype(typeOf(input).getDatatype()) << " and "
               << stringifyDatatype(typeOf(filter).getDatatype());
  if (bias)
    error << " with a bias of "
          << stringifyDatatype(typeOf(bias).getDatatype());
  return error << " to " << stringifyDatatype(typeOf(output).getDatatype());
}

/// Zero point and channels of a filter and its bias.
static LogicalResult verifyEncodings(Operation *op, Value filter, Value bias,
                                     int64_t channelDim) {
  if (isIn(filter, set(Datatype::QInt8)) && typeOf(filter).getZeroPoint() != 0)
    return op->emitOpError("expected zero point 0 of a qint8 filter, but got ")
           << typeOf(filter).getZeroPoint();
  auto verify = [&](Value value, StringRef name, int64_t dim) {
    auto constant = value.getDefiningOp<ConstantOp>();
    if (!constant || !constant.getScales() ||
        int64_t(*constant.getChannelDim()) == dim)
      return success();
    return LogicalResult(op->emitOpError("expected scales of the ")
                         << name << " along dimension " << dim << ", but got "
                         << *constant.getChannelDim());
  };
  if (failed(verify(filter, "filter", channelDim)))
    return failure();
  return bias ? verify(bias, "bias", 0) : success();
}

/// The largest scale of a value; 0 if it has none.
static float largestScale(Value value) {
  if (typeOf(value).getScale())
    return typeOf(value).getScaleValue();
  auto constant = value.getDefiningOp<ConstantOp>();
  if (!constant || !constant.getScales() ||
      !constant.getScales()->getElementType().isF32())
    return 0;
  auto scales = aten::constantData(*constant.getScales());
  if (failed(scales))
    return 0; // elided
  float largest = 0;
  for (float scale : scales->as<float>())
    largest = std::max(largest, scale);
  return largest;
}

static LogicalResult verifyRequantization(Operation *op, Value lhs, Value rhs,
                                          Value output) {
  if (!typeOf(output).getScale() || !typeOf(lhs).getScale())
    return success();
  const double scale = double(typeOf(lhs).getScaleValue()) * largestScale(rhs) /
                       typeOf(output).getScaleValue();
  if (scale >= kRequantizeEnd)
    return op->emitOpError("expected a product of scales below ")
           << kRequantizeEnd << " times the output's, but got " << scale
           << " times";
  return success();
}

static LogicalResult verifyStatic(Operation *op, Value filter, Value bias,
                                  int64_t channels) {
  for (Value value : {filter, bias})
    if (value && !value.getDefiningOp<ConstantOp>())
      return op->emitOpError("expected constants as filter and bias");
  if (bias)
    return verifyShape(op, "a bias", bias, {channels});
  return success();
}

template <typename ConvolutionOp>
static LogicalResult verifyWindows(ConvolutionOp op) {
  // (C1)
  for (Value value :
       {Value(op.getInput()), Value(op.getFilter()), Value(op.getOutput())})
    if (typeOf(value).getRank() != 4)
      return op.emitOpError("expected 4 dimensions, but got ")
             << typeOf(value).getRank();
  if (failed(verifyList(op, "padding", op.getPadding(), 4, 0)) ||
      failed(verifyList(op, "stride", op.getStride(), 2, 1)) ||
      failed(verifyList(op, "dilation", op.getDilation(), 2, 1)))
    return failure();
  return success();
}

/// Everything but channels (C2) and output size (C3).
template <typename ConvolutionOp>
static LogicalResult verifyConvolution(ConvolutionOp op,
                                       ArrayRef<Products> allowed,
                                       int64_t channelDim) {
  Value bias = op.getBias();
  if (failed(
          verifyStatic(op, op.getFilter(), bias, shapeOf(op.getOutput())[3])) ||
      failed(verifyDatatypes(op, allowed, op.getInput(), op.getFilter(), bias,
                             op.getOutput())) ||
      failed(verifyEncodings(op, op.getFilter(), bias, channelDim)) ||
      failed(verifyRequantization(op, op.getInput(), op.getFilter(),
                                  op.getOutput())))
    return failure();
  return verifyLimits(op);
}

/// The groups of `conv2d` and `conv_transpose2d`.
template <typename ConvolutionOp>
static LogicalResult verifyGroups(ConvolutionOp op) {
  const int64_t groups = op.getGroups();
  ArrayRef<int64_t> filter = shapeOf(op.getFilter());
  if (groups < 1 || filter[0] % groups ||
      filter[3] * groups != shapeOf(op.getInput())[3])
    return op.emitOpError("expected ")
           << groups << " groups of input channels in "
           << shapeText(shapeOf(op.getInput())) << " and of filters in "
           << shapeText(filter);
  return success();
}

template <typename ConvolutionOp>
static LogicalResult verifyOutput(ConvolutionOp op, int64_t channels) {
  ArrayRef<int64_t> input = shapeOf(op.getInput());
  ArrayRef<int64_t> filter = shapeOf(op.getFilter());
  ArrayRef<int64_t> padding = op.getPadding();
  auto height = countWindows(op, input[1], padding[0] + padding[2], filter[1],
                             op.getStride()[0], op.getDilation()[0]);
  auto width = countWindows(op, input[2], padding[1] + padding[3], filter[2],
                            op.getStride()[1], op.getDilation()[1]);
  if (failed(height) || failed(width))
    return failure();
  return verifyShape(op, "an output", op.getOutput(),
                     {input[0], *height, *width, channels});
}

LogicalResult Conv2dOp::verify() {
  if (failed(verifyWindows(*this)) || failed(verifyGroups(*this)) || // (C2)
      failed(verifyOutput(*this, shapeOf(getFilter())[0])))          // (C3)
    return failure();
  return verifyConvolution(*this, kConvolutions, /*channelDim=*/0);
}

LogicalResult DepthwiseConv2dOp::verify() {
  if (failed(verifyWindows(*this)))
    return failure();
  // (C2)
  ArrayRef<int64_t> filter = shapeOf(getFilter());
  const int64_t channels = shapeOf(getInput())[3];
  if (filter[0] != 1 || channels == 0 || filter[3] % channels)
    return emitOpError("expected a filter [1, KH, KW, multiple of ")
           << channels << "], but got " << shapeText(filter);
  if (failed(verifyOutput(*this, filter[3]))) // (C3)
    return failure();
  return verifyConvolution(*this, ArrayRef(kConvolutions).drop_back(),
                           /*channelDim=*/3);
}

LogicalResult ConvTranspose2dOp::verify() {
  if (failed(verifyWindows(*this)) ||
      failed(verifyList(*this, "adjustment", getAdjustment(), 2, 0)))
    return failure();
  for (int64_t dim : {0, 1})
    if (getAdjustment()[dim] >= getStride()[dim])
      return emitOpError("expected an adjustment below the stride ")
             << getStride()[dim] << ", but got " << getAdjustment()[dim];
  if (failed(verifyGroups(*this))) // (C2)
    return failure();
  // (C3)
  ArrayRef<int64_t> input = shapeOf(getInput());
  ArrayRef<int64_t> filter = shapeOf(getFilter());
  SmallVector<int64_t> expected(input);
  expected[3] = filter[0];
  for (int64_t dim : {0, 1})
    expected[dim + 1] = getStride()[dim] * (input[dim + 1] - 1) +
                        getDilation()[dim] * (filter[dim + 1] - 1) + 1 +
                        getAdjustment()[dim] -
                        (dim == 0 ? getPadding()[0] + getPadding()[2]
                                  : getPadding()[1] + getPadding()[3]);
  if (failed(verifyShape(*this, "an output", getOutput(), expected)))
    return failure();
  return verifyConvolution(*this, kConvolutions, /*channelDim=*/0);
}

LogicalResult FullyConnectedOp::verify() {
  // (C1)
  ArrayRef<int64_t> filter = shapeOf(getFilter());
  ArrayRef<int64_t> input = shapeOf(getInput());
  if (filter.size() != 2 || input.empty() || input.back() != filter[1])
    return emitOpError("expected an input [..., I] and a filter [O, I], but "
                       "got ")
           << shapeText(input) << " and " << shapeText(filter);
  SmallVector<int64_t> expected(input);
  expected.back() = filter[0];
  if (failed(verifyShape(*this, "an output", getOutput(), expected)))
    return failure();
  // (C2)
  const bool isDynamic = isIn(getInput(), set(Datatype::F32)) &&
                         isIn(getFilter(), set(Datatype::F32));
  Value bias = getBias();
  if (failed(verifyStatic(*this, isDynamic ? Value() : getFilter(), bias,
                          filter[0])))
    return failure();
  // (C3)
  if (failed(verifyDatatypes(*this, kFullyConnected, getInput(), getFilter(),
                             bias, getOutput())))
    return failure();
  // (C4)
  if (bias && isIn(getInput(), set(Datatype::F32)) &&
      isIn(getFilter(), set(Datatype::QCInt8, Datatype::QCInt4)))
    return emitOpError("expected no bias with a filter of codes and a float "
                       "input: add it behind the product");
  if (failed(verifyEncodings(*this, getFilter(), bias, /*channelDim=*/0)) ||
      failed(verifyRequantization(*this, getInput(), getFilter(), getOutput())))
    return failure();
  return verifyLimits(*this);
}

LogicalResult BatchMatrixMultiplyOp::verify() {
  // (C1)
  ArrayRef<int64_t> lhs = shapeOf(getLhs()), rhs = shapeOf(getRhs());
  const bool transposed = getTransposeRhs();
  auto mismatch = [&] {
    return emitOpError("expected matrices that can be multiplied, but got ")
           << shapeText(lhs) << " and " << shapeText(rhs);
  };
  if (lhs.size() < 2 || rhs.size() < 2 ||
      lhs.back() != rhs[rhs.size() - (transposed ? 1 : 2)])
    return mismatch();
  SmallVector<int64_t> expected(std::max(lhs.size(), rhs.size()), 1);
  for (ArrayRef<int64_t> shape : {lhs, rhs})
    for (size_t dim = 0; dim + 2 < shape.size(); ++dim) {
      int64_t &size = expected[dim + expected.size() - shape.size()];
      if (size != 1 && shape[dim] != 1 && size != shape[dim])
        return mismatch();
      size = size == 1 ? shape[dim] : size;
    }
  expected[expected.size() - 2] = lhs[lhs.size() - 2];
  expected.back() = rhs[rhs.size() - (transposed ? 2 : 1)];
  if (failed(verifyShape(*this, "an output", getOutput(), expected)))
    return failure();
  // (C2)
  const Datatype left = typeOf(getLhs()).getDatatype();
  const Datatype right = typeOf(getRhs()).getDatatype();
  const Datatype out = typeOf(getOutput()).getDatatype();
  const bool isPlain =
      left == right && right == out && (isFloat(out) || out == Datatype::QInt8);
  const bool isWeight = (left == Datatype::QDInt8 || left == Datatype::F32) &&
                        right == Datatype::QCInt8 && out == Datatype::F32 &&
                        getRhs().getDefiningOp<ConstantOp>();
  if (!isPlain && !isWeight)
    return emitOpError("XNNPACK has no matrix product of ")
           << stringifyDatatype(left) << " and " << stringifyDatatype(right)
           << " to " << stringifyDatatype(out);
  // (C3)
  if (right == Datatype::QInt8 && typeOf(getRhs()).getZeroPoint() != 0)
    return emitOpError("expected zero point 0 of the right side, but got ")
           << typeOf(getRhs()).getZeroPoint();
  return verifyRequantization(*this, getLhs(), getRhs(), getOutput()); // (C4)
}
