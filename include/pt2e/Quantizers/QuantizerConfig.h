/// \file
/// The JSON form of what an XnnpackQuantizer quantizes; docs/config.md.
#ifndef PT2E_QUANTIZERS_QUANTIZERCONFIG_H
#define PT2E_QUANTIZERS_QUANTIZERCONFIG_H

#include "pt2e/Quantizers/XnnpackQuantizer.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace pt2e::quantizer {

/// Makes the choices of the JSON text `config` in `quantizer`; none if it
/// fails.
///
/// \param perChannel  what a choice that does not say is.
/// \returns for text that is no JSON its line and column, for anything else
///          the place by keys: `expected an integer at config.global.act_qmin`.
llvm::Error applyConfig(XnnpackQuantizer &quantizer, llvm::StringRef config,
                        bool perChannel);

} // namespace pt2e::quantizer

#endif // PT2E_QUANTIZERS_QUANTIZERCONFIG_H
