/// \file
/// Passing errors on, with the context that makes them readable.
#ifndef PT2E_RUNTIME_STATUS_H
#define PT2E_RUNTIME_STATUS_H

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fmt/format.h"

namespace pt2e::runtime {

inline std::string messageOf(const absl::Status &status) {
  return std::string(status.message());
}

/// "CONTEXT: message" with the code of `status`; Ok stays Ok.
inline absl::Status withContext(std::string_view context,
                                const absl::Status &status) {
  if (status.ok())
    return status;
  return absl::Status(status.code(),
                      fmt::format("{}: {}", context, messageOf(status)));
}

template <typename T>
absl::StatusOr<T> withContext(std::string_view context,
                              absl::StatusOr<T> value) {
  if (value.ok())
    return value;
  return withContext(context, value.status());
}

template <typename... Args>
absl::Status invalid(fmt::format_string<Args...> text, Args &&...args) {
  return absl::InvalidArgumentError(
      fmt::format(text, std::forward<Args>(args)...));
}

} // namespace pt2e::runtime

/// Returns from the enclosing function if the Status is an error.
#define PT2E_RETURN_IF_ERROR(expression)                                       \
  do {                                                                         \
    if (::absl::Status pt2eStatus = (expression); !pt2eStatus.ok())            \
      return pt2eStatus;                                                       \
  } while (false)

/// `declaration = value of the StatusOr`, or returns its error.
#define PT2E_ASSIGN_OR_RETURN(declaration, expression)                         \
  PT2E_ASSIGN_OR_RETURN_(PT2E_CONCAT_(pt2eStatusOr, __LINE__), declaration,    \
                         expression)
#define PT2E_ASSIGN_OR_RETURN_(temporary, declaration, expression)             \
  auto temporary = (expression);                                               \
  if (!temporary.ok())                                                         \
    return temporary.status();                                                 \
  declaration = *std::move(temporary)
#define PT2E_CONCAT_(a, b) PT2E_CONCAT2_(a, b)
#define PT2E_CONCAT2_(a, b) a##b

#endif // PT2E_RUNTIME_STATUS_H
