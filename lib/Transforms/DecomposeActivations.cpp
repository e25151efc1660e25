// Elementwise functions in terms of those that XNNPACK has.
#include "Decompose.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::decompose;

static bool isFloat(Value value) {
  return tensorType(value).getElementType().isF32();
}

/// `alpha * elu(x / alpha)`.
static bool celu(AtenBuilder &to) {
  const double alpha = to.number("alpha", 1);
  if (!isFloat(to.tensor("self")) || !(alpha > 0))
    return to.keep("expected f32 and an alpha above 0");
  Value scaled = to.scalar("aten::mul.Scalar", to.tensor("self"), 1 / alpha);
  return to.replace(
      to.scalar("aten::mul.Scalar", to.unary("aten::elu", scaled), alpha));
}

static bool selu(AtenBuilder &to) {
  constexpr double kAlpha = 1.6732632423543772848170429916717;
  constexpr double kScale = 1.0507009873554804934193349852946;
  Value self = to.tensor("self");
  if (!isFloat(self))
    return to.keep("expected f32");
  Value elu = to.build(
      "aten::elu",
      {AtenBuilder::argument("self", self),
       AtenBuilder::argument("alpha", to.builder.getF64FloatAttr(kAlpha))},
      tensorType(self));
  return to.replace(to.scalar("aten::mul.Scalar", elu, kScale));
}

/// `log(1 + exp(-|x|))`, which overflows nowhere.
static Value logOfOnePlusExp(AtenBuilder &to, Value x) {
  Value power =
      to.unary("aten::exp", to.unary("aten::neg", to.unary("aten::abs", x)));
  return to.unary("aten::log", to.scalar("aten::add.Scalar", power, 1));
}

/// `(max(z, 0) + log(1 + exp(-|z|))) / beta` of `z = beta * x`: off by 6e-8
/// where PyTorch's log1p has more digits. Above PyTorch's threshold both are
/// `x`, to rounding.
static bool softplus(AtenBuilder &to) {
  const double beta = to.number("beta", 1);
  Value x = to.tensor("self");
  if (!isFloat(x) || to.number("threshold", 20) < 16)
    return to.keep("expected f32 and a threshold that changes no value");
  if (beta != 1)
    x = to.scalar("aten::mul.Scalar", x, beta);
  Value positive = to.unary("aten::relu", x);
  Value sum = to.add(positive, logOfOnePlusExp(to, x));
  return to.replace(beta == 1 ? sum
                              : to.scalar("aten::mul.Scalar", sum, 1 / beta));
}

/// `min(x, 0) - log(1 + exp(-|x|))`.
static bool logSigmoid(AtenBuilder &to) {
  Value x = to.tensor("self");
  if (!isFloat(x))
    return to.keep("expected f32");
  Value negative = to.clamp(x, std::nullopt, 0);
  return to.replace(to.sub(negative, logOfOnePlusExp(to, x)));
}

/// `x * tanh(softplus(x))` without logarithm: `x * n / (n + 2)` with
/// `n = e * (e + 2)` and `e = exp(x)`, which is `x` from 20 on.
static bool mish(AtenBuilder &to) {
  Value x = to.tensor("self");
  if (!isFloat(x))
    return to.keep("expected f32");
  Value power = to.unary("aten::exp", to.clamp(x, std::nullopt, 20));
  Value n = to.mul(power, to.scalar("aten::add.Scalar", power, 2));
  Value ratio =
      to.binary("aten::div.Tensor", n, to.scalar("aten::add.Scalar", n, 2));
  return to.replace(to.mul(x, ratio));
}

/// What is left of x behind its part in [-lambda, lambda].
static bool softshrink(AtenBuilder &to) {
  Value x = to.tensor("self");
  const double lambda = to.number("lambd", 0.5);
  if (!isFloat(x))
    return to.keep("expected f32");
  return to.replace(to.sub(x, to.clamp(x, -lambda, lambda)));
}

