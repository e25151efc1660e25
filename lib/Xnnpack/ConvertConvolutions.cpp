//===- ConvertConvolutions.cpp - Convolutions to xnn ----------------------===//

#include "Lowering.h"
#include "Weights.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Provenance.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::xnn;

namespace {
/// A 2-D convolution as PyTorch describes it; pairs are [height, width],
/// `padding` [top, right, bottom, left].
struct Window {
  SmallVector<int64_t> stride, padding, dilation;
  int64_t groups;
};
} // namespace

/// Moves zeros that `xnn.pad` puts around `image` (NHWC) into `padding`.
static PadOp foldZeroPad(Conversion &conversion, Value image,
                         SmallVectorImpl<int64_t> &padding) {
  // The pad stands before or behind the transpose to NHWC.
  auto transpose = image.getDefiningOp<TransposeOp>();
  Value padded = transpose ? transpose.getInput() : image;
  auto pad = padded.getDefiningOp<PadOp>();
  if (!pad)
    return {};
  auto missed = [&](StringRef why) {
    conversion.missed("FoldPad", aten::valueName(pad.getOutput()) + why.str());
    return PadOp();
  };
  if (!pad.getValue().isZero())
    return missed(" does not pad with 0, as a convolution does");
  if (transpose && transpose.getPerm() != ArrayRef<int64_t>{0, 2, 3, 1})
    return {};
  const int64_t h = transpose ? 2 : 1, w = h + 1;
  for (int64_t dim = 0; dim < 4; ++dim)
    if (dim != h && dim != w && (pad.getPre()[dim] || pad.getPost()[dim]))
      return missed(" pads more than height and width");
  padding[0] += pad.getPre()[h];
  padding[1] += pad.getPost()[w];
  padding[2] += pad.getPost()[h];
  padding[3] += pad.getPre()[w];
  return pad;
}

/// The kind of a convolution of `inputs` channels by `weight` [O, ...].
static Product kindOf(int64_t groups, int64_t inputs, Value weight) {
  return groups == inputs && groups > 1 &&
                 tensorType(weight).getDimSize(0) % inputs == 0
             ? Product::Depthwise
             : Product::Convolution;
}

/// What `op` convolves: floats where XNNPACK quantizes them at run time.
template <typename Op>
static Value convolutionInput(Conversion &conversion, Op op) {
  return conversion.productInput(op.getInput(), op.getWeight(), /*axis=*/0,
                                 kindOf(op.getGroups(),
                                        tensorType(op.getInput()).getDimSize(1),
                                        op.getWeight()));
}

/// `image` is NHWC, `weightShape` [O, I / groups, KH, KW]; the result is NHWC
/// of `type`.
static Value convolve(Conversion &conversion, Value image, Value weightTensor,
                      Value biasTensor, ArrayRef<int64_t> weightShape,
                      Window window, ValueType type) {
  OpBuilder &builder = conversion.builder;
  const Product kind = kindOf(window.groups, shapeOf(image)[3], weightTensor);
  PadOp pad = foldZeroPad(conversion, image, window.padding);
  if (pad)
    image = image.getDefiningOp<TransposeOp>()
                ? conversion.toNhwc(pad.getInput())
                : Value(pad.getInput());
  // Of [O, I, KH, KW] as [O, KH, KW, I].
  image = conversion.quantizeRows(
      image, rangeOfConvolution({weightShape[0], weightShape[2], weightShape[3],
                                 weightShape[1]},
                                window.stride, window.padding, window.groups));
  std::optional<Weight> weight =
      usableWeight(conversion, weightTensor, /*axis=*/0, image, kind);
  if (!weight)
    return {};
  weight->elements = aten::reshapeConstant(weight->elements, weightShape);
  const float inputScale =
      conversion.inCodes() ? cast<ValueType>(image.getType()).getScaleValue()
                           : 1;
  FailureOr<Value> bias =
      biasValue(conversion, biasTensor, *weight, inputScale);
  if (failed(bias))
    return {};
  Location loc = conversion.loc;
  if (pad)
    loc = FusedLoc::get(builder.getContext(), {loc, pad.getLoc()});
  const auto limits = conversion.takeLimits();
  if (weight->isCodes() && !conversion.inCodes())
    conversion.setMultipliesCodes();
  if (kind == Product::Depthwise) {
    Value filter = weightValue(conversion, *weight, {1, 2, 3, 0}, 3);
    return DepthwiseConv2dOp::create(
        builder, loc, type, image, filter, *bias,
        builder.getDenseI64ArrayAttr(window.padding),
        builder.getDenseI64ArrayAttr(window.stride),
        builder.getDenseI64ArrayAttr(window.dilation), limits.min, limits.max);
  }
  Value filter = weightValue(conversion, *weight, {0, 2, 3, 1}, 0);
  return Conv2dOp::create(builder, loc, type, image, filter, *bias,
                          builder.getDenseI64ArrayAttr(window.padding),
                          builder.getDenseI64ArrayAttr(window.stride),
                          builder.getDenseI64ArrayAttr(window.dilation),
                          builder.getI64IntegerAttr(window.groups), limits.min,
                          limits.max);
}

static Value convertConv2d(Conversion &conversion, aten::Conv2dOp op) {
  Value image = conversion.imageInput(convolutionInput(conversion, op));
  if (!image)
    return {};
  const ArrayRef<int64_t> padding = op.getPadding();
  Window window{SmallVector<int64_t>(op.getStride()),
                {padding[0], padding[1], padding[0], padding[1]},
                SmallVector<int64_t>(op.getDilation()),
                int64_t(op.getGroups())};
  Value result = convolve(conversion, image, op.getWeight(), op.getBias(),
                          tensorType(op.getWeight()).getShape(),
                          std::move(window), conversion.imageResultType());
  return result ? conversion.toNchw(result) : result;
}

