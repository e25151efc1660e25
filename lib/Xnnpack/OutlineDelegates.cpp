//===- OutlineDelegates.cpp - xnn ops to delegates ------------------------===//

#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Aten/Remarks.h"
#include "dialects/Pt2e/Pt2e.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "pt2e/Xnnpack/Passes.h"
#include "llvm/ADT/MapVector.h"

namespace pt2e {
#define GEN_PASS_DEF_XNNOUTLINEDELEGATESPASS
#include "pt2e/Xnnpack/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using namespace pt2e::xnn;

/// True for the ops that become nodes.
static bool isNode(Operation *op) {
  return isa<XnnDialect>(op->getDialect()) &&
         !isa<EnterOp, LeaveOp, ConstantOp>(op);
}

/// Removes borders that cancel and ops that nothing uses.
static void cleanUp(Block &body) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body)))
    if (isa<XnnDialect>(op.getDialect()) && op.use_empty())
      op.erase();
  for (Operation &op : llvm::make_early_inc_range(body)) {
    if (auto enter = dyn_cast<EnterOp>(op)) {
      auto leave = enter.getInput().getDefiningOp<LeaveOp>();
      if (leave && leave.getInput().getType() == enter.getType()) {
        enter.replaceAllUsesWith(leave.getInput());
        enter.erase();
        if (leave.use_empty())
          leave.erase();
      }
      continue;
    }
    auto leave = dyn_cast<LeaveOp>(op);
    if (!leave)
      continue;
    auto enter = leave.getInput().getDefiningOp<EnterOp>();
    if (enter && enter.getInput().getType() == leave.getType()) {
      leave.replaceAllUsesWith(enter.getInput());
      leave.erase();
      if (enter.use_empty())
        enter.erase();
      continue;
    }
    // A constant that leaves needs no delegate.
    auto constant = leave.getInput().getDefiningOp<ConstantOp>();
    if (constant && constant.getValue().getType() == leave.getType()) {
      OpBuilder builder(leave);
      leave.replaceAllUsesWith(Value(aten::ParameterOp::create(
          builder, leave.getLoc(), "constant", constant.getValue())));
      leave.erase();
      if (constant.use_empty())
        constant.erase();
    }
  }
}

namespace {
/// Ops run in steps: those of step k that are no nodes, then delegate k.
class Steps {
public:
  explicit Steps(Block &body) : body(body) {}

  /// The fewest delegates: each node in the first that its operands allow.
  void assignEarliest();
  /// In the order of the program: a delegate ends where an op reads it.
  void assignInOrder();
  /// Rows quantized at run time cannot leave a delegate: gives each step that
  /// reads such a value a conversion of its own, and returns the new ones.
  SmallVector<Operation *> repeatRows();

  int64_t of(Operation *op) const { return steps.lookup(op); }

  /// Remarks: which ops stand between two delegates.
  void tellOfSplits() const;

private:
  /// The first step in which `value` can be read.
  int64_t ready(Value value) const;
  int64_t ready(Operation *op) const {
    int64_t step = 0;
    for (Value operand : op->getOperands())
      step = std::max(step, ready(operand));
    return step;
  }
  int64_t afterReads(aten::WriteBufferOp write) const;
  /// The op of `step` that is no node and, through others, reads a node of the
  /// step before, for `value` to be there in `step`; null if there is none.
  Operation *splitBy(Value value, int64_t step) const;

  Block &body;
  DenseMap<Operation *, int64_t> steps;
};
} // namespace

int64_t Steps::ready(Value value) const {
  Operation *op = value.getDefiningOp();
  if (!op)
    return 0;
  if (auto enter = dyn_cast<EnterOp>(op))
    return ready(enter.getInput());
  if (auto leave = dyn_cast<LeaveOp>(op)) {
    Operation *source = leave.getInput().getDefiningOp();
    return source && isNode(source) ? steps.lookup(source) + 1
                                    : ready(leave.getInput());
  }
  return steps.lookup(op);
}

