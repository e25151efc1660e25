/// \file
/// Errors as text.
#ifndef PT2E_TEST_UNIT_IMPORT_ERRORS_H
#define PT2E_TEST_UNIT_IMPORT_ERRORS_H

#include <string>

#include "llvm/Support/Error.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace pt2e {

/// The text of an error, "" of success.
inline std::string message(llvm::Error error) {
  return error ? llvm::toString(std::move(error)) : "";
}

template <typename T>
std::string message(llvm::Expected<T> result) {
  return result ? "" : llvm::toString(result.takeError());
}

} // namespace pt2e

#endif // PT2E_TEST_UNIT_IMPORT_ERRORS_H
