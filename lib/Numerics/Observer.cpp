#include "pt2e/Numerics/Observer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "Observers.h"
#include "RangeScan.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

#include "pt2e/Numerics/Blocks.h"

namespace pt2e {

bool ObserverState::operator==(const ObserverState &o) const {
  return observer == o.observer && min == o.min && max == o.max &&
         count == o.count && nans == o.nans && infinities == o.infinities &&
         histogram == o.histogram && bins == o.bins && counts == o.counts &&
         values == o.values;
}

//===----------------------------------------------------------------------===//
// What all observers share
//===----------------------------------------------------------------------===//

Observer::Observer(std::string_view name, ObserverOptions options)
    : opts(std::move(options)) {
  stats.observer = std::string(name);
}

absl::Status Observer::observe(absl::Span<const float> values,
                               absl::Span<const int64_t> shape) {
  absl::StatusOr<int64_t> elements = numElements(shape);
  if (!elements.ok())
    return elements.status();
  if (*elements != static_cast<int64_t>(values.size()))
    return absl::InvalidArgumentError(
        absl::StrFormat("expected %d values for the shape [%s], but got %d",
                        *elements, absl::StrJoin(shape, ", "), values.size()));
  if (values.empty())
    return absl::OkStatus();
  if (absl::Status status = update(values, shape); !status.ok())
    return status;
  stats.count += values.size();
  return absl::OkStatus();
}

absl::Status Observer::merge(const Observer &other) {
  if (name() != other.name())
    return absl::InvalidArgumentError(
        absl::StrFormat("expected an observer `%s` to merge, but got `%s`",
                        name(), other.name()));
  if (absl::Status status = mergeFrom(other); !status.ok())
    return status;
  stats.count += other.stats.count;
  stats.nans += other.stats.nans;
  stats.infinities += other.stats.infinities;
  return absl::OkStatus();
}

absl::Status Observer::mergeFrom(const Observer &other) {
  return absl::FailedPreconditionError(absl::StrFormat(
      "expected an observer that can be merged, but the result of `%s` depends "
      "on the order of its calls",
      name()));
}

absl::Status Observer::verifyNumbers() const {
  if (stats.nans == 0)
    return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrFormat("expected numbers, but %d of %d observed values are NaN",
                      stats.nans, stats.count));
}

absl::StatusOr<QParamsList> Observer::calculateQParams() const {
  if (absl::Status status = verifyNumbers(); !status.ok())
    return status;
  return chooseParams();
}

absl::StatusOr<ObservedRange> Observer::range() const {
  if (absl::Status status = verifyNumbers(); !status.ok())
    return status;
  return chooseRange();
}

absl::StatusOr<ObservedRange> Observer::chooseRange() const {
  if (stats.min.empty())
    return absl::FailedPreconditionError(absl::StrFormat(
        "expected at least one finite value, but got none (%d values observed)",
        stats.count));
  return ObservedRange{stats.min, stats.max};
}

absl::StatusOr<QParamsList> Observer::chooseParams() const {
  absl::StatusOr<ObservedRange> range = chooseRange();
  if (!range.ok())
    return range.status();
  QParamsList list;
  for (size_t i = 0; i < range->low.size(); ++i) {
    if (opts.spec.scheme == Scheme::AffineFloat) {
      absl::StatusOr<FloatQParams> params =
          chooseFloatQParams(range->low[i], range->high[i], opts.spec);
      if (!params.ok())
        return params.status();
      list.scales.push_back(params->scale);
      list.floatZeroPoints.push_back(params->zeroPoint);
      continue;
    }
    absl::StatusOr<QParams> params =
        chooseQParams(range->low[i], range->high[i], opts.spec);
    if (!params.ok())
      return params.status();
    list.scales.push_back(params->scale);
    list.zeroPoints.push_back(params->zeroPoint);
  }
  return list;
}

absl::Status Observer::restore(const ObserverState &state) {
  if (state.observer != name())
    return absl::InvalidArgumentError(
        absl::StrFormat("expected the state of an observer `%s`, but got `%s`",
                        name(), state.observer));
  if (state.min.size() != state.max.size())
    return absl::InvalidArgumentError(
        absl::StrFormat("expected as many minima as maxima, but got %d and %d",
                        state.min.size(), state.max.size()));
  for (size_t i = 0; i < state.min.size(); ++i) {
    const float low = state.min[i], high = state.max[i];
    // A channel without a finite value has an empty range.
    const bool empty = std::isinf(low) && low > 0 && high == -low;
    if (!empty && !(std::isfinite(low) && std::isfinite(high) && low <= high))
      return absl::InvalidArgumentError(absl::StrFormat(
          "expected finite ranges with min <= max, but got [%g, %g]", low,
          high));
  }
  return restoreFrom(state);
}

