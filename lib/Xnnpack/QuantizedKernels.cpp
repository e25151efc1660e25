//===- QuantizedKernels.cpp - Calls of the runtime's kernels for codes ----===//

#include "QuantizedKernels.h"

#include "Lowering.h"
#include "dialects/Aten/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace pt2e;
using pt2e::xnn::tensorType;

std::optional<int64_t> pt2e::scalarType(Type type) {
  if (auto integer = dyn_cast<IntegerType>(type)) {
    switch (integer.getWidth()) {
    case 1:
      return 11;
    case 8:
      return integer.isUnsigned() ? 0 : 1;
    case 16:
      return 2;
    case 32:
      return 3;
    case 64:
      return 4;
    default:
      return std::nullopt;
    }
  }
  if (type.isF16())
    return 5;
  if (type.isF32())
    return 6;
  if (type.isF64())
    return 7;
  if (type.isBF16())
    return 15;
  return std::nullopt;
}

static Attribute operand(OpBuilder &builder, int64_t index) {
  return et::OperandAttr::get(builder.getContext(), index);
}

namespace {
/// A table [rows, columns] as the embedding kernels take it.
struct Table {
  ElementsAttr codes;
  std::vector<float> scales, zeroPoints; ///< row-major, by row and group
  int64_t groups;                        ///< of each row
  bool isInt4;
};
} // namespace

/// Two codes in a byte, the first in the upper half, from 0 on.
static ElementsAttr packInt4(ArrayRef<int8_t> codes, int64_t offset,
                             RankedTensorType type, StringRef name) {
  std::vector<char> packed;
  packed.reserve(codes.size() / 2);
  for (size_t i = 0; i < codes.size(); i += 2)
    packed.push_back(((codes[i] + offset) & 15) << 4 |
                     ((codes[i + 1] + offset) & 15));
  return aten::makeConstant(
      RankedTensorType::get(
          {type.getDimSize(0), type.getDimSize(1) / 2},
          IntegerType::get(type.getContext(), 8, IntegerType::Unsigned)),
      std::move(packed), name);
}

/// The parameters of `tensor`, which is constant, as numbers.
static std::optional<std::vector<float>> numbersOf(Value tensor) {
  ElementsAttr elements = aten::constantOf(tensor);
  FailureOr<aten::ConstantData> data =
      elements ? aten::constantData(elements) : FailureOr<aten::ConstantData>();
  if (failed(data))
    return std::nullopt;
  if (elements.getElementType().isF32()) {
    const ArrayRef<float> numbers = data->as<float>();
    return std::vector<float>(numbers.begin(), numbers.end());
  }
  if (!elements.getElementType().isInteger(32))
    return std::nullopt;
  const ArrayRef<int32_t> numbers = data->as<int32_t>();
  return std::vector<float>(numbers.begin(), numbers.end());
}

static std::optional<Table> tableOf(DequantizeOp dequantize) {
  RankedTensorType type = tensorType(dequantize.getInput());
  ElementsAttr codes = aten::constantOf(dequantize.getInput());
  const EncodingAttr encoding = dequantize.getEncoding();
  const ArrayRef<int64_t> block = encoding.getBlock();
  if (!codes || type.getRank() != 2 ||
      !tensorType(dequantize.getResult()).getElementType().isF32())
    return std::nullopt;
  const int64_t rows = type.getDimSize(0), columns = type.getDimSize(1);
  const int64_t group = block[1] == -1 ? columns : block[1];
  const bool isWhole = block[0] == -1 || block[0] == rows;
  if (columns == 0 || columns % group || (!isWhole && block[0] != 1) ||
      (isWhole && rows != 1 && group != columns))
    return std::nullopt;
  auto scales = numbersOf(dequantize.getScale());
  std::optional<std::vector<float>> zeroPoints =
      dequantize.getZeroPoint() ? numbersOf(dequantize.getZeroPoint())
                                : std::vector<float>();
  if (!scales || !zeroPoints)
    return std::nullopt;
  if (zeroPoints->empty())
    zeroPoints->assign(scales->size(), 0);
  if (zeroPoints->size() != scales->size())
    return std::nullopt;
  // One scale for all is one for each row.
  if (scales->size() == 1) {
    scales->assign(rows, scales->front());
    zeroPoints->assign(rows, zeroPoints->front());
  }
  const IntegerType storage = encoding.getStorage();
  const int64_t low = encoding.getQuantMin(), high = encoding.getQuantMax();
  Table table{codes, std::move(*scales), std::move(*zeroPoints),
              columns / group, false};
  if (storage.getWidth() == 8)
    return table;
  table.codes = xnn::codesAsBytes(codes, "embedding.codes");
  if (!table.codes)
    return std::nullopt;
  if (storage.getWidth() > 4 || columns % 2)
    return table; // a byte each
  // The kernel's codes are those from 0 on less 8.
  const int64_t offset = storage.isUnsigned() ? 0 : 8;
  if (low + offset < 0 || high + offset > 15)
    return std::nullopt;
  FailureOr<aten::ConstantData> data = aten::constantData(table.codes);
  if (failed(data))
    return std::nullopt;
  table.isInt4 = true;
  table.codes = packInt4(data->as<int8_t>(), offset, type, "embedding.codes");
  if (storage.isUnsigned())
    for (float &zeroPoint : table.zeroPoints)
      zeroPoint -= 8;
  return table;
}

