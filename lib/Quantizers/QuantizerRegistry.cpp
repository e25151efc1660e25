#include "pt2e/Quantizers/QuantizerRegistry.h"

#include <algorithm>

#include "pt2e/Quantizers/XnnpackQuantizer.h"

using namespace pt2e::quantizer;

static std::unique_ptr<Quantizer> makeXnnpack(const QuantizerOptions &options,
                                              std::string &error) {
  auto quantizer = std::make_unique<XnnpackQuantizer>();
  for (const auto &[key, value] : options) {
    if (key != "compat" || (value != "none" && value != "torchao")) {
      error = "expected compat=none or compat=torchao for the quantizer "
              "xnnpack, but got '" +
              key + "=" + value + "'";
      return nullptr;
    }
    quantizer->setCompat(value == "none" ? Compat::None : Compat::Torchao);
  }
  return quantizer;
}

QuantizerRegistry::QuantizerRegistry() {
  add("xnnpack", "int8 and int4 for XNNPACK", makeXnnpack,
      /*takesRules=*/true);
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
                            QuantizerFactory factory, bool takesRules) {
  auto place = position(list, name);
  if (place != list.end() && place->name == name)
    return false;
  list.insert(place, {std::move(name), std::move(description),
                      std::move(factory), takesRules});
  return true;
}

bool QuantizerRegistry::takesRules(std::string_view name) const {
  const auto place = position(list, name);
  return place != list.end() && place->name == name && place->takesRules;
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
