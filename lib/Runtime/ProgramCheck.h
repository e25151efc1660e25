/// \file
/// What a .pte must hold before ExecuTorch may load it.
#ifndef PT2E_LIB_RUNTIME_PROGRAMCHECK_H
#define PT2E_LIB_RUNTIME_PROGRAMCHECK_H

#include <cstddef>

#include "absl/status/status.h"

namespace pt2e::runtime {

/// Checks the FlatBuffers of a program (schema: program.fbs of the SDK) for
/// what ExecuTorch takes for granted and crashes without: mandatory fields,
/// indices in range, tensors where tensors are used. Reads nothing outside of
/// `bytes`.
/// \returns InvalidArgument that names the field.
absl::Status checkProgram(const void *bytes, size_t size);

} // namespace pt2e::runtime

#endif // PT2E_LIB_RUNTIME_PROGRAMCHECK_H
