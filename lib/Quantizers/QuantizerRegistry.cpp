#include "pt2e/Quantizers/QuantizerRegistry.h"

#include <algorithm>

#include "pt2e/Quantizers/EmbeddingQuantizer.h"
#include "pt2e/Quantizers/X86InductorQuantizer.h"
#include "pt2e/Quantizers/XnnpackQuantizer.h"

using namespace pt2e::quantizer;

static std::unique_ptr<Quantizer> makeXnnpack(const QuantizerOptions &options,
                                              std::string &error) {
  auto quantizer = std::make_unique<XnnpackQuantizer>();
  for (const auto &[key, value] : options) {
    if (key == "compat" && (value == "none" || value == "torchao")) {
      quantizer->setCompat(value == "none" ? Compat::None : Compat::Torchao);
    } else if (key == "qat" && (value == "true" || value == "false")) {
      quantizer->setQat(value == "true");
    } else {
      error = "expected compat=none|torchao or qat=true|false for the "
              "quantizer xnnpack, but got '" +
              key + "=" + value + "'";
      return nullptr;
    }
  }
  return quantizer;
}

static std::unique_ptr<Quantizer>
makeX86Inductor(const QuantizerOptions &options, std::string &error) {
  bool reduceRange = false, isQat = false;
  for (const auto &[key, value] : options) {
    bool *flag = key == "reduce-range" ? &reduceRange
                 : key == "qat"        ? &isQat
                                       : nullptr;
    if (!flag || (value != "true" && value != "false")) {
      error = "expected reduce-range=true|false or qat=true|false for the "
              "quantizer x86-inductor, but got '" +
              key + "=" + value + "'";
      return nullptr;
    }
    *flag = value == "true";
  }
  return std::make_unique<X86InductorQuantizer>(reduceRange, isQat);
}

static std::unique_ptr<Quantizer> makeEmbedding(const QuantizerOptions &options,
                                                std::string &error) {
  uint8_t bits = 8;
  for (const auto &[key, value] : options) {
    if (key == "compat" && (value == "none" || value == "torchao"))
      continue; // PyTorch's, either way
    if (key != "bits" || (value != "8" && value != "4")) {
      error = "expected bits=8 or bits=4 for the quantizer embedding, but got "
              "'" +
              key + "=" + value + "'";
      return nullptr;
    }
    bits = value == "8" ? 8 : 4;
  }
  return std::make_unique<EmbeddingQuantizer>(bits);
}

QuantizerRegistry::QuantizerRegistry() {
  add("embedding", "tables of embeddings in 8 or 4 bits", makeEmbedding);
  add("x86-inductor", "uint8 activations and int8 weights for oneDNN",
      makeX86Inductor, /*takesRules=*/true);
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
