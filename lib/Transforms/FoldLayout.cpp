// Views and data movement of constants.
#include <cstring>

#include "Simplify.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Provenance.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::simplify;

/// Bytes of a tensor; INT64_MAX if there are too many to count.
static int64_t byteCount(RankedTensorType type) {
  int64_t bytes = (type.getElementTypeBitWidth() + 7) / 8;
  for (int64_t size : type.getShape())
    if (llvm::MulOverflow(bytes, size, bytes))
      return INT64_MAX;
  return bytes;
}

bool simplify::isSmallEnough(RankedTensorType result, ValueRange operands) {
  if (!result.hasStaticShape() ||
      !isa<IntegerType, FloatType>(result.getElementType()))
    return false;
  int64_t given = 1 << 20;
  for (Value operand : operands)
    if (ElementsAttr constant = aten::constantOf(operand);
        constant && isa<IntegerType, FloatType>(constant.getElementType()))
      given = std::max(given, byteCount(tensorType(operand)));
  return byteCount(result) <= given;
}

void simplify::replaceByConstant(PatternRewriter &rewriter, Operation *op,
                                 unsigned result, ElementsAttr value) {
  std::string name = aten::exportedName(op->getLoc()).str();
  if (name.empty())
    name = aten::schemaName(op);
  if (op->getNumOperands() == 1)
    if (auto from = op->getOperand(0).getDefiningOp<aten::ParameterOp>())
      name = from.getName().str() + ":" + name;
  if (op->getNumResults() > 1)
    name += "[" + std::to_string(result) + "]";
  Value constant =
      aten::ParameterOp::create(rewriter, op->getLoc(), name, value);
  rewriter.replaceAllUsesWith(op->getResult(result), constant);
}

