/// \file
/// What the verifiers of xnn ops have in common. `op` is the op that errors
/// name.
#ifndef DIALECTS_XNN_VERIFY_H
#define DIALECTS_XNN_VERIFY_H

#include "dialects/Xnn/Xnn.h"

namespace pt2e::xnn {

/// Ratios of scales that XNNPACK's 16-bit multipliers hold.
constexpr int kLargestRatio = 127;
/// Scales of requantized sums of products are below this.
constexpr int kRequantizeEnd = 256;

inline ValueType typeOf(mlir::Value value) {
  return llvm::cast<ValueType>(value.getType());
}
inline llvm::ArrayRef<int64_t> shapeOf(mlir::Value value) {
  return typeOf(value).getShape();
}

inline bool isFloat(Datatype type) {
  return type == Datatype::F32 || type == Datatype::F16;
}

/// Quantized parameters and datatype of two values, whatever their shapes.
bool sameEncoding(ValueType a, ValueType b);
bool sameScale(ValueType a, ValueType b);

/// `[1, 2, 3]`.
std::string shapeText(llvm::ArrayRef<int64_t> shape);

/// Error unless `value`, called `name`, has `shape`.
mlir::LogicalResult verifyShape(mlir::Operation *op, llvm::StringRef name,
                                mlir::Value value,
                                llvm::ArrayRef<int64_t> shape);

/// Error unless input and output have the same encoding, not of rows.
mlir::LogicalResult verifySameEncoding(mlir::Operation *op, mlir::Value input,
                                       mlir::Value output);

/// Error unless `output_min`, if it is there, is below `output_max`.
mlir::LogicalResult verifyLimits(mlir::Operation *op);

/// Error unless `list` has `size` entries of at least `least`.
mlir::LogicalResult verifyList(mlir::Operation *op, llvm::StringRef name,
                               llvm::ArrayRef<int64_t> list, size_t size,
                               int64_t least);

/// The number of windows that fit into `size` elements, or an error.
mlir::FailureOr<int64_t> countWindows(mlir::Operation *op, int64_t size,
                                      int64_t padding, int64_t kernel,
                                      int64_t stride, int64_t dilation);

} // namespace pt2e::xnn

#endif // DIALECTS_XNN_VERIFY_H
