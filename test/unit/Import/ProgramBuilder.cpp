#include "ProgramBuilder.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/raw_ostream.h"

namespace pt2e {

namespace {
/// Bytes in memory.
class Zeros : public TensorStorage {
public:
  explicit Zeros(size_t size) : data(size, 0) {}
  uint64_t size() const override { return data.size(); }
  llvm::Expected<llvm::ArrayRef<uint8_t>> bytes() const override {
    return llvm::ArrayRef<uint8_t>(data);
  }
  llvm::StringRef name() const override { return "zeros"; }

private:
  std::vector<uint8_t> data;
};

GraphBuilder::Sizes rowMajor(const GraphBuilder::Sizes &sizes) {
  GraphBuilder::Sizes strides(sizes.size(), 1);
  for (size_t i = sizes.size(); i-- > 1;)
    strides[i - 1] = strides[i] * sizes[i];
  return strides;
}

std::vector<SymInt> known(const GraphBuilder::Sizes &values) {
  std::vector<SymInt> result(values.size());
  for (size_t i = 0; i < values.size(); ++i)
    result[i].value = values[i];
  return result;
}
} // namespace

Argument tensorArgument(const std::string &name) {
  return Argument{TensorArgument{name}};
}
Argument scalarArgument(int64_t value) { return Argument{value}; }
Argument scalarArgument(double value) { return Argument{value}; }
Argument listArgument(std::vector<int64_t> values) {
  return Argument{std::move(values)};
}
Argument symbolArgument(const std::string &name) {
  SymIntArgument argument;
  argument.name = name;
  return Argument{argument};
}

void GraphBuilder::tensor(const std::string &name, Sizes sizes, Sizes strides,
                          ScalarType dtype) {
  TensorMeta meta;
  meta.dtype = dtype;
  meta.sizes = known(sizes);
  meta.strides = known(strides.empty() ? rowMajor(sizes) : strides);
  graph.tensorValues[name] = meta;
}

void GraphBuilder::call(const std::string &target,
                        std::vector<std::pair<std::string, Argument>> arguments,
                        const std::string &result) {
  Node node;
  node.target = target;
  node.op = *OperatorTarget::parse(target);
  node.name = result;
  for (auto &[name, argument] : arguments)
    node.inputs.push_back({name, argument, NamedArgument::Kind::Positional});
  if (!result.empty())
    node.outputs.push_back(graph.symIntValues.count(result)
                               ? symbolArgument(result)
                               : tensorArgument(result));
  graph.nodes.push_back(std::move(node));
}

void ProgramBuilder::input(const std::string &name, Sizes sizes,
                           Sizes strides) {
  tensor(name, sizes, strides);
  graph.inputs.push_back(tensorArgument(name));
  InputSpec spec;
  spec.arg = tensorArgument(name);
  spec.name = name;
  program.inputSpecs.push_back(spec);
}

void ProgramBuilder::buffer(const std::string &name, Sizes sizes,
                            const std::string &like) {
  tensor(name, sizes);
  graph.inputs.push_back(tensorArgument(name));
  InputSpec spec;
  spec.kind = InputSpec::Kind::Buffer;
  spec.arg = tensorArgument(name);
  spec.target = name;
  program.inputSpecs.push_back(spec);
  TensorPayload payload;
  payload.dtype = ScalarType::Float32;
  payload.sizes = sizes;
  payload.strides = rowMajor(sizes);
  payload.storage = like.empty()
                        ? std::make_shared<Zeros>(4 * payload.numElements())
                        : program.payloads[like].storage;
  program.payloads[name] = payload;
}

void ProgramBuilder::output(const std::string &name) {
  graph.outputs.push_back(tensorArgument(name));
  OutputSpec spec;
  spec.arg = tensorArgument(name);
  program.outputSpecs.push_back(spec);
}

void ProgramBuilder::bufferMutation(const std::string &buffer,
                                    const std::string &value) {
  graph.outputs.push_back(tensorArgument(value));
  OutputSpec spec;
  spec.kind = OutputSpec::Kind::BufferMutation;
  spec.arg = tensorArgument(value);
  spec.target = buffer;
  program.outputSpecs.push_back(spec);
}

std::string ProgramBuilder::import(const ImportOptions &options) {
  program.graph = graph;
  mlir::MLIRContext context;
  std::string errors;
  mlir::ScopedDiagnosticHandler handler(
      &context, [&](mlir::Diagnostic &diagnostic) {
        errors += "error: " + diagnostic.str() + "\n";
        return mlir::success();
      });
  mlir::OwningOpRef<mlir::ModuleOp> module =
      importExportedProgram(program, &context, options);
  if (!module)
    return errors;
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->print(stream);
  return text;
}

} // namespace pt2e
