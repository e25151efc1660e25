/// \file
/// What a file is, by its first bytes: suffixes lie.
#ifndef PT2E_RUNTIME_FILEKIND_H
#define PT2E_RUNTIME_FILEKIND_H

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace pt2e::runtime {

enum class FileKind {
  Folder,
  Empty,
  Pte,
  Zip,
  Npy,
  Idx,
  Gzip,
  Png,
  Jpeg,
  Other
};

/// Of the first bytes of a file, 8 of them if there are so many.
FileKind kindOfBytes(std::string_view start);

/// Reads the first bytes of `path`; an error if it cannot be opened.
absl::StatusOr<FileKind> kindOf(const std::string &path);

/// With an article: "a .pte program", "a .npy array", "a folder".
std::string_view describe(FileKind kind);

/// `PATH: expected a .pte program, but got a .npy array`.
absl::Status otherKind(const std::string &path, std::string_view expected,
                       FileKind kind);

} // namespace pt2e::runtime

#endif // PT2E_RUNTIME_FILEKIND_H
