#include "Program.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::emit;
namespace pte = executorch_flatbuffer;

/// The runtime's number of an element type.
static FailureOr<pte::ScalarType> scalarType(Type type) {
  using pte::ScalarType;
  if (type.isInteger(1))
    return ScalarType::BOOL;
  if (type.isF16())
    return ScalarType::HALF;
  if (type.isBF16())
    return ScalarType::BFLOAT16;
  if (type.isF32())
    return ScalarType::FLOAT;
  if (type.isF64())
    return ScalarType::DOUBLE;
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer)
    return failure();
  const bool isUnsigned = integer.isUnsigned();
  switch (integer.getWidth()) {
  case 8:
    return isUnsigned ? ScalarType::BYTE : ScalarType::CHAR;
  case 16:
    return isUnsigned ? ScalarType::UINT16 : ScalarType::SHORT;
  case 32:
    return isUnsigned ? ScalarType::UINT32 : ScalarType::INT;
  case 64:
    return isUnsigned ? ScalarType::UINT64 : ScalarType::LONG;
  }
  return failure();
}

namespace {
/// Where a tensor's elements are: a constant, a place in the arena, both (a
/// buffer: initial value and place).
struct Storage {
  uint32_t dataIndex = 0;
  std::optional<int64_t> offset;
};

class MethodWriter {
public:
  MethodWriter(fb::FlatBufferBuilder &builder, func::FuncOp function,
               ProgramData &data)
      : builder(builder), function(function), data(data) {}

  FailureOr<fb::Offset<pte::ExecutionPlan>> write();

private:
  LogicalResult writeArguments();
  LogicalResult writeOp(Operation *op);
  LogicalResult writeConstant(Operation *op, Attribute value);
  LogicalResult writeRead(aten::ReadBufferOp op);
  LogicalResult writeWrite(aten::WriteBufferOp op);
  LogicalResult writeKernelCall(et::CallKernelOp op);
  LogicalResult writeDelegateCall(et::CallDelegateOp op);
  FailureOr<int32_t> kernelArgument(et::CallKernelOp op, Attribute argument,
                                    ArrayRef<int32_t> dynamic);
  FailureOr<int32_t> integerList(et::CallKernelOp op, ArrayRef<int64_t> list,
                                 ArrayRef<int32_t> &dynamic);

  /// Values for the results of a call.
  FailureOr<SmallVector<int32_t>> writeResults(Operation *op);
  FailureOr<int32_t> addTensor(Operation *at, RankedTensorType type,
                               Storage storage);
  /// The mutable tensor of a buffer.
  FailureOr<int32_t> bufferValue(Operation *at, FlatSymbolRefAttr symbol);
  template <typename Table>
  int32_t addValue(pte::KernelTypes type, fb::Offset<Table> value);
  int32_t addNumber(Type type, Attribute value = {});
  int32_t operatorIndex(StringRef kernel);
  void call(StringRef kernel, ArrayRef<int32_t> arguments);

  fb::FlatBufferBuilder &builder;
  func::FuncOp function;
  ProgramData &data;

  std::vector<fb::Offset<pte::EValue>> values;
  DenseMap<Value, int32_t> ids;
  /// Numbers and other attributes as values, each once.
  DenseMap<Attribute, int32_t> attributeIds;
  std::map<std::pair<bool, std::vector<int64_t>>, int32_t> listIds;
  DenseMap<Attribute, int32_t> bufferIds;
  DenseMap<Attribute, Operation *> lastWrite;

  std::vector<int32_t> inputs, outputs;
  std::vector<fb::Offset<pte::Instruction>> instructions;
  std::vector<fb::Offset<pte::Operator>> operators;
  llvm::StringMap<int32_t> operatorIds;
  std::vector<fb::Offset<pte::BackendDelegate>> delegates;
  llvm::DenseMap<uint32_t, int32_t> delegateIds;
};
} // namespace

template <typename Table>
int32_t MethodWriter::addValue(pte::KernelTypes type, fb::Offset<Table> value) {
  values.push_back(pte::CreateEValue(builder, type, value.Union()));
  return values.size() - 1;
}

