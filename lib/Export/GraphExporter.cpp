#include "GraphExporter.h"

#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Pt2e/Pt2e.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace pt2e;

using SchemaKind = aten::SchemaArgument::Kind;

/// Stands for an integer that run time computes.
static constexpr int64_t kSymbol = INT64_MIN;

//===----------------------------------------------------------------------===//
// Names and values
//===----------------------------------------------------------------------===//

std::string pt2e::identifier(StringRef wanted) {
  std::string name;
  for (char c : wanted)
    name += llvm::isAlnum(c) || c == '_' ? c : '_';
  if (name.empty() || llvm::isDigit(name[0]))
    name = "_" + name;
  return name;
}

std::string GraphExporter::bind(Value value, StringRef wanted) {
  const std::string stem = identifier(wanted);
  std::string name = stem;
  for (unsigned i = 1; !used.insert(name).second; ++i)
    name = stem + "_" + std::to_string(i);
  if (!value)
    return name;
  names[value] = name;
  const Type type = value.getType();
  if (isa<RankedTensorType>(type))
    graph.tensorValues[name] = dimensions.meta(value);
  else if (type.isInteger(1))
    graph.symBoolValues[name] = {};
  else if (isa<FloatType>(type))
    graph.symFloatValues[name] = {};
  else
    graph.symIntValues[name] = dimensions.scalar(value);
  return name;
}

Argument GraphExporter::argument(Value value) {
  if (auto constant = value.getDefiningOp<arith::ConstantOp>()) {
    if (auto integer = dyn_cast<IntegerAttr>(constant.getValue())) {
      if (integer.getType().isInteger(1))
        return {integer.getValue().getBoolValue()};
      return {integer.getInt()};
    }
    if (auto real = dyn_cast<FloatAttr>(constant.getValue()))
      return {real.getValueAsDouble()};
  }
  const std::string &name = names[value];
  if (isa<RankedTensorType>(value.getType()))
    return {TensorArgument{name}};
  if (value.getType().isInteger(1))
    return {SymBoolArgument{{name}}};
  if (isa<FloatType>(value.getType()))
    return {SymFloatArgument{{name}}};
  return {SymIntArgument{{name}}};
}

void GraphExporter::addInput(Value value) {
  graph.inputs.push_back(argument(value));
}

ElementsAttr pt2e::inlineNumber(OpOperand &operand) {
  auto parameter = operand.get().getDefiningOp<aten::ParameterOp>();
  Operation *user = operand.getOwner();
  if (!parameter || parameter.getType().getRank() != 0)
    return {};
  const Type element = parameter.getType().getElementType();
  const aten::Schema *schema = aten::lookupSchema(aten::schemaName(user));
  if (!schema || !isa<FloatType, IntegerType>(element))
    return {};
  // The import calls it `add.other`.
  auto [node, argument] = parameter.getName().rsplit('.');
  const aten::SchemaArgument *expected = schema->find(argument);
  if (node != aten::exportedName(user->getLoc()) || !expected ||
      expected->kind != SchemaKind::Tensor || expected->isList ||
      !isa_and_nonnull<DenseElementsAttr>(parameter.getValue()))
    return {};
  OperandRange given = aten::tensorArgument(user, argument);
  if (given.empty() ||
      given.getBeginOperandIndex() != operand.getOperandNumber())
    return {};
  return parameter.getValue();
}

