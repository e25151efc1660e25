#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Provenance.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Tools/mlir-translate/Translation.h"
#include "pt2e/Import/Import.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace pt2e;

/// `FILE: error: conv2d in features.0 (Conv2d), model.py:12: ...`: an exported
/// program has no lines of its own to point at.
static LogicalResult print(StringRef fileName, Diagnostic &diagnostic) {
  const bool isError = diagnostic.getSeverity() == DiagnosticSeverity::Error;
  if (!isError && diagnostic.getSeverity() != DiagnosticSeverity::Warning)
    return failure();
  std::string line = aten::toLine(diagnostic);
  StringRef text = line;
  if (text.consume_front(fileName))
    text.consume_front(": ");
  llvm::errs() << fileName << (isError ? ": error: " : ": warning: ") << text
               << "\n";
  return success();
}

static OwningOpRef<Operation *>
translate(llvm::SourceMgr &sources, MLIRContext *context,
          const std::vector<std::string> &maxDims, StringRef model) {
  // By name: weights stay in the file.
  const StringRef fileName =
      sources.getMemoryBuffer(sources.getMainFileID())->getBufferIdentifier();
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    return print(fileName, diagnostic);
  });
  if (fileName == "<stdin>") {
    emitError(UnknownLoc::get(context))
        << "expected the name of a .pt2 file, but got the standard input";
    return {};
  }
  ImportOptions options;
  options.model = model.str();
  for (const std::string &text : maxDims)
    if (failed(parseMaxDim(text, options))) {
      emitError(UnknownLoc::get(context))
          << "expected --max-dim NAME=SIZE, but got '" << text << "'";
      return {};
    }
  return importPt2(fileName, context, options);
}

void pt2e::registerImportPt2() {
  static llvm::cl::list<std::string> maxDims(
      "max-dim",
      llvm::cl::desc("Largest size of a dynamic dimension, by symbol (s77=64) "
                     "or by input and dimension (x[0]=64)"),
      llvm::cl::value_desc("NAME=SIZE"));
  static llvm::cl::opt<std::string> model(
      "model", llvm::cl::desc("Which program of an archive with several"));
  static TranslateToMLIRRegistration registration(
      "import-pt2", "exported PyTorch program (.pt2) to the aten dialect",
      [](llvm::SourceMgr &sources, MLIRContext *context) {
        return translate(sources, context, maxDims, model);
      },
      [](DialectRegistry &registry) {
        registry.insert<aten::AtenDialect, arith::ArithDialect,
                        func::FuncDialect>();
      });
}
