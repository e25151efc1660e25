#include "MinCut.h"

#include <algorithm>

using namespace pt2e;

int MinCut::addNode() {
  out.emplace_back();
  return out.size() - 1;
}

void MinCut::addEdge(int from, int to, int64_t capacity) {
  out[from].push_back(edges.size());
  edges.push_back({to, capacity});
  out[to].push_back(edges.size());
  edges.push_back({from, 0});
}

bool MinCut::findLevels() {
  level.assign(out.size(), -1);
  level[kSource] = 0;
  std::vector<int> queue = {kSource};
  for (size_t i = 0; i < queue.size(); ++i)
    for (int edge : out[queue[i]])
      if (edges[edge].capacity > 0 && level[edges[edge].to] < 0) {
        level[edges[edge].to] = level[queue[i]] + 1;
        queue.push_back(edges[edge].to);
      }
  return level[kSink] >= 0;
}

int64_t MinCut::push(int node, int64_t limit) {
  if (node == kSink)
    return limit;
  int64_t pushed = 0;
  for (size_t &i = next[node]; i < out[node].size() && pushed < limit; ++i) {
    Edge &edge = edges[out[node][i]];
    if (edge.capacity == 0 || level[edge.to] != level[node] + 1)
      continue;
    const int64_t flow = push(edge.to, std::min(limit - pushed, edge.capacity));
    edge.capacity -= flow;
    edges[out[node][i] ^ 1].capacity += flow;
    pushed += flow;
    if (pushed == limit)
      break; // the edge may take more
  }
  return pushed;
}

int64_t MinCut::solve() {
  int64_t cost = 0;
  while (findLevels()) {
    next.assign(out.size(), 0);
    cost += push(kSource, kForbidden);
  }
  return cost;
}
