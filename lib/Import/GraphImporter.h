/// \file
/// Translates the nodes of one graph, and of the graphs nested in it.
#ifndef PT2E_LIB_IMPORT_GRAPHIMPORTER_H
#define PT2E_LIB_IMPORT_GRAPHIMPORTER_H

#include "Functionalizer.h"
#include "ImportTypes.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Schema.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "pt2e/Import/ExportedProgram.h"

namespace pt2e {

/// What a name of a graph stands for: a tensor, or a scalar that is known (an
/// attribute) or computed at run time (an i64, f64 or i1 value).
struct Binding {
  TensorObject *tensor = nullptr;
  mlir::OpFoldResult scalar;
};

/// The names of one graph; nested graphs have scopes of their own.
struct GraphScope {
  const Graph *graph;
  llvm::StringMap<Binding> bindings;
};

class GraphImporter {
public:
  GraphImporter(mlir::ModuleOp module, const DimensionRanges &ranges,
                Functionalizer &functionalizer)
      : module(module), ranges(ranges), functionalizer(functionalizer),
        builder(module.getContext()) {}

  /// Appends the nodes of the scope's graph to `block`.
  llvm::LogicalResult importNodes(GraphScope &scope, mlir::Block *block);

  /// The value that an output of a graph gives, null for None and texts; fails
  /// for an unknown name.
  mlir::FailureOr<mlir::Value>
  outputValue(GraphScope &scope, const Argument &output, mlir::Location loc);

private:
  llvm::LogicalResult importNode(GraphScope &scope, const Node &node);
  llvm::LogicalResult importOperator(GraphScope &scope, const Node &node);
  llvm::LogicalResult importInPlace(GraphScope &scope, const Node &node,
                                    const aten::Schema &schema,
                                    llvm::StringRef name);
  llvm::LogicalResult importSize(GraphScope &scope, const Node &node);

  // Scalars.cpp
  llvm::LogicalResult importScalarNode(GraphScope &scope, const Node &node);
  mlir::OpFoldResult scalarResult(GraphScope &scope, const Node &node,
                                  llvm::ArrayRef<mlir::OpFoldResult> operands);

  // HigherOrder.cpp
  llvm::LogicalResult importHigherOrder(GraphScope &scope, const Node &node);
  llvm::LogicalResult inlineGraph(GraphScope &scope, const Node &node,
                                  const Graph &graph,
                                  llvm::ArrayRef<Binding> operands);
  mlir::FailureOr<mlir::func::FuncOp> importNestedGraph(const Graph &graph,
                                                        llvm::StringRef name);

  // OperatorArguments.cpp
  /// All arguments of `node` that are given. Fails after an error.
  mlir::FailureOr<llvm::SmallVector<aten::OperatorArgument>>
  convertArguments(GraphScope &scope, const Node &node,
                   const aten::Schema *schema);
  llvm::LogicalResult convertArgument(GraphScope &scope, const Argument &given,
                                      const aten::SchemaArgument *expected,
                                      aten::OperatorArgument &converted);
  mlir::Attribute convertConstant(const Argument &given,
                                  const aten::SchemaArgument *expected);
  /// Numbers in the slots of tensors: another overload, or a 0-d tensor.
  llvm::LogicalResult
  placeNumbers(GraphScope &scope, const Node &node, std::string &name,
               llvm::SmallVectorImpl<aten::OperatorArgument> &arguments);
  /// Symbolic sizes that -1 can say.
  void inferSizes(GraphScope &scope, const Node &node, llvm::StringRef name,
                  llvm::MutableArrayRef<aten::OperatorArgument> arguments);

  /// Builds the op, first-class if there is one; any operator can be built.
  mlir::Operation *createOp(llvm::StringRef name,
                            llvm::ArrayRef<aten::OperatorArgument> arguments,
                            mlir::TypeRange results);
  /// Binds the results of `op` to the outputs of `node`, in order.
  llvm::LogicalResult bindResults(GraphScope &scope, const Node &node,
                                  mlir::Operation *op,
                                  const TensorObject *viewed);
  mlir::FailureOr<llvm::SmallVector<mlir::Type>> resultTypes(GraphScope &scope,
                                                             const Node &node);

  mlir::FailureOr<Binding> lookup(GraphScope &scope, llvm::StringRef name);
  mlir::FailureOr<mlir::Value> lookupTensor(GraphScope &scope,
                                            llvm::StringRef name);
  mlir::Value materialize(mlir::OpFoldResult scalar);
  /// The alias that the node's result is of its input, if it is one.
  TensorObject *viewedTensor(GraphScope &scope, const Node &node,
                             const aten::Schema &schema);

  mlir::ModuleOp module;
  const DimensionRanges &ranges;
  Functionalizer &functionalizer;
  mlir::OpBuilder builder;
  mlir::Location loc = builder.getUnknownLoc(); ///< of the current node
  unsigned depth = 0;                           ///< of nested graphs
};

/// Whether a reshape of a tensor with these sizes and strides to `result` needs
/// no copy.
bool reshapeIsView(llvm::ArrayRef<int64_t> sizes,
                   llvm::ArrayRef<int64_t> strides,
                   llvm::ArrayRef<int64_t> result);

} // namespace pt2e

#endif // PT2E_LIB_IMPORT_GRAPHIMPORTER_H
