#include "pt2e/Runtime/Files.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "fmt/format.h"

namespace pt2e::runtime {
namespace {

absl::Status systemError(const char *what, const std::string &path) {
  const int number = errno;
  std::string text =
      fmt::format("cannot {} `{}`: {}", what, path, std::strerror(number));
  if (number == ENOENT)
    return absl::NotFoundError(text);
  return absl::FailedPreconditionError(text);
}

absl::Status writeAll(int descriptor, const char *bytes, int64_t count,
                      int64_t offset, const std::string &path) {
  while (count > 0) {
    const ssize_t written = offset < 0
                                ? ::write(descriptor, bytes, count)
                                : ::pwrite(descriptor, bytes, count, offset);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return systemError("write", path);
    bytes += written;
    count -= written;
    if (offset >= 0)
      offset += written;
  }
  return absl::OkStatus();
}

} // namespace

absl::StatusOr<InputFile> InputFile::open(std::string path) {
  // Nonblocking, so that a FIFO is refused below rather than waited for.
  const int descriptor =
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0)
    return systemError("open", path);
  InputFile file(std::move(path), descriptor, 0);
  struct stat info;
  if (::fstat(descriptor, &info) != 0)
    return systemError("examine", file.path_);
  if (!S_ISREG(info.st_mode))
    return absl::InvalidArgumentError(
        fmt::format("expected a file, but `{}` is none", file.path_));
  file.size_ = info.st_size;
  return file;
}

InputFile::InputFile(InputFile &&other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_) {}

InputFile &InputFile::operator=(InputFile &&other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  return *this;
}

InputFile::~InputFile() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

absl::Status InputFile::read(int64_t offset, void *to, int64_t count) const {
  char *at = static_cast<char *>(to);
  while (count > 0) {
    const ssize_t got = ::pread(descriptor_, at, count, offset);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return systemError("read", path_);
    if (got == 0)
      return absl::OutOfRangeError(fmt::format(
          "`{}` ends at byte {}, {} bytes too early", path_, offset, count));
    at += got;
    offset += got;
    count -= got;
  }
  return absl::OkStatus();
}

absl::StatusOr<MappedFile> MappedFile::open(const std::string &path) {
  auto file = InputFile::open(path);
  if (!file.ok())
    return file.status();
  if (file->size() == 0)
    return MappedFile(nullptr, 0);
  // Writable, so that a malformed program that writes to its constants changes
  // its own copy of a page.
  void *data = ::mmap(nullptr, file->size(), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE, file->descriptor_, 0);
  if (data == MAP_FAILED)
    return systemError("map", path);
  return MappedFile(data, file->size());
}

MappedFile::MappedFile(MappedFile &&other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(other.size_) {}

MappedFile &MappedFile::operator=(MappedFile &&other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_)
    ::munmap(data_, size_);
}

absl::StatusOr<std::string> readFile(const std::string &path, int64_t limit) {
  auto file = InputFile::open(path);
  if (!file.ok())
    return file.status();
  if (file->size() > limit)
    return absl::ResourceExhaustedError(
        fmt::format("expected at most {} bytes, but `{}` has {}", limit, path,
                    file->size()));
  std::string bytes(file->size(), '\0');
  if (auto status = file->read(0, bytes.data(), bytes.size()); !status.ok())
    return status;
  return bytes;
}

absl::StatusOr<OutputFile> OutputFile::create(std::string path) {
  static std::atomic<int> counter{0};
  std::string partial =
      fmt::format("{}.partial-{}-{}", path, ::getpid(), counter++);
  const int descriptor =
      ::open(partial.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0)
    return systemError("create", path);
  return OutputFile(std::move(path), std::move(partial), descriptor);
}

OutputFile::OutputFile(OutputFile &&other) noexcept
    : path_(std::move(other.path_)), partial_(std::move(other.partial_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

OutputFile::~OutputFile() {
  if (descriptor_ < 0)
    return;
  ::close(descriptor_);
  ::unlink(partial_.c_str());
}

absl::Status OutputFile::append(const void *bytes, int64_t count) {
  return writeAll(descriptor_, static_cast<const char *>(bytes), count, -1,
                  path_);
}

absl::Status OutputFile::overwrite(int64_t offset, const void *bytes,
                                   int64_t count) {
  return writeAll(descriptor_, static_cast<const char *>(bytes), count, offset,
                  path_);
}

absl::Status OutputFile::commit() {
  const int descriptor = std::exchange(descriptor_, -1);
  if (::close(descriptor) != 0 ||
      ::rename(partial_.c_str(), path_.c_str()) != 0) {
    absl::Status status = systemError("write", path_);
    ::unlink(partial_.c_str());
    return status;
  }
  return absl::OkStatus();
}

absl::Status writeFile(const std::string &path, std::string_view bytes) {
  auto file = OutputFile::create(path);
  if (!file.ok())
    return file.status();
  if (auto status = file->append(bytes.data(), bytes.size()); !status.ok())
    return status;
  return file->commit();
}

absl::Status makeFolder(const std::string &path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error)
    return absl::FailedPreconditionError(
        fmt::format("cannot create folder `{}`: {}", path, error.message()));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> listFolder(const std::string &path) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator it(path, error), end;
  for (; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (it->is_regular_file(ignored))
      names.push_back(it->path().filename().string());
  }
  if (error)
    return absl::NotFoundError(
        fmt::format("cannot list folder `{}`: {}", path, error.message()));
  std::sort(names.begin(), names.end());
  return names;
}

bool isFolder(const std::string &path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

} // namespace pt2e::runtime