/// A 0-d constant as a number.
static Argument numberArgument(ElementsAttr value) {
  auto dense = cast<DenseElementsAttr>(value);
  const Type element = dense.getElementType();
  if (isa<FloatType>(element)) {
    APFloat real = *dense.value_begin<APFloat>();
    return {real.convertToDouble()};
  }
  if (element.isInteger(1))
    return {*dense.value_begin<bool>()};
  const APInt integer = *dense.value_begin<APInt>();
  return {element.isUnsignedInteger() ? int64_t(integer.getZExtValue())
                                      : integer.getSExtValue()};
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

Node GraphExporter::startNode(Operation *op, const Twine &target) {
  Node node;
  node.target = target.str();
  if (auto parts = OperatorTarget::parse(node.target))
    node.op = *parts;
  const aten::Provenance provenance = aten::getProvenance(op->getLoc());
  for (const aten::ModuleEntry &module : provenance.modules)
    node.provenance.modules.push_back({module.path, module.type});
  node.provenance.file = provenance.file;
  node.provenance.line = provenance.line;
  node.provenance.function = "forward";
  node.name = provenance.name;
  if (node.name.empty())
    node.name = op->getName().stripDialect().split('.').first.str();
  return node;
}

// The name of a node need not be its own, those of its results must: ops that
// were made of one node keep its name.
void GraphExporter::finishNode(Operation *op, Node node, bool isListResult) {
  dimensions.addResults(op);
  if (op->getNumResults() == 1 && !isListResult) {
    bind(op->getResult(0), node.name);
    node.outputs.push_back(argument(op->getResult(0)));
  } else {
    const std::string stem = bind({}, node.name);
    Argument::TensorList list;
    for (auto [index, result] : llvm::enumerate(op->getResults())) {
      const std::string name = bind(result, stem + "_" + std::to_string(index));
      list.push_back({name});
      if (!isListResult)
        node.outputs.push_back(argument(result));
    }
    if (isListResult)
      node.outputs.push_back({std::move(list)});
  }
  graph.nodes.push_back(std::move(node));
}

LogicalResult GraphExporter::addNode(Operation *op) {
  if (isa<aten::ParameterOp, aten::ReadBufferOp, aten::WriteBufferOp,
          arith::ConstantOp, func::ReturnOp>(op))
    return success();
  if (auto size = dyn_cast<aten::SymSizeOp>(op)) {
    Node node = startNode(op, "torch.ops.aten.sym_size.int");
    using Kind = NamedArgument::Kind;
    node.inputs = {{"self", argument(size.getSelf()), Kind::Positional},
                   {"dim", {int64_t(size.getDim())}, Kind::Positional}};
    finishNode(op, std::move(node));
    return success();
  }
  if (isa<arith::ArithDialect>(op->getDialect()))
    return addScalar(op);
  if (const aten::Schema *schema = aten::lookupSchema(aten::schemaName(op)))
    return addOperator(op, *schema);
  if (isa<aten::OperatorOp>(op))
    return addUnlisted(op);
  return op->emitOpError("has no form in an exported PyTorch program");
}

/// `torch.ops.aten.add.Tensor` of "aten::add.Tensor".
static std::string targetOf(StringRef schemaName) {
  auto [ns, qualified] = schemaName.split("::");
  auto [op, overload] = qualified.split('.');
  return ("torch.ops." + ns + "." + op + "." +
          (overload.empty() ? "default" : overload))
      .str();
}

Argument GraphExporter::tensors(Operation *op,
                                const aten::SchemaArgument &expected) {
  OperandRange given = aten::tensorArgument(op, expected.name);
  if (!expected.isList) {
    if (given.empty())
      return {NoneArgument{}};
    OpOperand &operand = op->getOpOperand(given.getBeginOperandIndex());
    if (ElementsAttr number = inlineNumber(operand))
      return numberArgument(number);
    return argument(given[0]);
  }
  auto present = dyn_cast_or_null<DenseBoolArrayAttr>(
      aten::attributeArgument(op, expected.name));
  if (present) {
    std::vector<OptionalTensorArgument> list;
    auto next = given.begin();
    for (bool isPresent : present.asArrayRef())
      list.push_back({isPresent ? names[*next++] : ""});
    return {std::move(list)};
  }
  if (given.empty() && expected.isOptional && expected.defaultText)
    return {NoneArgument{}};
  Argument::TensorList list;
  for (Value tensor : given)
    list.push_back({names[tensor]});
  return {std::move(list)};
}

FailureOr<Argument> GraphExporter::constant(Operation *op, Attribute value,
                                            StringRef name,
                                            OperandRange &symbols) {
  const auto takeSymbol = [&]() -> Value {
    Value symbol = symbols.front();
    symbols = symbols.drop_front();
    return symbol;
  };
  if (!value)
    return Argument{NoneArgument{}};
  if (auto integer = dyn_cast<IntegerAttr>(value)) {
    if (integer.getType().isInteger(1))
      return Argument{integer.getValue().getBoolValue()};
    if (integer.getInt() == kSymbol && !symbols.empty())
      return argument(takeSymbol());
    return Argument{integer.getInt()};
  }
  if (auto real = dyn_cast<FloatAttr>(value))
    return Argument{real.getValueAsDouble()};
  if (auto text = dyn_cast<StringAttr>(value))
    return Argument{text.getValue().str()};
  if (auto type = dyn_cast<TypeAttr>(value))
    if (ScalarType dtype = exportedType(type.getValue());
        dtype != ScalarType::Unknown)
      return Argument{dtype};
  if (auto list = dyn_cast<DenseI64ArrayAttr>(value)) {
    if (!llvm::is_contained(list.asArrayRef(), kSymbol) || symbols.empty())
      return Argument{std::vector<int64_t>(list.asArrayRef())};
    std::vector<SymIntArgument> items;
    for (int64_t item : list.asArrayRef()) {
      SymIntArgument &next = items.emplace_back();
      next.value = item;
      if (item != kSymbol)
        continue;
      const Argument symbol = argument(takeSymbol());
      if (const auto *known = symbol.as<int64_t>())
        next.value = *known;
      else
        next = *symbol.as<SymIntArgument>();
    }
    return Argument{std::move(items)};
  }
  if (auto list = dyn_cast<DenseF64ArrayAttr>(value))
    return Argument{std::vector<double>(list.asArrayRef())};
  if (auto list = dyn_cast<DenseBoolArrayAttr>(value))
    return Argument{
        std::vector<bool>(list.asArrayRef().begin(), list.asArrayRef().end())};
  if (auto list = dyn_cast<ArrayAttr>(value)) {
    std::vector<std::string> texts;
    std::vector<int64_t> integers;
    std::vector<double> reals;
    std::vector<std::vector<int64_t>> integerLists;
    std::vector<std::vector<double>> realLists;
    for (Attribute item : list) {
      if (auto text = dyn_cast<StringAttr>(item))
        texts.push_back(text.getValue().str());
      else if (auto integer = dyn_cast<IntegerAttr>(item))
        integers.push_back(integer.getInt());
      else if (auto real = dyn_cast<FloatAttr>(item))
        reals.push_back(real.getValueAsDouble());
      else if (auto nested = dyn_cast<DenseI64ArrayAttr>(item))
        integerLists.emplace_back(nested.asArrayRef());
      else if (auto nested = dyn_cast<DenseF64ArrayAttr>(item))
        realLists.emplace_back(nested.asArrayRef());
    }
    if (texts.size() == list.size() && !texts.empty())
      return Argument{std::move(texts)};
    if (reals.size() == list.size() && !reals.empty())
      return Argument{std::move(reals)};
    if (integerLists.size() == list.size() && !integerLists.empty())
      return Argument{std::move(integerLists)};
    if (realLists.size() == list.size() && !realLists.empty())
      return Argument{std::move(realLists)};
    if (integers.size() == list.size())
      return Argument{std::move(integers)};
  }
  return op->emitOpError("has no form in an exported PyTorch program: ")
         << "expected an argument that PyTorch has, but got " << value
         << " for '" << name << "'";
}

LogicalResult GraphExporter::addOperator(Operation *op,
                                         const aten::Schema &schema) {
  Node node = startNode(op, targetOf(schema.name));
  OperandRange symbols = aten::symbolOperands(op);
  SmallVector<bool> isDefault;
  for (const aten::SchemaArgument &expected : schema.arguments) {
    NamedArgument given;
    given.name = expected.name;
    given.kind = expected.isKeywordOnly ? NamedArgument::Kind::Keyword
                                        : NamedArgument::Kind::Positional;
    if (expected.kind == SchemaKind::Tensor) {
      given.arg = tensors(op, expected);
      isDefault.push_back(given.arg.isNone() && expected.defaultText);
    } else {
      Attribute value = aten::attributeArgument(op, expected.name);
      FailureOr<Argument> argument =
          constant(op, value, expected.name, symbols);
      if (failed(argument))
        return failure();
      given.arg = std::move(*argument);
      // What the op has not because no value depends on it.
      if (!value && expected.kind == SchemaKind::Bool && !expected.isOptional)
        given.arg = {false};
      // Tensors are row-major here, and a view may rely on it.
      const bool isCopy = expected.name == "memory_format" &&
                          StringRef(schema.name) == "aten::clone";
      if (isCopy)
        given.arg = {MemoryFormat::Contiguous};
      isDefault.push_back(
          !isCopy &&
          (expected.kind == SchemaKind::Placement ||
           (expected.defaultText &&
            value == aten::defaultValue(op->getContext(), expected))));
    }
    node.inputs.push_back(std::move(given));
  }
  // Arguments may be left out from behind, keywords anywhere.
  bool isLast = true;
  for (size_t i = node.inputs.size(); i-- > 0;) {
    const bool isKeyword = schema.arguments[i].isKeywordOnly;
    if (isDefault[i] && (isKeyword || isLast))
      node.inputs.erase(node.inputs.begin() + i);
    else if (!isKeyword)
      isLast = false;
  }
  const bool isListResult =
      schema.returns.size() == 1 && schema.returns[0].isList;
  if (!isListResult && schema.returns.size() != op->getNumResults())
    return op->emitOpError("has no form in an exported PyTorch program: ")
           << "expected " << schema.returns.size() << " results";
  finishNode(op, std::move(node), isListResult);
  return success();
}

LogicalResult GraphExporter::addUnlisted(Operation *op) {
  auto generic = cast<aten::OperatorOp>(op);
  auto [ns, name] = generic.getName().split("::");
  if (ns == "higher_order")
    return addHigherOrder(op, name);
  if (ns == "_operator" || ns == "math" || ns == "torch") {
    addScalarNode(op, (ns + "." + name).str(), op->getOperands());
    return success();
  }
  OperandRange symbols = aten::symbolOperands(op);
  if (!symbols.empty())
    return op->emitOpError("has no form in an exported PyTorch program: ")
           << "the order of its arguments is not known";
  Node node = startNode(op, targetOf(generic.getName()));
  for (Attribute tensor : generic.getTensors()) {
    NamedArgument &given = node.inputs.emplace_back();
    given.name = cast<StringAttr>(tensor).str();
    OperandRange values = aten::tensorArgument(op, given.name);
    if (values.size() == 1) {
      given.arg = argument(values[0]);
    } else {
      Argument::TensorList list;
      for (Value value : values)
        list.push_back({names[value]});
      given.arg = {std::move(list)};
    }
  }
  for (NamedAttribute attribute : generic.getArguments()) {
    FailureOr<Argument> value =
        constant(op, attribute.getValue(), attribute.getName(), symbols);
    if (failed(value))
      return failure();
    node.inputs.push_back({attribute.getName().str(), std::move(*value), {}});
  }
  finishNode(op, std::move(node));
  return success();
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

FailureOr<GraphArgument> GraphExporter::nestedGraph(Operation *op,
                                                    func::FuncOp function,
                                                    ValueRange operands) {
  auto nested = std::make_shared<Graph>();
  GraphExporter builder(*nested, dimensions);
  builder.depth = depth + 1;
  Block &block = function.getBody().front();
  if (block.getNumArguments() != operands.size() || depth > 64)
    return op->emitOpError("has no form in an exported PyTorch program: ")
           << "expected " << operands.size() << " operands of "
           << function.getName();
  for (auto [argument, operand] :
       llvm::zip_equal(block.getArguments(), operands)) {
    dimensions.addOperand(argument, operand);
    StringRef name = aten::exportedName(argument.getLoc());
    builder.bind(argument, name.empty() ? "arg" : name);
    builder.addInput(argument);
  }
  for (Operation &inner : block) {
    auto parameter = dyn_cast<aten::ParameterOp>(inner);
    if (parameter && !llvm::all_of(parameter->getUses(), [](OpOperand &use) {
          return bool(inlineNumber(use));
        }))
      return parameter.emitOpError(
          "has no form in an exported PyTorch program inside a nested graph");
    if (failed(builder.addNode(&inner)))
      return failure();
  }
  for (Value result : block.getTerminator()->getOperands())
    nested->outputs.push_back(builder.argument(result));
  return GraphArgument{function.getName().str(), std::move(nested)};
}

LogicalResult GraphExporter::addHigherOrder(Operation *op, StringRef name) {
  auto generic = cast<aten::OperatorOp>(op);
  const auto refuse = [&](const Twine &why) {
    return op->emitOpError("has no form in an exported PyTorch program: ")
           << why;
  };
  const bool isLoop = name == "while_loop";
  if (name != "cond" && !isLoop)
    return refuse("its operands are not told apart");
  // (predicate, true graph, false graph, operands), and
  // (condition graph, body graph, carried, others).
  ValueRange operands = op->getOperands();
  Value predicate;
  if (!isLoop) {
    if (operands.empty())
      return refuse("expected a predicate");
    predicate = operands.front();
    operands = operands.drop_front();
  }
  std::optional<GraphArgument> first, second;
  for (NamedAttribute attribute : generic.getArguments()) {
    auto symbol = dyn_cast<SymbolRefAttr>(attribute.getValue());
    auto function =
        symbol ? SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(op, symbol)
               : func::FuncOp();
    if (!function)
      return refuse("expected graphs and operands only");
    FailureOr<GraphArgument> graph = nestedGraph(op, function, operands);
    if (failed(graph))
      return failure();
    graph->name = identifier(attribute.getName().getValue());
    const bool isFirst =
        attribute.getName().strref().contains(isLoop ? "cond" : "true");
    (isFirst ? first : second) = std::move(*graph);
  }
  if (!first || !second)
    return refuse("expected two graphs");
  if (isLoop) {
    const_cast<Graph &>(*first->graph).isSingleTensorReturn = true;
    if (operands.size() < op->getNumResults())
      return refuse("expected as many carried values as results");
  }
  Node node = startNode(op, "torch.ops.higher_order." + name);
  using Kind = NamedArgument::Kind;
  const auto add = [&](Argument argument) {
    node.inputs.push_back({"", std::move(argument), Kind::Positional});
  };
  const auto list = [&](ValueRange values) {
    Argument::TensorList tensors;
    for (Value value : values)
      tensors.push_back({names[value]});
    return Argument{std::move(tensors)};
  };
  if (predicate)
    add(argument(predicate));
  add({*first});
  add({*second});
  if (isLoop) {
    add(list(operands.take_front(op->getNumResults())));
    add(list(operands.drop_front(op->getNumResults())));
  } else {
    add(list(operands));
  }
  dimensions.addResults(op);
  bind({}, node.name);
  for (Value result : op->getResults()) {
    bind(result, "getitem");
    node.outputs.push_back(argument(result));
  }
  graph.nodes.push_back(std::move(node));
  return success();
}

//===----------------------------------------------------------------------===//
// Scalars
//===----------------------------------------------------------------------===//

void GraphExporter::addScalarNode(Operation *op, StringRef target,
                                  ValueRange operands) {
  Node node = startNode(op, target);
  static constexpr StringRef kNames[] = {"a", "b", "c"};
  const bool isUnary = operands.size() == 1;
  for (auto [index, operand] : llvm::enumerate(operands)) {
    Argument value = argument(operand);
    // Constants of scalar code are written as such.
    node.inputs.push_back({isUnary && target == "math.trunc"
                               ? "x"
                               : kNames[std::min<size_t>(index, 2)].str(),
                           std::move(value), NamedArgument::Kind::Positional});
  }
  finishNode(op, std::move(node));
}

LogicalResult GraphExporter::addScalar(Operation *op) {
  StringRef target =
      llvm::TypeSwitch<Operation *, StringRef>(op)
          .Case<arith::AddIOp, arith::AddFOp>(
              [](auto) { return "_operator.add"; })
          .Case<arith::SubIOp, arith::SubFOp>(
              [](auto) { return "_operator.sub"; })
          .Case<arith::MulIOp, arith::MulFOp>(
              [](auto) { return "_operator.mul"; })
          .Case([](arith::FloorDivSIOp) { return "_operator.floordiv"; })
          .Case([](arith::DivFOp) { return "_operator.truediv"; })
          .Case([](arith::MaxSIOp) { return "torch.sym_max"; })
          .Case([](arith::MinSIOp) { return "torch.sym_min"; })
          .Case([](arith::AndIOp) { return "_operator.and_"; })
          .Case([](arith::OrIOp) { return "_operator.or_"; })
          .Case([](arith::SelectOp) { return "torch.sym_ite"; })
          .Case([](arith::SIToFPOp) { return "torch.sym_float"; })
          .Case([](arith::FPToSIOp) { return "math.trunc"; })
          .Case([](arith::XOrIOp) { return "torch.sym_not"; })
          .Case([](arith::CmpIOp compare) -> StringRef {
            switch (compare.getPredicate()) {
            case arith::CmpIPredicate::eq:
              return "_operator.eq";
            case arith::CmpIPredicate::ne:
              return "_operator.ne";
            case arith::CmpIPredicate::slt:
              return "_operator.lt";
            case arith::CmpIPredicate::sle:
              return "_operator.le";
            case arith::CmpIPredicate::sgt:
              return "_operator.gt";
            case arith::CmpIPredicate::sge:
              return "_operator.ge";
            default:
              return "";
            }
          })
          .Default(StringRef());
  if (target.empty())
    return op->emitOpError("has no form in an exported PyTorch program");
  ValueRange operands = op->getOperands();
  if (isa<arith::XOrIOp>(op)) // not(a) is a ^ true
    operands = operands.take_front(1);
  addScalarNode(op, target, operands);
  return success();
}