absl::Status Observer::restoreFrom(const ObserverState &state) {
  if (!state.histogram.empty() || !state.bins.empty() ||
      !state.counts.empty() || !state.values.empty())
    return absl::InvalidArgumentError(absl::StrFormat(
        "expected no histogram and no values in the state of `%s`", name()));
  stats = state;
  return absl::OkStatus();
}

//===----------------------------------------------------------------------===//
// Minimum and maximum, running or averaged, per tensor, channel or block
//===----------------------------------------------------------------------===//

namespace {

enum class Granularity { Tensor, Channel, Block };

class MinMaxObserver : public Observer {
public:
  MinMaxObserver(std::string_view name, Granularity granularity, bool averages,
                 ObserverOptions options)
      : Observer(name, std::move(options)), granularity(granularity),
        averages(averages) {}

private:
  absl::StatusOr<Blocks> blocksOf(absl::Span<const int64_t> shape) const {
    switch (granularity) {
    case Granularity::Channel:
      return Blocks::perChannel(shape, opts.channelAxis);
    case Granularity::Block:
      return Blocks::get(shape, opts.blockSize);
    case Granularity::Tensor:
      break;
    }
    return Blocks::perTensor(shape);
  }

  absl::Status update(absl::Span<const float> values,
                      absl::Span<const int64_t> shape) override {
    absl::StatusOr<Blocks> blocks = blocksOf(shape);
    if (!blocks.ok())
      return blocks.status();
    const size_t size = static_cast<size_t>(blocks->size());
    if (!stats.min.empty() && stats.min.size() != size)
      return absl::InvalidArgumentError(absl::StrFormat(
          "expected %d channels or blocks as before, but got %d",
          stats.min.size(), size));
    std::vector<RangeScan> scans(size);
    blocks->forEachRun([&](int64_t begin, int64_t length, int64_t block) {
      scanRange(values.data() + begin, length, scans[block]);
    });
    bool anyFinite = false;
    for (const RangeScan &scan : scans) {
      stats.nans += scan.nans;
      stats.infinities += scan.infinities;
      anyFinite |= !scan.empty();
    }
    if (!anyFinite)
      return absl::OkStatus();
    if (stats.min.empty()) {
      stats.min.assign(size, RangeScan().min);
      stats.max.assign(size, RangeScan().max);
    }
    for (size_t i = 0; i < size; ++i)
      if (!scans[i].empty())
        include(i, scans[i].min, scans[i].max);
    return absl::OkStatus();
  }

  void include(size_t i, float low, float high) {
    float &min = stats.min[i], &max = stats.max[i];
    if (averages && min <= max) {
      min = min + opts.averagingConstant * (low - min);
      max = max + opts.averagingConstant * (high - max);
    } else {
      min = std::min(min, low);
      max = std::max(max, high);
    }
  }

  absl::Status mergeFrom(const Observer &other) override {
    if (averages)
      return Observer::mergeFrom(other);
    const ObserverState &theirs = other.statistics();
    if (theirs.min.empty())
      return absl::OkStatus();
    if (stats.min.empty()) {
      stats.min = theirs.min;
      stats.max = theirs.max;
      return absl::OkStatus();
    }
    if (stats.min.size() != theirs.min.size())
      return absl::InvalidArgumentError(
          absl::StrFormat("expected %d channels or blocks to merge, but got %d",
                          stats.min.size(), theirs.min.size()));
    for (size_t i = 0; i < theirs.min.size(); ++i)
      if (theirs.min[i] <= theirs.max[i])
        include(i, theirs.min[i], theirs.max[i]);
    return absl::OkStatus();
  }

  absl::StatusOr<QParamsList> chooseParams() const override {
    absl::StatusOr<QParamsList> list = Observer::chooseParams();
    // torchao's block family rounds the middle of unsigned codes up.
    if (list.ok() && granularity == Granularity::Block &&
        opts.spec.scheme == Scheme::Symmetric && !isSigned(opts.spec.storage))
      for (int32_t &zeroPoint : list->zeroPoints)
        zeroPoint = (opts.spec.range().min + opts.spec.range().max + 1) / 2;
    return list;
  }

  Granularity granularity;
  bool averages;
};

//===----------------------------------------------------------------------===//
// Without statistics
//===----------------------------------------------------------------------===//

/// Counts what it sees and answers with constants, or not at all.
class FixedObserver : public Observer {
public:
  FixedObserver(std::string_view name, ObserverOptions options)
      : Observer(name, std::move(options)) {}

private:
  absl::Status update(absl::Span<const float>,
                      absl::Span<const int64_t>) override {
    return absl::OkStatus();
  }

