#include "ProgramCheck.h"

#include "FlatView.h"
#include "ObserveKernel.h"
#include "PayloadCheck.h"
#include "pt2e/Runtime/Status.h"
#include "pt2e/Runtime/Tensor.h"

namespace pt2e::runtime {
namespace {

// Numbers of fields and members, in the order of program.fbs.
namespace program {
enum { version, executionPlan, constantBuffer, delegateData, segments };
}
namespace plan {
enum {
  name,
  containerMetaType,
  values,
  inputs,
  outputs,
  chains,
  operators,
  delegates,
  bufferSizes
};
}
namespace tensor {
enum {
  scalarType,
  storageOffset,
  sizes,
  dimOrder,
  requiresGrad,
  dataBuffer,
  allocation,
  layout,
  dynamism,
  extraInfo
};
}
enum ValueType : uint8_t {
  kNone,
  kNull,
  kInt,
  kBool,
  kDouble,
  kTensor,
  kString,
  kIntList,
  kDoubleList,
  kBoolList,
  kTensorList,
  kOptionalTensorList
};
enum CallType : uint8_t {
  kNoCall,
  kKernelCall,
  kDelegateCall,
  kMoveCall,
  kJumpFalseCall,
  kFreeCall
};

constexpr size_t kMaxRank = 16;

/// The payloads of delegates, in the program or in a segment behind it.
class Payloads {
public:
  Payloads(std::string_view bytes, const FlatTable &root)
      : bytes_(bytes), inlined_(root.vector(program::delegateData, 4)),
        segments_(root.vector(program::segments, 4)) {
    // Behind the file identifier: "eh00", u32 length, u64 size of the program,
    // u64 offset of the segments.
    if (bytes.size() >= 32 && bytes.substr(8, 4) == "eh00")
      std::memcpy(&base_, bytes.data() + 24, sizeof base_);
  }

  absl::StatusOr<std::string_view> get(const FlatTable &reference) const {
    const bool isSegment = reference.scalar<int8_t>(0) != 0;
    const uint32_t index = reference.scalar<uint32_t>(1);
    if (index >= (isSegment ? segments_ : inlined_).size())
      return invalid("its data is not there");
    if (!isSegment)
      return inlined_.table(index).bytes(0);
    const uint64_t offset = segments_.table(index).scalar<uint64_t>(0);
    const uint64_t size = segments_.table(index).scalar<uint64_t>(1);
    const uint64_t all = bytes_.size();
    if (base_ > all || offset > all - base_ || size > all - base_ - offset)
      return invalid("its data lies outside of the file");
    return bytes_.substr(base_ + offset, size);
  }

private:
  std::string_view bytes_;
  FlatVector inlined_, segments_;
  uint64_t base_ = 0;
};

class PlanChecker {
public:
  PlanChecker(const FlatTable &plan, const Payloads &payloads)
      : plan_(plan), payloads_(payloads) {}

  absl::Status check() {
    if (!plan_.vector(plan::name, 1))
      return invalid("a method has no name");
    values_ = plan_.vector(plan::values, 4);
    if (!values_)
      return invalid("a method has no values");
    for (size_t i = 0; i < values_.size(); ++i)
      PT2E_RETURN_IF_ERROR(
          withContext(fmt::format("value {}", i), checkValue(i)));
    for (int field : {plan::inputs, plan::outputs}) {
      const FlatVector list = plan_.vector(field, 4);
      if (!list)
        return invalid("a method has no list of inputs or outputs");
      PT2E_RETURN_IF_ERROR(
          withContext("inputs and outputs", checkIndices(list)));
      hasCaller_.resize(values_.size());
      for (size_t i = 0; i < list.size(); ++i)
        hasCaller_[list.scalar<int32_t>(i)] = true;
    }
    operators_ = plan_.vector(plan::operators, 4);
    for (size_t i = 0; i < operators_.size(); ++i)
      if (!operators_.table(i).vector(0, 1) ||
          !operators_.table(i).vector(1, 1))
        return invalid("operator {} has no name or overload", i);
    delegates_ = plan_.vector(plan::delegates, 4);
    if (!delegates_)
      return invalid("a method has no list of delegates");
    for (size_t i = 0; i < delegates_.size(); ++i)
      if (!delegates_.table(i).vector(0, 1) || !delegates_.table(i).table(1))
        return invalid("delegate {} has no id or no data", i);
    const FlatVector buffers = plan_.vector(plan::bufferSizes, 8);
    if (!buffers || buffers.size() == 0)
      return invalid("a method has no sizes of planned memory");
    return checkChains();
  }

private:
  ValueType typeOf(size_t i) const {
    return static_cast<ValueType>(values_.table(i).scalar<uint8_t>(0));
  }
  bool isValue(int64_t index) const {
    return index >= 0 && index < static_cast<int64_t>(values_.size());
  }

