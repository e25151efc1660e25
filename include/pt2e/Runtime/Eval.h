/// \file
/// How often a classifier is right.
#ifndef PT2E_RUNTIME_EVAL_H
#define PT2E_RUNTIME_EVAL_H

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "pt2e/Runtime/Data.h"
#include "pt2e/Runtime/Executor.h"

namespace pt2e::runtime {

/// Called after each call of a program with the samples done so far and all.
using ProgressFunction = std::function<void(int64_t done, int64_t all)>;

/// A share of a number of samples.
struct Share {
  int64_t hits = 0;
  int64_t samples = 0;

  double value() const { return static_cast<double>(hits) / samples; }
};

struct Interval {
  double low;
  double high;
};

/// The 95 % Wilson score interval of a share: with z = 1.959964 and p = hits/n,
/// (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n).
/// E. B. Wilson, J. Am. Stat. Assoc. 22 (1927).
Interval wilsonInterval(const Share &share);

/// What a program answered to one sample.
struct Answer {
  int32_t best; ///< class of the largest logit, the first of equals
  int32_t rank; ///< classes placed before the label: 0 is right
};

struct Answers {
  std::vector<Answer> answers;
  int64_t classes = 0;
  /// Samples with a logit that is NaN: they count as wrong.
  int64_t notNumbers = 0;

  Share top(int k) const;
};

/// Runs all of `images` through the program, whose first output is one row of
/// logits per sample, and ranks the labels.
/// \returns InvalidArgument if samples and labels differ in number, a label is
///          no class, or the output is no batch of logits.
absl::StatusOr<Answers> classify(Program &program, InputSource &images,
                                 absl::Span<const int64_t> labels,
                                 const ProgressFunction &progress = {});

/// Two programs on the same samples.
struct Pairing {
  int64_t disagreements = 0; ///< they name different classes
  int64_t onlyFirst = 0;     ///< only the first is right
  int64_t onlySecond = 0;    ///< only the second is right
};

Pairing pair(const Answers &first, const Answers &second);

} // namespace pt2e::runtime

#endif // PT2E_RUNTIME_EVAL_H
