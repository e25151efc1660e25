//===- ChooseForms.cpp - The faster form of each op, as measured ----------===//

#include "dialects/Aten/Remarks.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "pt2e/Xnnpack/FloatForms.h"
#include "pt2e/Xnnpack/FormTimings.h"
#include "pt2e/Xnnpack/Passes.h"
#include "llvm/Support/FormatVariadic.h"

namespace pt2e {
#define GEN_PASS_DEF_XNNCHOOSEFORMSPASS
#include "pt2e/Xnnpack/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using namespace pt2e::xnn;

namespace {
struct XnnChooseFormsPass
    : pt2e::impl::XnnChooseFormsPassBase<XnnChooseFormsPass> {
  using XnnChooseFormsPassBase::XnnChooseFormsPassBase;

  LogicalResult initialize(MLIRContext *context) override {
    llvm::Expected<FormTimings> read = FormTimings::read(timings);
    if (!read)
      return emitError(UnknownLoc::get(context))
             << llvm::toString(read.takeError());
    measured = std::move(*read);
    return success();
  }

  void runOnOperation() override {
    for (Operation &op : llvm::make_early_inc_range(getOperation().getOps()))
      if (hasFloatForm(&op))
        choose(&op);
  }

private:
  void choose(Operation *op) {
    const std::string signature = formSignature(op);
    const auto found = measured.ops.find(signature);
    if (found == measured.ops.end())
      return missed(op->getLoc(), "choose-forms", "no-timing",
                    "stays on int8 codes: no time was measured for " +
                        signature);
    const FormTiming &timing = found->second;
    if (!timing.isFloatFaster())
      return;
    FailureOr<Operation *> inFloat = computeInFloat(op);
    if (succeeded(inFloat))
      (*inFloat)->setAttr(
          "xnn.measured",
          StringAttr::get(&getContext(),
                          llvm::formatv("{0:f1} us in float, {1:f1} us on int8 "
                                        "codes ({2}, threads: {3})",
                                        timing.numbers, timing.codes,
                                        measured.cpu, measured.threads)
                              .str()));
  }

  FormTimings measured;
};
} // namespace
