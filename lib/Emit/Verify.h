/// \file
/// Flatbuffers that may be anything.
#ifndef PT2E_LIB_EMIT_VERIFY_H
#define PT2E_LIB_EMIT_VERIFY_H

#include <cstring>
#include <memory>
#include <string_view>

#include "Schemas.h"
#include "pt2e/Runtime/Status.h"

namespace pt2e::emit {

/// A copy of a flatbuffer at an aligned address, verified before it is read.
class [[gnu::visibility("hidden")]] Flatbuffer {
public:
  explicit Flatbuffer(std::string_view bytes)
      : words(new uint64_t[(bytes.size() + 15) / 16 * 2]), size(bytes.size()) {
    std::memcpy(words.get(), bytes.data(), size);
  }

  /// The root, or null if the bytes are no such flatbuffer.
  template <typename Root>
  const Root *root() const {
    const auto *bytes = reinterpret_cast<const uint8_t *>(words.get());
    flatbuffers::Verifier verifier(bytes, size, /*max_depth=*/64,
                                   /*max_tables=*/10'000'000);
    if (size < 8 || !verifier.VerifyBuffer<Root>(nullptr))
      return nullptr;
    return flatbuffers::GetRoot<Root>(bytes);
  }

  /// Where byte 0 of it is now.
  const void *data() const { return words.get(); }

private:
  std::unique_ptr<uint64_t[]> words;
  size_t size;
};

/// `text`, or nothing if it is absent.
inline std::string textOf(const flatbuffers::String *text) {
  return text ? text->str() : std::string();
}

/// Element `index` of a vector of numbers. The verifier does not look at the
/// alignment of elements.
template <typename T>
T numberAt(const flatbuffers::Vector<T> &list, uint32_t index) {
  T value;
  std::memcpy(&value, list.Data() + index * sizeof(T), sizeof(T));
  return flatbuffers::EndianScalar(value);
}

/// True if `offset` and `size` describe a part of `whole` bytes.
inline bool isInside(uint64_t offset, uint64_t size, uint64_t whole) {
  return offset <= whole && size <= whole - offset;
}

/// Little-endian bytes at `offset`, which must be there.
template <typename T>
T readAt(std::string_view bytes, size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return flatbuffers::EndianScalar(value);
}

} // namespace pt2e::emit

#endif // PT2E_LIB_EMIT_VERIFY_H
