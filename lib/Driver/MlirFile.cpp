#include "MlirFile.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "pt2e/Import/ArchiveWeights.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace pt2e {

bool isMlirName(StringRef fileName) {
  return fileName.ends_with(".mlir") || fileName.ends_with(".mlirbc");
}

/// Weights up to this many bytes are in the text.
static constexpr size_t kWholeBytes = 4096;
/// A string of that many bytes in hexadecimal, with its alignment and quotes.
static constexpr size_t kWholeCharacters = 2 * kWholeBytes + 12;

/// The large weights that no archive has, as a sentence.
static std::string leftOutOf(ModuleOp module) {
  llvm::MapVector<StringRef, size_t> large;
  module.walk([&](Operation *op) {
    op->getAttrDictionary().walk([&](DenseResourceElementsAttr resource) {
      const AsmResourceBlob *blob = resource.getRawHandle().getBlob();
      if (blob && blob->getData().size() > kWholeBytes)
        large[resource.getRawHandle().getKey()] = blob->getData().size();
    });
  });
  module.walk([&](Operation *op) {
    if (DenseResourceElementsAttr resource = archivedResource(op))
      large.erase(resource.getRawHandle().getKey());
    else
      op->removeAttr("aten.archive");
  });
  if (large.empty())
    return "";
  size_t bytes = 0;
  for (const auto &[name, size] : large)
    bytes += size;
  return llvm::formatv("{0} weights that passes made ({1} bytes; the first is "
                       "'{2}') are not in this text; bytecode holds all: give "
                       "the output a name that ends in .mlirbc",
                       large.size(), bytes, large.front().first);
}

MlirFile writeMlir(ModuleOp module, StringRef fileName) {
  MlirFile file;
  llvm::raw_string_ostream os(file.bytes);
  if (fileName.ends_with(".mlirbc")) {
    // To a string, it cannot fail.
    (void)writeBytecodeToFile(module, os);
    return file;
  }
  file.leftOut = leftOutOf(module);
  if (!file.leftOut.empty())
    os << "// " << file.leftOut << "\n";
  OpPrintingFlags flags;
  flags.elideLargeResourceString(kWholeCharacters);
  flags.enableDebugInfo().printNameLocAsPrefix();
  module.print(os, flags);
  return file;
}

} // namespace pt2e
