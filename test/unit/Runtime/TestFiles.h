/// \file
/// Files for tests: committed ones by name, and a folder of one's own.
#ifndef PT2E_TEST_UNIT_RUNTIME_TESTFILES_H
#define PT2E_TEST_UNIT_RUNTIME_TESTFILES_H

#include <filesystem>
#include <string>
#include <unistd.h>

#include "gtest/gtest.h"

namespace pt2e::runtime {

inline std::string dataFile(const std::string &name) {
  return std::string(PT2E_TEST_DATA) + "/runtime/" + name;
}

/// A folder that is removed with the fixture.
class TemporaryFolder {
public:
  TemporaryFolder() {
    std::string pattern = testing::TempDir() + "/pt2e-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const std::string &name) const {
    return path_ + "/" + name;
  }
  const std::string &path() const { return path_; }

private:
  std::string path_;
};

} // namespace pt2e::runtime

#endif // PT2E_TEST_UNIT_RUNTIME_TESTFILES_H
