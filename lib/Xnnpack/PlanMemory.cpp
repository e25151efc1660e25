//===- PlanMemory.cpp - Places in the arena -------------------------------===//

#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Aten/Remarks.h"
#include "dialects/Et/Et.h"
#include "dialects/Xnn/Xnn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "pt2e/Xnnpack/Passes.h"
#include "llvm/Support/MathExtras.h"

namespace pt2e {
#define GEN_PASS_DEF_ETPLANMEMORYPASS
#include "pt2e/Xnnpack/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;

/// Offsets are multiples of this; the runtime needs 16, a cache line is 64.
static constexpr int64_t kAlignment = 64;
/// XNN_EXTRA_BYTES on every CPU, with room to spare.
static constexpr int64_t kSlack = 128;
/// Floats that any of XNNPACK's conversion kernels takes in one step, or a
/// multiple of them: an input of whole steps is not read past its end.
static constexpr int64_t kConvertStep = 128;

namespace {
/// A tensor that needs memory from instruction `first` to `last`, both
/// included.
struct Place {
  int64_t size;
  int64_t first, last;
  int64_t offset = 0;
};
} // namespace

/// Largest first, each in the smallest gap between the places placed before
/// that live at the same time. \returns the end of the last block.
static int64_t placeAll(MutableArrayRef<Place> places) {
  SmallVector<Place *> order;
  for (Place &place : places)
    order.push_back(&place);
  llvm::stable_sort(
      order, [](const Place *a, const Place *b) { return a->size > b->size; });
  SmallVector<Place *> placed; // by offset
  int64_t end = 0;
  for (Place *place : order) {
    int64_t best = -1, bestGap = INT64_MAX, gapStart = 0;
    for (const Place *other : placed) {
      if (other->last < place->first || place->last < other->first)
        continue;
      const int64_t gap = other->offset - gapStart;
      if (gap >= place->size && gap < bestGap) {
        best = gapStart;
        bestGap = gap;
      }
      gapStart = std::max(gapStart, other->offset + other->size);
    }
    place->offset = best < 0 ? gapStart : best;
    end = std::max(end, place->offset + place->size);
    placed.insert(llvm::upper_bound(placed, place,
                                    [](const Place *a, const Place *b) {
                                      return a->offset < b->offset;
                                    }),
                  place);
  }
  return end;
}

/// Bytes of a tensor at its upper bounds, rounded up to whole places.
static FailureOr<int64_t> plannedBytes(Operation *at, RankedTensorType type) {
  int64_t bytes =
      llvm::divideCeil(type.getElementType().isIntOrFloat()
                           ? type.getElementType().getIntOrFloatBitWidth()
                           : 0,
                       8);
  for (int64_t size : aten::upperBounds(type)) {
    if (size < 0)
      return at->emitOpError("expected an upper bound for every dimension, "
                             "but got ")
             << type;
    if (llvm::MulOverflow(bytes, size, bytes) || bytes > INT64_MAX / 2)
      return at->emitOpError("has a tensor of more than 2^62 bytes: ") << type;
  }
  return llvm::alignTo(bytes, kAlignment);
}

/// Whether `argument` need not be copied into the arena: delegates alone read
/// it, in conversions to codes that read nothing past its end. Every other
/// kernel of XNNPACK may read XNN_EXTRA_BYTES more than the caller owns.
static bool isReadInPlace(BlockArgument argument) {
  auto type = dyn_cast<RankedTensorType>(argument.getType());
  if (!type || !type.hasStaticShape() || !type.getElementType().isF32() ||
      type.getNumElements() % kConvertStep != 0 || argument.use_empty())
    return false;
  return llvm::all_of(argument.getUses(), [](OpOperand &use) {
    auto call = dyn_cast<et::CallDelegateOp>(use.getOwner());
    if (!call)
      return false;
    auto delegate = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
        call, call.getDelegateAttr());
    if (!delegate || use.getOperandNumber() >= delegate.getNumArguments())
      return false;
    BlockArgument read = delegate.getArgument(use.getOperandNumber());
    return !read.use_empty() &&
           llvm::all_of(read.getUsers(), [](Operation *op) {
             auto convert = dyn_cast<xnn::ConvertOp>(op);
             return convert &&
                    cast<xnn::ValueType>(convert->getResult(0).getType())
                            .getDatatype() != xnn::Datatype::QDInt8;
           });
  });
}

