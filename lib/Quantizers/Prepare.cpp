//===- Prepare.cpp - Put observers where annotations ask for them ---------===//

#include "SharingGroups.h"
#include "SpecAttributes.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Provenance.h"
#include "pt2e/Quantizers/SiteStatistics.h"
#include "pt2e/Transforms/Passes.h"
#include "llvm/ADT/MapVector.h"

namespace pt2e {
#define GEN_PASS_DEF_PREPAREPASS
#include "pt2e/Transforms/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;

namespace {
/// Puts the observes of one function in.
class Insertion {
public:
  Insertion(func::FuncOp function, SymbolTable &symbols)
      : function(function), symbols(symbols) {}

  LogicalResult run();

private:
  SiteOp makeSite(const SharingGroup &group);
  Value observe(SiteOp site, Value value, Location loc);

  func::FuncOp function;
  SymbolTable &symbols;
  /// What a site's observe of a value passes on.
  DenseMap<std::pair<Operation *, Value>, Value> observes;
};

SiteOp Insertion::makeSite(const SharingGroup &group) {
  OpBuilder builder(function);
  auto site = SiteOp::create(
      builder, function.getLoc(), aten::valueName(group.edges.front().value()),
      group.spec, /*statistics=*/DictionaryAttr(), /*pinned=*/FixedAttr(),
      /*from=*/ArrayAttr());
  // Renamed where the name is taken; in front of the function that uses it.
  symbols.insert(site, Block::iterator(function));
  return site;
}

Value Insertion::observe(SiteOp site, Value value, Location loc) {
  Value &known = observes[{site, value}];
  if (known)
    return known;
  OpBuilder builder(function.getContext());
  builder.setInsertionPointAfterValue(value);
  known = ObserveOp::create(builder, loc, SymbolRefAttr::get(site), value)
              .getResult();
  return known;
}

LogicalResult Insertion::run() {
  FailureOr<std::vector<SharingGroup>> groups = sharingGroups(function);
  if (failed(groups))
    return failure();
  std::vector<SiteOp> sites;
  for (const SharingGroup &group : *groups)
    sites.push_back(makeSite(group));
  for (auto [site, group] : llvm::zip_equal(sites, *groups))
    if (!group.sources.empty()) {
      const Attribute from[] = {SymbolRefAttr::get(sites[group.sources[0]]),
                                SymbolRefAttr::get(sites[group.sources[1]])};
      site.setFromAttr(ArrayAttr::get(site.getContext(), from));
    }
  // Results first: operands then see what is behind their observers.
  for (auto [site, group] : llvm::zip_equal(sites, *groups))
    for (const QuantizedEdge &edge : group.edges)
      if (edge.isResult) {
        Value value = edge.value();
        Value passed = observe(site, value, value.getLoc());
        // State keeps the exact value from call to call.
        value.replaceUsesWithIf(passed, [&](OpOperand &use) {
          return use.getOwner() != passed.getDefiningOp() &&
                 !isa<aten::WriteBufferOp>(use.getOwner());
        });
      }
  for (auto [site, group] : llvm::zip_equal(sites, *groups))
    for (const QuantizedEdge &edge : group.edges) {
      if (edge.isResult)
        continue;
      Value value = edge.value();
      auto behind = value.getDefiningOp<ObserveOp>();
      if (behind && behind.getSite() == site.getSymName())
        continue;
      edge.op->setOperand(edge.index, observe(site, value, edge.op->getLoc()));
    }
  return success();
}

struct PreparePass : pt2e::impl::PreparePassBase<PreparePass> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (failed(Insertion(function, symbols).run()))
        return signalPassFailure();
    getOperation().walk([](Operation *op) {
      if (auto annotation = op->getAttrOfType<AnnotationAttr>(kAnnotation)) {
        op->setAttr(kRule, annotation.getRule());
        op->removeAttr(kAnnotation);
      }
    });
    if (failed(observeConstants()))
      signalPassFailure();
  }

  LogicalResult observeConstants();
};
} // namespace

/// Fills the statistics of the sites that see constants alone.
LogicalResult PreparePass::observeConstants() {
  llvm::MapVector<StringAttr, std::vector<ObserveOp>> bySite;
  getOperation().walk([&](ObserveOp observe) {
    bySite[observe.getSiteAttr().getAttr()].push_back(observe);
  });
  SymbolTable symbols(getOperation());
  for (auto &[name, observes] : bySite) {
    auto site = symbols.lookup<SiteOp>(name);
    if (hasGivenParameters(site) ||
        !llvm::all_of(observes, [](ObserveOp observe) {
          return aten::constantOf(observe.getInput());
        }))
      continue;
    FailureOr<std::unique_ptr<Observer>> observer = makeObserver(site);
    if (failed(observer))
      return failure();
    for (ObserveOp observe : observes) {
      FailureOr<aten::ConstantData> data =
          aten::constantData(aten::constantOf(observe.getInput()));
      auto type = observe.getInput().getType();
      if (failed(data) || !type.getElementType().isF32())
        return observe.emitOpError("expected an f32 constant with data, but "
                                   "got one of type ")
               << type;
      const absl::Status status = (*observer)->observe(
          {data->as<float>().data(), data->as<float>().size()},
          {type.getShape().data(), type.getShape().size()});
      if (!status.ok())
        return observe.emitOpError() << std::string(status.message());
    }
    setStatistics(site, **observer);
  }
  return success();
}
