/// \file
/// Types, ranges and constants of an exported program, as the `aten` dialect
/// has them.
#ifndef PT2E_LIB_IMPORT_IMPORTTYPES_H
#define PT2E_LIB_IMPORT_IMPORTTYPES_H

#include <map>
#include <tuple>

#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "pt2e/Import/ExportedProgram.h"
#include "pt2e/Import/Import.h"

namespace pt2e {

/// Null for Unknown. Unsigned integers are `ui8` etc., bool is `i1`.
mlir::Type elementType(mlir::MLIRContext *context, ScalarType type);

/// The type of a payload's elements and sizes; null for an unknown one.
mlir::RankedTensorType payloadType(mlir::MLIRContext *context,
                                   const TensorPayload &payload);

/// The elements of a payload: in the mapped file, or copied where they are not
/// contiguous or not aligned.
llvm::Expected<mlir::AsmResourceBlob> payloadBlob(const TensorPayload &payload);

/// The ranges of symbols and dimensions, narrowed by the user's bounds.
class DimensionRanges {
public:
  /// Fails if a bound of `options` names nothing in the program.
  static llvm::Expected<DimensionRanges> make(const ExportedProgram &program,
                                              const ImportOptions &options);

  Interval ofSymbol(llvm::StringRef symbol) const;
  Interval of(const SymInt &size) const;

  /// Null, after an error at `loc`, for an unknown element type or a layout
  /// that is not strided. Without bounds if one of the dynamic dimensions has
  /// none.
  mlir::RankedTensorType tensorType(mlir::Location loc,
                                    const TensorMeta &meta) const;

private:
  const ExportedProgram *program = nullptr;
  llvm::StringMap<int64_t> maxSymbols;
};

/// Makes constants of payloads; equal windows of one storage share a resource.
class PayloadConstants {
public:
  /// \param name  the weight's, names its resource.
  /// \returns null, after an error at `loc`, if the payload cannot be read.
  mlir::ElementsAttr get(mlir::Location loc, llvm::StringRef name,
                         const TensorPayload &payload);

  /// A storage and a window on it: equal keys are the same tensor.
  using Key = std::tuple<const void *, ScalarType, std::vector<int64_t>,
                         std::vector<int64_t>, int64_t>;
  static Key key(const TensorPayload &payload);

private:
  std::map<Key, mlir::ElementsAttr> constants;
};

} // namespace pt2e

#endif // PT2E_LIB_IMPORT_IMPORTTYPES_H
