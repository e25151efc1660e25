#include "Taps.h"

#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Aten/Schema.h"
#include "dialects/Pt2e/Pt2e.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace pt2e {

static std::string tapName(size_t number) {
  return "tap_" + std::to_string(number);
}

/// Shows `value` to number `number`; nothing reads what passes on.
static void observeValue(Value value, size_t number) {
  OpBuilder builder(value.getContext());
  builder.setInsertionPointAfterValue(value);
  ObserveOp::create(builder, value.getLoc(),
                    FlatSymbolRefAttr::get(value.getContext(), tapName(number)),
                    value);
}

/// The sites of `count` taps, in the order of their numbers: their order is the
/// number that an observe kernel is called with. Those of the program are gone.
static void declareTaps(ModuleOp module, size_t count) {
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  auto spec = FixedAttr::get(module.getContext(),
                             IntegerType::get(module.getContext(), 8), -128,
                             127, builder.getF32FloatAttr(1), /*zeroPoint=*/0);
  for (size_t i = 0; i < count; ++i)
    SiteOp::create(builder, module.getLoc(), tapName(i), spec, DictionaryAttr(),
                   FixedAttr(), ArrayAttr());
}

/// Who makes `value`: name, op and module.
static LayerDifference describeValue(Value value) {
  LayerDifference layer;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
    auto name = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(),
                                                      "aten.name");
    layer.value =
        name ? name.str() : "input " + std::to_string(argument.getArgNumber());
    return layer;
  }
  Operation *op = value.getDefiningOp();
  if (auto parameter = dyn_cast<aten::ParameterOp>(op)) {
    layer.value = parameter.getName().str();
    layer.module = StringRef(layer.value).rsplit('.').first.str();
    return layer;
  }
  const aten::Provenance provenance = aten::getProvenance(op->getLoc());
  layer.value = provenance.name;
  layer.module = provenance.modulePath().str();
  layer.moduleType = provenance.moduleType().str();
  if (isa<aten::AtenDialect>(op->getDialect()))
    layer.op = aten::schemaName(op);
  return layer;
}

static std::vector<ObserveOp> observesOf(ModuleOp module) {
  std::vector<ObserveOp> observes;
  module.walk([&](ObserveOp observe) { observes.push_back(observe); });
  return observes;
}

void markObserves(ModuleOp prepared) {
  Builder builder(prepared.getContext());
  for (auto [i, observe] : llvm::enumerate(observesOf(prepared)))
    observe->setLoc(FusedLoc::get({observe.getLoc()},
                                  builder.getI64IntegerAttr(i),
                                  prepared.getContext()));
}

static std::optional<int64_t> markOf(Location loc) {
  auto fused = dyn_cast<FusedLoc>(loc);
  auto number = fused ? dyn_cast_or_null<IntegerAttr>(fused.getMetadata())
                      : IntegerAttr();
  return number ? std::optional(number.getInt()) : std::nullopt;
}

/// True if run time computes the codes, with parameters known now.
static bool isStaticCodes(DequantizeOp dequantize) {
  return !aten::constantOf(dequantize.getInput()) &&
         aten::constantOf(dequantize.getScale());
}

/// The named ops of `module` with one f32 result, by name.
static llvm::StringMap<Operation *> namedOps(ModuleOp module) {
  llvm::StringMap<Operation *> ops;
  module.walk([&](Operation *op) {
    if (!isa_and_nonnull<aten::AtenDialect>(op->getDialect()) ||
        isa<aten::ParameterOp>(op) || op->getNumResults() != 1 ||
        !op->getParentOfType<func::FuncOp>())
      return;
    auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    const StringRef name = aten::exportedName(op->getLoc());
    if (type && type.getElementType().isF32() && !name.empty())
      // The last op of a name has the value that the exported op had.
      ops[name] = op;
  });
  return ops;
}

static ArrayRef<int64_t> shapeOf(Operation *op) {
  return cast<RankedTensorType>(op->getResult(0).getType()).getShape();
}

/// True for a constant that is stored in a narrower type: as f16.
static bool isStoredNarrow(Operation *op) {
  auto widened = dyn_cast_or_null<aten::ToDtypeOp>(op);
  return widened && aten::constantOf(widened.getSelf());
}

/// The ops of a converted program that read quantized values, but compute in
/// float as far as the program says: with quantized or narrow weights, or
/// parameters of run time. Looking at others would take patterns of codes
/// apart.
static std::vector<Operation *> floatOpsOnCodes(ModuleOp converted) {
  std::vector<Operation *> ops;
  DenseSet<Operation *> inPatterns;
  converted.walk([&](Operation *op) {
    if (!isa_and_nonnull<aten::AtenDialect>(op->getDialect()))
      return;
    bool readsCodes = false;
    for (Value operand : op->getOperands()) {
      Operation *def = operand.getDefiningOp();
      if (auto dequantize = dyn_cast_or_null<DequantizeOp>(def)) {
        readsCodes = true;
        if (isStaticCodes(dequantize))
          inPatterns.insert(op);
      } else if (def && inPatterns.contains(def)) {
        inPatterns.insert(op);
      }
      readsCodes |= isStoredNarrow(def);
    }
    if (readsCodes && !inPatterns.contains(op))
      ops.push_back(op);
  });
  return ops;
}