  absl::Status checkIndices(const FlatVector &list) const {
    for (size_t i = 0; i < list.size(); ++i)
      if (!isValue(list.scalar<int32_t>(i)))
        return invalid("expected the number of one of {} values, but got {}",
                       values_.size(), list.scalar<int32_t>(i));
    return absl::OkStatus();
  }

  /// A tensor that is used must have memory: of the caller, planned, constant,
  /// or from a file beside the program.
  absl::Status checkMemory(int64_t number) const {
    const FlatTable value = values_.table(number).table(1);
    if (typeOf(number) == kTensorList ||
        typeOf(number) == kOptionalTensorList) {
      const FlatVector items = value.vector(0, 4);
      for (size_t i = 0; i < items.size(); ++i)
        if (const int32_t item = items.scalar<int32_t>(i); item >= 0)
          PT2E_RETURN_IF_ERROR(checkMemory(item));
    }
    if (typeOf(number) != kTensor || hasCaller_[number] ||
        value.has(tensor::allocation) ||
        value.scalar<uint32_t>(tensor::dataBuffer) != 0 ||
        value.has(tensor::extraInfo))
      return absl::OkStatus();
    return invalid("value {} is used, but has no memory", number);
  }

  absl::Status checkValue(size_t number) const {
    const FlatTable value = values_.table(number).table(1);
    const ValueType type = typeOf(number);
    if (type == kNone || type > kOptionalTensorList ||
        (!value && type != kNull))
      return invalid("it is empty");
    switch (type) {
    case kTensor:
      return checkTensor(value);
    case kString:
      if (!value.vector(0, 1))
        return invalid("a string has no characters");
      break;
    case kDoubleList:
    case kBoolList:
      if (!value.vector(0, type == kDoubleList ? 8 : 1))
        return invalid("a list has no items");
      break;
    case kIntList:
    case kTensorList:
    case kOptionalTensorList:
      return checkList(type, value.vector(0, type == kIntList ? 8 : 4));
    default:
      break;
    }
    return absl::OkStatus();
  }

  /// Lists of integers and of tensors hold numbers of values.
  absl::Status checkList(ValueType type, const FlatVector &items) const {
    if (!items)
      return invalid("a list has no items");
    const ValueType wanted = type == kIntList ? kInt : kTensor;
    for (size_t i = 0; i < items.size(); ++i) {
      const int64_t index = type == kIntList ? items.scalar<int64_t>(i)
                                             : items.scalar<int32_t>(i);
      if (type == kOptionalTensorList && index == -1)
        continue;
      if (!isValue(index) || typeOf(index) != wanted)
        return invalid("item {} of a list is no {}", i,
                       wanted == kInt ? "integer" : "tensor");
    }
    return absl::OkStatus();
  }

  absl::Status checkTensor(const FlatTable &table) const {
    const FlatVector sizes = table.vector(tensor::sizes, 4);
    const FlatVector order = table.vector(tensor::dimOrder, 1);
    if (!sizes || !order || sizes.size() != order.size() ||
        sizes.size() > kMaxRank)
      return invalid("a tensor needs as many sizes as axes in its dim order, "
                     "at most {}",
                     kMaxRank);
    PT2E_ASSIGN_OR_RETURN(
        DType dtype, fromScalarType(static_cast<executorch::aten::ScalarType>(
                         table.scalar<int8_t>(tensor::scalarType))));
    Shape shape;
    uint32_t axes = 0;
    for (size_t i = 0; i < sizes.size(); ++i) {
      shape.push_back(sizes.scalar<int32_t>(i));
      axes |= 1u << (order.scalar<uint8_t>(i) % 32);
    }
    if (axes != (1u << sizes.size()) - 1)
      return invalid("the dim order of a tensor is no permutation");
    if (const int dynamism = table.scalar<int8_t>(tensor::dynamism);
        dynamism < 0 || dynamism > 2)
      return invalid("unknown dynamism {} of a tensor", dynamism);
    return countElements(shape, byteWidth(dtype)).status();
  }

