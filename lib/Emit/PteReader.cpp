#include "Verify.h"
#include "fmt/ranges.h"
#include "pt2e/Emit/PteFile.h"

namespace pte = executorch_flatbuffer;
using namespace pt2e::emit;
using pt2e::runtime::invalid;

namespace pt2e {
namespace {

constexpr size_t kHeaderStart = 8;

struct ScalarName {
  pte::ScalarType type;
  const char *name;
  uint64_t width;
};
constexpr ScalarName kScalars[] = {
    {pte::ScalarType::BYTE, "u8", 1},    {pte::ScalarType::CHAR, "i8", 1},
    {pte::ScalarType::SHORT, "i16", 2},  {pte::ScalarType::INT, "i32", 4},
    {pte::ScalarType::LONG, "i64", 8},   {pte::ScalarType::HALF, "f16", 2},
    {pte::ScalarType::FLOAT, "f32", 4},  {pte::ScalarType::DOUBLE, "f64", 8},
    {pte::ScalarType::BOOL, "bool", 1},  {pte::ScalarType::BFLOAT16, "bf16", 2},
    {pte::ScalarType::UINT16, "u16", 2}, {pte::ScalarType::UINT32, "u32", 4},
    {pte::ScalarType::UINT64, "u64", 8},
};

std::string sizesText(const PteTensor &tensor) {
  std::string text;
  for (int64_t size : tensor.sizes)
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ",
                        tensor.isDynamic && size > 1 ? "<=" : "", size);
  return text;
}

class ProgramReader {
public:
  ProgramReader(const pte::Program &program, const void *start,
                uint64_t segmentBase, PteFile &file)
      : program(program), start(static_cast<const uint8_t *>(start)),
        segmentBase(segmentBase), file(file) {}

  absl::Status read();

private:
  absl::StatusOr<const pte::DataSegment *> segment(uint64_t index) const;
  absl::Status readMethod(const pte::ExecutionPlan &plan);
  absl::StatusOr<PteValue> readValue(const pte::EValue &value,
                                     const pte::ExecutionPlan &plan);
  absl::StatusOr<PteTensor> readTensor(const pte::Tensor &tensor,
                                       const pte::ExecutionPlan &plan);
  absl::Status checkPlace(const pte::Tensor &tensor, uint64_t bytes,
                          const pte::ExecutionPlan &plan) const;
  absl::StatusOr<PteDelegate>
  readDelegate(const pte::BackendDelegate &delegate);
  absl::StatusOr<PteCall> readCall(const pte::Instruction &instruction,
                                   const pte::ExecutionPlan &plan);
  template <typename T>
  absl::Status checkIndices(const flatbuffers::Vector<T> *list, int64_t end,
                            bool noneToo, const char *what) const;

