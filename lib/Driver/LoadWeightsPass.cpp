//===- LoadWeightsPass.cpp - Weights that a text names --------------------===//

#include "pt2e/Driver/Passes.h"
#include "pt2e/Import/ArchiveWeights.h"

namespace pt2e {
#define GEN_PASS_DEF_LOADWEIGHTSPASS
#include "pt2e/Driver/Passes.h.inc"
} // namespace pt2e

namespace {
struct LoadWeightsPass : pt2e::impl::LoadWeightsPassBase<LoadWeightsPass> {
  using LoadWeightsPassBase::LoadWeightsPassBase;

  void runOnOperation() override {
    if (mlir::failed(pt2e::loadArchiveWeights(getOperation(), folder)))
      signalPassFailure();
  }
};
} // namespace
