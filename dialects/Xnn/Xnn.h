/// \file
/// The `xnn` dialect: XNNPACK subgraphs as the ExecuTorch runtime reads them.
#ifndef DIALECTS_XNN_XNN_H
#define DIALECTS_XNN_XNN_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/Xnn/XnnDialect.h.inc"
#include "dialects/Xnn/XnnEnums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Xnn/XnnAttrs.h.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/Xnn/XnnTypes.h.inc"
#define GET_OP_CLASSES
#include "dialects/Xnn/XnnOps.h.inc"

namespace pt2e::xnn {

/// The element type of a tensor that holds the codes or reals of `datatype`;
/// null for qdint8, which stands inside delegates only.
mlir::Type storageType(Datatype datatype, mlir::MLIRContext *context);

/// Over what XNNPACK takes the range of a value that is quantized at run time:
/// a row of a matrix product, a pixel of a pointwise convolution (which it
/// computes as a matrix product), an image of any other.
enum class RangeOf : uint8_t { Row, Pixel, Image };

/// The range that a convolution reads: filter [O, KH, KW, I / groups].
RangeOf rangeOfConvolution(llvm::ArrayRef<int64_t> filterShape,
                           llvm::ArrayRef<int64_t> stride,
                           llvm::ArrayRef<int64_t> padding, int64_t groups);

/// The range that `op` reads; none of ops that read no qdint8.
std::optional<RangeOf> rangeReadBy(mlir::Operation *op);

} // namespace pt2e::xnn

#endif // DIALECTS_XNN_XNN_H
