#include "pt2e/Import/TensorPayload.h"

#include <cstring>
#include <new>

using namespace llvm;

namespace pt2e {

// Beyond ISO C++, but both compilers have it.
__extension__ typedef unsigned __int128 Wide;

static constexpr uint64_t kMaxExpandedBytes = 256 << 20;

//===----------------------------------------------------------------------===//
// ScalarType
//===----------------------------------------------------------------------===//

bool isScalarType(int64_t number) {
  return (number >= 0 && number <= 13) || (number >= 28 && number <= 35);
}

unsigned byteSize(ScalarType type) {
  switch (type) {
  case ScalarType::Unknown:
    return 0;
  case ScalarType::UInt8:
  case ScalarType::Int8:
  case ScalarType::Bool:
  case ScalarType::Float8E4M3FN:
  case ScalarType::Float8E5M2:
  case ScalarType::Float8E4M3FNUZ:
  case ScalarType::Float8E5M2FNUZ:
  case ScalarType::Float8E8M0FNU:
    return 1;
  case ScalarType::Int16:
  case ScalarType::UInt16:
  case ScalarType::Float16:
  case ScalarType::BFloat16:
    return 2;
  case ScalarType::Int32:
  case ScalarType::UInt32:
  case ScalarType::Float32:
  case ScalarType::ComplexHalf:
    return 4;
  case ScalarType::Int64:
  case ScalarType::UInt64:
  case ScalarType::Float64:
  case ScalarType::ComplexFloat:
    return 8;
  case ScalarType::ComplexDouble:
    return 16;
  }
  return 0;
}

StringRef scalarTypeName(ScalarType type) {
  switch (type) {
  case ScalarType::Unknown:
    return "unknown";
  case ScalarType::UInt8:
    return "u8";
  case ScalarType::Int8:
    return "i8";
  case ScalarType::Int16:
    return "i16";
  case ScalarType::Int32:
    return "i32";
  case ScalarType::Int64:
    return "i64";
  case ScalarType::Float16:
    return "f16";
  case ScalarType::Float32:
    return "f32";
  case ScalarType::Float64:
    return "f64";
  case ScalarType::ComplexHalf:
    return "complex<f16>";
  case ScalarType::ComplexFloat:
    return "complex<f32>";
  case ScalarType::ComplexDouble:
    return "complex<f64>";
  case ScalarType::Bool:
    return "bool";
  case ScalarType::BFloat16:
    return "bf16";
  case ScalarType::UInt16:
    return "u16";
  case ScalarType::Float8E4M3FN:
    return "f8E4M3FN";
  case ScalarType::Float8E5M2:
    return "f8E5M2";
  case ScalarType::Float8E4M3FNUZ:
    return "f8E4M3FNUZ";
  case ScalarType::Float8E5M2FNUZ:
    return "f8E5M2FNUZ";
  case ScalarType::Float8E8M0FNU:
    return "f8E8M0FNU";
  case ScalarType::UInt32:
    return "u32";
  case ScalarType::UInt64:
    return "u64";
  }
  return "unknown";
}

//===----------------------------------------------------------------------===//
// TensorPayload
//===----------------------------------------------------------------------===//

TensorStorage::~TensorStorage() = default;

Error TensorPayload::verify(const Twine &what) const {
  auto fail = [&](const Twine &message) {
    return createStringError(inconvertibleErrorCode(), what + ": " + message);
  };
  constexpr size_t kMaxRank = 64;
  uint64_t itemSize = byteSize(dtype);
  if (itemSize == 0)
    return fail("no element type");
  if (sizes.size() != strides.size() || sizes.size() > kMaxRank)
    return fail("expected as many strides as sizes, 64 at most, but got " +
                Twine(strides.size()) + " and " + Twine(sizes.size()));
  if (storageOffset < 0)
    return fail("negative storage offset " + Twine(storageOffset));
  bool isEmpty = false;
  for (auto [size, stride] : zip(sizes, strides)) {
    if (size < 0)
      return fail("negative size " + Twine(size));
    if (stride < 0)
      return fail("negative stride " + Twine(stride));
    isEmpty |= size == 0;
  }
  uint64_t storageBytes = storage->size();
  if (storageBytes % itemSize != 0)
    return fail("storage of " + Twine(storageBytes) +
                " bytes does not hold whole elements of " +
                scalarTypeName(dtype));
  if (isEmpty)
    return Error::success();
  if (storageBytes == 0)
    return fail("the program was saved without this tensor's data");

  // Below 2^63 * 64 + 2^63 for each part, as the loop stops above 2^64.
  uint64_t elements = storageBytes / itemSize;
  Wide last = storageOffset;
  for (auto [size, stride] : zip(sizes, strides)) {
    last += Wide(size - 1) * stride;
    if (last >= elements)
      return fail("reaches beyond its storage of " + Twine(elements) +
                  " elements");
  }
  if (last >= elements)
    return fail("reaches beyond its storage of " + Twine(elements) +
                " elements");
  // Strides of 0 make many elements of few.
  Wide bytes = itemSize;
  uint64_t limit = std::max(storageBytes, kMaxExpandedBytes);
  for (int64_t size : sizes) {
    bytes *= size;
    if (bytes > limit)
      return fail("expands to more than " + Twine(limit) + " bytes");
  }
  return Error::success();
}

uint64_t TensorPayload::numElements() const {
  uint64_t count = 1;
  for (int64_t size : sizes)
    if (size == 0)
      return 0;
  for (int64_t size : sizes)
    count *= size;
  return count;
}

uint64_t TensorPayload::numBytes() const {
  return numElements() * byteSize(dtype);
}

bool TensorPayload::isContiguous() const {
  if (numElements() == 0)
    return true;
  int64_t expected = 1;
  for (size_t i = sizes.size(); i-- > 0;) {
    if (sizes[i] != 1 && strides[i] != expected)
      return false;
    expected *= sizes[i];
  }
  return true;
}

/// Copies the elements of dimension `dim` on to `out`, in row-major order;
/// returns the end of what was written.
static uint8_t *gather(const TensorPayload &tensor, size_t dim,
                       const uint8_t *in, uint8_t *out) {
  size_t itemSize = byteSize(tensor.dtype);
  if (dim == tensor.sizes.size()) {
    std::memcpy(out, in, itemSize);
    return out + itemSize;
  }
  size_t step = tensor.strides[dim] * itemSize;
  bool isLast = dim + 1 == tensor.sizes.size();
  if (isLast && step == itemSize) {
    std::memcpy(out, in, tensor.sizes[dim] * itemSize);
    return out + tensor.sizes[dim] * itemSize;
  }
  for (int64_t i = 0; i < tensor.sizes[dim]; ++i)
    out = gather(tensor, dim + 1, in + i * step, out);
  return out;
}

Expected<TensorBytes> TensorPayload::contiguousBytes() const {
  if (Error error = verify(storage->name()))
    return std::move(error);
  uint64_t size = numBytes();
  if (size == 0)
    return TensorBytes();
  Expected<ArrayRef<uint8_t>> all = storage->bytes();
  if (!all)
    return all.takeError();
  const uint8_t *first = all->data() + storageOffset * byteSize(dtype);

  // A C++ bool of another value than 0 and 1 is undefined behaviour.
  auto isBad = [](uint8_t byte) { return byte > 1; };
  bool contiguous = isContiguous();
  if (contiguous &&
      !(dtype == ScalarType::Bool && any_of(ArrayRef(first, size), isBad)))
    return TensorBytes{ArrayRef(first, size), storage, /*inPlace=*/true};

  std::shared_ptr<uint8_t> data(new (std::nothrow) uint8_t[size],
                                std::default_delete<uint8_t[]>());
  if (!data)
    return createStringError(inconvertibleErrorCode(),
                             storage->name() + ": not enough memory");
  gather(*this, 0, first, data.get());
  if (dtype == ScalarType::Bool)
    for (uint8_t &byte : MutableArrayRef(data.get(), size))
      byte = byte != 0;
  ArrayRef<uint8_t> bytes(data.get(), size);
  return TensorBytes{bytes, std::move(data), /*inPlace=*/false};
}

} // namespace pt2e