  absl::Status checkChains() const {
    const FlatVector chains = plan_.vector(plan::chains, 4);
    if (!chains || chains.size() == 0)
      return invalid("a method has no chain of instructions");
    for (size_t i = 0; i < chains.size(); ++i) {
      const FlatVector instructions = chains.table(i).vector(2, 4);
      if (!instructions)
        return invalid("chain {} has no instructions", i);
      for (size_t j = 0; j < instructions.size(); ++j)
        PT2E_RETURN_IF_ERROR(withContext(
            fmt::format("instruction {}", j),
            checkInstruction(instructions.table(j), instructions.size())));
    }
    return absl::OkStatus();
  }

  absl::Status checkInstruction(const FlatTable &instruction,
                                size_t instructions) const {
    const auto type = static_cast<CallType>(instruction.scalar<uint8_t>(0));
    const FlatTable call = instruction.table(1);
    if (!call)
      return invalid("it is empty");
    const int32_t first = call.scalar<int32_t>(0);
    switch (type) {
    case kKernelCall:
    case kDelegateCall: {
      const size_t callees =
          (type == kKernelCall ? operators_ : delegates_).size();
      if (first < 0 || static_cast<size_t>(first) >= callees)
        return invalid("it calls number {} of {}", first, callees);
      const FlatVector args = call.vector(1, 4);
      if (!args)
        return invalid("a call has no arguments");
      PT2E_RETURN_IF_ERROR(checkIndices(args));
      for (size_t i = 0; i < args.size(); ++i)
        PT2E_RETURN_IF_ERROR(checkMemory(args.scalar<int32_t>(i)));
      for (size_t i = 0; type == kDelegateCall && i < args.size(); ++i)
        if (typeOf(args.scalar<int32_t>(i)) != kTensor)
          return invalid("argument {} of a delegate is no tensor", i);
      if (type == kDelegateCall)
        return withContext(fmt::format("delegate {}", first),
                           checkDelegateCall(first, args));
      return absl::OkStatus();
    }
    case kMoveCall:
      if (!isValue(first) || !isValue(call.scalar<int32_t>(1)))
        return invalid("it moves a value that is not there");
      return absl::OkStatus();
    case kJumpFalseCall: {
      const int32_t to = call.scalar<int32_t>(1);
      if (!isValue(first) || to < 0 || static_cast<size_t>(to) > instructions)
        return invalid("it jumps by a value, or to a place, that is not there");
      return absl::OkStatus();
    }
    case kFreeCall:
      if (!isValue(first) || typeOf(first) != kTensor)
        return invalid("it frees what is no tensor");
      return absl::OkStatus();
    default:
      return invalid("unknown kind {}", static_cast<int>(type));
    }
  }

  absl::Status checkDelegateCall(int32_t number, const FlatVector &args) const {
    const FlatTable delegate = delegates_.table(number);
    // Other backends refuse to load in this build.
    if (delegate.bytes(0) != "XnnpackBackend")
      return absl::OkStatus();
    std::vector<size_t> argumentBytes;
    for (size_t i = 0; i < args.size(); ++i) {
      const FlatTable value = values_.table(args.scalar<int32_t>(i)).table(1);
      auto dtype = fromScalarType(static_cast<executorch::aten::ScalarType>(
          value.scalar<int8_t>(tensor::scalarType)));
      argumentBytes.push_back(dtype.ok() ? byteWidth(*dtype) : 0);
    }
    PT2E_ASSIGN_OR_RETURN(std::string_view payload,
                          payloads_.get(delegate.table(1)));
    return checkXnnpackPayload(payload, argumentBytes);
  }

  FlatTable plan_;
  const Payloads &payloads_;
  FlatVector values_, operators_, delegates_;
  std::vector<bool> hasCaller_; ///< values that are inputs or outputs
};

} // namespace

absl::Status checkProgram(const void *bytes, size_t size) {
  const std::string_view all(static_cast<const char *>(bytes), size);
  const FlatTable root = FlatTable::root(all);
  const Payloads payloads(all, root);
  const FlatVector plans = root.vector(program::executionPlan, 4);
  if (plans.size() == 0)
    return invalid("malformed program: it has no methods");
  for (size_t i = 0; i < plans.size(); ++i)
    PT2E_RETURN_IF_ERROR(withContext(
        "malformed program", PlanChecker(plans.table(i), payloads).check()));
  return absl::OkStatus();
}

} // namespace pt2e::runtime
