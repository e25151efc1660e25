/// \file
/// ZIP files of unknown origin, members in place.
///
/// Why not libzip: weights are used where they lie in the mapped file, and
/// libzip does not tell where that is; nor does it look for overlapping
/// members.
#ifndef PT2E_IMPORT_ZIP_H
#define PT2E_IMPORT_ZIP_H

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace pt2e {

/// Bytes that stay where they are as long as the object lives.
class ByteSource {
public:
  virtual ~ByteSource();
  virtual llvm::ArrayRef<uint8_t> bytes() const = 0;
  /// An error if the bytes can no longer be trusted to be there.
  virtual llvm::Error checkUnchanged() const { return llvm::Error::success(); }

  /// Maps a whole file for reading.
  static llvm::Expected<std::shared_ptr<const ByteSource>>
  mapFile(llvm::StringRef fileName);
  static std::shared_ptr<const ByteSource>
  fromMemory(std::vector<uint8_t> bytes);
};

struct ZipEntry {
  enum class Method : uint16_t { Stored = 0, Deflated = 8 };

  std::string name;
  Method method = Method::Stored;
  uint32_t crc = 0;
  uint64_t compressedSize = 0;
  uint64_t size = 0;
  uint64_t headerOffset = 0; ///< of the local header in the ZIP
  uint64_t dataOffset = 0;   ///< of the member's bytes in the ZIP
};

/// The contents of a member; valid as long as `owner`.
struct ZipBytes {
  llvm::ArrayRef<uint8_t> bytes;
  std::shared_ptr<const ByteSource> owner;

  llvm::StringRef text() const {
    return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
  }
};

/// The members of one ZIP file (ZIP64 too).
///
/// Opening checks the whole directory: it ends at the end record, that ends at
/// the end of the file, names are unique and relative, local headers agree, no
/// members overlap. Encrypted or patched members, several disks and methods
/// other than stored and deflate are refused.
class ZipFile : public std::enable_shared_from_this<ZipFile> {
public:
  /// \param source   keeps the bytes alive.
  /// \param window   the ZIP, a part of `source`.
  /// \param context  what errors begin with, e.g. the file's name.
  static llvm::Expected<std::shared_ptr<const ZipFile>>
  open(std::shared_ptr<const ByteSource> source, llvm::ArrayRef<uint8_t> window,
       std::string context);

  /// Opens a member as a ZIP of its own.
  llvm::Expected<std::shared_ptr<const ZipFile>>
  openNested(const ZipEntry &entry) const;

  /// In the order of the directory; folders are left out.
  llvm::ArrayRef<ZipEntry> entries() const { return members; }
  /// Null if there is none.
  const ZipEntry *find(llvm::StringRef name) const;
  const std::string &context() const { return where; }

  /// The contents: in place if stored, else inflated. Checks the CRC-32.
  ///
  /// Fails if there are more than `limit` bytes. At most
  /// max(256 MiB, 16 * size of the ZIP) are inflated in all.
  llvm::Expected<ZipBytes> read(const ZipEntry &entry, uint64_t limit) const;

private:
  ZipFile() = default;
  llvm::Error error(const ZipEntry &entry, const llvm::Twine &message) const;
  llvm::Expected<ZipBytes> inflate(const ZipEntry &entry) const;

  std::shared_ptr<const ByteSource> source;
  llvm::ArrayRef<uint8_t> window;
  std::string where;
  std::vector<ZipEntry> members;
  llvm::StringMap<size_t> index;
  mutable std::atomic<uint64_t> inflatedBytes{0};
};

} // namespace pt2e

#endif // PT2E_IMPORT_ZIP_H
