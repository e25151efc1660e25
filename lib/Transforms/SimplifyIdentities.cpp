// Ops that give their operand back.
#include "Simplify.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::simplify;

/// Copies: values have no memory here, so a copy is the value.
static bool isCopy(StringRef name) {
  static const llvm::StringSet<> names = {
      "aten::alias",       "aten::clone",          "aten::contiguous",
      "aten::detach",      "aten::lift_fresh",     "aten::lift_fresh_copy",
      "aten::lift",        "aten::positive",       "aten::resolve_conj",
      "aten::resolve_neg", "aten::requires_grad_", "aten::alias_copy",
      "aten::detach_copy"};
  return names.contains(name);
}

/// Ops that only change shape or place: without effect if the type is the same.
static bool changesShapeOnly(StringRef name) {
  static const llvm::StringSet<> names = {
      "aten::view",          "aten::reshape",      "aten::flatten.using_ints",
      "aten::unflatten.int", "aten::squeeze",      "aten::squeeze.dim",
      "aten::squeeze.dims",  "aten::expand",       "aten::to.dtype",
      "aten::view_as",       "aten::reshape_as",   "aten::_unsafe_view",
      "aten::expand_as",     "aten::to.device",    "aten::to.dtype_layout",
      "aten::_to_copy",      "aten::type_as",      "aten::to.other",
      "aten::slice.Tensor",  "aten::broadcast_to",
  };
  return names.contains(name);
}

/// Whether a value of `type` has as many elements as another of `type`,
/// whatever the dynamic sizes are: then same type means same value.
static bool hasOneDynamicDim(RankedTensorType type) {
  return type.getNumDynamicDims() <= 1;
}

/// Whether a dynamic dimension of the result can only be the operand's. An
/// expand keeps what is not 1, a slice of the same bound may be shorter.
static bool isIdentity(Operation *op, StringRef name, Value self) {
  if (isCopy(name))
    return true;
  if (name == "aten::dropout" || name == "aten::feature_dropout" ||
      name == "aten::alpha_dropout") {
    auto train =
        dyn_cast_or_null<BoolAttr>(aten::attributeArgument(op, "train"));
    auto p = number(aten::attributeArgument(op, "p"));
    return (train && !train.getValue()) || (p && *p == 0.0);
  }
  const RankedTensorType type = tensorType(self);
  if (type != op->getResult(0).getType())
    return false;
  if (name == "aten::slice.Tensor") {
    const auto start = integer(op, "start"), end = integer(op, "end");
    const auto step = integer(op, "step");
    if (step != 1 || start.value_or(0) != 0)
      return false;
    const int64_t size =
        type.getDimSize(normalDim(*integer(op, "dim"), type.getRank()));
    return end.value_or(INT64_MAX) == INT64_MAX || !ShapedType::isDynamic(size);
  }
  if (name.starts_with("aten::to.") || name == "aten::_to_copy" ||
      name == "aten::type_as" || name.starts_with("aten::squeeze"))
    return true;
  if (!changesShapeOnly(name))
    return false;
  if (name == "aten::expand") {
    // -1 keeps; a computed size might repeat a dimension that is 1 today.
    for (auto [size, given] : llvm::zip_equal(
             type.getShape(), integers(op, "size").take_back(type.getRank())))
      if (ShapedType::isDynamic(size) && given != -1)
        return false;
    return true;
  }
  if (name == "aten::expand_as" || name == "aten::broadcast_to")
    return type.hasStaticShape();
  return hasOneDynamicDim(type);
}

namespace {
struct RemoveIdentity : RewritePattern {
  RemoveIdentity(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isa_and_nonnull<aten::AtenDialect>(op->getDialect()) ||
        op->getNumResults() != 1 || op->getNumOperands() == 0 ||
        !isa<RankedTensorType>(op->getOperand(0).getType()) ||
        !isa<RankedTensorType>(op->getResult(0).getType()))
      return failure();
    const std::string name = aten::schemaName(op);
    Value self = op->getOperand(0);
    if (!isIdentity(op, name, self) ||
        self.getType() != op->getResult(0).getType())
      return failure();
    rewriter.replaceOp(op, self);
    return success();
  }
};

