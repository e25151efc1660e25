/// \file
/// ZIP files and pickles made in memory, for tests that then damage them.
#ifndef PT2E_TEST_UNIT_IMPORT_ZIPBUILDER_H
#define PT2E_TEST_UNIT_IMPORT_ZIPBUILDER_H

#include <cstdint>
#include <string>
#include <vector>

#include "llvm/ADT/StringRef.h"

namespace pt2e {

struct ZipMember {
  std::string name;
  std::string data;
  bool isDeflated = false;
};

struct ZipStyle {
  bool hasDescriptors = false; ///< bit 3, sizes of 0 in the local header
  bool isZip64 = false;        ///< ZIP64 end records, extra fields of all sizes
  unsigned alignment = 1;      ///< of the data, by an extra field
};

/// PyTorch's own writer: descriptors, ZIP64 end records, aligned to 64.
inline constexpr ZipStyle kTorchStyle{true, true, 64};

struct BuiltZip {
  std::vector<uint8_t> bytes;
  std::vector<size_t> localHeaders; ///< offsets, one per member
  std::vector<size_t> dataBegins;
  std::vector<size_t> directoryEntries;
  size_t endRecord = 0;

  void put16(size_t at, uint16_t value) { put(at, value, 2); }
  void put32(size_t at, uint32_t value) { put(at, value, 4); }
  void put64(size_t at, uint64_t value) { put(at, value, 8); }
  std::string text() const { return {bytes.begin(), bytes.end()}; }

private:
  void put(size_t at, uint64_t value, unsigned size);
};

BuiltZip buildZip(const std::vector<ZipMember> &members, ZipStyle style = {});

/// A pickle, opcode by opcode.
class PickleBuilder {
public:
  PickleBuilder() { raw("\x80\x02"); }

  PickleBuilder &raw(llvm::StringRef bytes);
  PickleBuilder &text(llvm::StringRef text);
  PickleBuilder &integer(int32_t value);
  PickleBuilder &global(llvm::StringRef module, llvm::StringRef name);
  PickleBuilder &integers(const std::vector<int32_t> &values);
  /// The persistent id of a storage.
  PickleBuilder &storage(llvm::StringRef type, llvm::StringRef key,
                         int32_t count);
  /// torch._utils._rebuild_tensor_v2 of a storage.
  PickleBuilder &tensor(llvm::StringRef type, llvm::StringRef key,
                        int32_t count, int32_t offset,
                        const std::vector<int32_t> &sizes,
                        const std::vector<int32_t> &strides);
  /// Ends it.
  std::string stop();

private:
  std::string bytes;
};

/// A `torch.save` file of a pickle and its storages `data/0`, `data/1`, ...
std::string torchSave(std::string pickle, std::vector<std::string> storages);

} // namespace pt2e

#endif // PT2E_TEST_UNIT_IMPORT_ZIPBUILDER_H