  const pte::Program &program;
  const uint8_t *start; ///< of the flatbuffer
  uint64_t segmentBase;
  PteFile &file;
};

absl::StatusOr<const pte::DataSegment *>
ProgramReader::segment(uint64_t index) const {
  const auto *list = program.segments();
  if (!list || index >= list->size())
    return invalid("expected a segment below {}, but got {}",
                   list ? list->size() : 0, index);
  return list->Get(index);
}

absl::Status ProgramReader::checkPlace(const pte::Tensor &tensor,
                                       uint64_t bytes,
                                       const pte::ExecutionPlan &plan) const {
  const auto *place = tensor.allocation_info();
  if (place) {
    const uint64_t offset = uint64_t(place->memory_offset_high()) << 32 |
                            place->memory_offset_low();
    const auto *arenas = plan.non_const_buffer_sizes();
    if (place->memory_id() == 0 || place->memory_id() >= arenas->size())
      return invalid("expected a memory from 1 to {}, but got {}",
                     arenas->size() - 1, place->memory_id());
    const int64_t arena = numberAt(*arenas, place->memory_id());
    if (!isInside(offset, bytes, arena))
      return invalid("{} bytes at {} are outside of an arena of {}", bytes,
                     offset, arena);
  }
  const uint32_t index = tensor.data_buffer_idx();
  if (index == 0)
    return absl::OkStatus();
  const auto *extra = tensor.extra_tensor_info();
  if (extra && extra->location() == pte::TensorDataLocation::EXTERNAL)
    return absl::OkStatus();
  const pte::SubsegmentOffsets *offsets = program.constant_segment();
  if (place) {
    const auto *list = program.mutable_data_segments();
    const uint64_t which = extra ? extra->mutable_data_segments_idx() : 0;
    offsets = list && which < list->size() ? list->Get(which) : nullptr;
  }
  if (!offsets || !offsets->offsets() || index >= offsets->offsets()->size())
    return invalid("constant {} does not exist", index);
  PT2E_ASSIGN_OR_RETURN(const pte::DataSegment *data,
                        segment(offsets->segment_index()));
  if (!isInside(numberAt(*offsets->offsets(), index), bytes, data->size()))
    return invalid("constant {} of {} bytes is outside of its segment", index,
                   bytes);
  return absl::OkStatus();
}

absl::StatusOr<PteTensor>
ProgramReader::readTensor(const pte::Tensor &tensor,
                          const pte::ExecutionPlan &plan) {
  if (!tensor.sizes() || !tensor.dim_order() ||
      tensor.sizes()->size() != tensor.dim_order()->size())
    return invalid("a tensor has no sizes, or no dimension order for them");
  PteTensor read;
  read.sizes.assign(tensor.sizes()->begin(), tensor.sizes()->end());
  read.isDynamic = tensor.shape_dynamism() != pte::TensorShapeDynamism::STATIC;
  read.isConstant =
      tensor.data_buffer_idx() > 0 && tensor.allocation_info() == nullptr;
  uint64_t width = 0;
  for (const ScalarName &scalar : kScalars)
    if (scalar.type == tensor.scalar_type()) {
      read.dtype = scalar.name;
      width = scalar.width;
    }
  if (width == 0) {
    read.dtype = fmt::format("type {}", static_cast<int>(tensor.scalar_type()));
    width = 1;
  }
  std::vector<bool> seen(read.sizes.size());
  for (uint8_t dim : *tensor.dim_order()) {
    if (dim >= seen.size() || seen[dim])
      return invalid("expected a permutation as dimension order");
    seen[dim] = true;
  }
  uint64_t bytes = width;
  for (int64_t size : read.sizes) {
    if (size < 0)
      return invalid("expected sizes that are not negative, but got {}", size);
    if (size > 0 && bytes > INT64_MAX / uint64_t(size))
      return invalid("a tensor has more than 2^63 bytes");
    bytes *= size;
  }
  PT2E_RETURN_IF_ERROR(checkPlace(tensor, bytes, plan));
  return read;
}

template <typename T>
absl::Status ProgramReader::checkIndices(const flatbuffers::Vector<T> *list,
                                         int64_t end, bool noneToo,
                                         const char *what) const {
  if (!list)
    return invalid("there is no list of {}", what);
  for (uint32_t i = 0; i < list->size(); ++i) {
    const int64_t index = numberAt(*list, i);
    if (index < (noneToo ? -1 : 0) || index >= end)
      return invalid("expected {} below {}, but got {}", what, end, index);
  }
  return absl::OkStatus();
}

absl::StatusOr<PteValue>
ProgramReader::readValue(const pte::EValue &value,
                         const pte::ExecutionPlan &plan) {
  PteValue read;
  const int64_t count = plan.values()->size();
  if (!value.val())
    return invalid("there is no value");
  switch (value.val_type()) {
  case pte::KernelTypes::Null:
    read.text = "none";
    break;
  case pte::KernelTypes::Int:
    read.text = fmt::format("int {}", value.val_as_Int()->int_val());
    break;
  case pte::KernelTypes::Bool:
    read.text = value.val_as_Bool()->bool_val() ? "true" : "false";
    break;
  case pte::KernelTypes::Double:
    read.text = fmt::format("float {}", value.val_as_Double()->double_val());
    break;
  case pte::KernelTypes::String:
    read.text = "\"" + textOf(value.val_as_String()->string_val()) + "\"";
    break;
  case pte::KernelTypes::IntList: {
    const auto *items = value.val_as_IntList()->items();
    PT2E_RETURN_IF_ERROR(checkIndices(items, count, false, "values"));
    read.text = fmt::format("{} ints", items->size());
    break;
  }
  case pte::KernelTypes::DoubleList:
    read.text = "floats";
    break;
  case pte::KernelTypes::BoolList:
    read.text = "bools";
    break;
  case pte::KernelTypes::TensorList: {
    const auto *items = value.val_as_TensorList()->items();
    PT2E_RETURN_IF_ERROR(checkIndices(items, count, false, "values"));
    read.text = fmt::format("{} tensors", items->size());
    break;
  }
  case pte::KernelTypes::OptionalTensorList: {
    const auto *items = value.val_as_OptionalTensorList()->items();
    PT2E_RETURN_IF_ERROR(checkIndices(items, count, true, "values"));
    read.text = fmt::format("{} tensors", items->size());
    break;
  }
  case pte::KernelTypes::Tensor: {
    PT2E_ASSIGN_OR_RETURN(read.tensor,
                          readTensor(*value.val_as_Tensor(), plan));
    read.text =
        fmt::format("{} [{}]", read.tensor->dtype, sizesText(*read.tensor));
    break;
  }
  default:
    return invalid("unknown type {}", static_cast<int>(value.val_type()));
  }
  return read;
}

absl::StatusOr<PteDelegate>
ProgramReader::readDelegate(const pte::BackendDelegate &delegate) {
  PteDelegate read;
  if (!delegate.id() || !delegate.processed())
    return invalid("a delegate has no backend or no payload");
  read.backend = delegate.id()->str();
  const uint32_t index = delegate.processed()->index();
  if (delegate.processed()->location() == pte::DataLocation::SEGMENT) {
    PT2E_ASSIGN_OR_RETURN(const pte::DataSegment *data, segment(index));
    read.offset = segmentBase + data->offset();
    read.size = data->size();
    return read;
  }
  const auto *list = program.backend_delegate_data();
  if (!list || index >= list->size() || !list->Get(index)->data())
    return invalid("payload {} does not exist", index);
  const auto *data = list->Get(index)->data();
  read.size = data->size();
  read.offset = data->data() - start;
  return read;
}

absl::StatusOr<PteCall>
ProgramReader::readCall(const pte::Instruction &instruction,
                        const pte::ExecutionPlan &plan) {
  PteCall read;
  const int64_t count = plan.values()->size();
  const flatbuffers::Vector<int32_t> *arguments = nullptr;
  if (const auto *call = instruction.instr_args_as_KernelCall()) {
    const auto *operators = plan.operators();
    if (!operators || call->op_index() < 0 ||
        uint32_t(call->op_index()) >= operators->size())
      return invalid("expected an operator below {}, but got {}",
                     operators ? operators->size() : 0, call->op_index());
    const pte::Operator *op = operators->Get(call->op_index());
    read.kernel = textOf(op->name());
    if (op->overload() && op->overload()->size())
      read.kernel += "." + op->overload()->str();
    arguments = call->args();
  } else if (const auto *call = instruction.instr_args_as_DelegateCall()) {
    if (call->delegate_index() < 0 ||
        uint32_t(call->delegate_index()) >= plan.delegates()->size())
      return invalid("expected a delegate below {}, but got {}",
                     plan.delegates()->size(), call->delegate_index());
    read.delegate = call->delegate_index();
    arguments = call->args();
  } else {
    // Moves and jumps of control flow, which have values too.
    read.kernel =
        pte::EnumNameInstructionArguments(instruction.instr_args_type());
    return read;
  }
  PT2E_RETURN_IF_ERROR(checkIndices(arguments, count, false, "arguments"));
  read.arguments.assign(arguments->begin(), arguments->end());
  return read;
}

absl::Status ProgramReader::readMethod(const pte::ExecutionPlan &plan) {
  PteMethod method;
  if (!plan.name() || !plan.values() || !plan.inputs() || !plan.outputs() ||
      !plan.chains() || !plan.delegates() || !plan.non_const_buffer_sizes())
    return invalid("a method lacks its name, values, inputs, outputs, chains, "
                   "delegates or memory");
  method.name = plan.name()->str();
  for (uint32_t i = 0; i < plan.non_const_buffer_sizes()->size(); ++i) {
    const int64_t size = numberAt(*plan.non_const_buffer_sizes(), i);
    if (size < 0 || size > INT64_MAX - method.arenaBytes)
      return invalid("expected arenas of less than 2^63 bytes, but got {}",
                     size);
    method.arenaBytes += size;
  }
  const int64_t count = plan.values()->size();
  for (const pte::EValue *value : *plan.values()) {
    PT2E_ASSIGN_OR_RETURN(
        PteValue read,
        runtime::withContext(fmt::format("value {}", method.values.size()),
                             readValue(*value, plan)));
    method.values.push_back(std::move(read));
  }
  PT2E_RETURN_IF_ERROR(checkIndices(plan.inputs(), count, false, "inputs"));
  PT2E_RETURN_IF_ERROR(checkIndices(plan.outputs(), count, false, "outputs"));
  method.inputs.assign(plan.inputs()->begin(), plan.inputs()->end());
  method.outputs.assign(plan.outputs()->begin(), plan.outputs()->end());
  for (const pte::BackendDelegate *delegate : *plan.delegates()) {
    PT2E_ASSIGN_OR_RETURN(
        PteDelegate read,
        runtime::withContext(
            fmt::format("delegate {}", method.delegates.size()),
            readDelegate(*delegate)));
    method.delegates.push_back(std::move(read));
  }
  for (const pte::Chain *chain : *plan.chains()) {
    if (!chain->instructions())
      return invalid("a chain has no instructions");
    for (const pte::Instruction *instruction : *chain->instructions()) {
      PT2E_ASSIGN_OR_RETURN(
          PteCall call, runtime::withContext(
                            fmt::format("instruction {}", method.calls.size()),
                            readCall(*instruction, plan)));
      method.calls.push_back(std::move(call));
    }
  }
  file.methods.push_back(std::move(method));
  return absl::OkStatus();
}

absl::Status ProgramReader::read() {
  if (!program.execution_plan())
    return invalid("the program has no methods");
  if (program.segments())
    for (const pte::DataSegment *data : *program.segments())
      if (!isInside(data->offset(), data->size(), file.size - segmentBase))
        return invalid("a segment of {} bytes at {} is outside of the file",
                       data->size(), data->offset());
  const pte::SubsegmentOffsets *constants = program.constant_segment();
  if (constants && constants->offsets() && constants->offsets()->size() > 1) {
    PT2E_ASSIGN_OR_RETURN(const pte::DataSegment *data,
                          segment(constants->segment_index()));
    file.constantBytes = data->size();
  }
  for (const pte::ExecutionPlan *plan : *program.execution_plan())
    PT2E_RETURN_IF_ERROR(runtime::withContext(
        fmt::format("method {}", file.methods.size()), readMethod(*plan)));
  return absl::OkStatus();
}

} // namespace

