#include "XnnGraph.h"

#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::emit;
using namespace fb_xnnpack;

// Of xnnpack.h.
static constexpr uint32_t kInvalidId = UINT32_MAX;
static constexpr uint32_t kExternalInput = 1;
static constexpr uint32_t kExternalOutput = 2;

static constexpr size_t kHeaderSize = 30;
static constexpr size_t kFlatbufferOffset = 32;

/// 4-bit codes as XNNPACK reads them: code + 8, two in a byte, the first in
/// the low half, each row (last dimension) padded to a whole byte with 8.
static std::vector<char> packInt4(ArrayRef<int8_t> codes, int64_t rowLength) {
  const int64_t rowBytes = (rowLength + 1) / 2;
  const int64_t rows = rowLength ? codes.size() / rowLength : 0;
  std::vector<char> packed(rows * rowBytes);
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t pair = 0; pair < rowBytes; ++pair) {
      const int8_t *code = &codes[row * rowLength + 2 * pair];
      const uint8_t low = (code[0] + 8) & 15;
      const uint8_t high = 2 * pair + 1 < rowLength ? (code[1] + 8) & 15 : 8;
      packed[row * rowBytes + pair] = low | high << 4;
    }
  return packed;
}

namespace {
class GraphWriter {
public:
  explicit GraphWriter(func::FuncOp delegate) : delegate(delegate) {}

  FailureOr<ByteList> write();

private:
  void numberValues();
  LogicalResult writeConstant(xnn::ConstantOp op);
  void writeValue(Value value, uint32_t id, uint32_t flags);
  void writeValue(xnn::ValueType type, uint32_t id, uint32_t flags,
                  uint32_t buffer, XNNQuantParams quantType,
                  fb::Offset<void> quant);
  /// The index in constant_data of `bytes`, which `owner` holds.
  template <typename Owner>
  uint32_t addConstant(ArrayRef<char> bytes, Owner owner);
  ByteList assemble();

  func::FuncOp delegate;
  fb::FlatBufferBuilder builder;
  std::vector<fb::Offset<XValue>> values;
  std::vector<fb::Offset<XNode>> nodes;
  DenseMap<Value, uint32_t> ids;
  uint32_t numValues = 0;
  /// Results of the delegate that are no op's: pairs of value and external id.
  SmallVector<std::pair<Value, uint32_t>> copies;
  // Entry 0 of constant_data means "no constant".
  std::vector<std::pair<uint64_t, uint64_t>> constants = {{0, 0}};
  BytesIndex constantIndex;
  ByteList constantBytes;
};
} // namespace

void GraphWriter::numberValues() {
  Block &body = delegate.getBody().front();
  for (Value argument : body.getArguments())
    ids[argument] = numValues++;
  for (Value result : body.getTerminator()->getOperands()) {
    const uint32_t id = numValues++;
    Operation *op = result.getDefiningOp();
    if (!op || isa<xnn::ConstantOp>(op) || !ids.try_emplace(result, id).second)
      copies.emplace_back(result, id);
  }
  for (Operation &op : body.without_terminator())
    for (Value result : op.getResults())
      if (ids.try_emplace(result, numValues).second)
        ++numValues;
}

void GraphWriter::writeValue(xnn::ValueType type, uint32_t id, uint32_t flags,
                             uint32_t buffer, XNNQuantParams quantType,
                             fb::Offset<void> quant) {
  const auto dims = builder.CreateVector(
      std::vector<uint32_t>(type.getShape().begin(), type.getShape().end()));
  const auto tensor = CreateXNNTensorValue(
      builder, static_cast<XNNDatatype>(type.getDatatype()), type.getRank(),
      dims, buffer, flags ? id : kInvalidId, flags, id);
  if (quantType == XNNQuantParams::NONE)
    values.push_back(
        CreateXValue(builder, XValueUnion::XNNTensorValue, tensor.Union()));
  else
    values.push_back(CreateXValue(
        builder, XValueUnion::XNNQuantizedTensorValue,
        CreateXNNQuantizedTensorValue(builder, tensor, quantType, quant)
            .Union()));
}

