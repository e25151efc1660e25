/// \file
/// Ops on int8 codes, and their float form: the same op on the numbers that
/// the codes stand for, between two conversions. Weights keep their grid; the
/// float form rounds a float sum where the other rounds an exact one, so that
/// codes differ by one at most.
#ifndef PT2E_XNNPACK_FLOATFORMS_H
#define PT2E_XNNPACK_FLOATFORMS_H

#include <string>

#include "mlir/IR/Operation.h"
#include "mlir/Support/LLVM.h"

namespace pt2e::xnn {

/// True if `op`, of the xnn dialect, makes qint8 of qint8 and can do so in
/// float: convolutions and linear layers with constant weights of 8 bits,
/// functions of two values, global pools.
bool hasFloatForm(mlir::Operation *op);

/// What the time of an op with a float form depends on, in words: name,
/// datatypes, shapes and attributes, but no scales, zero points and limits.
///
///     depthwise_conv2d (qint8 [1, 14, 14, 480], qcint8 [1, 5, 5, 480]) ->
///     qint8 [1, 14, 14, 480], dilation 1 1, padding 2 2 2 2, stride 1 1
std::string formSignature(mlir::Operation *op);

/// Puts the float form in the place of `op`. The op that computes in float is
/// returned; failure, and no change, if a constant has no data.
mlir::FailureOr<mlir::Operation *> computeInFloat(mlir::Operation *op);

} // namespace pt2e::xnn

#endif // PT2E_XNNPACK_FLOATFORMS_H
