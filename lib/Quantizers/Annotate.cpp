//===- Annotate.cpp - A quantizer says what is quantized, and how ---------===//

#include "pt2e/Quantizers/Annotate.h"
#include "SitesView.h"
#include "pt2e/Quantizers/QuantizerConfig.h"
#include "pt2e/Transforms/Passes.h"

namespace pt2e {
#define GEN_PASS_DEF_ANNOTATEPASS
#include "pt2e/Transforms/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;

LogicalResult pt2e::annotate(ModuleOp module, quantizer::Quantizer &quantizer) {
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isExternal())
      continue;
    GraphView graph(function);
    quantizer.annotate(graph);
    if (failed(graph.commit()) || failed(prepareSites(quantizer, graph)))
      return failure();
  }
  return success();
}

namespace {
struct AnnotatePass : pt2e::impl::AnnotatePassBase<AnnotatePass> {
  using AnnotatePassBase::AnnotatePassBase;

  void runOnOperation() override {
    FailureOr<std::unique_ptr<quantizer::Quantizer>> chosen = makeQuantizer();
    if (failed(chosen))
      return signalPassFailure();
    if (failed(annotate(getOperation(), **chosen)))
      signalPassFailure();
  }

private:
  FailureOr<std::unique_ptr<quantizer::Quantizer>> makeQuantizer() {
    auto emitError = [&] { return getOperation().emitError(); };
    quantizer::QuantizerRequest request;
    request.quantizer = quantizerName;
    if (compat != "none")
      request.options.emplace_back("compat", compat);
    for (const std::string &option : quantizerOptions) {
      const size_t equals = option.find('=');
      if (equals == std::string::npos)
        return emitError() << "expected an option as key=value, but got '"
                           << option << "'";
      request.options.emplace_back(option.substr(0, equals),
                                   option.substr(equals + 1));
    }
    request.recipe = recipe;
    request.only = only;
    request.configFile = config;
    llvm::Expected<std::unique_ptr<quantizer::Quantizer>> made =
        quantizer::makeQuantizer(request);
    if (!made)
      return emitError() << llvm::toString(made.takeError());
    return std::move(*made);
  }
};
} // namespace