absl::StatusOr<PteFile> readPteProgram(std::string_view head, uint64_t size) {
  if (head.size() < kHeaderStart || head.substr(4, 4) != "ET12")
    return invalid("expected an ExecuTorch program (ET12)");
  PteFile file;
  file.size = size;
  file.programBytes = head.size();
  uint64_t segmentBase = size;
  if (head.size() >= kHeaderStart + 24 &&
      head.substr(kHeaderStart, 4) == "eh00") {
    file.programBytes = readAt<uint64_t>(head, kHeaderStart + 8);
    const uint64_t base = readAt<uint64_t>(head, kHeaderStart + 16);
    if (file.programBytes > head.size() || base > size)
      return invalid("the header is damaged: a program of {} bytes and "
                     "segments from {} on in a file of {}",
                     file.programBytes, base, size);
    if (base)
      segmentBase = base;
  }
  const Flatbuffer copy(head.substr(0, file.programBytes));
  const auto *program = copy.root<pte::Program>();
  if (!program)
    return invalid("the flatbuffer of the program is damaged");
  PT2E_RETURN_IF_ERROR(
      ProgramReader(*program, copy.data(), segmentBase, file).read());
  return file;
}

absl::StatusOr<PteFile> readPte(std::string_view bytes) {
  PT2E_ASSIGN_OR_RETURN(PteFile file, readPteProgram(bytes, bytes.size()));
  for (PteMethod &method : file.methods)
    for (PteDelegate &delegate : method.delegates) {
      if (delegate.backend != "XnnpackBackend")
        continue;
      const std::string_view payload =
          bytes.substr(delegate.offset, delegate.size);
      PT2E_ASSIGN_OR_RETURN(
          delegate.graph,
          runtime::withContext(
              fmt::format("delegate at byte {}", delegate.offset),
              readXnnGraph(payload, payload.size())));
    }
  return file;
}

} // namespace pt2e
