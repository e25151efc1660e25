/// \file
/// Observers: what is remembered of the tensors seen at a place of the program,
/// and the quantization parameters that follow from it.
/// Formulas: docs/numerics.md, sections 3 to 5.
///
/// What every observer does with values that are not numbers:
/// * Infinities are counted and left out of the statistics (PyTorch does so in
///   HistogramObserver only): attention masks hold -inf, and no grid holds it.
/// * NaNs are counted and left out as well, but `calculateQParams` is then an
///   error: the float program is broken, no parameters can be right.
/// * Empty tensors are skipped. Nothing but empty tensors (or infinities) is an
///   error of `calculateQParams`, never scale 1.
#ifndef PT2E_NUMERICS_OBSERVER_H
#define PT2E_NUMERICS_OBSERVER_H

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "absl/types/span.h"
#include "pt2e/Numerics/QParams.h"

namespace pt2e {

/// Arguments of an observer; each uses those that concern it.
struct ObserverOptions {
  QParamsSpec spec;
  /// Per-channel observers: the axis of the channels; negative counts from the
  /// end.
  int64_t channelAxis = 0;
  /// Added observers: there are parameters for each index of `channelAxis`. The
  /// others have that in their names.
  bool isPerChannel = false;
  /// Moving averages: `m += c * (current - m)`.
  float averagingConstant = 0.01f;
  /// Block observers: size of a block on each axis; -1 is the whole axis.
  std::vector<int64_t> blockSize;
  /// The fixed observer's parameters.
  std::optional<QParams> fixed;
};

/// All that an observer remembers, as plain data. Equal states are equal
/// statistics. Kept in the IR, written to files, merged between runs.
struct ObserverState {
  /// Name of the observer that it belongs to, as `makeObserver` takes it.
  std::string observer;
  /// Smallest and largest finite value: one entry, or one per channel or block.
  /// Empty: nothing seen yet.
  std::vector<float> min, max;
  /// Number of values seen, and how many of them were NaN or infinite.
  uint64_t count = 0, nans = 0, infinities = 0;
  /// PyTorch's histogram: bins of equal width on [min, max].
  std::vector<float> histogram;
  /// The merging histogram: its non-empty bins in ascending order, see
  /// `MergingHistogram.h`.
  std::vector<int32_t> bins;
  std::vector<uint64_t> counts;
  /// What an added observer remembers.
  std::vector<float> values;

  bool operator==(const ObserverState &o) const;
};

/// A range of real values; one entry for the tensor, or per channel or block.
struct ObservedRange {
  std::vector<float> low, high;
};

/// Not safe for use by several threads at once; one observer per thread, then
/// `merge`, is.
class Observer {
public:
  virtual ~Observer() = default;

  const ObserverOptions &options() const { return opts; }

  /// Name in the factory, e.g. "min_max".
  std::string_view name() const { return stats.observer; }

  /// Sees a tensor.
  ///
  /// \param values  row-major and dense, as many as `shape` says.
  /// \returns InvalidArgument if the shape does not fit the values, the axis,
  ///          the blocks, or the tensors seen before; then nothing changes.
  absl::Status observe(absl::Span<const float> values,
                       absl::Span<const int64_t> shape);

  /// Becomes what it would be had it also seen everything that `other` saw:
  /// exact, associative and commutative.
  ///
  /// \returns FailedPrecondition for observers whose result depends on the
  ///          order of the calls (moving averages, PyTorch's histogram).
  absl::Status merge(const Observer &other);

  /// The parameters that `options().spec` asks for.
  ///
  /// \returns FailedPrecondition without statistics or after a NaN, and for
  ///          placeholders.
  absl::StatusOr<QParamsList> calculateQParams() const;

  /// The range the parameters are made from: min and max, or what a search in
  /// the histogram chose. Errors as for `calculateQParams`.
  absl::StatusOr<ObservedRange> range() const;

  /// Share of the observed finite values that `params` clip by more than half a
  /// step, from 0 to 1; absent where the statistics cannot tell.
  virtual std::optional<double> clippedShare(const QParams &params) const {
    return std::nullopt;
  }

  /// The smallest and largest finite value so far, NaNs and infinities; without
  /// histogram.
  const ObserverState &statistics() const { return stats; }

  /// Everything remembered.
  virtual ObserverState state() const { return stats; }

  /// Replaces what is remembered.
  ///
  /// \returns InvalidArgument if `state` is not one of this kind of observer
  ///          (wrong name, reversed or non-finite ranges, bins out of order).
  absl::Status restore(const ObserverState &state);

protected:
  Observer(std::string_view name, ObserverOptions options);

  /// `observe` after the checks that all observers share; counts `values`.
  virtual absl::Status update(absl::Span<const float> values,
                              absl::Span<const int64_t> shape) = 0;
  virtual absl::Status mergeFrom(const Observer &other);
  virtual absl::StatusOr<ObservedRange> chooseRange() const;
  virtual absl::StatusOr<QParamsList> chooseParams() const;
  virtual absl::Status restoreFrom(const ObserverState &state);

  ObserverOptions opts;
  ObserverState stats;

private:
  /// FailedPrecondition after a NaN.
  absl::Status verifyNumbers() const;
};

/// Makes an observer by name:
///
/// | name | remembers |
/// |---|---|
/// | min_max | running min and max |
/// | moving_average_min_max | moving average of the min and max of each call |
/// | per_channel_min_max | min and max per index of `channelAxis` |
/// | moving_average_per_channel_min_max | the same, moving average |
/// | block_min_max | min and max per block of `blockSize` |
/// | moving_average_block_min_max | the same, moving average |
/// | histogram | PyTorch's HistogramObserver, bit for bit |
/// | merging_histogram | ours: exact to merge, the default |
/// | fixed | nothing: `fixed` |
/// | placeholder | nothing; parameters are computed at run time |
///
/// and those that were added.
///
/// \returns InvalidArgument for another name or options that do not fit it.
absl::StatusOr<std::unique_ptr<Observer>>
makeObserver(std::string_view name, const ObserverOptions &options);

/// The names above, and those that were added; they live as long as the
/// process.
std::vector<std::string_view> observerNames();

/// Makes an added observer; its name is `name`.
using ObserverMaker = std::function<absl::StatusOr<std::unique_ptr<Observer>>(
    std::string_view name, const ObserverOptions &options)>;

/// Adds an observer to this process, before any is made.
///
/// \returns false if `name` is taken.
bool addObserver(std::string name, ObserverMaker maker);

/// True if `makeObserver` knows `name`.
bool isObserver(std::string_view name);

/// True if `name` was added.
bool isAddedObserver(std::string_view name);

} // namespace pt2e

#endif // PT2E_NUMERICS_OBSERVER_H
