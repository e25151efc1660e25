//===- Annotate.cpp - A quantizer says what is quantized, and how ---------===//

#include "pt2e/Quantizers/Annotate.h"

#include <map>

#include "SitesView.h"
#include "Training.h"
#include "dialects/Aten/Remarks.h"
#include "dialects/Xnn/Xnn.h"
#include "pt2e/Quantizers/QuantizerConfig.h"
#include "pt2e/Transforms/Passes.h"
#include "pt2e/Xnnpack/Legality.h"

namespace pt2e {
#define GEN_PASS_DEF_ANNOTATEPASS
#include "pt2e/Transforms/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;

/// `view` is the function that is annotated.
static LogicalResult annotateFunctions(ModuleOp module,
                                       quantizer::Quantizer &quantizer,
                                       const GraphView *&view) {
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isExternal())
      continue;
    GraphView graph(function);
    view = &graph;
    quantizer.annotate(graph);
    if (failed(graph.commit()) || failed(prepareSites(quantizer, graph)))
      return failure();
  }
  return success();
}

LogicalResult pt2e::annotate(ModuleOp module, quantizer::Quantizer &quantizer) {
  const GraphView *view = nullptr;
  return annotateFunctions(module, quantizer, view);
}

namespace {
struct AnnotatePass : pt2e::impl::AnnotatePassBase<AnnotatePass> {
  using AnnotatePassBase::AnnotatePassBase;

  /// The lowering is asked what runs.
  void getDependentDialects(DialectRegistry &registry) const override {
    AnnotatePassBase::getDependentDialects(registry);
    registry.insert<xnn::XnnDialect, arith::ArithDialect>();
  }

  void runOnOperation() override {
    if (failed(refuseTrained()))
      return signalPassFailure();
    unused.clear();
    FailureOr<std::unique_ptr<quantizer::Quantizer>> chosen = makeQuantizer();
    if (failed(chosen))
      return signalPassFailure();
    if (failed(annotateFunctions(getOperation(), **chosen, view)) ||
        failed(tellUnused()))
      signalPassFailure();
  }

private:
  /// What training has rounded already is converted.
  LogicalResult refuseTrained() {
    const WalkResult found = getOperation().walk([](Operation *op) {
      if (!isFakeQuantize(op))
        return WalkResult::advance();
      op->emitError(aten::schemaName(op))
          << " was put in to train: pt2e quantize --qat-convert converts the "
             "trained program";
      return WalkResult::interrupt();
    });
    return failure(found.wasInterrupted());
  }

  /// A rule may be about one function of several.
  LogicalResult tellUnused() {
    using Kind = quantizer::UnusedRule::Kind;
    auto functions = getOperation().getOps<func::FuncOp>();
    const auto count = llvm::count_if(
        functions, [](func::FuncOp op) { return !op.isExternal(); });
    bool failed = false;
    for (const auto &[message, use] : unused) {
      if (use.functions.size() != size_t(count))
        continue;
      const Location loc = (*functions.begin()).getLoc();
      if (use.kind == Kind::Optional)
        missed(loc, "annotate", "UnusedRule", message);
      else if (use.kind == Kind::Setter)
        mlir::emitWarning(loc) << message;
      else
        mlir::emitError(loc) << message;
      failed |= use.kind == Kind::Rule;
    }
    return failure(failed);
  }

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
    request.rules = rules;
    request.configFile = config;
    request.legality = [this](const quantizer::Graph &graph, quantizer::Op op,
                              const quantizer::QuantizationConfig &asked)
        -> std::optional<std::string> {
      if (isProduct(graph, op))
        if (const char *why = whyNotMultiplied(asked))
          return why;
      return whyNot(view->operation(op), asked);
    };
    request.unused = [this](const quantizer::UnusedRule &rule) {
      Unused &use = unused[rule.message];
      use.kind = rule.kind;
      use.functions.insert(view->getFunction());
    };
    llvm::Expected<std::unique_ptr<quantizer::Quantizer>> made =
        quantizer::makeQuantizer(request);
    if (!made) // about the command line or the config file, not the program
      return mlir::emitError(UnknownLoc::get(&getContext()))
             << llvm::toString(made.takeError());
    return std::move(*made);
  }

  /// True for an op with a matrix or filters.
  static bool isProduct(const quantizer::Graph &graph, quantizer::Op op) {
    const quantizer::OperandRange weight = graph.tensors(op, "weight");
    return weight.count == 1 &&
           graph.shape(graph.operands(op)[weight.first]).size() > 1;
  }

  /// Why XNNPACK has no product of such activations and weights at all; null
  /// if that depends on the op.
  static const char *
  whyNotMultiplied(const quantizer::QuantizationConfig &asked) {
    using Kind = quantizer::Spec::Kind;
    using quantizer::Scheme;
    const quantizer::Spec &weight = asked.weight;
    const bool isCodes = weight.kind != Kind::Float &&
                         weight.storage == quantizer::Storage::Integer;
    const quantizer::Block &block = weight.block;
    if (isCodes && !block.empty() && (block.rank() != 2 || block[0] != 1))
      return "XNNPACK has blocks of inputs of one output alone";
    if (isCodes && weight.bits > 8)
      return "XNNPACK reads weights of at most 8 bits";
    const Kind activation = asked.activation.kind;
    if (activation == Kind::Float)
      return nullptr;
    if (activation == Kind::Dynamic && !isCodes)
      return "XNNPACK multiplies activations quantized at run time with codes "
             "alone";
    if (isCodes && (weight.scheme == Scheme::Affine ||
                    weight.scheme == Scheme::AffineFloat))
      return "XNNPACK multiplies codes with symmetric weights alone";
    if (isCodes && !weight.isSigned)
      return "XNNPACK multiplies codes with signed weights alone";
    if (activation != Kind::Dynamic && isCodes && !block.empty())
      return "XNNPACK multiplies groups of codes with activations quantized at "
             "run time alone";
    return nullptr;
  }

  /// Asks the lowering.
  static std::optional<std::string>
  whyNot(Operation *op, const quantizer::QuantizationConfig &asked) {
    xnn::WeightForm weight;
    weight.bits = asked.weight.bits;
    const quantizer::Block &block = asked.weight.block;
    if (!block.empty())
      weight.groupSize = block[block.rank() - 1];
    switch (asked.activation.kind) {
    case quantizer::Spec::Kind::Float:
      if (asked.weight.storage != quantizer::Storage::Integer)
        return std::nullopt; // kept in 16 bits, computed in float
      return xnn::whyNotInXnnpack(op, xnn::Precision::WeightOnly, weight);
    case quantizer::Spec::Kind::Dynamic:
      return xnn::whyNotInXnnpack(op, xnn::Precision::Dynamic, weight);
    default:
      return xnn::whyNotInXnnpack(op, xnn::Precision::Codes, weight);
    }
  }

  struct Unused {
    quantizer::UnusedRule::Kind kind;
    llvm::SmallPtrSet<Operation *, 4> functions;
  };

  const GraphView *view = nullptr;
  std::map<std::string, Unused> unused; ///< by message
};
} // namespace
