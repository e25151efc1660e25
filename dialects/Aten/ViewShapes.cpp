// Shape rules of views and data movement.
#include "dialects/Aten/ShapeRules.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pt2e::aten;

/// Stands for an integer that run time computes.
static constexpr int64_t kSymbol = INT64_MIN;

/// The product; none after an overflow.
static std::optional<Dim> product(ArrayRef<Dim> dims) {
  Dim result = Dim::fixed(1);
  for (const Dim &dim : dims) {
    if (dim.bound < 0 || result.bound < 0)
      result.bound = -1;
    else if (llvm::MulOverflow(result.bound, dim.bound, result.bound))
      return std::nullopt;
    result.size = result.isStatic() && dim.isStatic() ? result.bound
                                                      : ShapedType::kDynamic;
  }
  return result;
}

std::optional<Dims> ShapeRules::reshaped(ArrayRef<Dim> from,
                                         ArrayRef<int64_t> sizes) {
  const std::optional<Dim> total = product(from);
  if (!total) {
    reason = "expected fewer than 2^63 elements";
    return std::nullopt;
  }
  Dims dims;
  std::optional<size_t> inferred;
  for (int64_t size : sizes) {
    if (size == -1) {
      if (inferred) {
        reason = "expected at most one size -1";
        return std::nullopt;
      }
      inferred = dims.size();
    } else if (size < 0 && size != kSymbol) {
      reason = "expected a size that is not negative, but got " +
               std::to_string(size);
      return std::nullopt;
    }
    dims.push_back(size == -1        ? Dim::fixed(1)
                   : size == kSymbol ? Dim()
                                     : Dim::fixed(size));
  }
  const std::optional<Dim> rest = product(dims);
  if (!rest) {
    reason = "expected fewer than 2^63 elements";
    return std::nullopt;
  }
  if (inferred) {
    Dim &dim = dims[*inferred];
    dim = Dim();
    if (rest->isStatic() && rest->size > 0 && total->bound >= 0)
      dim = total->isStatic()
                ? Dim::fixed(total->size / rest->size)
                : Dim{ShapedType::kDynamic,
                      std::max<int64_t>(total->bound / rest->size, 1)};
  }
  const bool isKnown = total->isStatic() && rest->isStatic();
  if (isKnown && (inferred ? rest->size == 0 || total->size % rest->size != 0
                           : total->size != rest->size)) {
    reason = "expected a shape of " + std::to_string(total->size) + " elements";
    return std::nullopt;
  }
  return dims;
}