FailureOr<int32_t> MethodWriter::addTensor(Operation *at, RankedTensorType type,
                                           Storage storage) {
  FailureOr<pte::ScalarType> element = scalarType(type.getElementType());
  if (failed(element))
    return at->emitOpError("has a tensor of element type ")
           << type.getElementType() << ", which the runtime does not know";
  std::vector<int32_t> sizes;
  for (int64_t size : aten::upperBounds(type)) {
    if (size < 0 || size > INT32_MAX)
      return at->emitOpError("expected sizes with upper bounds below 2^31, "
                             "but got ")
             << type;
    sizes.push_back(size);
  }
  std::vector<uint8_t> order(sizes.size());
  for (auto [dim, place] : llvm::enumerate(order))
    place = dim;
  const auto sizeList = builder.CreateVector(sizes);
  const auto orderList = builder.CreateVector(order);
  fb::Offset<pte::AllocationDetails> allocation = 0;
  if (storage.offset)
    allocation = pte::CreateAllocationDetails(
        builder, /*memory_id=*/1, static_cast<uint32_t>(*storage.offset),
        static_cast<uint32_t>(*storage.offset >> 32));
  pte::TensorBuilder tensor(builder);
  tensor.add_scalar_type(*element);
  tensor.add_sizes(sizeList);
  tensor.add_dim_order(orderList);
  tensor.add_data_buffer_idx(storage.dataIndex);
  if (allocation.o)
    tensor.add_allocation_info(allocation);
  if (!type.hasStaticShape())
    tensor.add_shape_dynamism(pte::TensorShapeDynamism::DYNAMIC_BOUND);
  return addValue(pte::KernelTypes::Tensor, tensor.Finish());
}

int32_t MethodWriter::addNumber(Type type, Attribute value) {
  auto integer = dyn_cast_or_null<IntegerAttr>(value);
  if (type.isInteger(1))
    return addValue(
        pte::KernelTypes::Bool,
        pte::CreateBool(builder, integer && !integer.getValue().isZero()));
  if (isa<FloatType>(type)) {
    auto number = dyn_cast_or_null<FloatAttr>(value);
    return addValue(
        pte::KernelTypes::Double,
        pte::CreateDouble(builder, number ? number.getValueAsDouble() : 0));
  }
  return addValue(pte::KernelTypes::Int,
                  pte::CreateInt(builder, integer ? integer.getInt() : 0));
}

LogicalResult MethodWriter::writeArguments() {
  for (BlockArgument argument : function.getArguments()) {
    const unsigned number = argument.getArgNumber();
    int32_t id;
    if (auto type = dyn_cast<RankedTensorType>(argument.getType())) {
      Storage storage;
      if (auto offset =
              function.getArgAttrOfType<IntegerAttr>(number, "et.offset"))
        storage.offset = offset.getInt();
      else if (!function.getArgAttr(number, "et.in_place"))
        return function.emitOpError("expected planned memory for argument ")
               << number << ": run --et-plan-memory";
      FailureOr<int32_t> tensor = addTensor(function, type, storage);
      if (failed(tensor))
        return failure();
      id = *tensor;
    } else if (argument.getType().isIntOrFloat()) {
      id = addNumber(argument.getType());
    } else {
      return function.emitOpError("expected tensors and numbers as arguments, "
                                  "but got ")
             << argument.getType();
    }
    ids[argument] = id;
    inputs.push_back(id);
  }
  return success();
}

LogicalResult MethodWriter::writeConstant(Operation *op, Attribute value) {
  if (op->use_empty())
    return success();
  Type type = op->getResult(0).getType();
  if (type.isIntOrFloat()) {
    auto [known, isNew] = attributeIds.try_emplace(value, 0);
    if (isNew)
      known->second = addNumber(type, value);
    ids[op->getResult(0)] = known->second;
    return success();
  }
  auto elements = dyn_cast<ElementsAttr>(value);
  auto tensorType = dyn_cast<RankedTensorType>(type);
  if (!elements || !tensorType)
    return op->emitOpError("expected a tensor or a number, but got ") << type;
  FailureOr<uint32_t> index = data.addConstant(elements);
  if (failed(index))
    return op->emitOpError("has a value without data");
  FailureOr<int32_t> id = addTensor(op, tensorType, {*index, {}});
  if (failed(id))
    return failure();
  ids[op->getResult(0)] = *id;
  return success();
}

FailureOr<int32_t> MethodWriter::bufferValue(Operation *at,
                                             FlatSymbolRefAttr symbol) {
  auto [known, isNew] = bufferIds.try_emplace(symbol, 0);
  if (!isNew)
    return known->second;
  auto buffer =
      SymbolTable::lookupNearestSymbolFrom<aten::BufferOp>(at, symbol);
  if (!buffer)
    return at->emitOpError("expected a buffer, but got ") << symbol;
  auto offset = buffer->getAttrOfType<IntegerAttr>("et.offset");
  if (!offset)
    return buffer.emitOpError("expected planned memory: run --et-plan-memory");
  FailureOr<uint32_t> index = data.addInitialValue(buffer.getInitial());
  if (failed(index))
    return buffer.emitOpError("has a value without data");
  FailureOr<int32_t> id =
      addTensor(buffer, cast<RankedTensorType>(buffer.getInitial().getType()),
                {*index, offset.getInt()});
  if (succeeded(id))
    bufferIds[symbol] = *id;
  return id;
}

