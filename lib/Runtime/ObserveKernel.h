/// \file
/// Between the executor and the observe kernel.
#ifndef PT2E_LIB_RUNTIME_OBSERVEKERNEL_H
#define PT2E_LIB_RUNTIME_OBSERVEKERNEL_H

#include <executorch/runtime/core/exec_aten/exec_aten.h>

#include "absl/status/status.h"
#include "pt2e/Runtime/Tensor.h"

namespace pt2e::runtime {

/// Registers pt2e::observe.out with ExecuTorch, once per process.
void registerObserveKernel();

/// The error that the sink returned since the last call, or Ok.
absl::Status takeObserveError();

/// Unimplemented for complex, quantized and bit types.
absl::StatusOr<DType> fromScalarType(executorch::aten::ScalarType type);
executorch::aten::ScalarType toScalarType(DType dtype);

} // namespace pt2e::runtime

#endif // PT2E_LIB_RUNTIME_OBSERVEKERNEL_H
