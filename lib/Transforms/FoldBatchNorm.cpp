// Batch norm in inference, folded into the convolution or linear before it.
//
// The arithmetic is PyTorch's (torch/nn/utils/fusion.py), step by step in f32:
// r = 1 / sqrt(var + eps), W' = W * (gamma * r),
// b' = (b - mean) * r * gamma + beta for convolutions,
// b' = (b - mean) * (gamma * r) + beta for linear.
#include <cmath>

#include "Simplify.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Aten/Remarks.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::simplify;

namespace {
/// Statistics and affine parameters, one entry for each channel.
struct Normalization {
  std::vector<float> gamma, beta, mean, var;
  float eps;

  size_t size() const { return mean.size(); }
  float rsqrt(size_t channel) const {
    return 1.0f / std::sqrt(var[channel] + eps);
  }
};

std::optional<Normalization> normalization(aten::BatchNormOp norm) {
  auto mean = aten::constantElements<float>(norm.getRunningMean()),
       var = aten::constantElements<float>(norm.getRunningVar());
  if (norm.getTraining() || !mean || !var || mean->size() != var->size())
    return std::nullopt;
  Normalization result;
  result.gamma.assign(mean->size(), 1.0f);
  result.beta.assign(mean->size(), 0.0f);
  if (norm.getWeight()) {
    auto gamma = aten::constantElements<float>(norm.getWeight());
    if (!gamma || gamma->size() != mean->size())
      return std::nullopt;
    result.gamma = std::move(*gamma);
  }
  if (norm.getBias()) {
    auto beta = aten::constantElements<float>(norm.getBias());
    if (!beta || beta->size() != mean->size())
      return std::nullopt;
    result.beta = std::move(*beta);
  }
  result.mean = std::move(*mean);
  result.var = std::move(*var);
  result.eps = float(norm.getEps().convertToDouble());
  return result;
}

/// What batch norm can be folded into.
enum class Producer { None, Convolution, Transposed, Linear };

Producer producerKind(Operation *op) {
  if (isa_and_nonnull<aten::Conv1dOp, aten::Conv2dOp, aten::Conv2dPaddingOp,
                      aten::Conv3dOp>(op))
    return Producer::Convolution;
  if (isa_and_nonnull<aten::ConvTranspose1dOp, aten::ConvTranspose2dInputOp>(
          op))
    return Producer::Transposed;
  if (isa_and_nonnull<aten::LinearOp>(op))
    return Producer::Linear;
  return Producer::None;
}

struct FoldBatchNorm : OpRewritePattern<aten::BatchNormOp> {
  FoldBatchNorm(MLIRContext *context, Pass::Statistic &folded,
                std::vector<std::string> kept)
      : OpRewritePattern(context), folded(folded), kept(std::move(kept)) {}

  LogicalResult matchAndRewrite(aten::BatchNormOp norm,
                                PatternRewriter &rewriter) const override {
    Operation *producer = norm.getInput().getDefiningOp();
    const Producer kind = producerKind(producer);
    auto missed = [&](const Twine &reason) {
      pt2e::missed(norm.getLoc(), "simplify", "FoldBatchNorm", reason);
      return failure();
    };
    if (kind == Producer::None)
      return missed(
          "only convolutions and linear layers take it in, but it normalizes " +
          aten::valueName(norm.getInput()));
    if (isKept(norm))
      return missed("a choice keeps it");
    if (!norm.getInput().hasOneUse())
      return missed("another operator reads what it normalizes");
    const RankedTensorType inputType = tensorType(norm.getInput());
    // Batch norm's channels are dimension 1; linear's outputs are the last.
    if (kind == Producer::Linear && inputType.getRank() != 2)
      return missed("its channels are not those of the linear before it");
    // A convolution of one image without a batch dimension.
    Value weight = tensor(producer, "weight");
    if (kind != Producer::Linear &&
        inputType.getRank() != tensorType(weight).getRank())
      return missed("the convolution before it has no batch dimension");
    Value bias = tensor(producer, "bias");
    auto values = normalization(norm);
    auto weights = aten::constantElements<float>(weight);
    auto biases =
        bias ? aten::constantElements<float>(bias) : std::vector<float>();
    if (!values || !weights || !biases)
      return missed("it trains, or its parameters or those of the operator "
                    "before it are not f32 constants");
    const RankedTensorType weightType = tensorType(weight);
    const size_t channels = values->size();
    const int64_t groups =
        kind == Producer::Transposed ? *integer(producer, "groups") : 1;
    const size_t outputs = kind == Producer::Transposed
                               ? weightType.getDimSize(1) * groups
                               : weightType.getDimSize(0);
    if (outputs != channels || channels == 0)
      return missed("expected " + Twine(outputs) + " channels, but got " +
                    Twine(channels));
    if (!bias)
      biases->assign(channels, 0.0f);
    if (biases->size() != channels)
      return missed("expected a bias of " + Twine(channels) +
                    " channels, but got " + Twine(biases->size()));

    scaleWeight(*weights, weightType, kind, groups, *values);
    for (size_t c = 0; c < channels; ++c) {
      const float centred = (*biases)[c] - values->mean[c];
      const float r = values->rsqrt(c);
      // Two roundings in another order, as PyTorch has them.
      const float scaled = kind == Producer::Linear
                               ? centred * (values->gamma[c] * r)
                               : centred * r * values->gamma[c];
      (*biases)[c] = scaled + values->beta[c];
    }
    rewrite(norm, producer, *weights, *biases, rewriter);
    ++folded;
    return success();
  }

