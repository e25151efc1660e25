//===- FoldStride.cpp - Columns of strided convolutions as channels -------===//

#include "Moves.h"
#include "dialects/Aten/Constants.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "pt2e/Xnnpack/Passes.h"
#include "llvm/Support/MathExtras.h"

namespace pt2e {
#define GEN_PASS_DEF_XNNFOLDSTRIDEPASS
#include "pt2e/Xnnpack/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using namespace pt2e::xnn;

namespace {
/// Kernels read 8 input channels of a tap at once; where there are as many,
/// nothing is gained.
constexpr int64_t kChannelsAtOnce = 8;

/// The columns of a convolution when `stride` of them are one.
struct FoldedColumns {
  int64_t stride;
  int64_t firstTap; ///< folded column of the first tap, seen from the output's
  int64_t taps;
  int64_t padLeft, padRight;

  static std::optional<FoldedColumns> of(Conv2dOp conv);
};
} // namespace

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<ValueType>(value.getType()).getShape();
}

/// The folded columns, if `conv` computes codes from few channels and its
/// stride divides the width. In codes a tap more, of weight zero, is exact.
std::optional<FoldedColumns> FoldedColumns::of(Conv2dOp conv) {
  auto type = cast<ValueType>(conv.getInput().getType());
  auto filter = conv.getFilter().getDefiningOp<ConstantOp>();
  const Datatype weights =
      cast<ValueType>(conv.getFilter().getType()).getDatatype();
  const int64_t stride = conv.getStride()[1];
  const int64_t width = type.getShape()[2], channels = type.getShape()[3];
  if (type.getDatatype() != Datatype::QInt8 || !filter ||
      (weights != Datatype::QInt8 && weights != Datatype::QCInt8) ||
      conv.getGroups() != 1 || conv.getDilation()[1] != 1 || stride == 1 ||
      width % stride != 0 || channels >= kChannelsAtOnce)
    return {};

  // Output column x reads columns stride * x + tap - padding.
  const int64_t kernel = shapeOf(conv.getFilter())[2];
  const int64_t padding = conv.getPadding()[3];
  FoldedColumns folded;
  folded.stride = stride;
  folded.firstTap = llvm::divideFloorSigned(-padding, stride);
  folded.taps = llvm::divideFloorSigned(kernel - 1 - padding, stride) -
                folded.firstTap + 1;
  folded.padLeft = -folded.firstTap;
  folded.padRight = shapeOf(conv.getOutput())[2] - width / stride -
                    folded.padLeft + folded.taps - 1;
  if (folded.padRight < 0)
    return {};
  return folded;
}

/// The weights [O, KH, KW, C] as [O, KH, taps, C * stride]. What a column holds
/// is ordered by channel first if `channelsFirst`.
static FailureOr<ConstantOp> foldFilter(OpBuilder &builder, ConstantOp filter,
                                        const FoldedColumns &folded,
                                        int64_t padding, bool channelsFirst) {
  FailureOr<aten::ConstantData> data = aten::constantData(filter.getValue());
  if (failed(data))
    return failure();
  ArrayRef<int64_t> shape = shapeOf(filter);
  const int64_t rows = shape[0] * shape[1], kernel = shape[2];
  const int64_t channels = shape[3], stride = folded.stride;
  ArrayRef<char> codes = data->bytes();
  std::vector<char> result(rows * folded.taps * stride * channels, 0);
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t tap = 0; tap < kernel; ++tap) {
      const int64_t column = tap - padding - folded.firstTap * stride;
      char *cell =
          &result[(row * folded.taps + column / stride) * stride * channels];
      const int64_t phase = column % stride;
      for (int64_t channel = 0; channel < channels; ++channel)
        cell[channelsFirst ? channel * stride + phase
                           : phase * channels + channel] =
            codes[(row * kernel + tap) * channels + channel];
    }

  const SmallVector<int64_t> newShape{shape[0], shape[1], folded.taps,
                                      stride * channels};
  auto resource = dyn_cast<DenseResourceElementsAttr>(filter.getValue());
  ElementsAttr value = aten::makeConstant(
      RankedTensorType::get(newShape, filter.getValue().getElementType()),
      std::move(result),
      resource ? resource.getRawHandle().getKey() : "folded");
  return ConstantOp::create(
      builder, filter.getLoc(),
      cast<ValueType>(filter.getType()).withShape(newShape), value,
      filter.getScalesAttr(), filter.getChannelDimAttr());
}

