//===- WidenFloats.cpp - Compute in f32 what is f16 or bf16 ---------------===//

#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Schema.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "pt2e/Numerics/Halves.h"
#include "pt2e/Transforms/Passes.h"

namespace pt2e {
#define GEN_PASS_DEF_WIDENFLOATSPASS
#include "pt2e/Transforms/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;

namespace {
bool isNarrow(Type type) { return type.isF16() || type.isBF16(); }

bool isNarrow(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && isNarrow(type.getElementType());
}

bool isComplex(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isa<ComplexType>(tensor.getElementType());
}

RankedTensorType withElement(Value value, Type element) {
  auto type = cast<RankedTensorType>(value.getType());
  return RankedTensorType::get(type.getShape(), element, type.getEncoding());
}

/// One tensor as another element type.
bool isCast(Operation *op) {
  const std::string name = aten::schemaName(op);
  return StringRef(name).starts_with("aten::to.") || name == "aten::_to_copy" ||
         name == "aten::type_as";
}

/// What sees the bits of a float, keeps it from call to call, or is no
/// operator of PyTorch's.
bool isBorder(Operation *op) {
  if (!isa_and_nonnull<aten::AtenDialect>(op->getDialect()) ||
      isa<aten::ParameterOp, aten::ReadBufferOp, aten::WriteBufferOp>(op))
    return true;
  const std::string name = aten::schemaName(op);
  return name == "aten::view.dtype" ||
         StringRef(name).starts_with("higher_order::");
}

class Widening {
public:
  explicit Widening(func::FuncOp function)
      : function(function), builder(function.getContext()),
        f32(builder.getF32Type()) {
    types.addReplacement([this](TypeAttr type) -> std::optional<Attribute> {
      if (!isNarrow(type.getValue()))
        return std::nullopt;
      return TypeAttr::get(f32);
    });
  }

  int64_t run();

private:
  /// The f32 tensor for a narrow `value`.
  Value wide(Value value);
  void widenCast(Operation *op);
  void widenOperator(Operation *op);

  func::FuncOp function;
  OpBuilder builder;
  Type f32;
  AttrTypeReplacer types;
  DenseMap<Value, Value> known;
  int64_t numWidened = 0;
};

/// The numbers of a narrow constant.
ElementsAttr widenConstant(ElementsAttr narrow, RankedTensorType type,
                           StringRef name) {
  FailureOr<aten::ConstantData> data = aten::constantData(narrow);
  if (failed(data))
    return {};
  const ArrayRef<uint16_t> halves = data->as<uint16_t>();
  std::vector<char> bytes(halves.size() * sizeof(float));
  llvm::transform(halves, reinterpret_cast<float *>(bytes.data()),
                  narrow.getElementType().isF16() ? halfToFloat
                                                  : bfloatToFloat);
  return aten::makeConstant(type, std::move(bytes), name);
}

Value Widening::wide(Value value) {
  Value &result = known[value];
  if (result)
    return result;
  builder.setInsertionPointAfterValue(value);
  const RankedTensorType type = withElement(value, f32);
  if (ElementsAttr constant = aten::constantOf(value)) {
    auto parameter = value.getDefiningOp<aten::ParameterOp>();
    const StringRef name = parameter ? parameter.getName() : "constant";
    if (ElementsAttr numbers = widenConstant(constant, type, name)) {
      auto made =
          aten::ParameterOp::create(builder, value.getLoc(), name, numbers);
      if (Attribute role =
              parameter ? parameter->getAttr("aten.role") : Attribute())
        made->setAttr("aten.role", role);
      return result = made;
    }
  }
  return result =
             aten::ToDtypeOp::create(builder, value.getLoc(), type, value, f32);
}

/// A cast to a narrow type is undone by what computes on; one that casts alone
/// read rounds on purpose.
void Widening::widenCast(Operation *op) {
  Value input = op->getOperand(0), result = op->getResult(0);
  const bool rounds = llvm::all_of(result.getUsers(), isCast);
  if (isNarrow(result) && !rounds) {
    if (isNarrow(input)) {
      known[result] = wide(input);
    } else if (cast<RankedTensorType>(input.getType()).getElementType() ==
               f32) {
      known[result] = input;
    } else {
      builder.setInsertionPointAfter(op);
      known[result] = aten::ToDtypeOp::create(
          builder, op->getLoc(), withElement(result, f32), input, f32);
    }
  } else if (isNarrow(input) && !isNarrow(result)) {
    auto computed = known.find(input);
    if (computed == known.end() || aten::constantOf(input))
      return;
    if (result.getType() == computed->second.getType())
      result.replaceAllUsesWith(computed->second);
    else
      op->setOperand(0, computed->second);
  }
}

void Widening::widenOperator(Operation *op) {
  bool isWidened = false;
  for (OpOperand &operand : op->getOpOperands())
    if (isNarrow(operand.get())) {
      operand.set(wide(operand.get()));
      isWidened = true;
    }
  for (OpResult result : op->getResults()) {
    if (!isNarrow(result))
      continue;
    isWidened = true;
    const Type narrow =
        cast<RankedTensorType>(result.getType()).getElementType();
    result.setType(withElement(result, f32));
    builder.setInsertionPointAfter(op);
    // For what reads it narrow; others are redirected as they come.
    Value rounded = aten::ToDtypeOp::create(
        builder, op->getLoc(), withElement(result, narrow), result, narrow);
    result.replaceAllUsesExcept(rounded, rounded.getDefiningOp());
    known[rounded] = result;
  }
  if (isWidened) {
    types.replaceElementsIn(op);
    ++numWidened;
  }
}

int64_t Widening::run() {
  std::vector<Operation *> ops;
  for (Operation &op : function.front())
    ops.push_back(&op);
  for (Operation *op : ops) {
    const auto isOfComplex = [](TypeRange types) {
      return llvm::any_of(types, isComplex);
    };
    if (isBorder(op) || isOfComplex(op->getOperandTypes()) ||
        isOfComplex(op->getResultTypes()))
      continue;
    if (isCast(op))
      widenCast(op);
    else
      widenOperator(op);
  }
  // Casts and constants that nobody reads any longer.
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(function.front())))
    if (op.use_empty() &&
        (isCast(&op) || isa<arith::ConstantOp, aten::ParameterOp>(op)))
      op.erase();
  return numWidened;
}

struct WidenFloatsPass : pt2e::impl::WidenFloatsPassBase<WidenFloatsPass> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal())
        numWidened += Widening(function).run();
  }
};
} // namespace
