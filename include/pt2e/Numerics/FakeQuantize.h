/// \file
/// Fake quantization in the forward direction, and the parameters of PyTorch's
/// fused training kernel, which are not those of convert.
/// Formulas: docs/numerics.md, section 2.
#ifndef PT2E_NUMERICS_FAKEQUANTIZE_H
#define PT2E_NUMERICS_FAKEQUANTIZE_H

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "pt2e/Numerics/Blocks.h"
#include "pt2e/Numerics/QParams.h"

namespace pt2e {

/// `y = (clamp(rne(x * (1 / scale) ) + zeroPoint, min, max) - zeroPoint) *
/// scale`; what `quantize` then `dequantize` give. NaN becomes the code `min`.
///
/// \param out  as many as `in`; may be `in`.
void fakeQuantize(absl::Span<const float> in, float scale, int32_t zeroPoint,
                  CodeRange codes, absl::Span<float> out);

/// Per channel or block; errors as for `quantize`.
absl::Status fakeQuantize(absl::Span<const float> in, const Blocks &blocks,
                          const QParamsList &params, CodeRange codes,
                          absl::Span<float> out);

/// The parameters that `fused_moving_avg_obs_fake_quant` trains with, for one
/// range that it has averaged. eps plays no part; a symmetric range that has
/// values on one side only becomes affine, as in the kernel.
QParams chooseFusedQParams(float low, float high, CodeRange codes,
                           bool symmetric);

} // namespace pt2e

#endif // PT2E_NUMERICS_FAKEQUANTIZE_H
