// Operators that take graphs: plain wrappers are inlined, the graphs of control
// flow become private functions.
#include "GraphImporter.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace pt2e;

/// Graphs nest in graphs at most so deep.
static constexpr unsigned kMaxDepth = 64;

/// Whether `node` only calls its graph: nothing else depends on the wrapper.
static bool isPlainWrapper(const Node &node) {
  if (node.op.op == "wrap_with_autocast") {
    // (device, dtype, enabled, cache, graph, operands...)
    const bool *enabled =
        node.inputs.size() > 2 ? node.inputs[2].arg.as<bool>() : nullptr;
    return enabled && !*enabled;
  }
  return llvm::StringSwitch<bool>(node.op.op)
      .Cases("wrap_with_set_grad_enabled", "hints_wrapper", "strict_mode",
             "invoke_subgraph", "wrap", true)
      .Default(false);
}

LogicalResult GraphImporter::importHigherOrder(GraphScope &scope,
                                               const Node &node) {
  // The operands after the first graph; everything else is configuration.
  SmallVector<const GraphArgument *> graphs;
  SmallVector<Binding> operands;
  aten::OperatorArgument values;
  values.name = "operands";
  SmallVector<aten::OperatorArgument> arguments;
  for (const auto &[index, input] : llvm::enumerate(node.inputs)) {
    if (const auto *graph = input.arg.as<GraphArgument>()) {
      graphs.push_back(graph);
      continue;
    }
    const auto addOperand = [&](StringRef name) -> LogicalResult {
      FailureOr<Binding> binding = lookup(scope, name);
      FailureOr<Value> value = lookupTensor(scope, name);
      if (failed(binding) || failed(value))
        return failure();
      operands.push_back(*binding);
      values.tensors.push_back(*value);
      return success();
    };
    LogicalResult added = success();
    if (const auto *tensor = input.arg.as<TensorArgument>()) {
      added = addOperand(tensor->name);
    } else if (const auto *list = input.arg.as<Argument::TensorList>()) {
      for (const TensorArgument &tensor : *list)
        if (succeeded(added))
          added = addOperand(tensor.name);
    } else if (const auto *integer = input.arg.as<SymIntArgument>();
               integer && integer->isName()) {
      added = addOperand(integer->name);
    } else if (const auto *condition = input.arg.as<SymBoolArgument>();
               condition && condition->isName()) {
      added = addOperand(condition->name);
    } else if (Attribute constant = convertConstant(input.arg, nullptr)) {
      arguments.push_back(
          {"argument" + std::to_string(index), {}, constant, {}});
    }
    if (failed(added))
      return failure();
  }
  if (isPlainWrapper(node) && graphs.size() == 1)
    return inlineGraph(scope, node, *graphs[0]->graph, operands);

  // Control flow. All operands are kept in order, the predicate of cond first.
  for (const GraphArgument *graph : graphs) {
    FailureOr<func::FuncOp> function =
        importNestedGraph(*graph->graph, graph->name);
    if (failed(function))
      return failure();
    arguments.push_back({graph->name, {}, SymbolRefAttr::get(*function), {}});
  }
  arguments.push_back(std::move(values));
  auto types = resultTypes(scope, node);
  if (failed(types))
    return failure();
  Operation *op = createOp("higher_order::" + node.op.op, arguments, *types);
  return op ? bindResults(scope, node, op, nullptr) : failure();
}

