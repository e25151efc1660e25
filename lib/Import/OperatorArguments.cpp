// The arguments of an operator: what the file gives, as its schema wants it.
#include "GraphImporter.h"
#include "dialects/Aten/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace pt2e;

using SchemaKind = aten::SchemaArgument::Kind;

/// Stands for an integer that run time computes.
static constexpr int64_t kSymbol = INT64_MIN;

//===----------------------------------------------------------------------===//
// One argument
//===----------------------------------------------------------------------===//

/// A number in the form that the schema wants.
static Attribute number(Builder &builder, int64_t value,
                        const aten::SchemaArgument *expected) {
  if (expected && expected->kind == SchemaKind::Float)
    return builder.getF64FloatAttr(double(value));
  if (expected && expected->kind == SchemaKind::Bool)
    return builder.getBoolAttr(value != 0);
  return builder.getI64IntegerAttr(value);
}

/// A list of integers, one number spread to the schema's fixed length.
static Attribute integers(Builder &builder, ArrayRef<int64_t> values,
                          const aten::SchemaArgument *expected) {
  if (expected && (expected->kind == SchemaKind::Float ||
                   expected->kind == SchemaKind::Scalar)) {
    if (expected->kind == SchemaKind::Float)
      return builder.getDenseF64ArrayAttr(llvm::to_vector_of<double>(values));
    return builder.getI64ArrayAttr(values);
  }
  SmallVector<int64_t> spread(values);
  if (expected && expected->length > 1 && values.size() == 1)
    spread.assign(expected->length, values[0]);
  return builder.getDenseI64ArrayAttr(spread);
}

Attribute GraphImporter::convertConstant(const Argument &given,
                                         const aten::SchemaArgument *expected) {
  if (const auto *value = given.as<int64_t>()) {
    // `int[2] stride` given as one number.
    if (expected && expected->isList && expected->kind == SchemaKind::Int)
      return integers(builder, *value, expected);
    return number(builder, *value, expected);
  }
  if (const auto *value = given.as<double>())
    return builder.getF64FloatAttr(*value);
  if (const auto *value = given.as<bool>())
    return expected && expected->kind == SchemaKind::Int
               ? Attribute(builder.getI64IntegerAttr(*value))
               : Attribute(builder.getBoolAttr(*value));
  if (const auto *value = given.as<std::string>())
    return builder.getStringAttr(*value);
  if (const auto *list = given.as<std::vector<int64_t>>())
    return integers(builder, *list, expected);
  if (const auto *list = given.as<std::vector<double>>())
    return builder.getDenseF64ArrayAttr(*list);
  if (const auto *list = given.as<std::vector<bool>>())
    return builder.getDenseBoolArrayAttr(
        SmallVector<bool>(list->begin(), list->end()));
  if (const auto *list = given.as<std::vector<std::string>>())
    return builder.getStrArrayAttr(
        SmallVector<StringRef>(list->begin(), list->end()));
  if (const auto *lists = given.as<std::vector<std::vector<int64_t>>>())
    return builder.getArrayAttr(
        llvm::map_to_vector(*lists, [&](const auto &list) -> Attribute {
          return builder.getDenseI64ArrayAttr(list);
        }));
  if (const auto *lists = given.as<std::vector<std::vector<double>>>())
    return builder.getArrayAttr(
        llvm::map_to_vector(*lists, [&](const auto &list) -> Attribute {
          return builder.getDenseF64ArrayAttr(list);
        }));
  if (const auto *type = given.as<ScalarType>()) {
    Type element = elementType(builder.getContext(), *type);
    return element ? Attribute(TypeAttr::get(element)) : Attribute();
  }
  if (const auto *complex = given.as<ComplexArgument>())
    return builder.getF64ArrayAttr({complex->real, complex->imag});
  if (const auto *op = given.as<pt2e::OperatorArgument>())
    return builder.getStringAttr(op->target);
  if (const auto *integer = given.as<SymIntArgument>())
    return builder.getI64IntegerAttr(integer->value);
  if (const auto *real = given.as<SymFloatArgument>())
    return builder.getF64FloatAttr(real->value);
  if (const auto *condition = given.as<SymBoolArgument>())
    return builder.getBoolAttr(condition->value);
  // Where a tensor is, and how it is laid out, changes no value.
  return {};
}