/// 0 where `|x| <= lambda`, else x.
static bool hardshrink(AtenBuilder &to) {
  Value x = to.tensor("self");
  if (!isFloat(x))
    return to.keep("expected f32");
  Value isSmall = to.compare("aten::le.Scalar", to.unary("aten::abs", x),
                             to.number("lambd", 0.5));
  return to.replace(to.where(isSmall, to.constant({0}, {}, "zero"), x));
}

static bool threshold(AtenBuilder &to) {
  Value x = to.tensor("self");
  if (!isFloat(x))
    return to.keep("expected f32");
  const float value = static_cast<float>(to.number("value", 0));
  Value isSmall = to.compare("aten::le.Scalar", x, to.number("threshold", 0));
  return to.replace(to.where(isSmall, to.constant({value}, {}, "value"), x));
}

/// `self + value * tensor1 * tensor2`, or divided.
template <bool divides>
static bool addProduct(AtenBuilder &to) {
  Value self = to.tensor("self");
  const double value = to.number("value", 1);
  if (!isFloat(self) || !isFloat(to.tensor("tensor1")) ||
      !isFloat(to.tensor("tensor2")))
    return to.keep("expected f32");
  Value product = to.binary(divides ? "aten::div.Tensor" : "aten::mul.Tensor",
                            to.tensor("tensor1"), to.tensor("tensor2"));
  if (value != 1)
    product = to.scalar("aten::mul.Scalar", product, value);
  return to.replace(to.add(self, product));
}

/// From `self` to `end`, from the end that is nearer, as PyTorch does.
static bool lerpScalar(AtenBuilder &to) {
  Value self = to.tensor("self"), end = to.tensor("end");
  const double weight = to.number("weight", 0);
  if (!isFloat(self) || !isFloat(end))
    return to.keep("expected f32");
  Value way = to.sub(end, self);
  return to.replace(
      weight < 0.5
          ? to.add(self, to.scalar("aten::mul.Scalar", way, weight))
          : to.sub(end, to.scalar("aten::mul.Scalar", way, 1 - weight)));
}

static bool lerpTensor(AtenBuilder &to) {
  Value self = to.tensor("self"), end = to.tensor("end");
  Value weight = to.tensor("weight");
  if (!isFloat(self) || !isFloat(end) || !isFloat(weight))
    return to.keep("expected f32");
  return to.replace(to.add(self, to.mul(to.sub(end, self), weight)));
}

/// Overflows where a square does, at 1.8e19.
static bool hypotenuse(AtenBuilder &to) {
  Value self = to.tensor("self"), other = to.tensor("other");
  if (!isFloat(self) || !isFloat(other))
    return to.keep("expected f32");
  Value square = to.mul(self, self);
  return to.replace(
      to.unary("aten::sqrt", to.add(square, to.mul(other, other))));
}

template <bool toRadians>
static bool angle(AtenBuilder &to) {
  constexpr double kDegree = 0.017453292519943295769;
  if (!isFloat(to.tensor("self")))
    return to.keep("expected f32");
  return to.replace(to.scalar("aten::mul.Scalar", to.tensor("self"),
                              toRadians ? kDegree : 1 / kDegree));
}

static bool fraction(AtenBuilder &to) {
  Value x = to.tensor("self");
  return to.replace(to.sub(x, to.unary("aten::trunc", x)));
}

void decompose::addActivations(Table &table) {
  table["aten::celu"] = celu;
  table["aten::selu"] = selu;
  table["aten::softplus"] = softplus;
  table["aten::log_sigmoid"] = logSigmoid;
  table["aten::mish"] = mish;
  table["aten::softshrink"] = softshrink;
  table["aten::hardshrink"] = hardshrink;
  table["aten::threshold"] = threshold;
  table["aten::addcmul"] = addProduct<false>;
  table["aten::addcdiv"] = addProduct<true>;
  table["aten::lerp.Scalar"] = lerpScalar;
  table["aten::lerp.Tensor"] = lerpTensor;
  table["aten::hypot"] = hypotenuse;
  table["aten::deg2rad"] = angle<true>;
  table["aten::rad2deg"] = angle<false>;
  table["aten::frac"] = fraction;
}
