//===- ConvertPooling.cpp - Pooling, means and resampling to xnn ----------===//

#include <numeric>

#include "Lowering.h"
#include "Weights.h"
#include "dialects/Aten/Constants.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::xnn;

namespace {
/// Windows over an image; pairs are [height, width], `padding` [top, right,
/// bottom, left].
struct Windows {
  SmallVector<int64_t> kernel, stride, padding, dilation;
};
} // namespace

/// `values` for height and width: one may stand for both, none for `fallback`.
static SmallVector<int64_t> asPair(ArrayRef<int64_t> values,
                                   ArrayRef<int64_t> fallback) {
  if (values.empty())
    return SmallVector<int64_t>(fallback);
  return {values.front(), values.back()};
}

/// Pads at the bottom and right where the last window reaches over the edge
/// (`ceil_mode`). Fails, with a reason, if the image has dynamic sizes.
static LogicalResult padForCeil(Conversion &conversion, Windows &windows,
                                RankedTensorType input,
                                RankedTensorType output) {
  for (int64_t i : {0, 1}) {
    const int64_t size = input.getDimSize(2 + i);
    const int64_t windowCount = output.getDimSize(2 + i);
    if (ShapedType::isDynamic(size) || ShapedType::isDynamic(windowCount)) {
      conversion.refuse("ceil_mode over a dynamic size");
      return failure();
    }
    const int64_t reach = (windowCount - 1) * windows.stride[i] +
                          windows.dilation[i] * (windows.kernel[i] - 1) + 1;
    int64_t &before = windows.padding[i == 0 ? 0 : 3];
    int64_t &after = windows.padding[i == 0 ? 2 : 1];
    after = std::max(after, reach - size - before);
  }
  return success();
}

static LogicalResult checkWindows(Conversion &conversion,
                                  const Windows &windows) {
  if (windows.kernel[0] * windows.kernel[1] == 1) {
    conversion.refuse("expected a window of more than one element");
    return failure();
  }
  for (int64_t i : {0, 1})
    if (windows.stride[i] > windows.kernel[i]) {
      conversion.refuse("expected windows without gaps");
      return failure();
    }
  return success();
}

static Value convertMaxPool2d(Conversion &conversion, aten::MaxPool2dOp op) {
  Windows windows{asPair(op.getKernelSize(), {}), {}, {}, {}};
  windows.stride = asPair(op.getStride(), windows.kernel);
  windows.dilation = asPair(op.getDilation(), {1, 1});
  const SmallVector<int64_t> padding = asPair(op.getPadding(), {0, 0});
  windows.padding = {padding[0], padding[1], padding[0], padding[1]};
  if (tensorType(op.getSelf()).getRank() != 4)
    return conversion.refuse("expected an image of 4 dimensions");
  if (op.getCeilMode() &&
      failed(padForCeil(conversion, windows, tensorType(op.getSelf()),
                        tensorType(op.getResult()))))
    return {};
  if (failed(checkWindows(conversion, windows)))
    return {};
  Value image = conversion.input(op.getSelf());
  if (!image)
    return {};
  // Before the pool, not behind it: a clamp there would be merged wrongly.
  image = conversion.toNhwc(conversion.onResultGrid(image));
  const auto limits = conversion.takeLimits();
  OpBuilder &builder = conversion.builder;
  return conversion.toNchw(MaxPooling2dOp::create(
      builder, conversion.loc, conversion.imageResultType(), image,
      builder.getDenseI64ArrayAttr(windows.padding),
      builder.getDenseI64ArrayAttr(windows.kernel),
      builder.getDenseI64ArrayAttr(windows.stride),
      builder.getDenseI64ArrayAttr(windows.dilation), limits.min, limits.max));
}

/// Zeros around the rows and columns of `image` (NHWC).
static Value padImage(Conversion &conversion, Value image,
                      ArrayRef<int64_t> padding) {
  SmallVector<int64_t> shape(shapeOf(image));
  shape[1] += padding[0] + padding[2];
  shape[2] += padding[1] + padding[3];
  OpBuilder &builder = conversion.builder;
  return PadOp::create(
      builder, conversion.loc,
      cast<ValueType>(image.getType()).withShape(shape), image,
      builder.getDenseI64ArrayAttr({0, padding[0], padding[3], 0}),
      builder.getDenseI64ArrayAttr({0, padding[2], padding[1], 0}),
      builder.getF32FloatAttr(0));
}

