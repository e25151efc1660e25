/// \file
/// Between the executor and the thread pool: loaded methods hold a pointer to
/// it.
#ifndef PT2E_LIB_RUNTIME_LIVEPROGRAMS_H
#define PT2E_LIB_RUNTIME_LIVEPROGRAMS_H

#include <atomic>

namespace pt2e::runtime {

/// Counted while it lives.
class LiveProgram {
public:
  LiveProgram() { ++count; }
  ~LiveProgram() { --count; }
  LiveProgram(const LiveProgram &) = delete;
  LiveProgram &operator=(const LiveProgram &) = delete;

  static inline std::atomic<int> count{0};
};

/// Takes over ExecuTorch's log and aborts. Before anything else of it is used.
void registerPlatform();

/// Sets availableCpus() threads unless setThreads() was called before.
void setDefaultThreads();

} // namespace pt2e::runtime

#endif // PT2E_LIB_RUNTIME_LIVEPROGRAMS_H
