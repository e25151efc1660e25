// Bicubic interpolation as a product with a matrix on each side.
#include <algorithm>
#include <cmath>

#include "Decompose.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::decompose;

namespace {
/// PyTorch's cubic convolution, with A = -0.75.
double cubicWeight(double distance) {
  constexpr double kA = -0.75;
  const double x = std::abs(distance);
  if (x <= 1)
    return ((kA + 2) * x - (kA + 3)) * x * x + 1;
  return x < 2 ? ((kA * x - 5 * kA) * x + 8 * kA) * x - 4 * kA : 0;
}

/// What each element of the input gives to each of the output, [in, out];
/// beyond its ends the input has its last elements.
std::vector<float> cubicMatrix(int64_t in, int64_t out, double scale,
                               bool alignsCorners) {
  std::vector<float> matrix(in * out, 0);
  for (int64_t to = 0; to < out; ++to) {
    const double from = alignsCorners
                            ? (out > 1 ? to * double(in - 1) / (out - 1) : 0)
                            : (to + 0.5) * scale - 0.5;
    const int64_t base = static_cast<int64_t>(std::floor(from));
    for (int64_t tap = base - 1; tap <= base + 2; ++tap)
      matrix[std::clamp<int64_t>(tap, 0, in - 1) * out + to] +=
          static_cast<float>(cubicWeight(from - tap));
  }
  return matrix;
}
} // namespace

static bool bicubic(AtenBuilder &to) {
  Value image = to.tensor("input");
  RankedTensorType from = tensorType(image), result = to.resultType();
  if (!from.getElementType().isF32() || from.getRank() != 4 ||
      ShapedType::isDynamicShape(from.getShape().take_back(2)) ||
      ShapedType::isDynamicShape(result.getShape().take_back(2)))
    return to.keep("expected f32 images of known sizes");
  auto factors =
      dyn_cast_or_null<DenseF64ArrayAttr>(to.attribute("scale_factors"));
  // Rows of the transposed image, then rows of the image.
  for (int64_t dim : {2, 3}) {
    const int64_t in = from.getDimSize(dim), out = result.getDimSize(dim);
    const double scale = factors && factors.size() == 2
                             ? 1 / factors[dim - 2]
                             : static_cast<double>(in) / out;
    Value matrix =
        to.constant(cubicMatrix(in, out, scale, to.flag("align_corners")),
                    {in, out}, dim == 2 ? "rows" : "columns");
    image = dim == 2 ? to.transpose(image, 2, 3) : image;
    image = to.matmul(image, matrix);
    image = dim == 2 ? to.transpose(image, 2, 3) : image;
  }
  return to.replace(image);
}

void decompose::addResize(Table &table) {
  table["aten::upsample_bicubic2d.vec"] = bicubic;
}