LogicalResult GraphImporter::inlineGraph(GraphScope &scope, const Node &node,
                                         const Graph &graph,
                                         ArrayRef<Binding> operands) {
  if (graph.inputs.size() > operands.size())
    return emitError(loc) << "expected " << graph.inputs.size()
                          << " operands of " << node.target << ", but got "
                          << operands.size();
  GraphScope nested{&graph, {}};
  // Operands come last.
  operands = operands.take_back(graph.inputs.size());
  for (const auto &[input, operand] : llvm::zip_equal(graph.inputs, operands)) {
    if (const auto *tensor = input.as<TensorArgument>())
      nested.bindings[tensor->name] = operand;
    else if (const auto *integer = input.as<SymIntArgument>())
      nested.bindings[integer->name] = operand;
    else if (const auto *condition = input.as<SymBoolArgument>())
      nested.bindings[condition->name] = operand;
  }
  if (++depth > kMaxDepth)
    return emitError(loc) << "expected at most " << kMaxDepth
                          << " nested graphs";
  const Location outer = loc;
  if (failed(importNodes(nested, builder.getInsertionBlock())))
    return failure();
  --depth;
  loc = outer;
  const std::vector<StringRef> results = node.resultNames();
  SmallVector<Argument> outputs;
  for (const Argument &output : graph.outputs) {
    if (const auto *list = output.as<Argument::TensorList>())
      for (const TensorArgument &tensor : *list)
        outputs.push_back(Argument{tensor});
    else if (!output.isNone())
      outputs.push_back(output);
  }
  if (results.size() != outputs.size())
    return emitError(loc) << "expected " << outputs.size() << " results of "
                          << node.target << ", but got " << results.size();
  for (const auto &[name, output] : llvm::zip_equal(results, outputs)) {
    StringRef inner;
    if (const auto *tensor = output.as<TensorArgument>())
      inner = tensor->name;
    else if (const auto *integer = output.as<SymIntArgument>())
      inner = integer->name;
    if (inner.empty()) {
      scope.bindings[name].scalar = convertConstant(output, nullptr);
      continue;
    }
    FailureOr<Binding> binding = lookup(nested, inner);
    if (failed(binding))
      return failure();
    scope.bindings[name] = *binding;
  }
  return success();
}

FailureOr<func::FuncOp> GraphImporter::importNestedGraph(const Graph &graph,
                                                         StringRef name) {
  if (++depth > kMaxDepth)
    return emitError(loc) << "expected at most " << kMaxDepth
                          << " nested graphs";
  const Location outer = loc;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(module.getBody());
  GraphScope nested{&graph, {}};
  SmallVector<Type> types;
  for (const Argument &input : graph.inputs) {
    Type type = builder.getI64Type();
    if (const auto *tensor = input.as<TensorArgument>()) {
      auto meta = graph.tensorValues.find(tensor->name);
      if (meta == graph.tensorValues.end())
        return emitError(loc) << "expected a type of '" << tensor->name << "'";
      type = ranges.tensorType(loc, meta->second);
      if (!type)
        return failure();
    } else if (input.is<SymBoolArgument>()) {
      type = builder.getI1Type();
    }
    types.push_back(type);
  }
  auto function = func::FuncOp::create(builder, loc, name,
                                       builder.getFunctionType(types, {}));
  function.setPrivate();
  SymbolTable(module).insert(function);
  Block *block = function.addEntryBlock();
  for (const auto &[input, argument] :
       llvm::zip_equal(graph.inputs, block->getArguments()))
    if (const auto *tensor = input.as<TensorArgument>())
      argument.setLoc(NameLoc::get(builder.getStringAttr(tensor->name)));
  for (const auto &[input, argument] :
       llvm::zip_equal(graph.inputs, block->getArguments())) {
    if (const auto *tensor = input.as<TensorArgument>())
      nested.bindings[tensor->name].tensor = functionalizer.create(
          argument, AliasedStorage::Kind::NestedOperand, tensor->name);
    else if (const auto *integer = input.as<SymIntArgument>())
      nested.bindings[integer->name].scalar = argument;
    else if (const auto *condition = input.as<SymBoolArgument>())
      nested.bindings[condition->name].scalar = argument;
  }
  if (failed(importNodes(nested, block)))
    return failure();
  --depth;
  builder.setInsertionPointToEnd(block);
  SmallVector<Value> results;
  const auto addResult = [&](const Argument &output) -> LogicalResult {
    FailureOr<Value> value = outputValue(nested, output, outer);
    if (succeeded(value) && *value)
      results.push_back(*value);
    return success(succeeded(value));
  };
  for (const Argument &output : graph.outputs) {
    if (const auto *list = output.as<Argument::TensorList>()) {
      for (const TensorArgument &tensor : *list)
        if (failed(addResult(Argument{tensor})))
          return failure();
    } else if (failed(addResult(output))) {
      return failure();
    }
  }
  func::ReturnOp::create(builder, outer, results);
  function.setFunctionType(
      builder.getFunctionType(types, ValueRange(results).getTypes()));
  loc = outer;
  return function;
}