LogicalResult
GraphImporter::convertArgument(GraphScope &scope, const Argument &given,
                               const aten::SchemaArgument *expected,
                               aten::OperatorArgument &converted) {
  const auto addTensor = [&](StringRef name) -> LogicalResult {
    FailureOr<Value> value = lookupTensor(scope, name);
    if (failed(value))
      return failure();
    converted.tensors.push_back(*value);
    return success();
  };
  // A scalar that has a name: known, or an operand.
  const auto addScalar = [&](const auto &argument) -> FailureOr<Attribute> {
    if (!argument.isName())
      return convertConstant(Argument{argument}, expected);
    FailureOr<Binding> binding = lookup(scope, argument.name);
    if (failed(binding))
      return failure();
    if (binding->tensor || binding->scalar.isNull())
      return emitError(loc)
             << "expected a scalar, but got '" << argument.name << "'";
    if (auto known = dyn_cast<Attribute>(binding->scalar)) {
      if (auto integer = dyn_cast<IntegerAttr>(known);
          integer && integer.getType().isInteger(64))
        return number(builder, integer.getInt(), expected);
      return known;
    }
    converted.symbols.push_back(cast<Value>(binding->scalar));
    return Attribute(builder.getI64IntegerAttr(kSymbol));
  };
  const auto takeScalar = [&](const auto &argument) -> LogicalResult {
    FailureOr<Attribute> attribute = addScalar(argument);
    if (failed(attribute))
      return failure();
    converted.attribute = *attribute;
    return success();
  };

  if (const auto *tensor = given.as<TensorArgument>())
    return addTensor(tensor->name);
  if (const auto *list = given.as<Argument::TensorList>()) {
    // An empty list of unknown type.
    if (list->empty() && expected && expected->kind == SchemaKind::Int)
      converted.attribute = builder.getDenseI64ArrayAttr({});
    for (const TensorArgument &tensor : *list)
      if (failed(addTensor(tensor.name)))
        return failure();
    return success();
  }
  if (const auto *list = given.as<std::vector<Argument::TensorList>>()) {
    for (const Argument::TensorList &tensors : *list)
      for (const TensorArgument &tensor : tensors)
        if (failed(addTensor(tensor.name)))
          return failure();
    return success();
  }
  if (const auto *list = given.as<std::vector<OptionalTensorArgument>>()) {
    SmallVector<bool> present;
    for (const OptionalTensorArgument &tensor : *list) {
      present.push_back(!tensor.isNone());
      if (!tensor.isNone() && failed(addTensor(tensor.name)))
        return failure();
    }
    converted.attribute = builder.getDenseBoolArrayAttr(present);
    return success();
  }
  if (const auto *integer = given.as<SymIntArgument>())
    return takeScalar(*integer);
  if (const auto *real = given.as<SymFloatArgument>())
    return takeScalar(*real);
  if (const auto *condition = given.as<SymBoolArgument>())
    return takeScalar(*condition);
  if (const auto *list = given.as<std::vector<SymIntArgument>>()) {
    SmallVector<int64_t> values;
    for (const SymIntArgument &item : *list) {
      FailureOr<Attribute> value = addScalar(item);
      auto integer =
          failed(value) ? IntegerAttr() : dyn_cast_or_null<IntegerAttr>(*value);
      if (!integer)
        return failed(value) ? failure()
                             : emitError(loc) << "expected an integer in '"
                                              << converted.name << "'";
      values.push_back(integer.getInt());
    }
    converted.attribute = integers(builder, values, expected);
    return success();
  }
  if (given.is<std::vector<SymFloatArgument>>() ||
      given.is<std::vector<SymBoolArgument>>() ||
      given.is<std::vector<NamedArgument>>() || given.is<GraphArgument>())
    return emitError(loc) << "expected an operator's argument, but got "
                          << given.tag() << " for '" << converted.name << "'";
  converted.attribute = convertConstant(given, expected);
  return success();
}

