/// \file
/// The boundary to code of plugins: what it throws becomes a Status. Files that
/// include this are built with exceptions.
#ifndef PT2E_LIB_PLUGINS_GUARD_H
#define PT2E_LIB_PLUGINS_GUARD_H

#include <exception>
#include <string_view>

#include "absl/status/status.h"
#include "fmt/format.h"

namespace pt2e::quantizer {

/// Calls `function`.
///
/// \param who  "the quantizer npu of the plugin npu-tools"
template <typename Function>
absl::Status guard(std::string_view who, Function &&function) {
  try {
    function();
    return absl::OkStatus();
  } catch (const std::exception &error) {
    return absl::InternalError(
        fmt::format("{} threw an exception: {}", who, error.what()));
  } catch (...) {
    return absl::InternalError(fmt::format("{} threw an exception", who));
  }
}

} // namespace pt2e::quantizer

#endif // PT2E_LIB_PLUGINS_GUARD_H
