#include "GraphImporter.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Provenance.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Verifier.h"
#include "pt2e/Import/ArchiveWeights.h"
#include "pt2e/Import/Import.h"

using namespace mlir;
using namespace pt2e;

namespace {
/// A weight of the program: the ops that read it, and its memory.
struct Weight {
  std::string fqn;
  SmallVector<aten::ParameterOp> parameters; ///< one for each name
  TensorObject *tensor = nullptr;
  Value finalValue; ///< set if the program writes to it
};

class ProgramImporter {
public:
  ProgramImporter(const ExportedProgram &program, const DimensionRanges &ranges,
                  MLIRContext *context)
      : program(program), ranges(ranges), builder(context),
        module(ModuleOp::create(NameLoc::get(builder.getStringAttr(
            program.fileName.empty() ? "program" : program.fileName)))),
        graphImporter(*module, ranges, functionalizer) {}

  OwningOpRef<ModuleOp> run();

private:
  LogicalResult importInputs();
  LogicalResult importWeight(const InputSpec &input, StringRef name);
  LogicalResult importUserInput(const InputSpec &input);
  LogicalResult importOutputs();
  LogicalResult makeBuffers();
  DictionaryAttr inputAttributes(const InputSpec &input);
  Location named(StringRef name) {
    return NameLoc::get(builder.getStringAttr(name));
  }

  const ExportedProgram &program;
  const DimensionRanges &ranges;
  OpBuilder builder;
  OwningOpRef<ModuleOp> module;
  Functionalizer functionalizer;
  GraphImporter graphImporter;
  PayloadConstants constants;
  func::FuncOp function;
  GraphScope scope{&program.graph, {}};
  std::map<PayloadConstants::Key, Weight> weights;
  llvm::StringMap<Weight *> weightByName;
  std::vector<std::pair<const InputSpec *, TensorObject *>> userTensors;
  SmallVector<Attribute> argumentAttributes;
};
} // namespace

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

/// The name of the value that an input or output of a graph is.
static StringRef valueName(const Argument &argument) {
  if (const auto *tensor = argument.as<TensorArgument>())
    return tensor->name;
  if (const auto *integer = argument.as<SymIntArgument>())
    return integer->name;
  if (const auto *real = argument.as<SymFloatArgument>())
    return real->name;
  if (const auto *condition = argument.as<SymBoolArgument>())
    return condition->name;
  return "";
}

/// What PyTorch calls a weight that is no parameter.
static StringRef roleOf(const InputSpec &input) {
  if (input.kind == InputSpec::Kind::TensorConstant)
    return "constant";
  if (input.kind == InputSpec::Kind::Buffer)
    return input.persistent ? "buffer" : "non_persistent_buffer";
  return "";
}

LogicalResult ProgramImporter::importWeight(const InputSpec &input,
                                            StringRef name) {
  const Location loc = named(input.target);
  const TensorPayload *payload = program.findPayload(input.target);
  if (!payload)
    return emitError(loc) << "expected the data of '" << input.target << "'";
  ElementsAttr value = constants.get(loc, input.target, *payload);
  if (!value)
    return failure();
  auto parameter = aten::ParameterOp::create(builder, loc, input.target, value);
  if (StringRef role = roleOf(input); !role.empty())
    parameter->setAttr("aten.role", builder.getStringAttr(role));
  nameArchive(parameter, program);
  Weight &weight = weights[PayloadConstants::key(*payload)];
  if (weight.fqn.empty()) {
    weight.fqn = input.target;
    weight.tensor = functionalizer.create(
        parameter, AliasedStorage::Kind::Weight, input.target);
    scope.bindings[name].tensor = weight.tensor;
  } else {
    // Tied: another name of the same memory. Only a program that writes to it
    // can tell the two apart; then both are one buffer.
    TensorObject *tied = functionalizer.create(parameter);
    tied->storage = weight.tensor->storage;
    scope.bindings[name].tensor = tied;
  }
  weight.parameters.push_back(parameter);
  weightByName[input.target] = &weight;
  return success();
}

