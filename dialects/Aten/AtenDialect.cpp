#include "dialects/Aten/Aten.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace pt2e::aten;

/// `["features:torch.nn.Sequential"]`; `[]` of what a pass made.
static ParseResult parseModules(AsmParser &parser,
                                SmallVector<StringAttr> &modules) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] {
    return parser.parseAttribute(modules.emplace_back());
  });
}

static void printModules(AsmPrinter &printer, ArrayRef<StringAttr> modules) {
  printer << '[';
  llvm::interleaveComma(modules, printer);
  printer << ']';
}

#include "dialects/Aten/AtenDialect.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Aten/AtenAttrs.cpp.inc"

void AtenDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Aten/AtenAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/Aten/AtenOps.cpp.inc"
      >();
}

LogicalResult AtenDialect::verifyOperationAttribute(Operation *op,
                                                    NamedAttribute attribute) {
  return success();
}

LogicalResult
BoundsAttr::verifyEncoding(ArrayRef<int64_t> shape, Type elementType,
                           function_ref<InFlightDiagnostic()> emitError) const {
  // (C1)
  if (getSizes().size() != shape.size())
    return emitError() << "expected a bound for each of " << shape.size()
                       << " dimensions, but got " << getSizes().size();
  // (C2)
  for (auto [dim, size, bound] :
       llvm::zip_equal(llvm::seq(shape.size()), shape, getSizes()))
    if (ShapedType::isDynamic(size) ? bound <= 0 : bound != -1)
      return emitError() << "expected a positive bound for a dynamic dimension "
                            "and -1 for a static one, but got "
                         << bound << " for dimension " << dim;
  return success();
}

SmallVector<int64_t> pt2e::aten::upperBounds(RankedTensorType type) {
  SmallVector<int64_t> bounds(type.getShape());
  auto encoding = dyn_cast_or_null<BoundsAttr>(type.getEncoding());
  for (auto [dim, size] : llvm::enumerate(bounds))
    if (ShapedType::isDynamic(size))
      size = encoding ? encoding.getSizes()[dim] : -1;
  return bounds;
}

RankedTensorType pt2e::aten::boundedTensor(ArrayRef<int64_t> sizes,
                                           Type element,
                                           ArrayRef<int64_t> bounds) {
  if (!ShapedType::isDynamicShape(sizes))
    return RankedTensorType::get(sizes, element);
  SmallVector<int64_t> encoded;
  for (auto [size, bound] : llvm::zip_equal(sizes, bounds))
    encoded.push_back(ShapedType::isDynamic(size) ? bound : -1);
  return RankedTensorType::get(sizes, element,
                               BoundsAttr::get(element.getContext(), encoded));
}
