#include "pt2e/Import/Zip.h"
#include "pt2e/Import/Json.h"

#include <algorithm>
#include <new>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "llvm/Support/Endian.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace pt2e {

static constexpr uint64_t kMaxEntries = 1'000'000;
static constexpr uint64_t kMinInflatable = 256 << 20;

template <typename... Args>
static Error makeError(Args &&...args) {
  std::string text;
  (text.append(args), ...);
  return createStringError(inconvertibleErrorCode(), text);
}

//===----------------------------------------------------------------------===//
// ByteSource
//===----------------------------------------------------------------------===//

ByteSource::~ByteSource() = default;

namespace {

class MappedFile final : public ByteSource {
public:
  MappedFile(std::string name, int descriptor)
      : name(std::move(name)), descriptor(descriptor) {}
  ~MappedFile() override {
    if (data)
      munmap(data, size);
    close(descriptor);
  }

  Error map() {
    if (fstat(descriptor, &atOpen) != 0)
      return makeError(name, ": ", sys::StrError());
    if (!S_ISREG(atOpen.st_mode))
      return makeError(name, ": expected a regular file");
    size = atOpen.st_size;
    if (size == 0)
      return Error::success();
    void *address = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (address == MAP_FAILED)
      return makeError(name, ": ", sys::StrError());
    data = address;
    return Error::success();
  }

  ArrayRef<uint8_t> bytes() const override {
    return {static_cast<const uint8_t *>(data), size};
  }

  // Reading beyond the end of a file that shrank is a SIGBUS. This does not
  // close the race, but catches a file that is written anew meanwhile.
  Error checkUnchanged() const override {
    struct stat now;
    if (fstat(descriptor, &now) != 0)
      return makeError(name, ": ", sys::StrError());
    if (now.st_size != atOpen.st_size ||
        now.st_mtim.tv_sec != atOpen.st_mtim.tv_sec ||
        now.st_mtim.tv_nsec != atOpen.st_mtim.tv_nsec)
      return makeError(name, ": the file changed while it was read");
    return Error::success();
  }

private:
  std::string name;
  int descriptor;
  struct stat atOpen = {};
  void *data = nullptr;
  size_t size = 0;
};

class MemoryBytes final : public ByteSource {
public:
  explicit MemoryBytes(std::vector<uint8_t> data) : data(std::move(data)) {}
  ArrayRef<uint8_t> bytes() const override { return data; }

private:
  std::vector<uint8_t> data;
};

/// What a deflated member was inflated to.
class InflatedBytes final : public ByteSource {
public:
  InflatedBytes(std::unique_ptr<uint8_t[]> data, size_t size)
      : data(std::move(data)), size(size) {}
  ArrayRef<uint8_t> bytes() const override { return {data.get(), size}; }

private:
  std::unique_ptr<uint8_t[]> data;
  size_t size;
};

/// A member of a ZIP that stays in its place.
class WindowBytes final : public ByteSource {
public:
  WindowBytes(std::shared_ptr<const ByteSource> whole, ArrayRef<uint8_t> part)
      : whole(std::move(whole)), part(part) {}
  ArrayRef<uint8_t> bytes() const override { return part; }
  Error checkUnchanged() const override { return whole->checkUnchanged(); }

private:
  std::shared_ptr<const ByteSource> whole;
  ArrayRef<uint8_t> part;
};

} // namespace

Expected<std::shared_ptr<const ByteSource>>
ByteSource::mapFile(StringRef fileName) {
  std::string name = fileName.str();
  int descriptor = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return makeError(name, ": ", sys::StrError());
  auto file = std::make_shared<MappedFile>(name, descriptor);
  if (Error error = file->map())
    return std::move(error);
  return file;
}

std::shared_ptr<const ByteSource>
ByteSource::fromMemory(std::vector<uint8_t> bytes) {
  return std::make_shared<MemoryBytes>(std::move(bytes));
}

//===----------------------------------------------------------------------===//
// The directory
//===----------------------------------------------------------------------===//

namespace {

/// Reads end records, central directory and local headers. All sums are of
/// numbers below 2^63 (checked), so that none overflows.
class DirectoryReader {
public:
  DirectoryReader(ArrayRef<uint8_t> window, const std::string &where)
      : window(window), where(where) {}

  Expected<std::vector<ZipEntry>> read();

private:
  template <typename T>
  T get(uint64_t at) const {
    return support::endian::read<T, endianness::little>(window.data() + at);
  }
  bool hasSignature(uint64_t at, uint64_t size, uint32_t signature) const {
    return size <= window.size() && at <= window.size() - size &&
           get<uint32_t>(at) == signature;
  }
  StringRef text(uint64_t at, uint64_t size) const {
    return {reinterpret_cast<const char *>(window.data()) + at, size};
  }
  Error fail(const Twine &message) const {
    return makeError(where, ": ", message.str());
  }
  Error fail(const ZipEntry &entry, const Twine &message) const {
    return fail("member " + quoted(entry.name) + ": " + message);
  }

