// Core ATen operators, and other spellings, under the names of the training IR.
#include "Simplify.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Remarks.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::simplify;
using aten::OperatorOp;

namespace {
using Argument = aten::OperatorArgument;
using Rewrite = LogicalResult (*)(OperatorOp, PatternRewriter &);

Argument tensorArgument(StringRef name, Value value) {
  Argument argument{name.str(), {}, {}, {}};
  if (value)
    argument.tensors.push_back(value);
  return argument;
}

Argument attributeArgument(StringRef name, Attribute value) {
  return {name.str(), {}, value, {}};
}

/// All arguments of `op`, its symbols with the last one.
SmallVector<Argument> argumentsOf(OperatorOp op) {
  SmallVector<Argument> arguments;
  for (Attribute tensor : op.getTensors()) {
    const StringRef name = cast<StringAttr>(tensor);
    Argument &argument = arguments.emplace_back();
    argument.name = name.str();
    llvm::append_range(argument.tensors, aten::tensorArgument(op, name));
  }
  for (NamedAttribute attribute : op.getArguments())
    arguments.push_back(
        attributeArgument(attribute.getName(), attribute.getValue()));
  if (!arguments.empty())
    llvm::append_range(arguments.back().symbols, aten::symbolOperands(op));
  return arguments;
}

LogicalResult replace(OperatorOp op, PatternRewriter &rewriter, StringRef name,
                      ArrayRef<Argument> arguments) {
  Operation *made = aten::createOperator(rewriter, op.getLoc(), name, arguments,
                                         op.getResultTypes());
  if (!made)
    return failure();
  rewriter.replaceOp(op, made);
  return success();
}

/// Replaces an op of which only the first result is used.
LogicalResult replaceFirst(OperatorOp op, PatternRewriter &rewriter,
                           StringRef name, ArrayRef<Argument> arguments) {
  for (Value unused : op.getResults().drop_front())
    if (!unused.use_empty())
      return failure();
  Operation *made = aten::createOperator(rewriter, op.getLoc(), name, arguments,
                                         op.getResult(0).getType());
  if (!made)
    return failure();
  rewriter.replaceAllUsesWith(op.getResult(0), made->getResult(0));
  rewriter.eraseOp(op);
  return success();
}

//===----------------------------------------------------------------------===//
// Convolution, matrix products
//===----------------------------------------------------------------------===//

/// One number for all dimensions, or one for each.
Attribute spread(Builder &builder, ArrayRef<int64_t> values, size_t count) {
  SmallVector<int64_t> all(values);
  if (values.size() == 1)
    all.assign(count, values[0]);
  return builder.getDenseI64ArrayAttr(all);
}

LogicalResult rewriteConvolution(OperatorOp op, PatternRewriter &rewriter) {
  Value input = tensor(op, "input"), weight = tensor(op, "weight");
  auto transposed =
      dyn_cast_or_null<BoolAttr>(aten::attributeArgument(op, "transposed"));
  if (!input || !weight || !transposed || op.getSegments().back() != 0)
    return failure();
  const size_t dims = tensorType(weight).getRank() - 2;
  if (dims < 1 || dims > 3)
    return failure();
  SmallVector<Argument> arguments{
      tensorArgument("input", input), tensorArgument("weight", weight),
      tensorArgument("bias", tensor(op, "bias")),
      attributeArgument("groups", aten::attributeArgument(op, "groups"))};
  for (StringRef name : {"stride", "padding", "dilation"})
    arguments.push_back(
        attributeArgument(name, spread(rewriter, integers(op, name), dims)));
  std::string name = "aten::conv" + std::to_string(dims) + "d";
  if (transposed.getValue()) {
    arguments.push_back(attributeArgument(
        "output_padding",
        spread(rewriter, integers(op, "output_padding"), dims)));
    name = "aten::conv_transpose" + std::to_string(dims) + "d" +
           (dims == 1 ? "" : ".input");
  }
  return replace(op, rewriter, name, arguments);
}

/// `padding="same"` and `"valid"` in numbers. An odd sum pads one more behind,
/// in an op of its own.
LogicalResult replaceNamedPadding(Operation *op, PatternRewriter &rewriter,
                                  StringRef numeric) {
  auto padding =
      dyn_cast_or_null<StringAttr>(aten::attributeArgument(op, "padding"));
  Value input = tensor(op, "input"), weight = tensor(op, "weight");
  if (!padding || !input || !weight)
    return failure();
  const RankedTensorType weightType = tensorType(weight),
                         inputType = tensorType(input);
  const int64_t dims = weightType.getRank() - 2;
  ArrayRef<int64_t> dilation = integers(op, "dilation");
  if (inputType.getRank() < dims || (padding != "same" && padding != "valid") ||
      dilation.empty())
    return failure();
  SmallVector<int64_t> pads(dims, 0), more;
  SmallVector<int64_t> sizes(inputType.getShape());
  SmallVector<int64_t> bounds = aten::upperBounds(inputType);
  for (int64_t dim = 0; padding == "same" && dim < dims; ++dim) {
    const int64_t step = dilation[dilation.size() == 1 ? 0 : dim];
    const int64_t total = step * (weightType.getDimSize(dim + 2) - 1);
    pads[dim] = total / 2;
    const int64_t extra = total % 2;
    more.insert(more.begin(), {0, extra}); // from the last dimension
    const size_t at = sizes.size() - dims + dim;
    if (extra && !ShapedType::isDynamic(sizes[at]))
      ++sizes[at];
    if (extra && bounds[at] > 0)
      ++bounds[at];
  }
  if (llvm::is_contained(more, 1)) {
    const bool isBounded = !llvm::is_contained(bounds, -1);
    auto type =
        isBounded
            ? aten::boundedTensor(sizes, inputType.getElementType(), bounds)
            : RankedTensorType::get(sizes, inputType.getElementType());
    input = aten::PadOp::create(rewriter, op->getLoc(), type, input, more,
                                "constant", FloatAttr(), ValueRange());
  }
  SmallVector<Argument> arguments{
      tensorArgument("input", input), tensorArgument("weight", weight),
      tensorArgument("bias", tensor(op, "bias")),
      attributeArgument("padding", rewriter.getDenseI64ArrayAttr(pads)),
      attributeArgument("groups", aten::attributeArgument(op, "groups"))};
  for (StringRef name : {"stride", "dilation"})
    arguments.push_back(
        attributeArgument(name, spread(rewriter, integers(op, name), dims)));
  Operation *made = aten::createOperator(rewriter, op->getLoc(), numeric,
                                         arguments, op->getResultTypes());
  if (!made)
    return failure();
  rewriter.replaceOp(op, made);
  return success();
}

/// The constant weight [O, I] of a product with `mat2` [I, O]; null if `mat2`
/// is computed. `mat2` itself is transposed, as an op that folds.
Value linearWeight(Value mat2, Location loc, PatternRewriter &rewriter) {
  const auto isConstant = [](Value value) {
    return value.getDefiningOp<aten::ParameterOp>() != nullptr;
  };
  Operation *producer = mat2.getDefiningOp();
  if (auto permute = dyn_cast_or_null<aten::PermuteOp>(producer);
      permute && isConstant(permute.getSelf()) &&
      tensorType(mat2).getRank() == 2 &&
      normalDim(permute.getDims()[0], 2) == 1)
    return permute.getSelf();
  if (auto transpose = dyn_cast_or_null<aten::TOp>(producer);
      transpose && isConstant(transpose.getSelf()))
    return transpose.getSelf();
  if (!isConstant(mat2))
    return {};
  const RankedTensorType type = tensorType(mat2);
  return aten::PermuteOp::create(
      rewriter, loc,
      RankedTensorType::get({type.getDimSize(1), type.getDimSize(0)},
                            type.getElementType()),
      mat2, SmallVector<int64_t>{1, 0});
}

struct MmToLinear : OpRewritePattern<aten::MmOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(aten::MmOp op,
                                PatternRewriter &rewriter) const override {
    Value weight = linearWeight(op.getMat2(), op.getLoc(), rewriter);
    if (!weight)
      return failure();
    rewriter.replaceOpWithNewOp<aten::LinearOp>(op, op.getType(), op.getSelf(),
                                                weight, Value());
    return success();
  }
};