bool pt2e::hasEmbeddingKernel(DequantizeOp table) {
  return llvm::all_of(table->getUsers(),
                      [](Operation *user) {
                        return isa<aten::EmbeddingOp>(user) &&
                               user->getOperand(1).getDefiningOp() !=
                                   user->getOperand(0).getDefiningOp();
                      }) &&
         tableOf(table);
}

et::CallKernelOp pt2e::callEmbeddingKernel(OpBuilder &builder,
                                           aten::EmbeddingOp op) {
  auto dequantize = op.getWeight().getDefiningOp<DequantizeOp>();
  std::optional<Table> table =
      dequantize ? tableOf(dequantize) : std::optional<Table>();
  if (!table)
    return {};
  const Location loc = dequantize.getLoc();
  const int64_t rows = tensorType(dequantize.getInput()).getDimSize(0);
  std::string name = "embedding";
  Value codes = dequantize.getInput();
  if (auto parameter = codes.getDefiningOp<aten::ParameterOp>())
    name = parameter.getName().str();
  if (table->codes != aten::constantOf(codes))
    codes = aten::ParameterOp::create(builder, loc, name, table->codes);
  const SmallVector<int64_t> shape =
      table->groups == 1 ? SmallVector<int64_t>{rows}
                         : SmallVector<int64_t>{rows, table->groups};
  auto numbers = [&](ArrayRef<float> values, StringRef what) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     xnn::floatConstant(builder.getContext(),
                                                        values, shape,
                                                        name + what.str()));
  };
  SmallVector<Value> inputs{codes, numbers(table->scales, ".scale")};
  const bool hasZeroPoints =
      llvm::any_of(table->zeroPoints, [](float z) { return z != 0; });
  if (hasZeroPoints)
    inputs.push_back(numbers(table->zeroPoints, ".zero_point"));
  inputs.push_back(op.getIndices());
  const EncodingAttr encoding = dequantize.getEncoding();
  const int64_t low = table->isInt4 ? -8 : encoding.getQuantMin();
  const int64_t high = table->isInt4 ? 7 : encoding.getQuantMax();
  const SmallVector<Attribute> arguments{
      operand(builder, 0),
      operand(builder, 1),
      hasZeroPoints ? operand(builder, 2) : Attribute(builder.getUnitAttr()),
      builder.getI64IntegerAttr(low),
      builder.getI64IntegerAttr(high),
      operand(builder, inputs.size() - 1)};
  return et::CallKernelOp::create(
      builder, op.getLoc(), op->getResultTypes(),
      table->isInt4 ? "quantized_decomposed::embedding_4bit.out"
                    : "quantized_decomposed::embedding_byte.out",
      inputs, builder.getArrayAttr(arguments));
}

et::CallKernelOp pt2e::callStaticKernel(OpBuilder &builder, Operation *op) {
  auto quantize = dyn_cast<QuantizeOp>(op);
  auto dequantize = dyn_cast<DequantizeOp>(op);
  const EncodingAttr encoding =
      quantize ? quantize.getEncoding() : dequantize.getEncoding();
  Value zeroPointOperand =
      quantize ? quantize.getZeroPoint() : dequantize.getZeroPoint();
  const std::optional<int64_t> dtype = scalarType(encoding.getStorage());
  auto scale = numbersOf(op->getOperand(1));
  auto zeroPoint = zeroPointOperand ? numbersOf(zeroPointOperand)
                                    : std::optional(std::vector<float>{0});
  if (!dtype || !scale || scale->size() != 1 || !zeroPoint ||
      zeroPoint->size() != 1 ||
      zeroPoint->front() != int64_t(zeroPoint->front()))
    return {};
  SmallVector<Attribute> arguments{operand(builder, 0),
                                   builder.getF64FloatAttr(scale->front())};
  for (int64_t integer : {int64_t(zeroPoint->front()), encoding.getQuantMin(),
                          encoding.getQuantMax(), *dtype})
    arguments.push_back(builder.getI64IntegerAttr(integer));
  if (dequantize)
    arguments.push_back(builder.getUnitAttr()); // out_dtype
  return et::CallKernelOp::create(
      builder, op->getLoc(), op->getResultTypes(),
      quantize ? "quantized_decomposed::quantize_per_tensor.out"
               : "quantized_decomposed::dequantize_per_tensor.out",
      op->getOperand(0), builder.getArrayAttr(arguments));
}

