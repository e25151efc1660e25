// Convolutions of volumes as convolutions of images, and their windows.
#include "Decompose.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::decompose;

static Attribute listOf(AtenBuilder &to, ArrayRef<int64_t> numbers) {
  return to.builder.getDenseI64ArrayAttr(numbers);
}

static Value padZeros(AtenBuilder &to, Value value, int64_t dim,
                      int64_t padding) {
  if (padding == 0)
    return value;
  RankedTensorType type = tensorType(value);
  // From the last dimension on, before and behind.
  SmallVector<int64_t> pads(2 * (type.getRank() - dim), 0);
  pads[pads.size() - 2] = pads[pads.size() - 1] = padding;
  return to.build(
      "aten::constant_pad_nd",
      {AtenBuilder::argument("self", value),
       AtenBuilder::argument("pad", listOf(to, pads)),
       AtenBuilder::argument("value", to.builder.getI64IntegerAttr(0))},
      withSize(type, dim, type.getDimSize(dim) + 2 * padding));
}

/// The images that a tap of the depth sees become channels: [N, C, D, H, W] is
/// [N * D', C * KD, H, W], with the channels of a group side by side, and the
/// weights [O, C / groups, KD, KH, KW] are [O, C / groups * KD, KH, KW] as they
/// lie.
static bool conv3d(AtenBuilder &to) {
  Value input = to.tensor("input"), weight = to.tensor("weight");
  const SmallVector<int64_t> stride = to.integers("stride", 3, 1);
  const SmallVector<int64_t> padding = to.integers("padding", 3, 0);
  const SmallVector<int64_t> dilation = to.integers("dilation", 3, 1);
  RankedTensorType type = tensorType(input), weightType = tensorType(weight);
  const ArrayRef<int64_t> kernel = weightType.getShape();
  if (type.getRank() != 5 || !weightType.hasStaticShape() ||
      ShapedType::isDynamicShape(type.getShape().drop_front()))
    return to.keep("expected a batch of volumes of known sizes");

  RankedTensorType result = to.resultType();
  const int64_t depth = result.getDimSize(2), channels = type.getDimSize(1);
  Value padded = padZeros(to, input, 2, padding[0]);
  SmallVector<Value> taps;
  for (int64_t tap = 0; tap < kernel[2]; ++tap) {
    const int64_t first = tap * dilation[0];
    Value images = to.slice(padded, 2, first,
                            first + stride[0] * (depth - 1) + 1, stride[0]);
    images = to.permute(images, {0, 2, 1, 3, 4});
    taps.push_back(to.unsqueeze(images, 3));
  }
  Value images = taps.size() == 1 ? taps.front() : to.cat(taps, 3);
  const bool isDynamic = type.isDynamicDim(0);
  images = to.regroup(images, 2, 2, {channels * kernel[2]});
  images = images ? to.regroup(images, 0, 2,
                               {isDynamic ? ShapedType::kDynamic
                                          : type.getDimSize(0) * depth})
                  : Value();
  if (!images)
    return false;
  Value filter =
      to.view(weight, RankedTensorType::get({kernel[0], kernel[1] * kernel[2],
                                             kernel[3], kernel[4]},
                                            weightType.getElementType()));
  SmallVector<aten::OperatorArgument> arguments{
      AtenBuilder::argument("input", images),
      AtenBuilder::argument("weight", filter),
      AtenBuilder::argument("stride", listOf(to, {stride[1], stride[2]})),
      AtenBuilder::argument("padding", listOf(to, {padding[1], padding[2]})),
      AtenBuilder::argument("dilation", listOf(to, {dilation[1], dilation[2]})),
      to.same("groups")};
  if (Value bias = to.tensor("bias"))
    arguments.push_back(AtenBuilder::argument("bias", bias));
  RankedTensorType outType = tensorType(images);
  for (int64_t dim : {1, 2, 3})
    outType = withSize(outType, dim,
                       dim == 1 ? kernel[0] : result.getDimSize(dim + 1));
  Value out = to.build("aten::conv2d", arguments, outType);
  out = to.regroup(
      out, 0, 1,
      {isDynamic ? ShapedType::kDynamic : type.getDimSize(0), depth});
  return out && to.replace(to.permute(out, {0, 2, 1, 3, 4}));
}

/// The element that each tap of the window sees, [N, C * KH * KW, windows].
static bool im2col(AtenBuilder &to) {
  Value image = to.tensor("self");
  const SmallVector<int64_t> kernel = to.integers("kernel_size", 2, 1);
  const SmallVector<int64_t> dilation = to.integers("dilation", 2, 1);
  const SmallVector<int64_t> padding = to.integers("padding", 2, 0);
  const SmallVector<int64_t> stride = to.integers("stride", 2, 1);
  RankedTensorType type = tensorType(image);
  if (type.getRank() != 4 ||
      ShapedType::isDynamicShape(type.getShape().drop_front()))
    return to.keep("expected a batch of images of known sizes");
  SmallVector<int64_t, 2> windows;
  for (int64_t dim : {0, 1})
    windows.push_back((type.getDimSize(dim + 2) + 2 * padding[dim] -
                       dilation[dim] * (kernel[dim] - 1) - 1) /
                          stride[dim] +
                      1);
  Value padded =
      padZeros(to, padZeros(to, image, 2, padding[0]), 3, padding[1]);
  SmallVector<Value> taps;
  for (int64_t row = 0; row < kernel[0]; ++row) {
    const int64_t top = row * dilation[0];
    Value rows = to.slice(padded, 2, top,
                          top + stride[0] * (windows[0] - 1) + 1, stride[0]);
    for (int64_t column = 0; column < kernel[1]; ++column) {
      const int64_t left = column * dilation[1];
      taps.push_back(to.unsqueeze(
          to.slice(rows, 3, left, left + stride[1] * (windows[1] - 1) + 1,
                   stride[1]),
          2));
    }
  }
  return to.replace(to.view(to.cat(taps, 2), to.resultType()));
}

void decompose::addConvolutions(Table &table) {
  table["aten::conv3d"] = conv3d;
  table["aten::im2col"] = im2col;
}
