/// \file
/// An exported program as the JSON of PyTorch's schema 8.20.
#ifndef PT2E_LIB_EXPORT_PROGRAMJSON_H
#define PT2E_LIB_EXPORT_PROGRAMJSON_H

#include <string>
#include <vector>

#include "pt2e/Import/ExportedProgram.h"

#include "llvm/Support/JSON.h"

namespace pt2e {

/// What the program calls its arguments and how they nest, as JSON texts.
struct CallSignature {
  std::string inputSpec;
  std::string outputSpec;
  std::vector<std::string> argumentNames;
};

/// Writes everything but the payloads. Values appear in the order of their
/// names: equal programs give equal texts.
void writeProgramJson(const ExportedProgram &program,
                      const CallSignature &signature, llvm::raw_ostream &out);

/// SymPy's text of `expr`, which PyTorch evaluates.
std::string srepr(const SymbolicExpr &expr);

/// One `tensor_meta`, of a value or a payload.
void writeTensorMeta(const TensorMeta &meta, llvm::json::OStream &json);

} // namespace pt2e

#endif // PT2E_LIB_EXPORT_PROGRAMJSON_H
