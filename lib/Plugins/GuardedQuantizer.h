/// \file
/// Quantizers of plugins, whose answers are checked.
#ifndef PT2E_LIB_PLUGINS_GUARDEDQUANTIZER_H
#define PT2E_LIB_PLUGINS_GUARDEDQUANTIZER_H

#include <memory>
#include <string>

#include "pt2e/Quantizers/Quantizer.h"

namespace pt2e::quantizer {

/// Makes `quantizer` safe to ask: what it throws, and ops, values, operands and
/// results it names that the graph does not have, end the compilation with an
/// error.
///
/// \param who  "the quantizer npu of the plugin npu-tools"
std::unique_ptr<Quantizer> guardQuantizer(std::unique_ptr<Quantizer> quantizer,
                                          std::string who);

} // namespace pt2e::quantizer

#endif // PT2E_LIB_PLUGINS_GUARDEDQUANTIZER_H