std::optional<Types> ShapeRules::views() {
  if (!isa<ViewOp, ReshapeOp, FlattenUsingIntsOp, UnflattenIntOp, PermuteOp,
           TransposeIntOp, TOp, SqueezeOp, SqueezeDimOp, SqueezeDimsOp,
           UnsqueezeOp, ExpandOp, SliceTensorOp, SelectIntOp>(op))
    return std::nullopt;
  const RankedTensorType self = type("self");
  const Type element = self.getElementType();
  const int64_t rank = self.getRank();
  Dims dims = dimsOf(self);
  if (isa<ViewOp, ReshapeOp>(op)) {
    auto shape = reshaped(dims, integers(isa<ViewOp>(op) ? "size" : "shape"));
    return shape ? one(*shape, element) : std::nullopt;
  }
  if (isa<FlattenUsingIntsOp>(op)) {
    if (rank == 0)
      return one(Dim::fixed(1), element);
    auto start = dimension(*integer("start_dim"), rank);
    auto end = dimension(*integer("end_dim"), rank);
    if (!start || !end)
      return std::nullopt;
    if (*start > *end)
      return fail("expected a start before the end");
    auto merged = product(ArrayRef(dims).slice(*start, *end - *start + 1));
    if (!merged)
      return fail("expected fewer than 2^63 elements");
    dims.erase(dims.begin() + *start, dims.begin() + *end + 1);
    dims.insert(dims.begin() + *start, *merged);
    return one(dims, element);
  }
  if (isa<UnflattenIntOp>(op)) {
    auto dim = dimension(*integer("dim"), rank);
    auto split = dim ? reshaped(dims[*dim], integers("sizes")) : std::nullopt;
    if (!split)
      return std::nullopt;
    dims.erase(dims.begin() + *dim);
    dims.insert(dims.begin() + *dim, split->begin(), split->end());
    return one(dims, element);
  }
  if (isa<PermuteOp>(op)) {
    ArrayRef<int64_t> order = integers("dims");
    llvm::SmallBitVector seen(rank);
    Dims permuted;
    for (int64_t dim : order) {
      auto counted = dimension(dim, rank);
      if (!counted)
        return std::nullopt;
      seen.set(*counted);
      permuted.push_back(dims[*counted]);
    }
    if (int64_t(order.size()) != rank || !seen.all())
      return fail("expected each of " + Twine(rank) + " dimensions once");
    return one(permuted, element);
  }
  if (isa<TransposeIntOp>(op)) {
    if (rank == 0)
      return one(dims, element);
    auto a = dimension(*integer("dim0"), rank);
    auto b = dimension(*integer("dim1"), rank);
    if (!a || !b)
      return std::nullopt;
    std::swap(dims[*a], dims[*b]);
    return one(dims, element);
  }
  if (isa<TOp>(op)) {
    if (rank > 2)
      return fail("expected a matrix, but got rank " + Twine(rank));
    std::reverse(dims.begin(), dims.end());
    return one(dims, element);
  }
  if (isa<SqueezeOp, SqueezeDimOp, SqueezeDimsOp>(op)) {
    llvm::SmallBitVector squeezed(rank, isa<SqueezeOp>(op));
    SmallVector<int64_t> given(integers("dim"));
    if (auto single = integer("dim"))
      given.push_back(*single);
    for (int64_t dim : given) {
      if (rank == 0 && (dim == 0 || dim == -1))
        continue;
      auto counted = dimension(dim, rank);
      if (!counted)
        return std::nullopt;
      squeezed.set(*counted);
    }
    Dims left;
    for (auto [dim, size] : llvm::enumerate(dims))
      if (!squeezed.test(dim) || size.size != 1)
        left.push_back(size);
    return one(left, element);
  }
  if (isa<UnsqueezeOp>(op)) {
    auto dim = dimension(*integer("dim"), rank + 1);
    if (!dim)
      return std::nullopt;
    dims.insert(dims.begin() + *dim, Dim::fixed(1));
    return one(dims, element);
  }
  if (isa<ExpandOp>(op)) {
    ArrayRef<int64_t> sizes = integers("size");
    if (int64_t(sizes.size()) < rank)
      return fail("expected at least " + Twine(rank) + " sizes, but got " +
                  Twine(sizes.size()));
    const int64_t added = sizes.size() - rank;
    Dims expanded;
    for (auto [i, size] : llvm::enumerate(sizes)) {
      const Dim from = int64_t(i) < added ? Dim::fixed(1) : dims[i - added];
      if (size == kSymbol) {
        expanded.push_back(Dim());
      } else if (size == -1 && int64_t(i) >= added) {
        expanded.push_back(from);
      } else if (size < 0 ||
                 (from.isStatic() && from.size != 1 && from.size != size)) {
        return fail("expected sizes that expand " + Twine(from.size) +
                    ", but got " + Twine(size));
      } else {
        expanded.push_back(Dim::fixed(size));
      }
    }
    return one(expanded, element);
  }
  auto dim = dimension(*integer("dim"), rank);
  if (!dim)
    return std::nullopt;
  Dim &size = dims[*dim];
  if (isa<SelectIntOp>(op)) {
    const int64_t index = *integer("index");
    if (index != kSymbol && size.isStatic() &&
        (index < -size.size || index >= size.size))
      return fail("expected an index below " + Twine(size.size) + ", but got " +
                  Twine(index));
    dims.erase(dims.begin() + *dim);
    return one(dims, element);
  }
  const int64_t start = integer("start").value_or(0),
                end = integer("end").value_or(INT64_MAX),
                step = *integer("step");
  if (step <= 0)
    return fail("expected a positive step, but got " + Twine(step));
  if (start == kSymbol || end == kSymbol || !size.isStatic()) {
    // At most the whole; of a start from the front at most up to the end.
    int64_t most = size.bound;
    if (start >= 0 && end >= 0 && most >= 0)
      most = std::max<int64_t>(std::min(most, end) - std::min(most, start), 1);
    else if (start >= 0 && end >= 0 && end != INT64_MAX)
      most = std::max<int64_t>(end - start, 1);
    size = {ShapedType::kDynamic, most < 0 ? -1 : (most - 1) / step + 1};
    return one(dims, element);
  }
  const auto clamped = [&](int64_t index) {
    return std::clamp<int64_t>(index < 0 ? index + size.size : index, 0,
                               size.size);
  };
  const int64_t length = std::max<int64_t>(clamped(end) - clamped(start), 0);
  size = Dim::fixed(length == 0 ? 0 : (length - 1) / step + 1);
  return one(dims, element);
}

//===----------------------------------------------------------------------===//
// Pieces and joins
//===----------------------------------------------------------------------===//

