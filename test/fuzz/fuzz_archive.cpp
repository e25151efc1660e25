// Any bytes as a .pt2 file: read or refused, and every tensor that is read has
// its bytes.

#include "pt2e/Import/Archive.h"
#include "pt2e/Import/ExportedProgram.h"

#include <cstddef>
#include <cstdint>

using namespace pt2e;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto archive = Archive::fromMemory("fuzz", {data, data + size});
  if (!archive) {
    llvm::consumeError(archive.takeError());
    return 0;
  }
  llvm::consumeError(readExportedProgram(*archive).takeError());

  // The payloads also where the JSON is damaged.
  auto model = (*archive)->selectModel("");
  if (!model) {
    llvm::consumeError(model.takeError());
    return 0;
  }
  auto payloads = (*archive)->readPayloads(*model);
  if (!payloads) {
    llvm::consumeError(payloads.takeError());
    return 0;
  }
  uint8_t sum = 0;
  for (const auto &entry : *payloads) {
    if (entry.second.numBytes() > (1 << 20))
      continue;
    auto bytes = entry.second.contiguousBytes();
    if (!bytes) {
      llvm::consumeError(bytes.takeError());
      continue;
    }
    for (uint8_t byte : bytes->bytes)
      sum ^= byte;
  }
  volatile uint8_t sink = sum;
  (void)sink;
  return 0;
}
