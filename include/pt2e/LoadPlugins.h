/// \file
/// The plugins of a tool: quantizers, passes and dialects of shared libraries
/// (docs/quantizer-guide.md).
#ifndef PT2E_LOADPLUGINS_H
#define PT2E_LOADPLUGINS_H

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "mlir/IR/DialectRegistry.h"

namespace pt2e {

/// Loads the quantizers and observers of the libraries `paths`. Errors as of
/// `quantizer::loadQuantizerPlugin`.
absl::Status loadQuantizerPlugins(const std::vector<std::string> &paths);

/// Loads all that the libraries in the environment variable PT2E_PLUGIN_PATH
/// bring: paths of libraries, and of folders whose `*.so` are meant, with
/// colons between them.
///
/// \param registry  gets the dialects; without one, only quantizers and
///                  observers are loaded.
absl::Status loadPluginsOfEnvironment(mlir::DialectRegistry *registry);

/// For the main function of a tool: loads what the environment and the options
/// `--load-quantizer-plugin`, `--load-pass-plugin` and `--load-dialect-plugin`
/// name (`=FILE`, or the next argument), and takes these options out of the
/// command line. The latter two only if there is a `registry`.
///
/// \returns failure after it has said why on stderr.
mlir::LogicalResult loadPlugins(int &argc, char **argv,
                                mlir::DialectRegistry *registry);

} // namespace pt2e

#endif // PT2E_LOADPLUGINS_H
