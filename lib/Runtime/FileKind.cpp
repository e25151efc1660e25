#include "pt2e/Runtime/FileKind.h"

#include <algorithm>

#include "pt2e/Runtime/Files.h"
#include "pt2e/Runtime/Status.h"

namespace pt2e::runtime {

FileKind kindOfBytes(std::string_view start) {
  using namespace std::string_view_literals;
  const auto has = [&](size_t at, std::string_view magic) {
    return start.size() >= at && start.substr(at, magic.size()) == magic;
  };
  if (start.empty())
    return FileKind::Empty;
  if (has(4, "ET12"))
    return FileKind::Pte;
  if (has(0, "PK"))
    return FileKind::Zip;
  if (has(0, "\x93NUMPY"))
    return FileKind::Npy;
  if (has(0, "\x1f\x8b"))
    return FileKind::Gzip;
  if (has(0, "\x89PNG"))
    return FileKind::Png;
  if (has(0, "\xff\xd8\xff"))
    return FileKind::Jpeg;
  if (has(0, "\0\0"sv))
    return FileKind::Idx;
  return FileKind::Other;
}

absl::StatusOr<FileKind> kindOf(const std::string &path) {
  if (isFolder(path))
    return FileKind::Folder;
  PT2E_ASSIGN_OR_RETURN(InputFile file, InputFile::open(path));
  std::string start(std::min<int64_t>(file.size(), 8), '\0');
  PT2E_RETURN_IF_ERROR(file.read(0, start.data(), start.size()));
  return kindOfBytes(start);
}

std::string_view describe(FileKind kind) {
  switch (kind) {
  case FileKind::Folder:
    return "a folder";
  case FileKind::Empty:
    return "an empty file";
  case FileKind::Pte:
    return "a .pte program";
  case FileKind::Zip:
    return "a ZIP archive (.pt2, .npz, ...)";
  case FileKind::Npy:
    return "a .npy array";
  case FileKind::Idx:
    return "an idx file";
  case FileKind::Gzip:
    return "a gzip file";
  case FileKind::Png:
    return "a PNG image";
  case FileKind::Jpeg:
    return "a JPEG image";
  case FileKind::Other:
    break;
  }
  return "a file of no known kind";
}

absl::Status otherKind(const std::string &path, std::string_view expected,
                       FileKind kind) {
  return invalid("{}: expected {}, but got {}", path, expected, describe(kind));
}

} // namespace pt2e::runtime
