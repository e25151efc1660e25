/// \file
/// What a plugin is: a shared library with the function `pt2eGetPluginInfo`,
/// which adds quantizers and observers. This header and Quantizer.h need the
/// C++17 library alone, and nothing of pt2e is linked; docs/quantizer-guide.md
/// shows a whole one.
///
/// What a plugin throws becomes an error of the compilation. Its functions are
/// called by one thread at a time.
#ifndef PT2E_QUANTIZERS_PLUGIN_H
#define PT2E_QUANTIZERS_PLUGIN_H

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pt2e/Quantizers/Quantizer.h"
#include "pt2e/Quantizers/QuantizerRegistry.h"

namespace pt2e::quantizer {

/// `real = (code - zeroPoint) * scale`.
struct Parameters {
  float scale;
  int32_t zeroPoint;
};

/// Real values from `low` to `high`.
struct Range {
  float low, high;
};

/// Watches a place of the program while it runs on calibration data, or looks
/// at a constant once; then says how it is quantized. Its statistics are
/// numbers, which the compiler keeps in the program between its stages.
class CustomObserver {
public:
  virtual ~CustomObserver() = default;

  /// Sees a tensor: dense, row-major, at least one element. Infinities may be
  /// among the values, and are to be left out; NaNs make the compilation fail.
  virtual void observe(Array<float> values, Array<int64_t> shape) = 0;

  /// What was seen, as numbers. Empty: nothing yet.
  virtual std::vector<float> state() const = 0;
  /// Goes on from a state. \returns false if it is none of this observer.
  virtual bool restore(Array<float> state) = 0;

  /// One range for the tensor, or one for each channel if the spec has an
  /// axis. The compiler makes scale and zero point of it, as the spec's scheme
  /// says, unless `parameters` gives some.
  virtual std::vector<Range> ranges() const = 0;
  /// Scale and zero point themselves, one or per channel: a scale is positive
  /// and normal, a zero point one of the spec's codes.
  virtual std::vector<Parameters> parameters() const { return {}; }
};

/// The smallest and largest value, of the tensor or of each channel: a base
/// for observers that only choose other parameters.
class RangeObserver : public CustomObserver {
public:
  explicit RangeObserver(const Spec &spec) : spec(spec) {}

  void observe(Array<float> values, Array<int64_t> shape) override {
    size_t channels = 1, inner = values.size();
    if (spec.axis >= 0 && static_cast<size_t>(spec.axis) < shape.size()) {
      channels = shape[spec.axis];
      inner = 1;
      for (size_t i = spec.axis + 1; i < shape.size(); ++i)
        inner *= shape[i];
    }
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    if (seen.size() != channels)
      seen.assign(channels, Range{kInfinity, -kInfinity});
    for (size_t i = 0; i < values.size(); ++i) {
      if (!std::isfinite(values[i]))
        continue;
      Range &range = seen[i / inner % channels];
      range.low = std::min(range.low, values[i]);
      range.high = std::max(range.high, values[i]);
    }
  }

  std::vector<float> state() const override {
    std::vector<float> numbers;
    for (const Range &range : seen)
      numbers.insert(numbers.end(), {range.low, range.high});
    return numbers;
  }

  bool restore(Array<float> state) override {
    seen.clear();
    for (size_t i = 0; i + 1 < state.size(); i += 2)
      seen.push_back({state[i], state[i + 1]});
    return state.size() % 2 == 0;
  }

  /// A channel that saw no number is 0.
  std::vector<Range> ranges() const override {
    std::vector<Range> result = seen;
    for (Range &range : result)
      if (range.low > range.high)
        range = {0, 0};
    return result;
  }

protected:
  const Spec spec;

private:
  std::vector<Range> seen;
};

/// Makes an observer for a place that is annotated with `spec`; null, with one
/// sentence in `error`, if it cannot serve it.
using ObserverFactory = std::function<std::unique_ptr<CustomObserver>(
    const Spec &spec, std::string &error)>;

/// Takes what a plugin brings. A name is made of lower case letters, digits,
/// `_` and `-`, and nobody else's.
class Registry {
public:
  /// \param description  one line for lists of what there is.
  /// \param factory      called for each compilation: a quantizer keeps what
  ///                     belongs to one.
  virtual void addQuantizer(std::string_view name, std::string_view description,
                            QuantizerFactory factory) = 0;
  /// \param factory  called for each place that a Spec::observer of this name
  ///                 serves.
  virtual void addObserver(std::string_view name, ObserverFactory factory) = 0;

protected:
  ~Registry() = default;
};

/// What a plugin is and brings. The order of the members is the same in all
/// versions.
struct PluginInfo {
  /// kApiVersion of the headers it was built with.
  uint32_t apiVersion;
  const char *name;
  const char *version;
  /// LLVM_VERSION_STRING if the library uses MLIR (passes and dialects, see
  /// docs/quantizer-guide.md); else null.
  const char *mlirVersion;
  /// Adds its quantizers and observers; null if there are none.
  void (*registerAll)(Registry &registry);
};

} // namespace pt2e::quantizer

/// The one function that the compiler looks for in a plugin.
extern "C" __attribute__((visibility("default")))
const pt2e::quantizer::PluginInfo *
pt2eGetPluginInfo();

#endif // PT2E_QUANTIZERS_PLUGIN_H