DictionaryAttr ProgramImporter::inputAttributes(const InputSpec &input) {
  NamedAttrList attributes;
  attributes.set("aten.name", builder.getStringAttr(input.name));
  auto meta = program.graph.tensorValues.find(valueName(input.arg));
  if (meta == program.graph.tensorValues.end())
    return attributes.getDictionary(builder.getContext());
  SmallVector<Attribute> dims;
  bool isDynamic = false;
  for (auto [dim, size] : llvm::enumerate(meta->second.sizes)) {
    const Interval range = ranges.of(size);
    if (range.lo == range.hi) {
      dims.push_back(builder.getI64IntegerAttr(range.lo));
      continue;
    }
    isDynamic = true;
    std::string text = size.expr.str() + ":" + std::to_string(range.lo) + "..";
    if (range.isBoundedAbove())
      text += std::to_string(range.hi);
    else
      emitWarning(named(input.name))
          << "dimension " << dim << " of input '" << input.name
          << "' has no upper bound, so its memory cannot be planned; give one "
             "with --max-dim "
          << input.name << "[" << dim << "]=SIZE";
    dims.push_back(builder.getStringAttr(text));
  }
  if (isDynamic)
    attributes.set("aten.dims", builder.getArrayAttr(dims));
  return attributes.getDictionary(builder.getContext());
}

LogicalResult ProgramImporter::importUserInput(const InputSpec &input) {
  const StringRef name = valueName(input.arg);
  if (name.empty()) // a constant of the export
    return success();
  const Location loc = named(input.name);
  Type type = builder.getI64Type();
  if (input.arg.is<TensorArgument>()) {
    auto meta = program.graph.tensorValues.find(name);
    if (meta == program.graph.tensorValues.end())
      return emitError(loc) << "expected a type of '" << name << "'";
    type = ranges.tensorType(loc, meta->second);
    if (!type)
      return failure();
  } else if (input.arg.is<SymFloatArgument>()) {
    type = builder.getF64Type();
  } else if (input.arg.is<SymBoolArgument>()) {
    type = builder.getI1Type();
  }
  Value argument = function.getBody().front().addArgument(type, loc);
  argumentAttributes.push_back(inputAttributes(input));
  Binding &binding = scope.bindings[name];
  if (input.arg.is<TensorArgument>()) {
    binding.tensor = functionalizer.create(
        argument, AliasedStorage::Kind::UserInput, input.name);
    userTensors.push_back({&input, binding.tensor});
  } else {
    binding.scalar = argument;
  }
  return success();
}