  Error readEndRecord();
  Error readEntry(uint64_t &at, ZipEntry &entry);
  Error readZip64Extra(uint64_t at, uint64_t size, ZipEntry &entry);
  Error checkName(const ZipEntry &entry);
  Error readLocalHeader(ZipEntry &entry);
  Error checkOverlap(std::vector<ZipEntry> &entries);

  ArrayRef<uint8_t> window;
  const std::string &where;
  uint64_t directoryBegin = 0;
  uint64_t directoryEnd = 0;
  uint64_t count = 0;
};

Error DirectoryReader::readEndRecord() {
  constexpr uint64_t kEndSize = 22, kLocatorSize = 20, kEnd64Size = 56;
  if (window.size() < kEndSize)
    return fail("expected a ZIP file, but got " + Twine(window.size()) +
                " bytes");
  // Backwards: the signature also occurs inside of members that are ZIPs.
  uint64_t last = window.size() - kEndSize, end = last;
  uint64_t first = last > UINT16_MAX ? last - UINT16_MAX : 0;
  while (!(hasSignature(end, kEndSize, 0x06054b50) &&
           end + kEndSize + get<uint16_t>(end + 20) == window.size())) {
    if (end == first)
      return fail("expected a ZIP file, but found no end record");
    --end;
  }
  uint16_t disk = get<uint16_t>(end + 4), startDisk = get<uint16_t>(end + 6);
  uint64_t countHere = get<uint16_t>(end + 8);
  count = get<uint16_t>(end + 10);
  uint64_t size = get<uint32_t>(end + 12);
  directoryBegin = get<uint32_t>(end + 16);
  uint64_t recordsBegin = end;

  bool overflowed =
      count == UINT16_MAX || size == UINT32_MAX || directoryBegin == UINT32_MAX;
  if (end >= kLocatorSize + kEnd64Size &&
      hasSignature(end - kLocatorSize, kLocatorSize, 0x07064b50)) {
    uint64_t locator = end - kLocatorSize;
    uint64_t end64 = get<uint64_t>(locator + 8);
    if (get<uint32_t>(locator + 4) != 0 || get<uint32_t>(locator + 16) > 1)
      return fail("ZIP files of several disks are not read");
    if (!hasSignature(end64, kEnd64Size, 0x06064b50) ||
        get<uint64_t>(end64 + 4) != locator - end64 - 12)
      return fail("damaged ZIP64 end record");
    uint64_t count64 = get<uint64_t>(end64 + 32);
    uint64_t size64 = get<uint64_t>(end64 + 40);
    uint64_t begin64 = get<uint64_t>(end64 + 48);
    if ((count != UINT16_MAX && count != count64) ||
        (size != UINT32_MAX && size != size64) ||
        (directoryBegin != UINT32_MAX && directoryBegin != begin64))
      return fail("the two end records of the ZIP file disagree");
    if (disk == UINT16_MAX)
      disk = get<uint32_t>(end64 + 16) != 0;
    if (startDisk == UINT16_MAX)
      startDisk = get<uint32_t>(end64 + 20) != 0;
    countHere = get<uint64_t>(end64 + 24);
    count = count64;
    size = size64;
    directoryBegin = begin64;
    recordsBegin = end64;
  } else if (overflowed) {
    return fail("expected a ZIP64 end record, but found none");
  }
  if (disk != 0 || startDisk != 0 || countHere != count)
    return fail("ZIP files of several disks are not read");
  if (size > recordsBegin || directoryBegin != recordsBegin - size)
    return fail("expected the ZIP directory to end at its end record");
  if (count > size / 46 || count > kMaxEntries)
    return fail("too many members for the size of the ZIP directory: " +
                Twine(count));
  directoryEnd = recordsBegin;
  return Error::success();
}

/// Extra 0x0001 holds those of (size, compressed size, offset) whose 32 bits
/// overflowed, in that order.
Error DirectoryReader::readZip64Extra(uint64_t at, uint64_t size,
                                      ZipEntry &entry) {
  uint64_t *fields[] = {&entry.size, &entry.compressedSize,
                        &entry.headerOffset};
  bool found = false;
  for (uint64_t end = at + size; end - at >= 4;) {
    uint16_t id = get<uint16_t>(at), length = get<uint16_t>(at + 2);
    at += 4;
    if (length > end - at)
      return fail(entry, "damaged extra field");
    if (id == 1) {
      if (found)
        return fail(entry, "two ZIP64 extra fields");
      found = true;
      uint64_t valueAt = at, valuesEnd = at + length;
      for (uint64_t *field : fields) {
        if (*field != UINT32_MAX)
          continue;
        if (valuesEnd - valueAt < 8)
          return fail(entry, "damaged ZIP64 extra field");
        *field = get<uint64_t>(valueAt);
        valueAt += 8;
      }
    }
    at += length;
  }
  if (!found && any_of(fields, [](uint64_t *f) { return *f == UINT32_MAX; }))
    return fail(entry, "expected a ZIP64 extra field");
  return Error::success();
}

Error DirectoryReader::checkName(const ZipEntry &entry) {
  StringRef name = entry.name;
  if (name.empty() || !json::isUTF8(name) || name.starts_with("/") ||
      name.contains('\\') || name.contains('\0'))
    return fail(entry, "not a name for a member");
  SmallVector<StringRef> parts;
  name.split(parts, '/');
  if (is_contained(parts, ".."))
    return fail(entry, "not a name for a member");
  return Error::success();
}

Error DirectoryReader::readEntry(uint64_t &at, ZipEntry &entry) {
  constexpr uint64_t kSize = 46;
  if (directoryEnd - at < kSize || get<uint32_t>(at) != 0x02014b50)
    return fail("damaged ZIP directory");
  uint16_t flags = get<uint16_t>(at + 8), method = get<uint16_t>(at + 10);
  entry.crc = get<uint32_t>(at + 16);
  entry.compressedSize = get<uint32_t>(at + 20);
  entry.size = get<uint32_t>(at + 24);
  uint64_t nameSize = get<uint16_t>(at + 28),
           extraSize = get<uint16_t>(at + 30),
           commentSize = get<uint16_t>(at + 32);
  uint16_t disk = get<uint16_t>(at + 34);
  entry.headerOffset = get<uint32_t>(at + 42);
  if (nameSize + extraSize + commentSize > directoryEnd - at - kSize)
    return fail("damaged ZIP directory");
  entry.name = text(at + kSize, nameSize).str();
  if (Error error = checkName(entry))
    return error;
  if (Error error = readZip64Extra(at + kSize + nameSize, extraSize, entry))
    return error;
  at += kSize + nameSize + extraSize + commentSize;

  if (flags & (1 | 1 << 5 | 1 << 6 | 1 << 13))
    return fail(entry, "encrypted or patched members are not read");
  if (disk != 0)
    return fail(entry, "ZIP files of several disks are not read");
  if (method != 0 && method != 8)
    return fail(entry, "expected a stored or deflated member, but got method " +
                           Twine(method));
  entry.method = static_cast<ZipEntry::Method>(method);
  if (method == 0 && entry.size != entry.compressedSize)
    return fail(entry, "a stored member of two sizes");
  // Deflate turns one byte into 1032 at most.
  if (method == 8 && entry.size / 1032 > entry.compressedSize)
    return fail(entry, "claims more bytes than deflate can make");
  return readLocalHeader(entry);
}

Error DirectoryReader::readLocalHeader(ZipEntry &entry) {
  constexpr uint64_t kSize = 30;
  uint64_t at = entry.headerOffset;
  if (at > directoryBegin || directoryBegin - at < kSize ||
      get<uint32_t>(at) != 0x04034b50)
    return fail(entry, "found no local header");
  uint64_t nameSize = get<uint16_t>(at + 26),
           extraSize = get<uint16_t>(at + 28);
  if (nameSize + extraSize > directoryBegin - at - kSize)
    return fail(entry, "the local header reaches into the directory");
  if (text(at + kSize, nameSize) != entry.name)
    return fail(entry, "the local header has another name");
  if (get<uint16_t>(at + 8) != static_cast<uint16_t>(entry.method))
    return fail(entry, "the local header has another method");
  entry.dataOffset = at + kSize + nameSize + extraSize;
  if (entry.compressedSize > directoryBegin - entry.dataOffset)
    return fail(entry, "the data reaches into the directory");
  return Error::success();
}

Error DirectoryReader::checkOverlap(std::vector<ZipEntry> &entries) {
  std::vector<const ZipEntry *> order;
  for (const ZipEntry &entry : entries)
    order.push_back(&entry);
  llvm::sort(order, [](const ZipEntry *a, const ZipEntry *b) {
    return a->headerOffset < b->headerOffset;
  });
  for (size_t i = 1; i < order.size(); ++i)
    if (order[i - 1]->dataOffset + order[i - 1]->compressedSize >
        order[i]->headerOffset)
      return fail(*order[i], "overlaps member " + quoted(order[i - 1]->name));
  return Error::success();
}

Expected<std::vector<ZipEntry>> DirectoryReader::read() {
  if (Error error = readEndRecord())
    return std::move(error);
  std::vector<ZipEntry> entries(count);
  uint64_t at = directoryBegin;
  for (ZipEntry &entry : entries)
    if (Error error = readEntry(at, entry))
      return std::move(error);
  if (at != directoryEnd)
    return fail("damaged ZIP directory");
  if (Error error = checkOverlap(entries))
    return std::move(error);
  for (const ZipEntry &entry : entries)
    if (StringRef(entry.name).ends_with("/") && entry.size != 0)
      return fail(entry, "a folder with contents");
  erase_if(entries, [](const ZipEntry &entry) {
    return StringRef(entry.name).ends_with("/");
  });
  return entries;
}

} // namespace

