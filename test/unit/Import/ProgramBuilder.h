/// \file
/// Exported programs made by hand, and what the import makes of them.
#ifndef PT2E_TEST_UNIT_IMPORT_PROGRAMBUILDER_H
#define PT2E_TEST_UNIT_IMPORT_PROGRAMBUILDER_H

#include <string>
#include <vector>

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "pt2e/Import/ExportedProgram.h"
#include "pt2e/Import/Import.h"

namespace pt2e {

/// A graph built node by node; f32 tensors.
class GraphBuilder {
public:
  using Sizes = std::vector<int64_t>;

  /// Declares a value; row-major strides unless given.
  void tensor(const std::string &name, Sizes sizes, Sizes strides = {},
              ScalarType dtype = ScalarType::Float32);
  /// A node with named arguments; `result` must be declared, "" for none.
  void call(const std::string &target,
            std::vector<std::pair<std::string, Argument>> arguments,
            const std::string &result);

  Graph graph;
};

/// A program: a graph with its signature.
class ProgramBuilder : public GraphBuilder {
public:
  void input(const std::string &name, Sizes sizes, Sizes strides = {});
  /// A buffer of zeros; `like` names one whose storage it shares.
  void buffer(const std::string &name, Sizes sizes,
              const std::string &like = "");
  void output(const std::string &name);
  void bufferMutation(const std::string &buffer, const std::string &value);

  /// Imports; the module's text, or `error: ` and what was reported.
  std::string import(const ImportOptions &options = {});

  ExportedProgram program;
};

Argument tensorArgument(const std::string &name);
Argument scalarArgument(int64_t value);
Argument scalarArgument(double value);
Argument listArgument(std::vector<int64_t> values);
Argument symbolArgument(const std::string &name);

} // namespace pt2e

#endif // PT2E_TEST_UNIT_IMPORT_PROGRAMBUILDER_H
