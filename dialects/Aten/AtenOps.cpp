#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Schema.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace pt2e::aten;

#define GET_OP_CLASSES
#include "dialects/Aten/AtenOps.cpp.inc"

OpFoldResult ParameterOp::fold(FoldAdaptor) { return getValue(); }

LogicalResult ParameterOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location>, ValueRange,
                                            DictionaryAttr attributes,
                                            OpaqueProperties properties,
                                            RegionRange,
                                            SmallVectorImpl<Type> &types) {
  ElementsAttr value;
  if (properties)
    value = properties.as<Properties *>()->value;
  if (!value)
    value = attributes.getAs<ElementsAttr>("value");
  if (!value)
    return failure();
  types.push_back(value.getType());
  return success();
}

LogicalResult OperatorOp::verify() {
  // (C1)
  int64_t operands = 0;
  for (int32_t size : getSegments())
    operands += size;
  if (getSegments().size() != getTensors().size() + 1 ||
      operands != int64_t(getInputs().size()))
    return emitOpError("expected segments for ")
           << getTensors().size() << " tensor arguments and the symbols that "
           << "add up to " << getInputs().size() << " operands, but got ["
           << getSegments() << "]";
  // (C2)
  if (!getName().starts_with("aten::"))
    return success();
  const Schema *schema = lookupSchema(getName());
  if (!schema && (*this)->hasAttr("aten.unlisted"))
    return success();
  if (!schema)
    return emitOpError("expected an operator of the schema table, but got '")
           << getName() << "'";
  for (Attribute tensor : getTensors())
    if (!schema->find(cast<StringAttr>(tensor)))
      return emitOpError("expected arguments of ")
             << getName() << ", but got '" << cast<StringAttr>(tensor) << "'";
  for (NamedAttribute argument : getArguments())
    if (!schema->find(argument.getName()))
      return emitOpError("expected arguments of ")
             << getName() << ", but got '" << argument.getName() << "'";
  return success();
}

LogicalResult SymSizeOp::verify() {
  // (C1)
  const int64_t rank = cast<RankedTensorType>(getSelf().getType()).getRank();
  if (int64_t(getDim()) < 0 || int64_t(getDim()) >= rank)
    return emitOpError("expected a dimension below ")
           << rank << ", but got " << getDim();
  return success();
}
