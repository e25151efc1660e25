/// \file
/// Graphs, nodes and arguments from JSON.
#ifndef PT2E_LIB_IMPORT_GRAPHREADER_H
#define PT2E_LIB_IMPORT_GRAPHREADER_H

#include "Schema.h"

namespace pt2e {

class GraphReader : public SchemaReader {
public:
  using SchemaReader::SchemaReader;

  bool graph(Graph &graph);
  bool argument(Argument &argument);

private:
  static constexpr size_t kMaxNodes = 1'000'000;
  static constexpr size_t kMaxValues = 2'000'000;
  static constexpr unsigned kMaxGraphNesting = 16;

  bool taggedArgument(llvm::StringRef tag, Argument &argument);
  bool tensor(TensorArgument &argument) { return named(argument.name); }
  bool optionalTensor(OptionalTensorArgument &argument);
  template <typename Scalar, typename Read>
  bool scalar(llvm::StringRef constantTag, Scalar &argument, Read read);
  bool symInt(SymIntArgument &argument);
  bool symFloat(SymFloatArgument &argument);
  bool symBool(SymBoolArgument &argument);
  bool graphArgument(GraphArgument &argument);
  bool complex(ComplexArgument &argument);
  bool namedArgument(NamedArgument &argument);
  bool node(Node &node);
  bool metadata(Node &node);
  bool symbolic(llvm::StringRef constantTag, SymbolicExpr &value);
  template <typename T, typename Read>
  bool values(llvm::StringMap<T> &values, Read read);

  size_t nodes = 0;
  size_t valueCount = 0;
  unsigned nesting = 0;
};

} // namespace pt2e

#endif // PT2E_LIB_IMPORT_GRAPHREADER_H