struct AddmmToLinear : OpRewritePattern<aten::AddmmOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(aten::AddmmOp op,
                                PatternRewriter &rewriter) const override {
    const RankedTensorType bias = tensorType(op.getSelf());
    if (number(op.getBeta()) != 1.0 || number(op.getAlpha()) != 1.0 ||
        bias.getRank() != 1 ||
        bias.getDimSize(0) != tensorType(op.getMat2()).getDimSize(1)) {
      if (aten::constantOf(op.getMat2()))
        missed(op.getLoc(), "simplify", "AddmmToLinear",
               "it is no linear layer: expected beta and alpha of 1 and a bias "
               "of one dimension");
      return failure();
    }
    Value weight = linearWeight(op.getMat2(), op.getLoc(), rewriter);
    if (!weight)
      return failure();
    rewriter.replaceOpWithNewOp<aten::LinearOp>(op, op.getType(), op.getMat1(),
                                                weight, op.getSelf());
    return success();
  }
};

/// conv2d with named padding.
struct NumericPadding : OpRewritePattern<aten::Conv2dPaddingOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(aten::Conv2dPaddingOp op,
                                PatternRewriter &rewriter) const override {
    return replaceNamedPadding(op, rewriter, "aten::conv2d");
  }
};

/// `max_pool2d` and `avg_pool2d` without a stride step by their window.
template <typename PoolOp>
struct PoolStride : OpRewritePattern<PoolOp> {
  using OpRewritePattern<PoolOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(PoolOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getStride().empty())
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op.setStride(op.getKernelSize()); });
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Normalization, softmax, types
//===----------------------------------------------------------------------===//

