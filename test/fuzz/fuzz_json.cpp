// Any text as the JSON of a program: read or refused, and what is read can be
// evaluated.

#include "pt2e/Import/ExportedProgram.h"

#include <cstddef>
#include <cstdint>

using namespace pt2e;

static void use(const SymbolicExpr &expr, const ExportedProgram &program) {
  if (!expr)
    return;
  (void)expr.str();
  (void)expr.bounds(
      [&](llvm::StringRef name) { return program.rangeOf(name); });
  llvm::consumeError(
      expr.evaluate([&](llvm::StringRef name) -> std::optional<int64_t> {
            return program.rangeOf(name).lo;
          })
          .takeError());
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  auto program = parseExportedProgramJson(text, "fuzz");
  if (!program) {
    llvm::consumeError(program.takeError());
    return 0;
  }
  for (const auto &[expr, range] : program->expressionRanges)
    use(expr, *program);
  for (const auto &entry : program->graph.tensorValues) {
    for (const SymInt &size : entry.second.sizes)
      use(size.expr, *program);
    for (const SymInt &stride : entry.second.strides)
      use(stride.expr, *program);
  }
  for (const auto &entry : program->graph.symIntValues)
    use(entry.second.expr, *program);
  for (const auto &entry : program->graph.symBoolValues)
    use(entry.second, *program);
  return 0;
}
