#include "dialects/Et/Et.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace pt2e::et;

#include "dialects/Et/EtDialect.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Et/EtAttrs.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/Et/EtOps.cpp.inc"

void EtDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Et/EtAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/Et/EtOps.cpp.inc"
      >();
}

LogicalResult CallDelegateOp::verifySymbolUses(SymbolTableCollection &symbols) {
  // (C1)
  auto delegate =
      symbols.lookupNearestSymbolFrom<func::FuncOp>(*this, getDelegateAttr());
  if (!delegate || !delegate->hasAttr("xnn.delegate"))
    return emitOpError("expected a delegate, but got ") << getDelegateAttr();
  // (C2)
  if (delegate.getNumArguments() != getInputs().size() ||
      delegate.getNumResults() != getOutputs().size())
    return emitOpError("expected ")
           << delegate.getNumArguments() << " operands and "
           << delegate.getNumResults() << " results, but got "
           << getInputs().size() << " and " << getOutputs().size();
  return success();
}

LogicalResult CallKernelOp::verify() {
  // (C1)
  auto check = [&](int64_t index, bool mayBeAbsent = false) -> LogicalResult {
    if (index >= (mayBeAbsent ? -1 : 0) && index < int64_t(getInputs().size()))
      return success();
    return emitOpError("expected an operand below ")
           << getInputs().size() << ", but got " << index;
  };
  for (Attribute argument : getKernelArgs()) {
    if (auto operand = dyn_cast<OperandAttr>(argument))
      if (failed(check(operand.getIndex())))
        return failure();
    if (auto list = dyn_cast<TensorListAttr>(argument))
      for (int64_t index : list.getIndices().asArrayRef())
        if (failed(check(index, list.getOptional())))
          return failure();
  }
  return success();
}
