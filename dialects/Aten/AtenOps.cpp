#include "dialects/Aten/Aten.h"
#include "dialects/Aten/AtenShapes.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Schema.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringSet.h"

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

/// How many integers of `attribute` may stand for symbols.
static int64_t countSentinels(Attribute attribute) {
  if (auto list = dyn_cast_or_null<DenseI64ArrayAttr>(attribute))
    return llvm::count(list.asArrayRef(), INT64_MIN);
  auto integer = dyn_cast_or_null<IntegerAttr>(attribute);
  return integer && integer.getType().isInteger(64) &&
         integer.getInt() == INT64_MIN;
}

LogicalResult pt2e::aten::verifySymbols(Operation *op) {
  const Schema *schema = lookupSchema(schemaName(op));
  if (!schema)
    return success();
  // The least i64 is a number like any other where a Scalar is wanted.
  int64_t least = 0, most = 0;
  for (const SchemaArgument &argument : schema->arguments) {
    const int64_t count = countSentinels(attributeArgument(op, argument.name));
    most += count;
    if (argument.kind != SchemaArgument::Kind::Scalar)
      least += count;
  }
  const int64_t symbols = symbolOperands(op).size();
  if (symbols < least || symbols > most)
    return op->emitOpError("expected ")
           << least << " symbols, one for each sentinel in its attributes, "
           << "but got " << symbols;
  return success();
}

LogicalResult ParameterOp::verify() {
  // (C1) is what inferReturnTypes says.
  // (C2)
  auto resource = dyn_cast<DenseResourceElementsAttr>(getValue());
  if (resource && resource.getRawHandle().getBlob() &&
      failed(constantData(resource)))
    return emitOpError("expected a resource with the bytes of ")
           << resource.getType() << ", but got "
           << resource.getRawHandle().getBlob()->getData().size() << " bytes";
  return success();
}

/// (C1) of what reads and writes a buffer.
static LogicalResult verifyBuffer(Operation *op, FlatSymbolRefAttr name,
                                  Type type, SymbolTableCollection &symbols) {
  auto buffer = symbols.lookupNearestSymbolFrom<BufferOp>(op, name);
  if (!buffer)
    return op->emitOpError("expected a buffer, but got ") << name;
  if (buffer.getInitial().getType() == type)
    return success();
  InFlightDiagnostic error = op->emitOpError("expected ")
                             << buffer.getInitial().getType() << " of buffer "
                             << name << ", but got " << type;
  error.attachNote(buffer.getLoc()) << "the buffer is here";
  return error;
}

LogicalResult ReadBufferOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyBuffer(*this, getBufferAttr(), getType(), symbols);
}

LogicalResult WriteBufferOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyBuffer(*this, getBufferAttr(), getValue().getType(), symbols);
}

/// (C2): the arguments of `op` are those of its schema.
static LogicalResult verifySchema(OperatorOp op, const Schema &schema) {
  using Kind = SchemaArgument::Kind;
  llvm::StringSet<> given;
  for (Attribute tensor : op.getTensors()) {
    StringRef name = cast<StringAttr>(tensor);
    const SchemaArgument *argument = schema.find(name);
    if (!argument || argument->kind != Kind::Tensor)
      return op.emitOpError("expected tensor arguments of ")
             << op.getName() << ", but got '" << name << "'";
    given.insert(name);
  }
  for (NamedAttribute attribute : op.getArguments()) {
    const SchemaArgument *argument = schema.find(attribute.getName());
    // Of a list of optional tensors an attribute says which are present.
    if (!argument || (argument->kind == Kind::Tensor && !argument->isList))
      return op.emitOpError("expected arguments of ")
             << op.getName() << ", but got '" << attribute.getName().strref()
             << "'";
    given.insert(attribute.getName());
  }
  for (const SchemaArgument &argument : schema.arguments)
    if (!argument.defaultText && !argument.isOptional &&
        argument.kind != Kind::Placement && !given.contains(argument.name))
      return op.emitOpError("expected argument '")
             << argument.name << "' of " << op.getName();
  return success();
}

LogicalResult pt2e::aten::verifyShapeRule(Operation *op) {
  std::string reason;
  auto types = inferResultTypes(op, &reason);
  // (C1)
  if (failed(types))
    return op->emitOpError(reason.empty() ? "has no shape rule" : reason);
  // (C2)
  for (auto [result, inferred] : llvm::zip_equal(op->getResults(), *types)) {
    auto declared = cast<RankedTensorType>(result.getType());
    if (!agrees(declared, inferred))
      return op->emitOpError("expected result type ")
             << inferred << ", but got " << declared;
  }
  return success();
}

LogicalResult OperatorOp::verify() {
  // (C1)
  int64_t operands = 0;
  for (int32_t size : getSegments())
    operands += size;
  if (getSegments().size() != getTensors().size() + 1 ||
      operands != int64_t(getInputs().size()) ||
      llvm::any_of(getSegments(), [](int32_t size) { return size < 0; }))
    return emitOpError("expected segments for ")
           << getTensors().size() << " tensor arguments and the symbols that "
           << "add up to " << getInputs().size() << " operands, but got ["
           << getSegments() << "]";
  // (C2)
  if (getName().starts_with("aten::")) {
    const Schema *schema = lookupSchema(getName());
    if (!schema && !(*this)->hasAttr("aten.unlisted"))
      return emitOpError("expected an operator of the schema table, but got '")
             << getName() << "'";
    if (schema && failed(verifySchema(*this, *schema)))
      return failure();
  }
  // (C3)
  for (Value symbol : symbolOperands(*this))
    if (!symbol.getType().isInteger(64))
      return emitOpError("expected i64 symbols, but got ") << symbol.getType();
  return verifySymbols(*this);
}

LogicalResult SymSizeOp::verify() {
  // (C1)
  const int64_t rank = cast<RankedTensorType>(getSelf().getType()).getRank();
  if (int64_t(getDim()) < 0 || int64_t(getDim()) >= rank)
    return emitOpError("expected a dimension below ")
           << rank << ", but got " << getDim();
  return success();
}
