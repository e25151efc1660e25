#include "pt2e/Quantizers/XnnpackQuantizer.h"

#include "XnnpackRules.h"
#include "pt2e/Quantizers/EmbeddingQuantizer.h"

using namespace pt2e::quantizer;

/// PyTorch's; activations and weights of 8 bits never have smaller scales.
static constexpr float kEps = 0x1p-12f;

QuantizationConfig pt2e::quantizer::getSymmetricQuantizationConfig(
    bool isPerChannel, bool isQat, bool isDynamic, int actQmin, int actQmax,
    int weightQmin, int weightQmax) {
  QuantizationConfig config;
  Spec &activation = config.activation;
  activation.kind = isDynamic ? Spec::Kind::Dynamic : Spec::Kind::Static;
  activation.quantMin = actQmin;
  activation.quantMax = actQmax;
  activation.scheme = Scheme::Affine;
  activation.eps = kEps;
  Spec &weight = config.weight;
  weight.kind = Spec::Kind::Static;
  weight.quantMin = weightQmin;
  weight.quantMax = weightQmax;
  weight.scheme = Scheme::Symmetric;
  weight.axis = isPerChannel ? 0 : -1;
  weight.observer = isPerChannel ? "per_channel_min_max" : "min_max";
  weight.eps = kEps;
  if (isQat) {
    if (!isDynamic)
      activation.observer = "moving_average_min_max";
    weight.observer = isPerChannel ? "moving_average_per_channel_min_max"
                                   : "moving_average_min_max";
  }
  return config;
}

QuantizationConfig
pt2e::quantizer::getWeightQuantizationConfig(uint8_t bits, int64_t group,
                                             bool isDynamic) {
  QuantizationConfig config =
      getSymmetricQuantizationConfig(/*isPerChannel=*/true, /*isQat=*/false,
                                     /*isDynamic=*/true);
  if (!isDynamic)
    config.activation = Spec();
  Spec &weight = config.weight;
  if (bits != 8) {
    // Of so few codes none is given away: the smallest that is used, too.
    const int32_t half = 1 << (bits - 1);
    weight.setCodes(true, bits, -half, half - 1);
    weight.scheme = Scheme::SymmetricNoClippingError;
    weight.eps = 0;
  }
  if (group != 0) {
    weight.axis = -1;
    weight.block = {1, group};
    weight.observer = "block_min_max";
  }
  return config;
}

//===----------------------------------------------------------------------===//
// Recipes
//===----------------------------------------------------------------------===//

/// The N of "group=N"; nothing if it is none that kernels have.
static std::optional<int64_t> groupOf(std::string_view argument) {
  constexpr std::string_view kKey = "group=";
  if (argument.substr(0, kKey.size()) != kKey)
    return std::nullopt;
  argument.remove_prefix(kKey.size());
  if (argument.empty() || argument.size() > 5 ||
      argument.find_first_not_of("0123456789") != argument.npos)
    return std::nullopt;
  int64_t group = 0;
  for (char digit : argument)
    group = group * 10 + (digit - '0');
  if (group == 0 || group % 32 != 0)
    return std::nullopt;
  return group;
}

std::optional<Choice> XnnpackQuantizer::recipe(std::string_view name,
                                               std::string &error) const {
  const size_t colon = name.find(':');
  const std::string_view base = name.substr(0, colon);
  constexpr int64_t kDefaultGroup = 32;
  int64_t group = kDefaultGroup;
  const bool isGrouped = base == "weight-only-int4" || base == "8da4w";
  if (colon != name.npos) {
    const std::string_view argument = name.substr(colon + 1);
    const std::optional<int64_t> given = groupOf(argument);
    if (!isGrouped || (!given && argument != "per-channel")) {
      error = isGrouped ? "expected group=N, with N a multiple of 32, or "
                          "per-channel behind "
                        : "expected nothing behind ";
      error += std::string(base) + ":, but got '" + std::string(argument) + "'";
      return std::nullopt;
    }
    group = given.value_or(0);
  }
  QuantizationConfig config;
  if (base == "float")
    return Choice();
  if (base == "static-int8" || base == "static-int8-per-tensor") {
    config = getSymmetricQuantizationConfig(base == "static-int8", isQat);
  } else if (base == "dynamic-int8") {
    config = getSymmetricQuantizationConfig(true, isQat, true);
  } else if (base == "weight-only-int8") {
    config = getWeightQuantizationConfig(8);
  } else if (base == "a16w8") {
    config = getWeightQuantizationConfig(8);
    config.otherWeight = Spec::stored(Storage::F16);
  } else if (base == "weight-only-float16") {
    config.weight = Spec::stored(Storage::F16);
    return Choice(config);
  } else if (isGrouped) {
    config = getWeightQuantizationConfig(4, group, base == "8da4w");
  } else {
    error = "expected a recipe (static-int8, static-int8-per-tensor, "
            "dynamic-int8, weight-only-int8, weight-only-int4[:group=N], "
            "8da4w[:group=N], a16w8, weight-only-float16 or float), but got '" +
            std::string(name) + "'";
    return std::nullopt;
  }
  if (compat == Compat::None)
    config.embedding = getEmbeddingSpec(base == "weight-only-int4" ? 4 : 8);
  return Choice(config);
}

void XnnpackQuantizer::annotate(Graph &graph) {
  annotateForXnnpack(graph, select(graph), compat, legality());
}
