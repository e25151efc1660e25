//===- ConvertAtenToXnn.cpp - Turn what XNNPACK runs into xnn ops ---------===//

#include "Lowering.h"
#include "dialects/Aten/ConstantCheck.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Aten/Remarks.h"
#include "dialects/Aten/Schema.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "pt2e/Xnnpack/Passes.h"

namespace pt2e {
#define GEN_PASS_DEF_CONVERTATENTOXNNPASS
#include "pt2e/Xnnpack/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using namespace pt2e::xnn;

static constexpr char kNoGrid[] =
    "not 8-bit codes of one known scale and zero point";

/// The codes that every use of `tensor` quantizes it to; none if a use is
/// something else.
static std::optional<Codes> codesOfUsers(Value tensor) {
  std::optional<Codes> common;
  for (Operation *user : tensor.getUsers()) {
    std::optional<Codes> codes =
        isa<QuantizeOp>(user) ? codesOf(user) : std::nullopt;
    if (!codes || (common && !(*common == *codes)))
      return std::nullopt;
    common = codes;
  }
  return common;
}

/// True if a float operand of `op` is dequantized from codes that run time
/// computes.
static bool readsCodes(Operation *op) {
  return llvm::any_of(op->getOperands(), [](Value operand) {
    Operation *def = operand.getDefiningOp();
    return isa_and_nonnull<DequantizeOp>(def) && codesOf(def);
  });
}

/// True if `op` computes each element from one of one operand.
static bool isTable(Operation *op) {
  return isa<aten::HardsigmoidOp, aten::EluOp, aten::AddScalarOp,
             aten::SubScalarOp, aten::RsubScalarOp, aten::MulScalarOp,
             aten::DivScalarOp, aten::PowTensorScalarOp, aten::ReciprocalOp>(
      op);
}

/// True if a choice keeps `op` in float.
static bool isAskedInFloat(Operation *op) {
  auto kept = op->getAttrOfType<DictionaryAttr>("pt2e.kept_float");
  auto code = kept ? kept.getAs<StringAttr>("code") : StringAttr();
  return code && code.getValue() == "asked";
}

/// True for ops that move, choose or limit codes, which gives what the numbers
/// that they stand for give.
static bool isSameInCodes(Operation *op) {
  return isa<EnterOp, ConstantOp, TransposeOp, ReshapeOp, SliceOp,
             ConcatenateOp, PadOp, ClampOp, MaxPooling2dOp>(op);
}

/// True for the operators that XNNPACK limits as it computes them.
static bool takesLimits(Operation *op) {
  return isa_and_nonnull<aten::Conv1dOp, aten::Conv2dOp, aten::Conv2dPaddingOp,
                         aten::ConvTranspose2dInputOp, aten::LinearOp,
                         aten::AddmmOp, aten::AddTensorOp, aten::SubTensorOp,
                         aten::MulTensorOp, aten::BatchNormOp>(op);
}

/// The op that computes `value`, behind ops that move it.
static Operation *computing(Value value) {
  Operation *op = value.getDefiningOp();
  while (isa<TransposeOp, ReshapeOp>(op) && op->getOperand(0).getDefiningOp())
    op = op->getOperand(0).getDefiningOp();
  return op;
}

namespace {
/// One walk over the function in order.
class Walk {
public:
  Walk(func::FuncOp function, bool hasRemarks)
      : function(function), builder(function.getContext(), &created),
        hasRemarks(hasRemarks && wantsRemarks(function.getContext())) {}

