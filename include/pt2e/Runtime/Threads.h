/// \file
/// How many threads the kernels use.
#ifndef PT2E_RUNTIME_THREADS_H
#define PT2E_RUNTIME_THREADS_H

#include "absl/status/status.h"

namespace pt2e::runtime {

/// CPUs this process may really use, at least 1: the smaller of its affinity
/// mask and its cgroup's quota (cpu.max, or cfs_quota_us of version 1) rounded
/// up.
int availableCpus();

/// Sets the size of ExecuTorch's one thread pool. Until it is called, that is
/// availableCpus().
/// \returns InvalidArgument unless 1 <= threads <= 1024; FailedPrecondition if
///          the size changes while a Program lives: XNNPACK keeps a pointer to
///          the pool, which is made anew.
absl::Status setThreads(int threads);

/// Threads in the pool.
int threads();

} // namespace pt2e::runtime

#endif // PT2E_RUNTIME_THREADS_H
