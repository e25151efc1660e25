#include "pt2e/Quantizers/QuantizerRegistry.h"

#include <algorithm>

#include "pt2e/Quantizers/XnnpackQuantizer.h"

using namespace pt2e::quantizer;

/// `xnnpack`: `per-channel` true or false, `compat` none or torchao.
static std::unique_ptr<Quantizer> makeXnnpack(const QuantizerOptions &options,
                                              std::string &error) {
  bool perChannel = true;
  auto quantizer = std::make_unique<XnnpackQuantizer>();
  for (const auto &[key, value] : options) {
    if (key == "per-channel" && (value == "true" || value == "false")) {
      perChannel = value == "true";
    } else if (key == "compat" && (value == "none" || value == "torchao")) {
      quantizer->setCompat(value == "none" ? Compat::None : Compat::Torchao);
    } else {
      error = "expected per-channel=true|false or compat=none|torchao, but got "
              "'" +
              key + "=" + value + "'";
      return nullptr;
    }
  }
  quantizer->setGlobal(getSymmetricQuantizationConfig(perChannel));
  return quantizer;
}

QuantizerRegistry::QuantizerRegistry() {
  add("xnnpack", "int8 for XNNPACK", makeXnnpack);
}

QuantizerRegistry &QuantizerRegistry::get() {
  static QuantizerRegistry registry;
  return registry;
}

/// Where `name` is, or would be.
template <typename Entries>
static auto position(Entries &entries, std::string_view name) {
  return std::lower_bound(
      entries.begin(), entries.end(), name,
      [](const auto &entry, std::string_view key) { return entry.name < key; });
}

bool QuantizerRegistry::add(std::string name, std::string description,
                            QuantizerFactory factory) {
  auto place = position(list, name);
  if (place != list.end() && place->name == name)
    return false;
  list.insert(place,
              {std::move(name), std::move(description), std::move(factory)});
  return true;
}

std::unique_ptr<Quantizer>
QuantizerRegistry::make(std::string_view name, const QuantizerOptions &options,
                        std::string &error) const {
  const auto place = position(list, name);
  if (place != list.end() && place->name == name)
    return place->factory(options, error);
  error = "expected a quantizer (";
  for (const Entry &entry : list)
    error += (&entry == list.data() ? "" : ", ") + entry.name;
  error += "), but got '" + std::string(name) + "'";
  return nullptr;
}
