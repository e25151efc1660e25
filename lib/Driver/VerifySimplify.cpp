//===- VerifySimplify.cpp - After simplify: the inference form ---------===//

#include "VerifyStage.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Schema.h"
#include "llvm/ADT/StringSet.h"

namespace pt2e {
#define GEN_PASS_DEF_VERIFYSIMPLIFYPASS
#include "pt2e/Driver/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using namespace pt2e::verify;

PT2E_VERIFY_PASS(Simplify)

/// True for operators that give their operand back.
static bool doesNothing(Operation *op, StringRef name) {
  static const llvm::StringSet<> copies = {
      "aten::alias",  "aten::clone",           "aten::contiguous",
      "aten::detach", "aten::lift_fresh_copy", "aten::dropout"};
  if (!copies.contains(name) || op->getNumOperands() != 1 ||
      op->getOperand(0).getType() != op->getResult(0).getType())
    return false;
  auto train = dyn_cast_or_null<BoolAttr>(aten::attributeArgument(op, "train"));
  return !train || !train.getValue();
}

/// True for a batch norm of constants whose convolution nobody else reads.
static bool isFoldable(aten::BatchNormOp norm) {
  auto isConstant = [](Value value) {
    return !value || aten::constantOf(value);
  };
  auto conv = norm.getInput().getDefiningOp<aten::Conv2dOp>();
  return conv && conv->hasOneUse() && !norm.getTraining() &&
         conv.getResult().getType().getRank() == 4 &&
         aten::constantOf(conv.getWeight()) && isConstant(conv.getBias()) &&
         norm.getRunningMean() && aten::constantOf(norm.getRunningMean()) &&
         norm.getRunningVar() && aten::constantOf(norm.getRunningVar()) &&
         isConstant(norm.getWeight()) && isConstant(norm.getBias());
}

LogicalResult VerifySimplifyPass::verify() {
  if (failed(checkAtenForm(getOperation(), "simplify")))
    return failure();
  return forEachOp(getOperation(), [&](Operation *op) -> LogicalResult {
    if (!isa<aten::AtenDialect>(op->getDialect()) ||
        isa<aten::ParameterOp, aten::BufferOp>(op))
      return success();
    const std::string name = aten::schemaName(op);
    if (doesNothing(op, name))
      return complain(op, "simplify")
             << "expected no operator that does nothing, but got " << name;
    if (auto norm = dyn_cast<aten::BatchNormOp>(op);
        norm && !keepBatchNorm && isFoldable(norm))
      return complain(op, "simplify")
             << "expected it in the convolution before it";
    if (isa<aten::PermuteOp, aten::TransposeIntOp, aten::TOp,
            aten::UnsqueezeOp>(op) &&
        aten::constantOf(op->getOperand(0)))
      return complain(op, "simplify")
             << "expected a constant, but got " << name << " of one";
    return success();
  });
}
