//===- AnnotateTraining.cpp - Annotate what inference will quantize -------===//

#include "SpecAttributes.h"
#include "Training.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Pt2e/Pt2e.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "pt2e/Transforms/Passes.h"

namespace pt2e {
#define GEN_PASS_DEF_ANNOTATETRAININGPASS
#include "pt2e/Transforms/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;

/// Which op of the training form an op of the inference form was.
static constexpr llvm::StringLiteral kOrigin = "pt2e.origin";

using OpsByOrigin = llvm::DenseMap<int64_t, Operation *>;

static std::optional<int64_t> originOf(Operation *op) {
  auto origin = op->getAttrOfType<IntegerAttr>(kOrigin);
  return origin ? std::optional(origin.getInt()) : std::nullopt;
}

namespace {
struct AnnotateTrainingPass
    : pt2e::impl::AnnotateTrainingPassBase<AnnotateTrainingPass> {
  using AnnotateTrainingPassBase::AnnotateTrainingPassBase;

  /// Those of the passes that it runs.
  void getDependentDialects(DialectRegistry &registry) const override {
    AnnotateTrainingPassBase::getDependentDialects(registry);
    OpPassManager passes(ModuleOp::getOperationName());
    std::string ignored; // what is wrong is said when the pass runs
    llvm::raw_string_ostream os(ignored);
    if (succeeded(parsePassPipeline(annotate, passes, os)))
      passes.getDependentDialects(registry);
  }

  void runOnOperation() override {
    OpPassManager passes(ModuleOp::getOperationName());
    if (failed(parsePassPipeline("aten-simplify," + annotate, passes))) {
      getOperation().emitError("expected a pass pipeline, but got '")
          << annotate << "'";
      return signalPassFailure();
    }
    int64_t count = 0;
    Builder builder(&getContext());
    getOperation().walk([&](Operation *op) {
      if (isa_and_nonnull<aten::AtenDialect>(op->getDialect()))
        op->setAttr(kOrigin, builder.getI64IntegerAttr(count++));
    });
    ModuleOp inference = getOperation().clone();
    getOperation().push_back(inference);
    setInference(inference);
    if (failed(runPipeline(passes, inference)))
      return signalPassFailure();
    OpsByOrigin annotated;
    inference.walk([&](Operation *op) {
      if (auto origin = originOf(op))
        annotated[*origin] = op;
      else if (op->hasAttr(kAnnotation))
        op->emitWarning("is not quantized in training: it only exists in "
                        "inference");
    });
    getOperation().walk([&](func::FuncOp function) {
      if (function->getParentOp() == getOperation())
        function.walk([&](Operation *op) { transfer(op, annotated); });
    });
    inference.erase();
    getOperation().walk([](Operation *op) { op->removeAttr(kOrigin); });
  }

private:
  void transfer(Operation *op, const OpsByOrigin &annotated);
};
} // namespace

/// The op whose result stands for that of `op` in inference: behind it are
/// batch norm and dropout that inference has not.
static Operation *lastOf(Operation *op, const OpsByOrigin &annotated) {
  while (op->getNumResults() == 1 && op->getResult(0).hasOneUse()) {
    Operation *user = *op->getResult(0).user_begin();
    auto origin = originOf(user);
    if (!origin || annotated.count(*origin) || !isTraining(user))
      break;
    op = user;
  }
  return op;
}

/// Entries for `count` operands: folding batch norm may have added a bias.
static ArrayAttr firstEntries(ArrayAttr entries, size_t count) {
  SmallVector<Attribute> kept(entries.begin(), entries.end());
  kept.resize(count, UnitAttr::get(entries.getContext()));
  return ArrayAttr::get(entries.getContext(), kept);
}

void AnnotateTrainingPass::transfer(Operation *op,
                                    const OpsByOrigin &annotated) {
  auto origin = originOf(op);
  auto found = origin ? annotated.find(*origin) : annotated.end();
  if (found == annotated.end())
    return;
  if (Attribute kept = found->second->getAttr(kKeptFloat))
    op->setAttr(kKeptFloat, kept);
  auto annotation = found->second->getAttrOfType<AnnotationAttr>(kAnnotation);
  if (!annotation)
    return;
  const auto make = [&](ArrayAttr operands, ArrayAttr results) {
    return AnnotationAttr::get(&getContext(), operands, results,
                               annotation.getRule(),
                               annotation.getImplicitSharing());
  };
  ArrayAttr results = annotation.getResults();
  Operation *last = lastOf(op, annotated);
  if (last != op && isa<SpecAttr, FixedAttr>(results[0])) {
    last->setAttr(kAnnotation,
                  make(firstEntries(ArrayAttr::get(&getContext(), {}),
                                    last->getNumOperands()),
                       results));
    results = firstEntries(ArrayAttr::get(&getContext(), {}), 1);
  }
  op->setAttr(kAnnotation,
              make(firstEntries(annotation.getOperands(), op->getNumOperands()),
                   results));
}
