#include "pt2e/Runtime/Version.h"

namespace pt2e {

std::string versionString() {
  return "pt2e " PT2E_VERSION " (ExecuTorch " PT2E_EXECUTORCH_VERSION ")";
}

} // namespace pt2e
