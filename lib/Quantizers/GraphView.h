/// \file
/// A function of the `aten` dialect as quantizers see it.
#ifndef LIB_QUANTIZERS_GRAPHVIEW_H
#define LIB_QUANTIZERS_GRAPHVIEW_H

#include <deque>
#include <string>
#include <vector>

#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Pt2e/Pt2e.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "pt2e/Quantizers/Quantizer.h"
#include "llvm/ADT/DenseMap.h"

namespace pt2e {

class GraphView final : public quantizer::Graph {
public:
  /// Sees the ops of `function` and what they are annotated with. The function
  /// must not change as long as the view lives, but by `commit`.
  explicit GraphView(mlir::func::FuncOp function);

  /// Writes the annotations to the ops. Fails if one of them was an error.
  mlir::LogicalResult commit();
  /// Fails if `fail` was called: with one error for each message, however many
  /// ops it is about.
  mlir::LogicalResult tellProblems();

  mlir::func::FuncOp getFunction() const { return function; }
  mlir::Operation *operation(quantizer::Op op) const {
    return nodes[op.number].op;
  }
  /// \param op  of the function.
  quantizer::Op opOf(mlir::Operation *op) const { return {opNumbers.at(op)}; }

  uint32_t numOps() const override { return nodes.size(); }
  std::string_view schema(quantizer::Op op) const override;
  std::string_view name(quantizer::Op op) const override;
  quantizer::Array<quantizer::Module> modules(quantizer::Op op) const override;
  quantizer::Source source(quantizer::Op op) const override;
  quantizer::Array<quantizer::Value> operands(quantizer::Op op) const override;
  quantizer::Array<quantizer::Value> results(quantizer::Op op) const override;
  quantizer::OperandRange tensors(quantizer::Op op,
                                  std::string_view argument) const override;
  std::optional<int64_t> integer(quantizer::Op op,
                                 std::string_view argument) const override;
  std::optional<double> number(quantizer::Op op,
                               std::string_view argument) const override;
  quantizer::Array<int64_t> integers(quantizer::Op op,
                                     std::string_view argument) const override;
  std::optional<std::string_view>
  text(quantizer::Op op, std::string_view argument) const override;

  std::optional<quantizer::Op> producer(quantizer::Value value) const override;
  quantizer::Array<quantizer::Use> users(quantizer::Value value) const override;
  quantizer::ElementType elementType(quantizer::Value value) const override;
  quantizer::Array<int64_t> shape(quantizer::Value value) const override;
  bool isConstant(quantizer::Value value) const override;
  quantizer::Array<float> constantData(quantizer::Value value) const override;

  bool isAnnotated(quantizer::Op op) const override;
  quantizer::Spec operandSpec(quantizer::Op op,
                              uint32_t operand) const override;
  quantizer::Spec resultSpec(quantizer::Op op, uint32_t result) const override;
  void annotateOperand(quantizer::Op op, uint32_t operand,
                       const quantizer::Spec &spec) override;
  void annotateResult(quantizer::Op op, uint32_t result,
                      const quantizer::Spec &spec) override;
  void setRule(quantizer::Op op, std::string_view rule) override;
  void forbidImplicitSharing(quantizer::Op op) override;
  void refuse(quantizer::Op op, std::string_view code,
              std::string_view reason) override;
  void warn(std::string_view message) override;
  void fail(std::string_view message) override;
  void fail(quantizer::Op op, std::string_view message) override;

private:
  struct Node {
    mlir::Operation *op;
    std::string schema;
    aten::Provenance provenance;
    std::vector<quantizer::Module> modules;
    std::vector<quantizer::Value> operands, results;
    /// Entries of the annotation; null where nothing was said.
    std::vector<mlir::Attribute> operandEntries, resultEntries;
    std::string rule, refusalCode, refusal;
    bool implicitSharing = true;
  };
  struct Tensor {
    mlir::Value value;
    std::optional<quantizer::Op> producer;
    std::vector<quantizer::Use> users;
    std::vector<int64_t> shape;
    std::optional<aten::ConstantData> constant;
  };

  void addOp(mlir::Operation *op);
  quantizer::Value addValue(mlir::Value value);
  void annotate(quantizer::Op op, mlir::Attribute &entry, mlir::Type type,
                const quantizer::Spec &spec);

  mlir::func::FuncOp function;
  std::deque<Node> nodes; ///< views into its strings must stay valid
  std::vector<Tensor> values;
  llvm::DenseMap<mlir::Value, uint32_t> numbers;
  llvm::DenseMap<mlir::Operation *, uint32_t> opNumbers;
  bool failed = false;
  std::vector<std::pair<std::string, std::vector<mlir::Location>>> problems;
};

} // namespace pt2e

#endif // LIB_QUANTIZERS_GRAPHVIEW_H