/// The mean of each window of `image` (NHWC), every window inside it: in codes
/// a depthwise convolution with ones, whose scale is 1 / elements.
static Value averageOfCodes(Conversion &conversion, Value image,
                            const Windows &windows, ValueType type) {
  OpBuilder &builder = conversion.builder;
  if (type.getDatatype() != Datatype::QInt8)
    return conversion.refuse("expected int8 codes");
  const int64_t elements = windows.kernel[0] * windows.kernel[1];
  const int64_t channels = shapeOf(image)[3];
  const SmallVector<int64_t> shape{1, windows.kernel[0], windows.kernel[1],
                                   channels};
  const std::vector<char> ones(elements * channels, 1);
  Value filter = ConstantOp::create(
      builder, conversion.loc,
      ValueType::get(builder.getContext(), Datatype::QInt8, shape,
                     1.0f / float(elements), 0),
      aten::makeConstant(RankedTensorType::get(shape, builder.getI8Type()),
                         ones, "ones"),
      ElementsAttr(), IntegerAttr());
  const auto limits = conversion.takeLimits();
  return DepthwiseConv2dOp::create(
      builder, conversion.loc, type, image, filter, Value(),
      builder.getDenseI64ArrayAttr(windows.padding),
      builder.getDenseI64ArrayAttr(windows.stride),
      builder.getDenseI64ArrayAttr({1, 1}), limits.min, limits.max);
}

static Value convertAvgPool2d(Conversion &conversion, aten::AvgPool2dOp op) {
  Windows windows{asPair(op.getKernelSize(), {}), {}, {0, 0, 0, 0}, {1, 1}};
  windows.stride = asPair(op.getStride(), windows.kernel);
  const SmallVector<int64_t> pair = asPair(op.getPadding(), {0, 0});
  SmallVector<int64_t> padding{pair[0], pair[1], pair[0], pair[1]};
  if (failed(checkWindows(conversion, windows)))
    return {};
  if (op.getDivisorOverride() || op.getCeilMode())
    return conversion.refuse("divisor_override and ceil_mode");
  Value image = conversion.imageInput(op.getSelf());
  if (!image)
    return {};
  const bool pads = llvm::any_of(padding, [](int64_t p) { return p != 0; });
  const ValueType type = conversion.imageResultType();
  if (conversion.inCodes()) {
    if (pads && !op.getCountIncludePad())
      return conversion.refuse("padding that does not count");
    windows.padding = padding;
    Value result = averageOfCodes(conversion, image, windows, type);
    return result ? conversion.toNchw(result) : result;
  }
  if (pads && op.getCountIncludePad())
    image = padImage(conversion, image, padding);
  else
    windows.padding = padding;
  const auto limits = conversion.takeLimits();
  OpBuilder &builder = conversion.builder;
  return conversion.toNchw(AveragePooling2dOp::create(
      builder, conversion.loc, type, image,
      builder.getDenseI64ArrayAttr(windows.padding),
      builder.getDenseI64ArrayAttr(windows.kernel),
      builder.getDenseI64ArrayAttr(windows.stride), limits.min, limits.max));
}

/// `image` is NHWC; the result N11C.
static Value globalAverage(Conversion &conversion, Value image) {
  const ArrayRef<int64_t> shape = shapeOf(image);
  const auto limits = conversion.takeLimits();
  return GlobalAveragePooling2dOp::create(
      conversion.builder, conversion.loc,
      conversion.resultType({shape[0], 1, 1, shape[3]}), image, limits.min,
      limits.max);
}

/// Equal windows of `image` (NHWC) that give `rows` x `columns`.
static Value adaptiveAverage(Conversion &conversion, Value image, int64_t rows,
                             int64_t columns, bool dynamic) {
  if (rows == 1 && columns == 1)
    return globalAverage(conversion, image);
  const ArrayRef<int64_t> shape = shapeOf(image);
  if (dynamic || shape[1] % rows != 0 || shape[2] % columns != 0)
    return conversion.refuse("expected a static size that is a multiple of the "
                             "output's");
  Windows windows{{shape[1] / rows, shape[2] / columns}, {}, {0, 0, 0, 0}, {}};
  windows.stride = windows.kernel;
  const ValueType type =
      conversion.resultType({shape[0], rows, columns, shape[3]});
  if (windows.kernel[0] * windows.kernel[1] == 1)
    return conversion.onResultGrid(image);
  if (conversion.inCodes())
    return averageOfCodes(conversion, image, windows, type);
  const auto limits = conversion.takeLimits();
  OpBuilder &builder = conversion.builder;
  return AveragePooling2dOp::create(
      builder, conversion.loc, type, image,
      builder.getDenseI64ArrayAttr(windows.padding),
      builder.getDenseI64ArrayAttr(windows.kernel),
      builder.getDenseI64ArrayAttr(windows.stride), limits.min, limits.max);
}

