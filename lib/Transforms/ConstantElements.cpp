#include "ConstantElements.h"

#include <cstring>

#include "dialects/Aten/Constants.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::simplify;

/// Whether elements of `type` are numbers of 8 to 64 bits, or bools.
static bool isSupported(Type type) {
  if (auto integer = dyn_cast<IntegerType>(type))
    return llvm::is_contained({1u, 8u, 16u, 32u, 64u}, integer.getWidth());
  return type.isF32() || type.isF64() || type.isF16() || type.isBF16();
}

static unsigned byteWidth(Type type) {
  return (type.getIntOrFloatBitWidth() + 7) / 8;
}

ConstantElements ConstantElements::zeros(RankedTensorType type) {
  ConstantElements elements;
  elements.type = type;
  if (elements.isReal())
    elements.reals.assign(type.getNumElements(), 0.0);
  else
    elements.integers.assign(type.getNumElements(), 0);
  return elements;
}

std::optional<ConstantElements> ConstantElements::load(ElementsAttr value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !isSupported(type.getElementType()))
    return std::nullopt;
  FailureOr<aten::ConstantData> data = aten::constantData(value);
  if (failed(data))
    return std::nullopt;
  const Type element = type.getElementType();
  const unsigned width = byteWidth(element);
  ConstantElements elements = zeros(type);
  if (data->bytes().size() != elements.size() * width)
    return std::nullopt;
  for (size_t i = 0; i < elements.size(); ++i) {
    uint64_t bits = 0;
    std::memcpy(&bits, data->bytes().data() + i * width, width);
    if (auto format = dyn_cast<FloatType>(element)) {
      APFloat number(format.getFloatSemantics(), APInt(8 * width, bits));
      bool losesInfo;
      number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                     &losesInfo);
      elements.reals[i] = number.convertToDouble();
    } else if (element.isInteger(1)) {
      elements.integers[i] = bits != 0;
    } else {
      elements.integers[i] = element.isUnsignedInteger()
                                 ? int64_t(bits)
                                 : llvm::SignExtend64(bits, 8 * width);
    }
  }
  return elements;
}

ElementsAttr ConstantElements::store(StringRef name) const {
  const Type element = type.getElementType();
  const unsigned width = byteWidth(element);
  std::vector<char> bytes(size() * width);
  for (size_t i = 0; i < size(); ++i) {
    uint64_t bits = isReal() ? 0 : uint64_t(integers[i]);
    if (element.isInteger(1))
      bits = integers[i] != 0;
    if (auto format = dyn_cast<FloatType>(element)) {
      APFloat number(reals[i]);
      bool losesInfo;
      number.convert(format.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                     &losesInfo);
      bits = number.bitcastToAPInt().getZExtValue();
    }
    std::memcpy(bytes.data() + i * width, &bits, width);
  }
  return aten::makeConstant(type, std::move(bytes), name);
}