/// The input with `stride` columns as one. If nothing else wants its
/// transposed form, pairs of columns are moved instead of single codes.
static FailureOr<Value> foldInput(OpBuilder &builder, Conv2dOp conv,
                                  int64_t stride, bool channelsFirst,
                                  DynamicDims &dynamicDims) {
  Value input = conv.getInput();
  const llvm::SmallBitVector &dynamic = dynamicDims.of(input);
  // The reshapes split the width and join the rest; only the batch is inferred.
  if (dynamic.count() > 1 || (dynamic.any() && !dynamic.test(0)))
    return failure();
  auto type = cast<ValueType>(input.getType());
  auto reshape = [&](Value value, ArrayRef<int64_t> shape) -> Value {
    llvm::SmallBitVector batch(shape.size());
    batch[0] = dynamic.any();
    return ReshapeOp::create(builder, conv.getLoc(), type.withShape(shape),
                             value, *dynamicDims.newShape(shape, batch));
  };
  const int64_t batch = type.getShape()[0], height = type.getShape()[1];
  const int64_t columns = type.getShape()[2] / stride;
  const int64_t channels = type.getShape()[3];
  if (channelsFirst) {
    auto transpose = input.getDefiningOp<TransposeOp>();
    Value split = reshape(transpose.getInput(),
                          {batch, channels, height, columns, stride});
    input = TransposeOp::create(
        builder, transpose.getLoc(),
        type.withShape({batch, height, columns, channels, stride}), split,
        ArrayRef<int64_t>{0, 2, 3, 1, 4});
  }
  return reshape(input, {batch, height, columns, channels * stride});
}

static bool foldStride(Conv2dOp conv, DynamicDims &dynamicDims) {
  const std::optional<FoldedColumns> folded = FoldedColumns::of(conv);
  if (!folded)
    return false;
  auto transpose = conv.getInput().getDefiningOp<TransposeOp>();
  const bool channelsFirst = transpose && transpose->hasOneUse() &&
                             transpose.getPerm() == ArrayRef(kToNhwc);
  OpBuilder builder(conv);
  FailureOr<Value> input =
      foldInput(builder, conv, folded->stride, channelsFirst, dynamicDims);
  if (failed(input))
    return false;
  FailureOr<ConstantOp> filter =
      foldFilter(builder, conv.getFilter().getDefiningOp<ConstantOp>(), *folded,
                 conv.getPadding()[3], channelsFirst);
  if (failed(filter))
    return false;

  conv.getInputMutable().assign(*input);
  conv.getFilterMutable().assign(filter->getOutput());
  SmallVector<int64_t> padding(conv.getPadding());
  padding[1] = folded->padRight;
  padding[3] = folded->padLeft;
  conv.setPadding(padding);
  SmallVector<int64_t> stride(conv.getStride());
  stride[1] = 1;
  conv.setStride(stride);
  return true;
}

namespace {
struct XnnFoldStridePass
    : pt2e::impl::XnnFoldStridePassBase<XnnFoldStridePass> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal() || !function.getBody().hasOneBlock())
      return;
    DynamicDims dynamicDims;
    bool changed = false;
    for (auto conv : llvm::make_early_inc_range(function.getOps<Conv2dOp>()))
      changed |= foldStride(conv, dynamicDims);
    if (changed)
      simplifyMoves(function, /*unitsToReshapes=*/true);
  }
};
} // namespace
