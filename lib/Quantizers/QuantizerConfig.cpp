#include "pt2e/Quantizers/QuantizerConfig.h"

#include <algorithm>

#include "ConfigReader.h"
#include "KeepFloatQuantizer.h"
#include "pt2e/Numerics/Observer.h"
#include "pt2e/Quantizers/ComposableQuantizer.h"
#include "pt2e/Quantizers/PluginLoader.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace pt2e::quantizer;

//===----------------------------------------------------------------------===//
// Specs
//===----------------------------------------------------------------------===//

static bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

/// The name as the factory of observers knows it; empty if it does not.
static std::string_view observerNamed(std::string_view name) {
  const auto names = pt2e::observerNames();
  const auto known = llvm::find(names, name);
  return known == names.end() || name == "fixed" || name == "placeholder"
             ? std::string_view()
             : *known;
}

/// Activations have one scale; an observer of a plugin serves any spec.
static bool fitsOneScale(std::string_view observer) {
  return pt2e::isAddedObserver(observer) ||
         (!contains(observer, "channel") && !contains(observer, "block"));
}

static bool fits(SpecChange::Granularity granularity, bool isActivation,
                 bool isDynamic) {
  using Granularity = SpecChange::Granularity;
  if (granularity == Granularity::PerTensor)
    return true;
  return isActivation ? isDynamic && granularity == Granularity::PerToken
                      : granularity != Granularity::PerToken;
}

/// Axis, block and observer.
static void setGranularity(Spec &spec, const SpecChange &change) {
  using Granularity = SpecChange::Granularity;
  spec.axis = -1;
  spec.block = Block();
  switch (*change.granularity) {
  case Granularity::PerTensor:
    spec.observer = "min_max";
    // Said, not left to the quantizer.
    if (spec.kind == Spec::Kind::Dynamic)
      spec.block = kWholeTensor;
    break;
  case Granularity::PerChannel:
    spec.axis = 0;
    spec.observer = "per_channel_min_max";
    break;
  case Granularity::PerToken: // the quantizer knows the rank
    break;
  case Granularity::PerBlock:
    spec.block = change.block;
    spec.observer = "block_min_max";
    break;
  }
}

/// Makes `spec` one of a scale that is given. \returns an error, or nothing.
static std::string fix(const SpecChange &change, Spec &spec) {
  if (!change.scale)
    return "expected a scale beside the zero point";
  if (change.kind || change.scheme || change.granularity ||
      !change.observer.empty() || change.eps || change.averagingConstant)
    return "expected no more than dtype, min and max beside a scale, which "
           "nothing observes";
  Spec fixed = Spec::fixed(*change.scale, change.zeroPoint.value_or(0));
  fixed.setCodes(spec.isSigned, spec.bits, spec.quantMin, spec.quantMax);
  spec = fixed;
  if (spec.zeroPoint < spec.quantMin || spec.zeroPoint > spec.quantMax)
    return "expected a zero point from " + std::to_string(spec.quantMin) +
           " to " + std::to_string(spec.quantMax) + ", but got " +
           std::to_string(spec.zeroPoint);
  return {};
}

/// What is wrong with `spec` by itself; empty if nothing is.
static std::string whyInvalid(const Spec &spec) {
  if (spec.kind == Spec::Kind::Float || spec.storage != Storage::Integer)
    return {};
  const int64_t low = spec.isSigned ? -(int64_t{1} << (spec.bits - 1)) : 0;
  const int64_t high = low + (int64_t{1} << spec.bits) - 1;
  if (spec.quantMin < low || spec.quantMax > high)
    return "expected codes from " + std::to_string(low) + " to " +
           std::to_string(high) + ", but got " + std::to_string(spec.quantMin) +
           " to " + std::to_string(spec.quantMax);
  if (spec.quantMin >= spec.quantMax || spec.quantMin > 0 || spec.quantMax < 0)
    return "expected codes that hold 0 and have their ends in order, but got " +
           std::to_string(spec.quantMin) + " to " +
           std::to_string(spec.quantMax);
  if (spec.observer.empty() || spec.kind != Spec::Kind::Static ||
      pt2e::isAddedObserver(spec.observer))
    return {};
  const bool wantsChannel = contains(spec.observer, "channel");
  const bool wantsBlock = contains(spec.observer, "block");
  if (wantsChannel != (spec.axis >= 0) || wantsBlock != !spec.block.empty())
    return "expected an observer for the granularity, but got '" +
           std::string(spec.observer) + "'";
  return {};
}

