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

constexpr int kReportVersion = 2;

/// An op of the exported graph.
struct ReportedOp {
  std::string name, op;           ///< "conv2d_3", "aten::conv2d"
  std::string module, moduleType; ///< "features.0", "torch.nn.Conv2d"
  std::string source;             ///< "model.py:12"; may be empty
  /// What it became before it was annotated, in order: "aten::linear"; empty
  /// if it is what it was.
  std::vector<std::string> became;
  std::vector<std::string> reads; ///< names of what it reads but constants
  std::string partOf;             ///< the op that took it in: batch norm
  bool ofConstants = false;       ///< it reads constants alone
  std::string rule;               ///< the quantizer's patterns; may be empty
  /// What the quantizer asks for each, as the IR writes it, or "float"; none
  /// if it asks for nothing.
  std::vector<std::string> operands, results;
  /// Why it stays float, as a code and a sentence; empty if quantized.
  std::string reason;
  /// "delegate_0", "kernel aten::layer_norm.out", or "folded".
  std::string runsOn;
  std::string why; ///< why it is not in a delegate; empty if it is
  /// In which forms its parts compute (lib/Driver/Forms.h); multiplications
  /// with how many there are.
  std::map<std::string, uint64_t> products;
  std::vector<std::string> otherForms;

  /// The form of most of its multiplications, or of what it computes else.
  std::string form() const;
  /// "quantized" in integers, "weights" in float with stored weights, "mixed"
  /// in part quantized, "float", "other" for sizes and indices, or "folded":
  /// nothing is left of it.
  std::string state() const;
  uint64_t multiplyAdds() const;
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
  /// After `import`: the ops there are.
  void collectOps(mlir::ModuleOp module);
  /// After `annotate` (or `decompose` of a float program): what they became,
  /// and what the quantizer says of them.
  void collectAnnotations(mlir::ModuleOp module);
  /// After `calibrate`: sites, their statistics and parameters.
  mlir::LogicalResult collectSites(mlir::ModuleOp module);
  /// Before `outline`: what is computed in which form.
  void collectForms(mlir::ModuleOp module);
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
  /// Of all ops, by form.
  std::map<std::string, uint64_t> multiplyAddsByForm() const;
  void printMultiplyAdds(llvm::raw_ostream &os) const;

  std::vector<ReportedOp> ops;
  std::map<std::string, size_t> byName;
  std::vector<ReportedSite> sites;
  std::vector<LeftOver> leftOver;
  bool wasAnnotated = false; ///< a quantizer kept an op in float
  int64_t delegates = 0, kernelCalls = 0, layoutConversions = 0;
};

} // namespace pt2e

#endif // PT2E_DRIVER_REPORT_H
