/// \file
/// The rules of the XNNPACK quantizer: which ops it annotates, and how.
#ifndef LIB_QUANTIZERS_XNNPACKRULES_H
#define LIB_QUANTIZERS_XNNPACKRULES_H

#include <vector>

#include "pt2e/Quantizers/XnnpackQuantizer.h"

namespace pt2e::quantizer {

/// What the user's choices say about one op.
struct Selection {
  enum class State {
    None,      ///< nothing: the op may still follow a neighbour
    Float,     ///< stays float
    Quantized, ///< by `config`
  };
  State state = State::None;
  const QuantizationConfig *config = nullptr;
  /// By a choice for this op's module or operator, not by the global one.
  bool isOwn = false;
};

/// Annotates the ops of `graph`; `selections` has an entry for each.
void annotateForXnnpack(Graph &graph, const std::vector<Selection> &selections,
                        Compat compat);

} // namespace pt2e::quantizer

#endif // LIB_QUANTIZERS_XNNPACKRULES_H