//===----------------------------------------------------------------------===//
// ZipFile
//===----------------------------------------------------------------------===//

Error ZipFile::error(const ZipEntry &entry, const Twine &message) const {
  return makeError(where, ": member ", quoted(entry.name), ": ", message.str());
}

Expected<std::shared_ptr<const ZipFile>>
ZipFile::open(std::shared_ptr<const ByteSource> source,
              ArrayRef<uint8_t> window, std::string context) {
  std::shared_ptr<ZipFile> zip(new ZipFile);
  zip->source = std::move(source);
  zip->window = window;
  zip->where = std::move(context);
  auto members = DirectoryReader(window, zip->where).read();
  if (!members)
    return members.takeError();
  zip->members = std::move(*members);
  for (auto [i, entry] : enumerate(zip->members))
    if (!zip->index.try_emplace(entry.name, i).second)
      return zip->error(entry, "comes twice");
  return zip;
}

Expected<std::shared_ptr<const ZipFile>>
ZipFile::openNested(const ZipEntry &entry) const {
  std::string context = where + ": " + entry.name;
  if (entry.method == ZipEntry::Method::Stored) {
    // The members have checksums of their own: the whole is not summed here.
    ArrayRef<uint8_t> part = window.slice(entry.dataOffset, entry.size);
    return open(std::make_shared<WindowBytes>(source, part), part, context);
  }
  Expected<ZipBytes> contents = read(entry, UINT64_MAX);
  if (!contents)
    return contents.takeError();
  return open(contents->owner, contents->bytes, context);
}

