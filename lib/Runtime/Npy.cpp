#include "pt2e/Runtime/Npy.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "pt2e/Runtime/FileKind.h"
#include "pt2e/Runtime/Status.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "elements are read as they lie in the file");

namespace pt2e::runtime {
namespace {

constexpr int kMaxRank = 32;
constexpr std::string_view kMagic("\x93NUMPY", 6);

template <typename... Args>
absl::Status malformed(fmt::format_string<Args...> why, Args &&...args) {
  return invalid("malformed .npy: {}",
                 fmt::format(why, std::forward<Args>(args)...));
}

std::string printable(std::string_view text) {
  text = text.substr(0, 40);
  return absl::CHexEscape({text.data(), text.size()});
}

bool hasPrefix(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

struct NpyType {
  std::string_view code;
  DType dtype;
};
constexpr NpyType kTypes[] = {
    {"b1", DType::Bool}, {"u1", DType::U8},  {"i1", DType::I8},
    {"u2", DType::U16},  {"i2", DType::I16}, {"u4", DType::U32},
    {"i4", DType::I32},  {"u8", DType::U64}, {"i8", DType::I64},
    {"f2", DType::F16},  {"f4", DType::F32}, {"f8", DType::F64},
};

absl::StatusOr<DType> parseDescr(std::string_view descr) {
  if (descr.size() == 3) {
    const char order = descr[0];
    for (const NpyType &type : kTypes) {
      if (type.code != descr.substr(1))
        continue;
      if (order == '<' || order == '=' || byteWidth(type.dtype) == 1)
        return type.dtype;
      if (order == '>')
        return invalid("expected little-endian elements, but got dtype `{}`",
                       descr);
    }
  }
  return invalid("expected bool, integer or float elements, but got dtype "
                 "`{}`",
                 printable(descr));
}

/// Reads the Python literal {'descr': '<f4', 'fortran_order': False,
/// 'shape': (2, 3), }: those three keys, each once, in any order.
class HeaderParser {
public:
  explicit HeaderParser(std::string_view text) : rest_(text) {}

  absl::Status parse(NpyHeader &header) {
    std::optional<DType> dtype;
    std::optional<bool> fortran;
    std::optional<Shape> shape;
    if (!eat('{'))
      return malformed("the header is no dictionary");
    while (!eat('}')) {
      std::string_view key;
      if (!quoted(key) || !eat(':'))
        return malformed("expected a quoted key in the header");
      if (key == "descr" && !dtype) {
        std::string_view descr;
        if (!quoted(descr))
          return malformed("structured dtypes are not supported");
        auto parsed = parseDescr(descr);
        if (!parsed.ok())
          return parsed.status();
        dtype = *parsed;
      } else if (key == "fortran_order" && !fortran) {
        if (eatWord("True"))
          fortran = true;
        else if (eatWord("False"))
          fortran = false;
        else
          return malformed("expected True or False for fortran_order");
      } else if (key == "shape" && !shape) {
        shape.emplace();
        if (auto status = sizes(*shape); !status.ok())
          return status;
      } else {
        return malformed("unexpected key `{}` in the header", printable(key));
      }
      if (!eat(',') && !startsWith('}'))
        return malformed("expected `,` or `}}` in the header");
    }
    skipSpace();
    if (!rest_.empty())
      return malformed("bytes behind the header's dictionary");
    if (!dtype || !fortran || !shape)
      return malformed("expected the keys descr, fortran_order and shape");
    header.dtype = *dtype;
    header.fortranOrder = *fortran;
    header.shape = std::move(*shape);
    return absl::OkStatus();
  }

private:
  void skipSpace() {
    while (!rest_.empty() && absl::ascii_isspace(rest_.front()))
      rest_.remove_prefix(1);
  }
  bool startsWith(char c) {
    skipSpace();
    return !rest_.empty() && rest_.front() == c;
  }
  bool eat(char c) {
    if (!startsWith(c))
      return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool eatWord(std::string_view word) {
    skipSpace();
    if (!hasPrefix(rest_, word))
      return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  bool quoted(std::string_view &text) {
    const char quote = startsWith('"') ? '"' : '\'';
    if (!eat(quote))
      return false;
    const size_t end = rest_.find(quote);
    if (end == std::string_view::npos)
      return false;
    text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return true;
  }
  absl::Status sizes(Shape &shape) {
    if (!eat('('))
      return malformed("expected a tuple for shape");
    while (!eat(')')) {
      skipSpace();
      size_t digits = 0;
      while (digits < rest_.size() && absl::ascii_isdigit(rest_[digits]))
        ++digits;
      int64_t size;
      if (!absl::SimpleAtoi(absl::string_view(rest_.data(), digits), &size))
        return malformed("expected sizes of at least 0 in shape");
      rest_.remove_prefix(digits);
      if (shape.size() == kMaxRank)
        return malformed("rank above {}", kMaxRank);
      shape.push_back(size);
      if (!eat(',') && !startsWith(')'))
        return malformed("expected `,` or `)` in shape");
    }
    return absl::OkStatus();
  }

  std::string_view rest_;
};

/// Copies elements that lie in Fortran order, `rows` of a first axis that has
/// `stride` entries in memory, to row-major.
void copyFromFortran(const char *from, int64_t stride, int64_t rows,
                     Tensor &to) {
  const int64_t width = byteWidth(to.dtype());
  char *const out = static_cast<char *>(to.data());
  const Shape &shape = to.shape();
  const int64_t columns = rows == 0 ? 0 : to.numElements() / rows;
  std::vector<int64_t> index(shape.size(), 0); // index[0] is not used
  for (int64_t column = 0; column < columns; ++column) {
    int64_t place = 0;
    for (size_t axis = 1; axis < shape.size(); ++axis)
      place = place * shape[axis] + index[axis];
    const char *source = from + column * stride * width;
    for (int64_t row = 0; row < rows; ++row)
      std::memcpy(out + (row * columns + place) * width, source + row * width,
                  width);
    for (size_t axis = 1; axis < shape.size() && ++index[axis] == shape[axis];
         ++axis)
      index[axis] = 0;
  }
}

void normalizeBools(Tensor &tensor) {
  if (tensor.dtype() == DType::Bool)
    for (uint8_t &value : tensor.elements<uint8_t>())
      value = value != 0;
}

absl::Status checkSize(const NpyHeader &header, int64_t fileSize) {
  const int64_t width = byteWidth(header.dtype);
  auto count = countElements(header.shape, width);
  if (!count.ok())
    return count.status();
  if (*count * width > fileSize - header.dataOffset)
    return malformed("{} elements of shape {} need {} bytes, but {} follow the "
                     "header",
                     toString(header.dtype), toString(header.shape),
                     *count * width, fileSize - header.dataOffset);
  return absl::OkStatus();
}

/// Header of version 1.0, padded so that the elements start at `size` (a
/// multiple of 64) or at the first multiple of 64 behind it.
absl::StatusOr<std::string>
formatHeader(DType dtype, absl::Span<const int64_t> shape, size_t size) {
  std::string_view code;
  for (const NpyType &type : kTypes)
    if (type.dtype == dtype)
      code = type.code;
  if (code.empty())
    return invalid("{} elements cannot be written to a .npy file",
                   toString(dtype));
  std::string dictionary =
      fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': (",
                  byteWidth(dtype) == 1 ? '|' : '<', code);
  for (int64_t dim : shape)
    dictionary += fmt::format(shape.size() == 1 ? "{}," : "{}, ", dim);
  if (shape.size() > 1)
    dictionary.resize(dictionary.size() - 2);
  dictionary += "), }";
  const size_t used = kMagic.size() + 4 + dictionary.size() + 1;
  size = std::max(size, (used + 63) / 64 * 64);
  dictionary.append(size - used, ' ');
  dictionary += '\n';
  std::string header(kMagic);
  header += '\x01';
  header += '\x00';
  header += static_cast<char>(dictionary.size() & 0xff);
  header += static_cast<char>(dictionary.size() >> 8);
  return header + dictionary;
}

} // namespace

absl::StatusOr<NpyHeader> parseNpyHeader(std::string_view bytes) {
  if (!hasPrefix(bytes, kMagic))
    return malformed("it does not start with \\x93NUMPY");
  if (bytes.size() < 10)
    return malformed("it ends within the header");
  const uint8_t major = bytes[6], minor = bytes[7];
  if (major < 1 || major > 3 || minor != 0)
    return malformed("expected format 1.0, 2.0 or 3.0, but got {}.{}", major,
                     minor);
  int64_t start = 10, length = 0;
  if (major == 1) {
    uint16_t field;
    std::memcpy(&field, bytes.data() + 8, sizeof field);
    length = field;
  } else {
    if (bytes.size() < 12)
      return malformed("it ends within the header");
    uint32_t field;
    std::memcpy(&field, bytes.data() + 8, sizeof field);
    length = field;
    start = 12;
  }
  if (start + length > kMaxNpyHeader)
    return malformed("expected a header of at most {} bytes, but got {}",
                     kMaxNpyHeader, start + length);
  if (static_cast<int64_t>(bytes.size()) < start + length)
    return malformed("it ends within the header");
  NpyHeader header;
  header.dataOffset = start + length;
  if (auto status = HeaderParser(bytes.substr(start, length)).parse(header);
      !status.ok())
    return status;
  return header;
}

absl::StatusOr<Tensor> parseNpy(std::string_view bytes) {
  auto header = parseNpyHeader(bytes);
  if (!header.ok())
    return header.status();
  if (auto status = checkSize(*header, bytes.size()); !status.ok())
    return status;
  Tensor tensor(header->dtype, header->shape);
  const char *elements = bytes.data() + header->dataOffset;
  if (header->fortranOrder && tensor.rank() > 1)
    copyFromFortran(elements, tensor.shape()[0], tensor.shape()[0], tensor);
  else if (tensor.numBytes() > 0)
    std::memcpy(tensor.data(), elements, tensor.numBytes());
  normalizeBools(tensor);
  return tensor;
}

absl::StatusOr<Tensor> readNpy(const std::string &path) {
  auto reader = NpyReader::open(path);
  if (!reader.ok())
    return reader.status();
  return reader->readAll();
}

absl::StatusOr<NpyReader> NpyReader::open(const std::string &path) {
  auto file = InputFile::open(path);
  if (!file.ok())
    return file.status();
  std::string start(std::min(file->size(), kMaxNpyHeader), '\0');
  if (auto status = file->read(0, start.data(), start.size()); !status.ok())
    return status;
  if (!hasPrefix(start, kMagic))
    return otherKind(path, "a .npy array", kindOfBytes(start));
  auto header = parseNpyHeader(start);
  absl::Status status = header.status();
  if (status.ok())
    status = checkSize(*header, file->size());
  if (!status.ok())
    return withContext(path, status);
  return NpyReader(*std::move(file), *std::move(header));
}

absl::StatusOr<Tensor> NpyReader::readAll() const {
  if (!header_.shape.empty())
    return readRows(0, header_.shape[0]);
  Tensor tensor(header_.dtype, {});
  if (auto status =
          file_.read(header_.dataOffset, tensor.data(), tensor.numBytes());
      !status.ok())
    return status;
  normalizeBools(tensor);
  return tensor;
}

absl::StatusOr<Tensor> NpyReader::readRows(int64_t begin, int64_t count) const {
  if (header_.shape.empty() || begin < 0 || count < 0 ||
      begin > header_.shape[0] || count > header_.shape[0] - begin)
    return absl::OutOfRangeError(
        fmt::format("`{}`: expected rows of shape {}, but got {} from {} on",
                    path(), toString(header_.shape), count, begin));
  Shape shape = header_.shape;
  shape[0] = count;
  Tensor tensor(header_.dtype, std::move(shape));
  if (tensor.numElements() == 0)
    return tensor;
  const int64_t rowBytes = tensor.numBytes() / count;
  if (!header_.fortranOrder || tensor.rank() == 1) {
    if (auto status = file_.read(header_.dataOffset + begin * rowBytes,
                                 tensor.data(), tensor.numBytes());
        !status.ok())
      return status;
  } else {
    // Each column of the file holds these rows side by side.
    const int64_t width = byteWidth(header_.dtype);
    const int64_t columns = rowBytes / width;
    std::string columnMajor(tensor.numBytes(), '\0');
    for (int64_t column = 0; column < columns; ++column)
      if (auto status = file_.read(
              header_.dataOffset + (column * header_.shape[0] + begin) * width,
              columnMajor.data() + column * count * width, count * width);
          !status.ok())
        return status;
    copyFromFortran(columnMajor.data(), count, count, tensor);
  }
  normalizeBools(tensor);
  return tensor;
}

absl::Status writeNpy(const std::string &path, const TensorView &tensor) {
  if (!tensor.dimOrder.empty())
    return absl::InvalidArgumentError("expected a row-major tensor");
  if (tensor.dtype == DType::BF16)
    return writeNpy(path, widenHalves(tensor).view());
  auto header = formatHeader(tensor.dtype, tensor.shape, 0);
  if (!header.ok())
    return header.status();
  auto file = OutputFile::create(path);
  if (!file.ok())
    return file.status();
  if (auto status = file->append(header->data(), header->size()); !status.ok())
    return status;
  if (auto status = file->append(tensor.data, tensor.numBytes()); !status.ok())
    return status;
  return file->commit();
}

absl::StatusOr<NpyWriter> NpyWriter::create(const std::string &path) {
  auto file = OutputFile::create(path);
  if (!file.ok())
    return file.status();
  return NpyWriter(*std::move(file));
}

absl::Status NpyWriter::start(DType dtype, Shape shape) {
  dtype_ = dtype;
  shape_ = shape;
  // Room for the header whatever the first axis becomes.
  shape[0] = INT64_MAX;
  PT2E_ASSIGN_OR_RETURN(std::string room, formatHeader(dtype, shape, 0));
  headerSize_ = room.size();
  return file_.append(room.data(), room.size());
}

absl::Status NpyWriter::append(const TensorView &tensor) {
  if (tensor.dtype == DType::BF16)
    return append(widenHalves(tensor).view());
  Shape shape(tensor.shape.begin(), tensor.shape.end());
  if (shape.empty())
    shape = {1};
  if (shape_.empty()) {
    PT2E_RETURN_IF_ERROR(start(tensor.dtype, std::move(shape)));
  } else {
    const bool same =
        shape.size() == shape_.size() && dtype_ == tensor.dtype &&
        std::equal(shape.begin() + 1, shape.end(), shape_.begin() + 1);
    if (!same)
      return invalid(
          "expected another piece of {} {} along axis 0, but got {} {}",
          toString(dtype_), toString(shape_), toString(tensor.dtype),
          toString(shape));
    shape_[0] += shape[0];
  }
  return file_.append(tensor.data, tensor.numBytes());
}

absl::Status NpyWriter::commit() {
  if (shape_.empty())
    PT2E_RETURN_IF_ERROR(start(dtype_, {0}));
  PT2E_ASSIGN_OR_RETURN(std::string header,
                        formatHeader(dtype_, shape_, headerSize_));
  PT2E_RETURN_IF_ERROR(file_.overwrite(0, header.data(), header.size()));
  return file_.commit();
}

} // namespace pt2e::runtime
