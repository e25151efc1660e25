/// \file
/// A PyTorch exported program (`torch.export.save`, schema 8.x) as plain data:
/// what a `.pt2` says, checked for form, with nothing interpreted yet.
#ifndef PT2E_IMPORT_EXPORTEDPROGRAM_H
#define PT2E_IMPORT_EXPORTEDPROGRAM_H

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "pt2e/Import/SymbolicExpr.h"
#include "pt2e/Import/TensorPayload.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace pt2e {

class Archive;

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// Numbers of the file.
enum class Layout : uint8_t {
  Unknown = 0,
  SparseCoo = 1,
  SparseCsr = 2,
  SparseCsc = 3,
  SparseBsr = 4,
  SparseBsc = 5,
  Mkldnn = 6,
  Strided = 7,
};

/// Numbers of the file.
enum class MemoryFormat : uint8_t {
  Unknown = 0,
  Contiguous = 1,
  ChannelsLast = 2,
  ChannelsLast3d = 3,
  Preserve = 4,
};

struct Device {
  std::string type; ///< `cpu`, `cuda`, `meta`, ...
  std::optional<int64_t> index;
};

/// A size, stride or scalar that is known (`!expr`) or an expression.
struct SymInt {
  int64_t value = 0;           ///< if `isStatic()`
  SymbolicExpr expr;           ///< otherwise
  std::optional<int64_t> hint; ///< of an expression: its value in the example

  bool isStatic() const { return !expr; }
};

/// The example run's claim about one value. Sizes are not negative, and the
/// ranks of sizes and strides agree; nothing else is checked.
struct TensorMeta {
  ScalarType dtype = ScalarType::Unknown;
  std::vector<SymInt> sizes;
  std::vector<SymInt> strides; ///< in elements
  SymInt storageOffset;        ///< 2.6 always writes 0
  Device device;
  Layout layout = Layout::Strided;
  bool requiresGrad = false;
};

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

struct Graph;
struct NamedArgument;

struct NoneArgument {};

/// A tensor value by name. In the operand lists of higher-order operators the
/// name may also be a symbolic scalar's.
struct TensorArgument {
  std::string name;
};

/// A tensor or none; none has an empty name.
struct OptionalTensorArgument {
  std::string name;
  bool isNone() const { return name.empty(); }
};

/// A scalar that is either the name of a value or a constant.
template <typename T>
struct ScalarArgument {
  std::string name; ///< empty: constant
  T value = T();    ///< of a constant
  bool isName() const { return !name.empty(); }
};
struct SymIntArgument : ScalarArgument<int64_t> {};
struct SymFloatArgument : ScalarArgument<double> {};
struct SymBoolArgument : ScalarArgument<bool> {};

/// The target text of an operator passed as an argument (`out_dtype`).
struct OperatorArgument {
  std::string target;
};

/// A nested graph of a higher-order operator: a scope of its own.
struct GraphArgument {
  std::string name;
  std::shared_ptr<const Graph> graph;
};

struct ComplexArgument {
  double real = 0;
  double imag = 0;
};

/// One argument or result. `as_optional_tensor` appears as TensorArgument or
/// NoneArgument; an empty list of unknown type as an empty TensorList.
/// Custom objects never appear: they are refused.
struct Argument {
  using TensorList = std::vector<TensorArgument>;
  using Value = std::variant<
      NoneArgument, TensorArgument, TensorList,
      std::vector<OptionalTensorArgument>, std::vector<TensorList>, //
      int64_t, std::vector<int64_t>, std::vector<std::vector<int64_t>>, double,
      std::vector<double>, std::vector<std::vector<double>>, //
      bool, std::vector<bool>, std::string, std::vector<std::string>,
      SymIntArgument, std::vector<SymIntArgument>, //
      SymFloatArgument, std::vector<SymFloatArgument>, SymBoolArgument,
      std::vector<SymBoolArgument>, //
      ScalarType, MemoryFormat, Layout, Device, GraphArgument, OperatorArgument,
      ComplexArgument, std::vector<NamedArgument>>;

  Value value;

  template <typename T>
  bool is() const {
    return std::holds_alternative<T>(value);
  }
  /// Null if the argument is of another kind.
  template <typename T>
  const T *as() const {
    return std::get_if<T>(&value);
  }
  bool isNone() const { return is<NoneArgument>(); }

  /// The file's tag, e.g. `as_tensor`, for messages.
  llvm::StringRef tag() const;
};

struct NamedArgument {
  enum class Kind : uint8_t { Unknown = 0, Positional = 1, Keyword = 2 };

  std::string name; ///< the schema's argument name, "" for higher-order ops
  Argument arg;
  Kind kind = Kind::Unknown;
};

//===----------------------------------------------------------------------===//
// Graph
//===----------------------------------------------------------------------===//

/// One module on the way from the root to a node.
struct ModuleScope {
  std::string path; ///< `features.0.conv`, "" for the root
  std::string type; ///< `torch.nn.modules.conv.Conv2d`
};

/// Where a node comes from. Every part may be empty. The texts are the file
/// author's: escape them before printing.
struct Provenance {
  std::vector<ModuleScope> modules; ///< outermost first
  std::string file; ///< of the innermost frame that is not PyTorch's own
  int64_t line = 0; ///< 1-based
  std::string function;
};

