#include "ProgramBuilder.h"

#include <map>

#include "Dimensions.h"
#include "GraphExporter.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Provenance.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace pt2e;

namespace {
class ProgramBuilder {
public:
  ProgramBuilder(ModuleOp module, func::FuncOp function)
      : module(module), function(function),
        graph(built.program.graph, dimensions) {}

  FailureOr<BuiltProgram> run();

private:
  void addWeight(Value value, StringRef name, ElementsAttr bytes,
                 InputSpec::Kind kind, bool isPersistent);
  LogicalResult addWeights();
  void addUserInputs();
  LogicalResult addOutputs();
  std::string weightName(StringRef wanted);

  ModuleOp module;
  func::FuncOp function;
  BuiltProgram built;
  Dimensions dimensions;
  GraphExporter graph;
  llvm::StringMap<std::string> bufferNames; ///< by symbol
  llvm::StringSet<> names;                  ///< of weights, and of modules
};
} // namespace

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

/// A path of attributes that PyTorch can set, and that no other weight has or
/// passes through.
std::string ProgramBuilder::weightName(StringRef wanted) {
  SmallVector<StringRef> parts;
  wanted.split(parts, '.', -1, /*KeepEmpty=*/false);
  SmallVector<std::string> clean;
  for (StringRef part : parts) {
    std::string name;
    for (char c : part)
      name += llvm::isAlnum(c) || c == '_' ? c : '_';
    clean.push_back(name);
  }
  if (clean.empty())
    clean.push_back("constant");
  const std::string stem = llvm::join(clean, ".");
  std::string name = stem;
  for (unsigned i = 1; names.contains(name); ++i)
    name = stem + "_" + std::to_string(i);
  // `a` is taken once there is `a.b`.
  for (size_t dot = name.size(); dot != std::string::npos;
       dot = dot ? name.rfind('.', dot - 1) : std::string::npos)
    names.insert(name.substr(0, dot));
  return name;
}

void ProgramBuilder::addWeight(Value value, StringRef wanted,
                               ElementsAttr bytes, InputSpec::Kind kind,
                               bool isPersistent) {
  InputSpec input;
  input.kind = kind;
  input.target = weightName(wanted);
  input.persistent = isPersistent;
  const StringRef prefix = kind == InputSpec::Kind::Parameter ? "p_"
                           : kind == InputSpec::Kind::Buffer  ? "b_"
                                                              : "c_";
  const std::string name = graph.bind(value, (prefix + input.target).str());
  if (kind == InputSpec::Kind::Parameter)
    built.program.graph.tensorValues[name].requiresGrad =
        isa<FloatType>(bytes.getElementType());
  graph.addInput(value);
  input.arg = built.program.graph.inputs.back();
  built.weights.push_back({input.target, kind, isPersistent, bytes});
  built.program.inputSpecs.push_back(std::move(input));
}

LogicalResult ProgramBuilder::addWeights() {
  std::map<std::pair<StringRef, const void *>, Value> known;
  WalkResult walked = function.walk([&](Operation *op) {
    if (auto parameter = dyn_cast<aten::ParameterOp>(op)) {
      if (!parameter->use_empty() &&
          llvm::all_of(parameter->getUses(),
                       [](OpOperand &use) { return bool(inlineNumber(use)); }))
        return WalkResult::advance();
      if (exportedType(parameter.getType().getElementType()) ==
          ScalarType::Unknown) {
        op->emitOpError("has no form in an exported PyTorch program: ")
            << "PyTorch has no tensors of "
            << parameter.getType().getElementType();
        return WalkResult::interrupt();
      }
      const StringRef role =
          op->hasAttrOfType<StringAttr>("aten.role")
              ? op->getAttrOfType<StringAttr>("aten.role").getValue()
              : "";
      const InputSpec::Kind kind = role == "constant"
                                       ? InputSpec::Kind::TensorConstant
                                   : role.empty() ? InputSpec::Kind::Parameter
                                                  : InputSpec::Kind::Buffer;
      addWeight(parameter, parameter.getName(), parameter.getValue(), kind,
                role != "non_persistent_buffer");
    } else if (auto read = dyn_cast<aten::ReadBufferOp>(op)) {
      auto buffer = SymbolTable::lookupNearestSymbolFrom<aten::BufferOp>(
          op, read.getBufferAttr());
      if (bufferNames.count(read.getBuffer())) {
        op->emitOpError("has no form in an exported PyTorch program: ")
            << "expected one read of the buffer";
        return WalkResult::interrupt();
      }
      auto role = buffer->getAttrOfType<StringAttr>("aten.role");
      addWeight(read, buffer.getName(), buffer.getInitial(),
                InputSpec::Kind::Buffer,
                !role || role.getValue() != "non_persistent_buffer");
      bufferNames[read.getBuffer()] = built.weights.back().name;
    }
    return WalkResult::advance();
  });
  if (walked.wasInterrupted())
    return failure();
  // State that is only written.
  for (auto write : function.getOps<aten::WriteBufferOp>())
    if (!bufferNames.count(write.getBuffer())) {
      return write.emitOpError("has no form in an exported PyTorch program: ")
             << "expected a read of the buffer, too";
    }
  return success();
}

