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

/// The buffer that says whether a program that calibrates rounds.
constexpr llvm::StringLiteral kRounding = "observers.rounding";

/// Whether `op` does something else in training: batch norm, dropout.
bool isTraining(mlir::Operation *op);

/// Whether `op` rounds as codes would; false for null.
bool isFakeQuantize(mlir::Operation *op);

/// Turns batch norm and dropout to what they do in inference.
void setInference(mlir::ModuleOp module);

/// Whether batch norm can be folded into `op`: a convolution, transposed or
/// not, or a linear of two dimensions.
bool takesBatchNorm(mlir::Operation *op);

/// Where the output channels of an op that takes batch norm are in its weight.
/// A transposed weight is `[inputs, outputs / groups, ...]`, others are
/// `[outputs, ...]`.
struct WeightChannels {
  explicit WeightChannels(mlir::Operation *product);

  /// The output channel of element `index` of the weight.
  int64_t channelOf(int64_t index) const;

  int64_t axis = 0;   ///< of the outputs, or those of one group
  int64_t groups = 1; ///< 1 if not transposed
  llvm::SmallVector<int64_t> shape;
};

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
  /// Elements of `self` where `condition`, a tensor of booleans or one, holds,
  /// else of `other`, of one type.
  mlir::Value where(mlir::Value condition, mlir::Value self, mlir::Value other);
  mlir::Value view(mlir::Value self, llvm::ArrayRef<int64_t> shape);
  /// `self` as a matrix of rows of `size` elements.
  mlir::Value rows(mlir::Value self, int64_t size);
  /// A constant that PyTorch calls a buffer.
  mlir::Value buffer(llvm::StringRef name, mlir::ElementsAttr value);

private:
  mlir::OpBuilder &builder;
  mlir::Location loc;
};

} // namespace pt2e

#endif // LIB_QUANTIZERS_TRAINING_H