/// The parts of an operator name.
struct OperatorTarget {
  enum class Kind : uint8_t {
    Operator,    ///< `torch.ops.<ns>.<op>.<overload>`
    HigherOrder, ///< `torch.ops.higher_order.<op>`
    Scalar,      ///< `_operator.mul`, `math.trunc`, `torch.sym_max`, ...
  };

  Kind kind = Kind::Operator;
  std::string ns; ///< `aten`, `quantized_decomposed`; of Scalar `_operator`
  std::string op; ///< `add`
  std::string overload; ///< `Tensor`, `default`; empty unless Operator

  /// None unless `target` has one of the three forms.
  static std::optional<OperatorTarget> parse(llvm::StringRef target);
};

struct Node {
  std::string target; ///< the file's text
  OperatorTarget op;  ///< its parts
  std::string name;   ///< of the FX node, or its first result's, may be empty
  std::vector<NamedArgument> inputs;
  std::vector<Argument> outputs;
  Provenance provenance;

  /// The argument of that name, or null (then the operator's default holds).
  const Argument *findInput(llvm::StringRef name) const;
  /// The names of all results in order, lists flattened, nones left out.
  std::vector<llvm::StringRef> resultNames() const;
};

/// Checked: each value has one definition, before its uses, and a type in one
/// of the maps below; the maps hold nothing else.
struct Graph {
  std::vector<Argument> inputs;
  std::vector<Argument> outputs;
  std::vector<Node> nodes; ///< in program order, which matters: ops may mutate
  llvm::StringMap<TensorMeta> tensorValues;
  llvm::StringMap<SymInt> symIntValues;
  llvm::StringMap<SymbolicExpr> symFloatValues; ///< null expr: a constant
  llvm::StringMap<SymbolicExpr> symBoolValues;  ///< null expr: a constant
  bool isSingleTensorReturn = false;
};

//===----------------------------------------------------------------------===//
// Program
//===----------------------------------------------------------------------===//

/// What one graph input stands for.
struct InputSpec {
  enum class Kind : uint8_t {
    Parameter,
    Buffer,
    TensorConstant,
    UserInput,
    ConstantInput, ///< a non-tensor argument fixed at export
  };

  Kind kind = Kind::UserInput;
  Argument arg;           ///< the graph input
  std::string target;     ///< fully qualified name of a weight, else ""
  bool persistent = true; ///< of a Buffer
  std::string name; ///< of a user or constant input: `x`, `batch[0]`; else ""
};

/// What one graph output stands for.
struct OutputSpec {
  enum class Kind : uint8_t {
    UserOutput,
    BufferMutation,
    ParameterMutation,
    UserInputMutation,
  };

  Kind kind = Kind::UserOutput;
  Argument arg;       ///< the graph output
  std::string target; ///< buffer or parameter FQN, or user input's value name
  std::string name;   ///< of a user output: `logits`, `[1]`, `a[0]`, or "" for
                      ///< the only one
};

struct SchemaVersion {
  int64_t major = 0;
  int64_t minor = 0;
};

/// Checked: as many specs as graph inputs and outputs, with the same names;
/// every parameter, buffer and tensor constant has a payload of the dtype and
/// static sizes that the graph claims; targets have a known form.
struct ExportedProgram {
  std::string fileName;  ///< as given, for messages
  std::string modelName; ///< `model` in PT2 archives, "" in the flat layout
  SchemaVersion schema;
  std::string torchVersion; ///< `2.6.0`, `<=2.4` if the file does not say
  /// `TRAINING` (may mutate), `ATEN` (functional), `EDGE`.
  std::vector<std::string> verifiers;
  llvm::StringMap<int64_t> opsetVersion;
  llvm::StringMap<Interval> symbolRanges;
  /// Ranges of derived expressions, e.g. `2*s39`.
  std::vector<std::pair<SymbolicExpr, Interval>> expressionRanges;
  Graph graph;
  std::vector<InputSpec> inputSpecs;
  std::vector<OutputSpec> outputSpecs;
  /// Parameters, buffers and constants by fully qualified name. Also what no
  /// input refers to. Payloads of one storage are tied or views of each other.
  llvm::StringMap<TensorPayload> payloads;

  /// The range of a symbol; all of int64 if the file does not say.
  Interval rangeOf(llvm::StringRef symbol) const;
  const TensorPayload *findPayload(llvm::StringRef fqn) const;
};

/// Reads a `.pt2`, of either layout. Weights stay in the mapped file.
///
/// \param fileName  path of the file.
/// \param model     which program of a PT2 archive with several; "" for the
///                  only one, or the one called `model`.
/// \returns one sentence that names file, member and place in it.
llvm::Expected<ExportedProgram> readExportedProgram(llvm::StringRef fileName,
                                                    llvm::StringRef model = "");

/// The same from an open archive.
llvm::Expected<ExportedProgram>
readExportedProgram(std::shared_ptr<const Archive> archive,
                    llvm::StringRef model = "");

/// The JSON part alone (fuzzing and tests): no payloads, and no check of them.
///
/// \param context  what errors begin with, e.g. `m.pt2: models/model.json`.
llvm::Expected<ExportedProgram> parseExportedProgramJson(llvm::StringRef json,
                                                         std::string context);

} // namespace pt2e

#endif // PT2E_IMPORT_EXPORTEDPROGRAM_H
