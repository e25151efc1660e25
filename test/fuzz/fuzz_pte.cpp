// Any bytes as a .pte file: read or refused.

#include "pt2e/Emit/PteFile.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char *>(data), size);
  (void)pt2e::readPte(bytes);
  // The graph also where the program around it is damaged.
  (void)pt2e::readXnnGraph(bytes, size);
  return 0;
}
