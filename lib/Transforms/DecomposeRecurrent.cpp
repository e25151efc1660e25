// Recurrent cells as products and gates; sequences of known length unrolled.
#include "Decompose.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::decompose;

/// Longer sequences would make a program of their length.
static constexpr int64_t kLongestSequence = 512;

namespace {
/// The weights of one layer in one direction; biases may be null.
struct Layer {
  Value inputWeight, hiddenWeight, inputBias, hiddenBias;
};
/// Hidden and, of an LSTM, cell state: [B, H].
struct State {
  Value hidden, cell;
};
} // namespace

/// The `i`-th of `gates` equal pieces of the last dimension.
static Value gate(AtenBuilder &to, Value values, int64_t i, int64_t gates) {
  RankedTensorType type = tensorType(values);
  const int64_t dim = type.getRank() - 1, size = type.getShape().back() / gates;
  return to.slice(values, dim, i * size, (i + 1) * size);
}

/// One step of a GRU; `projected` is input * inputWeight^T + inputBias.
static State gruStep(AtenBuilder &to, Value projected, const State &state,
                     const Layer &layer) {
  Value hidden = to.linear(state.hidden, layer.hiddenWeight, layer.hiddenBias);
  auto sum = [&](int64_t i) {
    return to.add(gate(to, projected, i, 3), gate(to, hidden, i, 3));
  };
  Value reset = to.unary("aten::sigmoid", sum(0));
  Value update = to.unary("aten::sigmoid", sum(1));
  Value candidate =
      to.unary("aten::tanh", to.add(gate(to, projected, 2, 3),
                                    to.mul(reset, gate(to, hidden, 2, 3))));
  return {to.add(candidate, to.mul(update, to.sub(state.hidden, candidate))),
          {}};
}

/// One step of an LSTM.
static State lstmStep(AtenBuilder &to, Value projected, const State &state,
                      const Layer &layer) {
  Value gates = to.add(
      projected, to.linear(state.hidden, layer.hiddenWeight, layer.hiddenBias));
  auto sigmoid = [&](int64_t i) {
    return to.unary("aten::sigmoid", gate(to, gates, i, 4));
  };
  Value cell =
      to.add(to.mul(sigmoid(1), state.cell),
             to.mul(sigmoid(0), to.unary("aten::tanh", gate(to, gates, 2, 4))));
  return {to.mul(sigmoid(3), to.unary("aten::tanh", cell)), cell};
}

/// One step of a plain network.
template <bool isTanh>
static State plainStep(AtenBuilder &to, Value projected, const State &state,
                       const Layer &layer) {
  return {to.unary(isTanh ? "aten::tanh" : "aten::relu",
                   to.add(projected, to.linear(state.hidden, layer.hiddenWeight,
                                               layer.hiddenBias))),
          {}};
}

using Step = State (*)(AtenBuilder &, Value, const State &, const Layer &);

static Layer cellLayer(AtenBuilder &to) {
  return {to.tensor("w_ih"), to.tensor("w_hh"), to.tensor("b_ih"),
          to.tensor("b_hh")};
}

template <Step step>
static bool cell(AtenBuilder &to) {
  const Layer layer = cellLayer(to);
  Value projected =
      to.linear(to.tensor("input"), layer.inputWeight, layer.inputBias);
  return to.replace(step(to, projected, {to.tensor("hx"), {}}, layer).hidden);
}

static bool lstmCell(AtenBuilder &to) {
  const Layer layer = cellLayer(to);
  OperandRange states = to.tensors("hx");
  if (states.size() != 2)
    return to.keep("expected two states");
  Value projected =
      to.linear(to.tensor("input"), layer.inputWeight, layer.inputBias);
  const State state = lstmStep(to, projected, {states[0], states[1]}, layer);
  return to.replace({state.hidden, state.cell});
}

/// All layers and directions over a whole sequence [T, B, I], or [B, T, I] if
/// `batch_first`; the initial states are [layers * directions, B, H].
static bool sequence(AtenBuilder &to, Step step, Value hidden, Value cell) {
  Value input = to.tensor("input");
  if (tensorType(input).getRank() != 3)
    return to.keep("expected a batch of sequences");
  if (to.flag("train") &&
      to.attribute("dropout") != to.builder.getF64FloatAttr(0))
    return to.keep("expected no dropout");
  const int64_t time = to.flag("batch_first") ? 1 : 0;
  const int64_t length = tensorType(input).getDimSize(time);
  const int64_t layers = to.integer("num_layers");
  const int64_t directions = to.flag("bidirectional") ? 2 : 1;
  const bool biases = to.flag("has_biases");
  const int64_t perLayer = biases ? 4 : 2;
  OperandRange params = to.tensors("params");
  if (ShapedType::isDynamic(length) || length > kLongestSequence ||
      int64_t(params.size()) != layers * directions * perLayer)
    return to.keep("expected a sequence of at most 512 steps, known at compile "
                   "time, and no projections");
  SmallVector<Value> lastHidden, lastCell;
  for (int64_t layer = 0; layer < layers; ++layer) {
    SmallVector<Value> outputs;
    for (int64_t direction = 0; direction < directions; ++direction) {
      const int64_t index = layer * directions + direction;
      const OperandRange own = params.slice(index * perLayer, perLayer);
      const Layer weights{own[0], own[1], biases ? own[2] : Value(),
                          biases ? own[3] : Value()};
      // One product for the inputs of all steps.
      Value projected =
          to.linear(input, weights.inputWeight, weights.inputBias);
      State state{to.select(hidden, 0, index),
                  cell ? to.select(cell, 0, index) : Value()};
      SmallVector<Value> steps(length);
      for (int64_t i = 0; i < length; ++i) {
        const int64_t t = direction == 0 ? i : length - 1 - i;
        state = step(to, to.select(projected, time, t), state, weights);
        steps[t] = to.unsqueeze(state.hidden, time);
      }
      outputs.push_back(to.cat(steps, time));
      lastHidden.push_back(to.unsqueeze(state.hidden, 0));
      if (cell)
        lastCell.push_back(to.unsqueeze(state.cell, 0));
    }
    input = outputs.size() == 1 ? outputs.front() : to.cat(outputs, 2);
  }
  SmallVector<Value> results{input, to.cat(lastHidden, 0)};
  if (cell)
    results.push_back(to.cat(lastCell, 0));
  return to.replace(results);
}

template <Step step>
static bool layers(AtenBuilder &to) {
  return sequence(to, step, to.tensor("hx"), {});
}

static bool lstm(AtenBuilder &to) {
  OperandRange states = to.tensors("hx");
  return states.size() == 2 && sequence(to, lstmStep, states[0], states[1]);
}

void decompose::addRecurrent(Table &table) {
  table["aten::gru_cell"] = cell<gruStep>;
  table["aten::rnn_tanh_cell"] = cell<plainStep<true>>;
  table["aten::rnn_relu_cell"] = cell<plainStep<false>>;
  table["aten::lstm_cell"] = lstmCell;
  table["aten::gru.input"] = layers<gruStep>;
  table["aten::rnn_tanh.input"] = layers<plainStep<true>>;
  table["aten::rnn_relu.input"] = layers<plainStep<false>>;
  table["aten::lstm.input"] = lstm;
}
