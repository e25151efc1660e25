//===- VerifyStages.cpp - What each stage leaves behind, checked ----------===//
//
// The contracts of docs/architecture.md, one pass for each stage. Rules of
// single ops are verifiers of their dialects; here is what concerns a program.

#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Aten/Schema.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "pt2e/Driver/Passes.h"
#include "pt2e/Quantizers/SiteStatistics.h"
#include "llvm/ADT/StringSet.h"

namespace pt2e {
#define GEN_PASS_DEF_VERIFYIMPORTPASS
#define GEN_PASS_DEF_VERIFYSIMPLIFYPASS
#define GEN_PASS_DEF_VERIFYANNOTATEPASS
#define GEN_PASS_DEF_VERIFYPREPAREPASS
#define GEN_PASS_DEF_VERIFYCALIBRATEPASS
#define GEN_PASS_DEF_VERIFYCONVERTPASS
#define GEN_PASS_DEF_VERIFYLOWERPASS
#define GEN_PASS_DEF_VERIFYLAYOUTPASS
#define GEN_PASS_DEF_VERIFYOUTLINEPASS
#define GEN_PASS_DEF_VERIFYEXECUTEPASS
#define GEN_PASS_DEF_VERIFYPLANPASS
#include "pt2e/Driver/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;

namespace {

/// Calls `check` on every op but the module; stops where it fails.
LogicalResult forEachOp(ModuleOp module,
                        function_ref<LogicalResult(Operation *)> check) {
  const WalkResult result = module.walk([&](Operation *op) {
    return op == module || succeeded(check(op)) ? WalkResult::advance()
                                                : WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

InFlightDiagnostic complain(Operation *op, StringRef stage) {
  return op->emitOpError("after " + stage + ": ");
}

/// Only the exported operators and what they need.
LogicalResult checkAtenForm(ModuleOp module, StringRef stage) {
  return forEachOp(module, [&](Operation *op) -> LogicalResult {
    // An exported program may be quantized already.
    if (!isa_and_nonnull<aten::AtenDialect, arith::ArithDialect,
                         func::FuncDialect, Pt2eDialect>(op->getDialect()) ||
        isa<SiteOp, ObserveOp>(op))
      return complain(op, stage) << "expected operators of an exported program";
    if (!isa<aten::AtenDialect>(op->getDialect()) ||
        isa<aten::ParameterOp, aten::BufferOp, aten::ReadBufferOp,
            aten::WriteBufferOp>(op))
      return success();
    const std::string schema = aten::schemaName(op);
    const StringRef name = StringRef(schema).split('.').first;
    // aten::__and__ is no in-place operator.
    if (name.ends_with("_") && !name.ends_with("__"))
      return complain(op, stage)
             << "expected a functional program, but got " << name;
    return success();
  });
}

LogicalResult checkNone(ModuleOp module, StringRef stage,
                        function_ref<bool(Operation *)> isUnwanted,
                        StringRef what) {
  return forEachOp(module, [&](Operation *op) -> LogicalResult {
    if (isUnwanted(op))
      return complain(op, stage) << "expected no " << what;
    return success();
  });
}

LogicalResult verifyImport(ModuleOp module) {
  if (failed(checkAtenForm(module, "import")))
    return failure();
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isPrivate() || function.isExternal())
      continue;
    for (BlockArgument argument : function.getArguments()) {
      auto type = dyn_cast<RankedTensorType>(argument.getType());
      if (type && !type.hasStaticShape() &&
          !function.getArgAttr(argument.getArgNumber(), "aten.dims"))
        return function.emitOpError("after import: expected aten.dims with the "
                                    "ranges of dynamic input ")
               << argument.getArgNumber();
    }
  }
  return success();
}

LogicalResult verifySimplify(ModuleOp module) {
  if (failed(checkAtenForm(module, "simplify")))
    return failure();
  return checkNone(
      module, "simplify",
      [](Operation *op) {
        if (!isa<aten::AtenDialect>(op->getDialect()) ||
            isa<aten::ParameterOp, aten::BufferOp>(op))
          return false;
        const std::string name = aten::schemaName(op);
        return name == "aten::detach" || name == "aten::lift_fresh_copy" ||
               name == "aten::alias";
      },
      "operator that does nothing");
}

LogicalResult verifyAnnotate(ModuleOp module) {
  return forEachOp(module, [](Operation *op) -> LogicalResult {
    if (isa<SiteOp, ObserveOp>(op))
      return complain(op, "annotate")
             << "expected annotations, and no site yet";
    Attribute kept = op->getAttr("pt2e.kept_float");
    if (!kept)
      return success();
    if (op->hasAttr("pt2e.annotation"))
      return complain(op, "annotate")
             << "expected an annotation or a reason why not, but got both";
    auto entries = dyn_cast<DictionaryAttr>(kept);
    for (StringRef key : {"code", "reason"}) {
      auto text = entries ? entries.getAs<StringAttr>(key) : StringAttr();
      if (!text || text.empty())
        return complain(op, "annotate")
               << "expected a " << key << " in pt2e.kept_float";
    }
    return success();
  });
}

LogicalResult verifyPrepare(ModuleOp module) {
  llvm::DenseSet<StringAttr> observed;
  module.walk([&](ObserveOp observe) {
    observed.insert(observe.getSiteAttr().getAttr());
  });
  return forEachOp(module, [&](Operation *op) -> LogicalResult {
    if (op->hasAttr("pt2e.annotation"))
      return complain(op, "prepare")
             << "expected sites and observes in place of annotations";
    if (auto site = dyn_cast<SiteOp>(op);
        site && !observed.contains(site.getSymNameAttr()))
      return complain(op, "prepare") << "expected an observe of this site";
    return success();
  });
}

LogicalResult verifyCalibrate(ModuleOp module) {
  if (failed(verifyPrepare(module)))
    return failure();
  return forEachOp(module, [](Operation *op) -> LogicalResult {
    auto site = dyn_cast<SiteOp>(op);
    if (!site || site.getStatistics() || site.getFrom() ||
        hasGivenParameters(site))
      return success();
    auto spec = dyn_cast<SpecAttr>(site.getSpec());
    if (!spec || spec.getTiming() == Timing::Dynamic)
      return success();
    return complain(op, "calibrate") << "expected statistics of this site";
  });
}

LogicalResult verifyConvert(ModuleOp module) {
  return checkNone(
      module, "convert",
      [](Operation *op) { return isa<SiteOp, ObserveOp>(op); },
      "site and no observe");
}

LogicalResult verifyLower(ModuleOp module) {
  return forEachOp(module, [](Operation *op) -> LogicalResult {
    if (auto enter = dyn_cast<xnn::EnterOp>(op)) {
      if (enter.getInput().getDefiningOp<xnn::LeaveOp>())
        return complain(op, "lower")
               << "expected no value to leave and to enter again";
      if (enter.getInput().getDefiningOp<aten::ParameterOp>() &&
          !enter.getOutput().use_empty() && enter.getType().isQuantized8())
        return complain(op, "lower")
               << "expected codes of a constant as xnn.constant";
    }
    return success();
  });
}

LogicalResult verifyLayout(ModuleOp module) {
  return forEachOp(module, [](Operation *op) -> LogicalResult {
    auto second = dyn_cast<xnn::TransposeOp>(op);
    auto first =
        second ? second.getInput().getDefiningOp<xnn::TransposeOp>() : nullptr;
    if (!first || !first.getOutput().hasOneUse())
      return success();
    for (auto [i, axis] : llvm::enumerate(second.getPerm()))
      if (first.getPerm()[axis] != int64_t(i))
        return success();
    return complain(op, "layout") << "expected no transpose and its inverse";
  });
}

LogicalResult verifyOutline(ModuleOp module) {
  SymbolTable symbols(module);
  llvm::DenseMap<Operation *, int> calls;
  if (failed(forEachOp(module, [&](Operation *op) -> LogicalResult {
        if (isa<xnn::XnnDialect>(op->getDialect())) {
          auto function = op->getParentOfType<func::FuncOp>();
          if (!function || !function->hasAttr("xnn.delegate"))
            return complain(op, "outline") << "expected it in a delegate";
        }
        if (auto call = dyn_cast<et::CallDelegateOp>(op))
          ++calls[symbols.lookup(call.getDelegate())];
        return success();
      })))
    return failure();
  for (auto function : module.getOps<func::FuncOp>())
    if (function->hasAttr("xnn.delegate") && calls.lookup(function) == 0)
      return complain(function, "outline")
             << "expected a call of this delegate";
  return success();
}

LogicalResult verifyExecute(ModuleOp module) {
  if (failed(verifyOutline(module)))
    return failure();
  return checkNone(
      module, "execute",
      [](Operation *op) {
        return isa<aten::AtenDialect, Pt2eDialect>(op->getDialect()) &&
               !isa<aten::ParameterOp, aten::BufferOp, aten::ReadBufferOp,
                    aten::WriteBufferOp, SiteOp>(op);
      },
      "op that nothing runs");
}

/// A value's place in the arena, and between which ops it is needed.
struct Placed {
  Value value;
  int64_t offset, bytes;
  size_t from, to;
};

/// Bytes of a tensor at its upper bounds; none if they are not known.
std::optional<int64_t> bytesOf(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.getElementType().isIntOrFloat())
    return std::nullopt;
  int64_t bytes = (tensor.getElementTypeBitWidth() + 7) / 8;
  for (int64_t size : aten::upperBounds(tensor)) {
    if (size < 0)
      return std::nullopt;
    bytes *= size;
  }
  return bytes;
}

LogicalResult verifyPlan(func::FuncOp function) {
  auto arena = function->getAttrOfType<IntegerAttr>("et.arena_size");
  if (!arena)
    return complain(function, "plan") << "expected et.arena_size";
  Block &body = function.getBody().front();
  llvm::DenseMap<Operation *, size_t> order;
  for (Operation &op : body)
    order.try_emplace(&op, order.size() + 1);
  std::vector<Placed> places;
  auto place = [&](Value value, int64_t offset, size_t from) {
    size_t to = from;
    for (Operation *user : value.getUsers())
      to = std::max(to, order.lookup(user));
    if (std::optional<int64_t> bytes = bytesOf(value.getType());
        bytes && *bytes > 0 && offset >= 0)
      places.push_back({value, offset, *bytes, from, to});
  };
  for (BlockArgument argument : body.getArguments())
    if (auto offset = function.getArgAttrOfType<IntegerAttr>(
            argument.getArgNumber(), "et.offset"))
      place(argument, offset.getInt(), 0);
  for (Operation &op : body) {
    if (!isa<et::CallKernelOp, et::CallDelegateOp>(op))
      continue;
    auto offsets = op.getAttrOfType<DenseI64ArrayAttr>("et.offsets");
    if (!offsets || size_t(offsets.size()) != op.getNumResults())
      return complain(&op, "plan")
             << "expected et.offsets, one for each result";
    for (auto [result, offset] :
         llvm::zip(op.getResults(), offsets.asArrayRef()))
      place(result, offset, order.lookup(&op));
  }
  llvm::sort(places, [](const Placed &a, const Placed &b) {
    return a.offset < b.offset;
  });
  for (size_t i = 0; i < places.size(); ++i) {
    const Placed &a = places[i];
    if (a.offset + a.bytes > arena.getInt())
      return complain(function, "plan")
             << "expected an arena of at least " << a.offset + a.bytes
             << " bytes, but got " << arena.getInt();
    for (size_t j = i + 1;
         j < places.size() && places[j].offset < a.offset + a.bytes; ++j)
      if (a.from <= places[j].to && places[j].from <= a.to)
        return complain(function, "plan")
               << "expected values that are needed together at places of their "
                  "own, but got two at offset "
               << places[j].offset;
  }
  return success();
}

LogicalResult verifyPlan(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    if (!function.isPrivate() && !function.isExternal() &&
        failed(verifyPlan(function)))
      return failure();
  return success();
}

/// A pass that runs a check, and changes nothing.
#define PT2E_VERIFY_PASS(STAGE)                                                \
  struct Verify##STAGE##Pass                                                   \
      : pt2e::impl::Verify##STAGE##PassBase<Verify##STAGE##Pass> {             \
    void runOnOperation() override {                                           \
      if (failed(verify##STAGE(getOperation())))                               \
        signalPassFailure();                                                   \
      markAllAnalysesPreserved();                                              \
    }                                                                          \
  };
PT2E_VERIFY_PASS(Import)
PT2E_VERIFY_PASS(Simplify)
PT2E_VERIFY_PASS(Annotate)
PT2E_VERIFY_PASS(Prepare)
PT2E_VERIFY_PASS(Calibrate)
PT2E_VERIFY_PASS(Convert)
PT2E_VERIFY_PASS(Lower)
PT2E_VERIFY_PASS(Layout)
PT2E_VERIFY_PASS(Outline)
PT2E_VERIFY_PASS(Execute)
PT2E_VERIFY_PASS(Plan)
#undef PT2E_VERIFY_PASS

} // namespace
