/// \file
/// Quantize and dequantize as PyTorch's `quantized_decomposed` and torchao's
/// affine operators compute them, bit for bit; parameters chosen at run time.
/// Formulas: docs/numerics.md, sections 2 and 6.
#ifndef PT2E_NUMERICS_QUANTIZE_H
#define PT2E_NUMERICS_QUANTIZE_H

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "pt2e/Numerics/Blocks.h"
#include "pt2e/Numerics/QParams.h"

namespace pt2e {

// `Code` is one of int8_t, uint8_t, int16_t, uint16_t, int32_t. 4-bit codes are
// held one per byte here; packing is a matter of the format that stores them.

/// `code = clamp(rne(x * (1 / scale)) + zeroPoint, min, max)`: a multiplication
/// by the reciprocal, which at ties is not the division. NaN becomes code 0
/// (not the zero point), infinities the ends of `codes`.
///
/// \param scale  a double, as PyTorch's operators take it; 1 / scale is rounded
///               to f32 once. An f32 scale gives what f32 arithmetic gives.
/// \param out    as many as `in`.
template <typename Code>
void quantize(absl::Span<const float> in, double scale, int32_t zeroPoint,
              CodeRange codes, absl::Span<Code> out);

/// `x = (code - zeroPoint) * scale` in f32.
template <typename Code>
void dequantize(absl::Span<const Code> in, double scale, int32_t zeroPoint,
                absl::Span<float> out);

/// The same with parameters per block (per channel: `Blocks::perChannel`). Zero
/// points that are real numbers are added before rounding.
///
/// \returns InvalidArgument unless there is one scale and one zero point per
///          block and the spans are as long as the blocks say.
template <typename Code>
absl::Status quantize(absl::Span<const float> in, const Blocks &blocks,
                      const QParamsList &params, CodeRange codes,
                      absl::Span<Code> out);

/// For parameters with real zero points: `x = (code - zeroPoint) * scale`.
template <typename Code>
absl::Status dequantize(absl::Span<const Code> in, const Blocks &blocks,
                        const QParamsList &params, absl::Span<float> out);

/// Parameters per block of a tensor that is at hand (weights): those of an
/// observer that saw it once. torchao's `choose_qparams_affine` with integer
/// zero points; an unsigned symmetric scheme has the code `(min + max + 1) / 2`
/// for zero there.
///
/// \returns InvalidArgument if a value is not finite, or as `chooseQParams`.
absl::StatusOr<QParamsList> chooseBlockQParams(absl::Span<const float> in,
                                               const Blocks &blocks,
                                               const QParamsSpec &spec);

/// Parameters of one tensor at run time: `quantized_decomposed.choose_qparams`
/// (Affine) and `choose_qparams_symmetric` (Symmetric, where the code of zero
/// follows from the storage type, whatever the range is).
absl::StatusOr<QParams> chooseDynamicQParams(absl::Span<const float> in,
                                             QParamsSpec spec);

/// `quantized_decomposed.choose_qparams_per_token` for int8: per row
/// `scale = max(max |x|, 1e-5) / 127`, zero point 0.
QParamsList chooseTokenQParams(absl::Span<const float> in, int64_t rowLength);

/// `quantized_decomposed.choose_qparams_per_token_asymmetric` for int8: per row
/// the full range [-128, 127] and the zero point from the end where it is off
/// by less.
QParamsList chooseTokenQParamsAsymmetric(absl::Span<const float> in,
                                         int64_t rowLength);

/// `quantized_decomposed.quantize_per_token`: unlike `quantize`, the zero point
/// is added before rounding, which differs at ties.
///
/// \param in  a multiple of `rowLength` values; `params` has one entry per row.
void quantizePerToken(absl::Span<const float> in, int64_t rowLength,
                      const QParamsList &params, CodeRange codes,
                      absl::Span<int8_t> out);

} // namespace pt2e

#endif // PT2E_NUMERICS_QUANTIZE_H