/// Changes `spec`. \returns an error, or nothing.
static std::string apply(const SpecChange &change, Spec &spec,
                         bool isActivation) {
  if (change.isFloat) {
    spec = Spec();
    return {};
  }
  if (change.storage) {
    spec = Spec::stored(*change.storage);
    return {};
  }
  if (spec.kind == Spec::Kind::Float) {
    spec.kind = Spec::Kind::Static;
    spec.storage = Storage::Integer;
  }
  if (change.kind) {
    if (*change.kind == Spec::Kind::Dynamic && !isActivation)
      return "expected a constant to be static, but got dynamic";
    spec.kind = *change.kind;
  }
  if (change.codes) {
    const auto [isSigned, bits] = *change.codes;
    const int32_t low = isSigned ? -(1 << (bits - 1)) : 0;
    spec.setCodes(isSigned, bits, low, low + (1 << bits) - 1);
  }
  spec.quantMin = change.min.value_or(spec.quantMin);
  spec.quantMax = change.max.value_or(spec.quantMax);
  if (change.scale || change.zeroPoint) {
    const std::string problem = fix(change, spec);
    return problem.empty() ? whyInvalid(spec) : problem;
  }
  spec.scheme = change.scheme.value_or(spec.scheme);
  if (change.granularity) {
    const bool isDynamic = spec.kind == Spec::Kind::Dynamic;
    if (!fits(*change.granularity, isActivation, isDynamic))
      return !isActivation
                 ? "expected per_tensor, per_channel, a group or a block for a "
                   "constant"
             : isDynamic
                 ? "expected per_tensor or per_token for a dynamic activation"
                 : "expected per_tensor for a static activation";
    setGranularity(spec, change);
    if (isActivation)
      spec.observer = {};
  }
  if (!change.observer.empty()) {
    spec.observer = observerNamed(change.observer);
    if (spec.observer.empty() ||
        (isActivation && !fitsOneScale(spec.observer))) {
      std::string names;
      for (std::string_view name : pt2e::observerNames())
        if (!observerNamed(name).empty() &&
            (!isActivation || fitsOneScale(name)))
          names += (names.empty() ? "" : ", ") + std::string(name);
      return "expected an observer (" + names + "), but got '" +
             change.observer + "'";
    }
  }
  spec.eps = change.eps.value_or(spec.eps);
  spec.averagingConstant =
      change.averagingConstant.value_or(spec.averagingConstant);
  return whyInvalid(spec);
}

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

namespace {
/// Looks names up; the first error is kept.
class Builder {
public:
  explicit Builder(const QuantizerRequest &request) : request(request) {}

  std::unique_ptr<Quantizer> make();
  std::string takeError() { return std::move(error); }

private:
  std::nullptr_t fail(const std::string &message) {
    if (error.empty())
      error = message;
    return nullptr;
  }
  std::optional<Choice> choiceOf(const RuleQuantizer &quantizer,
                                 const Action &action);
  /// Those of the file, or what the command line says.
  std::optional<std::vector<QuantizerSection>> sections();
  std::unique_ptr<Quantizer> make(const QuantizerSection &section);
  bool addRules(RuleQuantizer &quantizer, const QuantizerSection &section);
  bool addRule(RuleQuantizer &quantizer, const std::string &text);
  bool dropCompat(llvm::StringRef name, QuantizerOptions &options);
  std::unique_ptr<Quantizer> keepFloat(std::unique_ptr<Quantizer> made,
                                       const QuantizerSection &section);
  bool checkNoRules(const std::vector<QuantizerSection> &sections);
  void setBase(RuleQuantizer &quantizer, Choice choice, bool restricts);

