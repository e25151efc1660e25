/// \file
/// Loading plugins: shared libraries that add quantizers and observers. Passes
/// and dialects of plugins are in pt2e/Driver/Plugins.h.
#ifndef PT2E_QUANTIZERS_PLUGINLOADER_H
#define PT2E_QUANTIZERS_PLUGINLOADER_H

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pt2e/Quantizers/Plugin.h"

namespace pt2e::quantizer {

/// Opens the library `path` and asks it what it is. A library is never closed;
/// opening it again gives the same.
///
/// \returns an error, one sentence that names the file, if there is no such
///          library, it has no entry point, was built for another API or
///          another MLIR (`mlirVersion`; not compared if empty), or answers
///          with nonsense. What a plugin throws is an error as well.
absl::StatusOr<const PluginInfo *> openPlugin(const std::string &path,
                                              const std::string &mlirVersion);

/// Adds the quantizers and observers of the library `path`, all or none. What
/// has been loaded already is left alone.
///
/// \returns the errors of `openPlugin`, and one for a plugin that adds nothing
///          or takes a name that is taken.
absl::Status loadQuantizerPlugin(const std::string &path,
                                 const std::string &mlirVersion);

} // namespace pt2e::quantizer

#endif // PT2E_QUANTIZERS_PLUGINLOADER_H
