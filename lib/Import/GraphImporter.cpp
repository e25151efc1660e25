#include "GraphImporter.h"

#include "dialects/Aten/Provenance.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace pt2e;

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

FailureOr<Binding> GraphImporter::lookup(GraphScope &scope, StringRef name) {
  auto found = scope.bindings.find(name);
  if (found != scope.bindings.end())
    return found->second;
  return emitError(loc) << "expected a value of the graph, but got '" << name
                        << "'";
}

FailureOr<Value> GraphImporter::lookupTensor(GraphScope &scope,
                                             StringRef name) {
  FailureOr<Binding> binding = lookup(scope, name);
  if (failed(binding))
    return failure();
  if (binding->tensor)
    return functionalizer.read(builder, *binding->tensor);
  if (binding->scalar.isNull())
    return emitError(loc) << "expected a tensor or a number, but got '" << name
                          << "'";
  return materialize(binding->scalar);
}

Value GraphImporter::materialize(OpFoldResult scalar) {
  if (auto value = dyn_cast<Value>(scalar))
    return value;
  auto attribute = cast<TypedAttr>(cast<Attribute>(scalar));
  return arith::ConstantOp::create(builder, loc, attribute);
}

FailureOr<Value> GraphImporter::outputValue(GraphScope &scope,
                                            const Argument &output,
                                            Location where) {
  loc = where;
  if (const auto *tensor = output.as<TensorArgument>())
    return lookupTensor(scope, tensor->name);
  const auto scalar = [&](const auto *argument) -> FailureOr<Value> {
    if (argument->isName())
      return lookupTensor(scope, argument->name);
    Attribute constant = convertConstant(output, nullptr);
    return materialize(OpFoldResult(constant));
  };
  if (const auto *argument = output.as<SymIntArgument>())
    return scalar(argument);
  if (const auto *argument = output.as<SymFloatArgument>())
    return scalar(argument);
  if (const auto *argument = output.as<SymBoolArgument>())
    return scalar(argument);
  if (output.is<int64_t>() || output.is<double>() || output.is<bool>())
    return materialize(OpFoldResult(convertConstant(output, nullptr)));
  return Value();
}

/// The results of a node, lists flattened; nones are null.
static SmallVector<std::pair<StringRef, Argument>>
flatOutputs(const Node &node) {
  SmallVector<std::pair<StringRef, Argument>> outputs;
  for (const Argument &output : node.outputs) {
    if (const auto *list = output.as<Argument::TensorList>()) {
      for (const TensorArgument &tensor : *list)
        outputs.push_back({tensor.name, Argument{tensor}});
    } else if (const auto *tensor = output.as<TensorArgument>()) {
      outputs.push_back({tensor->name, output});
    } else if (const auto *integer = output.as<SymIntArgument>()) {
      outputs.push_back({integer->name, output});
    } else if (const auto *real = output.as<SymFloatArgument>()) {
      outputs.push_back({real->name, output});
    } else if (const auto *condition = output.as<SymBoolArgument>()) {
      outputs.push_back({condition->name, output});
    } else if (const auto *optionals =
                   output.as<std::vector<OptionalTensorArgument>>()) {
      for (const OptionalTensorArgument &tensor : *optionals)
        if (!tensor.isNone())
          outputs.push_back(
              {tensor.name, Argument{TensorArgument{tensor.name}}});
    }
  }
  return outputs;
}

FailureOr<SmallVector<Type>> GraphImporter::resultTypes(GraphScope &scope,
                                                        const Node &node) {
  SmallVector<Type> types;
  for (const auto &[name, output] : flatOutputs(node)) {
    if (output.is<SymFloatArgument>()) {
      types.push_back(builder.getF64Type());
    } else if (output.is<SymBoolArgument>()) {
      types.push_back(builder.getI1Type());
    } else if (auto meta = scope.graph->tensorValues.find(name);
               meta != scope.graph->tensorValues.end()) {
      RankedTensorType type = ranges.tensorType(loc, meta->second);
      if (!type)
        return failure();
      types.push_back(type);
    } else {
      types.push_back(builder.getI64Type());
    }
  }
  return types;
}

