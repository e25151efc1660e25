#include "XnnGraph.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::emit;
using namespace fb_xnnpack;

// Of xnnpack.h.
static constexpr uint32_t kInvalidId = UINT32_MAX;
static constexpr uint32_t kTransposeB = 1;
static constexpr uint32_t kAlignCorners = 8;
static constexpr uint32_t kKeepDims = 0x40;

static XNodeUnion nodeType(xnn::UnaryKind kind) {
  switch (kind) {
  case xnn::UnaryKind::Abs:
    return XNodeUnion::XNNAbs;
  case xnn::UnaryKind::Ceiling:
    return XNodeUnion::XNNCeiling;
  case xnn::UnaryKind::Cos:
    return XNodeUnion::XNNCos;
  case xnn::UnaryKind::Exp:
    return XNodeUnion::XNNExp;
  case xnn::UnaryKind::Floor:
    return XNodeUnion::XNNFloor;
  case xnn::UnaryKind::Gelu:
    return XNodeUnion::XNNGelu;
  case xnn::UnaryKind::Hardswish:
    return XNodeUnion::XNNHardswish;
  case xnn::UnaryKind::Log:
    return XNodeUnion::XNNLog;
  case xnn::UnaryKind::Negate:
    return XNodeUnion::XNNNegate;
  case xnn::UnaryKind::ReciprocalSquareRoot:
    return XNodeUnion::XNNReciprocalSquareRoot;
  case xnn::UnaryKind::Sigmoid:
    return XNodeUnion::XNNSigmoid;
  case xnn::UnaryKind::Sin:
    return XNodeUnion::XNNSin;
  case xnn::UnaryKind::Square:
    return XNodeUnion::XNNSquare;
  case xnn::UnaryKind::SquareRoot:
    return XNodeUnion::XNNSquareRoot;
  case xnn::UnaryKind::Tanh:
    return XNodeUnion::XNNTanh;
  }
  llvm_unreachable("every kind has a node");
}

static XNodeUnion nodeType(xnn::BinaryKind kind) {
  switch (kind) {
  case xnn::BinaryKind::Add:
    return XNodeUnion::XNNAdd;
  case xnn::BinaryKind::Divide:
    return XNodeUnion::XNNDiv;
  case xnn::BinaryKind::Maximum:
    return XNodeUnion::XNNMaximum;
  case xnn::BinaryKind::Minimum:
    return XNodeUnion::XNNMinimum;
  case xnn::BinaryKind::Multiply:
    return XNodeUnion::XNNMultiply;
  case xnn::BinaryKind::PReLU:
    return XNodeUnion::XNNPReLU;
  case xnn::BinaryKind::Subtract:
    return XNodeUnion::XNNSubtract;
  }
  llvm_unreachable("every kind has a node");
}

fb::Offset<void> NodeWriter::one(Value input, Value output, uint32_t flags) {
  return Create_XNNNode1x1(builder, id(input), id(output), flags).Union();
}

fb::Offset<void> NodeWriter::two(Value lhs, Value rhs, Value output,
                                 uint32_t flags) {
  return Create_XNNNode2x1(builder, id(lhs), id(rhs), id(output), flags)
      .Union();
}

fb::Offset<fb::Vector<uint32_t>> NodeWriter::list(ArrayRef<int64_t> values) {
  return builder.CreateVector(
      std::vector<uint32_t>(values.begin(), values.end()));
}

fb::Offset<void> NodeWriter::concatenate(xnn::ConcatenateOp op) {
  uint32_t inputs[5] = {kInvalidId, kInvalidId, kInvalidId, kInvalidId,
                        kInvalidId};
  for (auto [number, input] : llvm::enumerate(op.getInputs()))
    inputs[number] = id(input);
  return Create_XNNCat(builder, op.getAxis(), inputs[0], inputs[1], inputs[2],
                       inputs[3], id(op.getOutput()), /*flags=*/0, inputs[4])
      .Union();
}

/// What the three convolutions have in common.
namespace {
struct Window {
  ArrayRef<int64_t> padding, kernel, stride, dilation;
  ArrayRef<int64_t> adjustment = {};
  int64_t groups, inputsPerGroup, outputsPerGroup;
};
} // namespace

