#include "ObserveKernel.h"

#include <cstring>
#include <mutex>

#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>
#include <executorch/runtime/kernel/operator_registry.h>

#include "pt2e/Runtime/Observe.h"
#include "pt2e/Runtime/Status.h"

namespace pt2e::runtime {
namespace {

namespace et = executorch::runtime;
using executorch::aten::ScalarType;

thread_local const ObserveSink *currentSink = nullptr;
thread_local absl::Status sinkError;

struct TypePair {
  DType dtype;
  ScalarType type;
};
constexpr TypePair kTypes[] = {
    {DType::Bool, ScalarType::Bool},     {DType::U8, ScalarType::Byte},
    {DType::I8, ScalarType::Char},       {DType::U16, ScalarType::UInt16},
    {DType::I16, ScalarType::Short},     {DType::U32, ScalarType::UInt32},
    {DType::I32, ScalarType::Int},       {DType::U64, ScalarType::UInt64},
    {DType::I64, ScalarType::Long},      {DType::F16, ScalarType::Half},
    {DType::BF16, ScalarType::BFloat16}, {DType::F32, ScalarType::Float},
    {DType::F64, ScalarType::Double},
};

/// The sizes and elements of `x`, into a tensor of its type and order.
et::Error copyTo(executorch::aten::Tensor &out,
                 const executorch::aten::Tensor &x) {
  if (out.scalar_type() != x.scalar_type() || out.dim() != x.dim() ||
      !std::equal(x.dim_order().begin(), x.dim_order().end(),
                  out.dim_order().begin()))
    return et::Error::InvalidArgument;
  if (const et::Error error = et::resize_tensor(out, x.sizes());
      error != et::Error::Ok)
    return error;
  if (out.const_data_ptr() != x.const_data_ptr() && x.nbytes() > 0)
    std::memmove(out.mutable_data_ptr(), x.const_data_ptr(), x.nbytes());
  return et::Error::Ok;
}

void observe(et::KernelRuntimeContext &context, et::Span<et::EValue *> args) {
  if (args.size() < 3 || !args[0]->isTensor() || !args[1]->isInt() ||
      !args[2]->isTensor())
    return context.fail(et::Error::InvalidArgument);
  const executorch::aten::Tensor x = args[0]->toTensor();
  const int64_t site = args[1]->toInt();
  executorch::aten::Tensor out = args[2]->toTensor();
  // An `out` without elements is there for the form alone.
  if (out.numel() > 0) {
    if (const et::Error error = copyTo(out, x); error != et::Error::Ok)
      return context.fail(error);
  }
  if (!currentSink)
    return;

  auto dtype = fromScalarType(x.scalar_type());
  if (!dtype.ok()) {
    sinkError = dtype.status();
    return context.fail(et::Error::InvalidType);
  }
  TensorView view;
  const Shape shape(x.sizes().begin(), x.sizes().end());
  view.dtype = *dtype;
  view.shape = shape;
  view.data = x.const_data_ptr();
  const auto order = x.dim_order();
  for (size_t i = 0; i < order.size(); ++i)
    if (order[i] != i)
      view.dimOrder = absl::MakeConstSpan(order.data(), order.size());
  if (absl::Status status = (*currentSink)(site, view); !status.ok()) {
    sinkError = status;
    context.fail(et::Error::InvalidState);
  }
}

} // namespace

ObserveScope::ObserveScope(ObserveSink sink)
    : sink_(std::move(sink)), outer_(currentSink) {
  currentSink = &sink_;
}

ObserveScope::~ObserveScope() { currentSink = outer_; }

void registerObserveKernel() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Panics if the name is taken, so nothing is left to check.
    (void)et::register_kernel(et::Kernel("pt2e::observe.out", observe));
  });
}

absl::Status takeObserveError() {
  absl::Status status = std::move(sinkError);
  sinkError = absl::OkStatus();
  return status;
}

absl::StatusOr<DType> fromScalarType(ScalarType type) {
  for (const TypePair &pair : kTypes)
    if (pair.type == type)
      return pair.dtype;
  return absl::UnimplementedError(
      fmt::format("expected bool, integer or float elements, but got "
                  "ExecuTorch's scalar type {}",
                  static_cast<int>(type)));
}

ScalarType toScalarType(DType dtype) {
  for (const TypePair &pair : kTypes)
    if (pair.dtype == dtype)
      return pair.type;
  return ScalarType::Undefined;
}

} // namespace pt2e::runtime
