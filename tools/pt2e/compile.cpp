/// \file
/// pt2e compile: a .pt2 to a float .pte.

#include "Commands.h"
#include "CompileCommon.h"

namespace pt2e::tool {

int compileCommand(Arguments argumentList) {
  CompileRequest request;
  CompileArguments arguments;
  Options options(
      "compile", "Lowers an exported program in float: XNNPACK delegates where "
                 "XNNPACK can run it,\ncalls of ExecuTorch's kernels for the "
                 "rest.");
  addCompileOptions(options, request, arguments);
  options.example("pt2e compile model.pt2 -o model.pte",
                  "the float program, for comparison and as a baseline");
  options.example(
      "pt2e compile model.pt2 -o model.mlir --emit mlir --stop-after outline",
      "what is in which delegate");
  if (auto code = options.parse(argumentList))
    return *code;
  return runCompile("compile", request, arguments);
}

} // namespace pt2e::tool
