//===- Annotate.cpp - A quantizer says what is quantized, and how ---------===//

#include "GraphView.h"
#include "pt2e/Quantizers/QuantizerConfig.h"
#include "pt2e/Transforms/Passes.h"
#include "llvm/Support/MemoryBuffer.h"

namespace pt2e {
#define GEN_PASS_DEF_ANNOTATEPASS
#include "pt2e/Transforms/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;

namespace {
struct AnnotatePass : pt2e::impl::AnnotatePassBase<AnnotatePass> {
  using AnnotatePassBase::AnnotatePassBase;

  void runOnOperation() override {
    FailureOr<std::unique_ptr<quantizer::Quantizer>> chosen = makeQuantizer();
    if (failed(chosen))
      return signalPassFailure();
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      GraphView graph(function);
      (*chosen)->annotate(graph);
      if (failed(graph.commit()))
        return signalPassFailure();
    }
  }

private:
  FailureOr<std::unique_ptr<quantizer::Quantizer>> makeQuantizer() {
    auto emitError = [&] { return getOperation().emitError(); };
    if (quantizerName != "xnnpack")
      return emitError() << "expected the quantizer xnnpack, but got '"
                         << quantizerName << "'";
    quantizer::Compat mode = quantizer::Compat::None;
    if (compat == "torchao")
      mode = quantizer::Compat::Torchao;
    else if (compat != "none")
      return emitError() << "expected compat none or torchao, but got '"
                         << compat << "'";
    auto xnnpack = std::make_unique<quantizer::XnnpackQuantizer>();
    xnnpack->setCompat(mode);
    if (config.empty()) {
      xnnpack->setGlobal(quantizer::getSymmetricQuantizationConfig(perChannel));
      return std::unique_ptr<quantizer::Quantizer>(std::move(xnnpack));
    }
    auto file = llvm::MemoryBuffer::getFile(config, /*IsText=*/true);
    if (!file)
      return emitError() << "cannot read '" << config
                         << "': " << file.getError().message();
    if (llvm::Error error =
            quantizer::applyConfig(*xnnpack, (*file)->getBuffer(), perChannel))
      return emitError() << config << ": " << llvm::toString(std::move(error));
    return std::unique_ptr<quantizer::Quantizer>(std::move(xnnpack));
  }
};
} // namespace
