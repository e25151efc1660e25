/// \file
/// How far two tensors, or two sequences of them, are apart.
#ifndef PT2E_RUNTIME_COMPARE_H
#define PT2E_RUNTIME_COMPARE_H

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "pt2e/Runtime/Npy.h"
#include "pt2e/Runtime/Tensor.h"

namespace pt2e::runtime {

/// Sums over pairs of tensors: a reference and what is compared with it.
class Difference {
public:
  /// \returns InvalidArgument if the shapes differ. dtypes may differ.
  absl::Status add(const Tensor &reference, const Tensor &other);

  /// Elements compared, and those that are not equal (NaN equals NaN).
  int64_t elements() const { return elements_; }
  int64_t unequal() const { return unequal_; }
  /// Elements that are finite on one side only, or differ in NaN and infinity.
  /// They are part of unequal() and of nothing below.
  int64_t notComparable() const { return notComparable_; }
  /// max |reference - other|.
  double maxError() const { return maxError_; }
  /// max |reference|.
  double largest() const { return largest_; }
  /// maxError() in units of largest(); 0 if there is no error at all.
  double relativeError() const;
  /// Mean of (reference - other)^2 over the elements that are comparable.
  double meanSquareError() const;
  /// 10 log10(sum reference^2 / sum (reference - other)^2) in dB: infinite if
  /// there is no error.
  double sqnr() const;
  /// Cosine of the angle between the two, over all elements; 1 if both are 0.
  double cosine() const;
  /// The smallest cosine of a row (an entry of the first axis) of at least two
  /// elements; that of all elements if there is no such row.
  double smallestCosine() const;
  /// Rows of at least two elements, and those whose largest element is at the
  /// same place.
  int64_t rows() const { return rows_; }
  int64_t sameArgmax() const { return sameArgmax_; }

private:
  int64_t elements_ = 0, unequal_ = 0, notComparable_ = 0;
  int64_t rows_ = 0, sameArgmax_ = 0;
  double maxError_ = 0, largest_ = 0, smallestCosine_ = 2;
  double signal_ = 0, noise_ = 0, other_ = 0, product_ = 0;
};

/// Outputs recorded in .npy files as `pt2e run` writes them. With PREFIX a
/// folder's `output` or what stands before `.npy`, `_K.npy`, ...:
///
///   PREFIX.npy, PREFIX_outI.npy      of calls that were joined
///   PREFIX_K.npy, PREFIX_K_outI.npy  of call K
class RecordedOutputs {
public:
  /// `path` is a folder, a .npy file, or a PREFIX.
  static absl::StatusOr<RecordedOutputs> open(const std::string &path);

  /// Outputs were joined along their first axis.
  bool joined() const { return joined_; }
  /// Calls, if they were not joined.
  int64_t numCalls() const { return calls_.size(); }

  /// The outputs of the next call if not joined, else the next `rows` rows of
  /// each output, or what is left. Nothing behind the last.
  absl::StatusOr<std::vector<Tensor>> next(int64_t rows);

private:
  std::vector<std::vector<std::string>> calls_; ///< paths, by call and output
  bool joined_ = false;
  std::vector<NpyReader> files_; ///< of joined outputs
  int64_t next_ = 0;             ///< call or row
};

/// The name under which `pt2e run` writes output `output` of `outputs`, of
/// call `call`, or of all calls joined if that is negative.
std::string recordName(const std::string &prefix, int64_t call, size_t output,
                       size_t outputs);

} // namespace pt2e::runtime

#endif // PT2E_RUNTIME_COMPARE_H