LogicalResult MethodWriter::writeRead(aten::ReadBufferOp op) {
  FailureOr<int32_t> id = bufferValue(op, op.getBufferAttr());
  if (failed(id))
    return failure();
  ids[op.getResult()] = *id;
  return success();
}

/// A read is the buffer itself, so that no use of it may follow a write.
LogicalResult MethodWriter::writeWrite(aten::WriteBufferOp op) {
  FailureOr<int32_t> id = bufferValue(op, op.getBufferAttr());
  if (failed(id))
    return failure();
  for (Operation &other : *op->getBlock()) {
    auto read = dyn_cast<aten::ReadBufferOp>(other);
    if (!read || read.getBufferAttr() != op.getBufferAttr() ||
        !read->isBeforeInBlock(op))
      continue;
    for (Operation *user : read->getUsers())
      if (op->isBeforeInBlock(user))
        return user->emitOpError("uses the value that buffer ")
               << op.getBufferAttr()
               << " had before it was written: copy it first";
  }
  const int32_t source = ids.lookup(op.getValue());
  if (source != *id)
    call("aten::copy_",
         {*id, source, addNumber(IntegerType::get(op.getContext(), 1)), *id});
  return success();
}

int32_t MethodWriter::operatorIndex(StringRef kernel) {
  auto [known, isNew] = operatorIds.try_emplace(kernel, operators.size());
  if (isNew) {
    auto [name, overload] = kernel.split('.');
    const auto nameText = builder.CreateString(name.str());
    const auto overloadText = builder.CreateString(overload.str());
    operators.push_back(pte::CreateOperator(builder, nameText, overloadText));
  }
  return known->second;
}

void MethodWriter::call(StringRef kernel, ArrayRef<int32_t> arguments) {
  const auto list = builder.CreateVector(
      std::vector<int32_t>(arguments.begin(), arguments.end()));
  instructions.push_back(pte::CreateInstruction(
      builder, pte::InstructionArguments::KernelCall,
      pte::CreateKernelCall(builder, operatorIndex(kernel), list).Union()));
}

FailureOr<SmallVector<int32_t>> MethodWriter::writeResults(Operation *op) {
  SmallVector<int32_t> results;
  auto offsets = op->getAttrOfType<DenseI64ArrayAttr>("et.offsets");
  if (op->getNumResults() &&
      (!offsets || offsets.size() != op->getNumResults()))
    return op->emitOpError("expected planned memory: run --et-plan-memory");
  for (OpResult result : op->getResults()) {
    int32_t id;
    if (auto type = dyn_cast<RankedTensorType>(result.getType())) {
      const int64_t offset = offsets[result.getResultNumber()];
      if (offset < 0)
        return op->emitOpError("expected an offset for result ")
               << result.getResultNumber() << ", but got " << offset;
      FailureOr<int32_t> tensor = addTensor(op, type, {0, offset});
      if (failed(tensor))
        return failure();
      id = *tensor;
    } else if (result.getType().isIntOrFloat()) {
      id = addNumber(result.getType());
    } else {
      return op->emitOpError("expected tensors and numbers as results, but "
                             "got ")
             << result.getType();
    }
    ids[result] = id;
    results.push_back(id);
  }
  return results;
}

/// An `IntList` holds the indices of values, not integers.
FailureOr<int32_t> MethodWriter::integerList(et::CallKernelOp op,
                                             ArrayRef<int64_t> list,
                                             ArrayRef<int32_t> &dynamic) {
  std::vector<int64_t> items;
  Type i64 = IntegerType::get(op.getContext(), 64);
  for (int64_t integer : list) {
    if (integer != INT64_MIN) {
      auto attribute = IntegerAttr::get(i64, integer);
      auto [known, isNew] = attributeIds.try_emplace(attribute, 0);
      if (isNew)
        known->second = addNumber(i64, attribute);
      items.push_back(known->second);
      continue;
    }
    if (dynamic.empty())
      return op.emitOpError("expected an i64 operand for each integer that is "
                            "computed, but got too few");
    items.push_back(dynamic.front());
    dynamic = dynamic.drop_front();
  }
  auto [known, isNew] = listIds.try_emplace({true, items}, 0);
  if (isNew)
    known->second =
        addValue(pte::KernelTypes::IntList,
                 pte::CreateIntList(builder, builder.CreateVector(items)));
  return known->second;
}

