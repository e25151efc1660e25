/// \file
/// The subcommands of pt2e. Each takes what follows its name and returns an
/// exit code (see Options.h).
#ifndef PT2E_TOOLS_PT2E_COMMANDS_H
#define PT2E_TOOLS_PT2E_COMMANDS_H

#include <string>

#include "absl/types/span.h"

namespace pt2e::tool {

using Arguments = absl::Span<const std::string>;

// Not in a build with PT2E_RUNTIME_ONLY:
int compileCommand(Arguments arguments);
int quantizeCommand(Arguments arguments);
int inspectCommand(Arguments arguments);

int runCommand(Arguments arguments);
int evalCommand(Arguments arguments);
int compareCommand(Arguments arguments);
int observeCommand(Arguments arguments);

} // namespace pt2e::tool

#endif // PT2E_TOOLS_PT2E_COMMANDS_H