  /// True if `norm` was called in one of the modules that keep theirs.
  bool isKept(aten::BatchNormOp norm) const {
    if (kept.empty())
      return false;
    const aten::Provenance provenance = aten::getProvenance(norm.getLoc());
    return llvm::any_of(provenance.modules,
                        [&](const aten::ModuleEntry &module) {
                          return llvm::is_contained(kept, module.path);
                        });
  }

  static void scaleWeight(std::vector<float> &weights, RankedTensorType type,
                          Producer kind, int64_t groups,
                          const Normalization &values) {
    if (kind != Producer::Transposed) {
      const size_t inner = weights.size() / values.size();
      for (size_t c = 0; c < values.size(); ++c) {
        const float factor = values.gamma[c] * values.rsqrt(c);
        for (size_t i = 0; i < inner; ++i)
          weights[c * inner + i] *= factor;
      }
      return;
    }
    // [I, O / groups, ...]: input channel i belongs to group i / (I / groups).
    const size_t inputs = type.getDimSize(0), perGroup = type.getDimSize(1);
    const size_t inner = weights.size() / (inputs * perGroup);
    for (size_t i = 0; i < inputs; ++i)
      for (size_t o = 0; o < perGroup; ++o) {
        const size_t c = i / (inputs / groups) * perGroup + o;
        const float factor = values.gamma[c] * values.rsqrt(c);
        for (size_t k = 0; k < inner; ++k)
          weights[(i * perGroup + o) * inner + k] *= factor;
      }
  }

  static void rewrite(aten::BatchNormOp norm, Operation *producer,
                      ArrayRef<float> weights, ArrayRef<float> biases,
                      PatternRewriter &rewriter) {
    Value weight = tensor(producer, "weight"), bias = tensor(producer, "bias");
    // Where others use a weight, the folded one has a name of its own.
    const auto suffixOf = [&](Value value) {
      return value.hasOneUse() ? std::string()
                               : ":" + aten::exportedName(norm.getLoc()).str();
    };
    const auto nameOf = [&](Value value, StringRef what) {
      auto parameter = value.getDefiningOp<aten::ParameterOp>();
      return parameter ? parameter.getName().str()
                       : (aten::exportedName(producer->getLoc()) + what).str();
    };
    const std::string weightName = nameOf(weight, ".weight");
    std::string biasName;
    if (bias) {
      biasName = nameOf(bias, ".bias") + suffixOf(bias);
    } else {
      StringRef base = weightName;
      const bool isUsual = base.consume_back(".weight");
      biasName = base.str() + (isUsual ? ".bias" : "_bias") + suffixOf(weight);
    }
    rewriter.setInsertionPoint(producer);
    const RankedTensorType type = tensorType(weight);
    Value newWeight = aten::ParameterOp::create(
        rewriter, weight.getLoc(), weightName + suffixOf(weight),
        aten::makeConstant(type, weights, weightName));
    auto biasType =
        RankedTensorType::get(int64_t(biases.size()), type.getElementType());
    Value newBias = aten::ParameterOp::create(
        rewriter, bias ? bias.getLoc() : weight.getLoc(), biasName,
        aten::makeConstant(biasType, biases, biasName));

    OperationState state(FusedLoc::get(rewriter.getContext(),
                                       {producer->getLoc(), norm.getLoc()}),
                         producer->getName());
    state.addOperands({tensor(producer, "input"), newWeight, newBias});
    state.addTypes(norm.getType());
    state.addAttributes(producer->getAttrs());
    Operation *folded = rewriter.create(state);
    rewriter.replaceOp(norm, folded);
    rewriter.eraseOp(producer);
  }

  Pass::Statistic &folded;
  const std::vector<std::string> kept;
};
} // namespace

void simplify::populateBatchNorm(RewritePatternSet &patterns,
                                 Pass::Statistic &folded,
                                 std::vector<std::string> kept) {
  patterns.add<FoldBatchNorm>(patterns.getContext(), folded, std::move(kept));
}