namespace {
/// Elements of a row-major tensor: for each result dimension the step in the
/// source.
struct Window {
  int64_t offset = 0;
  SmallVector<int64_t> steps;
};

SmallVector<int64_t> rowMajorSteps(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> steps(shape.size(), 1);
  for (size_t dim = shape.size(); dim-- > 1;)
    steps[dim - 1] = steps[dim] * shape[dim];
  return steps;
}

/// `index` clamped to `size` as slices do.
int64_t clampIndex(int64_t index, int64_t size) {
  return std::clamp<int64_t>(index < 0 ? index + size : index, 0, size);
}

/// The window that result `index` of `op` is on its operand; none if the op is
/// no window.
std::optional<Window> windowOf(Operation *op, unsigned index) {
  const RankedTensorType type = tensorType(op->getOperand(0));
  ArrayRef<int64_t> shape = type.getShape();
  const int64_t rank = type.getRank();
  Window window{0, rowMajorSteps(shape)};
  SmallVector<int64_t> &steps = window.steps;
  // A dimension that is none makes this no window.
  bool isValid = true;
  const auto checked = [&](int64_t dim) -> int64_t {
    dim = normalDim(dim, rank);
    isValid &= 0 <= dim && dim < rank;
    return isValid ? dim : 0;
  };
  const auto dimension = [&](StringRef name) {
    return checked(integer(op, name).value_or(INT64_MAX));
  };
  const std::string schema = aten::schemaName(op);
  if (!type.hasStaticShape() || (rank == 0 && schema != "aten::expand"))
    return std::nullopt;
  enum Kind {
    None,
    Permute,
    Transpose,
    T,
    Slice,
    Select,
    Expand,
    Split,
    SplitSizes,
    Chunk,
    Unbind,
    Flip
  };
  switch (llvm::StringSwitch<Kind>(schema)
              .Case("aten::permute", Permute)
              .Case("aten::transpose.int", Transpose)
              .Case("aten::t", T)
              .Case("aten::slice.Tensor", Slice)
              .Case("aten::select.int", Select)
              .Case("aten::expand", Expand)
              .Case("aten::split.Tensor", Split)
              .Case("aten::split_with_sizes", SplitSizes)
              .Case("aten::chunk", Chunk)
              .Case("aten::unbind.int", Unbind)
              .Case("aten::flip", Flip)
              .Default(None)) {
  case None:
    return std::nullopt;
  case Permute: {
    SmallVector<int64_t> from = steps;
    if (int64_t(integers(op, "dims").size()) != rank)
      return std::nullopt;
    for (auto [to, dim] : llvm::enumerate(integers(op, "dims")))
      steps[to] = from[checked(dim)];
    break;
  }
  case T:
    std::reverse(steps.begin(), steps.end());
    break;
  case Transpose:
    std::swap(steps[dimension("dim0")], steps[dimension("dim1")]);
    break;
  case Slice: {
    const int64_t dim = dimension("dim"), size = shape[dim];
    window.offset =
        clampIndex(integer(op, "start").value_or(0), size) * steps[dim];
    const auto step = integer(op, "step");
    isValid &= step && *step > 0 && *step <= size + 1;
    steps[dim] *= isValid ? *step : 1;
    break;
  }
  case Select: {
    const int64_t dim = dimension("dim");
    int64_t at = integer(op, "index").value_or(INT64_MIN);
    at = at < 0 ? at + shape[dim] : at;
    isValid &= 0 <= at && at < shape[dim];
    window.offset = isValid ? at * steps[dim] : 0;
    steps.erase(steps.begin() + dim);
    break;
  }
  case Unbind: {
    const int64_t dim = dimension("dim");
    window.offset = index * steps[dim];
    steps.erase(steps.begin() + dim);
    break;
  }
  case Expand: {
    const int64_t added = tensorType(op->getResult(0)).getRank() - rank;
    if (added < 0)
      return std::nullopt;
    for (auto [step, size] : llvm::zip_equal(steps, shape))
      step = size == 1 ? 0 : step;
    steps.insert(steps.begin(), added, 0);
    break;
  }
  case Split:
  case SplitSizes:
  case Chunk: {
    const int64_t dim = dimension("dim");
    for (Value before : op->getResults().take_front(index)) {
      const RankedTensorType piece = tensorType(before);
      if (piece.getRank() != rank || piece.getDimSize(dim) < 0 ||
          piece.getDimSize(dim) > shape[dim])
        return std::nullopt;
      window.offset += piece.getDimSize(dim) * steps[dim];
    }
    break;
  }
  case Flip:
    for (int64_t dim : integers(op, "dims")) {
      dim = checked(dim);
      window.offset += (shape[dim] - 1) * steps[dim];
      steps[dim] = -steps[dim];
    }
    break;
  }
  return isValid ? std::optional(window) : std::nullopt;
}

/// Copies the elements of a window, `width` bytes each.
std::vector<char> gather(ArrayRef<char> source, const Window &window,
                         ArrayRef<int64_t> shape, size_t width) {
  const int64_t count = ShapedType::getNumElements(shape);
  std::vector<char> result(count * width);
  SmallVector<int64_t> index(shape.size(), 0);
  int64_t at = window.offset;
  for (int64_t i = 0; i < count; ++i) {
    std::memcpy(result.data() + i * width, source.data() + at * width, width);
    for (size_t dim = shape.size(); dim-- > 0;) {
      at += window.steps[dim];
      if (++index[dim] < shape[dim])
        break;
      at -= window.steps[dim] * shape[dim];
      index[dim] = 0;
    }
  }
  return result;
}

/// Whether the window with these sizes stays inside `source`.
bool isInside(const Window &window, ArrayRef<int64_t> shape, int64_t source) {
  int64_t low = window.offset, high = window.offset;
  for (auto [size, step] : llvm::zip_equal(shape, window.steps)) {
    if (size == 0)
      return true;
    (step < 0 ? low : high) += (size - 1) * step;
  }
  return low >= 0 && high < source;
}

struct FoldWindow : RewritePattern {
  FoldWindow(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isa_and_nonnull<aten::AtenDialect>(op->getDialect()) ||
        op->getNumOperands() != 1 || op->getNumResults() == 0)
      return failure();
    ElementsAttr value = aten::constantOf(op->getOperand(0));
    if (!value)
      return failure();
    SmallVector<Window> windows;
    if (!isa<RankedTensorType>(op->getOperand(0).getType()))
      return failure();
    for (auto [index, result] : llvm::enumerate(op->getResults())) {
      auto type = dyn_cast<RankedTensorType>(result.getType());
      std::optional<Window> window = windowOf(op, index);
      if (!type || !window || !isSmallEnough(type, op->getOperands()) ||
          window->steps.size() != size_t(type.getRank()) ||
          !isInside(*window, type.getShape(), value.getNumElements()))
        return failure();
      windows.push_back(std::move(*window));
    }
    FailureOr<aten::ConstantData> data = aten::constantData(value);
    if (failed(data))
      return failure();
    const size_t width =
        (tensorType(op->getOperand(0)).getElementTypeBitWidth() + 7) / 8;
    for (auto [index, window] : llvm::enumerate(windows)) {
      const RankedTensorType type = tensorType(op->getResult(index));
      replaceByConstant(rewriter, op, index,
                        aten::makeConstant(type,
                                           gather(data->bytes(), window,
                                                  type.getShape(), width),
                                           aten::exportedName(op->getLoc())));
    }
    rewriter.eraseOp(op);
    return success();
  }
};