static Value convertAdaptiveAvgPool2d(Conversion &conversion,
                                      aten::AdaptiveAvgPool2dOp op) {
  Value image = conversion.imageInput(op.getSelf());
  if (!image)
    return {};
  RankedTensorType type = tensorType(op.getSelf());
  const SmallVector<int64_t> size = asPair(op.getOutputSize(), {});
  Value result = adaptiveAverage(conversion, image, size[0], size[1],
                                 type.isDynamicDim(2) || type.isDynamicDim(3));
  return result ? conversion.toNchw(result) : result;
}

static Value convertAdaptiveAvgPool1d(Conversion &conversion,
                                      aten::AdaptiveAvgPool1dOp op) {
  RankedTensorType type = tensorType(op.getSelf());
  Value value = conversion.sequenceInput(op.getSelf());
  if (value)
    value = adaptiveAverage(conversion, value, 1, op.getOutputSize()[0],
                            type.isDynamicDim(2));
  return value ? conversion.reshapeTo(conversion.toNchw(value),
                                      tensorType(op.getResult()))
               : value;
}

/// The product of the sizes of `dims`; dynamic if one is, and more than one
/// element is merged into it is fine: run time infers it.
static int64_t product(ArrayRef<int64_t> sizes) {
  if (ShapedType::isDynamicShape(sizes))
    return ShapedType::kDynamic;
  return std::accumulate(sizes.begin(), sizes.end(), int64_t(1),
                         std::multiplies<int64_t>());
}

/// Mean over `dims`. Other dimensions than an image's must be neighbours: they
/// become the rows of an image whose channels are the dimensions behind them.
static Value meanOver(Conversion &conversion, Value tensor,
                      std::optional<ArrayRef<int64_t>> dims,
                      RankedTensorType resultType) {
  RankedTensorType type = tensorType(tensor);
  const int64_t rank = type.getRank();
  SmallVector<int64_t> reduced;
  if (dims)
    for (int64_t dim : *dims)
      reduced.push_back(wrapDim(dim, rank));
  if (reduced.empty())
    reduced = llvm::to_vector(llvm::seq<int64_t>(rank));
  llvm::sort(reduced);
  if (reduced.empty())
    return conversion.refuse("expected a dimension to reduce");
  Value value = conversion.input(tensor);
  if (!value)
    return {};
  if (rank == 4 && reduced == SmallVector<int64_t>{2, 3}) {
    value =
        conversion.toNchw(globalAverage(conversion, conversion.toNhwc(value)));
    return conversion.reshapeTo(value, resultType);
  }
  const int64_t first = reduced.front(), last = reduced.back();
  if (last - first + 1 != int64_t(reduced.size()))
    return conversion.refuse("expected neighbouring dimensions to reduce");
  const ArrayRef<int64_t> sizes = type.getShape();
  const SmallVector<int64_t> bounds = aten::upperBounds(type);
  auto merged = [&](ArrayRef<int64_t> of) -> SmallVector<int64_t> {
    return {product(of.take_front(first)), 1,
            product(of.slice(first, reduced.size())),
            product(of.drop_front(last + 1))};
  };
  value = conversion.reshape(value, merged(sizes), merged(bounds));
  if (!value)
    return {};
  return conversion.reshapeTo(globalAverage(conversion, value), resultType);
}

static Value convertMeanDim(Conversion &conversion, aten::MeanDimOp op) {
  return meanOver(conversion, op.getSelf(), op.getDim(),
                  tensorType(op.getResult()));
}

static Value convertMean(Conversion &conversion, aten::MeanOp op) {
  return meanOver(conversion, op.getSelf(), std::nullopt,
                  tensorType(op.getResult()));
}

