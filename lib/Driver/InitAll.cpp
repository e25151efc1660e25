#include "pt2e/InitAll.h"

#include "dialects/Aten/Aten.h"
#include "dialects/Et/Et.h"
#include "dialects/Pt2e/Pt2e.h"
#include "dialects/Xnn/Xnn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Tools/mlir-translate/Translation.h"
#include "mlir/Transforms/Passes.h"
#include "pt2e/Driver/Passes.h"
#include "pt2e/Import/ArchiveWeights.h"
#include "pt2e/Transforms/Passes.h"
#include "pt2e/Xnnpack/Passes.h"

void pt2e::registerAllDialects(mlir::DialectRegistry &registry) {
  registry
      .insert<aten::AtenDialect, Pt2eDialect, xnn::XnnDialect, et::EtDialect,
              mlir::arith::ArithDialect, mlir::func::FuncDialect>();
}

void pt2e::registerAllPasses() {
  registerDriverPasses();
  registerTransformsPasses();
  registerXnnpackPasses();
  mlir::registerTransformsPasses(); // canonicalize, cse, symbol-dce, ...
}

void pt2e::registerExport(llvm::StringRef name, llvm::StringRef description,
                          mlir::LogicalResult (*write)(mlir::ModuleOp,
                                                       llvm::raw_ostream &)) {
  mlir::TranslateRegistration registration(
      name, description,
      [write](const std::shared_ptr<llvm::SourceMgr> &sources,
              llvm::raw_ostream &out, mlir::MLIRContext *context) {
        mlir::DialectRegistry registry;
        registerAllDialects(registry);
        context->appendDialectRegistry(registry);
        mlir::OwningOpRef<mlir::ModuleOp> module = readMlir(sources, context);
        return module ? write(*module, out) : mlir::failure();
      });
}
