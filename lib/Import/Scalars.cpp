// Scalar code of an exported graph (`_operator.mul`, `torch.sym_max`, ...) as
// `arith` ops, with Python's meaning; what is known is computed here.
#include <cmath>

#include "GraphImporter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pt2e;

/// Python's `//`, or none for a division by zero or an overflow.
static std::optional<int64_t> floorDivide(int64_t a, int64_t b) {
  if (b == 0 || (a == INT64_MIN && b == -1))
    return std::nullopt;
  return llvm::divideFloorSigned(a, b);
}

/// The value of an integer function, or none if it has none in int64.
static std::optional<int64_t> evaluate(StringRef function, int64_t a,
                                       int64_t b) {
  int64_t result;
  if (function == "add")
    return llvm::AddOverflow(a, b, result) ? std::nullopt
                                           : std::optional(result);
  if (function == "sub")
    return llvm::SubOverflow(a, b, result) ? std::nullopt
                                           : std::optional(result);
  if (function == "mul")
    return llvm::MulOverflow(a, b, result) ? std::nullopt
                                           : std::optional(result);
  if (function == "floordiv")
    return floorDivide(a, b);
  if (function == "mod") {
    std::optional<int64_t> quotient = floorDivide(a, b);
    return quotient ? std::optional(a - *quotient * b) : std::nullopt;
  }
  if (function == "sym_max")
    return std::max(a, b);
  if (function == "sym_min")
    return std::min(a, b);
  return std::nullopt;
}

/// How a comparison is called in Python.
static std::optional<arith::CmpIPredicate> comparison(StringRef function) {
  return llvm::StringSwitch<std::optional<arith::CmpIPredicate>>(function)
      .Case("eq", arith::CmpIPredicate::eq)
      .Case("ne", arith::CmpIPredicate::ne)
      .Case("lt", arith::CmpIPredicate::slt)
      .Case("le", arith::CmpIPredicate::sle)
      .Case("gt", arith::CmpIPredicate::sgt)
      .Case("ge", arith::CmpIPredicate::sge)
      .Default(std::nullopt);
}

