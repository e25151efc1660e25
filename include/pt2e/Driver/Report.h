/// \file
/// What became of every op and every quantized value of a program: the report
/// of `pt2e quantize` and `pt2e compile`. The JSON form is described in
/// docs/report.md; `kReportVersion` changes with it.
#ifndef PT2E_DRIVER_REPORT_H
#define PT2E_DRIVER_REPORT_H

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace pt2e {

constexpr int kReportVersion = 1;

/// An op of the exported graph.
struct ReportedOp {
  std::string name, op;           ///< "conv2d_3", "aten::conv2d"
  std::string module, moduleType; ///< "features.0", "torch.nn.Conv2d"
  std::string source;             ///< "model.py:12"; may be empty
  std::string rule;               ///< the quantizer's pattern; may be empty
  /// What the quantizer asks for each, as the IR writes it, or "float"; none
  /// if it asks for nothing.
  std::vector<std::string> operands, results;
  /// Why it stays float, as a code and a sentence; empty if quantized.
  std::string reason;
  bool quantized = false;   ///< computed in int8
  bool partlyFloat = false; ///< some of what it became is computed in float
  /// "delegate_0", "kernel aten::layer_norm.out", or "folded".
  std::string runsOn;
  std::string why; ///< why it is not in a delegate; empty if it is
  std::vector<std::string> datatypes; ///< of what it became: "qint8", "f32"
  uint64_t multiplyAdds = 0, int8MultiplyAdds = 0;
};

/// A site and what it serves.
struct ReportedSite {
  struct Edge {
    std::string producer, user;
    int64_t operand;
  };
  std::string name, observer;
  std::vector<Edge> edges;
  std::vector<float> min, max, scale;
  std::vector<int64_t> zeroPoint;
  double clippedShare = -1;  ///< negative: not known
  bool scaleAtFloor = false; ///< eps, not the range, decided a scale
};

/// A quantize or dequantize that is a kernel call of its own.
struct LeftOver {
  std::string kernel, name, module, why;
};

/// Collects, stage by stage.
class Report {
public:
  /// After `annotate` (or `simplify` of a float program): the ops there are.
  void collectOps(mlir::ModuleOp module);
  /// After `calibrate`: sites, their statistics and parameters.
  mlir::LogicalResult collectSites(mlir::ModuleOp module);
  /// After `layout`: what is computed in which datatype.
  void collectDatatypes(mlir::ModuleOp module);
  /// After `execute`: delegates and kernel calls.
  void collectCalls(mlir::ModuleOp module);

  llvm::json::Value json() const;
  /// A summary for people: what stayed float and why, what to look at.
  void print(llvm::raw_ostream &os) const;

  /// Why an operator, or each one of a module, is as it is: rule, specs, the
  /// sites that serve it and what shares them, datatype, reasons. An unknown
  /// name is an error that tells the nearest ones.
  llvm::Expected<std::string> explain(llvm::StringRef name) const;

  std::string input, output;
  uint64_t inputBytes = 0, outputBytes = 0;

private:
  ReportedOp *find(llvm::StringRef name);

  std::vector<ReportedOp> ops;
  std::map<std::string, size_t> byName;
  std::vector<ReportedSite> sites;
  std::vector<LeftOver> leftOver;
  int64_t delegates = 0, kernelCalls = 0, layoutConversions = 0;
};

} // namespace pt2e

#endif // PT2E_DRIVER_REPORT_H
