/// \file
/// NumPy's .npy files: read whole or by rows, written whole or by rows.
/// Format: numpy.lib.format, versions 1.0, 2.0 and 3.0.
#ifndef PT2E_RUNTIME_NPY_H
#define PT2E_RUNTIME_NPY_H

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "pt2e/Runtime/Files.h"
#include "pt2e/Runtime/Tensor.h"

namespace pt2e::runtime {

/// What the first bytes of a .npy file say.
struct NpyHeader {
  DType dtype = DType::F32;
  Shape shape;
  bool fortranOrder = false; ///< the first axis is the innermost in memory
  int64_t dataOffset = 0;    ///< bytes before the elements
};

/// Longest header that is read, in bytes.
constexpr int64_t kMaxNpyHeader = 1 << 16;

/// Reads the header at the start of `bytes`, which may stop anywhere behind
/// it. Elements are not looked at.
/// \returns InvalidArgument for anything but little-endian bool, integer or
///          float elements, for rank above 32 and for headers that are not
///          closed within kMaxNpyHeader.
absl::StatusOr<NpyHeader> parseNpyHeader(std::string_view bytes);

/// The tensor in a whole .npy file held in memory. Fortran order is turned
/// into row-major; bool bytes other than 0 become 1.
absl::StatusOr<Tensor> parseNpy(std::string_view bytes);

/// The tensor in a file. Its size is compared with the header before memory is
/// taken. Errors name the path.
absl::StatusOr<Tensor> readNpy(const std::string &path);

/// Reads a .npy file some rows (entries of the first axis) at a time.
class NpyReader {
public:
  static absl::StatusOr<NpyReader> open(const std::string &path);

  const std::string &path() const { return file_.path(); }
  DType dtype() const { return header_.dtype; }
  const Shape &shape() const { return header_.shape; }

  /// Rows [begin, begin + count), which must be there, of a tensor of rank
  /// at least 1.
  absl::StatusOr<Tensor> readRows(int64_t begin, int64_t count) const;
  absl::StatusOr<Tensor> readAll() const;

private:
  NpyReader(InputFile file, NpyHeader header)
      : file_(std::move(file)), header_(std::move(header)) {}

  InputFile file_;
  NpyHeader header_;
};

/// Writes version 1.0, little-endian, row-major. bf16, which NumPy does not
/// know, is written as f32. A view that is not row-major is InvalidArgument.
absl::Status writeNpy(const std::string &path, const TensorView &tensor);

/// Writes a .npy file whose first axis grows with every append().
class NpyWriter {
public:
  static absl::StatusOr<NpyWriter> create(const std::string &path);

  /// Appends along the first axis; the other axes and the dtype must be as in
  /// the first call. A tensor of rank 0 counts as one of shape [1], bf16 is
  /// written as f32.
  absl::Status append(const TensorView &tensor);
  absl::Status commit();

private:
  explicit NpyWriter(OutputFile file) : file_(std::move(file)) {}
  absl::Status start(DType dtype, Shape shape);

  OutputFile file_;
  DType dtype_ = DType::F32;
  Shape shape_; ///< empty before the first append()
  size_t headerSize_ = 0;
};

} // namespace pt2e::runtime

#endif // PT2E_RUNTIME_NPY_H
