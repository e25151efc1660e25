#include "ConfigReader.h"

#include <algorithm>
#include <utility>

#include "ModuleRegex.h"
#include "pt2e/Import/Json.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace pt2e::quantizer;
using llvm::StringRef;
using llvm::StringSwitch;

/// For mappings that were written for FX.
StringRef pt2e::quantizer::recipeOfQConfig(StringRef name) {
  return StringSwitch<StringRef>(name)
      .Cases({"default_qconfig", "default_qat_qconfig",
              "default_symmetric_qnnpack_qconfig",
              "default_symmetric_qnnpack_qat_qconfig"},
             "static-int8-per-tensor")
      .Cases({"default_per_channel_qconfig", "default_per_channel_qat_qconfig",
              "default_per_channel_symmetric_qnnpack_qconfig",
              "default_per_channel_symmetric_qnnpack_qat_qconfig"},
             "static-int8")
      .Cases({"default_dynamic_qconfig", "per_channel_dynamic_qconfig"},
             "dynamic-int8")
      .Cases(
          {"default_weight_only_qconfig", "float_qparams_weight_only_qconfig"},
          "weight-only-int8")
      .Case("float_qparams_weight_only_qconfig_4bit", "weight-only-int4")
      .Case("float16_dynamic_qconfig", "weight-only-float16")
      .Default(name);
}

namespace {
class ConfigReader {
public:
  ConfigReader(StringRef text, const std::string &name) : json(text, name) {
    json.reportLines();
  }

  llvm::Expected<std::vector<QuantizerSection>> read();

private:
  /// An error at `place`; the reader's own ones are at the end of a value.
  bool fail(const std::string &place, const llvm::Twine &message) {
    if (error.empty())
      error = (place + ": " + message).str();
    return false;
  }
  bool unknownKey(StringRef key, StringRef known) {
    return fail(json.place(), "expected one of the keys " + known +
                                  ", but got " + pt2e::quoted(key));
  }
  bool readNumber(std::optional<int32_t> &number);
  bool readSize(std::optional<int64_t> &size);
  /// Above 0, up to 1.
  bool readFraction(std::optional<float> &number);
  bool readScale(std::optional<float> &number);

  bool readFile(std::vector<QuantizerSection> &sections);
  bool readSectionKey(StringRef key, QuantizerSection &section, bool &isKnown);
  bool readOptions(QuantizerOptions &options);
  bool readAction(Action &action);
  bool readSpec(std::optional<SpecChange> &spec);
  bool readDtype(SpecChange &spec);
  bool readBlock(SpecChange &spec);
  bool readBias(Action &action);
  bool readRule(ConfigRule &rule);
  bool readPosition(Selector &selector);
  bool readBetween(Selector &selector);
  bool checkRegex(const std::string &regex, const std::string &place);

  /// The lists of a QConfigMapping: `[[KEY, ACTION], ...]` or an object.
  using Entries = std::vector<ConfigRule>;
  bool readEntries(
      Entries &entries,
      llvm::function_ref<bool(const std::string &key, const std::string &place,
                              Selector &selector)>
          select);
  bool readOrderEntries(Entries &entries);

