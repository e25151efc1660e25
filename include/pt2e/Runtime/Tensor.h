/// \file
/// Tensors as the runtime library hands them around: a dtype, a shape and
/// contiguous bytes.
#ifndef PT2E_RUNTIME_TENSOR_H
#define PT2E_RUNTIME_TENSOR_H

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace pt2e::runtime {

/// Element types that programs and files have in common.
enum class DType : uint8_t {
  Bool,
  U8,
  I8,
  U16,
  I16,
  U32,
  I32,
  U64,
  I64,
  F16,
  BF16,
  F32,
  F64,
};

/// "f32", "i8", "bool", ...
std::string toString(DType dtype);

/// Bytes of one element.
size_t byteWidth(DType dtype);

using Shape = std::vector<int64_t>;

/// "[2, 3, 28]"; "[]" for a scalar.
std::string toString(absl::Span<const int64_t> shape);

/// Number of elements, 1 for rank 0.
/// \returns InvalidArgument if a size is negative or the product times
///          `elementBytes` does not fit in 63 bits.
absl::StatusOr<int64_t> countElements(absl::Span<const int64_t> shape,
                                      size_t elementBytes = 1);

/// Somebody else's elements.
struct TensorView {
  DType dtype = DType::F32;
  absl::Span<const int64_t> shape;
  const void *data = nullptr;
  /// Axes from the outermost in memory to the innermost; empty means 0, 1, 2,
  /// ...
  absl::Span<const uint8_t> dimOrder;

  int64_t numElements() const;
  size_t numBytes() const { return numElements() * byteWidth(dtype); }
  template <typename T>
  absl::Span<const T> elements() const {
    return absl::Span<const T>(static_cast<const T *>(data), numElements());
  }
};

/// A tensor that owns its elements: row-major, aligned to 64 bytes, with
/// `kSlack` readable bytes behind them, because some XNNPACK kernels read past
/// the end of their input.
class Tensor {
public:
  static constexpr size_t kAlignment = 64;
  static constexpr size_t kSlack = 256;

  /// No elements: f32 of shape [0].
  Tensor() : Tensor(DType::F32, {0}) {}

  /// All zeros. The shape must have passed countElements().
  Tensor(DType dtype, Shape shape);

  /// A copy of `values`, which must be as many as the shape says.
  template <typename T>
  static Tensor of(DType dtype, Shape shape, const std::vector<T> &values) {
    Tensor tensor(dtype, std::move(shape));
    std::copy(values.begin(), values.end(), tensor.elements<T>().begin());
    return tensor;
  }

  DType dtype() const { return dtype_; }
  const Shape &shape() const { return shape_; }
  int64_t rank() const { return shape_.size(); }
  int64_t numElements() const { return numElements_; }
  size_t numBytes() const { return numElements_ * byteWidth(dtype_); }

  const void *data() const { return bytes_.data(); }
  void *data() { return bytes_.data(); }

  /// The elements as values of C++ type T, whose width is the dtype's.
  template <typename T>
  absl::Span<const T> elements() const {
    return absl::Span<const T>(static_cast<const T *>(data()), numElements_);
  }
  template <typename T>
  absl::Span<T> elements() {
    return absl::Span<T>(static_cast<T *>(data()), numElements_);
  }

  TensorView view() const { return {dtype_, shape_, data(), {}}; }

  /// The same elements under another shape with as many of them.
  void reshape(Shape shape);

private:
  template <typename T>
  struct AlignedAllocator {
    using value_type = T;
    AlignedAllocator() = default;
    template <typename U>
    AlignedAllocator(const AlignedAllocator<U> &) {}
    T *allocate(size_t n) {
      return static_cast<T *>(
          ::operator new(n * sizeof(T), std::align_val_t(kAlignment)));
    }
    void deallocate(T *p, size_t) {
      ::operator delete(p, std::align_val_t(kAlignment));
    }
    bool operator==(const AlignedAllocator &) const { return true; }
    bool operator!=(const AlignedAllocator &) const { return false; }
  };

  DType dtype_;
  Shape shape_;
  int64_t numElements_;
  std::vector<std::byte, AlignedAllocator<std::byte>> bytes_;
};

/// Every element as f64, in row-major order. Integers beyond 2^53 are rounded.
std::vector<double> toDoubles(const Tensor &tensor);

/// IEEE half precision to single, exact.
float halfToFloat(uint16_t bits);

} // namespace pt2e::runtime

#endif // PT2E_RUNTIME_TENSOR_H
