/// \file
/// From the `aten` dialect to an exported program as plain data.
#ifndef PT2E_LIB_EXPORT_PROGRAMBUILDER_H
#define PT2E_LIB_EXPORT_PROGRAMBUILDER_H

#include <string>
#include <vector>

#include "ProgramJson.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"

namespace pt2e {

/// A weight of the program and its bytes.
struct ExportedWeight {
  std::string name; ///< fully qualified
  InputSpec::Kind kind = InputSpec::Kind::Parameter;
  bool isPersistent = true;
  mlir::ElementsAttr value;

  /// Whether the archive has it among its constants.
  bool isConstant() const {
    return kind == InputSpec::Kind::TensorConstant || !isPersistent;
  }
};

/// All that an archive says.
struct BuiltProgram {
  ExportedProgram program; ///< without payloads
  CallSignature signature;
  std::vector<ExportedWeight> weights;
};

/// Fails after an error that names the op.
mlir::FailureOr<BuiltProgram> buildProgram(mlir::ModuleOp module);

/// The pytree specs of inputs and outputs with these names, such as `x`,
/// `batch[0]`, `out.logits`: what the import reads the names from.
std::string inputTreeSpec(llvm::ArrayRef<std::string> names,
                          std::vector<std::string> &argumentNames);
std::string outputTreeSpec(llvm::ArrayRef<std::string> names);

} // namespace pt2e

#endif // PT2E_LIB_EXPORT_PROGRAMBUILDER_H
