#include "GraphCheck.h"
#include "pt2e/Import/Json.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;

namespace pt2e {

static Error makeError(const std::string &context, const Twine &message) {
  return createStringError(inconvertibleErrorCode(), context + ": " + message);
}

/// Calls `visit` with the name of each value that an argument mentions.
static void forEachName(const Argument &argument,
                        function_ref<void(StringRef)> visit) {
  if (auto *tensor = argument.as<TensorArgument>()) {
    visit(tensor->name);
  } else if (auto *tensors = argument.as<Argument::TensorList>()) {
    for (const TensorArgument &each : *tensors)
      visit(each.name);
  } else if (auto *optional =
                 argument.as<std::vector<OptionalTensorArgument>>()) {
    for (const OptionalTensorArgument &each : *optional)
      if (!each.isNone())
        visit(each.name);
  } else if (auto *lists = argument.as<std::vector<Argument::TensorList>>()) {
    for (const Argument::TensorList &list : *lists)
      for (const TensorArgument &each : list)
        visit(each.name);
  } else if (auto *entries = argument.as<std::vector<NamedArgument>>()) {
    for (const NamedArgument &entry : *entries)
      forEachName(entry.arg, visit);
  }
  auto visitScalar = [&](const auto &scalar) {
    if (scalar.isName())
      visit(scalar.name);
  };
  auto visitScalars = [&](const auto *scalars) {
    if (scalars)
      for (const auto &scalar : *scalars)
        visitScalar(scalar);
  };
  if (auto *scalar = argument.as<SymIntArgument>())
    visitScalar(*scalar);
  else if (auto *scalar = argument.as<SymFloatArgument>())
    visitScalar(*scalar);
  else if (auto *scalar = argument.as<SymBoolArgument>())
    visitScalar(*scalar);
  visitScalars(argument.as<std::vector<SymIntArgument>>());
  visitScalars(argument.as<std::vector<SymFloatArgument>>());
  visitScalars(argument.as<std::vector<SymBoolArgument>>());
}

/// Calls `visit` with each graph that is an argument.
static void forEachGraph(const Argument &argument,
                         function_ref<void(const Graph &)> visit) {
  if (auto *nested = argument.as<GraphArgument>())
    visit(*nested->graph);
  else if (auto *entries = argument.as<std::vector<NamedArgument>>())
    for (const NamedArgument &entry : *entries)
      forEachGraph(entry.arg, visit);
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

namespace {

class ValueChecker {
public:
  ValueChecker(Graph &graph, const std::string &context)
      : graph(graph), context(context) {}

  Error check();

private:
  void fail(const Twine &message) {
    if (error.empty())
      error = message.str();
  }
  void define(StringRef name, const Twine &where);
  void use(StringRef name, const Twine &where);
  void checkNested(const Argument &argument, const Twine &where);
  template <typename T>
  void dropUndefined(StringMap<T> &values) {
    SmallVector<StringRef> unused;
    for (auto &entry : values)
      if (!defined.contains(entry.getKey()))
        unused.push_back(entry.getKey());
    for (StringRef name : unused)
      values.erase(name);
  }

  Graph &graph;
  const std::string &context;
  StringSet<> defined;
  std::string error;
};

void ValueChecker::define(StringRef name, const Twine &where) {
  if (!defined.insert(name).second)
    return fail(where + ": value " + quoted(name) + " is defined twice");
  unsigned types =
      graph.tensorValues.count(name) + graph.symIntValues.count(name) +
      graph.symFloatValues.count(name) + graph.symBoolValues.count(name);
  if (types != 1)
    fail(where + ": expected one type for value " + quoted(name) +
         ", but got " + Twine(types));
}

void ValueChecker::use(StringRef name, const Twine &where) {
  if (!defined.contains(name))
    fail(where + ": value " + quoted(name) + " is used before its definition");
}

void ValueChecker::checkNested(const Argument &argument, const Twine &where) {
  forEachGraph(argument, [&](const Graph &graph) {
    // Read a moment ago, and nobody else's yet.
    if (Error invalid = checkValues(const_cast<Graph &>(graph), where.str()))
      fail(toString(std::move(invalid)));
  });
}

Error ValueChecker::check() {
  for (const Argument &input : graph.inputs)
    forEachName(input, [&](StringRef name) { define(name, "graph inputs"); });
  for (auto [i, node] : enumerate(graph.nodes)) {
    if (!error.empty())
      break;
    std::string where = ("nodes[" + Twine(i) + "] " + quoted(node.name) +
                         " of " + quoted(node.target))
                            .str();
    for (const NamedArgument &input : node.inputs) {
      forEachName(input.arg, [&](StringRef name) { use(name, where); });
      checkNested(input.arg, where);
    }
    for (const Argument &output : node.outputs)
      forEachName(output, [&](StringRef name) { define(name, where); });
  }
  for (const Argument &output : graph.outputs)
    forEachName(output, [&](StringRef name) { use(name, "graph outputs"); });
  if (!error.empty())
    return makeError(context, error);
  dropUndefined(graph.tensorValues);
  dropUndefined(graph.symIntValues);
  dropUndefined(graph.symFloatValues);
  dropUndefined(graph.symBoolValues);
  return Error::success();
}

} // namespace

Error checkValues(Graph &graph, const std::string &context) {
  return ValueChecker(graph, context).check();
}

//===----------------------------------------------------------------------===//
// Targets
//===----------------------------------------------------------------------===//

static void collectUnknownTargets(const Graph &graph,
                                  SmallVectorImpl<const Node *> &unknown) {
  for (const Node &node : graph.nodes) {
    if (!OperatorTarget::parse(node.target))
      unknown.push_back(&node);
    for (const NamedArgument &input : node.inputs)
      forEachGraph(input.arg, [&](const Graph &nested) {
        collectUnknownTargets(nested, unknown);
      });
  }
}

Error checkTargets(const Graph &graph, const std::string &context) {
  constexpr size_t kMaxNamed = 10;
  SmallVector<const Node *> unknown;
  collectUnknownTargets(graph, unknown);
  if (unknown.empty())
    return Error::success();
  std::string names;
  for (const Node *node : ArrayRef(unknown).take_front(kMaxNamed))
    names += (names.empty() ? "" : ", ") + quoted(node->target) + " in node " +
             quoted(node->name);
  if (unknown.size() > kMaxNamed)
    names += " and " + std::to_string(unknown.size() - kMaxNamed) + " more";
  return makeError(context,
                   "expected operators or scalar functions, but got " + names);
}

//===----------------------------------------------------------------------===//
// Signature
//===----------------------------------------------------------------------===//

/// The names of an argument, or its tag if it is a constant.
static std::string summary(const Argument &argument) {
  std::string result;
  forEachName(argument, [&](StringRef name) {
    result += (result.empty() ? "" : ", ") + quoted(name);
  });
  return result.empty() ? "a constant" : result;
}

template <typename Spec>
static Error checkSpecs(ArrayRef<Spec> specs, ArrayRef<Argument> arguments,
                        StringRef what, const std::string &context) {
  if (specs.size() != arguments.size())
    return makeError(context, "expected " + Twine(arguments.size()) + " " +
                                  what + " specs, but got " +
                                  Twine(specs.size()));
  for (auto [i, spec, argument] : enumerate(specs, arguments)) {
    std::string expected = summary(argument), got = summary(spec.arg);
    if (expected != got)
      return makeError(context, what + " spec " + Twine(i) +
                                    ": expected value " + expected +
                                    ", but got " + got);
  }
  return Error::success();
}

Error checkSignature(const ExportedProgram &program,
                     const std::string &context) {
  if (Error error = checkSpecs<InputSpec>(
          program.inputSpecs, program.graph.inputs, "input", context))
    return error;
  if (Error error = checkSpecs<OutputSpec>(
          program.outputSpecs, program.graph.outputs, "output", context))
    return error;

  StringSet<> buffers, parameters, userInputs;
  for (const InputSpec &spec : program.inputSpecs) {
    if (spec.kind == InputSpec::Kind::Buffer)
      buffers.insert(spec.target);
    else if (spec.kind == InputSpec::Kind::Parameter)
      parameters.insert(spec.target);
    else if (spec.kind == InputSpec::Kind::UserInput)
      forEachName(spec.arg, [&](StringRef name) { userInputs.insert(name); });
  }
  for (auto [i, spec] : enumerate(program.outputSpecs)) {
    const StringSet<> *known =
        spec.kind == OutputSpec::Kind::BufferMutation      ? &buffers
        : spec.kind == OutputSpec::Kind::ParameterMutation ? &parameters
        : spec.kind == OutputSpec::Kind::UserInputMutation ? &userInputs
                                                           : nullptr;
    if (known && !known->contains(spec.target))
      return makeError(context, "output spec " + Twine(i) +
                                    ": no input stands for " +
                                    quoted(spec.target));
  }
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Payloads
//===----------------------------------------------------------------------===//

static std::string shapeText(ArrayRef<int64_t> sizes) {
  return "[" +
         join(map_range(sizes, [](int64_t s) { return itostr(s); }), ", ") +
         "]";
}

static std::string shapeText(ArrayRef<SymInt> sizes) {
  auto text = [](const SymInt &size) {
    return size.isStatic() ? itostr(size.value) : size.expr.str();
  };
  return "[" + join(map_range(sizes, text), ", ") + "]";
}

Error checkPayloads(const ExportedProgram &program) {
  for (const InputSpec &spec : program.inputSpecs) {
    if (spec.kind == InputSpec::Kind::UserInput ||
        spec.kind == InputSpec::Kind::ConstantInput)
      continue;
    std::string what = program.fileName + ": tensor " + quoted(spec.target);
    const TensorPayload *payload = program.findPayload(spec.target);
    if (!payload)
      return makeError(what, "found no data for it in the archive");
    const std::string &name = spec.arg.as<TensorArgument>()->name;
    auto it = program.graph.tensorValues.find(name);
    if (it == program.graph.tensorValues.end())
      return makeError(what, "value " + quoted(name) + " is no tensor");
    const TensorMeta &meta = it->second;
    if (meta.dtype != payload->dtype)
      return makeError(what, "expected " + scalarTypeName(meta.dtype) +
                                 " as in the graph, but got " +
                                 scalarTypeName(payload->dtype));
    auto agrees = [](const SymInt &claimed, int64_t size) {
      return !claimed.isStatic() || claimed.value == size;
    };
    if (!equal(meta.sizes, payload->sizes, agrees))
      return makeError(what, "expected sizes " + shapeText(meta.sizes) +
                                 " as in the graph, but got " +
                                 shapeText(payload->sizes));
  }
  return Error::success();
}

} // namespace pt2e