/// A read stands for the buffer itself: a write waits for those who use the
/// reads before it.
int64_t Steps::afterReads(aten::WriteBufferOp write) const {
  int64_t step = 0;
  auto visit = [&](Operation *user) {
    if (steps.contains(user))
      step = std::max(step, steps.lookup(user) + (isNode(user) ? 1 : 0));
  };
  for (Operation &op : body) {
    if (&op == write)
      break;
    auto read = dyn_cast<aten::ReadBufferOp>(op);
    if (!read || read.getBufferAttr() != write.getBufferAttr())
      continue;
    for (Operation *user : read->getUsers()) {
      if (isa<EnterOp>(user))
        llvm::for_each(user->getUsers(), visit);
      else
        visit(user);
    }
  }
  return step;
}

void Steps::assignEarliest() {
  // Ops on one buffer or site stay in order; an op of unknown effect with all.
  DenseMap<Attribute, int64_t> lastOf;
  int64_t barrier = 0, last = 0;
  for (Operation &op : body.without_terminator()) {
    if (isa<EnterOp, LeaveOp, ConstantOp>(op))
      continue;
    int64_t step = ready(&op);
    if (!isNode(&op) && !isMemoryEffectFree(&op)) {
      step = std::max(step, barrier);
      Attribute symbol = op.getAttr("buffer");
      if (!symbol)
        symbol = op.getAttr("site");
      if (auto write = dyn_cast<aten::WriteBufferOp>(op))
        step = std::max(step, afterReads(write));
      if (symbol) {
        step = std::max(step, lastOf.lookup(symbol));
        lastOf[symbol] = step;
      } else {
        barrier = step = std::max(step, last);
      }
      last = std::max(last, step);
    }
    steps[&op] = step;
  }
}

void Steps::assignInOrder() {
  int64_t step = 0;
  for (Operation &op : body.without_terminator()) {
    if (isa<EnterOp, LeaveOp, ConstantOp>(op))
      continue;
    // Whether a node or not: what it reads has left its delegate.
    step = std::max(step, ready(&op));
    steps[&op] = step;
  }
}

Operation *Steps::splitBy(Value value, int64_t step) const {
  Operation *op = value.getDefiningOp();
  if (!op)
    return nullptr;
  if (isa<EnterOp, LeaveOp>(op))
    return splitBy(op->getOperand(0), step);
  if (isNode(op) || steps.lookup(op) != step)
    return nullptr;
  for (Value operand : op->getOperands())
    if (Operation *earlier = splitBy(operand, step))
      return earlier;
  return op;
}

void Steps::tellOfSplits() const {
  DenseSet<Operation *> told;
  for (Operation &node : body) {
    const int64_t step = of(&node);
    if (!isNode(&node) || step == 0)
      continue;
    for (Value operand : node.getOperands()) {
      Operation *between = splitBy(operand, step);
      if (!between || !told.insert(between).second)
        continue;
      auto kept = between->getAttrOfType<StringAttr>("xnn.kept");
      missed(between->getLoc(), "outline", "SplitDelegate",
             "delegate " + Twine(step) + " begins behind it, with " +
                 aten::valueName(node.getResult(0)) +
                 ": it reads what delegate " + Twine(step - 1) +
                 " computes, and is no part of one" +
                 (kept ? ": " + kept.getValue() : StringRef("")));
    }
  }
}

SmallVector<Operation *> Steps::repeatRows() {
  SmallVector<Operation *> made;
  for (auto convert : llvm::make_early_inc_range(body.getOps<ConvertOp>())) {
    if (convert.getOutput().getType().getDatatype() != Datatype::QDInt8)
      continue;
    DenseMap<int64_t, Operation *> ofStep = {{of(convert), convert}};
    for (OpOperand &use :
         llvm::make_early_inc_range(convert.getOutput().getUses())) {
      const int64_t step = of(use.getOwner());
      Operation *&rows = ofStep[step];
      if (!rows) {
        rows = OpBuilder(convert).clone(*convert);
        steps[rows] = step;
        made.push_back(rows);
      }
      use.set(rows->getResult(0));
    }
  }
  return made;
}