  void run() {
    for (Operation &op : llvm::make_early_inc_range(function.getBody().front()))
      visit(&op);
    for (Operation &op :
         llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
      if (isOpTriviallyDead(&op))
        op.erase();
    // Now it is known what was taken in by an op behind it.
    if (hasRemarks)
      for (Operation &op : function.getBody().front())
        if (auto why = op.getAttrOfType<StringAttr>("xnn.kept"))
          missed(&op, "Keep", why.getValue());
  }

  LoweringCounts counts;

private:
  /// The ops that a conversion makes, in order.
  struct Created : OpBuilder::Listener {
    void notifyOperationInserted(Operation *op,
                                 OpBuilder::InsertPoint) override {
      ops.push_back(op);
    }
    SmallVector<Operation *> ops;
  };

  void visit(Operation *op) {
    if (isa<XnnDialect>(op->getDialect()) || isa<aten::ParameterOp>(op))
      return;
    builder.setInsertionPoint(op);
    if (op->getNumResults() == 1 &&
        (map.contains(op->getResult(0)) || takenIn.contains(op)))
      return; // part of an op before
    if (auto quantize = dyn_cast<QuantizeOp>(op)) {
      if (lowerQuantize(quantize))
        return;
    } else if (isa<DequantizeOp>(op)) {
      if (codesOf(op))
        return; // where it is read
      refuse(op, kNoGrid);
    } else if (const Converter *converter = Converters::get().lookup(op)) {
      if (lower(op, *converter))
        return;
    } else if (isa<aten::AtenDialect>(op->getDialect()) &&
               !isa<aten::ReadBufferOp, aten::WriteBufferOp, aten::SymSizeOp>(
                   op)) {
      refuse(op, kNoOperator);
    }
    keep(op);
  }

  /// The op stays: its operands become tensors again.
  void keep(Operation *op) {
    for (OpOperand &operand : op->getOpOperands())
      if (isa<RankedTensorType>(operand.get().getType()))
        operand.set(map.asTensor(builder, operand.get()));
    counts.kept += isa<aten::AtenDialect>(op->getDialect());
  }

  bool lower(Operation *op, const Converter &converter) {
    auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    if (!type || !type.getElementType().isF32())
      return refuse(op, "not f32");
    const SmallVector<int64_t> bounds = aten::upperBounds(type);
    if (bounds.size() > 6)
      return refuse(op, "more than 6 dimensions");
    if (llvm::is_contained(bounds, -1))
      return refuse(op, "a dimension without an upper bound");
    if (llvm::is_contained(bounds, 0))
      return refuse(op, "an empty tensor");

    // What the op computes in one go: itself, and an activation behind it.
    Value result = op->getResult(0);
    Location loc = op->getLoc();
    Limits limits;
    Operation *user = result.hasOneUse() ? *result.getUsers().begin() : nullptr;
    if (user && isa<aten::AtenDialect>(user->getDialect()))
      if (std::optional<Limits> behind = clampLimits(user)) {
        limits = *behind;
        result = user->getResult(0);
        loc = FusedLoc::get(op->getContext(), {loc, user->getLoc()});
      }

    std::optional<Codes> codes = codesOfUsers(result);
    const bool fromCodesToCodes = codes && readsCodes(op);
    if (fromCodesToCodes &&
        lowerInCodes(op, loc, converter, result, *codes, limits))
      return true;
    Conversion conversion(map, builder, loc, op, std::nullopt, limits);
    if (Value value = convert(conversion, op, converter)) {
      map.set(result, value);
      ++counts.inFloat;
      counts.dynamic += conversion.multipliesRows();
      counts.weightOnly +=
          conversion.multipliesCodes() && !conversion.multipliesRows();
      if (fromCodesToCodes && !isAskedInFloat(op)) {
        // Where the quantizer says why it is in float, that is why.
        if (!op->hasAttr("pt2e.kept_float"))
          missed(op, "Float", counts.lastReason);
        computing(value)->setAttr("xnn.float",
                                  builder.getStringAttr(counts.lastReason));
      }
      if (const std::string &note = conversion.getNote(); !note.empty()) {
        computing(value)->setAttr("xnn.note", builder.getStringAttr(note));
        counts.lastReason = note;
        missed(op, "Note", note);
      }
      tell(op, conversion, value);
      return true;
    }
    return refuse(op, conversion.getReason());
  }

  /// From codes to codes: as an op on codes, or float ops of one operand,
  /// which the runtime makes one table. `result` is only quantized, to `codes`.
  bool lowerInCodes(Operation *op, Location loc, const Converter &converter,
                    Value result, const Codes &codes, Limits limits) {
    std::optional<Limits> onGrid = limitsOnGrid(limits, codes);
    if (!onGrid) {
      counts.lastReason = "limits that leave one code";
      return false;
    }
    Conversion conversion(map, builder, loc, op, codes, *onGrid);
    Value value = convert(conversion, op, converter);
    if (!value && isTable(op) && !isAskedInFloat(op)) {
      Conversion table(map, builder, loc, op, std::nullopt, limits);
      table.makeTable(numTables++);
      if (Value real = convert(table, op, converter)) {
        value = ConvertOp::create(builder, loc,
                                  conversion.resultType(shapeOf(real)), real);
        value = finish(conversion, value);
      }
    }
    if (!value) {
      counts.lastReason = conversion.getReason();
      return false;
    }
    for (Operation *quantize : result.getUsers())
      map.set(quantize->getResult(0), value);
    takenIn.insert(result.getDefiningOp());
    tell(op, conversion, value);
    ++counts.inCodes;
    return true;
  }

  /// What `converter` makes of the op, if it keeps XNNPACK's rules: those are
  /// the verifiers of the xnn dialect. Null, with a reason, if not.
  Value convert(Conversion &conversion, Operation *op,
                const Converter &converter) {
    created.ops.clear();
    Value value = finish(conversion, converter(conversion, op));
    if (value && failed(verifyCreated(conversion)))
      value = {};
    if (value && conversion.inCodes() && isAskedInFloat(op) &&
        !llvm::all_of(created.ops, isSameInCodes))
      value = conversion.refuse("a choice keeps it in float");
    if (!value) { // nothing else reads what was made
      map.forget(created.ops);
      for (Operation *made : llvm::reverse(created.ops))
        made->erase();
    }
    created.ops.clear();
    return value;
  }

  LogicalResult verifyCreated(Conversion &conversion) {
    std::string broken;
    ScopedDiagnosticHandler handler(
        function.getContext(), [&](Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
            broken = diagnostic.str();
          return success();
        });
    for (Operation *made : created.ops)
      if (failed(mlir::verify(made))) {
        conversion.refuse(broken);
        return failure();
      }
    return success();
  }

  /// Applies the limits that no op took over.
  Value finish(Conversion &conversion, Value value) {
    if (!value || !conversion.remainingLimits().finite())
      return value;
    const bool isLimited = isWithin(value, conversion.remainingLimits());
    const auto limits = conversion.takeLimits();
    if (isLimited)
      return value;
    return ClampOp::create(builder, value.getLoc(), value.getType(), value,
                           limits.min, limits.max);
  }

  /// A quantize that no op before could take in.
  bool lowerQuantize(QuantizeOp op) {
    std::optional<Codes> codes = codesOf(op);
    if (!codes)
      return refuse(op, kNoGrid);
    std::optional<Limits> limits = limitsOnGrid({}, *codes);
    if (!limits)
      return refuse(op, "a range of one code");
    Conversion conversion(map, builder, op.getLoc(), op, codes, *limits);
    auto dequantize = op.getInput().getDefiningOp<DequantizeOp>();
    Value value;
    if (std::optional<Codes> read = codesOf(dequantize);
        read && read->datatype == codes->datatype) {
      if ((value = map.codesValue(builder, dequantize.getInput(), *read)))
        value = conversion.onResultGrid(value);
    } else if ((value = map.floatValue(builder, op.getInput()))) {
      value = ConvertOp::create(builder, op.getLoc(),
                                conversion.resultType(shapeOf(value)), value);
    }
    if (!(value = finish(conversion, value)))
      return refuse(op, "not an f32 tensor of at most 6 dimensions");
    created.ops.clear();
    map.set(op.getResult(), value);
    return true;
  }

  bool refuse(Operation *op, const Twine &why) {
    counts.lastReason = why.str();
    op->setAttr("xnn.kept", builder.getStringAttr(why));
    return false;
  }

  /// A remark: what could have been done, and why not.
  void missed(Operation *op, StringRef rule, const Twine &why) const {
    if (hasRemarks)
      pt2e::missed(op->getLoc(), "lower", rule, why);
  }

  /// What was lowered, but could have been lowered better.
  void tell(Operation *op, const Conversion &conversion, Value value) const {
    if (!hasRemarks)
      return;
    for (const auto &[rule, why] : conversion.getRemarks())
      missed(op, rule, why);
    if (clampLimits(op) && computing(value) && isa<ClampOp>(computing(value)))
      tellWhyAlone(op);
  }

  /// Why the clamp `op` is not part of the op that makes its operand.
  void tellWhyAlone(Operation *op) const {
    Value limited = op->getOperand(0);
    auto dequantize = limited.getDefiningOp<DequantizeOp>();
    auto quantize = dequantize
                        ? dequantize.getInput().getDefiningOp<QuantizeOp>()
                        : nullptr;
    if (quantize)
      limited = quantize.getInput();
    if (!takesLimits(limited.getDefiningOp()))
      return;
    const std::string name = aten::valueName(limited);
    if (quantize)
      missed(op, "FuseClamp",
             name + " is quantized before it is limited: one pattern of the "
                    "quantizer should take both");
    else if (!limited.hasOneUse())
      missed(op, "FuseClamp", "something else reads " + name + " as well");
  }

  func::FuncOp function;
  Created created;
  OpBuilder builder;
  ValueMap map;
  /// Ops whose result is there as codes alone.
  DenseSet<Operation *> takenIn;
  const bool hasRemarks;
  int64_t numTables = 0;
};

} // namespace

LoweringCounts pt2e::xnn::lowerToXnn(func::FuncOp function, bool isProbe) {
  Walk walk(function, /*hasRemarks=*/!isProbe);
  walk.run();
  return walk.counts;
}

namespace {
struct ConvertAtenToXnnPass
    : pt2e::impl::ConvertAtenToXnnPassBase<ConvertAtenToXnnPass> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isDeclaration() || function->hasAttr("xnn.delegate"))
      return;
    if (!function.getBody().hasOneBlock()) {
      function.emitError("expected a function of one block");
      return signalPassFailure();
    }
    if (failed(aten::checkHaveData(function)))
      return signalPassFailure();
    const LoweringCounts counts = lowerToXnn(function);
    numCodes += counts.inCodes;
    numFloat += counts.inFloat;
    numKept += counts.kept;
  }
};
} // namespace
