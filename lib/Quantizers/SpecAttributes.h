/// \file
/// Specs of the quantizer interface as attributes of the `pt2e` dialect.
#ifndef LIB_QUANTIZERS_SPECATTRIBUTES_H
#define LIB_QUANTIZERS_SPECATTRIBUTES_H

#include "dialects/Pt2e/Pt2e.h"
#include "pt2e/Quantizers/Quantizer.h"

namespace pt2e {

/// The `#pt2e.annotation` of an op.
constexpr llvm::StringLiteral kAnnotation = "pt2e.annotation";
/// What an op that stays float carries: `{code = "...", reason = "..."}`.
constexpr llvm::StringLiteral kKeptFloat = "pt2e.kept_float";
/// The rule that annotated an op, from prepare on.
constexpr llvm::StringLiteral kRule = "pt2e.rule";

/// `unit` for float; null, after an error, if `spec` is not valid.
mlir::Attribute
attributeOf(mlir::MLIRContext *context, const quantizer::Spec &spec,
            llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

/// The reverse; float for null and for what is no spec.
quantizer::Spec specOf(mlir::Attribute entry);

} // namespace pt2e

#endif // LIB_QUANTIZERS_SPECATTRIBUTES_H
