// Pools of sequences and volumes as pools of images.
#include "Decompose.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::decompose;

namespace {
/// What max and average pools share; `stride` is the kernel's size by default.
struct Windows {
  SmallVector<int64_t> kernel, stride, padding, dilation;

  Windows(const AtenBuilder &to, size_t count)
      : kernel(to.integers("kernel_size", count, 1)),
        stride(to.integers("stride", count, 0)),
        padding(to.integers("padding", count, 0)),
        dilation(to.integers("dilation", count, 1)) {
    for (size_t i = 0; i < count; ++i)
      if (stride[i] == 0)
        stride[i] = kernel[i];
  }
};
} // namespace

/// The pool of images of the kind of the op, of windows `dim0` x `dim1`; -1 for
/// a dimension in which nothing is done.
static Value pool2d(AtenBuilder &to, Value value, const Windows &windows,
                    int dim0, int dim1, RankedTensorType type, bool isMax) {
  auto pair = [&](ArrayRef<int64_t> list, int64_t none) {
    return to.builder.getDenseI64ArrayAttr(
        {dim0 < 0 ? none : list[dim0], dim1 < 0 ? none : list[dim1]});
  };
  SmallVector<aten::OperatorArgument> arguments{
      AtenBuilder::argument("self", value),
      AtenBuilder::argument("kernel_size", pair(windows.kernel, 1)),
      AtenBuilder::argument("stride", pair(windows.stride, 1)),
      AtenBuilder::argument("padding", pair(windows.padding, 0)),
      AtenBuilder::argument("ceil_mode",
                            to.builder.getBoolAttr(to.flag("ceil_mode")))};
  arguments.push_back(
      isMax ? AtenBuilder::argument("dilation", pair(windows.dilation, 1))
            : AtenBuilder::argument(
                  "count_include_pad",
                  to.builder.getBoolAttr(to.flag("count_include_pad"))));
  return to.build(isMax ? "aten::max_pool2d" : "aten::avg_pool2d", arguments,
                  type);
}

/// A sequence is an image of one row.
template <bool isMax>
static bool pool1d(AtenBuilder &to) {
  Value self = to.tensor("self");
  const int64_t row = tensorType(self).getRank() - 1;
  Value image = to.unsqueeze(self, row);
  RankedTensorType type =
      withSize(tensorType(image), row + 1, to.resultType().getShape().back());
  if (ShapedType::isDynamic(to.resultType().getShape().back()))
    return to.keep("expected a length known at compile time");
  Value pooled = pool2d(to, image, Windows(to, 1), -1, 0, type, isMax);
  return to.replace(to.build(
      "aten::squeeze.dim",
      {AtenBuilder::argument("self", pooled),
       AtenBuilder::argument("dim", to.builder.getI64IntegerAttr(row))},
      to.resultType()));
}

/// Height and width first, each image of the volume by itself, then the depth.
/// Of an average the counts of the two multiply.
template <bool isMax>
static bool pool3d(AtenBuilder &to) {
  Value self = to.tensor("self");
  RankedTensorType type = tensorType(self), result = to.resultType();
  if (type.getRank() != 5 ||
      ShapedType::isDynamicShape(type.getShape().drop_front()))
    return to.keep("expected a batch of volumes of known sizes");
  if (!isMax && (to.flag("ceil_mode") || isa_and_nonnull<IntegerAttr>(
                                             to.attribute("divisor_override"))))
    return to.keep("expected neither ceil_mode nor a divisor");
  const Windows windows(to, 3);
  const int64_t channels = type.getDimSize(1), depth = type.getDimSize(2);
  const int64_t height = result.getDimSize(3), width = result.getDimSize(4);
  Value images = to.regroup(self, 1, 2, {channels * depth});
  if (!images)
    return false;
  images = pool2d(to, images, windows, 1, 2,
                  withSize(withSize(tensorType(images), 2, height), 3, width),
                  isMax);
  Value columns = to.regroup(images, 1, 3, {channels, depth, height * width});
  columns =
      pool2d(to, columns, windows, 0, -1,
             withSize(tensorType(columns), 2, result.getDimSize(2)), isMax);
  return to.replace(to.regroup(columns, 3, 1, {height, width}));
}

/// The mean of the volume.
static bool adaptiveAveragePool3d(AtenBuilder &to) {
  Value self = to.tensor("self");
  const int64_t rank = tensorType(self).getRank();
  if (llvm::any_of(to.resultType().getShape().take_back(3),
                   [](int64_t size) { return size != 1; }))
    return to.keep("expected one number for each channel");
  return to.replace(
      to.reduce("aten::mean.dim", self, {rank - 3, rank - 2, rank - 1}));
}

/// Windows of one size, where they divide the image.
static bool adaptiveMaxPool2d(AtenBuilder &to) {
  RankedTensorType from = tensorType(to.tensor("self")),
                   result = to.resultType();
  SmallVector<int64_t> kernel;
  for (int64_t dim : {from.getRank() - 2, from.getRank() - 1}) {
    const int64_t size = from.getDimSize(dim), windows = result.getDimSize(dim);
    if (ShapedType::isDynamic(size) || windows == 0 || size % windows != 0)
      return to.keep("expected windows of one size, known at compile time");
    kernel.push_back(size / windows);
  }
  Attribute windows = to.builder.getDenseI64ArrayAttr(kernel);
  return to.replace(
      to.build("aten::max_pool2d_with_indices",
               {to.same("self"), AtenBuilder::argument("kernel_size", windows),
                AtenBuilder::argument("stride", windows)},
               TypeRange{to.resultType(0), to.resultType(1)}));
}

void decompose::addPools(Table &table) {
  table["aten::max_pool1d"] = pool1d<true>;
  table["aten::avg_pool1d"] = pool1d<false>;
  table["aten::max_pool3d"] = pool3d<true>;
  table["aten::avg_pool3d"] = pool3d<false>;
  table["aten::adaptive_avg_pool3d"] = adaptiveAveragePool3d;
  table["aten::adaptive_max_pool2d"] = adaptiveMaxPool2d;
}
