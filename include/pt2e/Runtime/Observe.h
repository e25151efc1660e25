/// \file
/// Watching values inside a running program, through the in-process kernel
///
///     pt2e::observe.out(Tensor x, int site, *, Tensor(a!) out) -> Tensor(a!)
///
/// A program calls it with the arguments [x, site, out, out]. It gives `out`
/// the sizes and elements of `x` (nothing is copied if they share memory or if
/// `out` has no elements) and shows `x` to the innermost ObserveScope of the
/// calling thread. Without one it is the identity.
#ifndef PT2E_RUNTIME_OBSERVE_H
#define PT2E_RUNTIME_OBSERVE_H

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "pt2e/Runtime/Tensor.h"

namespace pt2e::runtime {

/// Called with each observed value, while it is hot in the caches. The view is
/// valid during the call only; its elements may lie in another order than
/// row-major (TensorView::dimOrder). An error ends the run with that error.
using ObserveSink =
    std::function<absl::Status(int64_t site, const TensorView &value)>;

/// While it lives, programs run by this thread show their observed values to
/// `sink`. Scopes nest; the innermost sees everything alone.
class ObserveScope {
public:
  explicit ObserveScope(ObserveSink sink);
  ~ObserveScope();
  ObserveScope(const ObserveScope &) = delete;
  ObserveScope &operator=(const ObserveScope &) = delete;

private:
  ObserveSink sink_;
  const ObserveSink *outer_;
};

} // namespace pt2e::runtime

#endif // PT2E_RUNTIME_OBSERVE_H