void ProgramBuilder::addUserInputs() {
  std::vector<std::string> inputNames;
  for (BlockArgument argument : function.getArguments()) {
    auto name = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(),
                                                      "aten.name");
    InputSpec input;
    input.name =
        name ? name.str() : "arg" + std::to_string(argument.getArgNumber());
    dimensions.addInput(argument, function.getArgAttrOfType<ArrayAttr>(
                                      argument.getArgNumber(), "aten.dims"));
    graph.bind(argument, input.name);
    graph.addInput(argument);
    input.arg = built.program.graph.inputs.back();
    inputNames.push_back(input.name);
    built.program.inputSpecs.push_back(std::move(input));
  }
  built.signature.inputSpec =
      inputTreeSpec(inputNames, built.signature.argumentNames);
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

LogicalResult ProgramBuilder::addOutputs() {
  std::vector<OutputSpec> users;
  std::vector<OutputSpec> &specs = built.program.outputSpecs;
  // New values of state come first.
  for (auto write : function.getOps<aten::WriteBufferOp>()) {
    OutputSpec output;
    output.kind = OutputSpec::Kind::BufferMutation;
    output.arg = graph.argument(write.getValue());
    output.target = bufferNames.lookup(write.getBuffer());
    // A buffer written twice has the last value.
    llvm::erase_if(specs, [&](const OutputSpec &other) {
      return other.target == output.target;
    });
    specs.push_back(std::move(output));
  }
  std::vector<std::string> outputNames;
  Operation *end = function.getBody().front().getTerminator();
  for (auto [index, value] : llvm::enumerate(end->getOperands())) {
    OutputSpec output;
    output.arg = graph.argument(value);
    auto mutated =
        function.getResultAttrOfType<StringAttr>(index, "aten.mutated_input");
    if (mutated) {
      output.kind = OutputSpec::Kind::UserInputMutation;
      for (const InputSpec &input : built.program.inputSpecs)
        if (input.kind == InputSpec::Kind::UserInput &&
            input.name == mutated.getValue())
          output.target = input.arg.as<TensorArgument>()->name;
      specs.push_back(std::move(output));
      continue;
    }
    auto name = function.getResultAttrOfType<StringAttr>(index, "aten.name");
    outputNames.push_back(name ? name.str() : "");
    users.push_back(std::move(output));
  }
  llvm::append_range(specs, users);
  for (const OutputSpec &output : specs)
    built.program.graph.outputs.push_back(output.arg);
  built.signature.outputSpec = outputTreeSpec(outputNames);
  return success();
}

FailureOr<BuiltProgram> ProgramBuilder::run() {
  if (failed(addWeights()))
    return failure();
  addUserInputs();
  for (Operation &op : function.getBody().front())
    if (failed(graph.addNode(&op)))
      return failure();
  if (failed(addOutputs()))
    return failure();
  dimensions.completeRanges();
  ExportedProgram &program = built.program;
  program.symbolRanges = dimensions.ranges;
  program.schema = {8, 20};
  program.torchVersion = "2.15.0";
  // Functional, and in the operators of training.
  program.verifiers = {"TRAINING"};
  return std::move(built);
}

FailureOr<BuiltProgram> pt2e::buildProgram(ModuleOp module) {
  func::FuncOp program;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isPrivate())
      continue;
    if (program)
      return function.emitError("expected one public function, but got '")
             << program.getName() << "' and '" << function.getName() << "'";
    program = function;
  }
  if (!program || program.isDeclaration() ||
      !llvm::hasSingleElement(program.getBody()))
    return module.emitError("expected a public function of one block");
  return ProgramBuilder(module, program).run();
}
