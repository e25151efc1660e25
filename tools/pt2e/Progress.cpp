#include "Progress.h"

#include <unistd.h>

#include "fmt/format.h"

namespace pt2e::tool {

Progress::Progress(std::string what)
    : what_(std::move(what)), isTerminal_(::isatty(STDERR_FILENO)) {}

Progress::~Progress() {
  if (isShown_)
    fmt::print(stderr, "\r\x1b[K");
}

void Progress::update(int64_t done, int64_t all) {
  const auto now = std::chrono::steady_clock::now();
  if (!isTerminal_ ||
      (isShown_ && now - last_ < std::chrono::milliseconds(100)))
    return;
  // Some work cannot be counted.
  fmt::print(stderr, "\r\x1b[K{}", what_);
  if (all > 0)
    fmt::print(stderr, "  {}/{}", done, all);
  std::fflush(stderr);
  last_ = now;
  isShown_ = true;
}

} // namespace pt2e::tool
