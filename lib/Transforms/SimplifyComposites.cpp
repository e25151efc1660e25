// Several ops that are one: what `run_decompositions()` took apart.
#include "Simplify.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Aten/Remarks.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::simplify;

/// The `x` of `clamp(x + 3, 0, 6)`, each op without other users; null if
/// `value` is not that. A remark tells `op`, which it is for, of other users.
static Value matchRelu6OfPlus3(Value value, Operation *op) {
  Value shifted;
  const auto isRange = [](std::optional<double> low,
                          std::optional<double> high) {
    return low == 0.0 && high == 6.0;
  };
  if (auto clamp = value.getDefiningOp<aten::ClampOp>();
      clamp && clamp.getMin() && clamp.getMax() &&
      isRange(number(*clamp.getMin()), number(*clamp.getMax())))
    shifted = clamp.getSelf();
  else if (auto hardtanh = value.getDefiningOp<aten::HardtanhOp>();
           hardtanh &&
           isRange(number(hardtanh.getMinVal()), number(hardtanh.getMaxVal())))
    shifted = hardtanh.getSelf();
  else if (auto relu6 = value.getDefiningOp<aten::Relu6Op>())
    shifted = relu6.getSelf();
  auto plus = shifted ? shifted.getDefiningOp<aten::AddScalarOp>()
                      : aten::AddScalarOp();
  if (!plus || number(plus.getOther()) != 3.0 || number(plus.getAlpha()) != 1.0)
    return {};
  for (Value inner : {value, shifted})
    if (!inner.hasOneUse()) {
      missed(op->getLoc(), "simplify", "MakeHardsigmoid",
             "something else reads " + aten::valueName(inner));
      return {};
    }
  return plus.getSelf();
}

namespace {
/// relu6(x + 3) / 6, also times x.
struct MakeHardsigmoid : OpRewritePattern<aten::DivScalarOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(aten::DivScalarOp op,
                                PatternRewriter &rewriter) const override {
    if (number(op.getOther()) != 6.0)
      return failure();
    if (Value x = matchRelu6OfPlus3(op.getSelf(), op);
        x && x.getType() == op.getType()) {
      rewriter.replaceOpWithNewOp<aten::HardsigmoidOp>(op, op.getType(), x);
      return success();
    }
    auto product = op.getSelf().getDefiningOp<aten::MulTensorOp>();
    if (!product || !product->hasOneUse())
      return failure();
    for (auto [gate, factor] :
         {std::pair(product.getOther(), product.getSelf()),
          std::pair(product.getSelf(), product.getOther())})
      if (Value x = matchRelu6OfPlus3(gate, op);
          x && x == factor && x.getType() == op.getType()) {
        rewriter.replaceOpWithNewOp<aten::HardswishOp>(op, op.getType(), x);
        return success();
      }
    return failure();
  }
};

/// A linear on a matrix that is a tensor of higher rank flattened, and unfolded
/// again: linear takes any rank.
struct LinearOfAnyRank : RewritePattern {
  LinearOfAnyRank(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isa<aten::ViewOp, aten::ReshapeOp>(op))
      return failure();
    auto linear = op->getOperand(0).getDefiningOp<aten::LinearOp>();
    if (!linear || !linear->hasOneUse())
      return failure();
    Operation *flatten = linear.getInput().getDefiningOp();
    if (!isa_and_nonnull<aten::ViewOp, aten::ReshapeOp>(flatten))
      return failure();
    Value input = flatten->getOperand(0);
    const RankedTensorType from = tensorType(input),
                           to = tensorType(op->getResult(0));
    const RankedTensorType matrix = tensorType(linear.getInput());
    // The leading dimensions are the same: all but one are equal and static,
    // so the last one is equal too.
    if (matrix.getRank() != 2 || from.getRank() != to.getRank() ||
        from.getRank() < 2 ||
        from.getShape().drop_back() != to.getShape().drop_back() ||
        from.getShape().drop_back().empty() ||
        llvm::count(from.getShape().drop_back(), ShapedType::kDynamic) > 1 ||
        from.getShape().back() != matrix.getDimSize(1) ||
        to.getShape().back() != tensorType(linear.getResult()).getDimSize(1))
      return failure();
    // The product's name, not the view's.
    Value product =
        aten::LinearOp::create(rewriter, linear.getLoc(), to, input,
                               linear.getWeight(), linear.getBias());
    rewriter.replaceOp(op, product);
    return success();
  }
};
} // namespace

void simplify::populateComposites(RewritePatternSet &patterns) {
  patterns.add<MakeHardsigmoid, LinearOfAnyRank>(patterns.getContext());
}