/// The mean times the number of elements.
static Value convertSum(Conversion &conversion, aten::SumDimIntListOp op) {
  if (conversion.inCodes())
    return conversion.refuse("no sum on codes");
  RankedTensorType type = tensorType(op.getSelf());
  int64_t elements = 1;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    if (!op.getDim() || op.getDim()->empty() ||
        llvm::any_of(*op.getDim(), [&](int64_t each) {
          return wrapDim(each, type.getRank()) == dim;
        })) {
      if (type.isDynamicDim(dim))
        return conversion.refuse("a sum over a dynamic size");
      elements *= type.getDimSize(dim);
    }
  RankedTensorType result = tensorType(op.getResult());
  // Limits hold for the sum, not for the mean.
  const auto limits = conversion.takeLimits();
  Value mean = meanOver(conversion, op.getSelf(), op.getDim(), result);
  if (!mean)
    return {};
  return BinaryElementwiseOp::create(
      conversion.builder, conversion.loc, conversion.resultType(),
      BinaryKind::Multiply, mean, conversion.scalar(elements), limits.min,
      limits.max);
}

static Value convertUpsampleBilinear2d(Conversion &conversion,
                                       aten::UpsampleBilinear2dVecOp op) {
  RankedTensorType type = tensorType(op.getResult());
  if (type.getRank() != 4 || type.isDynamicDim(2) || type.isDynamicDim(3))
    return conversion.refuse("expected a static output size");
  Value image = conversion.input(op.getInput());
  if (!image)
    return {};
  image = conversion.toNhwc(conversion.onResultGrid(image));
  return conversion.toNchw(ResizeBilinearOp::create(
      conversion.builder, conversion.loc, conversion.imageResultType(), image,
      type.getDimSize(2), type.getDimSize(3), op.getAlignCorners()));
}

/// Each row and column repeated: copies of the image joined along dimensions of
/// their own, [N, H, rows, W, columns, C].
static Value convertUpsampleNearest2d(Conversion &conversion,
                                      aten::UpsampleNearest2dVecOp op) {
  RankedTensorType from = tensorType(op.getInput());
  RankedTensorType to = tensorType(op.getResult());
  if (to.getRank() != 4 ||
      ShapedType::isDynamicShape(from.getShape().drop_front()) ||
      ShapedType::isDynamicShape(to.getShape().drop_front()))
    return conversion.refuse("expected static sizes but for the batch");
  const int64_t height = from.getDimSize(2), width = from.getDimSize(3);
  const int64_t rows = to.getDimSize(2) / height;
  const int64_t columns = to.getDimSize(3) / width;
  if (rows * height != to.getDimSize(2) || columns * width != to.getDimSize(3))
    return conversion.refuse("expected whole factors");
  if (rows > 5 || columns > 5)
    return conversion.refuse("expected factors of at most 5");
  Value image = conversion.input(op.getInput());
  if (!image)
    return {};
  image = conversion.toNhwc(conversion.onResultGrid(image));
  const int64_t batch = shapeOf(image)[0], channels = shapeOf(image)[3];
  SmallVector<int64_t> sizes{from.getDimSize(0), height, 1, width, 1, channels};
  SmallVector<int64_t> bounds{batch, height, 1, width, 1, channels};
  image = conversion.reshape(image, sizes, bounds);
  for (auto [axis, copies] : {std::pair(4, columns), std::pair(2, rows)}) {
    bounds[axis] = copies;
    if (image && copies > 1)
      image = ConcatenateOp::create(conversion.builder, conversion.loc,
                                    conversion.resultType(bounds),
                                    SmallVector<Value>(copies, image), axis);
  }
  if (!image)
    return {};
  image = conversion.reshape(
      image, {from.getDimSize(0), height * rows, width * columns, channels},
      {batch, height * rows, width * columns, channels});
  return image ? conversion.toNchw(image) : image;
}

void pt2e::xnn::addPooling(Converters &converters) {
  converters.add(convertMaxPool2d);
  converters.add(convertAvgPool2d);
  converters.add(convertAdaptiveAvgPool2d);
  converters.add(convertAdaptiveAvgPool1d);
  converters.add(convertMeanDim);
  converters.add(convertMean);
  converters.add(convertSum);
  converters.add(convertUpsampleBilinear2d);
  converters.add(convertUpsampleNearest2d);
}
