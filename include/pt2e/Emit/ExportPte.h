/// \file
/// Writing .pte files.
#ifndef PT2E_EMIT_EXPORTPTE_H
#define PT2E_EMIT_EXPORTPTE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LLVM.h"
#include "llvm/Support/raw_ostream.h"

namespace pt2e {

/// Writes `module` as an ExecuTorch program: every public function is a
/// method, whose ops are those that the `et` dialect allows and whose memory
/// is planned (`--et-plan-memory`). The same module gives the same bytes.
///
/// Nothing is written if an error is reported: the program is verified as the
/// runtime does, before its first byte is written.
mlir::LogicalResult exportPte(mlir::ModuleOp module, llvm::raw_ostream &out);

/// `pt2e-translate --export-pte`.
void registerExportPte();

} // namespace pt2e

#endif // PT2E_EMIT_EXPORTPTE_H
