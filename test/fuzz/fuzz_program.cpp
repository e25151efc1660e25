// Any bytes as a .pte: the check that stands before ExecuTorch reads nothing
// outside of them.

#include "lib/Runtime/ProgramCheck.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  (void)pt2e::runtime::checkProgram(data, size);
  return 0;
}
