/// \file
/// pt2e, the user's front door: finds the subcommand and runs it.

#include <cstdio>
#include <string>
#include <vector>

#include "Commands.h"
#include "Options.h"
#include "fmt/format.h"
#include "pt2e/Runtime/Version.h"

namespace {

using namespace pt2e::tool;

struct Command {
  const char *name;
  const char *summary;
  int (*run)(Arguments);
};

/// In the order of the help. Commands that need MLIR are left out of a build
/// with PT2E_RUNTIME_ONLY.
constexpr Command kCommands[] = {
#ifndef PT2E_RUNTIME_ONLY
    {"quantize", "a .pt2 to an int8 .pte", quantizeCommand},
    {"compile", "a .pt2 to a float .pte", compileCommand},
    {"inspect", "what a .pt2 or .pte contains", inspectCommand},
#endif
    {"run", "run a .pte on inputs, keep the outputs, take the time",
     runCommand},
    {"eval", "top-1 and top-5 of a classifier on labelled images", evalCommand},
    {"compare", "how far the outputs of two programs are apart",
     compareCommand},
    {"observe", "range, scale and zero point of recorded tensors",
     observeCommand},
};

std::string help() {
  std::string text = "usage: pt2e COMMAND [ARGUMENT...]\n\n"
                     "Quantizes exported PyTorch programs (.pt2) and lowers "
                     "them to ExecuTorch (.pte).\n\ncommands:\n";
  for (const Command &command : kCommands)
    text += fmt::format("  {:<10} {}\n", command.name, command.summary);
  text += "\n  pt2e COMMAND --help    all about one command, with examples\n"
          "  pt2e --version         what this is\n\n"
          "exit code: 0 done, 1 failed, 2 wrong command line\n";
  return text;
}

const Command *find(const std::string &name) {
  for (const Command &command : kCommands)
    if (name == command.name)
      return &command;
  return nullptr;
}

} // namespace

int main(int argc, char **argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty()) {
    fmt::print(stderr, "{}", help());
    return kUsage;
  }
  const std::string &first = arguments[0];
  if (first == "--version") {
    fmt::print("{}\n", pt2e::versionString());
    return kOk;
  }
  if (first == "--help" || first == "-h" || first == "help") {
    if (const Command *command =
            arguments.size() > 1 ? find(arguments[1]) : nullptr)
      return command->run({"--help"});
    fmt::print("{}", help());
    return kOk;
  }
  const Command *command = find(first);
  if (!command) {
    fmt::print(stderr, "pt2e: there is no command `{}` (see pt2e --help)\n",
               first);
    return kUsage;
  }
  const int code = command->run(absl::MakeConstSpan(arguments).subspan(1));
  if (std::fflush(stdout) != 0 && code == kOk) {
    fmt::print(stderr, "pt2e: cannot write the result\n");
    return kFailed;
  }
  return code;
}