std::optional<Types> ShapeRules::pieces() {
  if (!isa<SplitTensorOp, SplitWithSizesOp, ChunkOp, UnbindIntOp>(op))
    return std::nullopt;
  const RankedTensorType self = type("self");
  auto dim = dimension(*integer("dim"), self.getRank());
  if (!dim)
    return std::nullopt;
  Dims dims = dimsOf(self);
  const Dim whole = dims[*dim];
  const size_t count = op->getNumResults();
  SmallVector<Dim> sizes;
  if (isa<SplitWithSizesOp>(op)) {
    int64_t total = 0;
    for (int64_t size : integers("split_sizes")) {
      if (size < 0 || llvm::AddOverflow(total, size, total))
        return fail("expected split sizes that are not negative");
      sizes.push_back(Dim::fixed(size));
    }
    if (whole.isStatic() && total != whole.size)
      return fail("expected split sizes that add up to " + Twine(whole.size) +
                  ", but got " + Twine(total));
  } else if (!whole.isStatic()) {
    // As many pieces as the example had; how large is known at run time.
    sizes.assign(count, Dim{ShapedType::kDynamic, whole.bound});
  } else if (isa<UnbindIntOp>(op)) {
    if (whole.size != int64_t(count))
      return fail("expected " + Twine(whole.size) + " results, but got " +
                  Twine(count));
    sizes.assign(count, Dim::fixed(1));
  } else {
    int64_t step = 0;
    if (isa<SplitTensorOp>(op)) {
      step = *integer("split_size");
    } else if (const int64_t chunks = *integer("chunks"); chunks > 0) {
      step = (whole.size - 1) / chunks + 1;
    }
    if (step < 0 || (step == 0 && whole.size != 0))
      return fail("expected pieces of positive size");
    for (int64_t left = whole.size; left > 0 && sizes.size() <= count;
         left -= step)
      sizes.push_back(Dim::fixed(std::min(step, left)));
    if (whole.size == 0)
      sizes.assign(count, Dim::fixed(0));
  }
  if (sizes.size() != count)
    return fail("expected " + Twine(sizes.size()) + " results, but got " +
                Twine(count));
  Types types;
  for (const Dim &size : sizes) {
    Dims piece = dims;
    if (isa<UnbindIntOp>(op))
      piece.erase(piece.begin() + *dim);
    else
      piece[*dim] = size;
    types.push_back(one(piece, self.getElementType())->front());
  }
  return types;
}

std::optional<Types> ShapeRules::joins() {
  if (isa<PadOp, ConstantPadNdOp>(op)) {
    const RankedTensorType self = type("self");
    Dims dims = dimsOf(self);
    ArrayRef<int64_t> pads = integers("pad");
    if (pads.size() % 2 != 0 || pads.size() / 2 > dims.size())
      return fail("expected pairs of pads for at most " + Twine(dims.size()) +
                  " dimensions");
    for (size_t i = 0; i < pads.size() / 2; ++i) {
      Dim &dim = dims[dims.size() - 1 - i];
      int64_t added;
      if (pads[2 * i] == kSymbol || pads[2 * i + 1] == kSymbol) {
        dim = Dim();
        continue;
      }
      int64_t bound = dim.bound;
      if (llvm::AddOverflow(pads[2 * i], pads[2 * i + 1], added) ||
          llvm::AddOverflow(bound, added, bound))
        return fail("expected smaller pads");
      if (dim.isStatic() && bound < 0)
        return fail("expected pads that leave something");
      if (dim.isStatic())
        dim = Dim::fixed(bound);
      else if (dim.bound > 0)
        dim.bound = std::max<int64_t>(bound, 1);
    }
    return one(dims, self.getElementType());
  }
  if (!isa<CatOp, StackOp>(op))
    return std::nullopt;
  if (op->getNumOperands() == 0)
    return fail("expected at least one tensor");
  std::optional<RankedTensorType> joined;
  Dims dims;
  std::optional<int64_t> dim;
  for (Value operand : op->getOperands()) {
    auto next = dyn_cast<RankedTensorType>(operand.getType());
    if (!next)
      return fail("expected tensors");
    // cat skips empty vectors, whatever the others' rank.
    if (isa<CatOp>(op) && op->getNumOperands() > 1 && next.getRank() == 1 &&
        next.getDimSize(0) == 0)
      continue;
    Dims more = dimsOf(next);
    if (!joined) {
      joined = next;
      dims = more;
      dim = dimension(*integer("dim"),
                      next.getRank() + (isa<StackOp>(op) ? 1 : 0));
      if (!dim)
        return std::nullopt;
      if (isa<StackOp>(op))
        dims.insert(dims.begin() + *dim, Dim::fixed(op->getNumOperands()));
      continue;
    }
    Type element = promotedElementType(*joined, next);
    if (next.getRank() != joined->getRank() || !element)
      return fail("expected tensors of one rank");
    joined = RankedTensorType::get(joined->getShape(), element);
    if (isa<StackOp>(op))
      more.insert(more.begin() + *dim, Dim::fixed(op->getNumOperands()));
    for (size_t i = 0; i < dims.size(); ++i) {
      Dim &have = dims[i];
      if (isa<CatOp>(op) && int64_t(i) == *dim) {
        if (have.bound < 0 || more[i].bound < 0)
          have.bound = -1;
        else if (llvm::AddOverflow(have.bound, more[i].bound, have.bound))
          return fail("expected fewer than 2^63 elements");
        have.size = have.isStatic() && more[i].isStatic()
                        ? have.bound
                        : ShapedType::kDynamic;
      } else if (have.isStatic() && more[i].isStatic()) {
        if (have.size != more[i].size)
          return fail("expected equal sizes beside the joined dimension, but "
                      "got " +
                      Twine(have.size) + " and " + Twine(more[i].size));
      } else if (more[i].isStatic()) {
        have = more[i];
      }
    }
  }
  if (!joined)
    return fail("expected at least one tensor that is not empty");
  return one(dims, joined->getElementType());
}
