/// \file
/// FlatBuffers read without a schema, every access checked.
/// Format: https://flatbuffers.dev/internals
#ifndef PT2E_LIB_RUNTIME_FLATVIEW_H
#define PT2E_LIB_RUNTIME_FLATVIEW_H

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace pt2e::runtime {

class FlatVector;

/// A table. A default-constructed one stands for a missing table: it has no
/// fields. Whatever lies outside of the buffer is missing too.
class FlatTable {
public:
  FlatTable() = default;

  /// The table that the buffer starts with.
  static FlatTable root(std::string_view bytes) {
    return FlatTable(bytes).follow(bytes, 0);
  }

  explicit operator bool() const { return at_ != 0; }
  bool has(int field) const { return place(field) != 0; }

  template <typename T>
  T scalar(int field, T otherwise = {}) const {
    const size_t at = place(field);
    T value;
    return at && load(bytes_, at, value) ? value : otherwise;
  }
  FlatTable table(int field) const {
    const size_t at = place(field);
    return at ? follow(bytes_, at) : FlatTable();
  }
  inline FlatVector vector(int field, size_t elementSize) const;
  /// A vector of bytes, or a string.
  inline std::string_view bytes(int field) const;

private:
  friend class FlatVector;
  explicit FlatTable(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  static bool load(std::string_view bytes, size_t at, T &value) {
    if (at > bytes.size() || bytes.size() - at < sizeof value)
      return false;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return true;
  }

  /// The table whose offset is stored at `at`.
  static FlatTable follow(std::string_view bytes, size_t at) {
    FlatTable table(bytes);
    uint32_t offset;
    int32_t toVtable;
    if (!load(bytes, at, offset))
      return {};
    table.at_ = at + offset;
    if (!load(bytes, table.at_, toVtable))
      return {};
    table.vtable_ = table.at_ - static_cast<int64_t>(toVtable);
    if (!load(bytes, table.vtable_, table.vtableSize_))
      return {};
    return table;
  }

  /// Where a field is; 0 if it is not there.
  size_t place(int field) const {
    const size_t entry = 4 + 2 * static_cast<size_t>(field);
    uint16_t offset;
    if (!at_ || entry + 2 > vtableSize_ ||
        !load(bytes_, vtable_ + entry, offset) || offset == 0)
      return 0;
    return at_ + offset;
  }

  std::string_view bytes_;
  size_t at_ = 0;
  size_t vtable_ = 0;
  uint16_t vtableSize_ = 0;
};

/// A vector of scalars, or of tables (4 bytes each). One that is missing or
/// does not fit in the buffer is empty and false.
class FlatVector {
public:
  explicit operator bool() const { return isThere_; }
  size_t size() const { return size_; }

  template <typename T>
  T scalar(size_t i) const {
    T value{};
    FlatTable::load(bytes_, at_ + i * sizeof(T), value);
    return value;
  }
  FlatTable table(size_t i) const {
    return FlatTable::follow(bytes_, at_ + 4 * i);
  }
  /// Of a vector of bytes.
  std::string_view bytes() const {
    return isThere_ ? bytes_.substr(at_, size_) : std::string_view();
  }

private:
  friend class FlatTable;
  std::string_view bytes_;
  size_t at_ = 0;
  size_t size_ = 0;
  bool isThere_ = false;
};

FlatVector FlatTable::vector(int field, size_t elementSize) const {
  FlatVector vector;
  const size_t at = place(field);
  uint32_t offset, size;
  if (!at || !load(bytes_, at, offset) || !load(bytes_, at + offset, size))
    return vector;
  vector.at_ = at + offset + 4;
  if ((bytes_.size() - vector.at_) / elementSize < size)
    return vector;
  vector.bytes_ = bytes_;
  vector.size_ = size;
  vector.isThere_ = true;
  return vector;
}

std::string_view FlatTable::bytes(int field) const {
  return vector(field, 1).bytes();
}

} // namespace pt2e::runtime

#endif // PT2E_LIB_RUNTIME_FLATVIEW_H
