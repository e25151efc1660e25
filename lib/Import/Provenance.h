/// \file
/// Where a node comes from, out of the texts in its metadata.
#ifndef PT2E_LIB_IMPORT_PROVENANCE_H
#define PT2E_LIB_IMPORT_PROVENANCE_H

#include "pt2e/Import/ExportedProgram.h"

namespace pt2e {

/// Reads `nn_module_stack`: entries `key,path,type` joined by `;`, outermost
/// first. What does not look so is left out.
std::vector<ModuleScope> parseModuleStack(llvm::StringRef text);

/// Reads a Python traceback: file, line and function of the innermost frame
/// that is not in PyTorch itself. Leaves `provenance` alone if there is none.
void parseStackTrace(llvm::StringRef text, Provenance &provenance);

} // namespace pt2e

#endif // PT2E_LIB_IMPORT_PROVENANCE_H
