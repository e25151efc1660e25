#include "PluginObserver.h"

#include <cmath>

#include "Guard.h"
#include "pt2e/Runtime/Status.h"

namespace pt2e::quantizer {
namespace {

using runtime::invalid;

/// Numbers that one observer may remember: its site is text.
constexpr size_t kMaxState = 1 << 20;

class PluginObserver final : public pt2e::Observer {
public:
  PluginObserver(std::string_view name, ObserverOptions options,
                 std::string who, std::unique_ptr<CustomObserver> observer)
      : Observer(name, std::move(options)), who(std::move(who)),
        observer(std::move(observer)) {}

  ObserverState state() const override {
    ObserverState all = stats;
    // A failure leaves no values, which `restore` then misses.
    if (!guard(who, [&] { all.values = observer->state(); }).ok() ||
        all.values.size() > kMaxState)
      all.values.clear();
    return all;
  }

private:
  absl::Status update(absl::Span<const float> values,
                      absl::Span<const int64_t> shape) override {
    if (opts.isPerChannel) {
      if (opts.channelAxis >= static_cast<int64_t>(shape.size()))
        return invalid("expected a tensor with the axis {}, but got {} axes",
                       opts.channelAxis, shape.size());
      channels = shape[opts.channelAxis];
    }
    PT2E_RETURN_IF_ERROR(guard(who, [&] {
      observer->observe({values.data(), values.size()},
                        {shape.data(), shape.size()});
    }));
    for (float value : values) {
      if (std::isnan(value)) {
        ++stats.nans;
      } else if (std::isinf(value)) {
        ++stats.infinities;
      } else if (stats.min.empty()) {
        stats.min = stats.max = {value};
      } else {
        stats.min[0] = std::min(stats.min[0], value);
        stats.max[0] = std::max(stats.max[0], value);
      }
    }
    return absl::OkStatus();
  }

  absl::Status restoreFrom(const ObserverState &state) override {
    if (!state.histogram.empty() || !state.bins.empty() ||
        !state.counts.empty())
      return invalid("expected no histogram in the state of `{}`", name());
    if (state.values.empty() && state.count > 0)
      return invalid("expected what {} remembers of {} values, but it "
                     "remembers nothing, or more than {} numbers",
                     who, state.count, kMaxState);
    bool isTaken = false;
    PT2E_RETURN_IF_ERROR(guard(who, [&] {
      isTaken = observer->restore({state.values.data(), state.values.size()});
    }));
    if (!isTaken)
      return invalid("expected statistics that {} takes, but it refuses {} "
                     "numbers",
                     who, state.values.size());
    stats = state;
    stats.values.clear();
    return absl::OkStatus();
  }

  /// One for the tensor, or one for each channel.
  absl::Status verifyCount(size_t count, std::string_view what) const {
    const size_t expected = opts.isPerChannel ? channels : 1;
    if (expected == 0 ? count > 0 : count == expected)
      return absl::OkStatus();
    return invalid("expected {} {} of {}, but got {}", expected, what, who,
                   count);
  }

  absl::StatusOr<ObservedRange> chooseRange() const override {
    PT2E_RETURN_IF_ERROR(Observer::chooseRange().status());
    std::vector<Range> ranges;
    PT2E_RETURN_IF_ERROR(guard(who, [&] { ranges = observer->ranges(); }));
    PT2E_RETURN_IF_ERROR(verifyCount(ranges.size(), "ranges"));
    ObservedRange result;
    for (const Range &range : ranges) {
      if (!std::isfinite(range.low) || !std::isfinite(range.high) ||
          range.low > range.high)
        return invalid("expected finite ranges of {} with low <= high, but "
                       "got [{}, {}]",
                       who, range.low, range.high);
      result.low.push_back(range.low);
      result.high.push_back(range.high);
    }
    return result;
  }

  absl::StatusOr<QParamsList> chooseParams() const override {
    PT2E_RETURN_IF_ERROR(Observer::chooseRange().status());
    std::vector<Parameters> given;
    PT2E_RETURN_IF_ERROR(guard(who, [&] { given = observer->parameters(); }));
    if (given.empty())
      return Observer::chooseParams();
    PT2E_RETURN_IF_ERROR(verifyCount(given.size(), "scales"));
    const CodeRange codes = opts.spec.range();
    QParamsList list;
    for (const Parameters &parameters : given) {
      if (!std::isnormal(parameters.scale) || parameters.scale < 0)
        return invalid("expected a normal, positive scale of {}, but got {}",
                       who, parameters.scale);
      if (parameters.zeroPoint < codes.min || parameters.zeroPoint > codes.max)
        return invalid("expected a zero point of {} in [{}, {}], but got {}",
                       who, codes.min, codes.max, parameters.zeroPoint);
      list.scales.push_back(parameters.scale);
      list.zeroPoints.push_back(parameters.zeroPoint);
    }
    return list;
  }

  const std::string who;
  const std::unique_ptr<CustomObserver> observer;
  /// Of the last tensor; 0 if none was seen since the state was restored.
  size_t channels = 0;
};

/// Plugins have no observers of other schemes.
absl::StatusOr<Scheme> schemeOf(pt2e::Scheme scheme, std::string_view who) {
  if (scheme == pt2e::Scheme::Symmetric)
    return Scheme::Symmetric;
  if (scheme == pt2e::Scheme::Affine)
    return Scheme::Affine;
  return invalid("expected a symmetric or affine spec for {}", who);
}

} // namespace

ObserverMaker makePluginObserver(std::string plugin, ObserverFactory factory) {
  return [plugin = std::move(plugin), factory = std::move(factory)](
             std::string_view name, const ObserverOptions &options)
             -> absl::StatusOr<std::unique_ptr<pt2e::Observer>> {
    const std::string who =
        fmt::format("the observer {} of the plugin {}", name, plugin);
    Spec spec;
    PT2E_ASSIGN_OR_RETURN(spec.scheme, schemeOf(options.spec.scheme, who));
    spec.kind = Spec::Kind::Static;
    spec.bits = static_cast<uint8_t>(storageBits(options.spec.storage));
    spec.isSigned = isSigned(options.spec.storage);
    spec.quantMin = options.spec.range().min;
    spec.quantMax = options.spec.range().max;
    spec.axis = options.isPerChannel ? options.channelAxis : -1;
    spec.observer = name;
    spec.eps = options.spec.eps;
    std::unique_ptr<CustomObserver> made;
    std::string error;
    PT2E_RETURN_IF_ERROR(guard(who, [&] { made = factory(spec, error); }));
    if (!made)
      return invalid("{} cannot be made: {}", who,
                     error.empty() ? "it gives no reason" : error);
    return std::make_unique<PluginObserver>(name, options, who,
                                            std::move(made));
  };
}

} // namespace pt2e::quantizer
