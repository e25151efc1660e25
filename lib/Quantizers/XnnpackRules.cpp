#include "XnnpackRules.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <iterator>
#include <string>

using namespace pt2e::quantizer;

namespace {

/// A constant beyond this has no histogram in f32.
constexpr float kLargestScalar = 3.4028235e15f;
/// Smallest scale of a constant factor, in place of the choice's eps: a factor
/// below eps would lose most of its digits, or become 0.
constexpr float kFactorEps = 0x1p-60f;
/// Tensors of more dimensions do not run on XNNPACK.
constexpr size_t kMaxRank = 6;

template <typename Names>
bool isOneOf(std::string_view schema, const Names &names) {
  return std::find(std::begin(names), std::end(names), schema) !=
         std::end(names);
}

/// Why an op stays float; no code is yes.
struct Verdict {
  std::string_view code, reason;
  explicit operator bool() const { return code.empty(); }
};
constexpr Verdict kYes{};

/// The ops that rules begin at.
constexpr std::string_view kWeighted[] = {"aten::linear",
                                          "aten::conv1d",
                                          "aten::conv2d",
                                          "aten::conv2d.padding",
                                          "aten::conv3d",
                                          "aten::conv_transpose1d",
                                          "aten::conv_transpose2d.input"};
constexpr std::string_view kAverages[] = {"aten::adaptive_avg_pool2d",
                                          "aten::adaptive_avg_pool1d",
                                          "aten::avg_pool2d", "aten::mean.dim"};
constexpr std::string_view kBinary[] = {"aten::add.Tensor", "aten::sub.Tensor",
                                        "aten::mul.Tensor"};
constexpr std::string_view kUnary[] = {
    "aten::hardswish", "aten::hardsigmoid", "aten::sigmoid",
    "aten::tanh",      "aten::gelu",        "aten::leaky_relu",
    "aten::silu",      "aten::elu",         "aten::square"};

class Annotator {
public:
  Annotator(Graph &graph, const std::vector<Selection> &selections,
            Compat compat, const RuleQuantizer::Legality &legality)
      : graph(graph), selections(selections), legality(legality),
        torchao(compat == Compat::Torchao) {}

  void run();

private:
  // -- Questions ----------------------------------------------------------
  bool isSelected(Op op) const {
    return selections[op.number].state == Selection::State::Quantized;
  }
  const QuantizationConfig &config(Op op) const {
    return *selections[op.number].config;
  }
  bool isStatic(Op op) const {
    return isSelected(op) &&
           (config(op).activation.kind == Spec::Kind::Static ||
            config(op).activation.kind == Spec::Kind::Fixed);
  }
  bool mayFollow(Op op) const {
    return selections[op.number].state != Selection::State::Float;
  }
  Value result(Op op) const { return graph.results(op)[0]; }
  bool isFloat(Value value) const {
    return graph.elementType(value) == ElementType::F32;
  }
  bool is(Op op, std::initializer_list<std::string_view> names) const {
    return isOneOf(graph.schema(op), names);
  }
  /// A clamp that can be fused behind an op: its only user.
  std::optional<Op> fusedClamp(Op op) const;
  bool isClamp(Op op) const;
  /// True if what `value` holds was quantized where it was made.
  bool isQuantized(Value value) const;
  /// True if `value` comes from a max pool through ops that only move data.
  bool comesFromMaxPool(Value value) const;
  bool isZeroPad(Op op) const;
  bool moves(Op op) const;
  bool isComputedInFloat(Value value) const;

  // -- Gates ----------------------------------------------------------------
  Verdict checkValues(Op op) const;
  Verdict checkWeighted(Op op) const;
  Verdict checkBlock(Op op) const;
  Verdict checkBinary(Op op) const;
  Verdict checkAverage(Op op) const;
  Verdict checkAsTorchao(Op op) const;
  /// True, after a refusal, if the backend says so.
  bool isIllegal(Op op);

  // -- Specs ----------------------------------------------------------------
  Spec activation(Op op) const;
  Spec output(Op op) const;
  Spec observed(Spec spec) const;
  Spec dynamicActivation(Op op) const;
  Spec binaryOperand(Op op, uint32_t operand) const;
  Spec weight(Op op) const;