/// Per-row quantization covers the last dimension, or for a convolution the
/// last three.
static int32_t nonBatchDims(Value value) {
  for (Operation *user : value.getUsers())
    if (auto range = xnn::rangeReadBy(user))
      return *range == xnn::RangeOf::Row ? 1 : 3;
  return 1;
}

void GraphWriter::writeValue(Value value, uint32_t id, uint32_t flags) {
  auto type = cast<xnn::ValueType>(value.getType());
  if (type.getScale())
    writeValue(
        type, id, flags, /*buffer=*/0, XNNQuantParams::PerTensorQuant,
        CreatePerTensorQuant(builder, type.getScaleValue(), type.getZeroPoint())
            .Union());
  else if (type.getDatatype() == xnn::Datatype::QDInt8)
    writeValue(
        type, id, flags, /*buffer=*/0, XNNQuantParams::PerTokenDynamicQuant,
        CreatePerTokenDynamicQuant(builder, nonBatchDims(value)).Union());
  else
    writeValue(type, id, flags, /*buffer=*/0, XNNQuantParams::NONE, 0);
}

template <typename Owner>
uint32_t GraphWriter::addConstant(ArrayRef<char> bytes, Owner owner) {
  const uint32_t fresh = constants.size();
  const uint32_t index = constantIndex.lookup(bytes, fresh);
  if (index != fresh)
    return index;
  constantBytes.alignTo(kConstantAlignment);
  constants.emplace_back(constantBytes.size(), bytes.size());
  constantBytes.append(std::move(owner));
  return fresh;
}

LogicalResult GraphWriter::writeConstant(xnn::ConstantOp op) {
  auto type = cast<xnn::ValueType>(op.getOutput().getType());
  const bool isInt4 = type.getDatatype() == xnn::Datatype::QCInt4 ||
                      type.getDatatype() == xnn::Datatype::QBInt4;
  FailureOr<aten::ConstantData> data = aten::constantData(op.getValue());
  if (failed(data))
    return op.emitOpError("has a value without data");
  const int64_t perElement =
      isInt4 ? 1 : op.getValue().getElementType().getIntOrFloatBitWidth() / 8;
  int64_t expected = perElement;
  for (int64_t size : type.getShape())
    expected *= size;
  if (int64_t(data->bytes().size()) != expected)
    return op.emitOpError("expected ")
           << expected << " bytes of data, but got " << data->bytes().size();
  uint32_t buffer;
  if (isInt4) {
    for (int8_t code : data->as<int8_t>())
      if (code < -8 || code > 7)
        return op.emitOpError("expected 4-bit codes in [-8, 7], but got ")
               << int(code);
    std::vector<char> packed =
        packInt4(data->as<int8_t>(), type.getShape().back());
    const ArrayRef<char> bytes = packed;
    buffer = addConstant(bytes, std::move(packed));
  } else {
    const ArrayRef<char> bytes = data->bytes();
    buffer = addConstant(bytes, std::move(*data));
  }
  const uint32_t id = ids.lookup(op.getOutput());
  XNNQuantParams quantType = XNNQuantParams::NONE;
  fb::Offset<void> quant = 0;
  if (type.getScale()) {
    quantType = XNNQuantParams::PerTensorQuant;
    quant =
        CreatePerTensorQuant(builder, type.getScaleValue(), type.getZeroPoint())
            .Union();
  } else if (op.getScales()) {
    FailureOr<aten::ConstantData> scales = aten::constantData(*op.getScales());
    if (failed(scales))
      return op.emitOpError("has scales without data");
    const int64_t count = op.getScales()->getNumElements();
    const bool blockwise = type.getDatatype() == xnn::Datatype::QBInt4;
    const int64_t groupSize =
        blockwise ? type.getShape()[0] * type.getShape()[1] / count : 0;
    // Blockwise scales are read as bf16 from a buffer, as f32 from the list,
    // which older runtimes want to exist in any case.
    std::vector<float> inlined;
    uint32_t scaleBuffer = 0;
    const ArrayRef<char> bytes = scales->bytes();
    if (blockwise && op.getScales()->getElementType().isF32())
      inlined.assign(scales->as<float>().begin(), scales->as<float>().end());
    else
      scaleBuffer = addConstant(bytes, std::move(*scales));
    const auto list = builder.CreateVector(inlined);
    if (blockwise) {
      quantType = XNNQuantParams::PerChannelGroupQuant;
      quant = CreatePerChannelGroupQuant(builder, list, *op.getChannelDim(),
                                         groupSize, scaleBuffer, count)
                  .Union();
    } else {
      quantType = XNNQuantParams::PerChannelQuant;
      quant = CreatePerChannelQuant(builder, list, *op.getChannelDim(),
                                    scaleBuffer, count)
                  .Union();
    }
  }
  writeValue(type, id, /*flags=*/0, buffer, quantType, quant);
  return success();
}

