/// \file
/// Two programs run in turns, the values inside them compared while hot.
#ifndef PT2E_RUNTIME_PAIREDRUN_H
#define PT2E_RUNTIME_PAIREDRUN_H

#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "pt2e/Runtime/Executor.h"

namespace pt2e::runtime {

/// Called with a value that both programs observe under one number, row-major;
/// an error ends both runs with that error.
using PairSink = std::function<absl::Status(
    int64_t number, const Tensor &reference, const Tensor &other)>;

/// What the two programs returned.
struct PairedOutputs {
  std::vector<Tensor> reference, other;
};

/// Calls both programs once on the same inputs. `other` leads: at each value
/// that it observes (pt2e/Runtime/Observe.h) it waits until `reference`, in a
/// thread of its own, has come to the value of that number; only one of the two
/// computes at a time. Where both observe in the same order one value is held;
/// else those of `reference` that `other` has still to reach.
///
/// \returns the error of a program or of `sink`; NotFound if `reference` ends
///          without a value that `other` observes.
absl::StatusOr<PairedOutputs> runPaired(Program &reference, Program &other,
                                        absl::Span<const Tensor> inputs,
                                        const PairSink &sink);

} // namespace pt2e::runtime

#endif // PT2E_RUNTIME_PAIREDRUN_H
