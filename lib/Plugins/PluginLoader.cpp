#include "pt2e/Quantizers/PluginLoader.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <set>

#include "ForeignMlir.h"
#include "Guard.h"
#include "GuardedQuantizer.h"
#include "PluginObserver.h"
#include "pt2e/Runtime/Status.h"

namespace pt2e::quantizer {
namespace {

using runtime::invalid;

bool isName(std::string_view name) {
  auto isAllowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  return !name.empty() && name.size() <= 64 &&
         std::all_of(name.begin(), name.end(), isAllowed);
}

/// Keeps what a plugin adds until all of it is known.
class Collector final : public Registry {
public:
  struct Quantizer {
    std::string name, description;
    QuantizerFactory factory;
  };
  struct Observer {
    std::string name;
    ObserverFactory factory;
  };
  std::vector<Quantizer> quantizers;
  std::vector<Observer> observers;

  void addQuantizer(std::string_view name, std::string_view description,
                    QuantizerFactory factory) override {
    quantizers.push_back(
        {std::string(name), std::string(description), std::move(factory)});
  }
  void addObserver(std::string_view name, ObserverFactory factory) override {
    observers.push_back({std::string(name), std::move(factory)});
  }

  /// Every name is one, is free, and has a factory.
  absl::Status verify() const {
    std::set<std::string> taken;
    for (const auto &entry : QuantizerRegistry::get().entries())
      taken.insert(entry.name);
    for (const Quantizer &entry : quantizers)
      PT2E_RETURN_IF_ERROR(verifyEntry("quantizer", entry, taken));
    taken.clear();
    for (const Observer &entry : observers) {
      if (isObserver(entry.name))
        taken.insert(entry.name);
      PT2E_RETURN_IF_ERROR(verifyEntry("observer", entry, taken));
    }
    if (quantizers.empty() && observers.empty())
      return invalid("expected a plugin that adds a quantizer or an observer, "
                     "but it adds none");
    return absl::OkStatus();
  }

private:
  template <typename Entry>
  static absl::Status verifyEntry(std::string_view kind, const Entry &entry,
                                  std::set<std::string> &taken) {
    if (!isName(entry.name))
      return invalid("expected a {} name of at most 64 lower case letters, "
                     "digits, `_` and `-`, but got `{}`",
                     kind, entry.name);
    if (!entry.factory)
      return invalid("expected a function that makes the {} {}", kind,
                     entry.name);
    if (!taken.insert(entry.name).second)
      return invalid("the {} {} is there already", kind, entry.name);
    return absl::OkStatus();
  }
};

QuantizerFactory guardFactory(std::string who, QuantizerFactory factory) {
  return [who = std::move(who), factory = std::move(factory)](
             const QuantizerOptions &options,
             std::string &error) -> std::unique_ptr<Quantizer> {
    std::unique_ptr<Quantizer> made;
    absl::Status status = guard(who, [&] { made = factory(options, error); });
    if (!status.ok())
      error = runtime::messageOf(status);
    else if (!made)
      error = who + " cannot be made: " +
              (error.empty() ? "it gives no reason" : error);
    if (!error.empty())
      return nullptr;
    return guardQuantizer(std::move(made), who);
  };
}

void commit(Collector &added, const std::string &plugin) {
  for (Collector::Quantizer &entry : added.quantizers) {
    const std::string who =
        fmt::format("the quantizer {} of the plugin {}", entry.name, plugin);
    QuantizerRegistry::get().add(entry.name, entry.description,
                                 guardFactory(who, std::move(entry.factory)));
  }
  for (Collector::Observer &entry : added.observers)
    addObserver(entry.name,
                makePluginObserver(plugin, std::move(entry.factory)));
}

/// What `pt2eGetPluginInfo` may answer.
absl::Status verifyInfo(const PluginInfo *info,
                        const std::string &mlirVersion) {
  if (!info)
    return invalid("expected pt2eGetPluginInfo to say what the plugin is, but "
                   "it returns null");
  if (info->apiVersion != kApiVersion)
    return invalid("expected a plugin for version {} of the plugin interface, "
                   "but it was built for version {}: build it against this "
                   "pt2e",
                   kApiVersion, info->apiVersion);
  if (!info->name || !isName({info->name, strnlen(info->name, 65)}))
    return invalid("expected a plugin name of at most 64 lower case letters, "
                   "digits, `_` and `-`");
  if (!info->version || strnlen(info->version, 65) > 64)
    return invalid("expected a version of at most 64 characters of the plugin "
                   "{}",
                   info->name);
  if (!mlirVersion.empty() && info->mlirVersion &&
      mlirVersion !=
          std::string_view(info->mlirVersion, strnlen(info->mlirVersion, 65)))
    return invalid("expected a plugin for MLIR {}, but {} was built against "
                   "MLIR {:.64}",
                   mlirVersion, info->name, info->mlirVersion);
  return absl::OkStatus();
}

absl::StatusOr<const PluginInfo *> open(const std::string &path,
                                        const std::string &mlirVersion) {
  std::error_code code;
  const std::filesystem::path file = std::filesystem::absolute(path, code);
  if (code || !std::filesystem::is_regular_file(file, code))
    return invalid("there is no such file");
  if (const std::string foreign = foreignMlirOf(file); !foreign.empty())
    return invalid("expected a plugin for MLIR {}, but it is linked with {}",
                   mlirVersion, foreign);
  // All symbols now: a library that does not fit says so here.
  void *library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    std::string message = dlerror();
    // The loader begins with the path, which is said already.
    if (message.rfind(file.string() + ": ", 0) == 0)
      message.erase(0, file.string().size() + 2);
    return invalid("{}", message);
  }
  auto *entry = reinterpret_cast<const PluginInfo *(*)()>(
      dlsym(library, "pt2eGetPluginInfo"));
  if (!entry)
    return invalid("expected a plugin of pt2e, but the library has no function "
                   "pt2eGetPluginInfo");
  const PluginInfo *info = nullptr;
  PT2E_RETURN_IF_ERROR(guard("pt2eGetPluginInfo", [&] { info = entry(); }));
  PT2E_RETURN_IF_ERROR(verifyInfo(info, mlirVersion));
  return info;
}

absl::Status load(const std::string &path, const std::string &mlirVersion) {
  PT2E_ASSIGN_OR_RETURN(const PluginInfo *info, open(path, mlirVersion));
  // A library that is opened again gives the same answer.
  static std::set<const PluginInfo *> loaded;
  if (loaded.count(info))
    return absl::OkStatus();
  if (!info->registerAll)
    return invalid("expected a plugin that adds a quantizer or an observer, "
                   "but {} has no function registerAll",
                   info->name);
  Collector added;
  PT2E_RETURN_IF_ERROR(guard("registerAll", [&] { info->registerAll(added); }));
  PT2E_RETURN_IF_ERROR(added.verify());
  commit(added, info->name);
  loaded.insert(info);
  return absl::OkStatus();
}

} // namespace

absl::StatusOr<const PluginInfo *> openPlugin(const std::string &path,
                                              const std::string &mlirVersion) {
  return runtime::withContext("cannot load plugin " + path,
                              open(path, mlirVersion));
}

absl::Status loadQuantizerPlugin(const std::string &path,
                                 const std::string &mlirVersion) {
  return runtime::withContext("cannot load plugin " + path,
                              load(path, mlirVersion));
}

} // namespace pt2e::quantizer
