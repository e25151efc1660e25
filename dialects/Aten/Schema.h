/// \file
/// PyTorch's operator schemas, and a view of any `aten` op through its schema.
#ifndef DIALECTS_ATEN_SCHEMA_H
#define DIALECTS_ATEN_SCHEMA_H

#include <optional>
#include <string>
#include <vector>

#include "mlir/IR/Attributes.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/StringRef.h"

namespace pt2e::aten {

/// One argument of an operator.
struct SchemaArgument {
  enum class Kind {
    Tensor,
    Int,
    Float,
    Bool,
    String,
    Scalar,
    ScalarType,
    /// Layout, Device, MemoryFormat, Generator: no value depends on them here.
    Placement,
    Other,
  };
  std::string name;
  Kind kind;
  bool isList;
  bool isOptional; ///< may be None; of a list: its elements or the list itself
  bool isKeywordOnly;
  std::optional<std::string> defaultText; ///< as in schemas.txt
  std::string alias; ///< `a` of `Tensor(a!)`: shares memory with the others
  bool isWritten = false; ///< `Tensor(a!)`: in place
  size_t length = 0;      ///< 2 of `int[2]`; one number stands for all
};

/// `aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor`.
struct Schema {
  std::string name; ///< with namespace and overload: "aten::add.Tensor"
  std::vector<SchemaArgument> arguments;
  std::vector<SchemaArgument> returns; ///< names are empty

  const SchemaArgument *find(llvm::StringRef name) const;
};

/// The schema called `name`, or null. Parsed at first use, then kept;
/// thread-safe.
const Schema *lookupSchema(llvm::StringRef name);

/// The schema that `line` of a schema table writes out.
Schema parseSchema(llvm::StringRef line);

/// The default of `argument` as an attribute: null for None and for a
/// placement. Lists of fixed length written as one number are expanded
/// (`int[2] padding=0` is [0, 0]).
mlir::Attribute defaultValue(mlir::MLIRContext *context,
                             const SchemaArgument &argument);

/// The schema name of an `aten` op: "aten::conv2d" for `aten.conv2d`, the name
/// attribute of an `aten.operator`; empty for any other op.
std::string schemaName(mlir::Operation *op);

/// An argument given to `createOperator`: tensors (or nothing, for None), or
/// an attribute whose INT64_MIN entries stand for `symbols`.
struct OperatorArgument {
  std::string name;
  llvm::SmallVector<mlir::Value> tensors;
  mlir::Attribute attribute;
  llvm::SmallVector<mlir::Value> symbols;
};

/// Builds the op of schema `name`: its own op if the dialect has one, else an
/// `aten.operator`. Arguments not given get their default.
///
/// \returns null, after an error at `loc`, if an argument without a default is
///          missing or one is given that the schema has not.
mlir::Operation *createOperator(mlir::OpBuilder &builder, mlir::Location loc,
                                llvm::StringRef name,
                                llvm::ArrayRef<OperatorArgument> arguments,
                                mlir::TypeRange results);

/// The tensors given for argument `name` of an `aten` op: empty if absent.
mlir::OperandRange tensorArgument(mlir::Operation *op, llvm::StringRef name);

/// The attribute given for argument `name`; null if absent.
mlir::Attribute attributeArgument(mlir::Operation *op, llvm::StringRef name);

/// The `i64` operands of an `aten` op.
mlir::OperandRange symbolOperands(mlir::Operation *op);

} // namespace pt2e::aten

#endif // DIALECTS_ATEN_SCHEMA_H