LogicalResult GraphImporter::bindResults(GraphScope &scope, const Node &node,
                                         Operation *op,
                                         const TensorObject *viewed) {
  auto outputs = flatOutputs(node);
  if (outputs.size() != op->getNumResults())
    return emitError(loc) << "expected " << op->getNumResults()
                          << " results, but got " << outputs.size();
  for (auto [index, output] : llvm::enumerate(outputs)) {
    Binding &binding = scope.bindings[output.first];
    Value result = op->getResult(index);
    if (!isa<RankedTensorType>(result.getType()))
      binding.scalar = result;
    else if (viewed)
      binding.tensor = functionalizer.createView(*viewed, op, index);
    else
      binding.tensor = functionalizer.create(result);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Aliases
//===----------------------------------------------------------------------===//

bool pt2e::reshapeIsView(ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides,
                         ArrayRef<int64_t> result) {
  if (llvm::is_contained(sizes, 0))
    return true;
  // Cut the tensor into runs of dimensions that are one piece of memory; each
  // run must be a product of result dimensions.
  SmallVector<int64_t> runs;
  int64_t innerStride = 0, innerSize = 0;
  for (size_t dim = sizes.size(); dim-- > 0;) {
    if (sizes[dim] == 1)
      continue;
    if (!runs.empty() && strides[dim] == innerStride * innerSize)
      runs.back() *= sizes[dim];
    else
      runs.push_back(sizes[dim]);
    innerStride = strides[dim];
    innerSize = sizes[dim];
  }
  size_t run = 0;
  int64_t left = runs.empty() ? 1 : runs[0];
  for (int64_t size : llvm::reverse(result)) {
    if (size == 1)
      continue;
    if (left == 1 && ++run < runs.size())
      left = runs[run];
    if (left % size)
      return false;
    left /= size;
  }
  return true;
}

/// Sizes or strides in the example run; none if the file does not say.
static std::optional<SmallVector<int64_t>>
exampleValues(const std::vector<SymInt> &symbolic) {
  SmallVector<int64_t> values;
  for (const SymInt &value : symbolic) {
    if (!value.isStatic() && !value.hint)
      return std::nullopt;
    values.push_back(value.isStatic() ? value.value : *value.hint);
  }
  return values;
}

/// Whether an op that may return its input or a copy returned its input. None:
/// the file does not tell.
static std::optional<bool> returnsAlias(StringRef name, const TensorMeta &from,
                                        const TensorMeta &to) {
  auto sizes = exampleValues(from.sizes), strides = exampleValues(from.strides);
  auto newSizes = exampleValues(to.sizes),
       newStrides = exampleValues(to.strides);
  if (!sizes || !strides || !newSizes || !newStrides)
    return std::nullopt;
  if (name.starts_with("aten::reshape") || name.starts_with("aten::flatten"))
    return reshapeIsView(*sizes, *strides, *newSizes);
  // contiguous, to.*, type_as: a copy has another type or other strides,
  // otherwise there was no reason for it.
  return from.dtype == to.dtype && *strides == *newStrides;
}

TensorObject *GraphImporter::viewedTensor(GraphScope &scope, const Node &node,
                                          const aten::Schema &schema) {
  // dropout in inference and type_as return their input, though their schemas
  // do not say so.
  const StringRef name = schema.name;
  std::string viewed;
  if (name == "aten::dropout" || name == "aten::feature_dropout") {
    const Argument *train = node.findInput("train");
    if (train && train->as<bool>() && !*train->as<bool>())
      viewed = "input";
  } else if (name == "aten::type_as") {
    viewed = "self";
  } else if (!schema.returns.empty() && !schema.returns[0].alias.empty()) {
    for (const aten::SchemaArgument &argument : schema.arguments)
      if (argument.alias == schema.returns[0].alias)
        viewed = argument.name;
  }
  const Argument *argument = viewed.empty() ? nullptr : node.findInput(viewed);
  const auto *tensor = argument ? argument->as<TensorArgument>() : nullptr;
  if (!tensor)
    return nullptr;
  auto found = scope.bindings.find(tensor->name);
  TensorObject *base =
      found == scope.bindings.end() ? nullptr : found->second.tensor;
  if (!base)
    return nullptr;
  if (name == "aten::type_as" || name == "aten::contiguous" ||
      name.starts_with("aten::to.") || name.starts_with("aten::reshape") ||
      name.starts_with("aten::flatten")) {
    auto from = scope.graph->tensorValues.find(tensor->name);
    auto to = scope.graph->tensorValues.find(node.resultNames().front());
    if (const Argument *copy = node.findInput("copy");
        copy && copy->as<bool>() && *copy->as<bool>())
      return nullptr;
    std::optional<bool> isAlias;
    if (from != scope.graph->tensorValues.end() &&
        to != scope.graph->tensorValues.end())
      isAlias = returnsAlias(name, from->second, to->second);
    if (!isAlias)
      base->storage->uncertainty =
          "it is not known whether " + node.name + " shares it";
    else if (!*isAlias)
      return nullptr;
  }
  return base;
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

static Location nodeLocation(MLIRContext *context, const Node &node) {
  aten::Provenance provenance;
  provenance.name = node.name;
  for (const ModuleScope &module : node.provenance.modules)
    provenance.modules.push_back({module.path, module.type});
  provenance.file = node.provenance.file;
  provenance.line = node.provenance.line;
  return aten::provenanceLoc(context, provenance);
}

LogicalResult GraphImporter::importNodes(GraphScope &scope, Block *block) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(block);
  for (const Node &node : scope.graph->nodes) {
    loc = nodeLocation(builder.getContext(), node);
    if (failed(importNode(scope, node)))
      return failure();
  }
  return success();
}

LogicalResult GraphImporter::importNode(GraphScope &scope, const Node &node) {
  switch (node.op.kind) {
  case OperatorTarget::Kind::Operator:
    return importOperator(scope, node);
  case OperatorTarget::Kind::HigherOrder:
    return importHigherOrder(scope, node);
  case OperatorTarget::Kind::Scalar:
    return importScalarNode(scope, node);
  }
  return failure();
}

/// Checks of the example run's facts; the program means the same without them.
static bool isAssertion(StringRef name) {
  return name.starts_with("aten::_assert") ||
         name.starts_with("aten::sym_constrain_range") ||
         name.starts_with("aten::_functional_assert") ||
         name.starts_with("aten::_functional_sym_constrain");
}

/// The schema's name of an operator. `x & y` exports as `__and__`, which is
/// `bitwise_and`.
static std::string schemaName(const OperatorTarget &op) {
  const StringRef usual = llvm::StringSwitch<StringRef>(op.op)
                              .Case("__and__", "bitwise_and")
                              .Case("__or__", "bitwise_or")
                              .Case("__xor__", "bitwise_xor")
                              .Case("__lshift__", "bitwise_left_shift")
                              .Case("__rshift__", "bitwise_right_shift")
                              .Case("__iand__", "bitwise_and_")
                              .Case("__ior__", "bitwise_or_")
                              .Case("__ixor__", "bitwise_xor_")
                              .Default(op.op);
  std::string name = op.ns + "::" + usual.str();
  if (op.overload != "default")
    name += "." + op.overload;
  return name;
}

/// `relu_` is `relu` in place, `pow_.Tensor` is `pow.Tensor_Tensor`, and
/// `floor_divide_.Tensor` is `floor_divide`. Empty if there is none.
static std::string functionalName(StringRef inPlaceName) {
  auto [op, overload] = inPlaceName.split('.');
  const std::string name = op.rtrim('_').str();
  const std::string suffix = overload.empty() ? "" : "." + overload.str();
  for (const std::string &candidate :
       {name + suffix, name + suffix + "_Tensor", name})
    if (aten::lookupSchema(candidate))
      return candidate;
  return "";
}

LogicalResult GraphImporter::importOperator(GraphScope &scope,
                                            const Node &node) {
  std::string name = schemaName(node.op);
  if (isAssertion(name))
    return success();
  if (name == "aten::sym_size.int")
    return importSize(scope, node);
  const aten::Schema *schema = aten::lookupSchema(name);
  if (schema &&
      llvm::any_of(schema->arguments, [](const aten::SchemaArgument &argument) {
        return argument.isWritten;
      }))
    return importInPlace(scope, node, *schema, name);
  if (node.outputs.empty()) {
    emitWarning(loc) << "dropped " << name << ", which has no result";
    return success();
  }
  auto arguments = convertArguments(scope, node, schema);
  auto types = resultTypes(scope, node);
  if (failed(arguments) || failed(types))
    return failure();
  const TensorObject *viewed =
      schema ? viewedTensor(scope, node, *schema) : nullptr;
  if (failed(placeNumbers(scope, node, name, *arguments)))
    return failure();
  inferSizes(scope, node, name, *arguments);
  Operation *op = createOp(name, *arguments, *types);
  return op ? bindResults(scope, node, op, viewed) : failure();
}

Operation *GraphImporter::createOp(StringRef name,
                                   ArrayRef<aten::OperatorArgument> arguments,
                                   TypeRange results) {
  if (aten::lookupSchema(name)) {
    // Checked at once: what follows relies on attributes of the right kinds and
    // on dimensions that exist.
    Operation *op =
        aten::createOperator(builder, loc, name, arguments, results);
    return op && succeeded(verify(op)) ? op : nullptr;
  }
  // An operator of somebody's own, or newer than the table: taken as it is.
  SmallVector<Value> operands, symbols;
  SmallVector<StringRef> tensors;
  SmallVector<int32_t> segments;
  NamedAttrList attributes;
  for (const aten::OperatorArgument &argument : arguments) {
    llvm::append_range(symbols, argument.symbols);
    if (argument.attribute)
      attributes.set(argument.name, argument.attribute);
    if (argument.tensors.empty())
      continue;
    tensors.push_back(argument.name);
    segments.push_back(argument.tensors.size());
    llvm::append_range(operands, argument.tensors);
  }
  segments.push_back(symbols.size());
  llvm::append_range(operands, symbols);
  auto op = aten::OperatorOp::create(
      builder, loc, results, builder.getStringAttr(name), operands,
      builder.getStrArrayAttr(tensors), builder.getDenseI32ArrayAttr(segments),
      attributes.getDictionary(builder.getContext()));
  op->setAttr("aten.unlisted", builder.getUnitAttr());
  return op;
}

LogicalResult GraphImporter::importSize(GraphScope &scope, const Node &node) {
  const Argument *self = node.findInput("self");
  const Argument *dimension = node.findInput("dim");
  const auto *tensor = self ? self->as<TensorArgument>() : nullptr;
  const int64_t *dim = dimension ? dimension->as<int64_t>() : nullptr;
  const auto outputs = flatOutputs(node);
  if (!tensor || !dim || outputs.size() != 1)
    return emitError(loc) << "expected a tensor and a dimension";
  FailureOr<Value> value = lookupTensor(scope, tensor->name);
  if (failed(value))
    return failure();
  auto type = dyn_cast<RankedTensorType>(value->getType());
  const int64_t index = type && *dim < 0 ? *dim + type.getRank() : *dim;
  if (!type || index < 0 || index >= type.getRank())
    return emitError(loc) << "expected a dimension of '" << tensor->name
                          << "', but got " << *dim;
  Binding &result = scope.bindings[outputs[0].first];
  if (type.isDynamicDim(index))
    result.scalar = aten::SymSizeOp::create(builder, loc, builder.getI64Type(),
                                            *value, index)
                        .getResult();
  else
    result.scalar = builder.getI64IntegerAttr(type.getDimSize(index));
  return success();
}

//===----------------------------------------------------------------------===//
// In place
//===----------------------------------------------------------------------===//

/// In-place operators that change how the tensor views its memory, not what is
/// in it.
static bool changesViewOnly(StringRef op) {
  return llvm::StringSwitch<bool>(op)
      .Cases("t_", "transpose_", "squeeze_", "unsqueeze_", "swapaxes_",
             "swapdims_", "as_strided_", true)
      .Cases("detach_", "requires_grad_", true)
      .Default(false);
}

LogicalResult GraphImporter::importInPlace(GraphScope &scope, const Node &node,
                                           const aten::Schema &schema,
                                           StringRef inPlaceName) {
  // Every written argument is a tensor object.
  SmallVector<TensorObject *> written;
  for (const aten::SchemaArgument &argument : schema.arguments) {
    if (!argument.isWritten)
      continue;
    const Argument *given = node.findInput(argument.name);
    const auto *tensor = given ? given->as<TensorArgument>() : nullptr;
    FailureOr<Binding> binding =
        tensor ? lookup(scope, tensor->name) : FailureOr<Binding>(failure());
    if (failed(binding) || !binding->tensor)
      return emitError(loc) << "expected a tensor for '" << argument.name
                            << "', which " << inPlaceName << " writes to";
    written.push_back(binding->tensor);
  }
  const auto outputs = flatOutputs(node);
  if (written.size() != 1 || outputs.size() > 1 ||
      (!outputs.empty() && !outputs[0].second.is<TensorArgument>()))
    return emitError(loc)
           << "expected an operator that writes to one tensor and returns it, "
              "but got "
           << inPlaceName << "; run_decompositions() makes it functional";
  TensorObject &self = *written[0];
  for (const auto &[resultName, output] : outputs)
    scope.bindings[resultName].tensor = &self;
  if (node.op.op == "detach_" || node.op.op == "requires_grad_")
    return success();

  std::string name = functionalName(inPlaceName);
  // Without a functional form the op stands for the value it leaves in self.
  if (name.empty())
    name = inPlaceName.str();
  const aten::Schema *functional = aten::lookupSchema(name);
  auto arguments = convertArguments(scope, node, functional);
  if (failed(arguments))
    return failure();
  // dropout_ calls self what dropout calls input.
  for (aten::OperatorArgument &argument : *arguments)
    if (argument.name == "self" && !functional->find("self"))
      argument.name = functional->arguments.front().name;
  auto type =
      cast<RankedTensorType>(functionalizer.read(builder, self).getType());
  if (changesViewOnly(node.op.op)) {
    auto types = resultTypes(scope, node);
    if (failed(types) || types->size() != 1)
      return emitError(loc) << "expected the result of " << inPlaceName;
    Operation *op = createOp(name, *arguments, *types);
    if (!op)
      return failure();
    functionalizer.changeView(self, op);
    return success();
  }
  if (failed(placeNumbers(scope, node, name, *arguments)))
    return failure();
  // A whole tensor of the same type written: that is the new value.
  if (name == "aten::copy")
    for (const aten::OperatorArgument &argument : *arguments)
      if (argument.name == "src" && argument.tensors.size() == 1 &&
          argument.tensors[0].getType() == type)
        return functionalizer.write(builder, loc, self, argument.tensors[0]);
  Operation *op = createOp(name, *arguments, type);
  return op ? functionalizer.write(builder, loc, self, op->getResult(0))
            : failure();
}
