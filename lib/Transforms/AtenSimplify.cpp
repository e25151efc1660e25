#include "Simplify.h"
#include "dialects/Aten/Remarks.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "pt2e/Transforms/Passes.h"

namespace pt2e {
#define GEN_PASS_DEF_ATENSIMPLIFYPASS
#include "pt2e/Transforms/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;

namespace {
struct AtenSimplifyPass : pt2e::impl::AtenSimplifyPassBase<AtenSimplifyPass> {
  using AtenSimplifyPassBase::AtenSimplifyPassBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    simplify::populateNames(patterns);
    simplify::populateComposites(patterns);
    simplify::populateIdentities(patterns);
    simplify::populateLayoutOfConstants(patterns);
    simplify::populateEvaluation(patterns);
    if (!keepBatchNorm)
      simplify::populateBatchNorm(
          patterns, numFolded,
          {keepBatchNormIn.begin(), keepBatchNormIn.end()});
    // Parameters of equal value keep their own names.
    GreedyRewriteConfig config;
    config.enableConstantCSE(false);
    if (failed(
            applyPatternsGreedily(getOperation(), std::move(patterns), config)))
      return signalPassFailure();
    if (wantsRemarks(&getContext()))
      simplify::tellOfConstants(getOperation());
  }
};
} // namespace