/// The same bytes under another shape.
struct FoldReshape : RewritePattern {
  FoldReshape(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isa<aten::ViewOp, aten::ReshapeOp, aten::FlattenUsingIntsOp,
             aten::UnflattenIntOp, aten::SqueezeOp, aten::SqueezeDimOp,
             aten::SqueezeDimsOp, aten::UnsqueezeOp>(op) ||
        op->getNumOperands() != 1)
      return failure();
    ElementsAttr value = aten::constantOf(op->getOperand(0));
    const RankedTensorType type = tensorType(op->getResult(0));
    if (!value || !type.hasStaticShape() ||
        type.getNumElements() != value.getNumElements())
      return failure();
    ElementsAttr reshaped;
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
      reshaped = DenseResourceElementsAttr::get(type, resource.getRawHandle());
    else if (auto dense = dyn_cast<DenseElementsAttr>(value))
      reshaped = dense.reshape(type);
    if (!reshaped)
      return failure();
    replaceByConstant(rewriter, op, 0, reshaped);
    rewriter.eraseOp(op);
    return success();
  }
};

/// cat and stack: blocks one after the other.
struct FoldConcatenation : RewritePattern {
  FoldConcatenation(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isa<aten::CatOp, aten::StackOp>(op) || op->getNumOperands() == 0)
      return failure();
    const RankedTensorType type = tensorType(op->getResult(0));
    if (!isSmallEnough(type, op->getOperands()))
      return failure();
    const int64_t dim =
        normalDim(integer(op, "dim").value_or(INT64_MAX), type.getRank());
    if (dim < 0 || dim >= type.getRank())
      return failure();
    const size_t width = (type.getElementTypeBitWidth() + 7) / 8;
    int64_t outer = 1;
    for (int64_t size : type.getShape().take_front(dim))
      outer *= size;
    SmallVector<aten::ConstantData> inputs;
    size_t total = 0;
    for (Value operand : op->getOperands()) {
      ElementsAttr value = aten::constantOf(operand);
      if (!value || value.getElementType() != type.getElementType())
        return failure();
      FailureOr<aten::ConstantData> data = aten::constantData(value);
      if (failed(data))
        return failure();
      if (data->bytes().size() % std::max<int64_t>(outer, 1) != 0)
        return failure();
      total += data->bytes().size();
      inputs.push_back(std::move(*data));
    }
    if (outer == 0 || total != size_t(type.getNumElements()) * width)
      return failure();
    std::vector<char> bytes;
    bytes.reserve(total);
    for (int64_t i = 0; i < outer; ++i)
      for (const aten::ConstantData &input : inputs) {
        const size_t block = input.bytes().size() / outer;
        ArrayRef<char> piece = input.bytes().slice(i * block, block);
        bytes.insert(bytes.end(), piece.begin(), piece.end());
      }
    replaceByConstant(rewriter, op, 0,
                      aten::makeConstant(type, std::move(bytes),
                                         aten::exportedName(op->getLoc())));
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void simplify::populateLayoutOfConstants(RewritePatternSet &patterns) {
  patterns.add<FoldWindow, FoldReshape, FoldConcatenation>(
      patterns.getContext());
}