FailureOr<int32_t> MethodWriter::kernelArgument(et::CallKernelOp op,
                                                Attribute argument,
                                                ArrayRef<int32_t> dynamic) {
  if (auto operand = dyn_cast<et::OperandAttr>(argument))
    if (operand.getIndex() >= 0)
      return ids.lookup(op.getInputs()[operand.getIndex()]);
  if (auto list = dyn_cast<et::TensorListAttr>(argument)) {
    std::vector<int32_t> items;
    for (int64_t index : list.getIndices().asArrayRef())
      items.push_back(index < 0 ? -1 : ids.lookup(op.getInputs()[index]));
    const auto vector = builder.CreateVector(items);
    if (list.getOptional())
      return addValue(pte::KernelTypes::OptionalTensorList,
                      pte::CreateOptionalTensorList(builder, vector));
    return addValue(pte::KernelTypes::TensorList,
                    pte::CreateTensorList(builder, vector));
  }
  // The rest are constants, each stored once.
  auto [known, isNew] = attributeIds.try_emplace(argument, 0);
  if (!isNew)
    return known->second;
  FailureOr<int32_t> id =
      llvm::TypeSwitch<Attribute, FailureOr<int32_t>>(argument)
          .Case([&](IntegerAttr number) {
            return addNumber(number.getType(), number);
          })
          .Case([&](FloatAttr number) {
            return addNumber(number.getType(), number);
          })
          .Case([&](StringAttr text) {
            return addValue(
                pte::KernelTypes::String,
                pte::CreateString(builder, builder.CreateString(text.str())));
          })
          .Case([&](DenseF64ArrayAttr list) {
            return addValue(
                pte::KernelTypes::DoubleList,
                pte::CreateDoubleList(
                    builder, builder.CreateVector(list.asArrayRef().vec())));
          })
          .Case([&](DenseBoolArrayAttr list) {
            return addValue(pte::KernelTypes::BoolList,
                            pte::CreateBoolList(
                                builder, builder.CreateVector(std::vector<bool>(
                                             list.asArrayRef().begin(),
                                             list.asArrayRef().end()))));
          })
          .Case<UnitAttr, et::OperandAttr>([&](Attribute) {
            return addValue(pte::KernelTypes::Null, pte::CreateNull(builder));
          })
          .Default([&](Attribute) -> FailureOr<int32_t> {
            return op.emitOpError("has an argument that the runtime does not "
                                  "know: ")
                   << argument;
          });
  if (succeeded(id))
    attributeIds[argument] = *id;
  return id;
}

LogicalResult MethodWriter::writeKernelCall(et::CallKernelOp op) {
  // The operands that no argument names are the integers of its lists.
  llvm::SmallBitVector named(op.getInputs().size());
  for (Attribute argument : op.getKernelArgs()) {
    if (auto operand = dyn_cast<et::OperandAttr>(argument))
      if (operand.getIndex() >= 0)
        named.set(operand.getIndex());
    if (auto list = dyn_cast<et::TensorListAttr>(argument))
      for (int64_t index : list.getIndices().asArrayRef())
        if (index >= 0)
          named.set(index);
  }
  SmallVector<int32_t> unnamed;
  for (auto [number, input] : llvm::enumerate(op.getInputs()))
    if (!named.test(number))
      unnamed.push_back(ids.lookup(input));
  ArrayRef<int32_t> dynamic = unnamed;

  SmallVector<int32_t> arguments;
  for (Attribute argument : op.getKernelArgs()) {
    SmallVector<int64_t> integers;
    auto list = dyn_cast<ArrayAttr>(argument);
    if (auto dense = dyn_cast<DenseI64ArrayAttr>(argument))
      integers.assign(dense.asArrayRef().begin(), dense.asArrayRef().end());
    else if (list && llvm::all_of(list, llvm::IsaPred<IntegerAttr>))
      for (auto number : list.getAsRange<IntegerAttr>())
        integers.push_back(number.getInt());
    else
      list = {};
    auto number = dyn_cast<IntegerAttr>(argument);
    FailureOr<int32_t> id;
    if (number && number.getType().isInteger(64) &&
        number.getInt() == INT64_MIN && !dynamic.empty()) {
      id = dynamic.front();
      dynamic = dynamic.drop_front();
    } else if (list || isa<DenseI64ArrayAttr>(argument)) {
      id = integerList(op, integers, dynamic);
    } else {
      id = kernelArgument(op, argument, dynamic);
    }
    if (failed(id))
      return failure();
    arguments.push_back(*id);
  }
  if (!dynamic.empty())
    return op.emitOpError("expected every operand in an argument, but ")
           << dynamic.size() << " are in none";

  FailureOr<SmallVector<int32_t>> results = writeResults(op);
  if (failed(results))
    return failure();
  arguments.append(*results);
  // A kernel with out tensors also returns them: one as itself, more as a
  // list.
  const bool returnsOuts =
      !results->empty() && isa<RankedTensorType>(op.getResultTypes().front());
  if (returnsOuts && results->size() == 1)
    arguments.push_back(results->front());
  else if (returnsOuts)
    arguments.push_back(
        addValue(pte::KernelTypes::TensorList,
                 pte::CreateTensorList(
                     builder, builder.CreateVector(std::vector<int32_t>(
                                  results->begin(), results->end())))));
  call(op.getKernel(), arguments);
  return success();
}