  pt2e::JsonReader json;
  std::string error;
  struct Mapping {
    Entries byType, byRegex, byName, byOrder;
  } mapping;
};

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

bool ConfigReader::readNumber(std::optional<int32_t> &number) {
  const std::string place = json.place();
  int64_t value = 0;
  if (!json.integer(value))
    return false;
  number = static_cast<int32_t>(value);
  return *number == value || fail(place, "expected an integer of 32 bits");
}

bool ConfigReader::readSize(std::optional<int64_t> &size) {
  const std::string place = json.place();
  int64_t value = 0;
  if (!json.integer(value))
    return false;
  size = value;
  return value >= 0 || fail(place, "expected a size from 0 on");
}

bool ConfigReader::readFraction(std::optional<float> &number) {
  const std::string place = json.place();
  double value = 0;
  if (!json.number(value))
    return false;
  number = static_cast<float>(value);
  return (value >= 0x1p-100 && value <= 1) ||
         fail(place, "expected a number from 2^-100 to 1");
}

bool ConfigReader::readScale(std::optional<float> &number) {
  const std::string place = json.place();
  double value = 0;
  if (!json.number(value))
    return false;
  number = static_cast<float>(value);
  return (value >= 0x1p-126 && value <= 0x1p126) ||
         fail(place, "expected a scale from 2^-126 to 2^126");
}

//===----------------------------------------------------------------------===//
// Actions
//===----------------------------------------------------------------------===//

bool ConfigReader::readDtype(SpecChange &spec) {
  const std::string place = json.place();
  std::string name;
  if (!json.string(name))
    return false;
  StringRef rest = name;
  if (rest == "float16" || rest == "bfloat16") {
    spec.storage = rest == "float16" ? Storage::F16 : Storage::BF16;
    return true;
  }
  const bool isSigned = !rest.consume_front("u");
  unsigned bits = 0;
  if (!rest.consume_front("int") || rest.getAsInteger(10, bits) || bits < 2 ||
      bits > 16)
    return fail(place, "expected a dtype (int2 to int16, uint2 to uint16, "
                       "float16, bfloat16), but got " +
                           pt2e::quoted(name));
  spec.codes = SpecChange::Codes{isSigned, static_cast<uint8_t>(bits)};
  return true;
}

/// One size for each dimension of a weight.
bool ConfigReader::readBlock(SpecChange &spec) {
  const std::string place = json.place();
  spec.granularity = SpecChange::Granularity::PerBlock;
  spec.block = Block();
  const bool done = json.array([&] {
    const std::string where = json.place();
    int64_t size = 0;
    if (!json.integer(size))
      return false;
    spec.block.add(size);
    return size > 0 || size == -1 ||
           fail(where, "expected a size above 0, or -1 for all");
  });
  return done &&
         ((!spec.block.empty() && spec.block.rank() <= Block::kMaxRank) ||
          fail(place, "expected 1 to 8 sizes"));
}

/// "float", which is the default, or "derived".
bool ConfigReader::readBias(Action &action) {
  const std::string place = json.place();
  std::string word;
  if (!json.string(word))
    return false;
  action.derivesBias = word == "derived";
  return action.derivesBias || word == "float" ||
         fail(place, "expected \"float\" or \"derived\", but got " +
                         pt2e::quoted(word));
}

bool ConfigReader::readSpec(std::optional<SpecChange> &result) {
  SpecChange spec;
  spec.place = json.place();
  if (json.peek() == pt2e::JsonReader::Kind::String) {
    std::string word;
    if (!json.string(word))
      return false;
    if (word != "float")
      return fail(spec.place, "expected an object or \"float\", but got " +
                                  pt2e::quoted(word));
    spec.isFloat = true;
    result = spec;
    return true;
  }
  /// Reads one of `words`, in the order of the enumerators.
  auto readWord = [&](auto &value, llvm::ArrayRef<StringRef> words,
                      auto... enumerators) {
    const std::string place = json.place();
    std::string word;
    if (!json.string(word))
      return false;
    const std::decay_t<decltype(*value)> values[] = {enumerators...};
    for (auto [index, known] : llvm::enumerate(words))
      if (word == known) {
        value = values[index];
        return true;
      }
    return fail(place, "expected " + llvm::join(words, ", ") + ", but got " +
                           pt2e::quoted(word));
  };
  using Granularity = SpecChange::Granularity;
  const bool done = json.object([&](StringRef key) {
    if (key == "dtype")
      return readDtype(spec);
    if (key == "when")
      return readWord(spec.kind, {"static", "dynamic"}, Spec::Kind::Static,
                      Spec::Kind::Dynamic);
    if (key == "min")
      return readNumber(spec.min);
    if (key == "max")
      return readNumber(spec.max);
    if (key == "scheme")
      return readWord(
          spec.scheme,
          {"symmetric", "symmetric_no_clipping", "affine", "affine_float"},
          Scheme::Symmetric, Scheme::SymmetricNoClippingError, Scheme::Affine,
          Scheme::AffineFloat);
    if (key == "granularity")
      return readWord(spec.granularity,
                      {"per_tensor", "per_channel", "per_token"},
                      Granularity::PerTensor, Granularity::PerChannel,
                      Granularity::PerToken);
    if (key == "group") {
      const std::string place = json.place();
      int64_t group = 0;
      spec.granularity = Granularity::PerBlock;
      if (!json.integer(group))
        return false;
      spec.block = {1, group};
      return group > 0 || fail(place, "expected a size above 0");
    }
    if (key == "block")
      return readBlock(spec);
    if (key == "scale")
      return readScale(spec.scale);
    if (key == "zero_point")
      return readNumber(spec.zeroPoint);
    if (key == "observer")
      return json.string(spec.observer);
    if (key == "eps")
      return readFraction(spec.eps);
    if (key == "averaging_constant")
      return readFraction(spec.averagingConstant);
    return unknownKey(key, "dtype, when, min, max, scheme, granularity, group, "
                           "block, observer, eps, averaging_constant, scale, "
                           "zero_point");
  });
  result = spec;
  return done;
}

/// A recipe, null, or an object that changes one.
bool ConfigReader::readAction(Action &action) {
  action.place = json.place();
  if (json.null()) {
    action.recipe = "float";
    return true;
  }
  auto readRecipe = [&] {
    const std::string place = json.place();
    if (!json.string(action.recipe))
      return false;
    if (action.recipe == "float16_static_qconfig")
      return fail(place, "expected a QConfig that the runtime has kernels for, "
                         "but got 'float16_static_qconfig': activations stay "
                         "float; float16_dynamic_qconfig keeps weights in "
                         "float16");
    action.recipe = recipeOfQConfig(action.recipe).str();
    return true;
  };
  if (json.peek() == pt2e::JsonReader::Kind::String)
    return readRecipe();
  return json.object([&](StringRef key) {
    if (key == "recipe")
      return readRecipe();
    if (key == "activation")
      return readSpec(action.activation);
    if (key == "output")
      return readSpec(action.output);
    if (key == "weight")
      return readSpec(action.weight);
    if (key == "bias")
      return readBias(action);
    if (key == "other_weight")
      return readSpec(action.otherWeight);
    if (key == "embedding")
      return readSpec(action.embedding);
    return unknownKey(key, "recipe, activation, output, weight, other_weight, "
                           "bias, embedding");
  });
}

//===----------------------------------------------------------------------===//
// Rules
//===----------------------------------------------------------------------===//

bool ConfigReader::checkRegex(const std::string &regex,
                              const std::string &place) {
  llvm::Expected<llvm::Regex> compiled = compileModuleRegex(regex);
  return compiled || fail(place, llvm::toString(compiled.takeError()));
}

bool ConfigReader::readPosition(Selector &selector) {
  const std::string place = json.place();
  if (json.peek() == pt2e::JsonReader::Kind::Number) {
    int64_t position = 0;
    if (!json.integer(position))
      return false;
    selector.position = position;
    return true;
  }
  std::string word;
  if (!json.string(word))
    return false;
  if (word != "first" && word != "last")
    return fail(place, "expected first, last or a number, but got " +
                           pt2e::quoted(word));
  selector.position = word == "first" ? 0 : -1;
  return true;
}

bool ConfigReader::readBetween(Selector &selector) {
  const std::string place = json.place();
  std::vector<std::string> ends;
  if (!json.array([&] { return json.string(ends.emplace_back()); }))
    return false;
  if (ends.size() != 2 || ends[0].empty() || ends[1].empty())
    return fail(place, "expected the paths of two modules");
  selector.from = ends[0];
  selector.to = ends[1];
  return true;
}

bool ConfigReader::readRule(ConfigRule &entry) {
  Rule &rule = entry.rule;
  Selector &selector = rule.selector;
  rule.where = json.place();
  bool hasAction = false;
  auto readName = [&](std::string &name) {
    const std::string place = json.place();
    return json.string(name) &&
           (!name.empty() || fail(place, "expected a name, but got none"));
  };
  const bool done = json.object([&](StringRef key) {
    if (key == "module")
      return readName(selector.module);
    if (key == "module_regex") {
      const std::string place = json.place();
      return readName(selector.moduleRegex) &&
             checkRegex(selector.moduleRegex, place);
    }
    if (key == "module_type")
      return readName(selector.moduleType);
    if (key == "operator")
      return readName(selector.op);
    if (key == "value")
      return readName(selector.value);
    if (key == "between")
      return readBetween(selector);
    if (key == "position")
      return readPosition(selector);
    if (key == "min_size")
      return readSize(selector.minSize);
    if (key == "max_size")
      return readSize(selector.maxSize);
    if (key == "optional")
      return json.boolean(rule.optional);
    if (key == "apply") {
      hasAction = true;
      return readAction(entry.action);
    }
    return unknownKey(key,
                      "module, module_regex, module_type, operator, value, "
                      "between, position, min_size, max_size, apply, optional");
  });
  return done && (hasAction || fail(rule.where, "expected the key 'apply'"));
}

//===----------------------------------------------------------------------===//
// QConfigMapping
//===----------------------------------------------------------------------===//

bool ConfigReader::readEntries(
    Entries &entries, llvm::function_ref<bool(const std::string &,
                                              const std::string &, Selector &)>
                          select) {
  auto add = [&](const std::string &key, const std::string &place) {
    ConfigRule &entry = entries.emplace_back();
    entry.rule.where = place;
    return select(key, place, entry.rule.selector) && readAction(entry.action);
  };
  if (json.peek() == pt2e::JsonReader::Kind::Object)
    return json.object(
        [&](StringRef key) { return add(key.str(), json.place()); });
  return json.array([&] {
    const std::string place = json.place();
    size_t count = 0;
    std::string key;
    const bool done = json.array([&] {
      if (count++ == 0)
        return json.string(key);
      return count == 2 ? add(key, place)
                        : fail(place, "expected [KEY, QCONFIG]");
    });
    return done && (count == 2 || fail(place, "expected [KEY, QCONFIG]"));
  });
}

bool ConfigReader::readOrderEntries(Entries &entries) {
  return json.array([&] {
    ConfigRule &entry = entries.emplace_back();
    Selector &selector = entry.rule.selector;
    entry.rule.where = json.place();
    size_t count = 0;
    std::string module, type;
    int64_t index = 0;
    const bool done = json.array([&] {
      switch (count++) {
      case 0:
        return json.string(module);
      case 1:
        return json.string(type);
      case 2:
        return json.integer(index);
      case 3:
        return readAction(entry.action);
      default:
        return false;
      }
    });
    if (count != 4)
      return fail(entry.rule.where,
                  "expected [MODULE, OBJECT_TYPE, INDEX, QCONFIG]");
    selector = selectorOf(type);
    selector.module = module;
    selector.position = index;
    return done;
  });
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

bool ConfigReader::readOptions(QuantizerOptions &options) {
  return json.object([&](StringRef key) {
    auto &[name, value] = options.emplace_back(key.str(), std::string());
    switch (json.peek()) {
    case pt2e::JsonReader::Kind::Bool: {
      bool flag = false;
      if (!json.boolean(flag))
        return false;
      value = flag ? "true" : "false";
      return true;
    }
    case pt2e::JsonReader::Kind::Number: {
      int64_t number = 0;
      if (!json.integer(number))
        return false;
      value = std::to_string(number);
      return true;
    }
    default:
      return json.string(value);
    }
  });
}

bool ConfigReader::readSectionKey(StringRef key, QuantizerSection &section,
                                  bool &isKnown) {
  isKnown = true;
  if (key == "quantizer")
    return json.string(section.quantizer.emplace());
  if (key == "plugins")
    return json.array([&] {
      QuantizerSection::Plugin &plugin = section.plugins.emplace_back();
      plugin.place = json.place();
      return json.string(plugin.path);
    });
  if (key == "options")
    return readOptions(section.options);
  if (key == "recipe")
    return readAction(section.base.emplace());
  if (key == "rules")
    return json.array([&] { return readRule(section.rules.emplace_back()); });
  isKnown = false;
  return true;
}

bool ConfigReader::readFile(std::vector<QuantizerSection> &sections) {
  constexpr StringRef kSectionKeys =
      "plugins, quantizer, options, recipe, rules";
  QuantizerSection whole;
  whole.place = json.place();
  auto readMapping = [&](StringRef key, bool &isKnown) {
    isKnown = true;
    if (key.empty() || key == "global")
      return readAction(whole.base.emplace());
    if (key == "object_type")
      return readEntries(mapping.byType, [](const std::string &type,
                                            const std::string &, Selector &to) {
        to = selectorOf(type);
        return true;
      });
    if (key == "module_name")
      return readEntries(mapping.byName, [](const std::string &path,
                                            const std::string &, Selector &to) {
        to.module = path;
        return true;
      });
    if (key == "module_name_regex")
      return readEntries(mapping.byRegex,
                         [&](const std::string &regex, const std::string &place,
                             Selector &to) {
                           to.moduleRegex = regex;
                           to.isInnermost = true; // as FX asks
                           return checkRegex(regex, place);
                         });
    if (key == "module_name_object_type_order")
      return readOrderEntries(mapping.byOrder);
    isKnown = false;
    return true;
  };
  const bool done = json.object([&](StringRef key) {
    if (key == "quantizers")
      return json.array([&] {
        QuantizerSection &section = sections.emplace_back();
        section.place = json.place();
        return json.object([&](StringRef inner) {
          bool isKnown = false;
          if (!readSectionKey(inner, section, isKnown))
            return false;
          return isKnown || unknownKey(inner, kSectionKeys);
        });
      });
    bool isKnown = false;
    if (!readSectionKey(key, whole, isKnown))
      return false;
    if (isKnown)
      return true;
    if (!readMapping(key, isKnown))
      return false;
    whole.isMapping = true;
    return isKnown ||
           unknownKey(key, (kSectionKeys +
                            ", quantizers, or, of a QConfigMapping, global, "
                            "object_type, module_name, module_name_regex, "
                            "module_name_object_type_order")
                               .str());
  });
  if (!done || !json.end())
    return false;
  if (!sections.empty()) {
    if (whole.quantizer || whole.base || !whole.rules.empty() ||
        !whole.options.empty() || whole.isMapping)
      return fail(whole.place, "expected nothing but the quantizers beside "
                               "the key 'quantizers'");
    // The plugins of the file are there for all of them.
    sections.front().plugins.insert(sections.front().plugins.begin(),
                                    whole.plugins.begin(), whole.plugins.end());
    return true;
  }
  if (whole.isMapping && !whole.rules.empty())
    return fail(whole.place,
                "expected rules or a QConfigMapping, but got both");
  // The weaker first. Of expressions the first that matches counts, of paths
  // the longest; types that do not occur are usual.
  for (ConfigRule &entry : mapping.byType)
    entry.rule.optional = true;
  std::reverse(mapping.byRegex.begin(), mapping.byRegex.end());
  llvm::stable_sort(
      mapping.byName, [](const ConfigRule &a, const ConfigRule &b) {
        return a.rule.selector.module.size() < b.rule.selector.module.size();
      });
  for (Entries *entries :
       {&mapping.byType, &mapping.byRegex, &mapping.byName, &mapping.byOrder})
    llvm::append_range(whole.rules, *entries);
  sections.push_back(std::move(whole));
  return true;
}

llvm::Expected<std::vector<QuantizerSection>> ConfigReader::read() {
  std::vector<QuantizerSection> sections;
  const bool done = readFile(sections);
  llvm::Error fromReader = json.takeError();
  if (done && !fromReader)
    return sections;
  if (fromReader)
    return std::move(fromReader);
  return llvm::createStringError(error);
}
} // namespace

llvm::Expected<std::vector<QuantizerSection>>
pt2e::quantizer::readConfig(StringRef text, const std::string &name) {
  return ConfigReader(text, name).read();
}