/// The value of `reference` that has the name of `value`; null if none of its
/// type has.
static Value valueOfName(Value value, ModuleOp reference,
                         const llvm::StringMap<Operation *> &inReference) {
  Value same;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
    same = reference.lookupSymbol<func::FuncOp>(function.getName())
               .getArgument(argument.getArgNumber());
  } else if (Operation *op = inReference.lookup(
                 aten::exportedName(value.getDefiningOp()->getLoc()))) {
    same = op->getResult(0);
  }
  return same && same.getType() == value.getType() ? same : Value();
}

std::vector<LayerDifference> tapQuantized(ModuleOp reference,
                                          ModuleOp quantized) {
  std::vector<LayerDifference> taps;
  const llvm::StringMap<Operation *> inReference = namedOps(reference);
  const llvm::StringMap<Operation *> inQuantized = namedOps(quantized);
  const std::vector<ObserveOp> observes = observesOf(reference);
  SmallVector<QuantizeOp> quantizes;
  quantized.walk([&](QuantizeOp quantize) { quantizes.push_back(quantize); });
  for (QuantizeOp quantize : quantizes) {
    if (!aten::constantOf(quantize.getScale()))
      continue;
    ObserveOp observe;
    if (std::optional<int64_t> mark = markOf(quantize.getLoc()))
      observe = observes[*mark];
    Value same = observe
                     ? observe.getInput()
                     : valueOfName(quantize.getInput(), reference, inReference);
    if (!same)
      continue;
    OpBuilder builder(quantize);
    builder.setInsertionPointAfter(quantize);
    // Of its own: what the consumers read stays theirs.
    auto seen = DequantizeOp::create(
        builder, quantize.getLoc(), same.getType(), quantize.getResult(),
        quantize.getScale(), quantize.getZeroPoint(), quantize.getEncoding());
    observeValue(seen, taps.size());
    observeValue(same, taps.size());
    taps.push_back(describeValue(same));
    if (observe)
      taps.back().site = observe.getSite().str();
  }
  for (Operation *op : floatOpsOnCodes(quantized)) {
    const StringRef name = aten::exportedName(op->getLoc());
    Operation *same = inReference.lookup(name);
    if (!same || inQuantized.lookup(name) != op)
      continue;
    observeValue(op->getResult(0), taps.size());
    observeValue(same->getResult(0), taps.size());
    taps.push_back(describeValue(op->getResult(0)));
  }
  // What the program itself observed.
  for (ObserveOp observe : observes) {
    observe.getResult().replaceAllUsesWith(observe.getInput());
    observe.erase();
  }
  for (SiteOp site : llvm::make_early_inc_range(reference.getOps<SiteOp>()))
    site.erase();
  declareTaps(reference, taps.size());
  declareTaps(quantized, taps.size());
  return taps;
}

std::vector<LayerDifference> tapCommon(ModuleOp a, ModuleOp b) {
  std::vector<LayerDifference> taps;
  const llvm::StringMap<Operation *> inA = namedOps(a), inB = namedOps(b);
  SmallVector<Operation *> order;
  a.walk([&](Operation *op) {
    if (inA.lookup(aten::exportedName(op->getLoc())) == op)
      order.push_back(op);
  });
  for (Operation *op : order) {
    Operation *same = inB.lookup(aten::exportedName(op->getLoc()));
    if (!same || shapeOf(same) != shapeOf(op))
      continue;
    observeValue(op->getResult(0), taps.size());
    observeValue(same->getResult(0), taps.size());
    taps.push_back(describeValue(op->getResult(0)));
  }
  declareTaps(a, taps.size());
  declareTaps(b, taps.size());
  return taps;
}

std::vector<SiteAlone> listSites(ModuleOp prepared) {
  llvm::StringMap<ObserveOp> first;
  for (ObserveOp observe : observesOf(prepared))
    first.try_emplace(observe.getSite(), observe);
  std::vector<SiteAlone> sites;
  for (auto site : prepared.getOps<SiteOp>()) {
    ObserveOp observe = first.lookup(site.getSymName());
    if (!observe)
      continue;
    LayerDifference value = describeValue(observe.getInput());
    SiteAlone alone;
    alone.site = site.getSymName().str();
    alone.module = value.module;
    alone.moduleType = value.moduleType;
    alone.isConstant = bool(aten::constantOf(observe.getInput()));
    sites.push_back(std::move(alone));
  }
  return sites;
}

std::vector<std::string> weightSitesBeside(ModuleOp prepared, StringRef name) {
  std::vector<std::string> beside;
  for (ObserveOp observe : observesOf(prepared)) {
    if (observe.getSite() != name)
      continue;
    for (Operation *user : observe->getUsers())
      for (Value operand : user->getOperands()) {
        auto weight = operand.getDefiningOp<ObserveOp>();
        if (weight && aten::constantOf(weight.getInput()) &&
            !llvm::is_contained(beside, weight.getSite()))
          beside.push_back(weight.getSite().str());
      }
  }
  return beside;
}

void keepSites(ModuleOp prepared, ArrayRef<std::string> names) {
  for (ObserveOp observe : observesOf(prepared))
    if (!llvm::is_contained(names, observe.getSite())) {
      observe.getResult().replaceAllUsesWith(observe.getInput());
      observe.erase();
    }
  for (SiteOp site : llvm::make_early_inc_range(prepared.getOps<SiteOp>()))
    if (!llvm::is_contained(names, site.getSymName()))
      site.erase();
}

} // namespace pt2e