LogicalResult ProgramImporter::importInputs() {
  for (const InputSpec &input : program.inputSpecs) {
    switch (input.kind) {
    case InputSpec::Kind::Parameter:
    case InputSpec::Kind::Buffer:
    case InputSpec::Kind::TensorConstant:
      if (failed(importWeight(input, valueName(input.arg))))
        return failure();
      break;
    case InputSpec::Kind::UserInput:
      if (failed(importUserInput(input)))
        return failure();
      break;
    case InputSpec::Kind::ConstantInput:
      break; // the graph was made for this value
    }
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Outputs and state
//===----------------------------------------------------------------------===//

LogicalResult ProgramImporter::importOutputs() {
  SmallVector<Value> results;
  SmallVector<Attribute> attributes;
  const auto addResult = [&](Value value, StringRef name, StringRef mutated) {
    results.push_back(value);
    NamedAttrList list;
    list.set("aten.name", builder.getStringAttr(name));
    if (!mutated.empty())
      list.set("aten.mutated_input", builder.getStringAttr(mutated));
    attributes.push_back(list.getDictionary(builder.getContext()));
  };
  std::vector<std::pair<StringRef, Value>> mutatedInputs;
  for (const OutputSpec &output : program.outputSpecs) {
    const Location loc = named(output.name.empty() ? "output" : output.name);
    FailureOr<Value> value = graphImporter.outputValue(scope, output.arg, loc);
    if (failed(value))
      return failure();
    switch (output.kind) {
    case OutputSpec::Kind::UserOutput:
      if (*value)
        addResult(*value, output.name.empty() ? "output" : output.name, "");
      break;
    case OutputSpec::Kind::BufferMutation:
    case OutputSpec::Kind::ParameterMutation: {
      auto weight = weightByName.find(output.target);
      if (weight == weightByName.end() || !*value)
        return emitError(loc) << "expected a weight of the program, but got '"
                              << output.target << "'";
      weight->second->finalValue = *value;
      break;
    }
    case OutputSpec::Kind::UserInputMutation:
      for (const auto &[input, tensor] : userTensors)
        if (valueName(input->arg) == output.target)
          mutatedInputs.push_back({input->name, *value});
      break;
    }
  }
  for (auto &[input, tensor] : userTensors)
    if (tensor->storage->isWritten())
      mutatedInputs.push_back({input->name, tensor->storage->value});
  for (const auto &[name, value] : mutatedInputs)
    addResult(value, name, name);
  for (auto &[key, weight] : weights)
    if (weight.tensor->storage->isWritten())
      weight.finalValue = weight.tensor->storage->value;

  func::ReturnOp::create(builder, builder.getUnknownLoc(), results);
  function.setFunctionType(
      builder.getFunctionType(function.getBody().front().getArgumentTypes(),
                              ValueRange(results).getTypes()));
  function.setArgAttrsAttr(builder.getArrayAttr(argumentAttributes));
  function.setResAttrsAttr(builder.getArrayAttr(attributes));
  return success();
}

/// Turns the parameters that the program writes to into buffers: read once at
/// the start, written once at the end.
LogicalResult ProgramImporter::makeBuffers() {
  SymbolTable symbols(*module);
  for (const InputSpec &input : program.inputSpecs) {
    auto found = weightByName.find(input.target);
    if (input.target.empty() || found == weightByName.end())
      continue;
    Weight &weight = *found->second;
    if (!weight.finalValue || weight.fqn != input.target)
      continue;
    const Location loc = named(weight.fqn);
    // Only the whole storage can be one buffer.
    const void *storage = program.findPayload(weight.fqn)->storage.get();
    for (const auto &[key, other] : weights)
      if (std::get<0>(key) == storage && &other != &weight)
        return emitError(loc)
               << "expected a buffer with memory of its own, but got '"
               << weight.fqn << "', which the program writes to and '"
               << other.fqn << "' shares";
    OpBuilder top = OpBuilder::atBlockBegin(module->getBody());
    auto buffer = aten::BufferOp::create(top, loc, weight.fqn, weight.fqn,
                                         weight.parameters[0].getValue());
    if (!input.persistent)
      buffer->setAttr("aten.role", builder.getStringAttr(roleOf(input)));
    nameArchive(buffer, program);
    // In the order of the program's inputs.
    buffer->moveBefore(function);
    symbols.insert(buffer);
    auto reference = FlatSymbolRefAttr::get(buffer);
    builder.setInsertionPointAfter(weight.parameters[0]);
    auto read = aten::ReadBufferOp::create(
        builder, loc, weight.parameters[0].getType(), reference);
    if (Operation *end = function.getBody().front().getTerminator()) {
      builder.setInsertionPoint(end);
      aten::WriteBufferOp::create(builder, loc, reference, weight.finalValue);
    }
    for (aten::ParameterOp parameter : weight.parameters)
      parameter->replaceAllUsesWith(ValueRange(read.getResult()));
  }
  return success();
}

OwningOpRef<ModuleOp> ProgramImporter::run() {
  builder.setInsertionPointToEnd(module->getBody());
  function = func::FuncOp::create(builder, module->getLoc(), "forward",
                                  builder.getFunctionType({}, {}));
  Block *block = function.addEntryBlock();
  builder.setInsertionPointToEnd(block);
  if (failed(importInputs()) ||
      failed(graphImporter.importNodes(scope, block)) ||
      failed(importOutputs()) || failed(makeBuffers()))
    return {};
  // Weights and views that nothing reads.
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(*block)))
    if (isOpTriviallyDead(&op))
      op.erase();
  if (failed(verify(*module)))
    return {};
  return std::move(module);
}

//===----------------------------------------------------------------------===//
// Entry points
//===----------------------------------------------------------------------===//

OwningOpRef<ModuleOp>
pt2e::importExportedProgram(const ExportedProgram &program,
                            MLIRContext *context,
                            const ImportOptions &options) {
  context->loadDialect<aten::AtenDialect, arith::ArithDialect,
                       func::FuncDialect>();
  llvm::Expected<DimensionRanges> ranges =
      DimensionRanges::make(program, options);
  if (!ranges) {
    emitError(UnknownLoc::get(context))
        << program.fileName << ": " << llvm::toString(ranges.takeError());
    return {};
  }
  return ProgramImporter(program, *ranges, context).run();
}

OwningOpRef<ModuleOp> pt2e::importPt2(StringRef fileName, MLIRContext *context,
                                      const ImportOptions &options) {
  llvm::Expected<ExportedProgram> program =
      readExportedProgram(fileName, options.model);
  if (!program) {
    emitError(UnknownLoc::get(context)) << llvm::toString(program.takeError());
    return {};
  }
  return importExportedProgram(*program, context, options);
}

LogicalResult pt2e::parseMaxDim(StringRef text, ImportOptions &options) {
  auto [name, size] = text.rsplit('=');
  int64_t value = 0;
  if (name.empty() || size.getAsInteger(10, value) || value <= 0)
    return failure();
  options.maxDims[name.str()] = value;
  return success();
}
