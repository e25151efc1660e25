#include "SitesView.h"

#include <algorithm>

#include "SpecAttributes.h"
#include "dialects/Aten/Provenance.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace pt2e;

namespace q = pt2e::quantizer;

SitesView::SitesView(GraphView &graph, const std::vector<SharingGroup> &groups)
    : graph(graph) {
  for (const SharingGroup &group : groups) {
    State &site = sites.emplace_back();
    site.spec = group.spec;
    for (const QuantizedEdge &edge : group.edges)
      site.edges.push_back({graph.opOf(edge.op), edge.index, edge.isResult});
  }
}

q::Array<q::Edge> SitesView::edges(q::Site site) const {
  const State &state = sites[site.number];
  return {state.edges.data(), state.edges.size()};
}

q::Spec SitesView::spec(q::Site site) const {
  return specOf(sites[site.number].spec);
}

void SitesView::setSpec(q::Site site, const q::Spec &spec) {
  State &state = sites[site.number];
  if (state.edges.empty())
    return;
  const q::Op op = state.edges.front().op;
  if (spec.kind == q::Spec::Kind::Shared) {
    failed = true;
    return graph.fail(op, "expected a spec of its own for a site, but got a "
                          "shared one; merge the sites instead");
  }
  Operation *where = graph.operation(op);
  Attribute attribute = attributeOf(where->getContext(), spec, [&] {
    InFlightDiagnostic error = where->emitError();
    error << "changing the site at " << aten::describe(where->getLoc()) << ": ";
    return error;
  });
  if (!attribute) {
    failed = true;
    return;
  }
  state.spec = attribute;
  state.hasChanged = true;
}

void SitesView::merge(q::Site site, q::Site other) {
  if (site == other)
    return;
  State &state = sites[site.number], &from = sites[other.number];
  if (state.spec != from.spec && !from.edges.empty()) {
    failed = true;
    std::string text;
    llvm::raw_string_ostream(text)
        << "expected sites of one spec to merge, but got " << state.spec
        << " and " << from.spec;
    return graph.fail(from.edges.front().op, text);
  }
  state.edges.insert(state.edges.end(), from.edges.begin(), from.edges.end());
  from.edges.clear();
  std::sort(state.edges.begin(), state.edges.end(),
            [](const q::Edge &a, const q::Edge &b) {
              return std::tuple(a.op.number, a.isResult, a.index) <
                     std::tuple(b.op.number, b.isResult, b.index);
            });
  state.hasChanged = true;
}

q::Site SitesView::split(q::Site site, q::Array<q::Edge> edges) {
  const std::vector<q::Edge> wanted(edges.begin(), edges.end());
  const q::Site made{static_cast<uint32_t>(sites.size())};
  sites.emplace_back();
  State &state = sites[site.number], &part = sites.back();
  part.spec = state.spec;
  auto isWanted = [&](const q::Edge &edge) {
    return std::any_of(wanted.begin(), wanted.end(), [&](const q::Edge &w) {
      return w.op == edge.op && w.index == edge.index &&
             w.isResult == edge.isResult;
    });
  };
  const auto rest = std::stable_partition(
      state.edges.begin(), state.edges.end(),
      [&](const q::Edge &edge) { return !isWanted(edge); });
  part.edges.assign(rest, state.edges.end());
  state.edges.erase(rest, state.edges.end());
  state.hasChanged = part.hasChanged = true;
  return made;
}

/// Replaces the entry of `edge` in the annotation of its op.
static void setEntry(Operation *op, const q::Edge &edge, Attribute entry) {
  auto annotation = op->getAttrOfType<AnnotationAttr>(kAnnotation);
  SmallVector<Attribute> entries = llvm::to_vector(
      edge.isResult ? annotation.getResults() : annotation.getOperands());
  entries[edge.index] = entry;
  auto list = ArrayAttr::get(op->getContext(), entries);
  op->setAttr(kAnnotation,
              AnnotationAttr::get(
                  op->getContext(),
                  edge.isResult ? annotation.getOperands() : list,
                  edge.isResult ? list : annotation.getResults(),
                  annotation.getRule(), annotation.getImplicitSharing()));
}

LogicalResult SitesView::commit() {
  if (failed)
    return failure();
  // Names of groups that are there already belong to sites that may stay.
  DenseSet<StringAttr> taken;
  for (uint32_t i = 0; i < graph.numOps(); ++i)
    if (auto annotation =
            graph.operation(q::Op{i})->getAttrOfType<AnnotationAttr>(
                kAnnotation))
      for (ArrayAttr list : {annotation.getOperands(), annotation.getResults()})
        for (Attribute entry : list)
          if (auto group = dyn_cast<GroupAttr>(entry))
            taken.insert(group.getName());
  unsigned number = 0;
  for (const State &site : sites) {
    if (!site.hasChanged || site.edges.empty())
      continue;
    MLIRContext *context = site.spec.getContext();
    StringAttr name;
    do
      name = StringAttr::get(context, "site" + std::to_string(number++));
    while (!taken.insert(name).second);
    const Attribute entry =
        isa<UnitAttr>(site.spec)
            ? site.spec
            : Attribute(GroupAttr::get(context, name, site.spec));
    for (const q::Edge &edge : site.edges)
      setEntry(graph.operation(edge.op), edge, entry);
  }
  return success();
}

LogicalResult pt2e::prepareSites(q::Quantizer &quantizer, GraphView &graph) {
  FailureOr<std::vector<SharingGroup>> groups =
      sharingGroups(graph.getFunction());
  if (::mlir::failed(groups))
    return failure();
  SitesView sites(graph, *groups);
  quantizer.prepare(graph, sites);
  if (::mlir::failed(graph.tellProblems()))
    return failure();
  return sites.commit();
}