  const QuantizerRequest &request;
  bool tookRules = false;
  std::string error;
};

std::optional<Choice> Builder::choiceOf(const RuleQuantizer &quantizer,
                                        const Action &action) {
  const std::string prefix = action.place.empty() ? "" : action.place + ": ";
  std::string why;
  std::optional<Choice> choice =
      quantizer.recipe(!action.recipe.empty()    ? action.recipe
                       : !request.recipe.empty() ? request.recipe
                                                 : "static-int8",
                       why);
  if (!choice) {
    fail(prefix + why);
    return std::nullopt;
  }
  auto change = [&](const std::optional<SpecChange> &asked, Spec &spec,
                    bool isActivation) {
    if (!asked)
      return true;
    const std::string problem = apply(*asked, spec, isActivation);
    if (!problem.empty())
      fail(asked->place + ": " + problem);
    return problem.empty();
  };
  if (!action.changes())
    return choice;
  if (!*choice) {
    fail(prefix + "expected a recipe to change, but got float");
    return std::nullopt;
  }
  QuantizationConfig &config = **choice;
  if (!change(action.activation, config.activation, true) ||
      !change(action.weight, config.weight, false) ||
      !change(action.otherWeight, config.otherWeight, false) ||
      !change(action.embedding, config.embedding, false))
    return std::nullopt;
  const bool isCalibrated = config.activation.kind == Spec::Kind::Static ||
                            config.activation.kind == Spec::Kind::Fixed;
  if (action.output) {
    // What is not said is as for inputs.
    config.output = config.activation;
    if (config.output->kind == Spec::Kind::Fixed)
      config.output = Spec();
    if (!change(action.output, *config.output, true))
      return std::nullopt;
  }
  if (action.derivesBias)
    config.bias = Spec::derivedFrom(0, 1);
  if ((action.output || action.derivesBias) && !isCalibrated) {
    fail(prefix + "expected static activations beside an output or a bias");
    return std::nullopt;
  }
  return choice;
}

/// What no rule is about. Float says nothing: such an op may still follow a
/// neighbour, as a relu does that is fused.
void Builder::setBase(RuleQuantizer &quantizer, Choice choice, bool restricts) {
  if (restricts && !request.only.empty())
    for (const std::string &word : request.only)
      quantizer.addRule({selectorOf(word), choice, false, "--only " + word});
  else if (choice)
    quantizer.setGlobal(std::move(choice));
}

bool Builder::addRules(RuleQuantizer &quantizer,
                       const QuantizerSection &section) {
  Action base;
  if (section.base)
    base = *section.base;
  else if (section.isMapping)
    base.recipe = "float";
  std::optional<Choice> choice = choiceOf(quantizer, base);
  if (!choice)
    return false;
  setBase(quantizer, *choice, !section.base);
  for (const ConfigRule &entry : section.rules) {
    choice = choiceOf(quantizer, entry.action);
    if (!choice)
      return false;
    Rule rule = entry.rule;
    rule.choice = *choice;
    quantizer.addRule(std::move(rule));
  }
  return llvm::all_of(request.rules, [&](const std::string &text) {
    return addRule(quantizer, text);
  });
}

/// "WORD=RECIPE" of the command line.
bool Builder::addRule(RuleQuantizer &quantizer, const std::string &text) {
  const auto [word, recipe] = llvm::StringRef(text).split('=');
  const std::string where = "--rule " + text;
  if (word.empty() || recipe.empty())
    return fail(where + ": expected WHAT=RECIPE"), false;
  Action action;
  action.place = where;
  action.recipe = recipeOfQConfig(recipe).str();
  std::optional<Choice> choice = choiceOf(quantizer, action);
  if (!choice)
    return false;
  quantizer.addRule({selectorOf(word), *choice, false, where});
  return true;
}

std::unique_ptr<Quantizer> Builder::make(const QuantizerSection &section) {
  for (const QuantizerSection::Plugin &plugin : section.plugins) {
    // Relative to the file that names it.
    llvm::SmallString<128> path(plugin.path);
    if (llvm::sys::path::is_relative(path)) {
      path = llvm::sys::path::parent_path(request.configFile);
      llvm::sys::path::append(path, plugin.path);
    }
    if (absl::Status status =
            loadQuantizerPlugin(path.str().str(), LLVM_VERSION_STRING);
        !status.ok())
      return fail(plugin.place + ": " + std::string(status.message()));
  }
  const QuantizerRegistry &registry = QuantizerRegistry::get();
  const std::string name = section.quantizer           ? *section.quantizer
                           : request.quantizer.empty() ? "xnnpack"
                                                       : request.quantizer;
  QuantizerOptions options = request.options;
  options.insert(options.end(), section.options.begin(), section.options.end());
  const std::string prefix = section.place.empty() ? "" : section.place + ": ";
  std::string why;
  if (!dropCompat(name, options))
    return nullptr;
  std::unique_ptr<Quantizer> made = registry.make(name, options, why);
  if (!made)
    return fail(prefix + why);
  if (!registry.takesRules(name))
    return keepFloat(std::move(made), section);
  tookRules = true;
  auto &ruled = static_cast<RuleQuantizer &>(*made);
  ruled.setLegality(request.legality);
  ruled.setUnusedHandler(request.unused);
  if (!addRules(ruled, section))
    return nullptr;
  return made;
}

/// The reference's choices are those of `xnnpack` by an option, and what
/// PyTorch's other quantizers do anyway.
bool Builder::dropCompat(llvm::StringRef name, QuantizerOptions &options) {
  const auto compat = llvm::find_if(
      options, [](const auto &option) { return option.first == "compat"; });
  if (compat == options.end() || name == "xnnpack")
    return true;
  if (name != "x86-inductor" && name != "embedding")
    return fail("compat=" + compat->second +
                ": expected a quantizer that PyTorch has, too (embedding, "
                "x86-inductor, xnnpack), but got " +
                name.str()),
           false;
  options.erase(compat);
  return true;
}

/// `made`, which takes no rules, without the ops that rules keep in float.
std::unique_ptr<Quantizer> Builder::keepFloat(std::unique_ptr<Quantizer> made,
                                              const QuantizerSection &section) {
  const auto isFloat = [](const ConfigRule &rule) {
    return rule.action.recipe == "float" && !rule.action.changes();
  };
  const std::string name(made->name());
  if (section.base || section.isMapping ||
      !llvm::all_of(section.rules, isFloat))
    return fail((section.place.empty() ? "" : section.place + ": ") +
                "expected no recipe, and of rules only those that keep ops in "
                "float, for the quantizer " +
                name +
                ", which decides by itself; the key 'quantizers' puts one that "
                "takes rules behind it");
  std::vector<std::string> words;
  for (const std::string &rule : request.rules)
    if (llvm::StringRef(rule).split('=').second == "float")
      words.push_back(rule);
  if (section.rules.empty() && words.empty())
    return made;
  auto kept = std::make_unique<KeepFloatQuantizer>(std::move(made));
  kept->setUnusedHandler(request.unused);
  for (const ConfigRule &entry : section.rules)
    kept->addRule(entry.rule);
  for (const std::string &word : words)
    if (!addRule(*kept, word))
      return nullptr;
  return kept;
}

std::optional<std::vector<QuantizerSection>> Builder::sections() {
  std::vector<QuantizerSection> sections;
  if (request.configFile.empty()) {
    const std::string names =
        request.quantizer.empty() ? "xnnpack" : request.quantizer;
    for (llvm::StringRef name : llvm::split(llvm::StringRef(names), ','))
      sections.emplace_back().quantizer = name.str();
    return sections;
  }
  if (contains(request.quantizer, ",")) {
    fail("expected one quantizer beside a config file, whose key 'quantizers' "
         "lists several, but got '" +
         request.quantizer + "'");
    return std::nullopt;
  }
  auto file = llvm::MemoryBuffer::getFile(request.configFile, true);
  if (!file) {
    fail("cannot read '" + request.configFile +
         "': " + file.getError().message());
    return std::nullopt;
  }
  auto read = readConfig((*file)->getBuffer(), request.configFile);
  if (!read) {
    fail(llvm::toString(read.takeError()));
    return std::nullopt;
  }
  if (!request.quantizer.empty())
    for (const QuantizerSection &section : *read)
      if (section.quantizer) {
        fail(section.place +
             ": expected the quantizer here or on the command "
             "line, but got '" +
             *section.quantizer + "' here and '" + request.quantizer +
             "' there");
        return std::nullopt;
      }
  return std::move(*read);
}

/// What a quantizer without rules would leave unheard is an error.
bool Builder::checkNoRules(const std::vector<QuantizerSection> &sections) {
  const auto rule = llvm::find_if(request.rules, [](const std::string &text) {
    return llvm::StringRef(text).split('=').second != "float";
  });
  const std::string asked =
      rule != request.rules.end() ? "--rule " + *rule
      : !request.only.empty()     ? "--only " + request.only.front()
      : !request.recipe.empty()   ? "--recipe " + request.recipe
                                  : "";
  if (asked.empty())
    return true;
  const QuantizerRegistry &registry = QuantizerRegistry::get();
  std::string taking;
  for (const QuantizerRegistry::Entry &entry : registry.entries())
    if (entry.takesRules)
      taking += (taking.empty() ? "" : ", ") + entry.name;
  fail(asked + ": expected a quantizer that takes rules (" + taking +
       "; also behind another, as in a,xnnpack), but got " +
       sections.front().quantizer.value_or(request.quantizer) +
       ", which decides by itself");
  return false;
}

std::unique_ptr<Quantizer> Builder::make() {
  const std::optional<std::vector<QuantizerSection>> sections =
      this->sections();
  if (!sections)
    return nullptr;
  std::vector<std::unique_ptr<Quantizer>> made;
  for (const QuantizerSection &section : *sections) {
    made.push_back(make(section));
    if (!made.back())
      return nullptr;
  }
  if (!tookRules && !checkNoRules(*sections))
    return nullptr;
  if (made.size() == 1)
    return std::move(made.front());
  auto composed = std::make_unique<ComposableQuantizer>();
  for (std::unique_ptr<Quantizer> &child : made)
    composed->add(std::move(child));
  return composed;
}
} // namespace

llvm::Expected<std::unique_ptr<Quantizer>>
pt2e::quantizer::makeQuantizer(const QuantizerRequest &request) {
  Builder builder(request);
  std::unique_ptr<Quantizer> made = builder.make();
  if (!made)
    return llvm::createStringError(builder.takeError());
  return made;
}