namespace {
struct XnnOutlineDelegatesPass
    : pt2e::impl::XnnOutlineDelegatesPassBase<XnnOutlineDelegatesPass> {
  using XnnOutlineDelegatesPassBase::XnnOutlineDelegatesPassBase;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    nextDelegate = 0;
    for (auto function :
         llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      if (!function->hasAttr("xnn.delegate") && !function.isExternal())
        if (failed(outline(function, symbols)))
          return signalPassFailure();
  }

  LogicalResult outline(func::FuncOp function, SymbolTable &symbols);

private:
  /// Not the statistic, which a release build does not count.
  int64_t nextDelegate = 0;
};

/// Makes one delegate of `nodes`, which are in order.
class Delegate {
public:
  Delegate(ArrayRef<Operation *> nodes, bool isDynamic,
           DenseMap<Value, Value> &tensors)
      : nodes(nodes), isDynamic(isDynamic), tensors(tensors) {}

  /// Appends the function to the module and the call to the end of the steps
  /// before `insertAt`.
  LogicalResult build(Operation *insertAt, SymbolTable &symbols,
                      int64_t number);

private:
  /// The tensor outside that value `operand` of a node comes from.
  Value tensorOf(Value operand) const;
  FailureOr<RankedTensorType> tensorType(Value result) const;

  ArrayRef<Operation *> nodes;
  bool isDynamic; ///< some size is known at run time only
  /// Tensors of the values that left earlier delegates.
  DenseMap<Value, Value> &tensors;
};
} // namespace

Value Delegate::tensorOf(Value operand) const {
  if (auto enter = operand.getDefiningOp<EnterOp>())
    return enter.getInput();
  return tensors.lookup(operand);
}

FailureOr<RankedTensorType> Delegate::tensorType(Value result) const {
  RankedTensorType known;
  for (Operation *user : result.getUsers()) {
    auto leave = dyn_cast<LeaveOp>(user);
    if (!leave)
      continue;
    auto type = cast<RankedTensorType>(leave.getType());
    if (known && known != type)
      return leave.emitOpError("expected ") << known << ", but got " << type;
    known = type;
  }
  if (known)
    return known;
  // Between delegates. Sizes below their bound may be any: the runtime knows
  // a tensor to be dynamic or not, whatever the dimension.
  auto type = cast<ValueType>(result.getType());
  Type element = storageType(type.getDatatype(), type.getContext());
  if (!element)
    return result.getDefiningOp()->emitOpError("has a result of datatype ")
           << stringifyDatatype(type.getDatatype())
           << ", which cannot leave its delegate";
  SmallVector<int64_t> sizes(type.getShape());
  if (isDynamic)
    for (int64_t &size : sizes)
      size = size > 0 ? ShapedType::kDynamic : size;
  return aten::boundedTensor(sizes, element, type.getShape());
}

LogicalResult Delegate::build(Operation *insertAt, SymbolTable &symbols,
                              int64_t number) {
  const DenseSet<Operation *> inside(nodes.begin(), nodes.end());
  llvm::MapVector<std::pair<Value, Type>, SmallVector<Value>> inputs;
  SmallVector<ConstantOp> constants;
  SmallVector<Value> outputs;
  SmallVector<Type> outputTensors;
  for (Operation *node : nodes) {
    for (Value operand : node->getOperands()) {
      Operation *source = operand.getDefiningOp();
      if (auto constant = dyn_cast_or_null<ConstantOp>(source)) {
        if (!llvm::is_contained(constants, constant))
          constants.push_back(constant);
      } else if (!source || !inside.contains(source)) {
        Value tensor = tensorOf(operand);
        if (!tensor)
          return node->emitOpError("expected operands from ops or xnn.enter");
        auto &values = inputs[{tensor, operand.getType()}];
        if (!llvm::is_contained(values, operand))
          values.push_back(operand);
      }
    }
    for (Value result : node->getResults()) {
      if (llvm::all_of(result.getUsers(),
                       [&](Operation *user) { return inside.contains(user); }))
        continue;
      FailureOr<RankedTensorType> type = tensorType(result);
      if (failed(type))
        return failure();
      outputs.push_back(result);
      outputTensors.push_back(*type);
    }
  }

  OpBuilder builder(insertAt);
  MLIRContext *context = insertAt->getContext();
  SmallVector<Type> argumentTypes, resultTypes;
  SmallVector<Value> operands;
  for (auto &[key, values] : inputs) {
    operands.push_back(key.first);
    argumentTypes.push_back(key.second);
  }
  for (Value output : outputs)
    resultTypes.push_back(output.getType());
  const std::string name = "delegate_" + std::to_string(number);
  auto delegate = func::FuncOp::create(
      NameLoc::get(builder.getStringAttr(name)), name,
      FunctionType::get(context, argumentTypes, resultTypes));
  delegate.setPrivate();
  delegate->setAttr("xnn.delegate", builder.getUnitAttr());
  symbols.insert(delegate);

  Block *body = delegate.addEntryBlock();
  OpBuilder inBody = OpBuilder::atBlockEnd(body);
  IRMapping map;
  for (auto [argument, input] : llvm::zip_equal(body->getArguments(), inputs))
    for (Value value : input.second)
      map.map(value, argument);
  for (ConstantOp constant : constants)
    inBody.clone(*constant, map);
  for (Operation *node : nodes)
    inBody.clone(*node, map);
  SmallVector<Value> returned;
  for (Value output : outputs)
    returned.push_back(map.lookup(output));
  func::ReturnOp::create(inBody, delegate.getLoc(), returned);

  auto call = et::CallDelegateOp::create(
      builder, delegate.getLoc(), outputTensors,
      FlatSymbolRefAttr::get(delegate.getSymNameAttr()), operands);
  for (auto [output, tensor] : llvm::zip_equal(outputs, call.getOutputs())) {
    tensors[output] = tensor;
    for (Operation *user : llvm::to_vector(output.getUsers()))
      if (auto leave = dyn_cast<LeaveOp>(user))
        leave.replaceAllUsesWith(tensor);
  }
  return success();
}

