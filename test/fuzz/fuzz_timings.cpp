// Any text as a file of times: read or refused; what is read reads back the
// same.

#include "pt2e/Xnnpack/FormTimings.h"

#include <cstddef>
#include <cstdint>

using pt2e::xnn::FormTimings;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  llvm::Expected<FormTimings> timings = FormTimings::parse(text, "fuzz.json");
  if (!timings) {
    if (llvm::toString(timings.takeError()).empty())
      __builtin_trap(); // refused without a reason
    return 0;
  }
  for (auto &[op, timing] : timings->ops)
    timing = {1, 2}; // as written, two digits may be too few
  llvm::Expected<FormTimings> again =
      FormTimings::parse(timings->json(), "written.json");
  if (!again || again->ops.size() != timings->ops.size() ||
      again->cpu != timings->cpu || again->threads != timings->threads)
    __builtin_trap();
  return 0;
}
