#include "pt2e/LoadPlugins.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "Guard.h"
#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"
#include "pt2e/Quantizers/PluginLoader.h"
#include "pt2e/Runtime/Status.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

namespace pt2e {
namespace {

using runtime::invalid;

/// MLIR ends the process when a pass takes the flag of another one; then this
/// says which plugin it was.
void endWithPlugin(void *path, const char *reason, bool) {
  llvm::errs() << "cannot load plugin "
               << *static_cast<const std::string *>(path) << ": " << reason
               << "\n";
  llvm::errs().flush();
  std::_Exit(1);
}

/// Calls `add` with what MLIR's entry point in the library `path` answers.
template <typename Info, typename Add>
absl::Status addFromEntry(const std::string &path, const char *entryPoint,
                          bool isOptional, Add add) {
  PT2E_ASSIGN_OR_RETURN(const quantizer::PluginInfo *plugin,
                        quantizer::openPlugin(path, LLVM_VERSION_STRING));
  const std::string context = "cannot load plugin " + path;
  // Open already: this only finds it.
  void *library =
      dlopen(std::filesystem::absolute(path).c_str(), RTLD_NOW | RTLD_NOLOAD);
  auto *entry = reinterpret_cast<Info (*)()>(dlsym(library, entryPoint));
  if (!entry && isOptional)
    return absl::OkStatus();
  if (!entry)
    return invalid("{}: expected a plugin with the function {}, but {} has "
                   "none",
                   context, entryPoint, plugin->name);
  if (!plugin->mlirVersion)
    return invalid("{}: expected pt2eGetPluginInfo to say which MLIR {} was "
                   "built against, as it has the function {}",
                   context, plugin->name, entryPoint);
  llvm::ScopedFatalErrorHandler handler(endWithPlugin,
                                        const_cast<std::string *>(&path));
  bool isCalled = false;
  uint32_t version = 0;
  PT2E_RETURN_IF_ERROR(runtime::withContext(
      context, quantizer::guard(entryPoint, [&] {
        const Info info = entry();
        version = info.apiVersion;
        isCalled = version == MLIR_PLUGIN_API_VERSION && add(info);
      })));
  if (version != MLIR_PLUGIN_API_VERSION)
    return invalid("{}: expected {} to answer in version {}, but got {}",
                   context, entryPoint, MLIR_PLUGIN_API_VERSION, version);
  if (!isCalled)
    return invalid("{}: expected {} to give a function that registers", context,
                   entryPoint);
  return absl::OkStatus();
}

absl::Status loadPasses(const std::string &path, bool isOptional) {
  return addFromEntry<mlir::PassPluginLibraryInfo>(
      path, "mlirGetPassPluginInfo", isOptional,
      [](const mlir::PassPluginLibraryInfo &info) {
        if (info.registerPassRegistryCallbacks)
          info.registerPassRegistryCallbacks();
        return info.registerPassRegistryCallbacks != nullptr;
      });
}

absl::Status loadDialects(const std::string &path, bool isOptional,
                          mlir::DialectRegistry &registry) {
  return addFromEntry<mlir::DialectPluginLibraryInfo>(
      path, "mlirGetDialectPluginInfo", isOptional,
      [&](const mlir::DialectPluginLibraryInfo &info) {
        if (info.registerDialectRegistryCallbacks)
          info.registerDialectRegistryCallbacks(&registry);
        return info.registerDialectRegistryCallbacks != nullptr;
      });
}

absl::Status loadAll(const std::string &path, mlir::DialectRegistry *registry) {
  PT2E_ASSIGN_OR_RETURN(const quantizer::PluginInfo *plugin,
                        quantizer::openPlugin(path, LLVM_VERSION_STRING));
  if (plugin->registerAll || !plugin->mlirVersion)
    PT2E_RETURN_IF_ERROR(
        quantizer::loadQuantizerPlugin(path, LLVM_VERSION_STRING));
  if (!registry || !plugin->mlirVersion)
    return absl::OkStatus();
  PT2E_RETURN_IF_ERROR(loadPasses(path, /*isOptional=*/true));
  return loadDialects(path, /*isOptional=*/true, *registry);
}

/// The `*.so` of the folder `path`, sorted; `path` itself if it is none.
absl::StatusOr<std::vector<std::string>> librariesAt(const std::string &path) {
  if (!llvm::sys::fs::is_directory(path))
    return std::vector<std::string>{path};
  std::vector<std::string> found;
  std::error_code code;
  for (llvm::sys::fs::directory_iterator it(path, code), end;
       it != end && !code; it.increment(code))
    if (llvm::sys::path::extension(it->path()) == ".so")
      found.push_back(it->path());
  if (code)
    return invalid("cannot read the folder {}: {}", path, code.message());
  llvm::sort(found);
  return found;
}

} // namespace

absl::Status loadQuantizerPlugins(const std::vector<std::string> &paths) {
  for (const std::string &path : paths)
    PT2E_RETURN_IF_ERROR(
        quantizer::loadQuantizerPlugin(path, LLVM_VERSION_STRING));
  return absl::OkStatus();
}

absl::Status loadPluginsOfEnvironment(mlir::DialectRegistry *registry) {
  const char *list = std::getenv("PT2E_PLUGIN_PATH");
  if (!list)
    return absl::OkStatus();
  for (llvm::StringRef place : llvm::split(list, ':')) {
    if (place.empty())
      continue;
    PT2E_ASSIGN_OR_RETURN(const std::vector<std::string> paths,
                          librariesAt(place.str()));
    for (const std::string &path : paths)
      PT2E_RETURN_IF_ERROR(
          runtime::withContext("PT2E_PLUGIN_PATH", loadAll(path, registry)));
  }
  return absl::OkStatus();
}

namespace {
/// The file that the option at `argv[i]` names, if it is `option`. Then the
/// option is argv[i] up to argv[last].
std::optional<std::string> fileOf(llvm::StringRef option, int argc, char **argv,
                                  int i, int &last) {
  llvm::StringRef argument = argv[i];
  if (!argument.consume_front("-"))
    return std::nullopt;
  argument.consume_front("-");
  if (!argument.consume_front(option))
    return std::nullopt;
  last = i;
  if (argument.consume_front("="))
    return argument.str();
  if (!argument.empty())
    return std::nullopt;
  if (i + 1 < argc)
    last = i + 1;
  return last == i ? "" : argv[last];
}

absl::Status loadNamed(int &argc, char **argv,
                       mlir::DialectRegistry *registry) {
  PT2E_RETURN_IF_ERROR(loadPluginsOfEnvironment(registry));
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    int last = i;
    if (auto file = fileOf("load-quantizer-plugin", argc, argv, i, last)) {
      PT2E_RETURN_IF_ERROR(loadQuantizerPlugins({*file}));
    } else if (auto file = fileOf("load-pass-plugin", argc, argv, i, last);
               file && registry) {
      PT2E_RETURN_IF_ERROR(loadPasses(*file, /*isOptional=*/false));
    } else if (auto file = fileOf("load-dialect-plugin", argc, argv, i, last);
               file && registry) {
      PT2E_RETURN_IF_ERROR(
          loadDialects(*file, /*isOptional=*/false, *registry));
    } else {
      argv[kept++] = argv[i];
      continue;
    }
    i = last;
  }
  argc = kept;
  argv[argc] = nullptr;
  return absl::OkStatus();
}
} // namespace

mlir::LogicalResult loadPlugins(int &argc, char **argv,
                                mlir::DialectRegistry *registry) {
  // For --help alone: what is given is taken out below.
  static llvm::cl::list<std::string> described(
      "load-quantizer-plugin", llvm::cl::value_desc("file"),
      llvm::cl::desc("Load the quantizers and observers of a shared library"));
  const absl::Status status = loadNamed(argc, argv, registry);
  if (!status.ok())
    llvm::errs() << llvm::sys::path::filename(argv[0]) << ": "
                 << runtime::messageOf(status) << "\n";
  return mlir::success(status.ok());
}

} // namespace pt2e