LogicalResult XnnOutlineDelegatesPass::outline(func::FuncOp function,
                                               SymbolTable &symbols) {
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("expected one block");
  Block &body = function.getBody().front();
  cleanUp(body);

  bool isDynamic = false, isObserved = false;
  SmallVector<Operation *> nodes, others, borders;
  for (Operation &op : body.without_terminator()) {
    isObserved |= isa<ObserveOp>(op);
    for (Value result : op.getResults())
      if (auto type = dyn_cast<RankedTensorType>(result.getType()))
        isDynamic |= !type.hasStaticShape();
    if (isNode(&op))
      nodes.push_back(&op);
    else if (isa<EnterOp, LeaveOp, ConstantOp>(op))
      borders.push_back(&op);
    else
      others.push_back(&op);
  }
  for (Type type : function.getArgumentTypes())
    if (auto tensor = dyn_cast<RankedTensorType>(type))
      isDynamic |= !tensor.hasStaticShape();

  Steps steps(body);
  if (inOrder || isObserved) {
    steps.assignInOrder();
  } else {
    steps.assignEarliest();
    if (wantsRemarks(function.getContext()))
      steps.tellOfSplits();
  }
  const SmallVector<Operation *> repeated = steps.repeatRows();
  nodes.insert(nodes.begin(), repeated.begin(), repeated.end());
  auto byStep = [&](Operation *a, Operation *b) {
    return steps.of(a) < steps.of(b);
  };
  llvm::stable_sort(nodes, byStep);
  llvm::stable_sort(others, byStep);

  Operation *end = body.getTerminator();
  DenseMap<Value, Value> tensors;
  auto other = others.begin();
  for (auto first = nodes.begin(); first != nodes.end();) {
    const int64_t step = steps.of(*first);
    for (; other != others.end() && steps.of(*other) <= step; ++other)
      (*other)->moveBefore(end);
    auto last = std::find_if(first, nodes.end(), [&](Operation *node) {
      return steps.of(node) != step;
    });
    if (failed(Delegate({first, last}, isDynamic, tensors)
                   .build(end, symbols, nextDelegate++)))
      return failure();
    ++numDelegates;
    first = last;
  }
  for (; other != others.end(); ++other)
    (*other)->moveBefore(end);

  // Nodes and borders are now unused, whatever the order.
  for (Operation *op : nodes)
    op->dropAllReferences();
  for (Operation *op : borders)
    op->dropAllReferences();
  for (Operation *op : nodes)
    op->erase();
  for (Operation *op : borders)
    op->erase();
  return success();
}
