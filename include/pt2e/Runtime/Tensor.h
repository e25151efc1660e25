/// \file
/// Tensors as the runtime library hands them around: a dtype, a shape and
/// contiguous bytes.
#ifndef PT2E_RUNTIME_TENSOR_H
#define PT2E_RUNTIME_TENSOR_H

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
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

  /// All zeros. The shape must have passed countElements(). Throws
  /// std::bad_alloc.
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
  /// Zeroed memory, whose pages are not touched before they are used.
  class Bytes {
  public:
    explicit Bytes(size_t size);
    Bytes(const Bytes &other);
    Bytes(Bytes &&other) noexcept { swap(other); }
    Bytes &operator=(Bytes other) noexcept {
      swap(other);
      return *this;
    }
    ~Bytes() { std::free(block_); }
    void *data() const { return data_; }

  private:
    void swap(Bytes &other) noexcept {
      std::swap(block_, other.block_);
      std::swap(data_, other.data_);
      std::swap(size_, other.size_);
    }

    void *block_ = nullptr;
    void *data_ = nullptr; ///< aligned, in the block
    size_t size_ = 0;
  };

  DType dtype_;
  Shape shape_;
  int64_t numElements_;
  Bytes bytes_;
};

/// Every element as f64, in row-major order. Integers beyond 2^53 are rounded.
std::vector<double> toDoubles(const Tensor &tensor);

/// True for f16 and bf16.
inline bool isHalf(DType dtype) {
  return dtype == DType::F16 || dtype == DType::BF16;
}

/// The numbers of a row-major f16 or bf16 tensor in f32.
Tensor widenHalves(const TensorView &halves);

/// The numbers of an f32 tensor as `dtype`, f16 or bf16: the nearest, ties to
/// even.
Tensor roundToHalves(const Tensor &floats, DType dtype);

} // namespace pt2e::runtime

#endif // PT2E_RUNTIME_TENSOR_H
