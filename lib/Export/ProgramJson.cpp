#include "ProgramJson.h"

#include <charconv>
#include <cmath>

#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace pt2e;

//===----------------------------------------------------------------------===//
// Numbers and expressions
//===----------------------------------------------------------------------===//

/// Always with a point or an exponent: Python reads `1` as an integer.
static void writeFloat(double value, json::OStream &json) {
  if (!std::isfinite(value)) {
    json.value(std::isnan(value) ? "NaN"
               : value < 0       ? "-Infinity"
                                 : "Infinity");
    return;
  }
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof(text), value);
  std::string shortest(text, end);
  if (shortest.find_first_of(".e") == std::string::npos)
    shortest += ".0";
  json.rawValue(shortest);
}

std::string pt2e::srepr(const SymbolicExpr &expr) {
  using Kind = SymbolicExpr::Kind;
  const auto call = [&](StringRef function) {
    std::string text = (function + "(").str();
    for (const auto &[index, operand] : enumerate(expr.operands()))
      text += (index ? ", " : "") + srepr(operand);
    return text + ")";
  };
  switch (expr.kind()) {
  case Kind::Integer:
    return "Integer(" + std::to_string(expr.value()) + ")";
  case Kind::Symbol: {
    const bool isUnbacked = expr.name().starts_with("u");
    return ("Symbol('" + expr.name() +
            (isUnbacked ? "', integer=True)"
                        : "', positive=True, integer=True)"))
        .str();
  }
  case Kind::Add:
    return call("Add");
  case Kind::Mul:
    return call("Mul");
  case Kind::Pow:
    return call("Pow");
  case Kind::FloorDiv:
    return call("FloorDiv");
  case Kind::Mod:
    return call("PythonMod");
  case Kind::Max:
    return call("Max");
  case Kind::Min:
    return call("Min");
  default:
    llvm_unreachable("an expression that the export does not make");
  }
}

static void writeSymInt(const SymInt &value, json::OStream &json) {
  json.object([&] {
    if (value.isStatic()) {
      json.attribute("as_int", value.value);
      return;
    }
    json.attributeObject("as_expr", [&] {
      json.attribute("expr_str", srepr(value.expr));
      if (value.hint)
        json.attributeObject("hint",
                             [&] { json.attribute("as_int", *value.hint); });
      else
        json.attribute("hint", nullptr);
    });
  });
}

