// Any text as a config file: read or refused; what is read can be selected by.

#include "lib/Quantizers/ConfigReader.h"
#include "lib/Quantizers/ModuleRegex.h"

#include <cstddef>
#include <cstdint>

using namespace pt2e::quantizer;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  auto sections = readConfig(text, "fuzz.json");
  if (!sections) {
    if (llvm::toString(sections.takeError()).empty())
      __builtin_trap(); // refused without a reason
    return 0;
  }
  for (const QuantizerSection &section : *sections)
    for (const ConfigRule &entry : section.rules) {
      const std::string &regex = entry.rule.selector.moduleRegex;
      if (regex.empty())
        continue;
      auto compiled = compileModuleRegex(regex);
      if (!compiled)
        __builtin_trap(); // the reader has tried it
      compiled->match("blocks.12.conv_1");
    }
  return 0;
}
