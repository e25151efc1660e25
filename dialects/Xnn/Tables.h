/// \file
/// Functions of one value in codes, of which XNNPACK makes tables.
#ifndef DIALECTS_XNN_TABLES_H
#define DIALECTS_XNN_TABLES_H

#include "mlir/IR/Block.h"
#include "mlir/IR/Value.h"

namespace pt2e::xnn {

/// The most ops that may follow each other from 8-bit codes on, each a function
/// of what the one before makes: XNNPACK takes up to ten for a table, and with
/// ten it frees memory that it has not allocated.
inline constexpr size_t kLongestTable = 9;

/// The operand by which `op` continues such a row, null if it does not:
/// constants are none.
mlir::Value tableInput(mlir::Operation *op);

/// The first op of `block` that makes a row longer than that; null if none
/// does.
mlir::Operation *findTooLongTable(mlir::Block &block);

} // namespace pt2e::xnn

#endif // DIALECTS_XNN_TABLES_H
