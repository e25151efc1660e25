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

} // namespace pt2e::xnn

#endif // DIALECTS_XNN_XNN_H
