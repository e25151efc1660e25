//===- Annotate.cpp - A quantizer says what is quantized, and how ---------===//

#include "GraphView.h"
#include "pt2e/Quantizers/QuantizerConfig.h"
#include "pt2e/Quantizers/QuantizerRegistry.h"
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
    quantizer::QuantizerOptions given;
    if (quantizerName == "xnnpack")
      given = {{"per-channel", perChannel ? "true" : "false"},
               {"compat", compat}};
    for (const std::string &option : quantizerOptions) {
      const size_t equals = option.find('=');
      if (equals == std::string::npos)
        return emitError() << "expected an option as key=value, but got '"
                           << option << "'";
      given.emplace_back(option.substr(0, equals), option.substr(equals + 1));
    }
    std::string error;
    std::unique_ptr<quantizer::Quantizer> made =
        quantizer::QuantizerRegistry::get().make(quantizerName, given, error);
    if (!made)
      return emitError() << error;
    if (config.empty())
      return made;
    if (quantizerName != "xnnpack")
      return emitError() << "expected no config for the quantizer "
                         << quantizerName;
    auto *xnnpack = static_cast<quantizer::XnnpackQuantizer *>(made.get());
    auto file = llvm::MemoryBuffer::getFile(config, /*IsText=*/true);
    if (!file)
      return emitError() << "cannot read '" << config
                         << "': " << file.getError().message();
    if (llvm::Error error =
            quantizer::applyConfig(*xnnpack, (*file)->getBuffer(), perChannel))
      return emitError() << config << ": " << llvm::toString(std::move(error));
    return made;
  }
};
} // namespace
