/// \file
/// pt2e compare --per-layer: runs it and prints the tables.
#ifndef PT2E_TOOLS_PT2E_PERLAYERTABLE_H
#define PT2E_TOOLS_PT2E_PERLAYERTABLE_H

#include <string>

#include "pt2e/Driver/PerLayer.h"

namespace pt2e::tool {

/// Compares with progress and prints tables, or one JSON object. Returns the
/// exit code.
int comparePerLayer(PerLayerRequest &request, bool json);

} // namespace pt2e::tool

#endif // PT2E_TOOLS_PT2E_PERLAYERTABLE_H
