#include "dialects/Xnn/Tables.h"
#include "dialects/Xnn/Xnn.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace pt2e::xnn;

static ParseResult parseDims(AsmParser &parser, DenseI64ArrayAttr &dims) {
  SmallVector<int64_t> sizes;
  auto parseSize = [&] { return parser.parseInteger(sizes.emplace_back()); };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseSize))
    return failure();
  dims = DenseI64ArrayAttr::get(parser.getContext(), sizes);
  return success();
}

static void printDims(AsmPrinter &printer, DenseI64ArrayAttr dims) {
  printer << '[';
  llvm::interleaveComma(dims.asArrayRef(), printer);
  printer << ']';
}

static ParseResult parseZeroPoint(AsmParser &parser, int64_t &zeroPoint) {
  return parser.parseInteger(zeroPoint);
}

static void printZeroPoint(AsmPrinter &printer, int64_t zeroPoint) {
  printer << zeroPoint;
}

#include "dialects/Xnn/XnnDialect.cpp.inc"
#include "dialects/Xnn/XnnEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Xnn/XnnAttrs.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/Xnn/XnnTypes.cpp.inc"

void XnnDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Xnn/XnnAttrs.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/Xnn/XnnTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/Xnn/XnnOps.cpp.inc"
      >();
}

LogicalResult XnnDialect::verifyOperationAttribute(Operation *op,
                                                   NamedAttribute attribute) {
  if (attribute.getName() != "xnn.delegate")
    return success();
  for (Region &region : op->getRegions())
    for (Block &block : region)
      if (Operation *last = findTooLongTable(block))
        return last->emitOpError("expected at most ")
               << kLongestTable
               << " functions of one value in a row, of which XNNPACK makes a "
                  "table";
  return success();
}

bool ValueType::isQuantized8() const {
  return getDatatype() == Datatype::QInt8 || getDatatype() == Datatype::QUInt8;
}

ValueType ValueType::withShape(ArrayRef<int64_t> shape) const {
  return get(getContext(), getDatatype(),
             DenseI64ArrayAttr::get(getContext(), shape), getScale(),
             getZeroPoint());
}

LogicalResult ValueType::verify(function_ref<InFlightDiagnostic()> emitError,
                                Datatype datatype, DenseI64ArrayAttr dims,
                                FloatAttr scale, int64_t zeroPoint) {
  // (C1)
  if (dims.size() > 6)
    return emitError() << "expected at most 6 dimensions, but got "
                       << dims.size();
  for (int64_t size : dims.asArrayRef())
    if (size < 0)
      return emitError() << "expected sizes that are not negative, but got "
                         << size;
  // (C2)
  const bool perTensor = datatype == Datatype::QInt8 ||
                         datatype == Datatype::QUInt8 ||
                         datatype == Datatype::QInt32;
  if (perTensor != bool(scale))
    return emitError() << "expected " << (perTensor ? "a" : "no")
                       << " scale for " << stringifyDatatype(datatype);
  if (!scale)
    return success();
  // (C3)
  if (!scale.getType().isF32() || !scale.getValue().isNormal() ||
      scale.getValue().isNegative())
    return emitError() << "expected a positive normal f32 scale, but got "
                       << scale;
  // (C4)
  const int64_t low = datatype == Datatype::QInt8 ? -128 : 0;
  const int64_t high = datatype == Datatype::QInt8    ? 127
                       : datatype == Datatype::QUInt8 ? 255
                                                      : 0;
  if (zeroPoint < low || zeroPoint > high)
    return emitError() << "expected a zero point in [" << low << ", " << high
                       << "] for " << stringifyDatatype(datatype)
                       << ", but got " << zeroPoint;
  return success();
}
