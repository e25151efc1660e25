/// \file
/// What `pt2e compile` and `pt2e quantize` have in common.
#ifndef PT2E_TOOLS_PT2E_COMPILECOMMON_H
#define PT2E_TOOLS_PT2E_COMPILECOMMON_H

#include "Options.h"
#include "pt2e/Driver/Compile.h"

namespace pt2e::tool {

/// Arguments of both commands besides those of the request itself.
struct CompileArguments {
  std::string emit = "pte";
  bool timing = false;
};

/// Declares M.pt2, -o, --report, --emit, --stop-after, --max-dim, --timing.
void addCompileOptions(Options &options, CompileRequest &request,
                       CompileArguments &arguments);

/// Declares --max-dim.
void addMaxDimOption(Options &options, std::map<std::string, int64_t> &maxDims);

/// Runs the request: stages as progress, errors as lines, the report at the
/// end. Returns the exit code.
int runCompile(const std::string &command, CompileRequest &request,
               const CompileArguments &arguments);

} // namespace pt2e::tool

#endif // PT2E_TOOLS_PT2E_COMPILECOMMON_H
