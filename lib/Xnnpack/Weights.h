/// \file
/// Constants of a program as XNNPACK wants them: transposed weights, their
/// scales, biases on the accumulator's grid.
#ifndef PT2E_LIB_XNNPACK_WEIGHTS_H
#define PT2E_LIB_XNNPACK_WEIGHTS_H

#include <optional>
#include <vector>

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"

namespace pt2e::xnn {
class Conversion;

/// A static weight: float, or symmetric codes of at most 8 bits with one scale,
/// one for each channel or one for each group of a row.
struct Weight {
  mlir::ElementsAttr elements; ///< f32, f16, or codes as i8
  std::vector<float> scales;   ///< empty: float elements
  int64_t axis = -1;           ///< of the scales; -1: one scale
  std::string name;
  mlir::Location loc;
  bool isInt4 = false;   ///< codes in [-8, 7]
  int64_t groupSize = 0; ///< of the last dimension of two; scales row-major

  bool isCodes() const { return !scales.empty(); }
  llvm::ArrayRef<int64_t> shape() const {
    return mlir::cast<mlir::ShapedType>(elements.getType()).getShape();
  }
};

/// What multiplies by a weight.
enum class Product { Linear, Convolution, Depthwise };

/// The weight that `tensor` is: an f32 constant, one kept in f16, or
/// dequantized codes. None if it is not constant or otherwise encoded.
std::optional<Weight> weightOf(mlir::Value tensor);

/// `codes`, of at most 8 bits, as i8 with the sign in the upper bits; null if
/// they have no data or do not fit.
mlir::ElementsAttr codesAsBytes(mlir::ElementsAttr codes, llvm::StringRef name);

/// The numbers of an f32 constant, of one kept in f16 or bf16, or of
/// dequantized constant codes, row-major; none if `tensor` is not constant.
std::optional<std::vector<float>> constantFloats(mlir::Value tensor);

/// A constant f32 tensor.
mlir::ElementsAttr floatConstant(mlir::MLIRContext *context,
                                 llvm::ArrayRef<float> numbers,
                                 llvm::ArrayRef<int64_t> shape,
                                 llvm::StringRef name);

/// f32 `elements` as f16 if that is exact and worth it, else as they are.
mlir::ElementsAttr narrowIfExact(mlir::ElementsAttr elements,
                                 llvm::StringRef name);

/// True if XNNPACK takes the scales of `weight`: positive normal numbers.
bool hasNormalScales(const Weight &weight);

/// `tensor` as the weight of a product with `input`, channels of the result
/// along `axis`: codes if `input` is codes or rows quantized at run time, else
/// numbers. None, with a reason to `conversion`, if XNNPACK refuses such codes
/// or the weight is not static.
std::optional<Weight> usableWeight(Conversion &conversion, mlir::Value tensor,
                                   int64_t axis, mlir::Value input,
                                   Product product);

/// `weight` in the form in which XNNPACK multiplies it with floats, or if
/// `isDynamic` with rows quantized at run time; none, with a reason, if there
/// is none. Channels of the result are along `axis`.
std::optional<Weight> codesForFloats(const Weight &weight, int64_t axis,
                                     Product product, bool isDynamic,
                                     std::string &reason);

/// The constant of `weight`, dimension `i` taken from `perm[i]`; its scales,
/// if one for each channel, lie along `outputAxis`.
mlir::Value weightValue(Conversion &conversion, const Weight &weight,
                        llvm::ArrayRef<int64_t> perm, int64_t outputAxis);

/// The constant of `bias`: f32, or for codes int32 with scale
/// `inputScale * weight scale` (rounded half to even, saturated). Null if
/// there is none; fails, with a reason, if it is not constant.
mlir::FailureOr<mlir::Value> biasValue(Conversion &conversion, mlir::Value bias,
                                       const Weight &weight, float inputScale);

} // namespace pt2e::xnn

#endif // PT2E_LIB_XNNPACK_WEIGHTS_H
