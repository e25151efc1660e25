// Data movement in terms of permute, slice, flip, expand and cat.
#include "Decompose.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::decompose;

/// Dimensions `source` stand at `destination`, the others in their order.
static bool moveDims(AtenBuilder &to, ArrayRef<int64_t> source,
                     ArrayRef<int64_t> destination) {
  Value self = to.tensor("self");
  const int64_t rank = tensorType(self).getRank();
  SmallVector<int64_t> dims(rank, -1);
  SmallVector<bool> moved(rank, false);
  for (auto [from, at] : llvm::zip(source, destination)) {
    dims[wrapDim(at, rank)] = wrapDim(from, rank);
    moved[wrapDim(from, rank)] = true;
  }
  int64_t next = 0;
  for (int64_t &dim : dims) {
    while (dim < 0 && moved[next])
      ++next;
    if (dim < 0)
      dim = next++;
  }
  return to.replace(to.permute(self, dims));
}

static bool moveDim(AtenBuilder &to) {
  return moveDims(to, {to.integer("source")}, {to.integer("destination")});
}

static bool moveDimList(AtenBuilder &to) {
  auto source = dyn_cast_or_null<DenseI64ArrayAttr>(to.attribute("source"));
  auto destination =
      dyn_cast_or_null<DenseI64ArrayAttr>(to.attribute("destination"));
  if (!source || !destination || source.size() != destination.size())
    return to.keep("expected two lists of dimensions");
  return moveDims(to, source, destination);
}

static bool reverseDims(AtenBuilder &to) {
  Value self = to.tensor("self");
  SmallVector<int64_t> dims;
  for (int64_t dim = tensorType(self).getRank(); dim-- > 0;)
    dims.push_back(dim);
  return to.replace(to.permute(self, dims));
}

static Value flip(AtenBuilder &to, Value value, ArrayRef<int64_t> dims) {
  return to.build(
      "aten::flip",
      {AtenBuilder::argument("self", value),
       AtenBuilder::argument("dims", to.builder.getDenseI64ArrayAttr(dims))},
      tensorType(value));
}

static bool rot90(AtenBuilder &to) {
  Value self = to.tensor("self");
  const int64_t rank = tensorType(self).getRank();
  auto dims = dyn_cast_or_null<DenseI64ArrayAttr>(to.attribute("dims"));
  if (!dims || dims.size() != 2)
    return to.keep("expected two dimensions");
  const int64_t a = wrapDim(dims[0], rank), b = wrapDim(dims[1], rank);
  switch (((to.integer("k", 1) % 4) + 4) % 4) {
  case 0:
    return to.replace(self);
  case 1:
    return to.replace(to.transpose(flip(to, self, {b}), a, b));
  case 2:
    return to.replace(flip(to, self, {a, b}));
  default:
    return to.replace(flip(to, to.transpose(self, a, b), {b}));
  }
}

/// Vector `i` along dimension `i`; with `xy` the first two change places.
static bool meshgrid(AtenBuilder &to) {
  auto indexing = dyn_cast_or_null<StringAttr>(to.attribute("indexing"));
  const bool swaps = indexing && indexing.getValue() == "xy";
  OperandRange vectors = to.tensors("tensors");
  const int64_t rank = vectors.size();
  SmallVector<Value> results;
  for (auto [i, vector] : llvm::enumerate(vectors)) {
    RankedTensorType type = to.resultType(i);
    if (!type.hasStaticShape() || rank < 1)
      return to.keep("expected sizes known at compile time");
    const int64_t dim = swaps && i < 2 && rank > 1 ? 1 - i : i;
    SmallVector<int64_t> shape(rank, 1);
    shape[dim] = type.getDimSize(dim);
    results.push_back(to.expand(
        to.view(vector, RankedTensorType::get(shape, type.getElementType())),
        type));
  }
  return to.replace(results);
}

static bool broadcastTensors(AtenBuilder &to) {
  SmallVector<Value> results;
  for (auto [i, tensor] : llvm::enumerate(to.tensors("tensors"))) {
    RankedTensorType type = to.resultType(i);
    if (tensor.getType() != type && !type.hasStaticShape())
      return to.keep("expected sizes known at compile time");
    results.push_back(tensor.getType() == type ? tensor
                                               : to.expand(tensor, type));
  }
  return to.replace(results);
}

/// [N, G, C / G, ...] with the groups behind the channels.
static bool channelShuffle(AtenBuilder &to) {
  Value self = to.tensor("self");
  RankedTensorType type = tensorType(self);
  const int64_t groups = to.integer("groups", 1);
  if (type.getRank() < 3 || type.isDynamicDim(1))
    return to.keep("expected a known number of channels");
  const int64_t channels = type.getDimSize(1);
  Value split = to.regroup(self, 1, 1, {groups, channels / groups});
  Value joined =
      split ? to.regroup(to.transpose(split, 1, 2), 1, 2, {channels}) : Value();
  return to.replace(joined);
}

