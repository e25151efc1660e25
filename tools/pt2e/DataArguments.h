/// \file
/// Options that all commands which read data share.
#ifndef PT2E_TOOLS_PT2E_DATAARGUMENTS_H
#define PT2E_TOOLS_PT2E_DATAARGUMENTS_H

#include "Options.h"
#include "pt2e/Runtime/Data.h"

namespace pt2e::tool {

/// Declares --batch, --samples, --mean, --std, --resize and --crop.
void addDataOptions(Options &options, runtime::DataOptions &data);

/// Declares --threads.
void addThreadsOption(Options &options, std::optional<int64_t> &threads);

/// Sets the thread pool if --threads was given.
absl::Status applyThreads(const std::optional<int64_t> &threads);

} // namespace pt2e::tool

#endif // PT2E_TOOLS_PT2E_DATAARGUMENTS_H