const ZipEntry *ZipFile::find(StringRef name) const {
  auto it = index.find(name);
  return it == index.end() ? nullptr : &members[it->second];
}

Expected<ZipBytes> ZipFile::inflate(const ZipEntry &entry) const {
  uint64_t limit = std::max<uint64_t>(kMinInflatable, 16 * window.size());
  if (inflatedBytes.fetch_add(entry.size) > limit - std::min(limit, entry.size))
    return error(entry, "the archive inflates to more than " + Twine(limit) +
                            " bytes");
  std::unique_ptr<uint8_t[]> data(new (std::nothrow) uint8_t[entry.size + 1]);
  if (!data)
    return error(entry, "not enough memory");

  z_stream stream = {};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    return error(entry, "not enough memory");
  const uint8_t *input = window.data() + entry.dataOffset;
  uint64_t inputLeft = entry.compressedSize, outputLeft = entry.size;
  uint64_t written = 0;
  int status = Z_OK;
  // One byte more than there should be, to see that it does not come.
  while (status == Z_OK) {
    constexpr uint64_t kPiece = 1 << 30;
    uInt give = std::min(inputLeft, kPiece);
    uInt room = std::min(outputLeft + 1, kPiece);
    stream.next_in = const_cast<Bytef *>(input);
    stream.avail_in = give;
    stream.next_out = data.get() + written;
    stream.avail_out = room;
    status = ::inflate(&stream, Z_NO_FLUSH);
    uint64_t made = room - stream.avail_out;
    input += give - stream.avail_in;
    inputLeft -= give - stream.avail_in;
    written += made;
    if (made > outputLeft)
      break;
    outputLeft -= made;
  }
  inflateEnd(&stream);
  if (status != Z_STREAM_END || written != entry.size || inputLeft != 0)
    return error(entry, "damaged deflate data");
  auto owner = std::make_shared<InflatedBytes>(std::move(data), entry.size);
  return ZipBytes{owner->bytes(), owner};
}

Expected<ZipBytes> ZipFile::read(const ZipEntry &entry, uint64_t limit) const {
  if (entry.size > limit)
    return error(entry, "expected at most " + Twine(limit) +
                            " bytes, but got " + Twine(entry.size));
  if (Error changed = source->checkUnchanged())
    return std::move(changed);
  ZipBytes result;
  if (entry.method == ZipEntry::Method::Stored) {
    result = {window.slice(entry.dataOffset, entry.size), source};
  } else {
    Expected<ZipBytes> inflated = inflate(entry);
    if (!inflated)
      return inflated.takeError();
    result = std::move(*inflated);
  }
#ifndef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION // libFuzzer finds no sums
  uLong crc = crc32_z(0, result.bytes.data(), result.bytes.size());
  if (crc != entry.crc)
    return error(entry, "checksum mismatch, the file is damaged");
#endif
  return result;
}

} // namespace pt2e
