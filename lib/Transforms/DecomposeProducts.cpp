// Sums of products, written as an equation, as a batch of matrix products.
#include <numeric>

#include "Decompose.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::decompose;

/// `value` with its dimensions `labels` in the order of `groups`, each group
/// merged into one dimension.
static Value merged(AtenBuilder &to, Value value, StringRef labels,
                    ArrayRef<std::string> groups) {
  RankedTensorType type = tensorType(value);
  SmallVector<int64_t> perm, sizes;
  for (const std::string &group : groups) {
    int64_t size = 1;
    for (char label : group) {
      perm.push_back(labels.find(label));
      size *= type.getDimSize(perm.back());
    }
    sizes.push_back(size);
  }
  return to.view(to.permute(value, perm),
                 RankedTensorType::get(sizes, type.getElementType()));
}

/// `ab,bc->ac`: two tensors of static sizes, each label at most once in each.
static bool einsum(AtenBuilder &to) {
  OperandRange tensors = to.tensors("tensors");
  auto equation = dyn_cast_or_null<StringAttr>(to.attribute("equation"));
  if (!equation || tensors.size() != 2)
    return to.keep("expected two tensors");
  std::string text;
  for (char c : equation.getValue())
    if (c != ' ')
      text += c;
  auto [inputs, result] = StringRef(text).split("->");
  const StringRef left = inputs.split(',').first;
  const StringRef right = inputs.split(',').second;
  if (!StringRef(text).contains("->") || left.contains('.') ||
      int64_t(left.size()) != tensorType(tensors[0]).getRank() ||
      int64_t(right.size()) != tensorType(tensors[1]).getRank() ||
      !tensorType(tensors[0]).hasStaticShape() ||
      !tensorType(tensors[1]).hasStaticShape())
    return to.keep("expected `ab,bc->ac` of static sizes");
  std::string batch, rows, summed, columns;
  for (char label : left) {
    const bool inRight = right.contains(label),
               inResult = result.contains(label);
    if (left.count(label) != 1 || (!inRight && !inResult))
      return to.keep(
          "expected each label once in a tensor, and no sum over one alone");
    (inRight ? (inResult ? batch : summed) : rows) += label;
  }
  for (char label : right) {
    if (right.count(label) != 1 ||
        (!left.contains(label) && !result.contains(label)))
      return to.keep(
          "expected each label once in a tensor, and no sum over one alone");
    if (!left.contains(label))
      columns += label;
  }
  const std::string order = batch + rows + columns;
  if (result.size() != order.size())
    return to.keep("expected all labels that are not summed in the result");
  auto sizeOf = [&](char label) {
    const size_t at = left.find(label);
    return at != StringRef::npos
               ? tensorType(tensors[0]).getDimSize(at)
               : tensorType(tensors[1]).getDimSize(right.find(label));
  };
  Value product =
      to.matmul(merged(to, tensors[0], left, {batch, rows, summed}),
                merged(to, tensors[1], right, {batch, summed, columns}));
  SmallVector<int64_t> sizes, perm;
  for (char label : order)
    sizes.push_back(sizeOf(label));
  for (char label : result)
    perm.push_back(order.find(label));
  product = to.view(product, RankedTensorType::get(
                                 sizes, tensorType(product).getElementType()));
  return to.replace(to.permute(product, perm));
}

void decompose::addProducts(Table &table) { table["aten::einsum"] = einsum; }