OpFoldResult GraphImporter::scalarResult(GraphScope &scope, const Node &node,
                                         ArrayRef<OpFoldResult> operands) {
  const StringRef function = node.op.op;
  const auto known = [&](size_t i) -> std::optional<int64_t> {
    auto attribute = dyn_cast<Attribute>(operands[i]);
    auto integer = dyn_cast_or_null<IntegerAttr>(attribute);
    return integer && integer.getType().isInteger(64)
               ? std::optional(integer.getInt())
               : std::nullopt;
  };
  if (operands.size() == 2 && known(0) && known(1)) {
    if (auto value = evaluate(function, *known(0), *known(1)))
      return OpFoldResult(builder.getI64IntegerAttr(*value));
    if (auto predicate = comparison(function))
      return OpFoldResult(builder.getBoolAttr(arith::applyCmpPredicate(
          *predicate, APInt(64, *known(0), true), APInt(64, *known(1), true))));
  }

  SmallVector<Value> values;
  for (OpFoldResult operand : operands)
    values.push_back(materialize(operand));
  const bool areIntegers = llvm::all_of(
      values, [](Value value) { return value.getType().isInteger(64); });
  const bool areBools = llvm::all_of(
      values, [](Value value) { return value.getType().isInteger(1); });
  const Type i64 = builder.getI64Type(), f64 = builder.getF64Type();
  const auto toFloat = [&](Value value) -> Value {
    if (value.getType().isF64())
      return value;
    return arith::SIToFPOp::create(builder, loc, f64, value);
  };
  if (values.size() == 1 && areIntegers) {
    if (function == "neg")
      return arith::SubIOp::create(builder, loc,
                                   materialize(builder.getI64IntegerAttr(0)),
                                   values[0])
          .getResult();
    if (function == "sym_float")
      return toFloat(values[0]);
    if (function == "pos" || function == "sym_int" || function == "trunc")
      return values[0];
  }
  if (values.size() == 1 && values[0].getType().isF64() &&
      (function == "trunc" || function == "sym_int"))
    return arith::FPToSIOp::create(builder, loc, i64, values[0]).getResult();
  if (values.size() == 1 && areBools && function == "sym_not")
    return arith::XOrIOp::create(builder, loc, values[0],
                                 materialize(builder.getBoolAttr(true)))
        .getResult();
  if (values.size() == 3 && function == "sym_ite" &&
      values[0].getType().isInteger(1) &&
      values[1].getType() == values[2].getType())
    return arith::SelectOp::create(builder, loc, values[0], values[1],
                                   values[2])
        .getResult();
  if (values.size() != 2)
    return {};
  Value a = values[0], b = values[1];
  if (areBools && function == "and_")
    return arith::AndIOp::create(builder, loc, a, b).getResult();
  if (areBools && function == "or_")
    return arith::OrIOp::create(builder, loc, a, b).getResult();
  if (areIntegers) {
    if (auto predicate = comparison(function))
      return arith::CmpIOp::create(builder, loc, *predicate, a, b).getResult();
    if (function == "add")
      return arith::AddIOp::create(builder, loc, a, b).getResult();
    if (function == "sub")
      return arith::SubIOp::create(builder, loc, a, b).getResult();
    if (function == "mul")
      return arith::MulIOp::create(builder, loc, a, b).getResult();
    if (function == "floordiv")
      return arith::FloorDivSIOp::create(builder, loc, a, b).getResult();
    if (function == "mod") { // the divisor's sign, as in Python
      Value quotient = arith::FloorDivSIOp::create(builder, loc, a, b);
      Value whole = arith::MulIOp::create(builder, loc, quotient, b);
      return arith::SubIOp::create(builder, loc, a, whole).getResult();
    }
    if (function == "sym_max")
      return arith::MaxSIOp::create(builder, loc, a, b).getResult();
    if (function == "sym_min")
      return arith::MinSIOp::create(builder, loc, a, b).getResult();
  }
  if (function == "truediv")
    return arith::DivFOp::create(builder, loc, toFloat(a), toFloat(b))
        .getResult();
  if (a.getType().isF64() || b.getType().isF64()) {
    a = toFloat(a);
    b = toFloat(b);
    if (function == "add")
      return arith::AddFOp::create(builder, loc, a, b).getResult();
    if (function == "sub")
      return arith::SubFOp::create(builder, loc, a, b).getResult();
    if (function == "mul")
      return arith::MulFOp::create(builder, loc, a, b).getResult();
  }
  return {};
}

LogicalResult GraphImporter::importScalarNode(GraphScope &scope,
                                              const Node &node) {
  SmallVector<OpFoldResult> operands;
  for (const NamedArgument &input : node.inputs) {
    OpFoldResult operand;
    const auto take = [&](const auto *argument) -> LogicalResult {
      if (!argument->isName()) {
        operand = convertConstant(input.arg, nullptr);
        return success();
      }
      FailureOr<Binding> binding = lookup(scope, argument->name);
      if (succeeded(binding))
        operand = binding->scalar;
      return success(succeeded(binding));
    };
    LogicalResult taken = success();
    if (const auto *integer = input.arg.as<SymIntArgument>())
      taken = take(integer);
    else if (const auto *real = input.arg.as<SymFloatArgument>())
      taken = take(real);
    else if (const auto *condition = input.arg.as<SymBoolArgument>())
      taken = take(condition);
    else
      operand = convertConstant(input.arg, nullptr);
    if (failed(taken))
      return failure();
    auto constant =
        operand.isNull() ? Attribute() : dyn_cast<Attribute>(operand);
    if (operand.isNull() || (constant && !isa<TypedAttr>(constant)))
      return emitError(loc) << "expected scalars for " << node.target
                            << ", but got " << input.arg.tag();
    operands.push_back(operand);
  }
  auto types = resultTypes(scope, node);
  const std::vector<StringRef> names = node.resultNames();
  if (failed(types) || types->size() != 1 || names.size() != 1)
    return emitError(loc) << "expected one scalar result of " << node.target;
  Binding &result = scope.bindings[names[0]];
  result.scalar = scalarResult(scope, node, operands);
  if (!result.scalar.isNull())
    return success();
  // No op for it: lowering will say so.
  aten::OperatorArgument all;
  all.name = "operands";
  for (OpFoldResult operand : operands)
    all.tensors.push_back(materialize(operand));
  Operation *op = createOp(node.op.ns + "::" + node.op.op, all, *types);
  result.scalar = op->getResult(0);
  return success();
}
