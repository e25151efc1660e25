// Pieces of a tensor as slices, stacks as concatenations.
#include "Decompose.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::decompose;

/// Pieces of the sizes that the results have.
static bool splitLikeResults(AtenBuilder &to) {
  Value self = to.tensor("self");
  const int64_t dim = wrapDim(to.integer("dim"), tensorType(self).getRank());
  SmallVector<Value> pieces;
  int64_t start = 0;
  if (tensorType(self).isDynamicDim(dim))
    return to.keep("expected a size known at compile time to split");
  for (unsigned i = 0, count = to.numResults(); i < count; ++i) {
    const int64_t size = to.resultType(i).getDimSize(dim);
    if (ShapedType::isDynamic(size))
      return to.keep("expected sizes known at compile time");
    pieces.push_back(to.slice(self, dim, start, start + size));
    start += size;
  }
  return to.replace(pieces);
}

static bool unbind(AtenBuilder &to) {
  Value self = to.tensor("self");
  const int64_t dim = wrapDim(to.integer("dim"), tensorType(self).getRank());
  SmallVector<Value> pieces;
  for (unsigned i = 0, count = to.numResults(); i < count; ++i)
    pieces.push_back(to.select(self, dim, i));
  return to.replace(pieces);
}

static bool stack(AtenBuilder &to) {
  const int64_t dim = wrapDim(to.integer("dim"), to.resultType().getRank());
  SmallVector<Value> pieces;
  for (Value tensor : to.tensors("tensors"))
    pieces.push_back(to.unsqueeze(tensor, dim));
  return to.replace(to.cat(pieces, dim));
}

/// To the sizes of the result; those that run time decides are the other's.
static bool expandAs(AtenBuilder &to) {
  Value self = to.tensor("self"), other = to.tensor("other");
  RankedTensorType type = to.resultType();
  SmallVector<int64_t> sizes(type.getShape());
  aten::OperatorArgument size = AtenBuilder::argument("size", Attribute());
  for (auto [dim, each] : llvm::enumerate(sizes))
    if (ShapedType::isDynamic(each)) {
      each = INT64_MIN;
      size.symbols.push_back(
          aten::SymSizeOp::create(to.builder, to.loc, other, dim));
    }
  size.attribute = to.builder.getDenseI64ArrayAttr(sizes);
  return to.replace(to.build(
      "aten::expand", {AtenBuilder::argument("self", self), size}, type));
}

void decompose::addSplits(Table &table) {
  for (StringRef name :
       {"aten::split.Tensor", "aten::split_with_sizes", "aten::chunk",
        "aten::split.sizes", "aten::tensor_split.sections",
        "aten::tensor_split.indices"})
    table[name] = splitLikeResults;
  table["aten::unbind.int"] = unbind;
  table["aten::stack"] = stack;
  table["aten::expand_as"] = expandAs;
}