LogicalResult MethodWriter::writeDelegateCall(et::CallDelegateOp op) {
  const ProgramData::PayloadReference payload =
      data.payloadOf.lookup(op.getDelegate());
  auto [known, isNew] = delegateIds.try_emplace(
      2 * payload.index + payload.isInline, delegates.size());
  if (isNew) {
    const auto id = builder.CreateString("XnnpackBackend");
    const auto processed = pte::CreateBackendDelegateDataReference(
        builder,
        payload.isInline ? pte::DataLocation::INLINE
                         : pte::DataLocation::SEGMENT,
        payload.index);
    const auto specs =
        builder.CreateVector(std::vector<fb::Offset<pte::CompileSpec>>());
    delegates.push_back(
        pte::CreateBackendDelegate(builder, id, processed, specs));
  }
  std::vector<int32_t> arguments;
  for (Value input : op.getInputs())
    arguments.push_back(ids.lookup(input));
  FailureOr<SmallVector<int32_t>> results = writeResults(op);
  if (failed(results))
    return failure();
  arguments.insert(arguments.end(), results->begin(), results->end());
  const auto list = builder.CreateVector(arguments);
  instructions.push_back(pte::CreateInstruction(
      builder, pte::InstructionArguments::DelegateCall,
      pte::CreateDelegateCall(builder, known->second, list).Union()));
  return success();
}

LogicalResult MethodWriter::writeOp(Operation *op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](aten::ParameterOp op) {
        return writeConstant(op, op.getValue());
      })
      .Case([&](arith::ConstantOp op) {
        return writeConstant(op, op.getValue());
      })
      .Case([&](aten::ReadBufferOp op) { return writeRead(op); })
      .Case([&](aten::WriteBufferOp op) { return writeWrite(op); })
      .Case([&](et::CallKernelOp op) { return writeKernelCall(op); })
      .Case([&](et::CallDelegateOp op) { return writeDelegateCall(op); })
      .Case([&](func::ReturnOp op) {
        for (Value operand : op.getOperands())
          outputs.push_back(ids.lookup(operand));
        return success();
      })
      .Default([](Operation *op) {
        return op->emitOpError("is no call of a kernel or delegate: run "
                               "--convert-to-et");
      });
}

FailureOr<fb::Offset<pte::ExecutionPlan>> MethodWriter::write() {
  auto arena = function->getAttrOfType<IntegerAttr>("et.arena_size");
  if (!arena)
    return function.emitOpError("expected planned memory: run "
                                "--et-plan-memory");
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("expected one block");
  if (failed(writeArguments()))
    return failure();
  for (Operation &op : function.getBody().front())
    if (failed(writeOp(&op)))
      return failure();

  const auto instructionList = builder.CreateVector(instructions);
  const auto chain =
      pte::CreateChain(builder, /*inputs=*/0, /*outputs=*/0, instructionList);
  const auto name = builder.CreateString(function.getName().str());
  const auto valueList = builder.CreateVector(values);
  const auto inputList = builder.CreateVector(inputs);
  const auto outputList = builder.CreateVector(outputs);
  const auto chains = builder.CreateVector(std::vector{chain});
  const auto operatorList = builder.CreateVector(operators);
  const auto delegateList = builder.CreateVector(delegates);
  const auto arenas =
      builder.CreateVector(std::vector<int64_t>{0, arena.getInt()});
  return pte::CreateExecutionPlan(builder, name, /*container_meta_type=*/0,
                                  valueList, inputList, outputList, chains,
                                  operatorList, delegateList, arenas);
}

FailureOr<fb::Offset<pte::ExecutionPlan>>
pt2e::emit::writeMethod(fb::FlatBufferBuilder &builder, func::FuncOp function,
                        ProgramData &data) {
  return MethodWriter(builder, function, data).write();
}