LogicalResult rewriteBatchNorm(OperatorOp op, PatternRewriter &rewriter) {
  SmallVector<Argument> arguments = argumentsOf(op);
  arguments.push_back(
      attributeArgument("training", rewriter.getBoolAttr(false)));
  arguments.push_back(
      attributeArgument("cudnn_enabled", rewriter.getBoolAttr(false)));
  return replaceFirst(op, rewriter, "aten::batch_norm", arguments);
}

LogicalResult rewriteLayerNorm(OperatorOp op, PatternRewriter &rewriter) {
  return replaceFirst(op, rewriter, "aten::layer_norm", argumentsOf(op));
}

LogicalResult rewriteGroupNorm(OperatorOp op, PatternRewriter &rewriter) {
  return replaceFirst(
      op, rewriter, "aten::group_norm",
      {tensorArgument("input", tensor(op, "input")),
       tensorArgument("weight", tensor(op, "weight")),
       tensorArgument("bias", tensor(op, "bias")),
       attributeArgument("num_groups", aten::attributeArgument(op, "group")),
       attributeArgument("eps", aten::attributeArgument(op, "eps"))});
}

LogicalResult rewriteMaxPool(OperatorOp op, PatternRewriter &rewriter) {
  return replaceFirst(op, rewriter, "aten::max_pool2d", argumentsOf(op));
}

LogicalResult rewriteSoftmax(OperatorOp op, PatternRewriter &rewriter) {
  Value self = tensor(op, "self");
  const Type element = tensorType(op.getResult(0)).getElementType();
  SmallVector<Argument> arguments{
      tensorArgument("self", self),
      attributeArgument("dim", aten::attributeArgument(op, "dim"))};
  if (element != tensorType(self).getElementType())
    arguments.push_back(attributeArgument("dtype", TypeAttr::get(element)));
  return replace(op, rewriter, "aten::softmax.int", arguments);
}

/// Copies that may change the element type; where the type is the same, they
/// are identities.
LogicalResult rewriteConversion(OperatorOp op, PatternRewriter &rewriter) {
  Value self = tensor(op, "self");
  const Type element = tensorType(op.getResult(0)).getElementType();
  if (!self || element == tensorType(self).getElementType())
    return failure();
  return replace(op, rewriter, "aten::to.dtype",
                 {tensorArgument("self", self),
                  attributeArgument("dtype", TypeAttr::get(element))});
}

//===----------------------------------------------------------------------===//
// Shapes and arithmetic
//===----------------------------------------------------------------------===//

