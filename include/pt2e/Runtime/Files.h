/// \file
/// Files read at offsets, and files that appear whole or not at all.
#ifndef PT2E_RUNTIME_FILES_H
#define PT2E_RUNTIME_FILES_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace pt2e::runtime {

/// A regular file, read by offset. Errors name the path.
class InputFile {
public:
  static absl::StatusOr<InputFile> open(std::string path);
  InputFile(InputFile &&other) noexcept;
  InputFile &operator=(InputFile &&other) noexcept;
  ~InputFile();

  const std::string &path() const { return path_; }
  /// Size in bytes when it was opened.
  int64_t size() const { return size_; }

  /// Fills `to` with `count` bytes from `offset` on; OutOfRange if the file
  /// ends before.
  absl::Status read(int64_t offset, void *to, int64_t count) const;

private:
  friend class MappedFile;
  InputFile(std::string path, int descriptor, int64_t size)
      : path_(std::move(path)), descriptor_(descriptor), size_(size) {}

  std::string path_;
  int descriptor_;
  int64_t size_;
};

/// A regular file mapped into memory; what is written there does not reach the
/// file, which must not shrink while it is mapped.
class MappedFile {
public:
  static absl::StatusOr<MappedFile> open(const std::string &path);
  MappedFile(MappedFile &&other) noexcept;
  MappedFile &operator=(MappedFile &&other) noexcept;
  ~MappedFile();

  const void *data() const { return data_; }
  size_t size() const { return size_; }

private:
  MappedFile(void *data, size_t size) : data_(data), size_(size) {}

  void *data_;
  size_t size_;
};

/// The whole file; ResourceExhausted if it has more than `limit` bytes.
absl::StatusOr<std::string> readFile(const std::string &path,
                                     int64_t limit = INT64_MAX);

/// A file that gets its name only when commit() succeeds: until then it is
/// `PATH.partial-PID-N`, and the destructor removes it.
class OutputFile {
public:
  static absl::StatusOr<OutputFile> create(std::string path);
  OutputFile(OutputFile &&other) noexcept;
  OutputFile &operator=(OutputFile &&) = delete;
  ~OutputFile();

  absl::Status append(const void *bytes, int64_t count);
  /// Overwrites bytes already appended.
  absl::Status overwrite(int64_t offset, const void *bytes, int64_t count);
  absl::Status commit();

private:
  OutputFile(std::string path, std::string partial, int descriptor)
      : path_(std::move(path)), partial_(std::move(partial)),
        descriptor_(descriptor) {}

  std::string path_;
  std::string partial_;
  int descriptor_;
};

absl::Status writeFile(const std::string &path, std::string_view bytes);

/// Creates the folder and its parents; one that is there already is fine.
absl::Status makeFolder(const std::string &path);

/// Names of the regular files in a folder, sorted by their bytes.
absl::StatusOr<std::vector<std::string>> listFolder(const std::string &path);

bool isFolder(const std::string &path);

} // namespace pt2e::runtime

#endif // PT2E_RUNTIME_FILES_H
