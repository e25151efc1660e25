#include "pt2e/Runtime/Executor.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <exception>
#include <mutex>
#include <optional>
#include <unistd.h>

#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/extension/memory_allocator/malloc_memory_allocator.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/platform/platform.h>
#include <executorch/runtime/platform/runtime.h>

#include "LivePrograms.h"
#include "ObserveKernel.h"
#include "ProgramCheck.h"
#include "pt2e/Runtime/FileKind.h"
#include "pt2e/Runtime/Files.h"
#include "pt2e/Runtime/Status.h"

namespace pt2e::runtime {
namespace {

namespace et = executorch::runtime;
using executorch::aten::DimOrderType;
using executorch::aten::SizesType;
using executorch::aten::StridesType;

/// What ExecuTorch logged as an error since clear(): its error codes alone say
/// little. Threads of the pool do not log errors.
thread_local std::string lastLog;

void keepErrors(et_timestamp_t, et_pal_log_level_t level, const char *,
                const char *, size_t, const char *message, size_t length) {
  if ((level != kError && level != kFatal) || lastLog.size() > 1000)
    return;
  if (!lastLog.empty())
    lastLog += "; ";
  lastLog.append(message, length);
}

/// What ExecuTorch's aborts become: it gives up where a check of its own fails,
/// such as one on the type of a kernel's argument. What it held is leaked.
struct Aborted {};

[[noreturn]] void throwAborted() { throw Aborted(); }

/// Runs ExecuTorch code; its aborts and exceptions become errors. Those in
/// threads of the pool still end the process.
template <typename Function>
absl::Status guarded(bool &isBroken, Function function) {
  if (isBroken)
    return absl::FailedPreconditionError(
        "ExecuTorch gave up on this program before");
  try {
    return function();
  } catch (const Aborted &) {
    isBroken = true;
    return absl::InternalError("ExecuTorch gave up: " +
                               std::exchange(lastLog, ""));
  } catch (const std::exception &error) {
    isBroken = true;
    return absl::InternalError(
        fmt::format("ExecuTorch gave up: {}", error.what()));
  }
}

absl::Status etError(const char *what, et::Error error) {
  std::string text = fmt::format(
      "{}: ExecuTorch error 0x{:x} ({})", what, static_cast<unsigned>(error),
      std::string_view(et::to_string(error)).substr(7));
  if (!lastLog.empty())
    text += ": " + std::exchange(lastLog, "");
  switch (error) {
  case et::Error::InvalidProgram:
  case et::Error::InvalidArgument:
  case et::Error::InvalidExternalData:
    return absl::InvalidArgumentError(text);
  case et::Error::OperatorMissing:
  case et::Error::NotFound:
    return absl::NotFoundError(text);
  case et::Error::NotSupported:
  case et::Error::NotImplemented:
    return absl::UnimplementedError(text);
  case et::Error::MemoryAllocationFailed:
  case et::Error::DelegateMemoryAllocationFailed:
  case et::Error::OutOfResources:
    return absl::ResourceExhaustedError(text);
  default:
    return absl::InternalError(text);
  }
}

void initializeOnce() {
  static std::once_flag once;
  std::call_once(once, [] {
    registerPlatform();
    registerObserveKernel();
    setDefaultThreads();
  });
}

int64_t physicalMemory() {
  return static_cast<int64_t>(::sysconf(_SC_PHYS_PAGES)) *
         ::sysconf(_SC_PAGE_SIZE);
}

std::optional<DType> scalarType(et::Tag tag) {
  switch (tag) {
  case et::Tag::Int:
    return DType::I64;
  case et::Tag::Double:
    return DType::F64;
  case et::Tag::Bool:
    return DType::Bool;
  default:
    return std::nullopt;
  }
}

bool isRowMajor(absl::Span<const uint8_t> dimOrder) {
  for (size_t i = 0; i < dimOrder.size(); ++i)
    if (dimOrder[i] != i)
      return false;
  return true;
}

/// Element strides of a tensor whose axes lie in memory as `dimOrder` says.
std::vector<StridesType> stridesOf(absl::Span<const int64_t> shape,
                                   absl::Span<const uint8_t> dimOrder) {
  std::vector<StridesType> strides(shape.size());
  StridesType stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[dimOrder[i]] = stride;
    stride *= std::max<int64_t>(shape[dimOrder[i]], 1);
  }
  return strides;
}

/// Copies between row-major (`outer`) and a layout with the given strides.
void permute(const char *from, char *to, absl::Span<const int64_t> shape,
             absl::Span<const StridesType> strides, size_t width,
             bool toStrided) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  std::vector<int64_t> index(shape.size(), 0);
  int64_t place = 0;
  for (int64_t i = 0; i < count; ++i) {
    std::memcpy(to + (toStrided ? place : i) * width,
                from + (toStrided ? i : place) * width, width);
    for (size_t axis = shape.size(); axis-- > 0;) {
      place += strides[axis];
      if (++index[axis] < shape[axis])
        break;
      place -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

absl::Status checkInput(size_t number, const ValueInfo &info,
                        const Tensor &tensor) {
  bool fits = tensor.dtype() == info.dtype &&
              tensor.shape().size() == info.shape.size();
  for (size_t i = 0; fits && i < info.shape.size(); ++i)
    fits = info.isDynamic ? tensor.shape()[i] <= info.shape[i]
                          : tensor.shape()[i] == info.shape[i];
  if (!fits)
    return invalid("input {}: expected {}, but got {} {}", number,
                   toString(info), toString(tensor.dtype()),
                   toString(tensor.shape()));
  return absl::OkStatus();
}

} // namespace

void registerPlatform() {
  static std::once_flag once;
  std::call_once(once, [] {
    et::register_pal(et::PalImpl::create(nullptr, throwAborted, nullptr,
                                         nullptr, keepErrors, nullptr, nullptr,
                                         __FILE__));
    et::runtime_init();
  });
}

std::string toString(const ValueInfo &info) {
  if (info.isScalar)
    return "scalar " + toString(info.dtype);
  std::string text = toString(info.dtype) + " [";
  for (size_t i = 0; i < info.shape.size(); ++i)
    text += fmt::format("{}{}{}", i ? ", " : "",
                        info.isDynamic && info.shape[i] > 1 ? "<=" : "",
                        info.shape[i]);
  return text + "]";
}

struct Program::Impl {
  std::string name;
  std::vector<uint8_t> owned;
  std::optional<MappedFile> mapped;
  std::optional<executorch::extension::BufferDataLoader> loader;
  std::optional<et::Program> program;
  executorch::extension::MallocMemoryAllocator methodMemory;
  executorch::extension::MallocMemoryAllocator temporaryMemory;
  std::vector<Tensor> arenas;
  std::vector<et::Span<uint8_t>> arenaSpans;
  std::optional<et::HierarchicalAllocator> planned;
  std::optional<et::MemoryManager> memory;
  std::vector<Tensor> outputMemory;
  std::optional<et::Method> method; // after all that it uses
  std::optional<LiveProgram> live;
  MethodInfo info;
  std::vector<std::vector<uint8_t>> inputOrders;
  /// Inputs of the last run in the program's layout: an output may be one.
  std::vector<Tensor> permuted;
  std::vector<std::string> methodNames;
  /// ExecuTorch gave up in the middle of something.
  bool isBroken = false;

  ~Impl() {
    // What is half done cannot be undone either.
    if (isBroken && method)
      new et::Method(std::move(*method));
  }
  absl::Status loadMethod(const std::string &methodName);
  absl::Status planMemory(const et::MethodMeta &meta);
  absl::Status describe(const et::MethodMeta &meta);
  absl::Status setInput(size_t number, const Tensor &tensor);
  absl::Status execute(absl::Span<const Tensor> inputs);
  absl::Status runGuarded(absl::Span<const Tensor> inputs) {
    return guarded(isBroken, [&] { return execute(inputs); });
  }
  absl::StatusOr<Tensor> output(size_t number);
};

absl::Status Program::Impl::loadMethod(const std::string &methodName) {
  lastLog.clear();
  const void *bytes = mapped ? mapped->data() : owned.data();
  const size_t size = mapped ? mapped->size() : owned.size();
  if (size < et::Program::kMinHeadBytes)
    return invalid("expected an ExecuTorch program, but got {} bytes", size);
  loader.emplace(bytes, size);
  auto loaded = et::Program::load(
      &*loader, et::Program::Verification::InternalConsistency);
  if (!loaded.ok())
    return etError("cannot load the program", loaded.error());
  PT2E_RETURN_IF_ERROR(checkProgram(bytes, size));
  program.emplace(std::move(*loaded));

  for (size_t i = 0; i < program->num_methods(); ++i) {
    auto methodAt = program->get_method_name(i);
    if (!methodAt.ok())
      return etError("cannot read the methods", methodAt.error());
    methodNames.emplace_back(*methodAt);
  }
  if (std::find(methodNames.begin(), methodNames.end(), methodName) ==
      methodNames.end())
    return absl::NotFoundError(fmt::format("no method `{}`, but {} other(s)",
                                           methodName, methodNames.size()));
  auto meta = program->method_meta(methodName.c_str());
  if (!meta.ok())
    return etError("cannot read the method", meta.error());
  info.name = methodName;
  PT2E_RETURN_IF_ERROR(planMemory(*meta));
  auto loadedMethod = program->load_method(methodName.c_str(), &*memory);
  if (!loadedMethod.ok())
    return etError("cannot load the method", loadedMethod.error());
  method.emplace(std::move(*loadedMethod));
  return describe(*meta);
}

absl::Status Program::Impl::planMemory(const et::MethodMeta &meta) {
  const int64_t limit = physicalMemory();
  for (size_t i = 0; i < meta.num_memory_planned_buffers(); ++i) {
    auto size = meta.memory_planned_buffer_size(i);
    if (!size.ok())
      return etError("cannot read the planned memory", size.error());
    if (*size < 0 || *size > limit - info.arenaBytes)
      return absl::ResourceExhaustedError(fmt::format(
          "planned buffer {} of {} bytes is larger than this machine's memory",
          i, *size));
    info.arenaBytes += *size;
    arenas.emplace_back(DType::U8, Shape{*size});
  }
  for (Tensor &arena : arenas)
    arenaSpans.emplace_back(static_cast<uint8_t *>(arena.data()),
                            arena.numBytes());
  planned.emplace(
      et::Span<et::Span<uint8_t>>(arenaSpans.data(), arenaSpans.size()));
  memory.emplace(&methodMemory, &*planned, &temporaryMemory);
  return absl::OkStatus();
}

absl::Status Program::Impl::describe(const et::MethodMeta &meta) {
  auto describeValue =
      [](const et::EValue &value) -> absl::StatusOr<ValueInfo> {
    ValueInfo result;
    if (auto dtype = scalarType(value.tag)) {
      result.dtype = *dtype;
      result.isScalar = true;
      return result;
    }
    if (!value.isTensor())
      return absl::UnimplementedError(
          fmt::format("expected a tensor or a number, but got a value of tag "
                      "{}",
                      static_cast<int>(value.tag)));
    const executorch::aten::Tensor tensor = value.toTensor();
    PT2E_ASSIGN_OR_RETURN(result.dtype, fromScalarType(tensor.scalar_type()));
    result.shape.assign(tensor.sizes().begin(), tensor.sizes().end());
    result.isDynamic = tensor.unsafeGetTensorImpl()->shape_dynamism() !=
                       executorch::aten::TensorShapeDynamism::STATIC;
    return result;
  };
  for (size_t i = 0; i < method->inputs_size(); ++i) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    // The only way to know whether an input is dynamic.
    const et::EValue &value = method->get_input(i);
#pragma GCC diagnostic pop
    PT2E_ASSIGN_OR_RETURN(
        ValueInfo input,
        withContext(fmt::format("input {}", i), describeValue(value)));
    std::vector<uint8_t> order;
    if (!input.isScalar) {
      const auto declared = value.toTensor().dim_order();
      order.assign(declared.begin(), declared.end());
    }
    info.inputs.push_back(std::move(input));
    inputOrders.push_back(std::move(order));
  }
  for (size_t i = 0; i < method->outputs_size(); ++i) {
    const et::EValue &value = method->get_output(i);
    PT2E_ASSIGN_OR_RETURN(
        ValueInfo output,
        withContext(fmt::format("output {}", i), describeValue(value)));
    // Memory for the outputs that the plan left out; one that is an input or a
    // constant has its memory already.
    if (!output.isScalar) {
      auto tensorMeta = meta.output_tensor_meta(i);
      if (!tensorMeta.ok())
        return etError("cannot read the outputs", tensorMeta.error());
      if (!tensorMeta->is_memory_planned() &&
          value.toTensor().const_data_ptr() == nullptr) {
        if (static_cast<int64_t>(tensorMeta->nbytes()) > physicalMemory())
          return absl::ResourceExhaustedError(
              fmt::format("output {} is larger than this machine's memory", i));
        outputMemory.emplace_back(output.dtype, output.shape);
        if (const et::Error error = method->set_output_data_ptr(
                outputMemory.back().data(), outputMemory.back().numBytes(), i);
            error != et::Error::Ok)
          return etError("cannot place the outputs", error);
      }
    }
    info.outputs.push_back(std::move(output));
  }
  return absl::OkStatus();
}

absl::Status Program::Impl::setInput(size_t number, const Tensor &tensor) {
  const ValueInfo &input = info.inputs[number];
  PT2E_RETURN_IF_ERROR(checkInput(number, input, tensor));
  et::Error error;
  if (input.isScalar) {
    et::EValue value;
    if (input.dtype == DType::I64)
      value = et::EValue(tensor.elements<int64_t>()[0]);
    else if (input.dtype == DType::F64)
      value = et::EValue(tensor.elements<double>()[0]);
    else
      value = et::EValue(tensor.elements<uint8_t>()[0] != 0);
    error = method->set_input(value, number);
  } else {
    std::vector<uint8_t> &order = inputOrders[number];
    std::vector<SizesType> sizes(tensor.shape().begin(), tensor.shape().end());
    std::vector<StridesType> strides = stridesOf(tensor.shape(), order);
    const void *data = tensor.data();
    if (!isRowMajor(order)) {
      Tensor &moved =
          permuted.emplace_back(tensor.dtype(), Shape(tensor.shape()));
      permute(static_cast<const char *>(data),
              static_cast<char *>(moved.data()), tensor.shape(), strides,
              byteWidth(tensor.dtype()), /*toStrided=*/true);
      data = moved.data();
    }
    // Read only: the method copies an input that is planned, and a program
    // does not write to the others.
    executorch::aten::TensorImpl impl(
        toScalarType(tensor.dtype()), sizes.size(), sizes.data(),
        const_cast<void *>(data), order.data(), strides.data(),
        input.isDynamic ? executorch::aten::TensorShapeDynamism::DYNAMIC_BOUND
                        : executorch::aten::TensorShapeDynamism::STATIC);
    error =
        method->set_input(et::EValue(executorch::aten::Tensor(&impl)), number);
  }
  if (error != et::Error::Ok)
    return etError(fmt::format("cannot set input {}", number).c_str(), error);
  return absl::OkStatus();
}

absl::Status Program::Impl::execute(absl::Span<const Tensor> inputs) {
  lastLog.clear();
  if (inputs.size() != info.inputs.size())
    return invalid("expected {} inputs, but got {}", info.inputs.size(),
                   inputs.size());
  permuted.clear();
  permuted.reserve(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i)
    PT2E_RETURN_IF_ERROR(setInput(i, inputs[i]));
  (void)takeObserveError();
  const et::Error error = method->execute();
  PT2E_RETURN_IF_ERROR(takeObserveError());
  if (error != et::Error::Ok)
    return etError("cannot run the method", error);
  return absl::OkStatus();
}

absl::StatusOr<Tensor> Program::Impl::output(size_t number) {
  const et::EValue &value = method->get_output(number);
  if (value.isInt())
    return Tensor::of<int64_t>(DType::I64, {}, {value.toInt()});
  if (value.isDouble())
    return Tensor::of<double>(DType::F64, {}, {value.toDouble()});
  if (value.isBool())
    return Tensor::of<uint8_t>(DType::Bool, {}, {value.toBool()});
  if (!value.isTensor())
    return absl::UnimplementedError(
        fmt::format("output {} is neither tensor nor number", number));
  const executorch::aten::Tensor tensor = value.toTensor();
  PT2E_ASSIGN_OR_RETURN(DType dtype, fromScalarType(tensor.scalar_type()));
  Tensor result(dtype, Shape(tensor.sizes().begin(), tensor.sizes().end()));
  if (result.numElements() == 0)
    return result;
  const char *data = static_cast<const char *>(tensor.const_data_ptr());
  if (!data)
    return absl::InternalError(fmt::format("output {} has no memory", number));
  const std::vector<uint8_t> order(tensor.dim_order().begin(),
                                   tensor.dim_order().end());
  if (isRowMajor(order))
    std::memcpy(result.data(), data, result.numBytes());
  else
    permute(data, static_cast<char *>(result.data()), result.shape(),
            stridesOf(result.shape(), order), byteWidth(dtype),
            /*toStrided=*/false);
  return result;
}

Program::Program(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Program::Program(Program &&) noexcept = default;
Program &Program::operator=(Program &&) noexcept = default;
Program::~Program() = default;

absl::StatusOr<Program> Program::loadImpl(std::unique_ptr<Impl> impl,
                                          const std::string &method) {
  initializeOnce();
  impl->live.emplace();
  PT2E_RETURN_IF_ERROR(withContext(impl->name, guarded(impl->isBroken, [&] {
                                     return impl->loadMethod(method);
                                   })));
  return Program(std::move(impl));
}

absl::StatusOr<Program> Program::load(const std::string &path,
                                      const std::string &method) {
  auto impl = std::make_unique<Impl>();
  impl->name = path;
  PT2E_ASSIGN_OR_RETURN(impl->mapped, MappedFile::open(path));
  const FileKind kind =
      kindOfBytes({static_cast<const char *>(impl->mapped->data()),
                   std::min<size_t>(impl->mapped->size(), 8)});
  if (kind != FileKind::Pte)
    return otherKind(path, "a .pte program", kind);
  return loadImpl(std::move(impl), method);
}

absl::StatusOr<Program> Program::loadBytes(std::vector<uint8_t> bytes,
                                           const std::string &name,
                                           const std::string &method) {
  auto impl = std::make_unique<Impl>();
  impl->name = name;
  impl->owned = std::move(bytes);
  return loadImpl(std::move(impl), method);
}

const MethodInfo &Program::info() const { return impl_->info; }

const std::vector<std::string> &Program::methodNames() const {
  return impl_->methodNames;
}

absl::StatusOr<std::vector<Tensor>>
Program::run(absl::Span<const Tensor> inputs) {
  PT2E_RETURN_IF_ERROR(withContext(impl_->name, impl_->runGuarded(inputs)));
  std::vector<Tensor> outputs;
  for (size_t i = 0; i < impl_->info.outputs.size(); ++i) {
    PT2E_ASSIGN_OR_RETURN(Tensor output,
                          withContext(impl_->name, impl_->output(i)));
    outputs.push_back(std::move(output));
  }
  return outputs;
}

absl::StatusOr<Timing> Program::time(absl::Span<const Tensor> inputs, int runs,
                                     int warmUp) {
  using Clock = std::chrono::steady_clock;
  if (runs < 1)
    return invalid("expected at least 1 run to measure, but got {}", runs);
  std::vector<double> seconds;
  for (int i = 0; i < warmUp + runs; ++i) {
    const Clock::time_point start = Clock::now();
    PT2E_RETURN_IF_ERROR(withContext(impl_->name, impl_->runGuarded(inputs)));
    const std::chrono::duration<double> taken = Clock::now() - start;
    if (i >= warmUp)
      seconds.push_back(taken.count());
  }
  std::sort(seconds.begin(), seconds.end());
  const size_t middle = seconds.size() / 2;
  const double median = seconds.size() % 2
                            ? seconds[middle]
                            : (seconds[middle - 1] + seconds[middle]) / 2;
  return Timing{runs, median, seconds.front()};
}

} // namespace pt2e::runtime