/// A remark for each input whose sizes run time decides.
static void tellOfBounds(func::FuncOp function, int64_t arena) {
  for (BlockArgument argument : function.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || type.hasStaticShape())
      continue;
    std::string bounds;
    llvm::raw_string_ostream os(bounds);
    llvm::interleaveComma(aten::upperBounds(type), os);
    missed(function.getLoc(), "plan", "UpperBound",
           "the arena of " + Twine(arena) + " bytes is for " +
               aten::valueName(argument) + " at its largest, [" + bounds +
               "]: a lower limit in torch.export's dynamic_shapes takes less");
  }
}

namespace {
struct EtPlanMemoryPass : pt2e::impl::EtPlanMemoryPassBase<EtPlanMemoryPass> {
  void runOnOperation() override {
    int64_t methods = 0;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function->hasAttr("xnn.delegate") || function.isExternal())
        continue;
      if (failed(plan(function)))
        return signalPassFailure();
      ++methods;
    }
    // A buffer has one place, and each method an arena of its own.
    auto buffers = getOperation().getOps<aten::BufferOp>();
    if (methods > 1 && !buffers.empty()) {
      (*buffers.begin())
              .emitOpError("expected one method in a program with "
                           "buffers, but got ")
          << methods;
      signalPassFailure();
    }
  }

  LogicalResult plan(func::FuncOp function);
};
} // namespace

LogicalResult EtPlanMemoryPass::plan(func::FuncOp function) {
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("expected one block");
  Block &body = function.getBody().front();
  DenseMap<Operation *, int64_t> order;
  for (Operation &op : body)
    order[&op] = order.size();
  const int64_t end = order.size();

  std::vector<Place> places;
  DenseMap<Value, size_t> placeOf;
  auto addPlace = [&](Operation *at, Value value, int64_t first,
                      int64_t last) -> LogicalResult {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (!type)
      return success(); // a number
    FailureOr<int64_t> size = plannedBytes(at, type);
    if (failed(size))
      return failure();
    for (Operation *user : value.getUsers())
      last = std::max(last, isa<func::ReturnOp>(user) ? end : order[user]);
    placeOf[value] = places.size();
    places.push_back({*size, first, last});
    tensorBytes += *size;
    return success();
  };

  Builder builder(&getContext());
  for (BlockArgument argument : function.getArguments()) {
    if (isReadInPlace(argument))
      function.setArgAttr(argument.getArgNumber(), "et.in_place",
                          builder.getUnitAttr());
    else if (failed(addPlace(function, argument, -1, -1)))
      return failure();
  }
  SmallVector<std::pair<aten::BufferOp, size_t>> buffers;
  for (Operation &op : body) {
    if (auto read = dyn_cast<aten::ReadBufferOp>(op)) {
      auto buffer = SymbolTable::lookupNearestSymbolFrom<aten::BufferOp>(
          read, read.getBufferAttr());
      if (!buffer)
        return read.emitOpError("expected a buffer, but got ")
               << read.getBufferAttr();
    }
    if (!isa<et::CallKernelOp, et::CallDelegateOp>(op))
      continue;
    for (Value result : op.getResults())
      if (failed(addPlace(&op, result, order[&op], order[&op])))
        return failure();
  }
  for (auto buffer : getOperation().getOps<aten::BufferOp>()) {
    FailureOr<int64_t> size = plannedBytes(
        buffer, cast<RankedTensorType>(buffer.getInitial().getType()));
    if (failed(size))
      return failure();
    buffers.emplace_back(buffer, places.size());
    places.push_back({*size, -1, end});
    tensorBytes += *size;
  }

  const int64_t arena = placeAll(places) + kSlack;
  arenaBytes += arena;
  for (BlockArgument argument : function.getArguments())
    if (auto place = placeOf.find(argument); place != placeOf.end())
      function.setArgAttr(
          argument.getArgNumber(), "et.offset",
          builder.getI64IntegerAttr(places[place->second].offset));
  for (Operation &op : body) {
    if (!isa<et::CallKernelOp, et::CallDelegateOp>(op))
      continue;
    SmallVector<int64_t> offsets;
    for (Value result : op.getResults()) {
      auto place = placeOf.find(result);
      offsets.push_back(place == placeOf.end() ? -1
                                               : places[place->second].offset);
    }
    op.setAttr("et.offsets", builder.getDenseI64ArrayAttr(offsets));
  }
  for (auto [buffer, place] : buffers)
    buffer->setAttr("et.offset",
                    builder.getI64IntegerAttr(places[place].offset));
  function->setAttr("et.arena_size", builder.getI64IntegerAttr(arena));
  tellOfBounds(function, arena);
  return success();
}
