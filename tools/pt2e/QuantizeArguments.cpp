#include "QuantizeArguments.h"

#include "fmt/format.h"
#include "pt2e/LoadPlugins.h"
#include "pt2e/Quantizers/QuantizerConfig.h"
#include "pt2e/Runtime/Status.h"

namespace pt2e::tool {

void addQuantizeOptions(Options &options, QuantizeArguments &arguments) {
  QuantizeOptions &quantize = arguments.options;
  options.option("recipe", "R", quantize.recipe,
                 "static-int8 (the default), static-int8-per-tensor,\n"
                 "dynamic-int8, weight-only-int8, weight-only-int4[:group=N],\n"
                 "8da4w[:group=N], a16w8 or weight-only-float16\n"
                 "(docs/recipes.md)");
  options.option("only", "WHAT", quantize.only,
                 "the recipe is for these module types (torch.nn.Linear),\n"
                 "operators (aten::conv2d) or modules (features.*); the rest\n"
                 "stays float");
  options.option("rule", "WHAT=R", quantize.rules,
                 "another recipe, or float, for what one of these words says:\n"
                 "head=float, torch.nn.Linear=dynamic-int8; stronger than the\n"
                 "config");
  options.flag("per-tensor", arguments.perTensor,
               "--recipe static-int8-per-tensor");
  options.option("quantizer", "NAME", quantize.quantizer,
                 "xnnpack (the default), x86-inductor, embedding or one of a\n"
                 "plugin; several, with commas, one after the other");
  options.option("quantizer-option", "KEY=VALUE", quantize.quantizerOptions,
                 "an option of the quantizer");
  options.option("config", "C.json", quantize.configFile,
                 "rules for what is quantized and how (docs/config.md)");
  options.option("load-quantizer-plugin", "P.so", arguments.plugins,
                 "add the quantizers of a plugin; those in PT2E_PLUGIN_PATH\n"
                 "are there already (docs/quantizer-guide.md)");
  options.option("compat", "torchao", arguments.compat,
                 "quantize exactly what the PyTorch flow quantizes, with its "
                 "observers");
  options.oneOf({"torchao"});
}

/// The words become part of a pass pipeline.
static absl::Status verifyWords(const char *option,
                                const std::vector<std::string> &words) {
  for (const std::string &word : words)
    if (word.find_first_of("{}'\"") != word.npos)
      return runtime::invalid("expected a word without braces and quotes for "
                              "--{}, but got `{}`: in names, `?` stands for "
                              "any character",
                              option, word);
  return absl::OkStatus();
}

static absl::Status verifyRules(const std::vector<std::string> &rules) {
  for (const std::string &rule : rules) {
    const size_t equals = rule.find('=');
    if (equals == 0 || equals == rule.npos || equals + 1 == rule.size())
      return runtime::invalid("expected WHAT=RECIPE for --rule, but got `{}`",
                              rule);
  }
  return absl::OkStatus();
}

absl::Status QuantizeArguments::verify() const {
  if (perTensor && !options.recipe.empty())
    return runtime::invalid("expected --recipe or --per-tensor, not both");
  PT2E_RETURN_IF_ERROR(verifyWords("only", options.only));
  PT2E_RETURN_IF_ERROR(verifyWords("rule", options.rules));
  PT2E_RETURN_IF_ERROR(verifyRules(options.rules));
  PT2E_RETURN_IF_ERROR(verifyWords("quantizer", {options.quantizer}));
  PT2E_RETURN_IF_ERROR(
      verifyWords("quantizer-option", options.quantizerOptions));
  return verifyWords("config", {options.configFile});
}

/// The quantizer is made once to see whether it can be.
static absl::Status verifyQuantizer(const QuantizeOptions &options) {
  quantizer::QuantizerRequest request;
  request.quantizer = options.quantizer;
  if (options.compat)
    request.options.emplace_back("compat", "torchao");
  for (const std::string &option : options.quantizerOptions) {
    const size_t equals = option.find('=');
    if (equals == option.npos)
      return runtime::invalid("expected an option as key=value, but got `{}`",
                              option);
    request.options.emplace_back(option.substr(0, equals),
                                 option.substr(equals + 1));
  }
  request.recipe = options.recipe;
  request.only = options.only;
  request.rules = options.rules;
  request.configFile = options.configFile;
  llvm::Expected<std::unique_ptr<quantizer::Quantizer>> made =
      quantizer::makeQuantizer(request);
  if (!made)
    return absl::InvalidArgumentError(llvm::toString(made.takeError()));
  return absl::OkStatus();
}

absl::StatusOr<QuantizeOptions>
QuantizeArguments::resolve(int &exitCode) const {
  exitCode = kFailed;
  PT2E_RETURN_IF_ERROR(loadPluginsOfEnvironment(nullptr));
  PT2E_RETURN_IF_ERROR(loadQuantizerPlugins(plugins));
  QuantizeOptions resolved = options;
  if (perTensor)
    resolved.recipe = "static-int8-per-tensor";
  resolved.compat = !compat.empty();
  if (absl::Status status = verifyQuantizer(resolved); !status.ok()) {
    if (resolved.configFile.empty())
      exitCode = kUsage;
    return status;
  }
  return resolved;
}

} // namespace pt2e::tool