void pt2e::writeTensorMeta(const TensorMeta &meta, json::OStream &json) {
  json.object([&] {
    json.attribute("dtype", int64_t(meta.dtype));
    json.attributeArray("sizes", [&] {
      for (const SymInt &size : meta.sizes)
        writeSymInt(size, json);
    });
    json.attribute("requires_grad", meta.requiresGrad);
    json.attributeObject("device", [&] {
      json.attribute("type", "cpu");
      json.attribute("index", nullptr);
    });
    json.attributeArray("strides", [&] {
      for (const SymInt &stride : meta.strides)
        writeSymInt(stride, json);
    });
    json.attributeBegin("storage_offset");
    writeSymInt(meta.storageOffset, json);
    json.attributeEnd();
    json.attribute("layout", int64_t(meta.layout));
  });
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

namespace {
class GraphWriter {
public:
  explicit GraphWriter(json::OStream &json) : json(json) {}

  void graph(const Graph &graph);
  void argument(const Argument &argument);

private:
  void node(const Node &node);
  void metadata(const Provenance &provenance);
  void tensor(const TensorArgument &tensor) {
    json.object([&] { json.attribute("name", tensor.name); });
  }
  void optionalTensor(const OptionalTensorArgument &tensor) {
    json.object([&] {
      if (tensor.isNone())
        json.attribute("as_none", true);
      else
        json.attributeObject("as_tensor",
                             [&] { json.attribute("name", tensor.name); });
    });
  }
  template <typename T>
  void scalar(const ScalarArgument<T> &scalar, StringRef constantTag) {
    json.object([&] {
      if (scalar.isName()) {
        json.attribute("as_name", scalar.name);
        return;
      }
      json.attributeBegin(constantTag);
      constant(scalar.value);
      json.attributeEnd();
    });
  }
  void constant(int64_t value) { json.value(value); }
  void constant(double value) { writeFloat(value, json); }
  void constant(bool value) { json.value(value); }
  void constant(const std::string &value) { json.value(json::fixUTF8(value)); }
  void constant(ScalarType value) { json.value(int64_t(value)); }
  void constant(MemoryFormat value) { json.value(int64_t(value)); }
  template <typename T>
  void constant(const std::vector<T> &values) {
    json.array([&] {
      for (const T &value : values)
        constant(value);
    });
  }

  json::OStream &json;
};
} // namespace

void GraphWriter::argument(const Argument &argument) {
  json.object([&] {
    json.attributeBegin(argument.tag());
    std::visit(
        [&](const auto &value) {
          using T = std::decay_t<decltype(value)>;
          if constexpr (std::is_same_v<T, NoneArgument>)
            json.value(true);
          else if constexpr (std::is_same_v<T, TensorArgument>)
            tensor(value);
          else if constexpr (std::is_same_v<T, Argument::TensorList>)
            json.array([&] { for_each(value, [&](auto &t) { tensor(t); }); });
          else if constexpr (std::is_same_v<
                                 T, std::vector<OptionalTensorArgument>>)
            json.array(
                [&] { for_each(value, [&](auto &t) { optionalTensor(t); }); });
          else if constexpr (std::is_same_v<T, SymIntArgument>)
            scalar(value, "as_int");
          else if constexpr (std::is_same_v<T, SymFloatArgument>)
            scalar(value, "as_float");
          else if constexpr (std::is_same_v<T, SymBoolArgument>)
            scalar(value, "as_bool");
          else if constexpr (std::is_same_v<T, std::vector<SymIntArgument>>)
            json.array([&] {
              for_each(value, [&](auto &s) { scalar(s, "as_int"); });
            });
          else if constexpr (std::is_same_v<T, GraphArgument>)
            json.object([&] {
              json.attribute("name", value.name);
              json.attributeBegin("graph");
              graph(*value.graph);
              json.attributeEnd();
            });
          else if constexpr (std::is_same_v<T, int64_t> ||
                             std::is_same_v<T, double> ||
                             std::is_same_v<T, bool> ||
                             std::is_same_v<T, std::string> ||
                             std::is_same_v<T, ScalarType> ||
                             std::is_same_v<T, MemoryFormat> ||
                             std::is_same_v<T, std::vector<int64_t>> ||
                             std::is_same_v<T, std::vector<double>> ||
                             std::is_same_v<T, std::vector<bool>> ||
                             std::is_same_v<T, std::vector<std::string>> ||
                             std::is_same_v<
                                 T, std::vector<std::vector<int64_t>>> ||
                             std::is_same_v<T,
                                            std::vector<std::vector<double>>>)
            constant(value);
          else
            llvm_unreachable("an argument that the export does not make");
        },
        argument.value);
    json.attributeEnd();
  });
}

//===----------------------------------------------------------------------===//
// Graph
//===----------------------------------------------------------------------===//

void GraphWriter::metadata(const Provenance &provenance) {
  if (!provenance.file.empty())
    json.attribute("stack_trace",
                   json::fixUTF8("File \"" + provenance.file + "\", line " +
                                 std::to_string(provenance.line) + ", in " +
                                 provenance.function));
  if (provenance.modules.empty())
    return;
  std::string stack;
  for (const ModuleScope &module : provenance.modules) {
    std::string key = "L__self__" + module.path;
    llvm::replace(key, '.', '_');
    stack += (stack.empty() ? "" : ";") + key + "," + module.path + "," +
             module.type;
  }
  json.attribute("nn_module_stack", json::fixUTF8(stack));
}

void GraphWriter::node(const Node &node) {
  json.object([&] {
    json.attribute("target", node.target);
    json.attributeArray("inputs", [&] {
      for (const NamedArgument &input : node.inputs)
        json.object([&] {
          json.attribute("name", input.name);
          json.attributeBegin("arg");
          argument(input.arg);
          json.attributeEnd();
          json.attribute("kind", int64_t(input.kind));
        });
    });
    json.attributeArray("outputs", [&] {
      for (const Argument &output : node.outputs)
        argument(output);
    });
    json.attributeObject("metadata", [&] { metadata(node.provenance); });
    if (node.op.kind == OperatorTarget::Kind::HigherOrder)
      json.attribute("is_hop_single_tensor_return", false);
    else
      json.attribute("is_hop_single_tensor_return", nullptr);
    json.attribute("name", node.name);
  });
}

template <typename T, typename Write>
static void writeMap(json::OStream &json, StringRef key,
                     const StringMap<T> &map, Write write) {
  std::vector<StringRef> names;
  for (const auto &entry : map)
    names.push_back(entry.first());
  llvm::sort(names);
  json.attributeObject(key, [&] {
    for (StringRef name : names) {
      json.attributeBegin(name);
      write(map.find(name)->second);
      json.attributeEnd();
    }
  });
}

void GraphWriter::graph(const Graph &graph) {
  json.object([&] {
    json.attributeArray("inputs", [&] {
      for (const Argument &input : graph.inputs)
        argument(input);
    });
    json.attributeArray("outputs", [&] {
      for (const Argument &output : graph.outputs)
        argument(output);
    });
    json.attributeArray("nodes", [&] {
      for (const Node &entry : graph.nodes)
        node(entry);
    });
    writeMap(json, "tensor_values", graph.tensorValues,
             [&](const TensorMeta &meta) { writeTensorMeta(meta, json); });
    writeMap(json, "sym_int_values", graph.symIntValues,
             [&](const SymInt &value) { writeSymInt(value, json); });
    // Only that they are there matters to a reader.
    writeMap(json, "sym_bool_values", graph.symBoolValues, [&](auto &) {
      json.object([&] { json.attribute("as_bool", true); });
    });
    json.attribute("is_single_tensor_return", graph.isSingleTensorReturn);
    json.attributeObject("custom_obj_values", [] {});
    writeMap(json, "sym_float_values", graph.symFloatValues, [&](auto &) {
      json.object([&] { json.attribute("as_float", 0.5); });
    });
  });
}

//===----------------------------------------------------------------------===//
// Program
//===----------------------------------------------------------------------===//

static void writeInput(const InputSpec &input, GraphWriter &writer,
                       json::OStream &json) {
  const auto weight = [&](StringRef tag, StringRef key) {
    json.attributeObject(tag, [&] {
      json.attributeObject("arg", [&] {
        json.attribute("name", input.arg.as<TensorArgument>()->name);
      });
      json.attribute(key, input.target);
      if (tag == "buffer")
        json.attribute("persistent", input.persistent);
    });
  };
  json.object([&] {
    switch (input.kind) {
    case InputSpec::Kind::Parameter:
      return weight("parameter", "parameter_name");
    case InputSpec::Kind::Buffer:
      return weight("buffer", "buffer_name");
    case InputSpec::Kind::TensorConstant:
      return weight("tensor_constant", "tensor_constant_name");
    case InputSpec::Kind::UserInput:
    case InputSpec::Kind::ConstantInput:
      json.attributeObject("user_input", [&] {
        json.attributeBegin("arg");
        writer.argument(input.arg);
        json.attributeEnd();
      });
    }
  });
}

static void writeOutput(const OutputSpec &output, GraphWriter &writer,
                        json::OStream &json) {
  const auto mutation = [&](StringRef tag, StringRef key) {
    json.attributeObject(tag, [&] {
      json.attributeObject("arg", [&] {
        json.attribute("name", output.arg.as<TensorArgument>()->name);
      });
      json.attribute(key, output.target);
    });
  };
  json.object([&] {
    switch (output.kind) {
    case OutputSpec::Kind::UserOutput:
      json.attributeObject("user_output", [&] {
        json.attributeBegin("arg");
        writer.argument(output.arg);
        json.attributeEnd();
      });
      return;
    case OutputSpec::Kind::BufferMutation:
      return mutation("buffer_mutation", "buffer_name");
    case OutputSpec::Kind::ParameterMutation:
      return mutation("parameter_mutation", "parameter_name");
    case OutputSpec::Kind::UserInputMutation:
      return mutation("user_input_mutation", "user_input_name");
    }
  });
}

static void writeRanges(const ExportedProgram &program, json::OStream &json) {
  const auto range = [&](const Interval &interval) {
    json.object([&] {
      json.attribute("min_val", interval.isBoundedBelow()
                                    ? json::Value(interval.lo)
                                    : json::Value(nullptr));
      json.attribute("max_val", interval.isBoundedAbove()
                                    ? json::Value(interval.hi)
                                    : json::Value(nullptr));
    });
  };
  writeMap(json, "range_constraints", program.symbolRanges, range);
}

void pt2e::writeProgramJson(const ExportedProgram &program,
                            const CallSignature &signature, raw_ostream &out) {
  json::OStream json(out);
  GraphWriter writer(json);
  json.object([&] {
    json.attributeObject("graph_module", [&] {
      json.attributeBegin("graph");
      writer.graph(program.graph);
      json.attributeEnd();
      json.attributeObject("signature", [&] {
        json.attributeArray("input_specs", [&] {
          for (const InputSpec &input : program.inputSpecs)
            writeInput(input, writer, json);
        });
        json.attributeArray("output_specs", [&] {
          for (const OutputSpec &output : program.outputSpecs)
            writeOutput(output, writer, json);
        });
      });
      json.attributeArray("module_call_graph", [&] {
        json.object([&] {
          json.attribute("fqn", "");
          json.attributeObject("signature", [&] {
            json.attributeArray("inputs", [] {});
            json.attributeArray("outputs", [] {});
            json.attribute("in_spec", signature.inputSpec);
            json.attribute("out_spec", signature.outputSpec);
            json.attributeArray("forward_arg_names", [&] {
              for (const std::string &name : signature.argumentNames)
                json.value(name);
            });
          });
        });
      });
      json.attributeObject("metadata", [] {});
      json.attributeObject("treespec_namedtuple_fields", [] {});
    });
    json.attributeObject("opset_version", [&] { json.attribute("aten", 10); });
    writeRanges(program, json);
    json.attributeObject("schema_version", [&] {
      json.attribute("major", program.schema.major);
      json.attribute("minor", program.schema.minor);
    });
    json.attributeArray("verifiers", [&] {
      for (const std::string &verifier : program.verifiers)
        json.value(verifier);
    });
    json.attribute("torch_version", program.torchVersion);
    json.attributeArray("guards_code", [] {});
  });
}
