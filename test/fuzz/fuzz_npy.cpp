// Any bytes as a .npy file: read or refused, never with more elements than the
// file has bytes for.

#include "pt2e/Runtime/Npy.h"

#include <cstdint>
#include <cstdlib>

using namespace pt2e::runtime;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char *>(data), size);
  auto tensor = parseNpy(bytes);
  if (!tensor.ok())
    return 0;
  if (tensor->numBytes() > size)
    std::abort();
  (void)toDoubles(*tensor);
  return 0;
}
