// Programs and signatures from JSON.

#include "GraphCheck.h"
#include "GraphReader.h"
#include "TreeSpec.h"

using namespace llvm;

namespace pt2e {

namespace {

class ProgramReader : public GraphReader {
public:
  ProgramReader(JsonReader &in, ExportedProgram &program)
      : GraphReader(in), program(program) {}

  bool read();

  std::string inSpec, outSpec; ///< of the root module, "" if not there
  std::vector<std::string> argumentNames;
  FieldNames fields;

private:
  bool schemaVersion();
  bool rangeConstraints();
  bool graphModule();
  bool signature();
  bool inputSpec(InputSpec &spec);
  bool outputSpec(OutputSpec &spec);
  bool tensorSpec(Argument &argument, StringRef targetField,
                  std::string &target, bool *persistent = nullptr);
  bool userSpec(Argument &argument);
  bool constantInput(InputSpec &spec);
  bool moduleCallEntry();
  bool moduleCallSignature(std::string &inSpec, std::string &outSpec,
                           std::vector<std::string> &names);
  bool namedTupleFields();

  ExportedProgram &program;
};

bool ProgramReader::schemaVersion() {
  bool hasMajor = false;
  bool ok = in.object([&](StringRef key) {
    if (key == "major") {
      hasMajor = true;
      return in.integer(program.schema.major);
    }
    return key == "minor" ? in.integer(program.schema.minor) : in.skip();
  }) && require(hasMajor, "major");
  if (ok && program.schema.major != 8)
    return in.fail("expected schema version 8.x, but got " +
                   Twine(program.schema.major) + "." +
                   Twine(program.schema.minor) +
                   ": export again with PyTorch 2.6 or later");
  return ok;
}

bool ProgramReader::rangeConstraints() {
  return in.object([&](StringRef key) {
    std::optional<int64_t> min, max;
    bool ok = in.object([&](StringRef field) {
      if (field == "min_val")
        return optionalInteger(min);
      return field == "max_val" ? optionalInteger(max) : in.skip();
    });
    if (!ok)
      return false;
    Interval range;
    range.lo = min.value_or(Interval::kMin);
    range.hi = max.value_or(Interval::kMax);
    if (range.lo > range.hi)
      return in.fail("expected min_val <= max_val, but got [" +
                     Twine(range.lo) + ", " + Twine(range.hi) + "]");
    SymbolicExpr expr = SymbolicExpr::parseInfix(key);
    if (expr && expr.isSymbol())
      program.symbolRanges[expr.name()] = range;
    else if (expr)
      program.expressionRanges.emplace_back(std::move(expr), range);
    return true;
  });
}

//===----------------------------------------------------------------------===//
// Signature
//===----------------------------------------------------------------------===//

/// {arg: TensorArgument, <targetField>: name[, persistent: bool]}.
bool ProgramReader::tensorSpec(Argument &argument, StringRef targetField,
                               std::string &target, bool *persistent) {
  bool hasArgument = false, hasTarget = false, hasPersistent = !persistent;
  return in.object([&](StringRef key) {
    if (key == "arg") {
      hasArgument = true;
      return named(argument.value.emplace<TensorArgument>().name);
    }
    if (key == targetField) {
      hasTarget = true;
      return in.string(target);
    }
    if (key == "persistent" && persistent) {
      hasPersistent = true;
      return in.boolean(*persistent);
    }
    return in.skip();
  }) && require(hasArgument, "arg") &&
         require(hasTarget, targetField) &&
         require(hasPersistent, "persistent");
}

/// {name, value: a scalar}: the graph input at its place is that scalar.
bool ProgramReader::userSpec(Argument &arg) {
  bool hasArgument = false;
  return in.object([&](StringRef key) {
    if (key != "arg")
      return in.skip();
    hasArgument = true;
    return argument(arg);
  }) && require(hasArgument, "arg");
}

bool ProgramReader::constantInput(InputSpec &spec) {
  bool hasValue = false;
  return in.object([&](StringRef key) {
    if (key == "name")
      return in.string(spec.name);
    if (key != "value")
      return in.skip();
    hasValue = true;
    return unionOf([&](StringRef tag) {
      Argument::Value &value = spec.arg.value;
      if (tag == "as_none")
        return in.skip();
      if (tag == "as_int")
        return in.integer(value.emplace<int64_t>());
      if (tag == "as_float")
        return in.number(value.emplace<double>());
      if (tag == "as_bool")
        return in.boolean(value.emplace<bool>());
      if (tag == "as_string")
        return in.string(value.emplace<std::string>());
      return unknownTag(tag);
    });
  }) && require(hasValue, "value");
}

bool ProgramReader::inputSpec(InputSpec &spec) {
  using Kind = InputSpec::Kind;
  return unionOf([&](StringRef tag) {
    if (tag == "parameter") {
      spec.kind = Kind::Parameter;
      return tensorSpec(spec.arg, "parameter_name", spec.target);
    }
    if (tag == "buffer") {
      spec.kind = Kind::Buffer;
      return tensorSpec(spec.arg, "buffer_name", spec.target, &spec.persistent);
    }
    if (tag == "tensor_constant") {
      spec.kind = Kind::TensorConstant;
      return tensorSpec(spec.arg, "tensor_constant_name", spec.target);
    }
    if (tag == "constant_input") {
      spec.kind = Kind::ConstantInput;
      return constantInput(spec);
    }
    if (tag == "user_input") {
      spec.kind = Kind::UserInput;
      return userSpec(spec.arg);
    }
    if (tag == "custom_obj")
      return in.fail("objects of Python or C++ as inputs are not read");
    if (tag == "token")
      return in.fail("effect tokens as inputs are not read");
    return unknownTag(tag);
  });
}

bool ProgramReader::outputSpec(OutputSpec &spec) {
  using Kind = OutputSpec::Kind;
  return unionOf([&](StringRef tag) {
    if (tag == "user_output") {
      spec.kind = Kind::UserOutput;
      return userSpec(spec.arg);
    }
    if (tag == "buffer_mutation") {
      spec.kind = Kind::BufferMutation;
      return tensorSpec(spec.arg, "buffer_name", spec.target);
    }
    if (tag == "parameter_mutation") {
      spec.kind = Kind::ParameterMutation;
      return tensorSpec(spec.arg, "parameter_name", spec.target);
    }
    if (tag == "user_input_mutation") {
      spec.kind = Kind::UserInputMutation;
      return tensorSpec(spec.arg, "user_input_name", spec.target);
    }
    if (tag == "loss_output" || tag == "gradient_to_parameter" ||
        tag == "gradient_to_user_input")
      return in.fail("programs that train are not read: " + quoted(tag));
    if (tag == "token")
      return in.fail("effect tokens as outputs are not read");
    return unknownTag(tag);
  });
}

bool ProgramReader::signature() {
  bool hasInputs = false, hasOutputs = false;
  return in.object([&](StringRef key) {
    if (key == "input_specs") {
      hasInputs = true;
      return list(program.inputSpecs,
                  [&](InputSpec &spec) { return inputSpec(spec); });
    }
    if (key == "output_specs") {
      hasOutputs = true;
      return list(program.outputSpecs,
                  [&](OutputSpec &spec) { return outputSpec(spec); });
    }
    return in.skip();
  }) && require(hasInputs, "input_specs") &&
         require(hasOutputs, "output_specs");
}

//===----------------------------------------------------------------------===//
// Module call graph
//===----------------------------------------------------------------------===//

bool ProgramReader::moduleCallSignature(std::string &inSpec,
                                        std::string &outSpec,
                                        std::vector<std::string> &names) {
  return in.object([&](StringRef key) {
    if (key == "in_spec")
      return in.string(inSpec);
    if (key == "out_spec")
      return in.string(outSpec);
    if (key == "forward_arg_names")
      return in.null() || strings(names);
    return in.skip();
  });
}

/// The root module's entry has the names of inputs and outputs.
bool ProgramReader::moduleCallEntry() {
  std::string fqn, in_, out;
  std::vector<std::string> names;
  bool ok = in.object([&](StringRef key) {
    if (key == "fqn")
      return in.string(fqn);
    if (key == "signature")
      return in.null() || moduleCallSignature(in_, out, names);
    return in.skip();
  });
  if (ok && fqn.empty()) {
    inSpec = std::move(in_);
    outSpec = std::move(out);
    argumentNames = std::move(names);
  }
  return ok;
}

bool ProgramReader::namedTupleFields() {
  return in.object([&](StringRef type) {
    return in.object([&](StringRef key) {
      return key == "field_names" ? strings(fields[type]) : in.skip();
    });
  });
}

bool ProgramReader::graphModule() {
  bool hasGraph = false, hasSignature = false;
  return in.object([&](StringRef key) {
    if (key == "graph") {
      hasGraph = true;
      return graph(program.graph);
    }
    if (key == "signature") {
      hasSignature = true;
      return signature();
    }
    if (key == "module_call_graph")
      return in.array([&] { return moduleCallEntry(); });
    if (key == "treespec_namedtuple_fields")
      return in.null() || namedTupleFields();
    return in.skip();
  }) && require(hasGraph, "graph") &&
         require(hasSignature, "signature");
}

bool ProgramReader::read() {
  bool hasGraph = false, hasVersion = false;
  program.torchVersion = "<=2.4";
  return in.object([&](StringRef key) {
    if (key == "graph_module") {
      hasGraph = true;
      return graphModule();
    }
    if (key == "schema_version") {
      hasVersion = true;
      return schemaVersion();
    }
    if (key == "range_constraints")
      return rangeConstraints();
    if (key == "opset_version")
      return in.object([&](StringRef name) {
        return in.integer(program.opsetVersion[name]);
      });
    if (key == "verifiers")
      return strings(program.verifiers);
    if (key == "torch_version")
      return in.string(program.torchVersion);
    return in.skip();
  }) && require(hasGraph, "graph_module") &&
         require(hasVersion, "schema_version") && in.end();
}

/// Gives user inputs and outputs their names, where the leaves of the trees
/// agree with them in number.
Error nameInputsAndOutputs(ExportedProgram &program,
                           const ProgramReader &reader,
                           const std::string &context) {
  std::vector<InputSpec *> inputs;
  for (InputSpec &spec : program.inputSpecs)
    if (spec.kind == InputSpec::Kind::UserInput ||
        spec.kind == InputSpec::Kind::ConstantInput)
      inputs.push_back(&spec);
  std::vector<OutputSpec *> outputs;
  for (OutputSpec &spec : program.outputSpecs)
    if (spec.kind == OutputSpec::Kind::UserOutput)
      outputs.push_back(&spec);

  auto assign = [](auto &specs, std::vector<std::string> names) {
    if (specs.size() == names.size())
      for (auto [spec, name] : zip(specs, names))
        spec->name = std::move(name);
  };
  if (!reader.inSpec.empty()) {
    auto names = inputLeafNames(reader.inSpec, reader.argumentNames,
                                reader.fields, context + ": in_spec");
    if (!names)
      return names.takeError();
    assign(inputs, std::move(*names));
  }
  if (!reader.outSpec.empty()) {
    auto names =
        outputLeafNames(reader.outSpec, reader.fields, context + ": out_spec");
    if (!names)
      return names.takeError();
    assign(outputs, std::move(*names));
  }
  // Without a tree, the value's own name.
  for (InputSpec *spec : inputs)
    if (auto *tensor = spec->arg.as<TensorArgument>();
        tensor && spec->name.empty())
      spec->name = tensor->name;
  return Error::success();
}

} // namespace

Expected<ExportedProgram> parseExportedProgramJson(StringRef text,
                                                   std::string context) {
  if (text.size() > kMaxJsonBytes)
    return createStringError(inconvertibleErrorCode(),
                             context + ": more than " + Twine(kMaxJsonBytes) +
                                 " bytes of JSON");
  ExportedProgram program;
  JsonReader json(text, context);
  ProgramReader reader(json, program);
  if (!reader.read())
    return json.takeError();
  if (Error error = checkTargets(program.graph, context))
    return std::move(error);
  if (Error error = checkValues(program.graph, context))
    return std::move(error);
  if (Error error = checkSignature(program, context))
    return std::move(error);
  if (Error error = nameInputsAndOutputs(program, reader, context))
    return std::move(error);
  return program;
}

} // namespace pt2e
