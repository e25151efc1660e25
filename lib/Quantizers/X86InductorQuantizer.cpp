#include "pt2e/Quantizers/X86InductorQuantizer.h"

#include <algorithm>
#include <initializer_list>

using namespace pt2e::quantizer;

static constexpr float kEps = 0x1p-12f;

QuantizationConfig pt2e::quantizer::getDefaultX86InductorQuantizationConfig(
    bool isQat, bool isDynamic, bool reduceRange) {
  QuantizationConfig config;
  Spec &activation = config.activation;
  activation.kind = isDynamic ? Spec::Kind::Dynamic : Spec::Kind::Static;
  activation.setCodes(false, 8, 0, reduceRange ? 127 : 255);
  activation.scheme = Scheme::Affine;
  activation.eps = kEps;
  if (!isDynamic)
    activation.observer = isQat ? "moving_average_min_max" : "histogram";
  Spec &weight = config.weight;
  weight.kind = Spec::Kind::Static;
  weight.scheme = Scheme::Symmetric;
  weight.axis = 0;
  weight.observer =
      isQat ? "moving_average_per_channel_min_max" : "per_channel_min_max";
  weight.eps = kEps;
  return config;
}

QuantizationConfig pt2e::quantizer::getX86InductorLinearFp16Config() {
  QuantizationConfig config;
  config.weight = Spec::stored(Storage::F16);
  return config;
}

std::optional<Choice> X86InductorQuantizer::recipe(std::string_view name,
                                                   std::string &error) const {
  if (name == "float")
    return Choice();
  if (name == "static-int8" || name == "dynamic-int8")
    return Choice(getDefaultX86InductorQuantizationConfig(
        isQat, name == "dynamic-int8", reduceRange));
  if (name == "a16w8" || name == "weight-only-float16")
    return Choice(getX86InductorLinearFp16Config());
  error = "expected a recipe of the quantizer x86-inductor (static-int8, "
          "dynamic-int8, a16w8, weight-only-float16 or float), but got '" +
          std::string(name) + "'";
  return std::nullopt;
}

namespace {
class Annotator {
public:
  Annotator(Graph &graph, std::vector<Selection> selections)
      : graph(graph), selections(std::move(selections)),
        isOutput(graph.numOps()), isTaken(graph.numOps()) {}

  void run();

private:
  using Names = std::initializer_list<std::string_view>;

  bool is(Op op, Names names) const {
    return std::find(names.begin(), names.end(), graph.schema(op)) !=
           names.end();
  }
  /// An op that begins a pattern, and is in none yet.
  bool isOpen(Op op) const {
    return !isTaken[op.number] && !graph.isAnnotated(op) &&
           selections[op.number].state == Selection::State::Quantized;
  }
  const QuantizationConfig &config(Op op) const {
    return *selections[op.number].config;
  }
  Value result(Op op) const { return graph.results(op)[0]; }
  /// A reader of `op` with one of `names` that a pattern may take in.
  std::optional<Op> reader(Op op, Names names) const;
  /// True if a quantized op makes `value`.
  bool isQuantized(Value value) const;
  bool isFloat(Op op) const;

  bool annotateWeighted(Op op);
  void finish(std::initializer_list<Op> pattern, std::string_view rule);
  void matchWithAdd(Op op, bool withRelu);
  void matchWithUnary(Op op);
  void matchAlone(Op op);
  void matchProduct(Op op);
  void propagate(Op op);
  void explain(Op op);

