/// \file
/// The range whose grid loses least of what a histogram holds.
#ifndef PT2E_LIB_NUMERICS_RANGESEARCH_H
#define PT2E_LIB_NUMERICS_RANGESEARCH_H

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "pt2e/Numerics/QParams.h"

namespace pt2e {

/// Values spread evenly over [low, high]; low == high is a single point.
struct Bar {
  double low, high;
  double count;
};

/// A density made of bars in ascending order that do not overlap, with its
/// moments at hand.
class Density {
public:
  explicit Density(std::vector<Bar> bars);

  /// Sum of (x - origin)^2 over the values in [low, high].
  double secondMoment(double low, double high, double origin) const;
  /// Number of values in [low, high].
  double mass(double low, double high) const;

  const std::vector<Bar> &bars() const { return data; }
  double min() const { return data.front().low; }
  double max() const { return data.back().high; }

private:
  struct Moments {
    double zeroth = 0, first = 0, second = 0;
  };
  /// Of the values below `x`.
  Moments below(double x) const;

  std::vector<Bar> data;
  std::vector<Moments> prefix;
};

/// The range [low, high] within that of `density` for which the grid that
/// `spec` makes of it has the least expected squared error. What counts is the
/// real grid: zero is on it, a symmetric scheme covers both sides, the codes
/// are those of `spec`, eps is the smallest scale.
///
/// \param density  at least one bar.
std::pair<float, float> searchRange(const Density &density,
                                    const QParamsSpec &spec);

/// Sum over `density` of the expected squared error of quantizing with
/// `params`.
double quantizationError(const Density &density, const QParams &params,
                         CodeRange codes);

} // namespace pt2e

#endif // PT2E_LIB_NUMERICS_RANGESEARCH_H