template <typename ConvolutionOp>
static fb::Offset<void> writeConvolution(fb::FlatBufferBuilder &builder,
                                         NodeWriter::Id id, ConvolutionOp op,
                                         const Window &window) {
  _XNNNodeConvBuilder node(builder);
  node.add_padding_top(window.padding[0]);
  node.add_padding_right(window.padding[1]);
  node.add_padding_bottom(window.padding[2]);
  node.add_padding_left(window.padding[3]);
  node.add_kernel_height(window.kernel[0]);
  node.add_kernel_width(window.kernel[1]);
  node.add_subsampling_height(window.stride[0]);
  node.add_subsampling_width(window.stride[1]);
  node.add_dilation_height(window.dilation[0]);
  node.add_dilation_width(window.dilation[1]);
  node.add_group_input_channels(window.inputsPerGroup);
  node.add_group_output_channels(window.outputsPerGroup);
  node.add_groups(window.groups);
  if (!window.adjustment.empty()) {
    node.add_adjustment_height(window.adjustment[0]);
    node.add_adjustment_width(window.adjustment[1]);
  }
  node.add_input1_id(id(op.getInput()));
  node.add_filter_id(id(op.getFilter()));
  node.add_bias_id(op.getBias() ? id(op.getBias()) : kInvalidId);
  node.add_output_id(id(op.getOutput()));
  return node.Finish().Union();
}

template <typename PoolingOp>
static fb::Offset<void>
writePooling(fb::FlatBufferBuilder &builder, NodeWriter::Id id, PoolingOp op,
             ArrayRef<int64_t> stride, ArrayRef<int64_t> dilation) {
  _XNNPooling2DBuilder node(builder);
  node.add_padding_top(op.getPadding()[0]);
  node.add_padding_right(op.getPadding()[1]);
  node.add_padding_bottom(op.getPadding()[2]);
  node.add_padding_left(op.getPadding()[3]);
  node.add_pooling_height(op.getKernel()[0]);
  node.add_pooling_width(op.getKernel()[1]);
  node.add_stride_height(stride[0]);
  node.add_stride_width(stride[1]);
  node.add_dilation_height(dilation[0]);
  node.add_dilation_width(dilation[1]);
  node.add_input_id(id(op.getInput()));
  node.add_output_id(id(op.getOutput()));
  node.add_flags(kKeepDims);
  return node.Finish().Union();
}

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<xnn::ValueType>(value.getType()).getShape();
}

static fb::Offset<OutputMinMax> limits(fb::FlatBufferBuilder &builder,
                                       Operation *op) {
  auto low = op->getAttrOfType<FloatAttr>("output_min");
  auto high = op->getAttrOfType<FloatAttr>("output_max");
  if (!low && !high && !isa<xnn::ClampOp>(op))
    return 0;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  return CreateOutputMinMax(
      builder, low ? low.getValue().convertToFloat() : -kInfinity,
      high ? high.getValue().convertToFloat() : kInfinity);
}

