/// \file
/// Minimum cuts of directed graphs.
#ifndef PT2E_LIB_XNNPACK_MINCUT_H
#define PT2E_LIB_XNNPACK_MINCUT_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pt2e {

/// A graph with a source and a sink, whose nodes end up on one of their sides.
/// Solved by Dinic's algorithm; of several minimal cuts the one with the
/// smallest source side, whatever the order of the edges.
class MinCut {
public:
  /// Not to be cut.
  static constexpr int64_t kForbidden = INT64_MAX / 4;

  int addNode();
  /// Costs `capacity` if `from` is on the source's side and `to` on the
  /// sink's.
  void addEdge(int from, int to, int64_t capacity);
  /// The cost of the cheapest cut.
  int64_t solve();
  bool onSourceSide(int node) const { return level[node] >= 0; }

  static constexpr int kSource = 0, kSink = 1;

private:
  struct Edge {
    int to;
    int64_t capacity;
  };
  bool findLevels();
  int64_t push(int node, int64_t limit);

  std::vector<Edge> edges; ///< edge i ^ 1 is the reverse of edge i
  std::vector<std::vector<int>> out = {{}, {}};
  std::vector<int> level;
  std::vector<size_t> next;
};

} // namespace pt2e

#endif // PT2E_LIB_XNNPACK_MINCUT_H
