/// \file
/// Libraries that belong to another MLIR than this one.
#ifndef PT2E_LIB_PLUGINS_FOREIGNMLIR_H
#define PT2E_LIB_PLUGINS_FOREIGNMLIR_H

#include <string>

namespace pt2e::quantizer {

/// The library of another LLVM or MLIR that the library `path` is linked with,
/// "libMLIR.so.19.1"; empty if there is none, or if `path` is no library. To be
/// asked before it is opened: two MLIRs in one process end it.
std::string foreignMlirOf(const std::string &path);

} // namespace pt2e::quantizer

#endif // PT2E_LIB_PLUGINS_FOREIGNMLIR_H
