// Norms and deviations as sums and variances.
#include <cmath>

#include "Decompose.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::decompose;

/// The square root of the variance of the same arguments.
template <int form>
static bool deviation(AtenBuilder &to) {
  Value variance = form == 0
                       ? to.build("aten::var.dim",
                                  {to.same("self"), to.same("dim"),
                                   to.same("unbiased"), to.same("keepdim")},
                                  to.resultType())
                       : to.build("aten::var.correction",
                                  {to.same("self"), to.same("dim"),
                                   to.same("correction"), to.same("keepdim")},
                                  to.resultType());
  return to.replace(to.unary("aten::sqrt", variance));
}

/// Of order 1 or 2.
static bool vectorNorm(AtenBuilder &to) {
  Value self = to.tensor("self");
  double order = 2;
  if (auto real = dyn_cast_or_null<FloatAttr>(to.attribute("ord")))
    order = real.getValueAsDouble();
  else
    order = to.integer("ord", 2);
  if ((order != 1 && order != 2) ||
      tensorType(self).getElementType() != to.resultType().getElementType())
    return to.keep("expected order 1 or 2, in the type of the tensor");
  Value each =
      order == 1 ? to.unary("aten::abs", self)
                 : to.build("aten::pow.Tensor_Scalar",
                            {AtenBuilder::argument("self", self),
                             AtenBuilder::argument(
                                 "exponent", to.builder.getI64IntegerAttr(2))},
                            tensorType(self));
  Value sum = to.build(
      "aten::sum.dim_IntList",
      {AtenBuilder::argument("self", each), to.same("dim"), to.same("keepdim")},
      to.resultType());
  return to.replace(order == 1 ? sum : to.unary("aten::sqrt", sum));
}

void decompose::addReductions(Table &table) {
  table["aten::std.dim"] = deviation<0>;
  table["aten::std.correction"] = deviation<1>;
  table["aten::linalg_vector_norm"] = vectorNorm;
}