  // -- Rules ----------------------------------------------------------------
  void annotateWeighted(Op op);
  void annotateWeightOnly(Op op);
  void annotateEmbedding(Op op);
  void annotateBinary(Op op);
  void annotateUnary(Op op);
  void annotateAverage(Op op);
  void annotateCat(Op op);
  void annotateLoneClamp(Op op);
  void annotatePadOfInput(Op op);
  void follow(Op op);
  void annotateOutput(Op op, std::string_view rule);
  void explain(Op op);
  /// `rule`, unless everything that `op` reads is computed in float: it would
  /// be converted to codes for nothing.
  void annotateUnlessFloat(Op op, void (Annotator::*rule)(Op));
  void visit(Op op);
  void runAsTorchao(const std::vector<Op> &selected,
                    const std::vector<Op> &weightOnly);

  Graph &graph;
  const std::vector<Selection> &selections;
  const RuleQuantizer::Legality &legality;
  const bool torchao;
};

//===----------------------------------------------------------------------===//
// Questions
//===----------------------------------------------------------------------===//

bool Annotator::isClamp(Op op) const {
  if (is(op, {"aten::relu"}))
    return true;
  return !torchao && is(op, {"aten::relu6", "aten::hardtanh", "aten::clamp",
                             "aten::clamp_min"});
}

std::optional<Op> Annotator::fusedClamp(Op op) const {
  const Array<Use> users = graph.users(result(op));
  if (users.size() != 1)
    return std::nullopt;
  const Op user = users[0].op;
  if (!isClamp(user) || !mayFollow(user) || graph.isAnnotated(user))
    return std::nullopt;
  return user;
}

bool Annotator::isQuantized(Value value) const {
  const std::optional<Op> producer = graph.producer(value);
  if (!producer)
    return false;
  const Array<Value> results = graph.results(*producer);
  for (uint32_t i = 0; i < results.size(); ++i)
    if (results[i] == value)
      return graph.resultSpec(*producer, i).kind != Spec::Kind::Float;
  return false;
}

bool Annotator::comesFromMaxPool(Value value) const {
  for (;;) {
    const std::optional<Op> producer = graph.producer(value);
    if (!producer || graph.operands(*producer).empty())
      return false;
    if (is(*producer, {"aten::max_pool2d"}))
      return true;
    if (graph.resultSpec(*producer, 0).kind != Spec::Kind::Shared)
      return false;
    value = graph.operands(*producer)[0];
  }
}

bool Annotator::isZeroPad(Op op) const {
  if (is(op, {"aten::pad"})) {
    const std::optional<std::string_view> mode = graph.text(op, "mode");
    return (!mode || *mode == "constant") &&
           graph.number(op, "value").value_or(0) == 0;
  }
  return is(op, {"aten::constant_pad_nd"}) &&
         graph.number(op, "value").value_or(0) == 0;
}

/// Why XNNPACK cannot average the integers of this op: it has the average of
/// an image, of neighbouring dimensions (an image of another shape), and a
/// depthwise convolution with ones for windows.
Verdict Annotator::checkAverage(Op op) const {
  const Array<int64_t> shape = graph.shape(graph.operands(op)[0]);
  const int64_t rank = shape.size();
  if (is(op, {"aten::mean.dim"})) {
    std::vector<int64_t> dims;
    for (int64_t dim : graph.integers(op, "dim"))
      dims.push_back(dim < 0 ? dim + rank : dim);
    std::sort(dims.begin(), dims.end());
    if (!dims.empty() &&
        dims.back() - dims.front() + 1 != static_cast<int64_t>(dims.size()))
      return {"no-kernel", "XNNPACK averages neighbouring dimensions"};
    return kYes;
  }
  if (is(op, {"aten::avg_pool2d"})) {
    const Array<int64_t> padding = graph.integers(op, "padding");
    const bool pads = std::any_of(padding.begin(), padding.end(),
                                  [](int64_t size) { return size != 0; });
    if (graph.integer(op, "divisor_override") ||
        graph.number(op, "ceil_mode").value_or(0) != 0 ||
        (pads && graph.number(op, "count_include_pad").value_or(1) == 0))
      return {"no-kernel", "XNNPACK averages integers over whole windows"};
    return kYes;
  }
  // Windows of one size: the image is a multiple of the result.
  const Array<int64_t> output = graph.integers(op, "output_size");
  for (size_t i = 0; i < output.size(); ++i) {
    const int64_t size = shape[shape.size() - output.size() + i];
    if (output[i] != 1 && (output[i] < 1 || size < 1 || size % output[i] != 0))
      return {"no-kernel", "its windows are not all of one size"};
  }
  return kYes;
}

//===----------------------------------------------------------------------===//
// Gates
//===----------------------------------------------------------------------===//

Verdict Annotator::checkValues(Op op) const {
  for (const Array<Value> &list : {graph.operands(op), graph.results(op)})
    for (const Value &value : list) {
      if (graph.elementType(value) == ElementType::Other)
        continue; // a size that is computed at run time
      if (!isFloat(value))
        return {"not-f32", "an operand or result is not f32"};
      if (!torchao && graph.shape(value).size() > kMaxRank)
        return {"rank", "XNNPACK takes tensors of up to 6 dimensions"};
    }
  return kYes;
}

Verdict Annotator::checkWeighted(Op op) const {
  if (Verdict verdict = checkValues(op); !verdict)
    return verdict;
  const OperandRange range = graph.tensors(op, "weight");
  const OperandRange bias = graph.tensors(op, "bias");
  const Array<Value> operands = graph.operands(op);
  if (range.count != 1 || !graph.isConstant(operands[range.first]))
    return {"weight-not-constant", "the weight is computed at run time"};
  if (bias.count == 1 && !graph.isConstant(operands[bias.first]))
    return {"bias-not-constant", "the bias is computed at run time"};
  if (is(op, {"aten::conv_transpose1d", "aten::conv_transpose2d.input"}) &&
      graph.integer(op, "groups").value_or(1) != 1)
    return {"grouped-transposed-convolution",
            "per-channel scales of a grouped transposed convolution do not run "
            "on XNNPACK"};
  if (!torchao && is(op, {"aten::conv3d"}))
    return {"no-kernel", "XNNPACK has no 3-D convolution"};
  return kYes;
}

/// The blocks of the weight, if it is to have such, must cover it.
Verdict Annotator::checkBlock(Op op) const {
  const Block block = config(op).weight.block;
  if (block.empty())
    return kYes;
  const uint32_t index = graph.tensors(op, "weight").first;
  const Array<int64_t> shape = graph.shape(graph.operands(op)[index]);
  if (shape.size() != block.rank())
    return {"group", "groups are for linear ops, and a block has a size for "
                     "each dimension of the weight"};
  for (uint32_t i = 0; i < block.rank(); ++i)
    if (block[i] != -1 && shape[i] % block[i] != 0)
      return {"group", "its weight is no multiple of the group or block"};
  return kYes;
}

Verdict Annotator::checkBinary(Op op) const {
  if (Verdict verdict = checkValues(op); !verdict)
    return verdict;
  for (const Value &operand : graph.operands(op)) {
    const Array<float> data = graph.constantData(operand);
    if (data.size() == 1 && !(std::fabs(data[0]) <= kLargestScalar))
      return {"large-constant",
              "a constant operand is not finite or beyond 3.4e15"};
  }
  if (!torchao && graph.number(op, "alpha").value_or(1) != 1)
    return {"alpha", "XNNPACK adds without a factor"};
  if (is(op, {"aten::mul.Tensor"}))
    for (uint32_t i = 0; i < 2; ++i) {
      float largest = 0;
      for (float value : graph.constantData(graph.operands(op)[i]))
        largest = std::max(largest, std::fabs(value));
      if (largest != 0 && largest <= binaryOperand(op, i).eps / 2)
        return {"small-constant", "a constant factor would become 0"};
    }
  return kYes;
}

//===----------------------------------------------------------------------===//
// Specs
//===----------------------------------------------------------------------===//

/// The default observer, if there is to be one and none is said.
Spec Annotator::observed(Spec spec) const {
  if (spec.kind == Spec::Kind::Static && spec.observer.empty())
    spec.observer = torchao ? "histogram" : "merging_histogram";
  return spec;
}

Spec Annotator::activation(Op op) const {
  return observed(config(op).activation);
}

Spec Annotator::output(Op op) const {
  return observed(config(op).output.value_or(config(op).activation));
}

Spec Annotator::binaryOperand(Op op, uint32_t operand) const {
  Spec spec = activation(op);
  if (!torchao && is(op, {"aten::mul.Tensor"}) &&
      graph.isConstant(graph.operands(op)[operand]))
    spec.eps = kFactorEps;
  return spec;
}

/// The activation of `op`, quantized at run time: one scale for each row of a
/// product and each image of a convolution, as XNNPACK computes them.
Spec Annotator::dynamicActivation(Op op) const {
  Spec spec = config(op).activation;
  if (torchao || !spec.block.empty()) {
    spec.block = Block();
    return spec;
  }
  const uint32_t input = graph.tensors(op, "input").first;
  const uint32_t rank = graph.shape(graph.operands(op)[input]).size();
  spec.block = Block::perToken(rank);
  if (!is(op, {"aten::linear"})) {
    spec.block = {1};
    for (uint32_t i = 1; i < rank; ++i)
      spec.block.add(-1);
  }
  return spec;
}

Spec Annotator::weight(Op op) const {
  Spec spec = config(op).weight;
  // [I, O, ...] where other weights are [O, I, ...].
  if (spec.axis == 0 &&
      is(op, {"aten::conv_transpose1d", "aten::conv_transpose2d.input"}))
    spec.axis = 1;
  return spec;
}

//===----------------------------------------------------------------------===//
// Rules
//===----------------------------------------------------------------------===//

/// "conv2d" of "aten::conv2d.padding".
std::string_view baseName(std::string_view schema) {
  schema.remove_prefix(std::min(schema.find("::") + 2, schema.size()));
  return schema.substr(0, schema.find('.'));
}

/// The result of `op`, or of the clamp behind it, is observed.
void Annotator::annotateOutput(Op op, std::string_view rule) {
  std::string name(rule);
  const std::optional<Op> clamp = fusedClamp(op);
  if (clamp) {
    name += '_';
    name += baseName(graph.schema(*clamp));
    graph.annotateResult(*clamp, 0, output(op));
    graph.setRule(*clamp, name);
  } else {
    graph.annotateResult(op, 0, output(op));
  }
  graph.setRule(op, name);
}

void Annotator::annotateWeighted(Op op) {
  if (Verdict verdict = checkWeighted(op); !verdict)
    return graph.refuse(op, verdict.code, verdict.reason);
  if (Verdict verdict = checkBlock(op); !verdict)
    return graph.refuse(op, verdict.code, verdict.reason);
  if (isIllegal(op))
    return;
  const uint32_t input = graph.tensors(op, "input").first;
  const uint32_t weightIndex = graph.tensors(op, "weight").first;
  graph.annotateOperand(op, input, activation(op));
  graph.annotateOperand(op, weightIndex, weight(op));
  const OperandRange bias = graph.tensors(op, "bias");
  if (bias.count == 1 && config(op).bias.kind == Spec::Kind::Derived)
    graph.annotateOperand(op, bias.first,
                          Spec::derivedFrom(input, weightIndex));
  annotateOutput(op, baseName(graph.schema(op)));
}

/// What the reference leaves float in dynamic quantization.
Verdict Annotator::checkAsTorchao(Op op) const {
  if (is(op, {"aten::linear"}))
    return kYes;
  const uint32_t weight = graph.tensors(op, "weight").first;
  const Array<int64_t> shape = graph.shape(graph.operands(op)[weight]);
  const Array<Use> users = graph.users(result(op));
  if (shape.size() != 4 ||
      (!is(op, {"aten::conv_transpose2d.input"}) && shape[1] == 1) ||
      (users.size() == 1 && is(users[0].op, {"aten::relu"})))
    return {"no-rule", "the reference has no rule for this convolution"};
  return kYes;
}

/// The weight is codes, the result float; the activation float or quantized at
/// run time.
void Annotator::annotateWeightOnly(Op op) {
  if (!isOneOf(graph.schema(op), kWeighted))
    return;
  if (Verdict verdict = checkWeighted(op); !verdict)
    return graph.refuse(op, verdict.code, verdict.reason);
  if (torchao)
    if (Verdict verdict = checkAsTorchao(op); !verdict)
      return graph.refuse(op, verdict.code, verdict.reason);
  if (config(op).activation.kind == Spec::Kind::Float &&
      config(op).weight.kind == Spec::Kind::Float)
    return graph.refuse(op, "asked", keptByChoice(selections[op.number]));
  const uint32_t weightIndex = graph.tensors(op, "weight").first;
  const Spec spec = weight(op);
  const Verdict fits = checkBlock(op);
  if (!fits)
    graph.refuse(op, fits.code, fits.reason);
  if (!fits || isIllegal(op)) {
    if (config(op).otherWeight.kind == Spec::Kind::Float)
      return;
    graph.annotateOperand(op, weightIndex, config(op).otherWeight);
    return graph.setRule(op, "weight");
  }
  const bool isDynamic = config(op).activation.kind == Spec::Kind::Dynamic;
  if (isDynamic)
    graph.annotateOperand(op, graph.tensors(op, "input").first,
                          dynamicActivation(op));
  graph.annotateOperand(op, weightIndex, spec);
  graph.setRule(op, isDynamic ? "dynamic" : "weight");
}

void Annotator::annotateEmbedding(Op op) {
  const uint32_t table = graph.tensors(op, "weight").first;
  if (config(op).embedding.kind == Spec::Kind::Float)
    return graph.refuse(op, "asked", keptByChoice(selections[op.number]));
  if (!graph.isConstant(graph.operands(op)[table]) ||
      !isFloat(graph.operands(op)[table]))
    return graph.refuse(op, "weight-not-constant",
                        "its table is no f32 constant");
  graph.annotateOperand(op, table, config(op).embedding);
  graph.setRule(op, "embedding");
}

bool Annotator::isIllegal(Op op) {
  if (torchao || !legality)
    return false;
  const std::optional<std::string> reason = legality(graph, op, config(op));
  if (reason)
    graph.refuse(op, "no-kernel", *reason);
  return reason.has_value();
}

void Annotator::annotateBinary(Op op) {
  if (Verdict verdict = checkBinary(op); !verdict)
    return graph.refuse(op, verdict.code, verdict.reason);
  if (isIllegal(op))
    return;
  graph.annotateOperand(op, 0, binaryOperand(op, 0));
  graph.annotateOperand(op, 1, binaryOperand(op, 1));
  annotateOutput(op, baseName(graph.schema(op)));
}

/// A function of one variable is a table: input and output scales are free.
void Annotator::annotateUnary(Op op) {
  if (Verdict verdict = checkValues(op); !verdict)
    return graph.refuse(op, verdict.code, verdict.reason);
  if (isIllegal(op))
    return;
  graph.annotateOperand(op, 0, activation(op));
  graph.annotateResult(op, 0, output(op));
  graph.setRule(op, baseName(graph.schema(op)));
}

void Annotator::annotateAverage(Op op) {
  if (Verdict verdict = checkValues(op); !verdict)
    return graph.refuse(op, verdict.code, verdict.reason);
  const Value input = graph.operands(op)[0];
  if (!torchao) {
    if (Verdict verdict = checkAverage(op); !verdict)
      return graph.refuse(op, verdict.code, verdict.reason);
    // Its range is smaller than its input's, and XNNPACK takes any scales here.
    return annotateUnary(op);
  }
  graph.annotateOperand(
      op, 0, isQuantized(input) ? Spec::sharedWithProducer() : activation(op));
  graph.annotateResult(op, 0, Spec::sharedWithOperand(0));
  graph.setRule(op, baseName(graph.schema(op)));
}

/// Inputs and output have one scale.
void Annotator::annotateCat(Op op) {
  if (Verdict verdict = checkValues(op); !verdict)
    return graph.refuse(op, verdict.code, verdict.reason);
  if (isIllegal(op))
    return;
  const uint32_t count = graph.operands(op).size();
  if (count == 0)
    return graph.refuse(op, "no-operands", "it concatenates nothing");
  graph.annotateOperand(op, 0, activation(op));
  for (uint32_t i = 1; i < count; ++i)
    graph.annotateOperand(op, i, Spec::sharedWithOperand(0));
  graph.annotateResult(op, 0, Spec::sharedWithOperand(0));
  graph.setRule(op, "cat");
}

/// A clamp that nothing fuses. Its range is smaller than its input's, so that
/// its output is observed anew; behind a max pool XNNPACK would merge the two
/// and get other scales wrong.
void Annotator::annotateLoneClamp(Op op) {
  if (!isQuantized(graph.operands(op)[0]) || !checkValues(op) ||
      comesFromMaxPool(graph.operands(op)[0]))
    return;
  graph.annotateOperand(op, 0, Spec::sharedWithProducer());
  graph.annotateResult(op, 0, output(op));
  graph.setRule(op, baseName(graph.schema(op)));
}

/// An explicit pad of an input that only quantized ops read: padding with zero
/// is exact in any scale.
void Annotator::annotatePadOfInput(Op op) {
  if (!isZeroPad(op) || graph.isAnnotated(op) || !checkValues(op) ||
      graph.producer(graph.operands(op)[0]))
    return;
  const Array<Use> users = graph.users(result(op));
  const bool isRead =
      std::all_of(users.begin(), users.end(), [&](const Use &use) {
        return graph.operandSpec(use.op, use.operand).kind != Spec::Kind::Float;
      });
  if (users.empty() || !isRead)
    return;
  graph.annotateOperand(op, 0, activation(op));
  graph.annotateResult(op, 0, Spec::sharedWithOperand(0));
  graph.setRule(op, "pad");
}

/// Ops that move elements or choose among them: they keep a scale.
bool Annotator::moves(Op op) const {
  static constexpr std::string_view kReference[] = {
      "aten::relu",          "aten::hardtanh",
      "aten::max_pool2d",    "aten::mean",
      "aten::mean.dim",      "aten::permute",
      "aten::transpose.int", "aten::squeeze.dim",
      "aten::view",          "aten::adaptive_avg_pool2d",
      "aten::reshape",       "aten::slice.Tensor",
      "aten::dropout",       "aten::flatten.using_ints"};
  static constexpr std::string_view kOurs[] = {"aten::relu",
                                               "aten::relu6",
                                               "aten::hardtanh",
                                               "aten::clamp",
                                               "aten::clamp_min",
                                               "aten::max_pool2d",
                                               "aten::permute",
                                               "aten::transpose.int",
                                               "aten::t",
                                               "aten::squeeze",
                                               "aten::squeeze.dim",
                                               "aten::squeeze.dims",
                                               "aten::unsqueeze",
                                               "aten::view",
                                               "aten::reshape",
                                               "aten::unflatten.int",
                                               "aten::slice.Tensor",
                                               "aten::select.int",
                                               "aten::flatten.using_ints",
                                               "aten::contiguous",
                                               "aten::clone",
                                               "aten::upsample_bilinear2d.vec"};
  const std::string_view schema = graph.schema(op);
  return torchao ? isOneOf(schema, kReference)
                 : isOneOf(schema, kOurs) || isZeroPad(op);
}

/// True if an operator makes `value` in float; an input or a state may become
/// codes at no more cost than anywhere else.
bool Annotator::isComputedInFloat(Value value) const {
  for (;;) {
    const std::optional<Op> producer = graph.producer(value);
    if (!producer || graph.schema(*producer).empty() || isQuantized(value))
      return false;
    if (!moves(*producer))
      return true;
    value = graph.operands(*producer)[0];
  }
}

/// A moved value goes on in the codes that it comes in.
void Annotator::follow(Op op) {
  if (!moves(op) || graph.isAnnotated(op) || !mayFollow(op) ||
      !isQuantized(graph.operands(op)[0]) || !checkValues(op))
    return;
  graph.annotateOperand(op, 0, Spec::sharedWithProducer());
  graph.annotateResult(op, 0, Spec::sharedWithOperand(0));
  graph.setRule(op, "follow");
}

void Annotator::annotateUnlessFloat(Op op, void (Annotator::*rule)(Op)) {
  const Array<Value> operands = graph.operands(op);
  const bool readsFloat =
      std::all_of(operands.begin(), operands.end(), [&](const Value &value) {
        return graph.isConstant(value) || isComputedInFloat(value);
      });
  if (readsFloat && !selections[op.number].isOwn)
    return graph.refuse(op, "float-operands",
                        "what it reads is computed in float");
  (this->*rule)(op);
}

/// An op that nothing annotated has a reason.
void Annotator::explain(Op op) {
  const Array<Value> results = graph.results(op);
  const bool isTensor =
      std::any_of(results.begin(), results.end(), [&](const Value &value) {
        return graph.elementType(value) != ElementType::Other;
      });
  if (graph.isAnnotated(op) || graph.schema(op).empty() || !isTensor)
    return;
  switch (selections[op.number].state) {
  case Selection::State::None:
    return graph.refuse(op, "not-selected", "no choice covers it");
  case Selection::State::Float:
    return graph.refuse(op, "asked", keptByChoice(selections[op.number]));
  case Selection::State::Quantized:
    break;
  }
  if (!isStatic(op) && !isOneOf(graph.schema(op), kWeighted))
    return graph.refuse(op, "no-weight",
                        "its choice is about ops with weights only");
  // A rule may have refused with its own reason, which then stands.
  if (Verdict verdict = checkValues(op); !verdict)
    return graph.refuse(op, verdict.code, verdict.reason);
  graph.refuse(op, "no-rule", "no rule for this operator behind a float input");
}

/// One op after those before it.
void Annotator::visit(Op op) {
  if (isSelected(op) && !graph.isAnnotated(op)) {
    const std::string_view schema = graph.schema(op);
    if (schema == "aten::embedding")
      annotateEmbedding(op);
    else if (!isStatic(op))
      annotateWeightOnly(op);
    else if (isOneOf(schema, kWeighted))
      annotateWeighted(op);
    else if (isOneOf(schema, kAverages))
      annotateUnlessFloat(op, &Annotator::annotateAverage);
    else if (isOneOf(schema, kBinary))
      annotateUnlessFloat(op, &Annotator::annotateBinary);
    else if (isOneOf(schema, kUnary))
      annotateUnlessFloat(op, &Annotator::annotateUnary);
    else if (schema == "aten::cat")
      annotateUnlessFloat(op, &Annotator::annotateCat);
    else if (isClamp(op))
      annotateLoneClamp(op);
  }
  follow(op);
}

/// The reference goes through the program once for each rule.
void Annotator::runAsTorchao(const std::vector<Op> &selected,
                             const std::vector<Op> &weightOnly) {
  auto forEach = [&](auto matches, void (Annotator::*rule)(Op)) {
    for (Op op : selected)
      if (matches(graph.schema(op)) && !graph.isAnnotated(op))
        (this->*rule)(op);
  };
  auto equals = [](std::string_view name) {
    return [name](std::string_view schema) { return schema == name; };
  };
  forEach([](std::string_view schema) { return isOneOf(schema, kWeighted); },
          &Annotator::annotateWeighted);
  for (Op op : weightOnly)
    annotateWeightOnly(op);
  forEach(equals("aten::adaptive_avg_pool2d"), &Annotator::annotateAverage);
  forEach(equals("aten::add.Tensor"), &Annotator::annotateBinary);
  forEach(equals("aten::mul.Tensor"), &Annotator::annotateBinary);
  forEach(equals("aten::cat"), &Annotator::annotateCat);
  for (uint32_t i = 0; i < graph.numOps(); ++i)
    follow({i});
}

void Annotator::run() {
  std::vector<Op> selected, others;
  for (uint32_t i = 0; i < graph.numOps(); ++i)
    if (isSelected({i}))
      (isStatic({i}) ? selected : others).push_back({i});
  // Reasons first: what a rule finds out later is more precise.
  for (uint32_t i = 0; i < graph.numOps(); ++i)
    explain({i});
  if (torchao)
    return runAsTorchao(selected, others);
  for (uint32_t i = 0; i < graph.numOps(); ++i)
    visit({i});
  for (Op op : selected)
    annotatePadOfInput(op);
}

} // namespace

void pt2e::quantizer::annotateForXnnpack(
    Graph &graph, const std::vector<Selection> &selections, Compat compat,
    const RuleQuantizer::Legality &legality) {
  Annotator(graph, selections, compat, legality).run();
}
