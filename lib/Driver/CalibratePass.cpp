//===- CalibratePass.cpp - Run the observed program on data ---------------===//

#include "pt2e/Driver/Calibrate.h"
#include "pt2e/Driver/Passes.h"

namespace pt2e {
#define GEN_PASS_DEF_CALIBRATEPASS
#include "pt2e/Driver/Passes.h.inc"
} // namespace pt2e

namespace {
struct CalibratePass : pt2e::impl::CalibratePassBase<CalibratePass> {
  using CalibratePassBase::CalibratePassBase;

  void runOnOperation() override {
    pt2e::CalibrationOptions options;
    options.data.assign(inputs.begin(), inputs.end());
    options.input.batch = batch;
    if (samples > 0)
      options.input.samples = samples;
    if (mlir::failed(pt2e::calibrate(getOperation(), options)))
      signalPassFailure();
  }
};
} // namespace
