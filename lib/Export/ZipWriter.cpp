#include "ZipWriter.h"

#include <algorithm>
#include <limits>

#include <zlib.h>

#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"

using namespace pt2e;

namespace {
constexpr uint64_t kAlignment = 64;
constexpr uint32_t kNotHere = std::numeric_limits<uint32_t>::max();
constexpr uint16_t kUtf8Names = 0x0800;
constexpr uint16_t kZip64Version = 45;

/// Little-endian fields of a record.
class Record {
public:
  explicit Record(uint32_t signature) { u32(signature); }
  Record() = default;

  Record &u16(uint16_t value) { return number(value); }
  Record &u32(uint32_t value) { return number(value); }
  Record &u64(uint64_t value) { return number(value); }
  Record &text(llvm::StringRef value) {
    bytes += value;
    return *this;
  }
  const std::string &str() const { return bytes; }

private:
  template <typename T>
  Record &number(T value) {
    char buffer[sizeof(T)];
    llvm::support::endian::write<T, llvm::endianness::little>(buffer, value);
    bytes.append(buffer, sizeof(T));
    return *this;
  }
  std::string bytes;
};

uint32_t crc(llvm::ArrayRef<char> data) {
  uLong sum = ::crc32(0, nullptr, 0);
  constexpr size_t kStep = size_t(1) << 30; // zlib counts in 32 bits
  for (; !data.empty(); data = data.drop_front(std::min(kStep, data.size())))
    sum = ::crc32(sum, reinterpret_cast<const Bytef *>(data.data()),
                  uInt(std::min(kStep, data.size())));
  return uint32_t(sum);
}

uint32_t here(uint64_t value) {
  return value >= kNotHere ? kNotHere : uint32_t(value);
}
} // namespace

void ZipWriter::put(llvm::StringRef bytes) {
  out << bytes;
  position += bytes.size();
}

void ZipWriter::add(std::string name, llvm::ArrayRef<char> data) {
  Member member{std::move(name), crc(data), data.size(), position};
  const bool isLarge = data.size() >= kNotHere;
  Record extra;
  if (isLarge)
    extra.u16(0x0001).u16(16).u64(member.size).u64(member.size);
  // A field of filler, so that the data is aligned.
  const uint64_t begin =
      position + 30 + member.name.size() + extra.str().size() + 4;
  const uint64_t filler = llvm::alignTo(begin, kAlignment) - begin;
  extra.u16(0x4246).u16(uint16_t(filler)).text(std::string(filler, 'Z'));

  Record header(0x04034b50);
  header.u16(isLarge ? kZip64Version : 0).u16(kUtf8Names).u16(0).u32(0);
  header.u32(member.checksum).u32(here(member.size)).u32(here(member.size));
  header.u16(uint16_t(member.name.size())).u16(uint16_t(extra.str().size()));
  put(header.str());
  put(member.name);
  put(extra.str());
  put({data.data(), data.size()});
  members.push_back(std::move(member));
}

void ZipWriter::finish() {
  const uint64_t directory = position;
  for (const Member &member : members) {
    Record large;
    if (member.size >= kNotHere)
      large.u64(member.size).u64(member.size);
    if (member.offset >= kNotHere)
      large.u64(member.offset);
    Record extra;
    if (!large.str().empty())
      extra.u16(0x0001).u16(uint16_t(large.str().size())).text(large.str());
    Record entry(0x02014b50);
    const uint16_t version = large.str().empty() ? 0 : kZip64Version;
    entry.u16(version).u16(version).u16(kUtf8Names).u16(0).u32(0);
    entry.u32(member.checksum).u32(here(member.size)).u32(here(member.size));
    entry.u16(uint16_t(member.name.size())).u16(uint16_t(extra.str().size()));
    entry.u16(0).u16(0).u16(0).u32(0).u32(here(member.offset));
    put(entry.str());
    put(member.name);
    put(extra.str());
  }
  const uint64_t end = position, count = members.size();
  Record wide(0x06064b50);
  wide.u64(44).u16(kZip64Version).u16(kZip64Version).u32(0).u32(0);
  wide.u64(count).u64(count).u64(end - directory).u64(directory);
  put(wide.str());
  put(Record(0x07064b50).u32(0).u64(end).u32(1).str());
  const uint16_t few = uint16_t(std::min<uint64_t>(count, 0xFFFF));
  Record last(0x06054b50);
  last.u16(0).u16(0).u16(few).u16(few);
  last.u32(here(end - directory)).u32(here(directory)).u16(0);
  put(last.str());
}
