/// \file
/// Blocks of a tensor that share quantization parameters. A block shape has one
/// size per axis: the whole axis everywhere is per tensor, 1 on one axis per
/// channel, [1, 32] groups of 32.
#ifndef PT2E_NUMERICS_BLOCKS_H
#define PT2E_NUMERICS_BLOCKS_H

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace pt2e {

/// A shape cut into blocks of equal size, numbered in row-major order.
class Blocks {
public:
  /// \param block  one size per axis, -1 for the whole axis.
  /// \returns InvalidArgument unless each size divides its axis.
  static absl::StatusOr<Blocks> get(absl::Span<const int64_t> shape,
                                    absl::Span<const int64_t> block);
  static absl::StatusOr<Blocks> perTensor(absl::Span<const int64_t> shape);
  /// \param axis  negative counts from the end.
  static absl::StatusOr<Blocks> perChannel(absl::Span<const int64_t> shape,
                                           int64_t axis);

  /// Number of blocks; 0 for an empty tensor.
  int64_t size() const { return numBlocks; }
  int64_t numElements() const { return elements; }

  /// Calls `visit(begin, length, block)` for each contiguous run of elements of
  /// one block, in memory order.
  template <typename Visitor>
  void forEachRun(Visitor visit) const {
    std::vector<int64_t> index(axes.size(), 0);
    for (int64_t begin = 0; begin < elements; begin += runLength) {
      int64_t block = 0;
      for (size_t i = 0; i < axes.size(); ++i)
        block += index[i] / axes[i].runsPerBlock * axes[i].stride;
      visit(begin, runLength, block);
      for (size_t i = axes.size(); i-- > 0;) {
        if (++index[i] < axes[i].runs)
          break;
        index[i] = 0;
      }
    }
  }

private:
  struct Axis {
    int64_t runs;         ///< steps along the axis
    int64_t runsPerBlock; ///< of which these stay in one block
    int64_t stride;       ///< block number per block along the axis
  };
  std::vector<Axis> axes;
  int64_t elements = 0;
  int64_t runLength = 1;
  int64_t numBlocks = 0;
};

/// Product of the sizes; InvalidArgument if one is negative or the product
/// overflows.
absl::StatusOr<int64_t> numElements(absl::Span<const int64_t> shape);

} // namespace pt2e

#endif // PT2E_NUMERICS_BLOCKS_H