LogicalResult rewritePad(aten::ConstantPadNdOp op, PatternRewriter &rewriter) {
  auto value = number(op.getValue());
  if (!value)
    return failure();
  rewriter.replaceOpWithNewOp<aten::PadOp>(
      op, op.getType(), op.getSelf(), op.getPad(), "constant",
      rewriter.getF64FloatAttr(*value), op.getSymbols());
  return success();
}

/// Sizes that lead to the result's type, with -1 where a dynamic dimension is
/// kept; sizes of `like` elsewhere.
LogicalResult rewriteExpandAs(OperatorOp op, PatternRewriter &rewriter) {
  Value self = tensor(op, "self"), other = tensor(op, "other");
  if (!self || !other)
    return failure();
  const RankedTensorType from = tensorType(self),
                         to = tensorType(op.getResult(0));
  SmallVector<int64_t> sizes(to.getShape());
  SmallVector<Value> symbols;
  const int64_t added = to.getRank() - from.getRank();
  for (auto [dim, size] : llvm::enumerate(sizes)) {
    if (!ShapedType::isDynamic(size))
      continue;
    if (int64_t(dim) >= added && from.isDynamicDim(dim - added)) {
      size = -1;
      continue;
    }
    size = INT64_MIN;
    symbols.push_back(aten::SymSizeOp::create(
        rewriter, op.getLoc(), rewriter.getI64Type(), other, int64_t(dim)));
  }
  rewriter.replaceOpWithNewOp<aten::ExpandOp>(op, to, self, sizes, symbols);
  return success();
}

LogicalResult rewriteSwap(OperatorOp op, PatternRewriter &rewriter) {
  const bool isAxis = !!aten::attributeArgument(op, "axis0");
  return replace(
      op, rewriter, "aten::transpose.int",
      {tensorArgument("self", tensor(op, "self")),
       attributeArgument(
           "dim0", aten::attributeArgument(op, isAxis ? "axis0" : "dim0")),
       attributeArgument(
           "dim1", aten::attributeArgument(op, isAxis ? "axis1" : "dim1"))});
}

LogicalResult rewriteMatrixTranspose(OperatorOp op, PatternRewriter &rewriter) {
  Value self = tensor(op, "self");
  if (!self || tensorType(self).getRank() < 2)
    return failure();
  return replace(op, rewriter, "aten::transpose.int",
                 {tensorArgument("self", self),
                  attributeArgument("dim0", rewriter.getI64IntegerAttr(-2)),
                  attributeArgument("dim1", rewriter.getI64IntegerAttr(-1))});
}

LogicalResult rewriteReverse(OperatorOp op, PatternRewriter &rewriter) {
  const int64_t rank = tensorType(op.getResult(0)).getRank();
  SmallVector<int64_t> dims(llvm::reverse(llvm::seq<int64_t>(0, rank)));
  return replace(
      op, rewriter, "aten::permute",
      {tensorArgument("self", tensor(op, "self")),
       attributeArgument("dims", rewriter.getDenseI64ArrayAttr(dims))});
}

LogicalResult rewriteClampMax(OperatorOp op, PatternRewriter &rewriter) {
  return replace(op, rewriter, "aten::clamp", argumentsOf(op));
}

LogicalResult rewriteRsub(OperatorOp op, PatternRewriter &rewriter) {
  return replace(
      op, rewriter, "aten::sub.Tensor",
      {tensorArgument("self", tensor(op, "other")),
       tensorArgument("other", tensor(op, "self")),
       attributeArgument("alpha", aten::attributeArgument(op, "alpha"))});
}

LogicalResult rewriteConv1dPadding(OperatorOp op, PatternRewriter &rewriter) {
  return replaceNamedPadding(op, rewriter, "aten::conv1d");
}

LogicalResult rewriteConv3dPadding(OperatorOp op, PatternRewriter &rewriter) {
  return replaceNamedPadding(op, rewriter, "aten::conv3d");
}

