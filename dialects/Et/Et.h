/// \file
/// The `et` dialect: an ExecuTorch program before it is serialized.
#ifndef DIALECTS_ET_ET_H
#define DIALECTS_ET_ET_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"

#include "dialects/Et/EtDialect.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Et/EtAttrs.h.inc"
#define GET_OP_CLASSES
#include "dialects/Et/EtOps.h.inc"

#endif // DIALECTS_ET_ET_H
