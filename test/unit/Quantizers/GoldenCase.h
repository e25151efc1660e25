/// \file
/// A recorded run of PyTorch's flow (test/data/cases), and the same of ours.
#ifndef TEST_UNIT_QUANTIZERS_GOLDENCASE_H
#define TEST_UNIT_QUANTIZERS_GOLDENCASE_H

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dialects/Pt2e/Pt2e.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace pt2e {

/// One reading of a tensor, "conv2d[0]" or "cat[0,1]": op and path of the
/// argument in its schema; a result is "conv2d".
using Edge = std::string;

struct GoldenGroup {
  std::set<Edge> edges;
  std::vector<float> scales;
  std::vector<int32_t> zeroPoints;
};

struct GoldenCase {
  std::vector<GoldenGroup> groups;
  /// Readings of dequantized values: scales, zero points.
  std::map<Edge, std::pair<std::vector<float>, std::vector<int32_t>>> readings;
  /// Integer weights by reading, as bytes.
  std::map<Edge, std::vector<int8_t>> weights;
};

/// The folders of test/data/cases.
std::vector<std::string> goldenCases();
std::string caseFolder(const std::string &name);
GoldenCase readGoldenCase(const std::string &name);

/// The float program of a case, simplified and annotated as the reference
/// would.
mlir::OwningOpRef<mlir::ModuleOp> annotateCase(const std::string &name,
                                               mlir::MLIRContext *context);

/// The edge of operand `index` of `op`; empty where `op` is no operator.
Edge edgeOf(mlir::Operation *op, unsigned index);

} // namespace pt2e

#endif // TEST_UNIT_QUANTIZERS_GOLDENCASE_H
