/// \file
/// Weights and constants of an exported program, left in the file they came in.
#ifndef PT2E_IMPORT_TENSORPAYLOAD_H
#define PT2E_IMPORT_TENSORPAYLOAD_H

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

namespace pt2e {

/// Element types, by the numbers of the file (not c10's: f32 is 7 here).
enum class ScalarType : uint8_t {
  Unknown = 0,
  UInt8 = 1,
  Int8 = 2,
  Int16 = 3,
  Int32 = 4,
  Int64 = 5,
  Float16 = 6,
  Float32 = 7,
  Float64 = 8,
  ComplexHalf = 9,
  ComplexFloat = 10,
  ComplexDouble = 11,
  Bool = 12,
  BFloat16 = 13,
  UInt16 = 28,
  Float8E4M3FN = 29,
  Float8E5M2 = 30,
  Float8E4M3FNUZ = 31,
  Float8E5M2FNUZ = 32,
  Float8E8M0FNU = 33,
  UInt32 = 34,
  UInt64 = 35,
};

/// Whether the file format has an element type of that number.
bool isScalarType(int64_t number);
/// Bytes of one element; 0 for Unknown.
unsigned byteSize(ScalarType type);
/// `f32`, `bf16`, `i8`, `u8`, `bool`, `f8E4M3FN`, `complex<f32>`, ...
llvm::StringRef scalarTypeName(ScalarType type);

/// One storage of the archive. Two tensors share memory in the exported program
/// only if they have the same Storage object.
class TensorStorage {
public:
  virtual ~TensorStorage();

  /// Bytes, without touching them.
  virtual uint64_t size() const = 0;

  /// All bytes, valid as long as this object: in place where the file holds
  /// them uncompressed. The first call checks the checksum (a read of all
  /// bytes).
  virtual llvm::Expected<llvm::ArrayRef<uint8_t>> bytes() const = 0;

  /// The archive member, for messages, e.g. `data/weights/weight_3`.
  virtual llvm::StringRef name() const = 0;
};

/// Elements in row-major order, without gaps, little-endian, bools 0 or 1; in
/// the mapped file or in memory of their own.
struct TensorBytes {
  llvm::ArrayRef<uint8_t> bytes;
  std::shared_ptr<const void> owner; ///< keeps them alive
  bool inPlace = false; ///< no copy; may then be aligned to less than the dtype
};

/// One tensor: a strided window on a storage. Checked when read: sizes, strides
/// and offset are not negative and stay inside the storage.
struct TensorPayload {
  ScalarType dtype = ScalarType::Unknown;
  std::vector<int64_t> sizes;
  std::vector<int64_t> strides; ///< in elements
  int64_t storageOffset = 0;    ///< in elements
  bool isParameter = false;
  std::shared_ptr<const TensorStorage> storage;

  uint64_t numElements() const;
  /// Bytes of `contiguousBytes`.
  uint64_t numBytes() const;
  /// Row-major and without gaps (the window may still be a part of the
  /// storage).
  bool isContiguous() const;

  /// In place if contiguous, else gathered into new memory. At most
  /// max(storage size, 256 MiB) are allocated.
  llvm::Expected<TensorBytes> contiguousBytes() const;

  /// Checks what is said above; `what` begins the error.
  llvm::Error verify(const llvm::Twine &what) const;
};

} // namespace pt2e

#endif // PT2E_IMPORT_TENSORPAYLOAD_H