FailureOr<fb::Offset<XNode>> NodeWriter::write(Operation *op, uint32_t handle) {
  XNodeUnion type = XNodeUnion::NONE;
  auto node =
      llvm::TypeSwitch<Operation *, fb::Offset<void>>(op)
          .Case([&](xnn::UnaryElementwiseOp op) {
            type = nodeType(op.getKind());
            return one(op.getInput(), op.getOutput());
          })
          .Case([&](xnn::BinaryElementwiseOp op) {
            type = nodeType(op.getKind());
            return two(op.getLhs(), op.getRhs(), op.getOutput());
          })
          .Case([&](xnn::ClampOp op) {
            type = XNodeUnion::XNNClamp;
            return one(op.getInput(), op.getOutput());
          })
          .Case([&](xnn::ConvertOp op) {
            type = XNodeUnion::XNNConvert;
            return one(op.getInput(), op.getOutput());
          })
          .Case([&](xnn::SoftmaxOp op) {
            type = XNodeUnion::XNNSoftmax;
            return one(op.getInput(), op.getOutput());
          })
          .Case([&](xnn::GlobalAveragePooling2dOp op) {
            type = XNodeUnion::XNNGlobalAvgPooling2d;
            return one(op.getInput(), op.getOutput(), kKeepDims);
          })
          .Case([&](xnn::LeakyReLUOp op) {
            type = XNodeUnion::XNNLeakyReLU;
            return CreateXNNLeakyReLU(builder,
                                      op.getNegativeSlope().convertToFloat(),
                                      id(op.getInput()), id(op.getOutput()))
                .Union();
          })
          .Case([&](xnn::ELUOp op) {
            type = XNodeUnion::XNNELU;
            return CreateXNNELU(builder, op.getAlpha().convertToFloat(),
                                id(op.getInput()), id(op.getOutput()))
                .Union();
          })
          .Case([&](xnn::Conv2dOp op) {
            type = XNodeUnion::XNNConv2d;
            ArrayRef<int64_t> filter = shapeOf(op.getFilter());
            return writeConvolution(builder, id, op,
                                    {op.getPadding(),
                                     filter.slice(1, 2),
                                     op.getStride(),
                                     op.getDilation(),
                                     {},
                                     int64_t(op.getGroups()),
                                     filter[3],
                                     filter[0] / int64_t(op.getGroups())});
          })
          .Case([&](xnn::DepthwiseConv2dOp op) {
            type = XNodeUnion::XNNDepthwiseConv2d;
            ArrayRef<int64_t> filter = shapeOf(op.getFilter());
            const int64_t channels = shapeOf(op.getInput())[3];
            return writeConvolution(builder, id, op,
                                    {op.getPadding(),
                                     filter.slice(1, 2),
                                     op.getStride(),
                                     op.getDilation(),
                                     {},
                                     channels,
                                     1,
                                     filter[3] / channels});
          })
          .Case([&](xnn::ConvTranspose2dOp op) {
            type = XNodeUnion::XNNConvTranspose2d;
            ArrayRef<int64_t> filter = shapeOf(op.getFilter());
            return writeConvolution(
                builder, id, op,
                {op.getPadding(), filter.slice(1, 2), op.getStride(),
                 op.getDilation(), op.getAdjustment(), int64_t(op.getGroups()),
                 filter[3], filter[0] / int64_t(op.getGroups())});
          })
          .Case([&](xnn::FullyConnectedOp op) {
            type = XNodeUnion::XNNFullyConnected;
            return CreateXNNFullyConnected(
                       builder, id(op.getInput()), id(op.getFilter()),
                       op.getBias() ? id(op.getBias()) : kInvalidId,
                       id(op.getOutput()))
                .Union();
          })
          .Case([&](xnn::BatchMatrixMultiplyOp op) {
            type = XNodeUnion::XNNBatchMatrixMultiply;
            return two(op.getLhs(), op.getRhs(), op.getOutput(),
                       op.getTransposeRhs() ? kTransposeB : 0);
          })
          .Case([&](xnn::MaxPooling2dOp op) {
            type = XNodeUnion::XNNMaxPooling2d;
            return writePooling(builder, id, op, op.getStride(),
                                op.getDilation());
          })
          .Case([&](xnn::AveragePooling2dOp op) {
            type = XNodeUnion::XNNAvgPooling2d;
            return writePooling(builder, id, op, op.getStride(), {0, 0});
          })
          .Case([&](xnn::ResizeBilinearOp op) {
            type = XNodeUnion::XNNStaticResizeBilinear2D;
            return CreateXNNStaticResizeBilinear2D(
                       builder, op.getHeight(), op.getWidth(),
                       id(op.getInput()), id(op.getOutput()),
                       op.getAlignCorners() ? kAlignCorners : 0)
                .Union();
          })
          .Case([&](xnn::TransposeOp op) {
            type = XNodeUnion::XNNStaticTranspose;
            return CreateXNNStaticTranspose(
                       builder, op.getPerm().size(), list(op.getPerm()),
                       id(op.getInput()), id(op.getOutput()))
                .Union();
          })
          .Case([&](xnn::ReshapeOp op) {
            type = XNodeUnion::XNNStaticReshape;
            return CreateXNNStaticReshape(builder, op.getNewShape().size(),
                                          list(op.getNewShape()),
                                          id(op.getInput()), id(op.getOutput()))
                .Union();
          })
          .Case([&](xnn::SliceOp op) {
            type = XNodeUnion::XNNStaticSlice;
            const auto offsets = list(op.getOffsets());
            const auto sizes = list(op.getSizes());
            return CreateXNNStaticSlice(builder, op.getOffsets().size(),
                                        offsets, sizes, id(op.getInput()),
                                        id(op.getOutput()))
                .Union();
          })
          .Case([&](xnn::PadOp op) {
            type = XNodeUnion::XNNStaticConstantPad;
            const auto pre = list(op.getPre());
            const auto post = list(op.getPost());
            return CreateXNNStaticConstantPad(
                       builder, pre, post, op.getValue().convertToFloat(),
                       id(op.getInput()), id(op.getOutput()))
                .Union();
          })
          .Case([&](xnn::ConcatenateOp op) {
            switch (op.getInputs().size()) {
            case 2:
              type = XNodeUnion::XNNConcatenate2;
              break;
            case 3:
              type = XNodeUnion::XNNConcatenate3;
              break;
            case 4:
              type = XNodeUnion::XNNConcatenate4;
              break;
            default:
              type = XNodeUnion::XNNConcatenate5;
            }
            return concatenate(op);
          })
          .Default([](Operation *) { return fb::Offset<void>(); });
  if (type == XNodeUnion::NONE)
    return op->emitOpError("has no node in a delegate");
  return CreateXNode(builder, type, node, handle, limits(builder, op));
}

fb::Offset<XNode> NodeWriter::copy(uint32_t from, uint32_t to,
                                   uint32_t handle) {
  return CreateXNode(builder, XNodeUnion::XNNCopy,
                     Create_XNNNode1x1(builder, from, to).Union(), handle);
}
