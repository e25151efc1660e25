/// \file
/// Options that say how to quantize: of `pt2e quantize`, and of commands that
/// quantize to look at the result.
#ifndef PT2E_TOOLS_PT2E_QUANTIZEARGUMENTS_H
#define PT2E_TOOLS_PT2E_QUANTIZEARGUMENTS_H

#include "Options.h"
#include "absl/status/statusor.h"
#include "pt2e/Driver/Stages.h"

namespace pt2e::tool {

struct QuantizeArguments {
  QuantizeOptions options;
  bool perTensor = false;
  std::string compat;
  std::vector<std::string> plugins;

  /// What is wrong on the command line by itself.
  absl::Status verify() const;
  /// Then: loads the plugins, sees whether there is such a quantizer, before
  /// anything large is read, and says what was asked for. After an error
  /// `exitCode` is what the command exits with.
  absl::StatusOr<QuantizeOptions> resolve(int &exitCode) const;
};

/// Declares --recipe, --only, --config, --compat, --quantizer and the like.
void addQuantizeOptions(Options &options, QuantizeArguments &arguments);

} // namespace pt2e::tool

#endif // PT2E_TOOLS_PT2E_QUANTIZEARGUMENTS_H