FailureOr<ByteList> GraphWriter::write() {
  numberValues();
  Block &body = delegate.getBody().front();
  std::vector<uint32_t> inputs, outputs;
  for (Value argument : body.getArguments()) {
    inputs.push_back(ids.lookup(argument));
    writeValue(argument, inputs.back(), kExternalInput);
  }
  for (Value result : body.getTerminator()->getOperands()) {
    outputs.push_back(inputs.size() + outputs.size());
    writeValue(result, outputs.back(), kExternalOutput);
  }
  const uint32_t numExternals = inputs.size() + outputs.size();

  auto idOf = [&](Value value) { return ids.lookup(value); };
  NodeWriter nodeWriter(builder, idOf);
  for (Operation &op : body.without_terminator()) {
    if (auto constant = dyn_cast<xnn::ConstantOp>(op)) {
      if (failed(writeConstant(constant)))
        return failure();
      continue;
    }
    for (Value result : op.getResults())
      if (ids.lookup(result) >= numExternals)
        writeValue(result, ids.lookup(result), /*flags=*/0);
    FailureOr<fb::Offset<XNode>> node = nodeWriter.write(&op, nodes.size());
    if (failed(node))
      return failure();
    nodes.push_back(*node);
  }
  for (auto [from, to] : copies)
    nodes.push_back(nodeWriter.copy(ids.lookup(from), to, nodes.size()));

  if (constants.size() > 1)
    constantBytes.appendZeros(kConstantSlack);
  std::vector<fb::Offset<ConstantDataOffset>> constantData;
  for (auto [offset, size] : constants)
    constantData.push_back(CreateConstantDataOffset(builder, offset, size));
  const auto version = builder.CreateString("0");
  const auto nodeList = builder.CreateVector(nodes);
  const auto valueList = builder.CreateVector(values);
  const auto inputList = builder.CreateVector(inputs);
  const auto outputList = builder.CreateVector(outputs);
  const auto constantList = builder.CreateVector(constantData);
  const auto graph = CreateXNNGraph(
      builder, version, nodeList, valueList, numExternals, inputList,
      outputList, /*constant_buffer=*/0, /*mem_buffer_sizes=*/0, constantList);
  builder.Finish(graph, "XN01");
  return assemble();
}

ByteList GraphWriter::assemble() {
  using namespace llvm::support::endian;
  const uint64_t constantOffset =
      llvm::alignTo(kFlatbufferOffset + builder.GetSize(), kConstantAlignment);
  std::vector<char> head(constantOffset);
  std::memcpy(&head[4], "XH00", 4);
  write16le(&head[8], kHeaderSize);
  write32le(&head[10], kFlatbufferOffset);
  write32le(&head[14], builder.GetSize());
  write32le(&head[18], constantOffset);
  write64le(&head[22], constantBytes.size());
  std::memcpy(&head[kFlatbufferOffset], builder.GetBufferPointer(),
              builder.GetSize());
  ByteList payload;
  payload.append(std::move(head));
  payload.append(std::move(constantBytes));
  return payload;
}

FailureOr<ByteList> pt2e::emit::writeXnnGraph(func::FuncOp delegate) {
  return GraphWriter(delegate).write();
}
