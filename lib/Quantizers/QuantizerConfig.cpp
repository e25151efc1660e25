#include "pt2e/Quantizers/QuantizerConfig.h"

#include "pt2e/Numerics/Observer.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/JSON.h"

using namespace pt2e::quantizer;
namespace json = llvm::json;
using Choice = XnnpackQuantizer::Choice;

namespace {
/// Reads the choices; what is wrong goes to the path.
class Reader {
public:
  explicit Reader(bool perChannel) : perChannel(perChannel) {}

  bool read(const json::Value &value, json::Path path);
  void apply(XnnpackQuantizer &quantizer) const;

private:
  using Choices = std::vector<std::pair<std::string, Choice>>;

  bool readChoice(const json::Value &value, Choice &choice, json::Path path);
  bool readChoices(const json::Value &value, Choices &choices, json::Path path);
  bool readRange(const json::Object &object, llvm::StringLiteral low,
                 llvm::StringLiteral high, Spec &spec, json::Path path);

  const bool perChannel;
  std::optional<Choice> global;
  Choices byName, byType, byOperator;
};

/// False, after a report, if `object` has a key that is not one of `keys`.
bool hasOnly(const json::Object &object, llvm::ArrayRef<llvm::StringRef> keys,
             json::Path path) {
  for (const auto &[key, value] : object)
    if (!llvm::is_contained(keys, llvm::StringRef(key))) {
      path.field(key).report("unknown key");
      return false;
    }
  return true;
}

bool Reader::readRange(const json::Object &object, llvm::StringLiteral low,
                       llvm::StringLiteral high, Spec &spec, json::Path path) {
  auto readEnd = [&](llvm::StringLiteral key, int32_t &end) {
    const json::Value *value = object.get(key);
    if (!value)
      return true;
    const std::optional<int64_t> number = value->getAsInteger();
    if (!number || *number < -128 || *number > 127) {
      path.field(key).report("expected an integer from -128 to 127");
      return false;
    }
    end = *number;
    return true;
  };
  if (!readEnd(low, spec.quantMin) || !readEnd(high, spec.quantMax))
    return false;
  if (spec.quantMin >= spec.quantMax || spec.quantMin > 0 ||
      spec.quantMax < 0) {
    path.report("expected ranges that hold 0 and have their ends in order");
    return false;
  }
  return true;
}

bool Reader::readChoice(const json::Value &value, Choice &choice,
                        json::Path path) {
  if (value.getAsString() == llvm::StringRef("float")) {
    choice = std::nullopt;
    return true;
  }
  const json::Object *object = value.getAsObject();
  if (!object) {
    path.report("expected an object or \"float\"");
    return false;
  }
  if (!hasOnly(*object,
               {"per_channel", "act_qmin", "act_qmax", "weight_qmin",
                "weight_qmax", "observer", "eps"},
               path))
    return false;
  bool isPerChannel = perChannel;
  if (const json::Value *given = object->get("per_channel"))
    if (!json::fromJSON(*given, isPerChannel, path.field("per_channel")))
      return false;
  QuantizationConfig config = *getSymmetricQuantizationConfig(isPerChannel);
  if (!readRange(*object, "act_qmin", "act_qmax", config.activation, path) ||
      !readRange(*object, "weight_qmin", "weight_qmax", config.weight, path))
    return false;
  if (const json::Value *given = object->get("observer")) {
    const llvm::StringRef name = given->getAsString().value_or("");
    const auto names = pt2e::observerNames();
    const auto *known = llvm::find_if(names, [&](std::string_view candidate) {
      return name == llvm::StringRef(candidate.data(), candidate.size());
    });
    // Those that see a tensor as a whole.
    if (known == names.end() || name.contains("channel") ||
        name.contains("block") || name == "fixed" || name == "placeholder") {
      path.field("observer")
          .report("expected min_max, moving_average_min_max, histogram or "
                  "merging_histogram");
      return false;
    }
    config.activation.observer = {known->data(), known->size()};
  }
  if (const json::Value *given = object->get("eps")) {
    const std::optional<double> eps = given->getAsNumber();
    if (!eps || !(*eps >= 0x1p-100 && *eps < 1)) {
      path.field("eps").report("expected a number from 2^-100 to 1");
      return false;
    }
    config.activation.eps = config.weight.eps = *eps;
  }
  choice = config;
  return true;
}

bool Reader::readChoices(const json::Value &value, Choices &choices,
                         json::Path path) {
  const json::Object *object = value.getAsObject();
  if (!object) {
    path.report("expected an object");
    return false;
  }
  for (const auto &[key, given] : *object) {
    Choice choice;
    if (!readChoice(given, choice, path.field(key)))
      return false;
    choices.emplace_back(llvm::StringRef(key).str(), choice);
  }
  // The order of an object's keys says nothing.
  llvm::sort(choices,
             [](const auto &a, const auto &b) { return a.first < b.first; });
  return true;
}

bool Reader::read(const json::Value &value, json::Path path) {
  const json::Object *object = value.getAsObject();
  if (!object) {
    path.report("expected an object");
    return false;
  }
  if (!hasOnly(*object,
               {"global", "module_name", "module_type", "operator_type"}, path))
    return false;
  Choice choice = getSymmetricQuantizationConfig(perChannel);
  if (const json::Value *given = object->get("global"))
    if (!readChoice(*given, choice, path.field("global")))
      return false;
  global = choice;
  auto readMember = [&](llvm::StringRef key, Choices &choices) {
    const json::Value *given = object->get(key);
    return !given || readChoices(*given, choices, path.field(key));
  };
  return readMember("module_name", byName) &&
         readMember("module_type", byType) &&
         readMember("operator_type", byOperator);
}

void Reader::apply(XnnpackQuantizer &quantizer) const {
  quantizer.setGlobal(*global);
  for (const auto &[key, choice] : byName)
    quantizer.setModuleName(key, choice);
  for (const auto &[key, choice] : byType)
    quantizer.setModuleType(key, choice);
  for (const auto &[key, choice] : byOperator)
    quantizer.setOperatorType(key, choice);
}
} // namespace

llvm::Error pt2e::quantizer::applyConfig(XnnpackQuantizer &quantizer,
                                         llvm::StringRef config,
                                         bool perChannel) {
  llvm::Expected<json::Value> value = json::parse(config);
  if (!value)
    return value.takeError();
  json::Path::Root root("config");
  Reader reader(perChannel);
  if (!reader.read(*value, root))
    return root.getError();
  reader.apply(quantizer);
  return llvm::Error::success();
}
