// Attention as products and a softmax.
#include <cmath>

#include "Decompose.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::decompose;

/// Added to a score that does not count: its exponential is 0, and no
/// difference of two such is NaN.
static constexpr float kMasked = -1e30f;

/// What lies below the diagonal: 0, else kMasked; at most `rows` x `columns`.
static Value causalMask(AtenBuilder &to, Value scores) {
  RankedTensorType type = tensorType(scores);
  const int64_t rank = type.getRank();
  const SmallVector<int64_t> bounds = aten::upperBounds(type);
  const int64_t rows = bounds[rank - 2], columns = bounds[rank - 1];
  if (rows <= 0 || columns <= 0 || rows * columns > (int64_t(1) << 24))
    return {};
  std::vector<float> numbers(rows * columns, 0);
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = row + 1; column < columns; ++column)
      numbers[row * columns + column] = kMasked;
  Value mask = to.constant(numbers, {rows, columns}, "causal_mask");
  for (int64_t i : {0, 1}) {
    const int64_t dim = rank - 2 + i;
    if (!type.isDynamicDim(dim))
      continue;
    Value size = aten::SymSizeOp::create(to.builder, to.loc, scores, dim);
    RankedTensorType from = tensorType(mask);
    SmallVector<int64_t> sizes(from.getShape()),
        limits(aten::upperBounds(from));
    sizes[i] = ShapedType::kDynamic;
    aten::OperatorArgument end =
        AtenBuilder::argument("end", to.builder.getI64IntegerAttr(INT64_MIN));
    end.symbols.push_back(size);
    mask = to.build(
        "aten::slice.Tensor",
        {AtenBuilder::argument("self", mask),
         AtenBuilder::argument("dim", to.builder.getI64IntegerAttr(i)),
         AtenBuilder::argument("start", to.builder.getI64IntegerAttr(0)), end},
        aten::boundedTensor(sizes, from.getElementType(), limits));
  }
  return mask;
}

/// Heads of queries that share a head of keys lie in its rows: [B, H, L, E] as
/// [B, keyHeads, H / keyHeads * L, E].
static Value groupHeads(AtenBuilder &to, Value value, int64_t keyHeads) {
  RankedTensorType type = tensorType(value);
  SmallVector<int64_t> sizes(type.getShape()), bounds(aten::upperBounds(type));
  const int64_t group = sizes[1] / keyHeads;
  sizes[1] = bounds[1] = keyHeads;
  bounds[2] *= group;
  if (!ShapedType::isDynamic(sizes[2]))
    sizes[2] *= group;
  return to.view(value,
                 aten::boundedTensor(sizes, type.getElementType(), bounds));
}

/// softmax(query * key^T * scale + mask) * value
static bool attention(AtenBuilder &to) {
  Value query = to.tensor("query"), key = to.tensor("key"),
        value = to.tensor("value"), mask = to.tensor("attn_mask");
  RankedTensorType queryType = tensorType(query), keyType = tensorType(key);
  const int64_t rank = queryType.getRank();
  auto dropout = dyn_cast_or_null<FloatAttr>(to.attribute("dropout_p"));
  if (rank < 2 || keyType.getRank() != rank ||
      queryType.isDynamicDim(rank - 1) ||
      (dropout && dropout.getValueAsDouble() != 0))
    return to.keep("expected query and key of one rank, a head size known at "
                   "compile time and no dropout");
  if (mask && tensorType(mask).getElementType() != queryType.getElementType() &&
      !tensorType(mask).getElementType().isInteger(1))
    return to.keep("expected a mask of bools or of the type of the query");
  double scale = 1 / std::sqrt(double(queryType.getDimSize(rank - 1)));
  if (auto given = dyn_cast_or_null<FloatAttr>(to.attribute("scale")))
    scale = given.getValueAsDouble();
  const bool grouped = to.flag("enable_gqa") && rank == 4 &&
                       queryType.getDimSize(1) != keyType.getDimSize(1);
  const int64_t keyHeads = grouped ? keyType.getDimSize(1) : 0;
  if (grouped && (queryType.getNumDynamicDims() > 1 || keyHeads <= 0 ||
                  queryType.getDimSize(1) % keyHeads))
    return to.keep("expected query heads that are a multiple of those of the "
                   "keys, and one dynamic size");

  if (grouped)
    query = groupHeads(to, query, keyHeads);
  Value scores = to.matmul(query, to.transpose(key, rank - 2, rank - 1));
  if (grouped) {
    SmallVector<int64_t> sizes(queryType.getShape().drop_back()),
        bounds(aten::upperBounds(queryType));
    sizes.push_back(keyType.getDimSize(rank - 2));
    bounds.back() = aten::upperBounds(keyType)[rank - 2];
    scores = to.view(
        scores, aten::boundedTensor(sizes, queryType.getElementType(), bounds));
    if (!scores)
      return to.keep("expected at most one dynamic size");
  }
  scores = to.scalar("aten::mul.Scalar", scores, scale);
  if (to.flag("is_causal")) {
    Value causal = causalMask(to, scores);
    if (!causal)
      return to.keep("expected at most 2^24 scores for a causal mask");
    scores = to.add(scores, causal);
  }
  if (mask && tensorType(mask).getElementType().isInteger(1)) {
    Value masked = to.constant({kMasked}, {}, "masked");
    scores = to.build("aten::where.self",
                      {AtenBuilder::argument("condition", mask),
                       AtenBuilder::argument("self", scores),
                       AtenBuilder::argument("other", masked)},
                      tensorType(scores));
  } else if (mask) {
    scores = to.add(scores, mask);
  }
  Value weights = to.softmax(scores, rank - 1);
  if (grouped)
    weights = groupHeads(to, weights, keyHeads);
  Value result = weights ? to.matmul(weights, value) : Value();
  if (grouped && result)
    result = to.view(result, to.resultType());
  return result && to.replace(result);
}

void decompose::addAttention(Table &table) {
  table["aten::scaled_dot_product_attention"] = attention;
}