  Graph &graph;
  const std::vector<Selection> selections;
  /// Ops that end a quantized pattern; ops that are in one.
  std::vector<bool> isOutput, isTaken;
};

bool Annotator::isFloat(Op op) const {
  for (const Array<Value> &list : {graph.operands(op), graph.results(op)})
    for (const Value &value : list)
      if (graph.elementType(value) != ElementType::F32 &&
          graph.elementType(value) != ElementType::Other)
        return false;
  return true;
}

std::optional<Op> Annotator::reader(Op op, Names names) const {
  for (const Use &use : graph.users(result(op)))
    if (is(use.op, names) && !isTaken[use.op.number] &&
        !graph.isAnnotated(use.op) &&
        selections[use.op.number].state != Selection::State::Float)
      return use.op;
  return std::nullopt;
}

bool Annotator::isQuantized(Value value) const {
  const std::optional<Op> producer = graph.producer(value);
  return producer && isOutput[producer->number];
}

/// Input and weight of `op`; false, after a refusal, if it has no constant
/// weight.
bool Annotator::annotateWeighted(Op op) {
  const OperandRange weight = graph.tensors(op, "weight");
  if (weight.count != 1 ||
      !graph.isConstant(graph.operands(op)[weight.first]) || !isFloat(op)) {
    graph.refuse(op, "weight-not-constant",
                 "the weight is no constant of f32, or another operand is not "
                 "f32");
    return false;
  }
  if (config(op).activation.kind != Spec::Kind::Float)
    graph.annotateOperand(op, graph.tensors(op, "input").first,
                          config(op).activation);
  else if (!is(op, {"aten::linear"})) {
    graph.refuse(op, "no-weight", "its choice is about linear ops only");
    return false;
  }
  graph.annotateOperand(op, weight.first, config(op).weight);
  const OperandRange bias = graph.tensors(op, "bias");
  if (bias.count == 1 && config(op).bias.kind == Spec::Kind::Derived)
    graph.annotateOperand(
        op, bias.first,
        Spec::derivedFrom(graph.tensors(op, "input").first, weight.first));
  return true;
}

/// The last op of `pattern` is the one that makes its result.
void Annotator::finish(std::initializer_list<Op> pattern,
                       std::string_view rule) {
  for (Op op : pattern) {
    isTaken[op.number] = true;
    // An op inside a pattern reads and makes floats.
    if (!graph.isAnnotated(op))
      graph.annotateResult(op, 0, Spec());
    graph.setRule(op, rule);
  }
  const Op last = *(pattern.end() - 1);
  isOutput[last.number] = true;
  // Usually results are observed where they are read.
  if (const std::optional<Spec> &output = config(*pattern.begin()).output;
      output && graph.resultSpec(last, 0).kind == Spec::Kind::Float)
    graph.annotateResult(last, 0, *output);
}

/// The other operand of an add behind a convolution is quantized, behind a
/// linear op not.
void Annotator::matchWithAdd(Op op, bool withRelu) {
  if (!isOpen(op) || graph.users(result(op)).size() != 1)
    return;
  const std::optional<Op> add = reader(op, {"aten::add.Tensor"});
  if (!add || !isFloat(*add) || graph.number(*add, "alpha").value_or(1) != 1)
    return;
  const std::optional<Op> relu = reader(*add, {"aten::relu"});
  const bool isLinear = is(op, {"aten::linear"});
  if ((withRelu && !relu) || is(op, {"aten::conv1d"}))
    return;
  const Array<Value> operands = graph.operands(*add);
  const uint32_t other = operands[0] == result(op) ? 1 : 0;
  if (operands.size() != 2 || !annotateWeighted(op))
    return;
  if (!isLinear)
    graph.annotateOperand(*add, other, config(op).activation);
  if (withRelu)
    finish({op, *add, *relu}, isLinear ? "linear_add_relu" : "conv_add_relu");
  else
    finish({op, *add}, isLinear ? "linear_add" : "conv_add");
}

void Annotator::matchWithUnary(Op op) {
  if (!isOpen(op))
    return;
  const std::optional<Op> unary =
      is(op, {"aten::linear"}) ? reader(op, {"aten::relu", "aten::leaky_relu",
                                             "aten::tanh", "aten::gelu"})
      : is(op, {"aten::conv1d"})
          ? reader(op, {"aten::relu"})
          : reader(op, {"aten::relu", "aten::hardtanh", "aten::hardswish",
                        "aten::silu"});
  if (unary && annotateWeighted(op))
    finish({op, *unary},
           is(op, {"aten::linear"}) ? "linear_unary" : "conv_unary");
}

/// A convolution of one dimension is quantized by itself, too, which the
/// reference forgot.
void Annotator::matchAlone(Op op) {
  if (isOpen(op) && annotateWeighted(op))
    finish({op}, is(op, {"aten::linear"}) ? "linear" : "conv");
}

void Annotator::matchProduct(Op op) {
  if (!isOpen(op) || !isFloat(op) ||
      config(op).activation.kind == Spec::Kind::Float)
    return;
  const Array<Value> operands = graph.operands(op);
  const bool isMatmul = is(op, {"aten::matmul"});
  if (operands.size() != 2 || (isMatmul && !selections[op.number].isOwn))
    return;
  if (!isMatmul) {
    const Array<int64_t> left = graph.shape(operands[0]);
    const Array<int64_t> right = graph.shape(operands[1]);
    if (!std::equal(left.begin(), left.end(), right.begin(), right.end()))
      return graph.refuse(op, "shapes", "its operands are of two shapes");
  }
  graph.annotateOperand(op, 0, config(op).activation);
  graph.annotateOperand(op, 1, config(op).activation);
  finish({op}, isMatmul ? "matmul" : "mul");
}

/// Ops that take codes and give codes, behind ops that are quantized.
void Annotator::propagate(Op op) {
  const bool isCat = is(op, {"aten::cat"});
  const bool isFlatten = is(op, {"aten::flatten.using_ints"});
  if ((!isCat && !isFlatten &&
       !is(op, {"aten::max_pool2d", "aten::avg_pool2d",
                "aten::adaptive_avg_pool2d"})) ||
      !isOpen(op) || !isFloat(op) ||
      config(op).activation.kind == Spec::Kind::Float)
    return;
  const Array<Value> operands = graph.operands(op);
  const uint32_t count = isCat ? operands.size() : 1;
  for (uint32_t i = 0; i < count; ++i)
    if (!isQuantized(operands[i]))
      return;
  if (isFlatten) {
    const Array<Use> users = graph.users(result(op));
    const bool isRead =
        std::any_of(users.begin(), users.end(), [&](const Use &use) {
          return is(use.op, {"aten::conv2d", "aten::conv1d", "aten::linear"}) ||
                 is(use.op,
                    {"aten::mul.Tensor", "aten::matmul", "aten::max_pool2d",
                     "aten::cat", "aten::avg_pool2d",
                     "aten::adaptive_avg_pool2d", "aten::flatten.using_ints"});
        });
    if (!users.empty() && !isRead)
      return;
  }
  graph.annotateOperand(op, 0, config(op).activation);
  for (uint32_t i = 1; i < count; ++i)
    graph.annotateOperand(op, i, Spec::sharedWithOperand(0));
  graph.annotateResult(op, 0, Spec::sharedWithOperand(0));
  finish({op}, isCat ? "cat" : "follow");
}

void Annotator::explain(Op op) {
  if (graph.schema(op).empty())
    return;
  switch (selections[op.number].state) {
  case Selection::State::None:
    return graph.refuse(op, "not-selected", "no choice covers it");
  case Selection::State::Float:
    return graph.refuse(op, "asked", keptByChoice(selections[op.number]));
  case Selection::State::Quantized:
    return graph.refuse(op, "no-rule",
                        "no rule for this operator behind a float input");
  }
}

void Annotator::run() {
  auto forEach = [&](Names names, auto match) {
    for (uint32_t i = 0; i < graph.numOps(); ++i)
      if (is({i}, names))
        match(Op{i});
  };
  for (uint32_t i = 0; i < graph.numOps(); ++i)
    explain({i});
  auto match = [&](Names names) {
    forEach(names, [&](Op op) { matchWithAdd(op, true); });
    forEach(names, [&](Op op) { matchWithAdd(op, false); });
    forEach(names, [&](Op op) { matchWithUnary(op); });
    forEach(names, [&](Op op) { matchAlone(op); });
  };
  match({"aten::conv2d", "aten::conv1d"});
  match({"aten::linear"});
  forEach({"aten::matmul", "aten::mul.Tensor"},
          [&](Op op) { matchProduct(op); });
  for (uint32_t i = 0; i < graph.numOps(); ++i)
    propagate({i});
}
} // namespace

void X86InductorQuantizer::annotate(Graph &graph) {
  Annotator(graph, select(graph)).run();
}
