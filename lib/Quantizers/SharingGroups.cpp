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
  /// The name of its `#pt2e.group`, or null.
  StringAttr group;
  bool implicitSharing;

  /// "operand 1 of add in block (Block), model.py:12"
  std::string describe() const {
    return (edge.isResult ? "result " : "operand ") +
           std::to_string(edge.index) + " of " +
           aten::describe(edge.op->getLoc());
  }
};

class Grouping {
public:
  explicit Grouping(func::FuncOp function);

  LogicalResult joinShared();
  void joinNamed();
  LogicalResult findSpecs();
  void joinImplicitly();
  void joinDerived();
  LogicalResult verifySources() const;
  std::vector<SharingGroup> groups();

private:
  std::optional<unsigned> find(Operation *op, unsigned index,
                               bool isResult) const;
  /// The edge that `entry` shares with.
  std::optional<unsigned> target(const Entry &entry) const;
  /// The numbers of the operands that a derived entry refers to.
  std::pair<unsigned, unsigned> sources(unsigned number) const;

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
        auto group = dyn_cast<GroupAttr>(spec);
        entries.push_back({{op, static_cast<unsigned>(index), isResult},
                           group ? group.getSpec() : spec,
                           group ? group.getName() : StringAttr(),
                           annotation.getImplicitSharing() && !group});
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
             << entry.describe() << " to share with an annotated edge, but "
             << entry.spec << " is not one";
    classes.join(number, *with);
  }
  return success();
}

void Grouping::joinNamed() {
  DenseMap<StringAttr, unsigned> first;
  for (auto [number, entry] : llvm::enumerate(entries))
    if (entry.group) {
      auto [it, isFirst] = first.try_emplace(entry.group, number);
      if (!isFirst)
        classes.join(number, it->second);
    }
}

/// Each shared entry leads to one other, so that a group has an entry with a
/// spec of its own, or is a cycle. Entries of a named group all have one.
LogicalResult Grouping::findSpecs() {
  DenseMap<unsigned, unsigned> ofLeader;
  for (auto [number, entry] : llvm::enumerate(entries)) {
    if (isa<SharedAttr>(entry.spec))
      continue;
    auto [it, isFirst] =
        ofLeader.try_emplace(classes.findLeader(number), number);
    const Entry &other = entries[it->second];
    if (other.spec == entry.spec)
      continue;
    InFlightDiagnostic error = entry.edge.op->emitOpError("expected ");
    error << entry.describe() << " and " << other.describe()
          << " to have one spec, because they share an observer, but got "
          << entry.spec << " and " << other.spec;
    error.attachNote(other.edge.op->getLoc()) << "the other one";
    return error;
  }
  for (auto [number, entry] : llvm::enumerate(entries)) {
    const auto it = ofLeader.find(classes.findLeader(number));
    if (it == ofLeader.end())
      return entry.edge.op->emitOpError("expected ")
             << entry.describe()
             << " to share with an edge that has a spec, but the edges share "
                "in a circle";
    const Entry &owner = entries[it->second];
    if (auto spec = dyn_cast<SpecAttr>(owner.spec))
      if (failed(verifyGranularity(
              [&] {
                InFlightDiagnostic error = entry.edge.op->emitOpError();
                error << entry.describe() << " shares with " << owner.describe()
                      << ": ";
                return error;
              },
              spec, entry.edge.value().getType())))
        return failure();
    specs.push_back(owner.spec);
  }
  return success();
}

void Grouping::joinImplicitly() {
  /// By value and spec, one entry to join with: the result that makes it, and
  /// the first operand that reads it.
  DenseMap<std::pair<Value, Attribute>, unsigned> made, read;
  for (auto [number, entry] : llvm::enumerate(entries))
    if (entry.edge.isResult && !entry.group)
      made[{entry.edge.value(), specs[number]}] = number;
  for (auto [number, entry] : llvm::enumerate(entries)) {
    if (entry.edge.isResult || !entry.implicitSharing ||
        isa<DerivedAttr>(specs[number]))
      continue;
    const std::pair<Value, Attribute> key(entry.edge.value(), specs[number]);
    if (auto it = made.find(key); it != made.end())
      classes.join(number, it->second);
    auto [it, isFirst] = read.try_emplace(key, number);
    if (!isFirst)
      classes.join(number, it->second);
  }
}

std::pair<unsigned, unsigned> Grouping::sources(unsigned number) const {
  const ArrayRef<int64_t> from = cast<DerivedAttr>(specs[number]).getFrom();
  Operation *op = entries[number].edge.op;
  // The annotation's verifier saw to it that they are there.
  return {numbers.at({op, unsigned(from[0]), false}),
          numbers.at({op, unsigned(from[1]), false})};
}

/// After all others: only then is it known which sources are the same.
void Grouping::joinDerived() {
  DenseMap<std::tuple<Value, Attribute, unsigned, unsigned>, unsigned> read;
  for (auto [number, entry] : llvm::enumerate(entries)) {
    if (!entry.implicitSharing || !isa<DerivedAttr>(entry.spec))
      continue;
    auto [one, other] = sources(number);
    const auto [it, isFirst] =
        read.try_emplace({entry.edge.value(), entry.spec,
                          classes.findLeader(one), classes.findLeader(other)},
                         number);
    if (!isFirst)
      classes.join(number, it->second);
  }
}

LogicalResult Grouping::verifySources() const {
  for (auto [number, entry] : llvm::enumerate(entries)) {
    if (!isa<DerivedAttr>(entry.spec))
      continue;
    const auto [one, other] = sources(number);
    for (unsigned source : {one, other}) {
      auto spec = dyn_cast<SpecAttr>(specs[source]);
      if (isa<FixedAttr>(specs[source]) ||
          (spec && spec.getTiming() == Timing::Static))
        continue;
      return entry.edge.op->emitOpError("expected ")
             << entry.describe()
             << " to derive from edges with parameters of their own, but "
             << entries[source].describe() << " has " << specs[source];
    }
  }
  return success();
}

std::vector<SharingGroup> Grouping::groups() {
  llvm::MapVector<unsigned, SharingGroup> groups;
  for (auto [number, entry] : llvm::enumerate(entries)) {
    SharingGroup &group = groups[classes.findLeader(number)];
    group.spec = specs[number];
    group.edges.push_back(entry.edge);
  }
  DenseMap<unsigned, unsigned> positions;
  for (auto [position, leaderAndGroup] : llvm::enumerate(groups))
    positions[leaderAndGroup.first] = position;
  for (auto [number, entry] : llvm::enumerate(entries)) {
    SharingGroup &group = groups[classes.findLeader(number)];
    if (!isa<DerivedAttr>(entry.spec) || !group.sources.empty())
      continue;
    const auto [one, other] = sources(number);
    group.sources = {positions[classes.findLeader(one)],
                     positions[classes.findLeader(other)]};
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
  if (failed(grouping.joinShared()))
    return failure();
  grouping.joinNamed();
  if (failed(grouping.findSpecs()) || failed(grouping.verifySources()))
    return failure();
  grouping.joinImplicitly();
  grouping.joinDerived();
  return grouping.groups();
}
