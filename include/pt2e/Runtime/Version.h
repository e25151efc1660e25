/// \file
/// What this build is.
#ifndef PT2E_RUNTIME_VERSION_H
#define PT2E_RUNTIME_VERSION_H

#include <string>

namespace pt2e {

/// "pt2e 0.1.0 (ExecuTorch 1.5.1)": the project's version and the runtime it
/// targets.
std::string versionString();

} // namespace pt2e

#endif // PT2E_RUNTIME_VERSION_H
