/// \file
/// A recorded run of PyTorch's flow (test/data/cases, test/data/golden), and
/// the same of ours.
#ifndef TEST_UNIT_QUANTIZERS_GOLDENCASE_H
#define TEST_UNIT_QUANTIZERS_GOLDENCASE_H

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dialects/Pt2e/Pt2e.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "pt2e/Quantizers/Quantizer.h"
#include "llvm/Support/JSON.h"

namespace pt2e {

/// One reading of a tensor, "conv2d[0]" or "cat[0,1]": op and path of the
/// argument in its schema; a result is "conv2d".
using Edge = std::string;

/// A dequantized value that is read.
struct GoldenReading {
  /// None where it is quantized at run time.
  std::vector<float> scales;
  /// Zero points that are codes or real numbers.
  std::vector<float> zeroPoints;
  int64_t quantMin = 0, quantMax = 0;
};

struct GoldenCase {
  /// The edges that share an observer.
  std::vector<std::set<Edge>> groups;
  std::map<Edge, GoldenReading> readings;
  /// Integer weights by reading, as bytes.
  std::map<Edge, std::vector<int8_t>> weights;
};

/// The folders of test/data/cases and the files of test/data/golden that can
/// be compared edge by edge: "conv2d_bias__pc".
std::vector<std::string> goldenCases();
/// Program and inputs of a case: a folder of test/data/cases.
std::string caseFolder(const std::string &name);
GoldenCase readGoldenCase(const std::string &name);

/// "conv2d[0]" from the members op and arg.
Edge goldenEdge(const llvm::json::Object &entry);
/// From the members scale, zero_point and codes (the range of codes).
GoldenReading goldenReading(const llvm::json::Object &entry);
/// C hexadecimal floats.
std::vector<float> goldenFloats(const llvm::json::Value &list);
/// Codes as hexadecimal bytes.
std::vector<int8_t> goldenCodes(llvm::StringRef text);

/// What stands behind the two underscores: "pc".
std::string configOf(const std::string &name);

/// The quantizer that PyTorch's configuration is for us, in compat mode; null
/// if there is none.
std::unique_ptr<quantizer::Quantizer>
goldenQuantizer(const std::string &config);

/// The float program of a case, simplified and annotated as the reference
/// would.
mlir::OwningOpRef<mlir::ModuleOp> annotateCase(const std::string &name,
                                               mlir::MLIRContext *context);

/// The edge of operand `index` of `op`; empty where `op` is no operator.
Edge edgeOf(mlir::Operation *op, unsigned index);

/// The same of ours. No scales and zero points where run time computes them.
GoldenReading readingOf(DequantizeOp dequantize);
/// The codes of a constant, as bytes; none of an activation.
std::vector<int8_t> codesOf(DequantizeOp dequantize);

} // namespace pt2e

#endif // TEST_UNIT_QUANTIZERS_GOLDENCASE_H
