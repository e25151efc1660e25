/// \file
/// What the passes of quantization-aware training agree on.
#ifndef LIB_QUANTIZERS_TRAINING_H
#define LIB_QUANTIZERS_TRAINING_H

#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Schema.h"
#include "mlir/IR/BuiltinOps.h"

namespace pt2e {

/// The module under which a program that trains keeps the state of its
/// observers: `observers.relu.min`, `observers.relu.max`.
constexpr llvm::StringLiteral kObservers = "observers.";

/// Whether `op` does something else in training: batch norm, dropout.
bool isTraining(mlir::Operation *op);

/// Turns batch norm and dropout to what they do in inference.
void setInference(mlir::ModuleOp module);

/// Whether batch norm can be folded into `op`: a convolution whose output
/// channels are dimension 0 of the weight, or a linear of two dimensions.
bool takesBatchNorm(mlir::Operation *op);

/// The tensor given for `name`, or null.
mlir::Value tensorOperand(mlir::Operation *op, llvm::StringRef name);

/// Builds operators of the schema table at one place.
class OperatorBuilder {
public:
  using Argument = aten::OperatorArgument;

  OperatorBuilder(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  mlir::Value call(llvm::StringRef name, llvm::ArrayRef<Argument> arguments,
                   mlir::RankedTensorType type);
  /// Elementwise on f32: `name(self)`, `name(self, other)`.
  mlir::Value unary(llvm::StringRef name, mlir::Value self);
  mlir::Value binary(llvm::StringRef name, mlir::Value self, mlir::Value other);
  mlir::Value withScalar(llvm::StringRef name, mlir::Value self, double other);
  /// `clamp`; an end that is not given does not limit.
  mlir::Value clamp(mlir::Value self, std::optional<double> min,
                    std::optional<double> max);
  mlir::Value view(mlir::Value self, llvm::ArrayRef<int64_t> shape);

private:
  mlir::OpBuilder &builder;
  mlir::Location loc;
};

} // namespace pt2e

#endif // LIB_QUANTIZERS_TRAINING_H
