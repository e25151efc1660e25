/// \file
/// The runtime's kernels for codes: embedding tables, and what is quantized at
/// run time outside XNNPACK.
#ifndef PT2E_LIB_XNNPACK_QUANTIZEDKERNELS_H
#define PT2E_LIB_XNNPACK_QUANTIZEDKERNELS_H

#include "dialects/Aten/Aten.h"
#include "dialects/Et/Et.h"
#include "dialects/Pt2e/Pt2e.h"
#include "mlir/IR/Builders.h"

namespace pt2e {

/// ScalarType of the runtime; none if it has no such element type.
std::optional<int64_t> scalarType(mlir::Type type);

/// The call that quantizes or dequantizes as `op` (pt2e.quantize or
/// pt2e.dequantize) does; null unless it has one known scale and zero point.
et::CallKernelOp callStaticKernel(mlir::OpBuilder &builder,
                                  mlir::Operation *op);

/// The call that looks up rows of a table in codes of 4 or 8 bits; null if `op`
/// reads another table. 4-bit codes are packed as the kernel wants them.
et::CallKernelOp callEmbeddingKernel(mlir::OpBuilder &builder,
                                     aten::EmbeddingOp op);

/// True if `callEmbeddingKernel` would read the codes of `table`.
bool hasEmbeddingKernel(DequantizeOp table);

/// The call that computes the parameters of `op`: a scale in f64 and a zero
/// point in i64, as the kernels that read them take them. Null if no kernel
/// has its blocks and scheme.
et::CallKernelOp callChooseKernel(mlir::OpBuilder &builder, ChooseQParamsOp op);

/// The call that quantizes (`op` is pt2e.quantize) or dequantizes by the
/// parameters that `chosen`, made by `callChooseKernel`, computes.
et::CallKernelOp callDynamicKernel(mlir::OpBuilder &builder,
                                   mlir::Operation *op,
                                   et::CallKernelOp chosen);

} // namespace pt2e

#endif // PT2E_LIB_XNNPACK_QUANTIZEDKERNELS_H