  absl::Status mergeFrom(const Observer &) override { return absl::OkStatus(); }

  absl::StatusOr<ObservedRange> chooseRange() const override {
    if (!opts.fixed)
      return absl::FailedPreconditionError(
          "expected an observer with static parameters, but a placeholder's "
          "are computed at run time");
    const CodeRange codes = opts.spec.range();
    auto real = [&](int32_t code) {
      return static_cast<float>(int64_t{code} - opts.fixed->zeroPoint) *
             opts.fixed->scale;
    };
    return ObservedRange{{real(codes.min)}, {real(codes.max)}};
  }

  absl::StatusOr<QParamsList> chooseParams() const override {
    if (absl::Status status = chooseRange().status(); !status.ok())
      return status;
    return QParamsList{{opts.fixed->scale}, {opts.fixed->zeroPoint}, {}};
  }
};

constexpr std::array<std::string_view, 10> kNames = {
    "min_max",
    "moving_average_min_max",
    "per_channel_min_max",
    "moving_average_per_channel_min_max",
    "block_min_max",
    "moving_average_block_min_max",
    "histogram",
    "merging_histogram",
    "fixed",
    "placeholder"};

absl::Status verifyOptions(std::string_view name,
                           const ObserverOptions &options) {
  const QParamsSpec &spec = options.spec;
  if (absl::Status status = verifyCodeRange(spec.range(), spec.storage);
      !status.ok())
    return status;
  if (!(spec.eps > 0) || !std::isfinite(spec.eps))
    return absl::InvalidArgumentError(
        absl::StrFormat("expected a finite eps above 0, but got %g", spec.eps));
  if (!(options.averagingConstant > 0) || options.averagingConstant > 1)
    return absl::InvalidArgumentError(
        absl::StrFormat("expected an averaging constant in (0, 1], but got %g",
                        options.averagingConstant));
  if (name == "fixed") {
    if (!options.fixed || !(options.fixed->scale > 0) ||
        !std::isfinite(options.fixed->scale))
      return absl::InvalidArgumentError(
          "expected a finite scale above 0 for the observer `fixed`");
    const CodeRange codes = spec.range();
    if (options.fixed->zeroPoint < codes.min ||
        options.fixed->zeroPoint > codes.max)
      return absl::InvalidArgumentError(
          absl::StrFormat("expected a zero point in [%d, %d], but got %d",
                          codes.min, codes.max, options.fixed->zeroPoint));
  }
  return absl::OkStatus();
}

using AddedObservers = std::map<std::string, ObserverMaker, std::less<>>;

AddedObservers &addedObservers() {
  static AddedObservers added;
  return added;
}

} // namespace

std::vector<std::string_view> observerNames() {
  std::vector<std::string_view> names(kNames.begin(), kNames.end());
  for (const auto &[added, maker] : addedObservers())
    names.push_back(added);
  return names;
}

bool addObserver(std::string name, ObserverMaker maker) {
  return !isObserver(name) &&
         addedObservers().emplace(std::move(name), std::move(maker)).second;
}

bool isObserver(std::string_view name) {
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
         isAddedObserver(name);
}

bool isAddedObserver(std::string_view name) {
  return addedObservers().find(name) != addedObservers().end();
}

absl::StatusOr<std::unique_ptr<Observer>>
makeObserver(std::string_view name, const ObserverOptions &options) {
  if (!isObserver(name)) {
    std::string names;
    for (std::string_view known : observerNames())
      names += (names.empty() ? "" : ", ") + std::string(known);
    return absl::InvalidArgumentError(absl::StrFormat(
        "expected an observer (%s), but got `%s`", names, name));
  }
  if (absl::Status status = verifyOptions(name, options); !status.ok())
    return status;
  if (const auto added = addedObservers().find(name);
      added != addedObservers().end())
    return added->second(name, options);
  if (name == "histogram")
    return makeTorchHistogram(options);
  if (name == "merging_histogram")
    return makeMergingHistogram(options);
  if (name == "fixed")
    return std::make_unique<FixedObserver>(name, options);
  if (name == "placeholder") {
    ObserverOptions withoutParams = options;
    withoutParams.fixed.reset();
    return std::make_unique<FixedObserver>(name, withoutParams);
  }
  const bool averages = name.find("moving_average_") == 0;
  const Granularity granularity =
      name.find("per_channel") != name.npos ? Granularity::Channel
      : name.find("block") != name.npos     ? Granularity::Block
                                            : Granularity::Tensor;
  return std::make_unique<MinMaxObserver>(name, granularity, averages, options);
}

} // namespace pt2e
