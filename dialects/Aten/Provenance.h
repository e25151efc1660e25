/// \file
/// Where an op comes from: its name in the exported graph, its modules, its
/// source line. Kept in the location of every op from import to report.
#ifndef DIALECTS_ATEN_PROVENANCE_H
#define DIALECTS_ATEN_PROVENANCE_H

#include <string>

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

namespace pt2e::aten {

/// A module on the way to an op.
struct ModuleEntry {
  std::string path; ///< "features.0"; empty for the root
  std::string type; ///< "torch.nn.modules.conv.Conv2d"
};

/// Where an op comes from.
struct Provenance {
  std::string name;                       ///< in the exported graph: "conv2d"
  llvm::SmallVector<ModuleEntry> modules; ///< outermost first
  std::string file; ///< innermost user frame; may be empty
  unsigned line = 0;

  /// The path of the innermost module; empty for the root.
  llvm::StringRef modulePath() const;
  llvm::StringRef moduleType() const;
};

/// `loc(fused<#aten.scope<["features:torch.nn.Sequential", ...]>>["conv2d",
/// "model.py":12:0])`.
mlir::Location provenanceLoc(mlir::MLIRContext *context,
                             const Provenance &provenance);

/// What `loc` says; of a fused location of several ops, the first one's.
Provenance getProvenance(mlir::Location loc);

/// The name in the exported graph that `loc` carries; empty if none.
llvm::StringRef exportedName(mlir::Location loc);

/// What users call `value`: an input's name, a parameter's, that of an op.
std::string valueName(mlir::Value value);

/// For messages: `conv2d in features.0 (Conv2d), model.py:12`.
std::string describe(mlir::Location loc);

/// A diagnostic and its notes as one line that says where:
/// `conv2d in features.0 (Conv2d), model.py:12: expected ...; NOTE`.
std::string toLine(mlir::Diagnostic &diagnostic);

} // namespace pt2e::aten

#endif // DIALECTS_ATEN_PROVENANCE_H
