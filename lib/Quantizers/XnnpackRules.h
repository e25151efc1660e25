/// \file
/// The rules of the XNNPACK quantizer: which ops it annotates, and how.
#ifndef LIB_QUANTIZERS_XNNPACKRULES_H
#define LIB_QUANTIZERS_XNNPACKRULES_H

#include <vector>

#include "pt2e/Quantizers/XnnpackQuantizer.h"

namespace pt2e::quantizer {

/// Annotates the ops of `graph`; `selections` has an entry for each.
///
/// \param legality  asked of each op before it is annotated; may be empty.
void annotateForXnnpack(Graph &graph, const std::vector<Selection> &selections,
                        Compat compat, const RuleQuantizer::Legality &legality);

} // namespace pt2e::quantizer

#endif // LIB_QUANTIZERS_XNNPACKRULES_H
