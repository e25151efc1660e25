#include "pt2e/Runtime/Tensor.h"

#include <cassert>
#include <cstring>
#include <memory>
#include <new>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "pt2e/Numerics/Halves.h"

namespace pt2e::runtime {

std::string toString(DType dtype) {
  switch (dtype) {
  case DType::Bool:
    return "bool";
  case DType::U8:
    return "u8";
  case DType::I8:
    return "i8";
  case DType::U16:
    return "u16";
  case DType::I16:
    return "i16";
  case DType::U32:
    return "u32";
  case DType::I32:
    return "i32";
  case DType::U64:
    return "u64";
  case DType::I64:
    return "i64";
  case DType::F16:
    return "f16";
  case DType::BF16:
    return "bf16";
  case DType::F32:
    return "f32";
  case DType::F64:
    return "f64";
  }
  return "?";
}

size_t byteWidth(DType dtype) {
  switch (dtype) {
  case DType::Bool:
  case DType::U8:
  case DType::I8:
    return 1;
  case DType::U16:
  case DType::I16:
  case DType::F16:
  case DType::BF16:
    return 2;
  case DType::U32:
  case DType::I32:
  case DType::F32:
    return 4;
  case DType::U64:
  case DType::I64:
  case DType::F64:
    return 8;
  }
  return 0;
}

std::string toString(absl::Span<const int64_t> shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

absl::StatusOr<int64_t> countElements(absl::Span<const int64_t> shape,
                                      size_t elementBytes) {
  // Multiplied without the zeros, so that [0, 2^62, 2^62] is refused too: its
  // strides would not fit.
  int64_t bytes = elementBytes;
  bool empty = false;
  for (int64_t size : shape) {
    if (size < 0)
      return absl::InvalidArgumentError(fmt::format(
          "expected sizes of at least 0, but got shape {}", toString(shape)));
    if (size == 0)
      empty = true;
    else if (__builtin_mul_overflow(bytes, size, &bytes))
      return absl::InvalidArgumentError(fmt::format(
          "shape {} holds more bytes than can be counted", toString(shape)));
  }
  return empty ? 0 : bytes / static_cast<int64_t>(elementBytes);
}

int64_t TensorView::numElements() const {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

Tensor::Bytes::Bytes(size_t size) : size_(size) {
  size_t room = size + kAlignment;
  block_ = std::calloc(room, 1);
  if (!block_)
    throw std::bad_alloc();
  data_ = block_;
  std::align(kAlignment, size, data_, room);
}

Tensor::Bytes::Bytes(const Bytes &other) : Bytes(other.size_) {
  std::memcpy(data_, other.data_, size_);
}

Tensor::Tensor(DType dtype, Shape shape)
    : dtype_(dtype), shape_(std::move(shape)),
      numElements_(*countElements(shape_, byteWidth(dtype))),
      bytes_(numElements_ * byteWidth(dtype) + kSlack) {}

void Tensor::reshape(Shape shape) {
  assert(countElements(shape).value_or(-1) == numElements_);
  shape_ = std::move(shape);
}

namespace {
template <typename T>
std::vector<double> widen(const Tensor &tensor) {
  auto values = tensor.elements<T>();
  return std::vector<double>(values.begin(), values.end());
}
} // namespace

std::vector<double> toDoubles(const Tensor &tensor) {
  switch (tensor.dtype()) {
  case DType::Bool:
  case DType::U8:
    return widen<uint8_t>(tensor);
  case DType::I8:
    return widen<int8_t>(tensor);
  case DType::U16:
    return widen<uint16_t>(tensor);
  case DType::I16:
    return widen<int16_t>(tensor);
  case DType::U32:
    return widen<uint32_t>(tensor);
  case DType::I32:
    return widen<int32_t>(tensor);
  case DType::U64:
    return widen<uint64_t>(tensor);
  case DType::I64:
    return widen<int64_t>(tensor);
  case DType::F32:
    return widen<float>(tensor);
  case DType::F64:
    return widen<double>(tensor);
  case DType::F16:
  case DType::BF16:
    return widen<float>(widenHalves(tensor.view()));
  }
  return {};
}

Tensor widenHalves(const TensorView &halves) {
  assert(isHalf(halves.dtype));
  Tensor floats(DType::F32, Shape(halves.shape.begin(), halves.shape.end()));
  const auto bits = halves.elements<uint16_t>();
  std::transform(bits.begin(), bits.end(), floats.elements<float>().begin(),
                 halves.dtype == DType::F16 ? halfToFloat : bfloatToFloat);
  return floats;
}

Tensor roundToHalves(const Tensor &floats, DType dtype) {
  assert(floats.dtype() == DType::F32 && isHalf(dtype));
  Tensor halves(dtype, floats.shape());
  const auto numbers = floats.elements<float>();
  std::transform(numbers.begin(), numbers.end(),
                 halves.elements<uint16_t>().begin(),
                 dtype == DType::F16 ? floatToHalf : floatToBfloat);
  return halves;
}

} // namespace pt2e::runtime
