/// \file
/// The bytes of constant tensors: read without copying, made without copying
/// twice. Values of more than 64 elements live in a resource.
#ifndef DIALECTS_ATEN_CONSTANTS_H
#define DIALECTS_ATEN_CONSTANTS_H

#include <vector>

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"
#include "mlir/Support/LLVM.h"

namespace pt2e::aten {

/// The elements of a constant: row-major, little-endian, each element in whole
/// bytes (i1 and 4-bit codes take one byte).
class ConstantData {
public:
  llvm::ArrayRef<char> bytes() const {
    return owned.empty() ? mapped : llvm::ArrayRef<char>(owned);
  }
  /// The elements as `T`; the caller knows the type.
  template <typename T>
  llvm::ArrayRef<T> as() const {
    return {reinterpret_cast<const T *>(bytes().data()),
            bytes().size() / sizeof(T)};
  }

private:
  friend mlir::FailureOr<ConstantData> constantData(mlir::ElementsAttr value);
  llvm::ArrayRef<char> mapped;
  std::vector<char> owned; ///< of splats and packed bools
};

/// The elements of `value`. Fails if its resource has no data (elided) or not
/// as many bytes as its type says.
mlir::FailureOr<ConstantData> constantData(mlir::ElementsAttr value);

/// A constant of `type` with these bytes (row-major). `name` names the
/// resource if there is one.
mlir::ElementsAttr makeConstant(mlir::RankedTensorType type,
                                std::vector<char> bytes, llvm::StringRef name);

/// `elements` in another shape of as many elements; they are shared.
mlir::ElementsAttr reshapeConstant(mlir::ElementsAttr elements,
                                   llvm::ArrayRef<int64_t> shape);

/// `elements` with dimension `i` taken from dimension `perm[i]`. Shares the
/// bytes where their order does not change.
mlir::ElementsAttr transposeConstant(mlir::ElementsAttr elements,
                                     llvm::ArrayRef<int64_t> perm,
                                     llvm::StringRef name);

template <typename T>
mlir::ElementsAttr makeConstant(mlir::RankedTensorType type,
                                llvm::ArrayRef<T> elements,
                                llvm::StringRef name) {
  const char *begin = reinterpret_cast<const char *>(elements.data());
  return makeConstant(
      type, std::vector<char>(begin, begin + elements.size() * sizeof(T)),
      name);
}

/// The value of `tensor` if it is an `aten.parameter` or `arith.constant`;
/// null otherwise.
mlir::ElementsAttr constantOf(mlir::Value tensor);

/// The elements of `tensor` if it is a constant of elements `T` (float or an
/// integer) with data; none otherwise, nor if `tensor` is null.
template <typename T>
std::optional<std::vector<T>> constantElements(mlir::Value tensor) {
  mlir::ElementsAttr value = tensor ? constantOf(tensor) : mlir::ElementsAttr();
  if (!value)
    return std::nullopt;
  const mlir::Type element = value.getElementType();
  if (std::is_same_v<T, float> ? !element.isF32()
                               : !element.isInteger(8 * sizeof(T)))
    return std::nullopt;
  mlir::FailureOr<ConstantData> data = constantData(value);
  if (mlir::failed(data))
    return std::nullopt;
  const llvm::ArrayRef<T> elements = data->as<T>();
  return std::vector<T>(elements.begin(), elements.end());
}

} // namespace pt2e::aten

#endif // DIALECTS_ATEN_CONSTANTS_H
