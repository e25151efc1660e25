#include "pt2e/Xnnpack/FloatForms.h"

#include "dialects/Aten/Constants.h"
#include "dialects/Xnn/Xnn.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/IRMapping.h"
#include "pt2e/Numerics/Quantize.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::xnn;

static ValueType typeOf(Value value) {
  return cast<ValueType>(value.getType());
}

bool pt2e::xnn::hasFloatForm(Operation *op) {
  if (!isa<Conv2dOp, DepthwiseConv2dOp, ConvTranspose2dOp, FullyConnectedOp,
           BinaryElementwiseOp, GlobalAveragePooling2dOp>(op) ||
      typeOf(op->getResult(0)).getDatatype() != Datatype::QInt8)
    return false;
  return llvm::all_of(op->getOperands(), [](Value operand) {
    const Datatype datatype = typeOf(operand).getDatatype();
    return datatype == Datatype::QInt8 ||
           (operand.getDefiningOp<ConstantOp>() &&
            (datatype == Datatype::QCInt8 || datatype == Datatype::QInt32 ||
             datatype == Datatype::QCInt32));
  });
}

std::string pt2e::xnn::formSignature(Operation *op) {
  std::string text;
  llvm::raw_string_ostream os(text);
  auto writeNumbers = [&](ArrayRef<int64_t> numbers, StringRef separator) {
    llvm::interleave(numbers, os, separator);
  };
  auto writeType = [&](Value value) {
    os << stringifyDatatype(typeOf(value).getDatatype()) << " [";
    writeNumbers(typeOf(value).getShape(), ", ");
    os << "]";
  };
  os << op->getName().stripDialect();
  if (auto binary = dyn_cast<BinaryElementwiseOp>(op))
    os << " " << stringifyBinaryKind(binary.getKind());
  os << " (";
  llvm::interleaveComma(op->getOperands(), os, writeType);
  os << ") -> ";
  writeType(op->getResult(0));
  for (NamedAttribute attribute : op->getAttrDictionary()) {
    if (auto numbers = dyn_cast<DenseI64ArrayAttr>(attribute.getValue())) {
      os << ", " << attribute.getName().getValue() << " ";
      writeNumbers(numbers, " ");
    } else if (attribute.getName() == "groups") {
      os << ", groups " << cast<IntegerAttr>(attribute.getValue()).getInt();
    }
  }
  return text;
}

static ValueType floatType(ValueType type) {
  return ValueType::get(type.getContext(), Datatype::F32, type.getShape());
}

/// The numbers that the codes of `constant` stand for.
static FailureOr<Value> numbersOf(OpBuilder &builder, ConstantOp constant) {
  FailureOr<aten::ConstantData> codes = aten::constantData(constant.getValue());
  if (failed(codes))
    return failure();
  const ValueType type = constant.getType();
  absl::Span<const int64_t> shape(type.getShape().data(), type.getRank());
  QParamsList params;
  absl::StatusOr<Blocks> blocks = Blocks::perTensor(shape);
  if (ElementsAttr scales = constant.getScalesAttr()) {
    FailureOr<aten::ConstantData> data = aten::constantData(scales);
    if (failed(data))
      return failure();
    llvm::append_range(params.scales, data->as<float>());
    params.zeroPoints.resize(params.scales.size());
    blocks = Blocks::perChannel(shape, *constant.getChannelDim());
  } else {
    params.scales = {type.getScaleValue()};
    params.zeroPoints = {static_cast<int32_t>(type.getZeroPoint())};
  }
  if (!blocks.ok())
    return failure();
  std::vector<float> numbers(blocks->numElements());
  auto dequantizeAs = [&](auto code) {
    using Code = decltype(code);
    ArrayRef<Code> elements = codes->as<Code>();
    return dequantize<Code>(absl::MakeSpan(elements.data(), elements.size()),
                            *blocks, params, absl::MakeSpan(numbers));
  };
  const bool isByte = constant.getValue().getElementType().isInteger(8);
  if (!(isByte ? dequantizeAs(int8_t()) : dequantizeAs(int32_t())).ok())
    return failure();
  auto resource = dyn_cast<DenseResourceElementsAttr>(constant.getValue());
  ElementsAttr value = aten::makeConstant<float>(
      RankedTensorType::get(type.getShape(), builder.getF32Type()), numbers,
      resource ? resource.getRawHandle().getKey() : "dequantized");
  return ConstantOp::create(builder, constant.getLoc(), floatType(type), value,
                            /*scales=*/nullptr, /*channel_dim=*/nullptr)
      .getOutput();
}

FailureOr<Operation *> pt2e::xnn::computeInFloat(Operation *op) {
  OpBuilder builder(op);
  IRMapping numbers;
  for (Value operand : op->getOperands()) {
    if (numbers.contains(operand))
      continue;
    auto constant = operand.getDefiningOp<ConstantOp>();
    FailureOr<Value> number =
        constant ? numbersOf(builder, constant)
                 : ConvertOp::create(builder, op->getLoc(),
                                     floatType(typeOf(operand)), operand)
                       .getOutput();
    if (failed(number))
      return failure();
    numbers.map(operand, *number);
  }
  Operation *inFloat = builder.clone(*op, numbers);
  Value result = op->getResult(0);
  inFloat->getResult(0).setType(floatType(typeOf(result)));
  result.replaceAllUsesWith(ConvertOp::create(
      builder, op->getLoc(), result.getType(), inFloat->getResult(0)));
  op->erase();
  return inFloat;
}
