#include "ZipBuilder.h"

#include <zlib.h>

using llvm::StringRef;

namespace pt2e {

namespace {

class Writer {
public:
  explicit Writer(std::vector<uint8_t> &out) : out(out) {}

  Writer &u16(uint16_t value) { return number(value, 2); }
  Writer &u32(uint32_t value) { return number(value, 4); }
  Writer &u64(uint64_t value) { return number(value, 8); }
  Writer &text(StringRef text) {
    out.insert(out.end(), text.begin(), text.end());
    return *this;
  }

private:
  Writer &number(uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i)
      out.push_back(static_cast<uint8_t>(value >> (8 * i)));
    return *this;
  }

  std::vector<uint8_t> &out;
};

std::string deflateRaw(const std::string &data) {
  z_stream stream = {};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, -MAX_WBITS, 8,
               Z_DEFAULT_STRATEGY);
  std::string result(deflateBound(&stream, data.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(data.data()));
  stream.avail_in = data.size();
  stream.next_out = reinterpret_cast<Bytef *>(result.data());
  stream.avail_out = result.size();
  deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

} // namespace

void BuiltZip::put(size_t at, uint64_t value, unsigned size) {
  for (unsigned i = 0; i < size; ++i)
    bytes.at(at + i) = static_cast<uint8_t>(value >> (8 * i));
}

BuiltZip buildZip(const std::vector<ZipMember> &members, ZipStyle style) {
  BuiltZip zip;
  Writer out(zip.bytes);
  std::vector<std::string> stored;
  std::vector<uint32_t> sums;
  uint16_t flags = style.hasDescriptors ? 0x0808 : 0;
  for (const ZipMember &member : members) {
    stored.push_back(member.isDeflated ? deflateRaw(member.data) : member.data);
    sums.push_back(crc32(0, reinterpret_cast<const Bytef *>(member.data.data()),
                         member.data.size()));
    size_t header = zip.bytes.size();
    size_t begin = header + 30 + member.name.size();
    size_t extra = 0;
    if (style.alignment > 1)
      extra = 4 + (style.alignment - (begin + 4) % style.alignment) %
                      style.alignment;
    bool inDescriptor = style.hasDescriptors;
    zip.localHeaders.push_back(header);
    out.u32(0x04034b50).u16(0).u16(flags).u16(member.isDeflated ? 8 : 0);
    out.u32(0).u32(inDescriptor ? 0 : sums.back());
    out.u32(inDescriptor ? 0 : stored.back().size());
    out.u32(inDescriptor ? 0 : member.data.size());
    out.u16(member.name.size()).u16(extra).text(member.name);
    if (extra)
      out.u16(0x4246).u16(extra - 4).text(std::string(extra - 4, 'Z'));
    zip.dataBegins.push_back(zip.bytes.size());
    out.text(stored.back());
    if (inDescriptor)
      out.u32(0x08074b50)
          .u32(sums.back())
          .u32(stored.back().size())
          .u32(member.data.size());
  }

  size_t directory = zip.bytes.size();
  for (size_t i = 0; i < members.size(); ++i) {
    const ZipMember &member = members[i];
    bool wide = style.isZip64;
    zip.directoryEntries.push_back(zip.bytes.size());
    out.u32(0x02014b50).u16(0).u16(0).u16(flags);
    out.u16(member.isDeflated ? 8 : 0);
    out.u32(0).u32(sums[i]).u32(wide ? UINT32_MAX : stored[i].size());
    out.u32(wide ? UINT32_MAX : member.data.size());
    out.u16(member.name.size()).u16(wide ? 28 : 0).u16(0).u16(0).u16(0);
    out.u32(0).u32(wide ? UINT32_MAX : zip.localHeaders[i]);
    out.text(member.name);
    if (wide)
      out.u16(1)
          .u16(24)
          .u64(member.data.size())
          .u64(stored[i].size())
          .u64(zip.localHeaders[i]);
  }
  size_t size = zip.bytes.size() - directory;
  if (style.isZip64) {
    size_t end64 = zip.bytes.size();
    out.u32(0x06064b50).u64(44).u16(0).u16(0).u32(0).u32(0);
    out.u64(members.size()).u64(members.size()).u64(size).u64(directory);
    out.u32(0x07064b50).u32(0).u64(end64).u32(1);
  }
  zip.endRecord = zip.bytes.size();
  out.u32(0x06054b50).u16(0).u16(0).u16(members.size()).u16(members.size());
  out.u32(size).u32(directory).u16(0);
  return zip;
}

//===----------------------------------------------------------------------===//
// Pickles
//===----------------------------------------------------------------------===//

PickleBuilder &PickleBuilder::raw(StringRef text) {
  bytes.append(text.begin(), text.end());
  return *this;
}

PickleBuilder &PickleBuilder::integer(int32_t value) {
  bytes += 'J';
  for (unsigned i = 0; i < 4; ++i)
    bytes += static_cast<char>(static_cast<uint32_t>(value) >> (8 * i));
  return *this;
}

PickleBuilder &PickleBuilder::text(StringRef text) {
  integer(text.size());
  bytes[bytes.size() - 5] = 'X';
  return raw(text);
}

PickleBuilder &PickleBuilder::global(StringRef module, StringRef name) {
  return raw("c").raw(module).raw("\n").raw(name).raw("\n");
}

PickleBuilder &PickleBuilder::integers(const std::vector<int32_t> &values) {
  raw("(");
  for (int32_t value : values)
    integer(value);
  return raw("t");
}

PickleBuilder &PickleBuilder::storage(StringRef type, StringRef key,
                                      int32_t count) {
  raw("(").text("storage").global("torch", type);
  return text(key).text("cpu").integer(count).raw("tQ");
}

PickleBuilder &PickleBuilder::tensor(StringRef type, StringRef key,
                                     int32_t count, int32_t offset,
                                     const std::vector<int32_t> &sizes,
                                     const std::vector<int32_t> &strides) {
  global("torch._utils", "_rebuild_tensor_v2").raw("(");
  storage(type, key, count).integer(offset).integers(sizes).integers(strides);
  return raw("\x89").global("collections", "OrderedDict").raw(")RtR");
}

std::string PickleBuilder::stop() { return bytes + "."; }

std::string torchSave(std::string pickle, std::vector<std::string> storages) {
  std::vector<ZipMember> members{{"archive/data.pkl", std::move(pickle)},
                                 {"archive/byteorder", "little"}};
  for (std::string &storage : storages)
    members.push_back(
        {"archive/data/" + std::to_string(members.size() - 2), storage});
  members.push_back({"archive/version", "3\n"});
  return buildZip(members, kTorchStyle).text();
}

} // namespace pt2e
