/// \file
/// The sharing groups of a function as quantizers see and change them.
#ifndef LIB_QUANTIZERS_SITESVIEW_H
#define LIB_QUANTIZERS_SITESVIEW_H

#include <vector>

#include "GraphView.h"
#include "SharingGroups.h"

namespace pt2e {

class SitesView final : public quantizer::Sites {
public:
  /// \param groups  of the function that `graph` views.
  SitesView(GraphView &graph, const std::vector<SharingGroup> &groups);

  /// Writes what changed to the annotations: an edge of a changed site names a
  /// `#pt2e.group`, or is float. Fails if something was an error.
  mlir::LogicalResult commit();

  uint32_t numSites() const override { return sites.size(); }
  quantizer::Array<quantizer::Edge> edges(quantizer::Site site) const override;
  quantizer::Spec spec(quantizer::Site site) const override;
  void setSpec(quantizer::Site site, const quantizer::Spec &spec) override;
  void merge(quantizer::Site site, quantizer::Site other) override;
  quantizer::Site split(quantizer::Site site,
                        quantizer::Array<quantizer::Edge> edges) override;

private:
  struct State {
    std::vector<quantizer::Edge> edges;
    mlir::Attribute spec;
    bool hasChanged = false;
  };

  GraphView &graph;
  std::vector<State> sites;
  bool failed = false;
};

/// Shows `quantizer` the sites of the function that `graph` views, whose
/// annotations are committed.
mlir::LogicalResult prepareSites(quantizer::Quantizer &quantizer,
                                 GraphView &graph);

} // namespace pt2e

#endif // LIB_QUANTIZERS_SITESVIEW_H
