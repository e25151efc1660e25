// Sorting and indexed copies in terms of what has a kernel.
#include "Decompose.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::decompose;

/// All of a dimension, sorted: the k largest or smallest of k. Equal elements
/// may come in another order, as without `stable`.
static bool sort(AtenBuilder &to) {
  Value self = to.tensor("self");
  const int64_t rank = tensorType(self).getRank();
  if (rank == 0 || to.flag("stable"))
    return to.keep("expected a tensor with dimensions, and a sort that need "
                   "not be stable");
  const int64_t dim = wrapDim(to.integer("dim", -1), rank);
  const int64_t size = tensorType(self).getDimSize(dim);
  if (ShapedType::isDynamic(size))
    return to.keep("expected a size known at compile time to sort");
  OpBuilder &builder = to.builder;
  return to.replace(
      to.build("aten::topk",
               {to.same("self"),
                AtenBuilder::argument("k", builder.getI64IntegerAttr(size)),
                AtenBuilder::argument("dim", builder.getI64IntegerAttr(dim)),
                AtenBuilder::argument(
                    "largest", builder.getBoolAttr(to.flag("descending"))),
                AtenBuilder::argument("sorted", builder.getBoolAttr(true))},
               TypeRange{to.resultType(0), to.resultType(1)}));
}

/// Rows of `source` to the places that `index` says.
static bool indexCopy(AtenBuilder &to) {
  Value self = to.tensor("self");
  const int64_t dim = wrapDim(to.integer("dim"), tensorType(self).getRank());
  if (tensorType(self).getRank() == 0)
    return to.keep("expected a tensor with dimensions");
  SmallVector<bool> present(dim + 1, false);
  present[dim] = true;
  aten::OperatorArgument indices =
      AtenBuilder::argument("indices", to.tensor("index"));
  indices.attribute = to.builder.getDenseBoolArrayAttr(present);
  return to.replace(to.build(
      "aten::index_put",
      {to.same("self"), indices,
       AtenBuilder::argument("values", to.tensor("source")),
       AtenBuilder::argument("accumulate", to.builder.getBoolAttr(false))},
      to.resultType()));
}

void decompose::addIndexing(Table &table) {
  table["aten::sort"] = sort;
  table["aten::sort.stable"] = sort;
  table["aten::index_copy"] = indexCopy;
}