/// The size of a static dimension.
struct StaticSize : OpRewritePattern<aten::SymSizeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(aten::SymSizeOp op,
                                PatternRewriter &rewriter) const override {
    const RankedTensorType type = tensorType(op.getSelf());
    if (type.isDynamicDim(op.getDim()))
      return failure();
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(
        op, rewriter.getI64IntegerAttr(type.getDimSize(op.getDim())));
    return success();
  }
};

/// Writes over all of a tensor: what is left of a functionalized `x[:] = y`.
struct ScatterOverAll : OpRewritePattern<aten::OperatorOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(aten::OperatorOp op,
                                PatternRewriter &rewriter) const override {
    const bool isCopy = op.getName() == "aten::copy";
    if (!isCopy && op.getName() != "aten::slice_scatter")
      return failure();
    Value source = tensor(op, "src");
    if (!source || op.getNumResults() != 1)
      return failure();
    const RankedTensorType type = tensorType(op.getResult(0));
    RankedTensorType sourceType = tensorType(source);
    if (!isCopy) {
      // Of a dynamic dimension only a slice without end is all of it.
      const auto dim = integer(op, "dim"), step = integer(op, "step");
      const int64_t start = integer(op, "start").value_or(0),
                    end = integer(op, "end").value_or(INT64_MAX);
      if (!dim || step != 1 || start != 0 || sourceType != type ||
          (end != INT64_MAX &&
           type.isDynamicDim(normalDim(*dim, type.getRank()))))
        return failure();
      rewriter.replaceOp(op, source);
      return success();
    }
    if (sourceType.getElementType() != type.getElementType()) {
      sourceType = type.clone(sourceType.getShape(), type.getElementType());
      if (sourceType.getShape() != type.getShape() && type.getEncoding())
        return failure();
      source = aten::ToDtypeOp::create(rewriter, op.getLoc(), sourceType,
                                       source, type.getElementType());
    }
    if (sourceType != type) {
      if (!type.hasStaticShape())
        return failure();
      source = aten::ExpandOp::create(rewriter, op.getLoc(), type, source,
                                      type.getShape(), ValueRange());
    }
    rewriter.replaceOp(op, source);
    return success();
  }
};

/// Padding by nothing.
struct RemovePad : OpRewritePattern<aten::PadOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(aten::PadOp op,
                                PatternRewriter &rewriter) const override {
    if (!llvm::all_of(op.getPad(), [](int64_t pad) { return pad == 0; }) ||
        op.getType() != op.getSelf().getType())
      return failure();
    rewriter.replaceOp(op, op.getSelf());
    return success();
  }
};

/// A permute of a permute, of any spelling, is one permute.
struct MergePermutes : OpRewritePattern<aten::PermuteOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(aten::PermuteOp op,
                                PatternRewriter &rewriter) const override {
    const int64_t rank = tensorType(op.getSelf()).getRank();
    SmallVector<int64_t> dims;
    for (int64_t dim : op.getDims())
      dims.push_back(normalDim(dim, rank));
    if (llvm::equal(dims, llvm::seq<int64_t>(0, rank)) &&
        op.getType() == op.getSelf().getType()) {
      rewriter.replaceOp(op, op.getSelf());
      return success();
    }
    auto inner = op.getSelf().getDefiningOp<aten::PermuteOp>();
    if (!inner || !inner->hasOneUse())
      return failure();
    SmallVector<int64_t> merged;
    for (int64_t dim : dims)
      merged.push_back(normalDim(inner.getDims()[dim], rank));
    rewriter.replaceOpWithNewOp<aten::PermuteOp>(op, op.getType(),
                                                 inner.getSelf(), merged);
    return success();
  }
};
} // namespace

void simplify::populateIdentities(RewritePatternSet &patterns) {
  patterns.add<RemoveIdentity, StaticSize, ScatterOverAll, RemovePad,
               MergePermutes>(patterns.getContext());
}
