#include "pt2e/Driver/Autotune.h"

#include <chrono>
#include <limits>
#include <map>

#include "dialects/Xnn/Xnn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "pt2e/Driver/Stages.h"
#include "pt2e/Emit/ExportPte.h"
#include "pt2e/Runtime/Executor.h"
#include "pt2e/Runtime/Files.h"
#include "pt2e/Runtime/Threads.h"
#include "pt2e/Xnnpack/FloatForms.h"
#include "pt2e/Xnnpack/FormTimings.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/TargetParser/Host.h"

using namespace mlir;

namespace pt2e {

namespace {
/// A form runs for this long before the other one does, or once.
constexpr double kTurnSeconds = 2e-3;
/// An op is measured for so many turns of each, fewer if they take long.
constexpr int kMinTurns = 4, kMaxTurns = 12;
constexpr double kOpSeconds = 0.1;
constexpr double kMaxRunsOfTurn = 200;

RankedTensorType tensorOf(Value value) {
  auto type = cast<xnn::ValueType>(value.getType());
  return RankedTensorType::get(
      type.getShape(),
      xnn::storageType(type.getDatatype(), value.getContext()));
}
} // namespace

/// A program of `op` alone, with its constants, from codes to codes. The copy
/// of `op` is the second result.
static std::pair<OwningOpRef<ModuleOp>, Operation *> isolate(Operation *op) {
  MLIRContext *context = op->getContext();
  const Location loc = UnknownLoc::get(context);
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
  auto function = func::FuncOp::create(
      builder, loc, "forward",
      builder.getFunctionType({}, {tensorOf(op->getResult(0))}));
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToEnd(body);
  IRMapping copies;
  for (Value operand : op->getOperands()) {
    if (copies.contains(operand))
      continue;
    if (Operation *constant = operand.getDefiningOp<xnn::ConstantOp>()) {
      builder.clone(*constant, copies);
      continue;
    }
    (void)function.insertArgument(function.getNumArguments(), tensorOf(operand),
                                  {}, loc);
    copies.map(operand, xnn::EnterOp::create(builder, loc, operand.getType(),
                                             body->getArguments().back()));
  }
  Operation *copy = builder.clone(*op, copies);
  Value result = xnn::LeaveOp::create(builder, loc, tensorOf(op->getResult(0)),
                                      copy->getResult(0));
  func::ReturnOp::create(builder, loc, result);
  return {std::move(module), copy};
}

/// `module`, which has its layout, ready to run.
static FailureOr<runtime::Program> load(ModuleOp module) {
  std::string pte;
  llvm::raw_string_ostream os(pte);
  if (failed(runPipeline(module, joinPipelines(stagesAfterLayout()))) ||
      failed(exportPte(module, os)))
    return failure();
  absl::StatusOr<runtime::Program> program = runtime::Program::loadBytes(
      std::vector<uint8_t>(pte.begin(), pte.end()), "an op to measure");
  if (!program.ok())
    return module.emitError(std::string(program.status().message()));
  return std::move(*program);
}

/// Tensors that fit the program; the time does not depend on what is in them.
static std::vector<runtime::Tensor> inputsOf(const runtime::Program &program) {
  std::vector<runtime::Tensor> inputs;
  for (const runtime::ValueInfo &input : program.info().inputs)
    inputs.emplace_back(input.dtype, input.shape);
  return inputs;
}

static FailureOr<xnn::FormTiming> measure(Operation *op) {
  auto [codesModule, onCodes] = isolate(op);
  auto [numbersModule, inNumbers] = isolate(op);
  if (failed(xnn::computeInFloat(inNumbers)))
    return op->emitError("a constant has no data");
  FailureOr<runtime::Program> codes = load(*codesModule);
  FailureOr<runtime::Program> numbers = load(*numbersModule);
  if (failed(codes) || failed(numbers))
    return failure();

  const std::vector<runtime::Tensor> inputs = inputsOf(*codes);
  // The shortest time of many is the one that nothing else disturbed.
  constexpr double kNever = std::numeric_limits<double>::infinity();
  xnn::FormTiming timing{kNever, kNever};
  auto takeTurn = [&](runtime::Program &program, double &microseconds) {
    const double runs = kTurnSeconds * 1e6 / microseconds;
    absl::StatusOr<runtime::Timing> measured = program.time(
        inputs, static_cast<int>(std::clamp(runs, 1.0, kMaxRunsOfTurn)),
        /*warmUp=*/1);
    if (measured.ok())
      microseconds = std::min(microseconds, measured->min * 1e6);
    return measured.status();
  };
  using Clock = std::chrono::steady_clock;
  const auto enough = Clock::now() + std::chrono::duration<double>(kOpSeconds);
  for (int turn = 0;
       turn < kMinTurns || (turn < kMaxTurns && Clock::now() < enough); ++turn)
    for (absl::Status status :
         {takeTurn(*codes, timing.codes), takeTurn(*numbers, timing.numbers)})
      if (!status.ok())
        return op->emitError(std::string(status.message()));
  return timing;
}

LogicalResult
measureForms(ModuleOp module, const std::string &timings,
             const std::function<void(int64_t done, int64_t all)> &progress) {
  xnn::FormTimings file;
  file.cpu = llvm::sys::getHostCPUName().str();
  file.threads = runtime::threads();
  const xnn::FormTimings here = file;
  if (llvm::sys::fs::exists(timings)) {
    llvm::Expected<xnn::FormTimings> read = xnn::FormTimings::read(timings);
    if (!read)
      return emitError(UnknownLoc::get(module.getContext()))
             << llvm::toString(read.takeError());
    file = std::move(*read);
  }

  std::map<std::string, Operation *> missing;
  module.walk([&](Operation *op) {
    if (!xnn::hasFloatForm(op))
      return;
    std::string signature = xnn::formSignature(op);
    if (!file.ops.count(signature))
      missing.try_emplace(std::move(signature), op);
  });
  if (missing.empty())
    return success();
  if (file.cpu != here.cpu || file.threads != here.threads)
    return emitError(UnknownLoc::get(module.getContext()))
           << timings << ": expected the times of all ops, or to measure the "
           << missing.size() << " that it lacks on its machine (" << file.cpu
           << ", threads: " << file.threads << "), but this is " << here.cpu
           << ", threads: " << here.threads
           << ": measure there, or name another file";

  int64_t done = 0;
  for (const auto &[signature, op] : missing) {
    FailureOr<xnn::FormTiming> timing = measure(op);
    if (failed(timing))
      return failure();
    file.ops[signature] = *timing;
    if (progress)
      progress(++done, missing.size());
  }
  if (absl::Status written = runtime::writeFile(timings, file.json());
      !written.ok())
    return emitError(UnknownLoc::get(module.getContext()))
           << std::string(written.message());
  return success();
}

} // namespace pt2e
