//===- DropConstantObserves.cpp - Observes calibration need not run -------===//

#include "dialects/Aten/Constants.h"
#include "dialects/Pt2e/Pt2e.h"
#include "pt2e/Quantizers/SiteStatistics.h"
#include "pt2e/Transforms/Passes.h"

namespace pt2e {
#define GEN_PASS_DEF_DROPCONSTANTOBSERVESPASS
#include "pt2e/Transforms/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;

namespace {
struct DropConstantObservesPass
    : pt2e::impl::DropConstantObservesPassBase<DropConstantObservesPass> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    DenseSet<StringAttr> needed;
    getOperation().walk([&](ObserveOp observe) {
      auto site = symbols.lookup<SiteOp>(observe.getSite());
      if (!hasGivenParameters(site) && !aten::constantOf(observe.getInput()))
        needed.insert(observe.getSiteAttr().getAttr());
    });
    getOperation().walk([&](ObserveOp observe) {
      if (needed.contains(observe.getSiteAttr().getAttr()))
        return;
      observe.getResult().replaceAllUsesWith(observe.getInput());
      observe.erase();
    });
  }
};
} // namespace