FailureOr<SmallVector<aten::OperatorArgument>>
GraphImporter::convertArguments(GraphScope &scope, const Node &node,
                                const aten::Schema *schema) {
  SmallVector<aten::OperatorArgument> arguments;
  for (const NamedArgument &given : node.inputs) {
    const aten::SchemaArgument *expected =
        schema ? schema->find(given.name) : nullptr;
    // An argument newer than the table, at the value it has without being said.
    if (schema && !expected && given.arg.isNone())
      continue;
    aten::OperatorArgument &converted = arguments.emplace_back();
    converted.name = given.name;
    if (failed(convertArgument(scope, given.arg, expected, converted)))
      return failure();
  }
  return arguments;
}

//===----------------------------------------------------------------------===//
// Numbers in the slots of tensors
//===----------------------------------------------------------------------===//

/// The element type that a number takes in arithmetic with tensors of type
/// `tensor`: the tensor's, unless the number is of a higher category.
static Type numberType(Builder &builder, Attribute value, Type tensor) {
  const bool isFloat = isa<FloatAttr>(value);
  const bool isBool = isa<BoolAttr>(value);
  if (tensor && (isa<FloatType, ComplexType>(tensor) ||
                 (!isFloat && (isBool || !tensor.isInteger(1)))))
    return tensor;
  return isFloat  ? Type(builder.getF32Type())
         : isBool ? Type(builder.getI1Type())
                  : Type(builder.getI64Type());
}

/// A 0-d constant; null for a type that has no plain numbers.
static ElementsAttr zeroDimensional(Attribute value, Type element) {
  auto type = RankedTensorType::get({}, element);
  const double real = isa<FloatAttr>(value)
                          ? cast<FloatAttr>(value).getValueAsDouble()
                          : double(cast<IntegerAttr>(value).getInt());
  if (auto format = dyn_cast<FloatType>(element)) {
    APFloat number(real);
    bool losesInfo;
    number.convert(format.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                   &losesInfo);
    return DenseElementsAttr::get(type, ArrayRef<APFloat>(number));
  }
  auto integer = dyn_cast<IntegerType>(element);
  if (!integer || !isa<IntegerAttr>(value))
    return {};
  if (element.isInteger(1))
    return DenseElementsAttr::get(type, ArrayRef<bool>(real != 0));
  return DenseElementsAttr::get(
      type, ArrayRef<APInt>(APInt(integer.getWidth(),
                                  cast<IntegerAttr>(value).getInt(),
                                  /*isSigned=*/true, /*implicitTrunc=*/true)));
}

