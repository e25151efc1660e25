/// \file
/// Writing exported PyTorch programs (.pt2).
#ifndef PT2E_EXPORT_EXPORTPT2_H
#define PT2E_EXPORT_EXPORTPT2_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LLVM.h"
#include "llvm/Support/raw_ostream.h"

namespace pt2e {

/// Writes `module` as a program that `torch.export.load` reads: a PT2 archive
/// (PyTorch 2.9 and later) with schema 8.20. The module is what the import
/// gives, or what passes on `aten` and `pt2e` made of it; its only public
/// function is the program.
///
/// * `aten` ops are PyTorch's operators; `pt2e.quantize`, `pt2e.dequantize` and
///   `pt2e.choose_qparams` become operators of `quantized_decomposed`.
/// * Weights keep their names. One without `aten.role` is a parameter, and
///   trained if it is of float.
/// * State (`aten.buffer`) is a buffer with a `buffer_mutation`.
/// * Names, modules and source lines of ops are kept.
///
/// Importing the file gives `module` again, if an import gave it. The same
/// module gives the same bytes. Weights are written from where they lie.
///
/// Nothing is written if an error is reported: what cannot be expressed is
/// refused, with the op and why.
mlir::LogicalResult exportPt2(mlir::ModuleOp module, llvm::raw_ostream &out);

/// `pt2e-translate --export-pt2`.
void registerExportPt2();

} // namespace pt2e

#endif // PT2E_EXPORT_EXPORTPT2_H
