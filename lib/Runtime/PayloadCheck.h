/// \file
/// What the payload of an XNNPACK delegate must hold before it is loaded.
#ifndef PT2E_LIB_RUNTIME_PAYLOADCHECK_H
#define PT2E_LIB_RUNTIME_PAYLOADCHECK_H

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace pt2e::runtime {

/// Checks the graph in a payload (schema: runtime_schema.fbs of the SDK) for
/// what the delegate takes for granted: values that exist, are written once and
/// before they are read; constants within the payload; arguments with elements
/// of `argumentBytes` bytes at least as wide as the values they stand for.
absl::Status checkXnnpackPayload(std::string_view payload,
                                 absl::Span<const size_t> argumentBytes);

} // namespace pt2e::runtime

#endif // PT2E_LIB_RUNTIME_PAYLOADCHECK_H