LogicalResult GraphImporter::placeNumbers(
    GraphScope &scope, const Node &node, std::string &name,
    SmallVectorImpl<aten::OperatorArgument> &arguments) {
  const aten::Schema *schema = aten::lookupSchema(name);
  if (!schema)
    return success();
  aten::OperatorArgument *placed = nullptr;
  Type tensorType;
  for (aten::OperatorArgument &argument : arguments) {
    const aten::SchemaArgument *expected = schema->find(argument.name);
    if (!expected || expected->kind != SchemaKind::Tensor || expected->isList)
      continue;
    if (!argument.tensors.empty()) {
      Value tensor = argument.tensors[0];
      if (auto type = dyn_cast<RankedTensorType>(tensor.getType());
          type && !tensorType)
        tensorType = type.getElementType();
    }
    if (argument.attribute)
      placed = &argument;
  }
  if (!placed)
    return success();

  // `add.Tensor(x, 2)` is `add.Scalar`, `sub.Tensor(2, x)` is `rsub.Scalar`.
  const auto find = [&](StringRef argument) -> aten::OperatorArgument * {
    for (aten::OperatorArgument &candidate : arguments)
      if (candidate.name == argument)
        return &candidate;
    return nullptr;
  };
  const std::string overload = StringRef(name).rsplit('.').second.str();
  const bool isTensorForm = StringRef(overload).starts_with("Tensor");
  if (isTensorForm && placed->name == "self" && tensorType) {
    aten::OperatorArgument *other = find("other");
    aten::OperatorArgument *alpha = find("alpha");
    const bool isPlain =
        !alpha || alpha->attribute == Attribute(builder.getI64IntegerAttr(1));
    if (other && !other->tensors.empty() && isPlain &&
        (name == "aten::add.Tensor" || name == "aten::mul.Tensor" ||
         name == "aten::sub.Tensor")) {
      std::swap(placed->tensors, other->tensors);
      std::swap(placed->attribute, other->attribute);
      std::swap(placed->symbols, other->symbols);
      placed = other;
      if (name == "aten::sub.Tensor")
        name = "aten::rsub.Tensor";
    }
  }
  if (isTensorForm && tensorType) {
    std::string scalarName = StringRef(name).rsplit('.').first.str() +
                             ".Scalar" + overload.substr(6);
    const aten::Schema *scalar = aten::lookupSchema(scalarName);
    const aten::SchemaArgument *slot =
        scalar ? scalar->find(placed->name) : nullptr;
    if (slot && slot->kind == SchemaKind::Scalar) {
      name = scalarName;
      return success();
    }
  }
  // No such overload: a 0-d tensor of the type that the number would take.
  for (aten::OperatorArgument &argument : arguments) {
    const aten::SchemaArgument *expected = schema->find(argument.name);
    if (!expected || expected->kind != SchemaKind::Tensor || expected->isList ||
        !argument.attribute || !argument.tensors.empty())
      continue;
    if (!argument.symbols.empty()) {
      auto type = RankedTensorType::get(
          {}, numberType(builder, argument.attribute, tensorType));
      Operation *made = aten::createOperator(
          builder, loc, "aten::scalar_tensor",
          {{"s", {}, argument.attribute, argument.symbols},
           {"dtype", {}, TypeAttr::get(type.getElementType()), {}}},
          type);
      if (!made)
        return failure();
      argument.tensors.push_back(made->getResult(0));
    } else {
      ElementsAttr value =
          zeroDimensional(argument.attribute,
                          numberType(builder, argument.attribute, tensorType));
      if (!value)
        return emitError(loc)
               << "expected a number for '" << argument.name << "' of " << name;
      argument.tensors.push_back(aten::ParameterOp::create(
          builder, loc, node.name + "." + argument.name, value));
    }
    argument.attribute = {};
    argument.symbols.clear();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

void GraphImporter::inferSizes(
    GraphScope &scope, const Node &node, StringRef name,
    MutableArrayRef<aten::OperatorArgument> arguments) {
  const bool reshapes = name == "aten::view" || name == "aten::reshape" ||
                        name == "aten::_unsafe_view";
  if (!reshapes && name != "aten::expand")
    return;
  for (aten::OperatorArgument &argument : arguments) {
    auto list = dyn_cast_or_null<DenseI64ArrayAttr>(argument.attribute);
    if (!list || argument.symbols.empty())
      continue;
    SmallVector<int64_t> sizes(list.asArrayRef());
    if (reshapes) {
      // One follows from the others, which must not be empty: rather one that
      // is computed than a size as it is.
      if (llvm::is_contained(sizes, -1) || llvm::is_contained(sizes, 0))
        return;
      size_t inferred = 0;
      for (auto [index, symbol] : llvm::enumerate(argument.symbols))
        if (!symbol.getDefiningOp<aten::SymSizeOp>())
          inferred = index;
      size_t position = 0;
      for (size_t seen = 0; sizes[position] != kSymbol || seen++ != inferred;)
        ++position;
      sizes[position] = -1;
      argument.symbols.erase(argument.symbols.begin() + inferred);
    } else {
      // A dimension that has the wanted size already.
      const Argument *self = node.findInput("self");
      const auto *tensor = self ? self->as<TensorArgument>() : nullptr;
      if (!tensor || node.resultNames().empty())
        return;
      auto from = scope.graph->tensorValues.find(tensor->name);
      auto to = scope.graph->tensorValues.find(node.resultNames()[0]);
      if (from == scope.graph->tensorValues.end() ||
          to == scope.graph->tensorValues.end() ||
          to->second.sizes.size() != sizes.size() ||
          from->second.sizes.size() > sizes.size())
        return;
      const size_t added = sizes.size() - from->second.sizes.size();
      SmallVector<Value> left;
      size_t symbol = 0;
      for (auto [dim, size] : llvm::enumerate(sizes)) {
        if (size != kSymbol)
          continue;
        const bool isKept =
            dim >= added && from->second.sizes[dim - added].expr &&
            from->second.sizes[dim - added].expr == to->second.sizes[dim].expr;
        if (isKept)
          size = -1;
        else
          left.push_back(argument.symbols[symbol]);
        ++symbol;
      }
      argument.symbols = left;
    }
    argument.attribute = builder.getDenseI64ArrayAttr(sizes);
  }
}