/// True if there is one scale for all elements, or one for each row.
static bool isPerTensor(Value scale) {
  RankedTensorType type = tensorType(scale);
  return type.hasStaticShape() && type.getNumElements() == 1;
}
static bool isPerRow(EncodingAttr encoding, RankedTensorType type) {
  const ArrayRef<int64_t> block = encoding.getBlock();
  return !block.empty() &&
         (block.back() == -1 || block.back() == type.getShape().back()) &&
         llvm::all_of(block.drop_back(), [](int64_t b) { return b == 1; });
}

et::CallKernelOp pt2e::callChooseKernel(OpBuilder &builder,
                                        ChooseQParamsOp op) {
  const EncodingAttr encoding = op.getEncoding();
  RankedTensorType type = tensorType(op.getInput());
  const IntegerType storage = encoding.getStorage();
  if (storage.getWidth() != 8 || op.getScheme() != QuantScheme::Affine ||
      !type.getElementType().isF32())
    return {};
  const int64_t dtype = *scalarType(storage);
  auto scaleType = tensorType(op.getScale());
  SmallVector<Attribute> arguments{operand(builder, 0)};
  if (isPerTensor(op.getScale())) {
    arguments.append(
        {builder.getI64IntegerAttr(encoding.getQuantMin()),
         builder.getI64IntegerAttr(encoding.getQuantMax()),
         builder.getF64FloatAttr(op.getEps() ? op.getEps()->convertToDouble()
                                             : 0x1p-23),
         builder.getI64IntegerAttr(dtype)});
    auto one = RankedTensorType::get({1}, builder.getF64Type());
    return et::CallKernelOp::create(
        builder, op.getLoc(), TypeRange{one, one.clone(builder.getI64Type())},
        "quantized_decomposed::choose_qparams.Tensor_out", op.getInput(),
        builder.getArrayAttr(arguments));
  }
  if (!isPerRow(encoding, type) || storage.isUnsigned() ||
      encoding.getQuantMin() != -128 || encoding.getQuantMax() != 127)
    return {};
  arguments.push_back(builder.getI64IntegerAttr(dtype));
  return et::CallKernelOp::create(
      builder, op.getLoc(),
      TypeRange{scaleType.clone(builder.getF64Type()),
                scaleType.clone(builder.getI64Type())},
      "quantized_decomposed::choose_qparams_per_token_asymmetric.out",
      op.getInput(), builder.getArrayAttr(arguments));
}

et::CallKernelOp pt2e::callDynamicKernel(OpBuilder &builder, Operation *op,
                                         et::CallKernelOp chosen) {
  auto quantize = dyn_cast<QuantizeOp>(op);
  auto dequantize = dyn_cast<DequantizeOp>(op);
  const EncodingAttr encoding =
      quantize ? quantize.getEncoding() : dequantize.getEncoding();
  const bool isTensor = isPerTensor(op->getOperand(1));
  SmallVector<Attribute> arguments{operand(builder, 0), operand(builder, 1),
                                   operand(builder, 2)};
  for (int64_t integer : {encoding.getQuantMin(), encoding.getQuantMax(),
                          *scalarType(encoding.getStorage())})
    arguments.push_back(builder.getI64IntegerAttr(integer));
  if (dequantize)
    arguments.push_back(isTensor ? Attribute(builder.getUnitAttr())
                                 : Attribute(builder.getI64IntegerAttr(
                                       *scalarType(builder.getF32Type()))));
  const StringRef kernel =
      quantize
          ? (isTensor ? "quantized_decomposed::quantize_per_tensor.Tensor_out"
                      : "quantized_decomposed::quantize_per_token.out")
          : (isTensor ? "quantized_decomposed::dequantize_per_tensor.Tensor_out"
                      : "quantized_decomposed::dequantize_per_token.out");
  return et::CallKernelOp::create(
      builder, op->getLoc(), op->getResultTypes(), kernel,
      ValueRange{op->getOperand(0), chosen.getResult(0), chosen.getResult(1)},
      builder.getArrayAttr(arguments));
}