static Value convertConv2dPadding(Conversion &conversion,
                                  aten::Conv2dPaddingOp op) {
  Value image = conversion.imageInput(convolutionInput(conversion, op));
  if (!image)
    return {};
  Window window{SmallVector<int64_t>(op.getStride()),
                {0, 0, 0, 0},
                SmallVector<int64_t>(op.getDilation()),
                int64_t(op.getGroups())};
  if (op.getPadding() == "same") {
    // An odd total has one more at the bottom and right.
    const ArrayRef<int64_t> kernel =
        tensorType(op.getWeight()).getShape().take_back(2);
    const int64_t rows = window.dilation[0] * (kernel[0] - 1);
    const int64_t columns = window.dilation[1] * (kernel[1] - 1);
    window.padding = {rows / 2, columns - columns / 2, rows - rows / 2,
                      columns / 2};
  } else if (op.getPadding() != "valid") {
    return conversion.refuse("expected padding same or valid");
  }
  Value result = convolve(conversion, image, op.getWeight(), op.getBias(),
                          tensorType(op.getWeight()).getShape(),
                          std::move(window), conversion.imageResultType());
  return result ? conversion.toNchw(result) : result;
}

/// An image [N, 1, L, C] as the sequence that the op makes.
static Value asSequence(Conversion &conversion, Value image, Value result) {
  return image ? conversion.reshapeTo(conversion.toNchw(image),
                                      tensorType(result))
               : image;
}

static Value convertConv1d(Conversion &conversion, aten::Conv1dOp op) {
  Value image = conversion.sequenceInput(convolutionInput(conversion, op));
  if (!image)
    return {};
  const int64_t padding = op.getPadding()[0];
  Window window{{1, op.getStride()[0]},
                {0, padding, 0, padding},
                {1, op.getDilation()[0]},
                int64_t(op.getGroups())};
  const ArrayRef<int64_t> shape = tensorType(op.getWeight()).getShape();
  const SmallVector<int64_t> bounds =
      aten::upperBounds(tensorType(op.getResult()));
  return asSequence(
      conversion,
      convolve(conversion, image, op.getWeight(), op.getBias(),
               SmallVector<int64_t>{shape[0], shape[1], 1, shape[2]},
               std::move(window),
               conversion.resultType({bounds[0], 1, bounds[2], bounds[1]})),
      op.getResult());
}

/// PyTorch's [I, O / groups, KH, KW] as [O, I / groups, KH, KW].
static ElementsAttr swapChannels(ElementsAttr elements, int64_t groups,
                                 StringRef name) {
  const ArrayRef<int64_t> shape =
      cast<ShapedType>(elements.getType()).getShape();
  const int64_t inputs = shape[0] / groups, outputs = shape[1];
  elements = aten::reshapeConstant(
      elements, {groups, inputs, outputs, shape[2], shape[3]});
  elements = aten::transposeConstant(elements, {0, 2, 1, 3, 4}, name);
  return aten::reshapeConstant(elements,
                               {groups * outputs, inputs, shape[2], shape[3]});
}

static Value convertConvTranspose2d(Conversion &conversion,
                                    aten::ConvTranspose2dInputOp op) {
  OpBuilder &builder = conversion.builder;
  const int64_t groups = op.getGroups();
  // Groups have no axis of all output channels.
  Value input = groups > 1
                    ? Value(op.getInput())
                    : conversion.productInput(op.getInput(), op.getWeight(),
                                              /*axis=*/1, Product::Convolution);
  Value image = conversion.imageInput(input);
  if (!image)
    return {};
  image = conversion.quantizeRows(image, RangeOf::Image);
  std::optional<Weight> weight = usableWeight(
      conversion, op.getWeight(), /*axis=*/1, image, Product::Convolution);
  if (!weight)
    return {};
  if (weight->axis >= 0 && groups > 1)
    return conversion.refuse("expected one weight scale for each output "
                             "channel of all groups");
  if (weight->isCodes() && !conversion.inCodes())
    conversion.setMultipliesCodes();
  weight->elements = swapChannels(weight->elements, groups, weight->name);
  if (weight->axis >= 0)
    weight->axis = 0;
  const float inputScale =
      conversion.inCodes() ? cast<ValueType>(image.getType()).getScaleValue()
                           : 1;
  FailureOr<Value> bias =
      biasValue(conversion, op.getBias(), *weight, inputScale);
  if (failed(bias))
    return {};
  const auto limits = conversion.takeLimits();
  const ArrayRef<int64_t> padding = op.getPadding();
  Value filter = weightValue(conversion, *weight, {0, 2, 3, 1}, 0);
  return conversion.toNchw(ConvTranspose2dOp::create(
      builder, conversion.loc, conversion.imageResultType(), image, filter,
      *bias,
      builder.getDenseI64ArrayAttr(
          {padding[0], padding[1], padding[0], padding[1]}),
      builder.getDenseI64ArrayAttr(op.getOutputPadding()),
      builder.getDenseI64ArrayAttr(op.getStride()),
      builder.getDenseI64ArrayAttr(op.getDilation()),
      builder.getI64IntegerAttr(groups), limits.min, limits.max));
}

void pt2e::xnn::addConvolutions(Converters &converters) {
  converters.add(convertConv1d);
  converters.add(convertConv2d);
  converters.add(convertConv2dPadding);
  converters.add(convertConvTranspose2d);
}
