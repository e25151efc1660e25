// Any bytes as a file of inputs or labels: idx, gzip, .npy, by what it says it
// is; all calls are read.

#include "pt2e/Runtime/Data.h"

#include <cstdint>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

using namespace pt2e::runtime;

namespace {

/// A file that exists in memory only.
class MemoryFile {
public:
  MemoryFile(const uint8_t *data, size_t size)
      : descriptor_(::memfd_create("fuzz", 0)) {
    if (::write(descriptor_, data, size) < 0)
      ::_exit(1);
  }
  ~MemoryFile() { ::close(descriptor_); }
  std::string path() const {
    return "/proc/self/fd/" + std::to_string(descriptor_);
  }

private:
  int descriptor_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const MemoryFile file(data, size);
  (void)readLabels(file.path());
  const ValueInfo inputs[] = {{DType::F32, {4, 1, 4, 4}, true, false},
                              {DType::F32, {2, 4, 4, 3}, false, false},
                              {DType::U8, {2, 3, 4, 4}, true, false},
                              {DType::F32, {2, 3}, true, false}};
  DataOptions options;
  options.samples = 64;
  options.resize = 4;
  options.crop = 4;
  for (const ValueInfo &input : inputs)
    for (bool isImage : {true, false}) {
      if (!isImage)
        options.resize = options.crop = {};
      auto source = openInputs({file.path()}, {input}, options);
      if (!source.ok())
        continue;
      for (;;) {
        auto call = (*source)->next();
        if (!call.ok() || !*call)
          break;
      }
    }
  return 0;
}
