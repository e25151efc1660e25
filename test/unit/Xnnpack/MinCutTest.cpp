// The cut that decides for layouts, against all cuts of small graphs.
#include "lib/Xnnpack/MinCut.h"

#include <random>

#include "gtest/gtest.h"

namespace pt2e {
namespace {

struct Edge {
  int from, to;
  int64_t capacity;
};

/// The cost of the cut whose source side are the nodes of `side` (bit i is
/// node i).
int64_t costOf(const std::vector<Edge> &edges, unsigned side) {
  int64_t cost = 0;
  for (const Edge &edge : edges)
    if ((side >> edge.from & 1) && !(side >> edge.to & 1))
      cost += edge.capacity;
  return cost;
}

TEST(MinCutTest, NoCutOfASmallGraphIsCheaper) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    const int numNodes = 2 + random() % 8;
    MinCut cut;
    for (int node = 2; node < numNodes; ++node)
      EXPECT_EQ(cut.addNode(), node);
    std::vector<Edge> edges;
    for (int i = random() % (3 * numNodes); i > 0; --i) {
      const int from = random() % numNodes, to = random() % numNodes;
      if (from == to || from == MinCut::kSink || to == MinCut::kSource)
        continue;
      // Few values, so that there are many cuts of the same cost.
      edges.push_back({from, to, int64_t(random() % 4)});
      cut.addEdge(from, to, edges.back().capacity);
    }
    int64_t cheapest = INT64_MAX;
    unsigned inAll = ~0u; // on the source side of every cheapest cut
    for (unsigned side = 0; side < 1u << numNodes; ++side) {
      if (!(side & 1) || (side & 2))
        continue; // the source, and not the sink
      const int64_t cost = costOf(edges, side);
      if (cost < cheapest)
        inAll = ~0u;
      if (cost <= cheapest)
        inAll &= side;
      cheapest = std::min(cheapest, cost);
    }
    ASSERT_EQ(cut.solve(), cheapest) << "graph " << round;
    unsigned side = 0;
    for (int node = 0; node < numNodes; ++node)
      side |= unsigned(cut.onSourceSide(node)) << node;
    ASSERT_EQ(costOf(edges, side), cheapest) << "graph " << round;
    // Of several the one with the smallest source side.
    ASSERT_EQ(side, inAll) << "graph " << round;
  }
}

TEST(MinCutTest, WhatIsForbiddenIsNotCut) {
  MinCut cut;
  const int a = cut.addNode(), b = cut.addNode();
  cut.addEdge(MinCut::kSource, a, MinCut::kForbidden);
  cut.addEdge(a, b, 7);
  cut.addEdge(b, MinCut::kSink, MinCut::kForbidden);
  EXPECT_EQ(cut.solve(), 7);
  EXPECT_TRUE(cut.onSourceSide(a));
  EXPECT_FALSE(cut.onSourceSide(b));
}

} // namespace
} // namespace pt2e
