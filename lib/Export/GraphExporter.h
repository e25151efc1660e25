/// \file
/// The nodes of one graph, and of the graphs nested in it.
#ifndef PT2E_LIB_EXPORT_GRAPHEXPORTER_H
#define PT2E_LIB_EXPORT_GRAPHEXPORTER_H

#include "Dimensions.h"
#include "dialects/Aten/Schema.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "pt2e/Import/ExportedProgram.h"
#include "llvm/ADT/StringSet.h"

namespace pt2e {

/// A 0-d constant that stands for a number in the slot of a tensor, as the
/// import makes it: `add.Tensor(x, 2)`. Null for any other operand.
mlir::ElementsAttr inlineNumber(mlir::OpOperand &operand);

/// Builds one graph. Values are defined with `bind`, in the order of the graph.
class GraphExporter {
public:
  GraphExporter(Graph &graph, Dimensions &dimensions)
      : graph(graph), dimensions(dimensions) {}

  /// Gives `value` a name that is like `wanted` and nobody else's.
  std::string bind(mlir::Value value, llvm::StringRef wanted);
  /// Declares `value` as an input of the graph.
  void addInput(mlir::Value value);
  /// The value as an argument, or a constant scalar.
  Argument argument(mlir::Value value);

  /// Appends the node of `op`; constants make none. Fails after an error.
  mlir::LogicalResult addNode(mlir::Operation *op);

private:
  struct NodeParts {
    Node node;
    llvm::SmallVector<mlir::Value> results;
    bool isListResult = false;
  };

  Node startNode(mlir::Operation *op, const llvm::Twine &target);
  /// Binds the results of `op`, appends `node`.
  void finishNode(mlir::Operation *op, Node node, bool isListResult = false);

  mlir::LogicalResult addOperator(mlir::Operation *op,
                                  const aten::Schema &schema);
  mlir::LogicalResult addUnlisted(mlir::Operation *op);
  mlir::LogicalResult addHigherOrder(mlir::Operation *op, llvm::StringRef name);
  mlir::FailureOr<GraphArgument> nestedGraph(mlir::Operation *op,
                                             mlir::func::FuncOp function,
                                             mlir::ValueRange operands);
  mlir::LogicalResult addScalar(mlir::Operation *op);
  void addScalarNode(mlir::Operation *op, llvm::StringRef target,
                     mlir::ValueRange operands);
  mlir::LogicalResult addConversion(mlir::Operation *op);

  /// The argument of an attribute, whose sentinels stand for `symbols`.
  mlir::FailureOr<Argument> constant(mlir::Operation *op, mlir::Attribute value,
                                     llvm::StringRef name,
                                     mlir::OperandRange &symbols);
  Argument tensors(mlir::Operation *op, const aten::SchemaArgument &expected);

  Graph &graph;
  Dimensions &dimensions;
  llvm::DenseMap<mlir::Value, std::string> names;
  llvm::StringSet<> used;
  unsigned depth = 0;
};

/// The name of a graph value or FX node that is like `wanted`.
std::string identifier(llvm::StringRef wanted);

} // namespace pt2e

#endif // PT2E_LIB_EXPORT_GRAPHEXPORTER_H
