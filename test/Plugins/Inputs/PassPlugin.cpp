// A plugin of the second tier: a pass and a dialect.
#include "mlir/Tools/Plugins/PassPlugin.h"
#include "dialects/Aten/Aten.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "pt2e/Quantizers/Plugin.h"
#include "llvm/Config/llvm-config.h"

namespace {

class AbacusDialect : public mlir::Dialect {
public:
  explicit AbacusDialect(mlir::MLIRContext *context)
      : Dialect(getDialectNamespace(), context,
                mlir::TypeID::get<AbacusDialect>()) {
    allowUnknownOperations();
  }
  static llvm::StringRef getDialectNamespace() { return "abacus"; }
  mlir::LogicalResult
  verifyOperationAttribute(mlir::Operation *op,
                           mlir::NamedAttribute attribute) override {
    if (mlir::isa<mlir::StringAttr>(attribute.getValue()))
      return mlir::success();
    return op->emitError() << "expected the name of a unit, but got "
                           << attribute.getValue();
  }
};

/// Gives every relu to the accelerator.
class MarkRelus : public mlir::PassWrapper<MarkRelus, mlir::OperationPass<>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(MarkRelus)
  llvm::StringRef getArgument() const override {
    return std::getenv("BROKEN") ? "pt2e-prepare" : "abacus-mark-relus";
  }
  llvm::StringRef getDescription() const override { return "Mark relus"; }
  void runOnOperation() override {
    getOperation()->walk([](pt2e::aten::ReluOp relu) {
      relu->setAttr("unit", mlir::StringAttr::get(relu.getContext(), "abacus"));
    });
  }
};

} // namespace

const pt2e::quantizer::PluginInfo *pt2eGetPluginInfo() {
  static const pt2e::quantizer::PluginInfo info{pt2e::quantizer::kApiVersion,
                                                "abacus-passes", "1.0",
                                                LLVM_VERSION_STRING, nullptr};
  return &info;
}

extern "C" mlir::PassPluginLibraryInfo mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "abacus-passes", "1.0",
          [] { mlir::PassRegistration<MarkRelus>(); }};
}

extern "C" mlir::DialectPluginLibraryInfo mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "abacus-passes", "1.0",
          [](mlir::DialectRegistry *registry) {
            registry->insert<AbacusDialect>();
          }};
}
