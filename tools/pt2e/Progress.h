/// \file
/// One line on the terminal that says how far long work is.
#ifndef PT2E_TOOLS_PT2E_PROGRESS_H
#define PT2E_TOOLS_PT2E_PROGRESS_H

#include <chrono>
#include <cstdint>
#include <string>

namespace pt2e::tool {

/// Writes `what  done/all`, or `what` alone if `all` is 0, to stderr, at most
/// ten times a second, and wipes it at the end. Silent unless stderr is a
/// terminal.
class Progress {
public:
  explicit Progress(std::string what);
  ~Progress();
  void update(int64_t done, int64_t all);

private:
  std::string what_;
  bool isTerminal_;
  bool isShown_ = false;
  std::chrono::steady_clock::time_point last_;
};

} // namespace pt2e::tool

#endif // PT2E_TOOLS_PT2E_PROGRESS_H