/// Of neighbours, `n` times.
static bool difference(AtenBuilder &to) {
  Value value = to.tensor("self");
  const int64_t dim =
      wrapDim(to.integer("dim", -1), tensorType(value).getRank());
  if (to.tensor("prepend") || to.tensor("append") ||
      tensorType(value).isDynamicDim(dim) ||
      !isa<FloatType>(tensorType(value).getElementType()))
    return to.keep("expected floats of a known size, nothing to prepend or "
                   "append");
  for (int64_t i = 0, n = to.integer("n", 1); i < n; ++i) {
    const int64_t size = tensorType(value).getDimSize(dim);
    Value behind = to.slice(value, dim, 1, size);
    value = to.sub(behind, to.slice(value, dim, 0, size - 1));
  }
  return to.replace(value);
}

static bool outer(AtenBuilder &to) {
  return to.replace(
      to.mul(to.unsqueeze(to.tensor("self"), 1), to.tensor("vec2")));
}

/// Padding by the other end of the tensor.
static bool circularPad(AtenBuilder &to) {
  auto mode = dyn_cast_or_null<StringAttr>(to.attribute("mode"));
  auto pads = dyn_cast_or_null<DenseI64ArrayAttr>(to.attribute("pad"));
  Value value = to.tensor("self");
  const int64_t rank = tensorType(value).getRank();
  if (!mode || mode.getValue() != "circular" || !pads ||
      llvm::any_of(pads.asArrayRef(), [](int64_t pad) { return pad < 0; }))
    return to.keep("expected circular padding of known sizes");
  for (int64_t i = 0; i < pads.size() / 2; ++i) {
    const int64_t dim = rank - 1 - i, size = tensorType(value).getDimSize(dim);
    const int64_t before = pads[2 * i], behind = pads[2 * i + 1];
    if (ShapedType::isDynamic(size) || before > size || behind > size)
      return to.keep("expected a known size that is no smaller than the "
                     "padding");
    SmallVector<Value> parts;
    if (before)
      parts.push_back(to.slice(value, dim, size - before, size));
    parts.push_back(value);
    if (behind)
      parts.push_back(to.slice(value, dim, 0, behind));
    if (parts.size() > 1)
      value = to.cat(parts, dim);
  }
  return to.replace(value);
}

/// Each element, or slice along a dimension, `repeats` times in a row.
static bool repeatInterleave(AtenBuilder &to) {
  Value self = to.tensor("self");
  RankedTensorType type = tensorType(self);
  if (!type.hasStaticShape() || type.getRank() == 0 ||
      !to.resultType().hasStaticShape())
    return to.keep("expected sizes known at compile time");
  auto given = dyn_cast_or_null<IntegerAttr>(to.attribute("dim"));
  const int64_t dim =
      given ? wrapDim(given.getInt(), type.getRank()) : type.getRank() - 1;
  Value each = to.unsqueeze(self, dim + 1);
  each = to.expand(each,
                   withSize(tensorType(each), dim + 1, to.integer("repeats")));
  return to.replace(to.view(each, to.resultType()));
}

/// 1 where the index is the place in the last dimension.
static bool oneHot(AtenBuilder &to) {
  Value index =
      to.unsqueeze(to.tensor("self"), tensorType(to.tensor("self")).getRank());
  const int64_t classes = to.resultType().getShape().back();
  if (ShapedType::isDynamic(classes))
    return to.keep("expected a known number of classes");
  const SmallVector<int64_t> places =
      llvm::to_vector(llvm::seq<int64_t>(classes));
  RankedTensorType type =
      withSize(tensorType(index), tensorType(index).getRank() - 1, classes);
  Value isThere =
      to.build("aten::eq.Tensor",
               {AtenBuilder::argument("self", index),
                AtenBuilder::argument(
                    "other", to.integerConstant(places, {classes}, "places"))},
               aten::boundedTensor(type.getShape(), to.builder.getI1Type(),
                                   aten::upperBounds(type)));
  return to.replace(to.build(
      "aten::where.self",
      {AtenBuilder::argument("condition", isThere),
       AtenBuilder::argument("self", to.integerConstant({1}, {}, "one")),
       AtenBuilder::argument("other", to.integerConstant({0}, {}, "zero"))},
      to.resultType()));
}

/// The kernel has the name of its rank.
static bool gridSampler(AtenBuilder &to) {
  if (to.resultType().getRank() != 4)
    return to.keep("expected images");
  return to.replace(to.build(
      "aten::grid_sampler_2d",
      {to.same("input"), to.same("grid"), to.same("interpolation_mode"),
       to.same("padding_mode"), to.same("align_corners")},
      to.resultType()));
}

void decompose::addMoves(Table &table) {
  table["aten::movedim.int"] = moveDim;
  table["aten::movedim.intlist"] = moveDimList;
  table["aten::moveaxis.int"] = moveDim;
  table["aten::moveaxis.intlist"] = moveDimList;
  table["aten::numpy_T"] = reverseDims;
  table["aten::rot90"] = rot90;
  table["aten::meshgrid"] = meshgrid;
  table["aten::meshgrid.indexing"] = meshgrid;
  table["aten::broadcast_tensors"] = broadcastTensors;
  table["aten::channel_shuffle"] = channelShuffle;
  table["aten::native_channel_shuffle"] = channelShuffle;
  table["aten::diff"] = difference;
  table["aten::outer"] = outer;
  table["aten::pad"] = circularPad;
  table["aten::repeat_interleave.self_int"] = repeatInterleave;
  table["aten::one_hot"] = oneHot;
  table["aten::grid_sampler"] = gridSampler;
}
