#include "VerifyStage.h"

#include "dialects/Aten/Schema.h"

using namespace mlir;
using namespace pt2e;

LogicalResult
verify::forEachOp(ModuleOp module,
                  function_ref<LogicalResult(Operation *)> check) {
  const WalkResult result = module.walk([&](Operation *op) {
    return op == module || succeeded(check(op)) ? WalkResult::advance()
                                                : WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

InFlightDiagnostic verify::complain(Operation *op, StringRef stage) {
  return op->emitOpError("after " + stage + ": ");
}

/// True for operators that write to an operand; aten::__and__ does not.
static bool writesOperand(StringRef schema) {
  const StringRef name = schema.split('.').first;
  return name.ends_with("_") && !name.ends_with("__");
}

LogicalResult verify::checkAtenForm(ModuleOp module, StringRef stage) {
  return forEachOp(module, [&](Operation *op) -> LogicalResult {
    // An exported program may be quantized already.
    if (!isa_and_nonnull<aten::AtenDialect, arith::ArithDialect,
                         func::FuncDialect, Pt2eDialect>(op->getDialect()) ||
        isa<SiteOp, ObserveOp>(op))
      return complain(op, stage) << "expected operators of an exported program";
    if (auto parameter = dyn_cast<aten::ParameterOp>(op);
        parameter && parameter.getName().empty())
      return complain(op, stage) << "expected a name of this parameter";
    if (!isa<aten::AtenDialect>(op->getDialect()) ||
        isa<aten::ParameterOp, aten::BufferOp, aten::ReadBufferOp,
            aten::WriteBufferOp>(op))
      return success();
    const std::string schema = aten::schemaName(op);
    if (writesOperand(schema))
      return complain(op, stage)
             << "expected a functional program, but got " << schema;
    return success();
  });
}

LogicalResult verify::checkSites(ModuleOp module, StringRef stage) {
  llvm::DenseSet<StringAttr> observed;
  module.walk([&](ObserveOp observe) {
    observed.insert(observe.getSiteAttr().getAttr());
  });
  return forEachOp(module, [&](Operation *op) -> LogicalResult {
    if (op->hasAttr("pt2e.annotation"))
      return complain(op, stage)
             << "expected sites and observes in place of annotations";
    if (auto site = dyn_cast<SiteOp>(op);
        site && !observed.contains(site.getSymNameAttr()))
      return complain(op, stage) << "expected an observe of this site";
    return success();
  });
}

LogicalResult verify::checkDelegates(ModuleOp module, StringRef stage) {
  llvm::DenseSet<StringAttr> called;
  if (failed(forEachOp(module, [&](Operation *op) -> LogicalResult {
        auto function = op->getParentOfType<func::FuncOp>();
        const bool isInside = function && function->hasAttr("xnn.delegate");
        const bool isXnn = isa<xnn::XnnDialect>(op->getDialect());
        if (isXnn && (!isInside || isa<xnn::EnterOp, xnn::LeaveOp>(op)))
          return complain(op, stage) << "expected it in a delegate";
        if (isInside && !isXnn && !isa<func::ReturnOp>(op))
          return complain(op, stage) << "expected xnn ops alone in a delegate";
        if (auto call = dyn_cast<et::CallDelegateOp>(op))
          called.insert(call.getDelegateAttr().getAttr());
        return success();
      })))
    return failure();
  for (auto function : module.getOps<func::FuncOp>())
    if (function->hasAttr("xnn.delegate") &&
        !called.contains(function.getSymNameAttr()))
      return complain(function, stage) << "expected a call of this delegate";
  return success();
}
