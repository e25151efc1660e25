#include "dialects/Aten/Constants.h"
#include "dialects/Aten/ConstantCheck.h"

#include "dialects/Aten/Aten.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace pt2e::aten;

/// Values up to this many elements are printed in place.
static constexpr int64_t kInlineElements = 64;

/// 0 for a type that is neither a number nor complex.
static size_t elementBytes(Type element) {
  if (auto complex = dyn_cast<ComplexType>(element))
    return 2 * elementBytes(complex.getElementType());
  return element.isIntOrFloat() ? (element.getIntOrFloatBitWidth() + 7) / 8 : 0;
}

FailureOr<ConstantData> pt2e::aten::constantData(ElementsAttr value) {
  ConstantData data;
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob ||
        blob->getData().size() !=
            resource.getNumElements() * elementBytes(resource.getElementType()))
      return failure();
    data.mapped = blob->getData();
    return data;
  }
  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (!dense)
    return failure();
  const Type element = dense.getElementType();
  const size_t count = dense.getNumElements();
  if (element.isInteger(1)) {
    for (bool bit : dense.getValues<bool>())
      data.owned.push_back(bit);
    return data;
  }
  data.mapped = dense.getRawData();
  if (dense.isSplat() && count != 1) {
    const ArrayRef<char> one = data.mapped;
    data.owned.reserve(count * one.size());
    for (size_t i = 0; i < count; ++i)
      data.owned.insert(data.owned.end(), one.begin(), one.end());
    data.mapped = {};
  }
  return data;
}

LogicalResult pt2e::aten::checkHaveData(Operation *root) {
  const WalkResult result = root->walk([](Operation *op) {
    DenseResourceElementsAttr absent;
    op->getAttrDictionary().walk([&](DenseResourceElementsAttr resource) {
      if (!resource.getRawHandle().getBlob())
        absent = resource;
    });
    if (!absent)
      return WalkResult::advance();
    op->emitError() << "weight '" << absent.getRawHandle().getKey()
                    << "' is not in the text that was read, and names no "
                       "archive that has it; bytecode (.mlirbc) holds all";
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

ElementsAttr pt2e::aten::makeConstant(RankedTensorType type,
                                      std::vector<char> bytes, StringRef name) {
  const Type element = type.getElementType();
  assert(bytes.size() == type.getNumElements() * elementBytes(element));
  if (type.getNumElements() <= kInlineElements) {
    if (element.isInteger(1)) {
      SmallVector<bool> bits;
      for (char byte : bytes)
        bits.push_back(byte != 0);
      return DenseElementsAttr::get(type, bits);
    }
    return DenseElementsAttr::getFromRawBuffer(type, bytes);
  }
  auto held = std::make_shared<std::vector<char>>(std::move(bytes));
  AsmResourceBlob blob(
      ArrayRef<char>(*held), /*dataAlignment=*/16,
      [held](void *, size_t, size_t) mutable { held.reset(); },
      /*dataIsMutable=*/false);
  // A resource without a name would not survive as text.
  return DenseResourceElementsAttr::get(type, name.empty() ? "constant" : name,
                                        std::move(blob));
}

ElementsAttr pt2e::aten::reshapeConstant(ElementsAttr elements,
                                         ArrayRef<int64_t> shape) {
  auto type = RankedTensorType::get(shape, elements.getElementType());
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements))
    return DenseResourceElementsAttr::get(type, resource.getRawHandle());
  return cast<DenseElementsAttr>(elements).reshape(type);
}

ElementsAttr pt2e::aten::transposeConstant(ElementsAttr elements,
                                           ArrayRef<int64_t> perm,
                                           StringRef name) {
  auto type = cast<ShapedType>(elements.getType());
  const ArrayRef<int64_t> shape = type.getShape();
  SmallVector<int64_t> newShape;
  SmallVector<int64_t> order; // of the dimensions that are not 1
  for (int64_t dim : perm) {
    newShape.push_back(shape[dim]);
    if (shape[dim] != 1)
      order.push_back(dim);
  }
  auto dense = dyn_cast<DenseElementsAttr>(elements);
  if (llvm::is_sorted(order) || type.getNumElements() == 0 ||
      (dense && dense.isSplat()))
    return reshapeConstant(elements, newShape);
  FailureOr<ConstantData> data = constantData(elements);
  assert(succeeded(data) && "a constant without data");
  const ArrayRef<char> bytes = data->bytes();
  const size_t width = bytes.size() / type.getNumElements();
  SmallVector<int64_t> strides(shape.size());
  int64_t stride = width;
  for (size_t dim = shape.size(); dim-- > 0; stride *= shape[dim])
    strides[dim] = stride;
  std::vector<char> result(bytes.size());
  SmallVector<int64_t> index(shape.size(), 0);
  const char *source = bytes.data();
  for (size_t written = 0; written < result.size(); written += width) {
    std::copy_n(source, width, result.data() + written);
    for (size_t dim = perm.size(); dim-- > 0;) {
      source += strides[perm[dim]];
      if (++index[dim] < newShape[dim])
        break;
      source -= strides[perm[dim]] * newShape[dim];
      index[dim] = 0;
    }
  }
  return makeConstant(RankedTensorType::get(newShape, type.getElementType()),
                      std::move(result), name);
}

ElementsAttr pt2e::aten::constantOf(Value tensor) {
  Operation *op = tensor.getDefiningOp();
  if (auto parameter = dyn_cast_or_null<ParameterOp>(op))
    return parameter.getValue();
  if (auto constant = dyn_cast_or_null<arith::ConstantOp>(op))
    return dyn_cast<ElementsAttr>(constant.getValue());
  return {};
}
