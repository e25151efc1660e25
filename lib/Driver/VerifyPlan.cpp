//===- VerifyPlan.cpp - After plan: places in memory -------------------===//

#include "VerifyStage.h"
#include "llvm/Support/MathExtras.h"

namespace pt2e {
#define GEN_PASS_DEF_VERIFYPLANPASS
#include "pt2e/Driver/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using namespace pt2e::verify;

PT2E_VERIFY_PASS(Plan)

/// What XNNPACK reads behind an input (XNN_EXTRA_BYTES), and where the runtime
/// lets tensors begin.
static constexpr int64_t kSlack = 128, kAlignment = 16;

namespace {
/// A tensor's place in the arena, and between which ops it is needed.
struct Place {
  int64_t offset, bytes;
  size_t from, to;

  bool isNeededWith(const Place &other) const {
    return from <= other.to && other.from <= to;
  }
};

/// The places of one method.
class Places {
public:
  explicit Places(func::FuncOp function) : function(function) {
    for (Operation &op : function.getBody().front())
      order.try_emplace(&op, order.size() + 1);
  }

  /// Of a value that is made at `op`, or by the caller if that is null.
  LogicalResult add(Value value, IntegerAttr offset, Operation *op);
  LogicalResult add(aten::BufferOp buffer);
  LogicalResult check(int64_t arena);

private:
  LogicalResult add(Operation *at, Type type, IntegerAttr offset, size_t from,
                    size_t to);

  func::FuncOp function;
  DenseMap<Operation *, size_t> order;
  std::vector<Place> places;
};
} // namespace

LogicalResult Places::add(Operation *at, Type type, IntegerAttr offset,
                          size_t from, size_t to) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return success(); // a number
  if (!offset || offset.getInt() < 0 || offset.getInt() % kAlignment)
    return complain(at, "plan")
           << "expected a place for each tensor, at a multiple of "
           << kAlignment << " bytes";
  int64_t bytes = (tensor.getElementTypeBitWidth() + 7) / 8;
  for (int64_t size : aten::upperBounds(tensor))
    if (size < 0 || llvm::MulOverflow(bytes, size, bytes))
      return complain(at, "plan") << "expected upper bounds, but got " << type;
  if (bytes > 0)
    places.push_back({offset.getInt(), bytes, from, to});
  return success();
}

LogicalResult Places::add(Value value, IntegerAttr offset, Operation *op) {
  const size_t from = op ? order.lookup(op) : 0;
  size_t to = from;
  for (Operation *user : value.getUsers())
    to = std::max(to, order.lookup(user));
  return add(op ? op : function, value.getType(), offset, from, to);
}

LogicalResult Places::add(aten::BufferOp buffer) {
  return add(buffer, buffer.getInitial().getType(),
             buffer->getAttrOfType<IntegerAttr>("et.offset"), 0, SIZE_MAX);
}

LogicalResult Places::check(int64_t arena) {
  llvm::stable_sort(places, [](const Place &a, const Place &b) {
    return a.offset < b.offset;
  });
  for (size_t i = 0; i < places.size(); ++i) {
    const int64_t end = places[i].offset + places[i].bytes;
    if (end + kSlack > arena)
      return complain(function, "plan")
             << "expected an arena of at least " << end + kSlack
             << " bytes, but got " << arena;
    for (size_t j = i + 1; j < places.size() && places[j].offset < end; ++j)
      if (places[i].isNeededWith(places[j]))
        return complain(function, "plan")
               << "expected values that are needed together at places of their "
                  "own, but got two at offset "
               << places[j].offset;
  }
  return success();
}

/// The place of each tensor of `function`.
static LogicalResult checkMethod(func::FuncOp function) {
  auto arena = function->getAttrOfType<IntegerAttr>("et.arena_size");
  if (!arena)
    return complain(function, "plan") << "expected et.arena_size";
  Places places(function);
  for (BlockArgument argument : function.getArguments()) {
    const unsigned number = argument.getArgNumber();
    if (function.getArgAttr(number, "et.in_place")) {
      if (!llvm::all_of(argument.getUsers(), llvm::IsaPred<et::CallDelegateOp>))
        return complain(function, "plan")
               << "expected a place for argument " << number
               << ", which others than delegates read";
      continue;
    }
    if (failed(places.add(
            argument,
            function.getArgAttrOfType<IntegerAttr>(number, "et.offset"),
            nullptr)))
      return failure();
  }
  for (Operation &op : function.getBody().front()) {
    if (!isa<et::CallKernelOp, et::CallDelegateOp>(op))
      continue;
    auto offsets = op.getAttrOfType<DenseI64ArrayAttr>("et.offsets");
    if (!offsets || size_t(offsets.size()) != op.getNumResults())
      return complain(&op, "plan")
             << "expected et.offsets, one for each result";
    Builder builder(op.getContext());
    for (auto [result, offset] :
         llvm::zip(op.getResults(), offsets.asArrayRef()))
      if (failed(places.add(result, builder.getI64IntegerAttr(offset), &op)))
        return failure();
  }
  for (auto buffer :
       function->getParentOfType<ModuleOp>().getOps<aten::BufferOp>())
    if (failed(places.add(buffer)))
      return failure();
  return places.check(arena.getInt());
}

LogicalResult VerifyPlanPass::verify() {
  for (auto function : getOperation().getOps<func::FuncOp>())
    if (!function.isPrivate() && !function.isExternal() &&
        failed(checkMethod(function)))
      return failure();
  return success();
}
