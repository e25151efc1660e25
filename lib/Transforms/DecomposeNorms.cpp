// Normalizations as means, and sums of exponentials.
#include "Decompose.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::decompose;

static bool isFloat(Value value) {
  return tensorType(value).getElementType().isF32();
}

/// `x / sqrt(mean(x^2) + eps) * weight` over the last dimensions.
static bool rmsNorm(AtenBuilder &to) {
  constexpr double kMachineEps = 0x1p-23; // of f32, where eps is None
  Value x = to.tensor("input");
  auto shape =
      dyn_cast_or_null<DenseI64ArrayAttr>(to.attribute("normalized_shape"));
  if (!isFloat(x) || !shape)
    return to.keep("expected f32 and sizes known at compile time");
  const int64_t rank = tensorType(x).getRank();
  const SmallVector<int64_t> dims =
      llvm::to_vector(llvm::seq<int64_t>(rank - shape.size(), rank));
  Value mean = to.reduce("aten::mean.dim", to.mul(x, x), dims);
  Value factor =
      to.unary("aten::rsqrt", to.scalar("aten::add.Scalar", mean,
                                        to.number("eps", kMachineEps)));
  Value result = to.mul(x, factor);
  if (Value weight = to.tensor("weight"))
    result = to.mul(result, weight);
  return to.replace(result);
}

/// A group for each channel.
static bool instanceNorm(AtenBuilder &to) {
  Value x = to.tensor("input");
  if (!to.flag("use_input_stats") || tensorType(x).isDynamicDim(1))
    return to.keep("expected statistics of the input, and known channels");
  SmallVector<aten::OperatorArgument> arguments{
      AtenBuilder::argument("input", x),
      AtenBuilder::argument("num_groups", to.builder.getI64IntegerAttr(
                                              tensorType(x).getDimSize(1))),
      to.same("eps"),
      AtenBuilder::argument("cudnn_enabled", to.builder.getBoolAttr(false))};
  for (StringRef name : {"weight", "bias"})
    if (Value value = to.tensor(name))
      arguments.push_back(AtenBuilder::argument(name, value));
  return to.replace(to.build("aten::group_norm", arguments, to.resultType()));
}

/// By the mean and variance of the batch, where no statistics are kept.
static bool batchNorm(AtenBuilder &to) {
  Value x = to.tensor("input");
  RankedTensorType type = tensorType(x);
  if (to.tensor("running_mean") || !isFloat(x) || type.getRank() < 2 ||
      type.isDynamicDim(1))
    return to.keep("expected no running statistics, and known channels");
  SmallVector<int64_t> dims, perChannel{type.getDimSize(1)};
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    if (dim != 1)
      dims.push_back(dim);
  perChannel.append(type.getRank() - 2, 1);
  auto channelwise = [&](StringRef name) {
    Value value = to.tensor(name);
    return value ? to.view(value, RankedTensorType::get(perChannel,
                                                        type.getElementType()))
                 : Value();
  };
  Value centred = to.sub(x, to.reduce("aten::mean.dim", x, dims));
  Value variance = to.reduce("aten::mean.dim", to.mul(centred, centred), dims);
  Value factor = to.unary("aten::rsqrt", to.scalar("aten::add.Scalar", variance,
                                                   to.number("eps", 1e-5)));
  Value result = to.mul(centred, factor);
  if (Value weight = channelwise("weight"))
    result = to.mul(result, weight);
  if (Value bias = channelwise("bias"))
    result = to.add(result, bias);
  return to.replace(result);
}

/// `keepdim` or not.
static Value likeResult(AtenBuilder &to, Value value) {
  return value.getType() == to.resultType() ? value
                                            : to.view(value, to.resultType());
}

static bool cosineSimilarity(AtenBuilder &to) {
  Value a = to.tensor("x1"), b = to.tensor("x2");
  if (!isFloat(a) || !isFloat(b) ||
      tensorType(a).getRank() != tensorType(b).getRank())
    return to.keep("expected f32 of equal rank");
  const int64_t dim = wrapDim(to.integer("dim", 1), tensorType(a).getRank());
  auto sum = [&](Value value) {
    return to.reduce("aten::sum.dim_IntList", value, {dim});
  };
  auto norm = [&](Value value) {
    return to.clamp(to.unary("aten::sqrt", sum(to.mul(value, value))),
                    to.number("eps", 1e-8), std::nullopt);
  };
  Value product = sum(to.mul(a, b)), norms = norm(a);
  norms = to.mul(norms, norm(b));
  return to.replace(
      likeResult(to, to.binary("aten::div.Tensor", product, norms)));
}

/// `log(sum(exp(x - m))) + m` with the maximum m, kept finite so that
/// infinities stay what they are.
static bool logSumExp(AtenBuilder &to) {
  constexpr double kLargest = 0x1.fffffep127;
  Value x = to.tensor("self");
  auto list = dyn_cast_or_null<DenseI64ArrayAttr>(to.attribute("dim"));
  const int64_t rank = tensorType(x).getRank();
  if (!isFloat(x) || !list || list.empty() || rank == 0)
    return to.keep("expected f32 and dimensions");
  SmallVector<int64_t> dims;
  for (int64_t dim : list.asArrayRef())
    dims.push_back(wrapDim(dim, rank));
  Value largest =
      to.clamp(to.reduce("aten::amax", x, dims), -kLargest, kLargest);
  Value sum = to.reduce("aten::sum.dim_IntList",
                        to.unary("aten::exp", to.sub(x, largest)), dims);
  return to.replace(
      likeResult(to, to.add(to.unary("aten::log", sum), largest)));
}

/// The kernel has another name.
static bool cdist(AtenBuilder &to) {
  return to.replace(
      to.build("aten::_cdist_forward",
               {to.same("x1"), to.same("x2"),
                AtenBuilder::argument(
                    "p", to.builder.getF64FloatAttr(to.number("p", 2))),
                to.same("compute_mode")},
               to.resultType()));
}

void decompose::addNorms(Table &table) {
  table["aten::rms_norm"] = rmsNorm;
  table["aten::instance_norm"] = instanceNorm;
  table["aten::batch_norm"] = batchNorm;
  table["aten::cosine_similarity"] = cosineSimilarity;
  table["aten::cdist"] = cdist;
  table["aten::logsumexp"] = logSumExp;
  table["aten::special_logsumexp"] = logSumExp;
}
