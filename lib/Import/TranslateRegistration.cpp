#include "dialects/Aten/Aten.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Tools/mlir-translate/Translation.h"
#include "pt2e/Import/Import.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace pt2e;

static OwningOpRef<Operation *> translate(llvm::SourceMgr &sources,
                                          MLIRContext *context,
                                          const ImportOptions &options) {
  // By name: weights stay in the file.
  const StringRef fileName =
      sources.getMemoryBuffer(sources.getMainFileID())->getBufferIdentifier();
  if (fileName == "<stdin>") {
    emitError(UnknownLoc::get(context))
        << "expected the name of a .pt2 file, but got the standard input";
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
      [](llvm::SourceMgr &sources,
         MLIRContext *context) -> OwningOpRef<Operation *> {
        ImportOptions options;
        options.model = model;
        for (const std::string &text : maxDims)
          if (failed(parseMaxDim(text, options))) {
            emitError(UnknownLoc::get(context))
                << "expected --max-dim NAME=SIZE, but got '" << text << "'";
            return {};
          }
        return translate(sources, context, options);
      },
      [](DialectRegistry &registry) {
        registry.insert<aten::AtenDialect, arith::ArithDialect,
                        func::FuncDialect>();
      });
}