/// Other spellings with the same arguments.
const llvm::StringMap<StringRef> &synonyms() {
  static const llvm::StringMap<StringRef> names = {
      {"aten::_unsafe_view", "aten::view"},

      {"aten::view_copy", "aten::view"},
      {"aten::permute_copy", "aten::permute"},
      {"aten::transpose_copy.int", "aten::transpose.int"},
      {"aten::t_copy", "aten::t"},
      {"aten::expand_copy", "aten::expand"},
      {"aten::slice_copy.Tensor", "aten::slice.Tensor"},
      {"aten::select_copy.int", "aten::select.int"},
      {"aten::squeeze_copy.dim", "aten::squeeze.dim"},
      {"aten::squeeze_copy.dims", "aten::squeeze.dims"},
      {"aten::unsqueeze_copy", "aten::unsqueeze"},
      {"aten::split_copy.Tensor", "aten::split.Tensor"},
      {"aten::unsafe_split.Tensor", "aten::split.Tensor"},
      {"aten::unsafe_chunk", "aten::chunk"},
      {"aten::unsafe_split_with_sizes", "aten::split_with_sizes"},
      {"aten::concat", "aten::cat"},
      {"aten::concatenate", "aten::cat"},
      {"aten::_adaptive_avg_pool2d", "aten::adaptive_avg_pool2d"},
      {"aten::multiply.Tensor", "aten::mul.Tensor"},
      {"aten::multiply.Scalar", "aten::mul.Scalar"},
      {"aten::subtract.Tensor", "aten::sub.Tensor"},
      {"aten::subtract.Scalar", "aten::sub.Scalar"},
      {"aten::divide.Tensor", "aten::div.Tensor"},
      {"aten::divide.Scalar", "aten::div.Scalar"},
      {"aten::true_divide.Tensor", "aten::div.Tensor"},
      {"aten::true_divide.Scalar", "aten::div.Scalar"},
      {"aten::negative", "aten::neg"},
      {"aten::absolute", "aten::abs"},
      {"aten::greater.Tensor", "aten::gt.Tensor"},
      {"aten::greater.Scalar", "aten::gt.Scalar"},
      {"aten::less.Tensor", "aten::lt.Tensor"},
      {"aten::less.Scalar", "aten::lt.Scalar"},
  };
  return names;
}

/// Operators that also change their arguments.
const llvm::StringMap<Rewrite> &rewrites() {
  static const llvm::StringMap<Rewrite> table = {
      {"aten::convolution", rewriteConvolution},
      {"aten::conv1d.padding", rewriteConv1dPadding},
      {"aten::conv3d.padding", rewriteConv3dPadding},
      {"aten::_native_batch_norm_legit_no_training", rewriteBatchNorm},
      {"aten::native_layer_norm", rewriteLayerNorm},
      {"aten::native_group_norm", rewriteGroupNorm},
      {"aten::max_pool2d_with_indices", rewriteMaxPool},
      {"aten::_softmax", rewriteSoftmax},
      {"aten::_to_copy", rewriteConversion},
      {"aten::to.device", rewriteConversion},
      {"aten::to.dtype_layout", rewriteConversion},
      {"aten::to.other", rewriteConversion},
      {"aten::type_as", rewriteConversion},
      {"aten::expand_as", rewriteExpandAs},
      {"aten::swapaxes", rewriteSwap},
      {"aten::swapdims", rewriteSwap},
      {"aten::mT", rewriteMatrixTranspose},
      {"aten::numpy_T", rewriteReverse},
      {"aten::clamp_max", rewriteClampMax},
      {"aten::rsub.Tensor", rewriteRsub},
  };
  return table;
}

struct RenameOperator : OpRewritePattern<OperatorOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(OperatorOp op,
                                PatternRewriter &rewriter) const override {
    if (auto found = synonyms().find(op.getName()); found != synonyms().end())
      return replace(op, rewriter, found->second, argumentsOf(op));
    if (auto found = rewrites().find(op.getName()); found != rewrites().end())
      return found->second(op, rewriter);
    return failure();
  }
};
} // namespace

void simplify::populateNames(RewritePatternSet &patterns) {
  patterns.add<RenameOperator, MmToLinear, AddmmToLinear, NumericPadding,
               PoolStride<aten::MaxPool2dOp>, PoolStride<aten::AvgPool2dOp>>(
      patterns.getContext());
  patterns.add(rewritePad);
}
