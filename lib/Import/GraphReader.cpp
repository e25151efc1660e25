#include "GraphReader.h"
#include "Provenance.h"

using namespace llvm;

namespace pt2e {

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

bool GraphReader::optionalTensor(OptionalTensorArgument &argument) {
  return unionOf([&](StringRef tag) {
    if (tag == "as_tensor")
      return named(argument.name);
    return tag == "as_none" ? in.skip() : unknownTag(tag);
  });
}

template <typename Scalar, typename Read>
bool GraphReader::scalar(StringRef constantTag, Scalar &argument, Read read) {
  return unionOf([&](StringRef tag) {
    if (tag == "as_name")
      return valueName(argument.name);
    return tag == constantTag ? read(argument.value) : unknownTag(tag);
  });
}

bool GraphReader::symInt(SymIntArgument &argument) {
  return scalar("as_int", argument,
                [&](int64_t &value) { return in.integer(value); });
}

bool GraphReader::symFloat(SymFloatArgument &argument) {
  return scalar("as_float", argument,
                [&](double &value) { return in.number(value); });
}

bool GraphReader::symBool(SymBoolArgument &argument) {
  return scalar("as_bool", argument,
                [&](bool &value) { return in.boolean(value); });
}

bool GraphReader::graphArgument(GraphArgument &argument) {
  auto inner = std::make_shared<Graph>();
  bool hasGraph = false;
  bool ok = in.object([&](StringRef key) {
    if (key == "name")
      return in.string(argument.name);
    if (key != "graph")
      return in.skip();
    hasGraph = true;
    if (++nesting > kMaxGraphNesting)
      return in.fail("graphs nested deeper than " + Twine(kMaxGraphNesting));
    bool ok = graph(*inner);
    --nesting;
    return ok;
  });
  argument.graph = std::move(inner);
  return ok && require(hasGraph, "graph");
}

bool GraphReader::complex(ComplexArgument &argument) {
  return in.object([&](StringRef key) {
    if (key == "real")
      return in.number(argument.real);
    return key == "imag" ? in.number(argument.imag) : in.skip();
  });
}

bool GraphReader::taggedArgument(StringRef tag, Argument &argument) {
  Argument::Value &value = argument.value;
  auto integer = [&](int64_t &v) { return in.integer(v); };
  auto number = [&](double &v) { return in.number(v); };
  auto tensors = [&](Argument::TensorList &v) {
    return list(v, [&](TensorArgument &t) { return tensor(t); });
  };
  auto booleans = [&](std::vector<bool> &v) {
    return in.array([&] {
      bool each = false;
      v.push_back(false);
      if (!in.boolean(each))
        return false;
      v.back() = each;
      return true;
    });
  };

  if (tag == "as_none")
    return in.skip();
  if (tag == "as_tensor")
    return tensor(value.emplace<TensorArgument>());
  if (tag == "as_tensors")
    return tensors(value.emplace<Argument::TensorList>());
  if (tag == "as_int")
    return in.integer(value.emplace<int64_t>());
  if (tag == "as_ints")
    return integers(value.emplace<std::vector<int64_t>>());
  if (tag == "as_float")
    return in.number(value.emplace<double>());
  if (tag == "as_floats")
    return list(value.emplace<std::vector<double>>(), number);
  if (tag == "as_bool")
    return in.boolean(value.emplace<bool>());
  if (tag == "as_bools")
    return booleans(value.emplace<std::vector<bool>>());
  if (tag == "as_string")
    return in.string(value.emplace<std::string>());
  if (tag == "as_strings")
    return strings(value.emplace<std::vector<std::string>>());
  if (tag == "as_sym_int")
    return symInt(value.emplace<SymIntArgument>());
  if (tag == "as_sym_ints")
    return list(value.emplace<std::vector<SymIntArgument>>(),
                [&](SymIntArgument &v) { return symInt(v); });
  if (tag == "as_sym_float")
    return symFloat(value.emplace<SymFloatArgument>());
  if (tag == "as_sym_floats")
    return list(value.emplace<std::vector<SymFloatArgument>>(),
                [&](SymFloatArgument &v) { return symFloat(v); });
  if (tag == "as_sym_bool")
    return symBool(value.emplace<SymBoolArgument>());
  if (tag == "as_sym_bools")
    return list(value.emplace<std::vector<SymBoolArgument>>(),
                [&](SymBoolArgument &v) { return symBool(v); });
  if (tag == "as_scalar_type")
    return scalarType(value.emplace<ScalarType>());
  if (tag == "as_memory_format")
    return memoryFormat(value.emplace<MemoryFormat>());
  if (tag == "as_layout")
    return layout(value.emplace<Layout>());
  if (tag == "as_device")
    return device(value.emplace<Device>());
  if (tag == "as_optional_tensors")
    return list(value.emplace<std::vector<OptionalTensorArgument>>(),
                [&](OptionalTensorArgument &v) { return optionalTensor(v); });
  if (tag == "as_optional_tensor") {
    OptionalTensorArgument optional;
    if (!optionalTensor(optional))
      return false;
    if (!optional.isNone())
      value = TensorArgument{optional.name};
    return true;
  }
  if (tag == "as_graph")
    return graphArgument(value.emplace<GraphArgument>());
  if (tag == "as_operator")
    return in.string(value.emplace<OperatorArgument>().target);
  if (tag == "as_complex")
    return complex(value.emplace<ComplexArgument>());
  if (tag == "as_int_lists")
    return list(value.emplace<std::vector<std::vector<int64_t>>>(),
                [&](std::vector<int64_t> &v) { return list(v, integer); });
  if (tag == "as_float_lists")
    return list(value.emplace<std::vector<std::vector<double>>>(),
                [&](std::vector<double> &v) { return list(v, number); });
  if (tag == "as_nested_tensors")
    return list(value.emplace<std::vector<Argument::TensorList>>(), tensors);
  if (tag == "as_string_to_argument") {
    auto &entries = value.emplace<std::vector<NamedArgument>>();
    return in.object([&](StringRef key) {
      entries.emplace_back();
      entries.back().name = key.str();
      return this->argument(entries.back().arg);
    });
  }
  if (tag == "as_custom_obj")
    return in.fail("objects of Python or C++ as arguments are not read");
  return unknownTag(tag);
}

bool GraphReader::argument(Argument &argument) {
  return unionOf([&](StringRef tag) { return taggedArgument(tag, argument); });
}

bool GraphReader::namedArgument(NamedArgument &argument) {
  bool hasArgument = false;
  return in.object([&](StringRef key) {
    if (key == "name")
      return in.string(argument.name);
    if (key == "arg") {
      hasArgument = true;
      return this->argument(argument.arg);
    }
    if (key == "kind" && !in.null()) {
      int64_t kind = 0;
      if (!in.integer(kind))
        return false;
      if (kind < 0 || kind > 2)
        return in.fail("unknown kind of argument " + Twine(kind));
      argument.kind = static_cast<NamedArgument::Kind>(kind);
      return true;
    }
    return key == "kind" || in.skip();
  }) && require(hasArgument, "arg");
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

bool GraphReader::metadata(Node &node) {
  return in.object([&](StringRef key) {
    std::string text;
    if (key == "nn_module_stack") {
      if (!in.string(text))
        return false;
      node.provenance.modules = parseModuleStack(text);
      return true;
    }
    if (key == "stack_trace") {
      if (!in.string(text))
        return false;
      parseStackTrace(text, node.provenance);
      return true;
    }
    return in.skip();
  });
}

bool GraphReader::node(Node &node) {
  if (++nodes > kMaxNodes)
    return in.fail("more than " + Twine(kMaxNodes) + " nodes");
  bool hasTarget = false, hasInputs = false, hasOutputs = false;
  bool ok = in.object([&](StringRef key) {
    if (key == "target") {
      hasTarget = true;
      if (!in.string(node.target))
        return false;
      // Of another form: reported with all others like it, after the graph.
      node.op = OperatorTarget::parse(node.target).value_or(OperatorTarget());
      return true;
    }
    if (key == "inputs") {
      hasInputs = true;
      return list(node.inputs,
                  [&](NamedArgument &a) { return namedArgument(a); });
    }
    if (key == "outputs") {
      hasOutputs = true;
      return list(node.outputs, [&](Argument &a) { return argument(a); });
    }
    if (key == "metadata")
      return in.null() || metadata(node);
    if (key == "name")
      return in.null() || in.string(node.name);
    return in.skip();
  }) && require(hasTarget, "target") &&
            require(hasInputs, "inputs") && require(hasOutputs, "outputs");
  if (!ok) {
    in.addNote(" in node " + quoted(node.name.empty() ? "?" : node.name) +
               " of " + quoted(node.target));
    return false;
  }
  if (node.name.empty())
    if (std::vector<StringRef> results = node.resultNames(); !results.empty())
      node.name = results.front().str();
  return true;
}

//===----------------------------------------------------------------------===//
// Graph
//===----------------------------------------------------------------------===//

/// A symbolic float or bool: only an expression is kept.
bool GraphReader::symbolic(StringRef constantTag, SymbolicExpr &value) {
  return unionOf([&](StringRef tag) {
    std::optional<int64_t> hint;
    if (tag == "as_expr")
      return expression(value, hint);
    return tag == constantTag ? in.skip() : unknownTag(tag);
  });
}

template <typename T, typename Read>
bool GraphReader::values(StringMap<T> &values, Read read) {
  return in.object([&](StringRef name) {
    if (++valueCount > kMaxValues)
      return in.fail("more than " + Twine(kMaxValues) + " values");
    return read(values[name]);
  });
}

bool GraphReader::graph(Graph &graph) {
  bool hasInputs = false, hasOutputs = false, hasNodes = false;
  auto read = [&](Argument &a) { return argument(a); };
  return in.object([&](StringRef key) {
    if (key == "inputs") {
      hasInputs = true;
      return list(graph.inputs, read);
    }
    if (key == "outputs") {
      hasOutputs = true;
      return list(graph.outputs, read);
    }
    if (key == "nodes") {
      hasNodes = true;
      return list(graph.nodes, [&](Node &n) { return node(n); });
    }
    if (key == "tensor_values")
      return values(graph.tensorValues,
                    [&](TensorMeta &meta) { return tensorMeta(meta); });
    if (key == "sym_int_values")
      return values(graph.symIntValues,
                    [&](SymInt &value) { return SchemaReader::symInt(value); });
    if (key == "sym_float_values")
      return in.null() || values(graph.symFloatValues, [&](SymbolicExpr &e) {
               return symbolic("as_float", e);
             });
    if (key == "sym_bool_values")
      return in.null() || values(graph.symBoolValues, [&](SymbolicExpr &e) {
               return symbolic("as_bool", e);
             });
    if (key == "custom_obj_values" && !in.null())
      return in.object([&](StringRef name) {
        return in.fail("objects of Python or C++ are not read: " +
                       quoted(name));
      });
    if (key == "is_single_tensor_return")
      return in.null() || in.boolean(graph.isSingleTensorReturn);
    return key == "custom_obj_values" || in.skip();
  }) && require(hasInputs, "inputs") &&
         require(hasOutputs, "outputs") && require(hasNodes, "nodes");
}

} // namespace pt2e
