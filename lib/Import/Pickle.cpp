#include "Pickle.h"
#include "pt2e/Import/Json.h"

#include <deque>
#include <mutex>

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace pt2e {

namespace {

//===----------------------------------------------------------------------===//
// Storage
//===----------------------------------------------------------------------===//

class ZipStorage final : public TensorStorage {
public:
  ZipStorage(std::shared_ptr<const ZipFile> zip, const ZipEntry &entry)
      : zip(std::move(zip)), entry(entry) {}

  uint64_t size() const override { return entry.size; }
  StringRef name() const override { return entry.name; }

  Expected<ArrayRef<uint8_t>> bytes() const override {
    std::lock_guard<std::mutex> lock(mutex);
    if (!isRead) {
      Expected<ZipBytes> read = zip->read(entry, entry.size);
      if (!read)
        return read.takeError();
      contents = std::move(*read);
      isRead = true;
    }
    return contents.bytes;
  }

private:
  std::shared_ptr<const ZipFile> zip;
  const ZipEntry &entry; ///< of `zip`
  mutable std::mutex mutex;
  mutable bool isRead = false;
  mutable ZipBytes contents;
};

//===----------------------------------------------------------------------===//
// Globals
//===----------------------------------------------------------------------===//

enum class Global : uint8_t {
  Unknown,
  StorageType,
  DType,
  OrderedDict,
  TensorType,
  RebuildTensorV2,
  RebuildTensorV3,
  RebuildParameter,
  RebuildParameterWithState,
  RebuildFromType,
};

struct GlobalInfo {
  Global global = Global::Unknown;
  ScalarType dtype = ScalarType::Unknown; ///< Unknown: UntypedStorage
};

/// The whole of what a pickle may name.
GlobalInfo lookUpGlobal(StringRef name) {
  using T = ScalarType;
  T storage = StringSwitch<T>(name)
                  .Case("torch.ByteStorage", T::UInt8)
                  .Case("torch.CharStorage", T::Int8)
                  .Case("torch.ShortStorage", T::Int16)
                  .Case("torch.IntStorage", T::Int32)
                  .Case("torch.LongStorage", T::Int64)
                  .Case("torch.HalfStorage", T::Float16)
                  .Case("torch.BFloat16Storage", T::BFloat16)
                  .Case("torch.FloatStorage", T::Float32)
                  .Case("torch.DoubleStorage", T::Float64)
                  .Case("torch.BoolStorage", T::Bool)
                  .Case("torch.ComplexFloatStorage", T::ComplexFloat)
                  .Case("torch.ComplexDoubleStorage", T::ComplexDouble)
                  .Default(T::Unknown);
  if (storage != T::Unknown || name == "torch.storage.UntypedStorage")
    return {Global::StorageType, storage};
  T dtype = StringSwitch<T>(name)
                .Case("torch.uint8", T::UInt8)
                .Case("torch.int8", T::Int8)
                .Case("torch.int16", T::Int16)
                .Case("torch.int32", T::Int32)
                .Case("torch.int64", T::Int64)
                .Case("torch.float16", T::Float16)
                .Case("torch.float32", T::Float32)
                .Case("torch.float64", T::Float64)
                .Case("torch.bfloat16", T::BFloat16)
                .Case("torch.bool", T::Bool)
                .Case("torch.complex32", T::ComplexHalf)
                .Case("torch.complex64", T::ComplexFloat)
                .Case("torch.complex128", T::ComplexDouble)
                .Case("torch.uint16", T::UInt16)
                .Case("torch.uint32", T::UInt32)
                .Case("torch.uint64", T::UInt64)
                .Case("torch.float8_e4m3fn", T::Float8E4M3FN)
                .Case("torch.float8_e5m2", T::Float8E5M2)
                .Case("torch.float8_e4m3fnuz", T::Float8E4M3FNUZ)
                .Case("torch.float8_e5m2fnuz", T::Float8E5M2FNUZ)
                .Case("torch.float8_e8m0fnu", T::Float8E8M0FNU)
                .Default(T::Unknown);
  if (dtype != T::Unknown)
    return {Global::DType, dtype};
  Global global =
      StringSwitch<Global>(name)
          .Case("collections.OrderedDict", Global::OrderedDict)
          .Case("torch.Tensor", Global::TensorType)
          .Case("torch.nn.parameter.Parameter", Global::TensorType)
          .Case("torch.nn.parameter.Buffer", Global::TensorType)
          .Case("torch._utils._rebuild_tensor_v2", Global::RebuildTensorV2)
          .Case("torch._utils._rebuild_tensor_v3", Global::RebuildTensorV3)
          .Case("torch._utils._rebuild_parameter", Global::RebuildParameter)
          .Case("torch._utils._rebuild_parameter_with_state",
                Global::RebuildParameterWithState)
          .Case("torch._tensor._rebuild_from_type_v2", Global::RebuildFromType)
          .Default(Global::Unknown);
  return {global, ScalarType::Unknown};
}

/// Why a global that is often met is not read.
StringRef whyRefused(StringRef name) {
  if (name == "torch._utils._rebuild_wrapper_subclass" ||
      name.starts_with("torchao."))
    return "a tensor subclass: call unwrap_tensor_subclass before the export";
  if (name == "torch._utils._rebuild_sparse_tensor")
    return "a sparse tensor";
  if (name == "torch._utils._rebuild_qtensor" ||
      name.starts_with("torch.QInt") || name.starts_with("torch.QUInt"))
    return "a tensor of PyTorch's eager quantization";
  if (name == "torch._utils._rebuild_meta_tensor_no_storage" ||
      name == "torch._export.serde.serialize._reconstruct_fake_tensor")
    return "a tensor without data";
  return "not one of those that a file of tensors needs";
}

//===----------------------------------------------------------------------===//
// The machine
//===----------------------------------------------------------------------===//

using Ref = uint32_t; ///< a Value, by its index

struct Value {
  enum class Kind : uint8_t {
    None,
    Bool,
    Integer,
    Float,
    String,
    Tuple,
    List,
    Dict, ///< items: key, value, key, value, ...
    Global,
    Storage,
    Tensor,
  };

  Kind kind = Kind::None;
  /// Was made part of another value, and may no longer change: no cycles.
  bool isFrozen = false;
  GlobalInfo global;
  int64_t integer = 0; ///< also the index of a storage or tensor
  StringRef string;
  std::vector<Ref> items;
};

struct StorageRef {
  std::shared_ptr<const TensorStorage> storage;
  ScalarType dtype = ScalarType::Unknown; ///< Unknown: untyped
};

class PickleReader {
public:
  PickleReader(std::shared_ptr<const ZipFile> zip, std::string root,
               StringRef data)
      : zip(std::move(zip)), root(std::move(root)), data(data) {}

  Expected<StringMap<TensorPayload>> readDict();
  Expected<TensorPayload> readTensor();

private:
  using Kind = Value::Kind;
  static constexpr size_t kMaxStack = 1'000'000;
  static constexpr size_t kMaxMemo = 1'000'000;
  static constexpr size_t kMaxValues = 2'000'000;
  static constexpr size_t kMaxTensors = 1 << 18;
  static constexpr size_t kMaxString = 1 << 20;

  Expected<Ref> run();
  bool step(uint8_t opcode);

  bool fail(const Twine &message) {
    if (error.empty())
      error = (zip->context() + ": " + root + "data.pkl: " + message +
               " (at byte " + Twine(position) + ")")
                  .str();
    return false;
  }
  Error takeError() const {
    return createStringError(inconvertibleErrorCode(), error);
  }

  bool take(uint64_t count, StringRef &bytes);
  template <typename T>
  bool number(T &value) {
    StringRef bytes;
    if (!take(sizeof(T), bytes))
      return false;
    value = support::endian::read<T, endianness::little>(bytes.data());
    return true;
  }
  bool line(StringRef &text);

  bool push(Value value);
  bool pushInteger(int64_t integer, Kind kind = Kind::Integer);
  bool pushString(uint64_t length);
  bool pushTuple(size_t count);
  bool pushGlobal(StringRef module, StringRef name);
  bool pop(Ref &ref);
  bool popMark(size_t &begin);
  bool memoize(uint64_t index);
  bool recall(uint64_t index);
  bool addItems(Kind kind, size_t begin);

  bool persistentId();
  bool reduce();
  bool rebuildTensor(ArrayRef<Ref> args, bool hasDType);
  bool rebuildParameter(ArrayRef<Ref> args, size_t count);
  bool rebuildFromType(ArrayRef<Ref> args);
  bool pushTensor(TensorPayload tensor);
  bool integers(Ref ref, std::vector<int64_t> &result);

  const Value &at(Ref ref) const { return values[ref]; }
  bool is(Ref ref, Kind kind) const { return values[ref].kind == kind; }
  bool isGlobal(Ref ref, Global global) const {
    return is(ref, Kind::Global) && at(ref).global.global == global;
  }

  std::shared_ptr<const ZipFile> zip;
  std::string root;
  StringRef data;
  size_t position = 0;
  std::string error;

  std::deque<Value> values;
  std::vector<Ref> stack;
  std::vector<size_t> marks; ///< heights of the stack
  std::vector<std::optional<Ref>> memo;
  StringMap<size_t> storageOfKey;
  std::vector<StorageRef> storages;
  std::deque<TensorPayload> tensors;
};

bool PickleReader::take(uint64_t count, StringRef &bytes) {
  if (count > data.size() - position)
    return fail("unexpected end");
  bytes = data.substr(position, count);
  position += count;
  return true;
}

bool PickleReader::line(StringRef &text) {
  size_t end = data.find('\n', position);
  if (end == StringRef::npos || end - position > 1000)
    return fail("expected the end of a line");
  text = data.slice(position, end);
  position = end + 1;
  return true;
}

bool PickleReader::push(Value value) {
  if (values.size() >= kMaxValues)
    return fail("more than " + Twine(kMaxValues) + " values");
  if (stack.size() >= kMaxStack)
    return fail("more than " + Twine(kMaxStack) + " values on the stack");
  for (Ref item : value.items)
    values[item].isFrozen = true;
  stack.push_back(values.size());
  values.push_back(std::move(value));
  return true;
}

bool PickleReader::pushInteger(int64_t integer, Kind kind) {
  Value value;
  value.kind = kind;
  value.integer = integer;
  return push(std::move(value));
}

bool PickleReader::pushString(uint64_t length) {
  Value value;
  value.kind = Kind::String;
  if (length > kMaxString)
    return fail("a string of more than 1 MiB");
  if (!take(length, value.string))
    return false;
  if (!json::isUTF8(value.string))
    return fail("invalid UTF-8");
  return push(std::move(value));
}

bool PickleReader::pop(Ref &ref) {
  size_t floor = marks.empty() ? 0 : marks.back();
  if (stack.size() <= floor)
    return fail("the stack is empty");
  ref = stack.back();
  stack.pop_back();
  return true;
}

bool PickleReader::popMark(size_t &begin) {
  if (marks.empty())
    return fail("expected a mark on the stack");
  begin = marks.back();
  marks.pop_back();
  return true;
}

bool PickleReader::pushTuple(size_t count) {
  size_t floor = marks.empty() ? 0 : marks.back();
  if (stack.size() - floor < count)
    return fail("the stack is empty");
  Value tuple;
  tuple.kind = Kind::Tuple;
  tuple.items.assign(stack.end() - count, stack.end());
  stack.resize(stack.size() - count);
  return push(std::move(tuple));
}

bool PickleReader::pushGlobal(StringRef module, StringRef name) {
  std::string full = (module + "." + name).str();
  Value value;
  value.kind = Kind::Global;
  value.global = lookUpGlobal(full);
  if (value.global.global == Global::Unknown)
    return fail("refused global " + quoted(full) + ", " + whyRefused(full));
  return push(std::move(value));
}

bool PickleReader::memoize(uint64_t index) {
  size_t floor = marks.empty() ? 0 : marks.back();
  if (stack.size() <= floor)
    return fail("the stack is empty");
  if (index >= kMaxMemo)
    return fail("memo index " + Twine(index) + " out of range");
  // An index beyond the file's size is never written: no memory for it.
  if (index > data.size())
    return fail("memo index " + Twine(index) + " out of range");
  if (memo.size() <= index)
    memo.resize(index + 1);
  memo[index] = stack.back();
  return true;
}

bool PickleReader::recall(uint64_t index) {
  if (index >= memo.size() || !memo[index])
    return fail("memo index " + Twine(index) + " was never written");
  if (stack.size() >= kMaxStack)
    return fail("more than " + Twine(kMaxStack) + " values on the stack");
  stack.push_back(*memo[index]);
  return true;
}

/// Moves the stack from `begin` on into the container below it.
bool PickleReader::addItems(Kind kind, size_t begin) {
  size_t floor = marks.empty() ? 0 : marks.back();
  if (begin <= floor || begin > stack.size())
    return fail("the stack is empty");
  Value &container = values[stack[begin - 1]];
  if (container.kind != kind)
    return fail("items for what is no container");
  if (container.isFrozen)
    return fail("a container changes after its use");
  ArrayRef<Ref> items = ArrayRef(stack).drop_front(begin);
  if (kind == Kind::Dict && items.size() % 2 != 0)
    return fail("a key without a value");
  for (Ref item : items) {
    if (item == stack[begin - 1])
      return fail("a container inside of itself");
    values[item].isFrozen = true;
  }
  container.items.insert(container.items.end(), items.begin(), items.end());
  stack.resize(begin);
  return true;
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

/// ("storage", <storage class>, key, location, number of elements).
bool PickleReader::persistentId() {
  Ref id;
  if (!pop(id))
    return false;
  const std::vector<Ref> &items = at(id).items;
  if (!is(id, Kind::Tuple) || items.size() != 5 ||
      !is(items[0], Kind::String) || at(items[0]).string != "storage" ||
      !isGlobal(items[1], Global::StorageType) || !is(items[2], Kind::String) ||
      !is(items[3], Kind::String) || !is(items[4], Kind::Integer))
    return fail("expected a persistent id of a storage");
  StringRef key = at(items[2]).string;
  ScalarType dtype = at(items[1]).global.dtype;
  int64_t count = at(items[4]).integer;
  if (key.empty() || !all_of(key, [](char c) { return isDigit(c); }))
    return fail("expected a number as the key of a storage, but got " +
                quoted(key));
  const ZipEntry *entry = zip->find((root + "data/" + key).str());
  if (!entry)
    return fail("found no member for storage " + quoted(key));
  uint64_t itemSize = dtype == ScalarType::Unknown ? 1 : byteSize(dtype);
  if (count < 0 || entry->size % itemSize != 0 ||
      entry->size / itemSize != static_cast<uint64_t>(count))
    return fail("expected " + Twine(count) + " elements of " + Twine(itemSize) +
                " bytes in storage " + quoted(key) + ", but got " +
                Twine(entry->size) + " bytes");
  auto [it, isNew] = storageOfKey.try_emplace(key, storages.size());
  if (isNew)
    storages.push_back({makeZipStorage(zip, *entry), dtype});
  else if (storages[it->second].dtype != dtype)
    return fail("storage " + quoted(key) + " is used with two types");
  return pushInteger(it->second, Kind::Storage);
}

bool PickleReader::integers(Ref ref, std::vector<int64_t> &result) {
  if (!is(ref, Kind::Tuple) || at(ref).items.size() > 64)
    return false;
  for (Ref item : at(ref).items) {
    if (!is(item, Kind::Integer))
      return false;
    result.push_back(at(item).integer);
  }
  return true;
}

bool PickleReader::pushTensor(TensorPayload tensor) {
  if (tensors.size() >= kMaxTensors)
    return fail("more than " + Twine(kMaxTensors) + " tensors");
  tensors.push_back(std::move(tensor));
  return pushInteger(tensors.size() - 1, Kind::Tensor);
}

/// (storage, offset, sizes, strides, requires grad, hooks[, dtype][,
/// metadata]).
bool PickleReader::rebuildTensor(ArrayRef<Ref> args, bool hasDType) {
  size_t fixed = hasDType ? 7 : 6;
  if (args.size() != fixed && args.size() != fixed + 1)
    return fail("wrong number of arguments for a tensor");
  TensorPayload tensor;
  if (!is(args[0], Kind::Storage) || !is(args[1], Kind::Integer) ||
      !integers(args[2], tensor.sizes) || !integers(args[3], tensor.strides) ||
      !is(args[4], Kind::Bool) ||
      !(is(args[5], Kind::Dict) || is(args[5], Kind::None)) ||
      (hasDType && !isGlobal(args[6], Global::DType)))
    return fail("wrong arguments for a tensor");
  if (args.size() > fixed &&
      !(is(args[fixed], Kind::None) ||
        (is(args[fixed], Kind::Dict) && at(args[fixed]).items.empty())))
    return fail("conjugated or negated views are not read");
  const StorageRef &storage = storages[at(args[0]).integer];
  tensor.storage = storage.storage;
  tensor.storageOffset = at(args[1]).integer;
  tensor.dtype = hasDType ? at(args[6]).global.dtype : storage.dtype;
  if (storage.dtype != ScalarType::Unknown && storage.dtype != tensor.dtype)
    return fail("a tensor of another type than its storage");
  if (Error invalid =
          tensor.verify("tensor in storage " + storage.storage->name())) {
    return fail(toString(std::move(invalid)));
  }
  return pushTensor(std::move(tensor));
}

/// (tensor, requires grad, hooks[, state]).
bool PickleReader::rebuildParameter(ArrayRef<Ref> args, size_t count) {
  if (args.size() != count || !is(args[0], Kind::Tensor) ||
      !is(args[1], Kind::Bool))
    return fail("wrong arguments for a parameter");
  TensorPayload tensor = tensors[at(args[0]).integer];
  tensor.isParameter = true;
  return pushTensor(std::move(tensor));
}

/// (function, type, arguments, state): what nn.Buffer and tensors with
/// attributes of their own look like.
bool PickleReader::rebuildFromType(ArrayRef<Ref> args) {
  if (args.size() != 4 || !is(args[0], Kind::Global) ||
      !isGlobal(args[1], Global::TensorType) || !is(args[2], Kind::Tuple))
    return fail("wrong arguments for a tensor with a type");
  const std::vector<Ref> &inner = at(args[2]).items;
  switch (at(args[0]).global.global) {
  case Global::RebuildTensorV2:
    return rebuildTensor(inner, /*hasDType=*/false);
  case Global::RebuildTensorV3:
    return rebuildTensor(inner, /*hasDType=*/true);
  case Global::RebuildParameter:
    return rebuildParameter(inner, 3);
  case Global::RebuildParameterWithState:
    return rebuildParameter(inner, 4);
  default:
    return fail("wrong arguments for a tensor with a type");
  }
}

bool PickleReader::reduce() {
  Ref arguments, callable;
  if (!pop(arguments) || !pop(callable))
    return false;
  if (!is(callable, Kind::Global) || !is(arguments, Kind::Tuple))
    return fail("expected a callable and its arguments");
  const std::vector<Ref> &args = at(arguments).items;
  switch (at(callable).global.global) {
  case Global::OrderedDict: {
    if (!args.empty())
      return fail("expected an empty OrderedDict");
    Value dict;
    dict.kind = Kind::Dict;
    return push(std::move(dict));
  }
  case Global::RebuildTensorV2:
    return rebuildTensor(args, /*hasDType=*/false);
  case Global::RebuildTensorV3:
    return rebuildTensor(args, /*hasDType=*/true);
  case Global::RebuildParameter:
    return rebuildParameter(args, 3);
  case Global::RebuildParameterWithState:
    return rebuildParameter(args, 4);
  case Global::RebuildFromType:
    return rebuildFromType(args);
  default:
    return fail("a call of what is no function");
  }
}

//===----------------------------------------------------------------------===//
// Opcodes
//===----------------------------------------------------------------------===//

bool PickleReader::step(uint8_t opcode) {
  uint8_t u8 = 0;
  uint16_t u16 = 0;
  uint32_t u32 = 0;
  uint64_t u64 = 0;
  size_t mark = 0;
  StringRef bytes, text;
  Value value;
  switch (opcode) {
  case 0x80: // PROTO
    if (!number(u8))
      return false;
    return (u8 >= 2 && u8 <= 5) ||
           fail("expected pickle protocol 2 to 5, but got " +
                Twine(static_cast<unsigned>(u8)));
  case 0x95: // FRAME
    return number(u64) && (u64 <= data.size() - position ||
                           fail("a frame beyond the end of the file"));
  case '(': // MARK
    if (marks.size() >= kMaxStack)
      return fail("more than " + Twine(kMaxStack) + " marks");
    marks.push_back(stack.size());
    return true;
  case '}': // EMPTY_DICT
    value.kind = Kind::Dict;
    return push(std::move(value));
  case ']': // EMPTY_LIST
    value.kind = Kind::List;
    return push(std::move(value));
  case ')': // EMPTY_TUPLE
    return pushTuple(0);
  case 't': // TUPLE
    return popMark(mark) && pushTuple(stack.size() - mark);
  case 0x85: // TUPLE1
  case 0x86: // TUPLE2
  case 0x87: // TUPLE3
    return pushTuple(opcode - 0x84);
  case 'N': // NONE
    return push(std::move(value));
  case 0x88: // NEWTRUE
  case 0x89: // NEWFALSE
    return pushInteger(opcode == 0x88, Kind::Bool);
  case 'K': // BININT1
    return number(u8) && pushInteger(u8);
  case 'M': // BININT2
    return number(u16) && pushInteger(u16);
  case 'J': // BININT
    return number(u32) && pushInteger(static_cast<int32_t>(u32));
  case 0x8a: { // LONG1
    if (!number(u8))
      return false;
    if (u8 > 8)
      return fail("an integer of more than 64 bits");
    if (!take(u8, bytes))
      return false;
    for (size_t i = 0; i < bytes.size(); ++i)
      u64 |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[i])) << (8 * i);
    if (u8 != 0 && u8 < 8 && (bytes.back() & 0x80))
      u64 |= ~uint64_t(0) << (8 * u8);
    return pushInteger(static_cast<int64_t>(u64));
  }
  case 'G': // BINFLOAT, in extra state alone: the value is not wanted
    value.kind = Kind::Float;
    return number(u64) && push(std::move(value));
  case 'X': // BINUNICODE
    return number(u32) && pushString(u32);
  case 0x8c: // SHORT_BINUNICODE
    return number(u8) && pushString(u8);
  case 0x8d: // BINUNICODE8
    return number(u64) && pushString(u64);
  case 'c': // GLOBAL
    return line(bytes) && line(text) && pushGlobal(bytes, text);
  case 0x93: { // STACK_GLOBAL
    Ref module, name;
    if (!pop(name) || !pop(module))
      return false;
    if (!is(name, Kind::String) || !is(module, Kind::String))
      return fail("expected the name of a global");
    return pushGlobal(at(module).string, at(name).string);
  }
  case 'R': // REDUCE
    return reduce();
  case 'Q': // BINPERSID
    return persistentId();
  case 's': // SETITEM
    return stack.size() >= 2 ? addItems(Kind::Dict, stack.size() - 2)
                             : fail("the stack is empty");
  case 'u': // SETITEMS
    return popMark(mark) && addItems(Kind::Dict, mark);
  case 'a': // APPEND
    return stack.size() >= 1 ? addItems(Kind::List, stack.size() - 1)
                             : fail("the stack is empty");
  case 'e': // APPENDS
    return popMark(mark) && addItems(Kind::List, mark);
  case 'q': // BINPUT
    return number(u8) && memoize(u8);
  case 'r': // LONG_BINPUT
    return number(u32) && memoize(u32);
  case 0x94: // MEMOIZE
    return memoize(memo.size());
  case 'h': // BINGET
    return number(u8) && recall(u8);
  case 'j': // LONG_BINGET
    return number(u32) && recall(u32);
  default:
    return fail("refused pickle opcode 0x" + utohexstr(opcode));
  }
}

Expected<Ref> PickleReader::run() {
  for (uint8_t opcode = 0; number(opcode);) {
    if (opcode != '.') {
      if (!step(opcode))
        break;
      continue;
    }
    if (stack.size() != 1 || !marks.empty())
      fail("expected one value at the end");
    else if (position != data.size())
      fail("data behind the end");
    break;
  }
  if (!error.empty())
    return takeError();
  return stack.front();
}

Expected<StringMap<TensorPayload>> PickleReader::readDict() {
  Expected<Ref> top = run();
  if (!top)
    return top.takeError();
  StringMap<TensorPayload> result;
  if (!is(*top, Kind::Dict))
    fail("expected a dict of tensors");
  ArrayRef<Ref> items = at(*top).items;
  for (size_t i = 0; i < items.size() && error.empty(); i += 2) {
    if (!is(items[i], Kind::String) || !is(items[i + 1], Kind::Tensor)) {
      fail("expected a dict of tensors");
      break;
    }
    StringRef key = at(items[i]).string;
    if (!result.try_emplace(key, tensors[at(items[i + 1]).integer]).second)
      fail("key " + quoted(key) + " comes twice");
  }
  if (!error.empty())
    return takeError();
  return result;
}

Expected<TensorPayload> PickleReader::readTensor() {
  Expected<Ref> top = run();
  if (!top)
    return top.takeError();
  if (!is(*top, Kind::Tensor)) {
    fail("expected a tensor");
    return takeError();
  }
  return tensors[at(*top).integer];
}

/// Finds the pickle in a `torch.save` file and reads it with `read`.
template <typename T>
Expected<T> readTorchSave(std::shared_ptr<const ZipFile> zip,
                          function_ref<Expected<T>(PickleReader &)> read) {
  constexpr uint64_t kMaxPickle = 64 << 20;
  auto fail = [&](const Twine &message) {
    return createStringError(inconvertibleErrorCode(),
                             zip->context() + ": " + message);
  };
  // The root folder has any name; it is that of the first member.
  if (zip->entries().empty())
    return fail("expected a torch.save file, but got an empty ZIP file");
  StringRef first = zip->entries().front().name;
  std::string root = (first.split('/').first + "/").str();
  const ZipEntry *pickle = zip->find(root + "data.pkl");
  if (!pickle)
    return fail("expected a torch.save file, but found no data.pkl");
  if (const ZipEntry *order = zip->find(root + "byteorder")) {
    Expected<ZipBytes> text = zip->read(*order, 64);
    if (!text)
      return text.takeError();
    if (text->text().trim() != "little")
      return fail("expected byte order 'little', but got " +
                  quoted(text->text()));
  }
  Expected<ZipBytes> data = zip->read(*pickle, kMaxPickle);
  if (!data)
    return data.takeError();
  PickleReader reader(zip, root, data->text());
  return read(reader);
}

} // namespace

std::shared_ptr<const TensorStorage>
makeZipStorage(std::shared_ptr<const ZipFile> zip, const ZipEntry &entry) {
  return std::make_shared<ZipStorage>(std::move(zip), entry);
}

Expected<StringMap<TensorPayload>>
readTensorDict(std::shared_ptr<const ZipFile> zip) {
  return readTorchSave<StringMap<TensorPayload>>(
      zip, [](PickleReader &reader) { return reader.readDict(); });
}

Expected<TensorPayload> readTensor(std::shared_ptr<const ZipFile> zip) {
  return readTorchSave<TensorPayload>(
      zip, [](PickleReader &reader) { return reader.readTensor(); });
}

} // namespace pt2e
