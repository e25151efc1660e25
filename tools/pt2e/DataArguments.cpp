#include "DataArguments.h"

#include <algorithm>

#include "pt2e/Runtime/Threads.h"

namespace pt2e::tool {

void addDataOptions(Options &options, runtime::DataOptions &data) {
  options.option("batch", "N", data.batch,
                 "samples per call, if the program takes any (default 32)");
  options.atLeast(1);
  options.option("samples", "N", data.samples, "use the first N samples only");
  options.atLeast(1);
  options.option("mean", "M[,M,M]", data.mean,
                 "images become (pixel / 255 - mean) / std in f32:\n"
                 "one value, or one per channel (default 0)");
  options.option("std", "S[,S,S]", data.std, "(default 1)");
  options.option("resize", "N", data.resize,
                 "short side of images in pixels, antialiased bicubic");
  options.atLeast(1);
  options.option("crop", "N", data.crop, "then the N x N pixels in the middle");
  options.atLeast(1);
}

void addThreadsOption(Options &options, std::optional<int64_t> &threads) {
  options.option("threads", "N", threads,
                 "threads of the kernels (default: one per CPU available)");
  options.atLeast(1);
}

absl::Status applyThreads(const std::optional<int64_t> &threads) {
  if (!threads)
    return absl::OkStatus();
  return runtime::setThreads(
      static_cast<int>(std::clamp<int64_t>(*threads, -1, 1 << 20)));
}

} // namespace pt2e::tool
