#include "pt2e/Numerics/Blocks.h"

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace pt2e {

absl::StatusOr<int64_t> numElements(absl::Span<const int64_t> shape) {
  int64_t product = 1;
  bool overflow = false;
  bool empty = false;
  for (int64_t size : shape) {
    if (size < 0)
      return absl::InvalidArgumentError(
          absl::StrFormat("expected sizes of at least 0, but got [%s]",
                          absl::StrJoin(shape, ", ")));
    empty |= size == 0;
    overflow |= __builtin_mul_overflow(product, size, &product);
  }
  if (empty)
    return 0;
  if (overflow)
    return absl::InvalidArgumentError(absl::StrFormat(
        "expected less than 2^63 elements, but got the shape [%s]",
        absl::StrJoin(shape, ", ")));
  return product;
}

absl::StatusOr<Blocks> Blocks::get(absl::Span<const int64_t> shape,
                                   absl::Span<const int64_t> block) {
  absl::StatusOr<int64_t> elements = pt2e::numElements(shape);
  if (!elements.ok())
    return elements.status();
  bool fits = block.size() == shape.size();
  for (size_t i = 0; fits && i < shape.size(); ++i)
    fits = block[i] == -1 || (block[i] > 0 && shape[i] % block[i] == 0);
  if (!fits)
    return absl::InvalidArgumentError(absl::StrFormat(
        "expected block sizes that divide the shape [%s], but got [%s]",
        absl::StrJoin(shape, ", "), absl::StrJoin(block, ", ")));

  Blocks result;
  result.elements = *elements;
  if (*elements == 0)
    return result;
  result.numBlocks = 1;
  // From the inside out: whole axes and the innermost cut axis make up a run.
  bool contiguous = true;
  for (size_t i = shape.size(); i-- > 0;) {
    const int64_t size = shape[i];
    const int64_t step = block[i] == -1 ? size : block[i];
    const int64_t runsPerBlock = contiguous ? 1 : step;
    if (contiguous)
      result.runLength *= step;
    contiguous &= step == size;
    const int64_t runs = size / step * runsPerBlock;
    if (runs > 1)
      result.axes.insert(result.axes.begin(),
                         Axis{runs, runsPerBlock, result.numBlocks});
    result.numBlocks *= size / step;
  }
  return result;
}

absl::StatusOr<Blocks> Blocks::perTensor(absl::Span<const int64_t> shape) {
  return get(shape, std::vector<int64_t>(shape.size(), -1));
}

absl::StatusOr<Blocks> Blocks::perChannel(absl::Span<const int64_t> shape,
                                          int64_t axis) {
  const int64_t rank = static_cast<int64_t>(shape.size());
  if (axis < -rank || axis >= rank)
    return absl::InvalidArgumentError(absl::StrFormat(
        "expected a channel axis of a tensor of rank %d, but got %d", rank,
        axis));
  std::vector<int64_t> block(shape.size(), -1);
  block[axis < 0 ? axis + rank : axis] = 1;
  return get(shape, block);
}

} // namespace pt2e
