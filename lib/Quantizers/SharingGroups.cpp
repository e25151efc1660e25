#include "SharingGroups.h"

#include "SpecAttributes.h"
#include "dialects/Aten/Provenance.h"
#include "llvm/ADT/IntEqClasses.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace pt2e;

namespace {

/// An edge and what its op's annotation says of it.
struct Entry {
  QuantizedEdge edge;
  Attribute spec;
  bool implicitSharing;
};

class Grouping {
public:
  explicit Grouping(func::FuncOp function);

  LogicalResult joinShared();
  LogicalResult findSpecs();
  void joinImplicitly();
  std::vector<SharingGroup> groups();

private:
  std::optional<unsigned> find(Operation *op, unsigned index,
                               bool isResult) const;
  /// The edge that `entry` shares with.
  std::optional<unsigned> target(const Entry &entry) const;

  std::vector<Entry> entries;
  /// Number of the entry by op, index and kind.
  DenseMap<std::tuple<Operation *, unsigned, unsigned>, unsigned> numbers;
  llvm::IntEqClasses classes;
  /// The spec of each entry's group.
  std::vector<Attribute> specs;
};

Grouping::Grouping(func::FuncOp function) {
  function.walk<WalkOrder::PreOrder>([&](Operation *op) {
    auto annotation = op->getAttrOfType<AnnotationAttr>(kAnnotation);
    if (!annotation)
      return;
    auto add = [&](ArrayAttr list, bool isResult) {
      for (auto [index, spec] : llvm::enumerate(list)) {
        if (isa<UnitAttr>(spec))
          continue;
        const unsigned number = entries.size();
        numbers[{op, index, isResult}] = number;
        entries.push_back({{op, static_cast<unsigned>(index), isResult},
                           spec,
                           annotation.getImplicitSharing()});
      }
    };
    add(annotation.getOperands(), /*isResult=*/false);
    add(annotation.getResults(), /*isResult=*/true);
  });
  classes.grow(entries.size());
}

std::optional<unsigned> Grouping::find(Operation *op, unsigned index,
                                       bool isResult) const {
  auto it = numbers.find({op, index, isResult});
  if (it == numbers.end())
    return std::nullopt;
  return it->second;
}

std::optional<unsigned> Grouping::target(const Entry &entry) const {
  auto shared = cast<SharedAttr>(entry.spec);
  Operation *op = entry.edge.op;
  switch (shared.getTarget()) {
  case SharedTarget::Operand:
    return find(op, shared.getIndex(), /*isResult=*/false);
  case SharedTarget::Result:
    return find(op, shared.getIndex(), /*isResult=*/true);
  case SharedTarget::Producer:
    break;
  }
  if (entry.edge.isResult)
    return std::nullopt;
  auto produced = dyn_cast<OpResult>(entry.edge.value());
  if (!produced)
    return std::nullopt;
  return find(produced.getOwner(), produced.getResultNumber(),
              /*isResult=*/true);
}

LogicalResult Grouping::joinShared() {
  for (auto [number, entry] : llvm::enumerate(entries)) {
    if (!isa<SharedAttr>(entry.spec))
      continue;
    const std::optional<unsigned> with = target(entry);
    if (!with)
      return entry.edge.op->emitOpError("expected ")
             << (entry.edge.isResult ? "result " : "operand ")
             << entry.edge.index << " to share with an annotated edge, but "
             << entry.spec << " is not one ("
             << aten::describe(entry.edge.op->getLoc()) << ")";
    classes.join(number, *with);
  }
  return success();
}

/// Each shared entry leads to one other, so that a group has one entry with a
/// spec of its own, or is a cycle.
LogicalResult Grouping::findSpecs() {
  DenseMap<unsigned, Attribute> ofLeader;
  for (auto [number, entry] : llvm::enumerate(entries))
    if (!isa<SharedAttr>(entry.spec))
      ofLeader[classes.findLeader(number)] = entry.spec;
  for (auto [number, entry] : llvm::enumerate(entries)) {
    const Attribute spec = ofLeader.lookup(classes.findLeader(number));
    if (!spec)
      return entry.edge.op->emitOpError("expected ")
             << (entry.edge.isResult ? "result " : "operand ")
             << entry.edge.index
             << " to share with an edge that has a spec, but the edges share "
                "in a circle ("
             << aten::describe(entry.edge.op->getLoc()) << ")";
    specs.push_back(spec);
  }
  return success();
}

void Grouping::joinImplicitly() {
  /// By value and spec, one entry to join with: the result that makes it, and
  /// the first operand that reads it.
  DenseMap<std::pair<Value, Attribute>, unsigned> made, read;
  for (auto [number, entry] : llvm::enumerate(entries))
    if (entry.edge.isResult)
      made[{entry.edge.value(), specs[number]}] = number;
  for (auto [number, entry] : llvm::enumerate(entries)) {
    if (entry.edge.isResult || !entry.implicitSharing)
      continue;
    const std::pair<Value, Attribute> key(entry.edge.value(), specs[number]);
    if (auto it = made.find(key); it != made.end())
      classes.join(number, it->second);
    auto [it, isFirst] = read.try_emplace(key, number);
    if (!isFirst)
      classes.join(number, it->second);
  }
}

std::vector<SharingGroup> Grouping::groups() {
  llvm::MapVector<unsigned, SharingGroup> groups;
  for (auto [number, entry] : llvm::enumerate(entries)) {
    SharingGroup &group = groups[classes.findLeader(number)];
    group.spec = specs[number];
    group.edges.push_back(entry.edge);
  }
  std::vector<SharingGroup> list;
  for (auto &[leader, group] : groups)
    list.push_back(std::move(group));
  return list;
}
} // namespace

FailureOr<std::vector<SharingGroup>>
pt2e::sharingGroups(func::FuncOp function) {
  Grouping grouping(function);
  if (failed(grouping.joinShared()) || failed(grouping.findSpecs()))
    return failure();
  grouping.joinImplicitly();
  return grouping.groups();
}
