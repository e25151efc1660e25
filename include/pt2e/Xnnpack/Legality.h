/// \file
/// What XNNPACK can run, asked of the lowering itself, so that a quantizer or a
/// report never disagrees with it. The rules for single xnn ops (datatypes,
/// shapes, scales) are the verifiers of the xnn dialect, which the lowering
/// holds every op to.
#ifndef PT2E_XNNPACK_LEGALITY_H
#define PT2E_XNNPACK_LEGALITY_H

#include <optional>
#include <string>

#include "mlir/IR/Operation.h"

namespace pt2e::xnn {

/// How an op is to run.
enum class Precision {
  Float,      ///< on f32 values
  Codes,      ///< from 8-bit codes to 8-bit codes
  Dynamic,    ///< a float input, quantized at run time, times a weight in codes
  WeightOnly, ///< a float input times a weight in codes
};

/// The codes of a weight: symmetric, with a scale for each output channel (in
/// `Codes` one for all), or for each group of so many elements of its rows.
struct WeightForm {
  int bits = 8;
  int64_t groupSize = 0; ///< 0: the whole channel
};

/// Why XNNPACK does not run the aten op `op` in `precision`; none if it does.
///
/// The op is lowered on its own, constants as they are. For codes, its other
/// operands are taken to have scale 0.1 and zero point 0 (what depends on the
/// values of scales is decided when they are known), weights of products to be
/// of the form `weight`. An op without a form on codes that is one table
/// between codes counts as running in codes.
///
/// \param op a registered aten op with one result, anywhere; for `Dynamic` and
///           `WeightOnly` a product with a weight.
std::optional<std::string> whyNotInXnnpack(mlir::Operation *op,
                                           Precision precision,
                                           WeightForm weight = {});

} // namespace pt2e::xnn

#endif // PT2E_XNNPACK_LEGALITY_H
