/// \file
/// A ZIP archive written from front to back: members are stored as they are,
/// their data begins at multiples of 64 bytes, as PyTorch's own writer has it.
#ifndef PT2E_LIB_EXPORT_ZIPWRITER_H
#define PT2E_LIB_EXPORT_ZIPWRITER_H

#include <string>
#include <vector>

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace pt2e {

/// Members and archives may have any size (ZIP64). Times are 0, so that equal
/// members give equal bytes.
class ZipWriter {
public:
  explicit ZipWriter(llvm::raw_ostream &out) : out(out) {}

  /// Appends a member; `data` is read twice and not kept.
  void add(std::string name, llvm::ArrayRef<char> data);
  void add(std::string name, llvm::StringRef data) {
    add(std::move(name), llvm::ArrayRef<char>(data.data(), data.size()));
  }
  /// Writes the central directory. Nothing may be added after it.
  void finish();

private:
  struct Member {
    std::string name;
    uint32_t checksum;
    uint64_t size;
    uint64_t offset; ///< of its local header
  };

  void put(llvm::StringRef bytes);

  llvm::raw_ostream &out;
  std::vector<Member> members;
  uint64_t position = 0;
};

} // namespace pt2e

#endif // PT2E_LIB_EXPORT_ZIPWRITER_H
