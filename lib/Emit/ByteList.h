/// \file
/// Bytes on their way to a file. Most of them are weights, which stay where
/// they are mapped until they are written.
#ifndef PT2E_LIB_EMIT_BYTELIST_H
#define PT2E_LIB_EMIT_BYTELIST_H

#include <cstdint>
#include <deque>
#include <vector>

#include "dialects/Aten/Constants.h"
#include "llvm/Support/raw_ostream.h"

namespace pt2e::emit {

class ByteList {
public:
  ByteList() = default;
  ByteList(ByteList &&) = default;
  ByteList &operator=(ByteList &&) = default;
  ByteList(const ByteList &) = delete;

  void append(std::vector<char> bytes);
  void append(aten::ConstantData data);
  void append(ByteList &&other);
  /// The bytes of `other`, which must outlive this list.
  void appendView(const ByteList &other);
  void appendZeros(uint64_t count);
  /// Zeros up to a multiple of `alignment`.
  void alignTo(uint64_t alignment);

  uint64_t size() const { return total; }
  void write(llvm::raw_ostream &out) const;
  /// The first append()ed bytes.
  llvm::ArrayRef<char> front() const { return chunks.front(); }
  /// The same bytes, appended in pieces of the same sizes.
  bool operator==(const ByteList &other) const;

private:
  std::vector<llvm::ArrayRef<char>> chunks;
  std::deque<std::vector<char>> owned;
  std::deque<aten::ConstantData> constants;
  uint64_t total = 0;
};

/// Gives each different sequence of bytes one index.
class BytesIndex {
public:
  /// The index of `bytes`, which must outlive this object: that of equal bytes
  /// seen before, else `fresh`.
  uint64_t lookup(llvm::ArrayRef<char> bytes, uint64_t fresh);

private:
  llvm::DenseMap<uint64_t,
                 llvm::SmallVector<std::pair<llvm::ArrayRef<char>, uint64_t>>>
      byHash;
};

} // namespace pt2e::emit

#endif // PT2E_LIB_EMIT_BYTELIST_H
