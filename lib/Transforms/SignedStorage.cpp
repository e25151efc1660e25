//===- SignedStorage.cpp - Store codes of up to 8 bits as int8 ------------===//

#include "Simplify.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Pt2e/Pt2e.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "pt2e/Transforms/Passes.h"

namespace pt2e {
#define GEN_PASS_DEF_SIGNEDSTORAGEPASS
#include "pt2e/Transforms/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using simplify::tensorType;

/// What the codes of unsigned `storage` are less as int8.
static int64_t offsetOf(IntegerType storage) {
  return storage.isUnsigned() ? int64_t(1) << (storage.getWidth() - 1) : 0;
}

/// `encoding` as int8.
static EncodingAttr signedEncoding(EncodingAttr encoding) {
  const int64_t offset = offsetOf(encoding.getStorage());
  return EncodingAttr::get(
      encoding.getContext(), IntegerType::get(encoding.getContext(), 8),
      encoding.getQuantMin() - offset, encoding.getQuantMax() - offset,
      encoding.getBlock());
}

/// True for codes of at most 8 bits that are something else than int8.
static bool isForInt8(EncodingAttr encoding) {
  const IntegerType storage = encoding.getStorage();
  return storage.getWidth() <= 8 && signedEncoding(encoding) != encoding;
}

/// The zero points of a constant tensor, none at all for a null one; nothing
/// if they are real numbers or not known.
static std::optional<std::vector<int32_t>> zeroPointsOf(Value tensor) {
  return tensor ? aten::constantElements<int32_t>(tensor)
                : std::optional(std::vector<int32_t>());
}

/// The operand for the zero points `known`, less `offset`: null where all are
/// 0.
static Value shiftZeroPoints(OpBuilder &builder, Location loc, Value scale,
                             std::vector<int32_t> known, int64_t offset) {
  RankedTensorType type = tensorType(scale);
  if (known.empty())
    known.assign(type.getNumElements(), 0);
  for (int32_t &zeroPoint : known)
    zeroPoint -= offset;
  if (llvm::all_of(known, [](int32_t z) { return z == 0; }))
    return {};
  return arith::ConstantOp::create(
      builder, loc,
      aten::makeConstant<int32_t>(type.clone(builder.getI32Type()), known,
                                  "zero_point"));
}

namespace {
class SignedStoragePass
    : public pt2e::impl::SignedStoragePassBase<SignedStoragePass> {
  void runOnOperation() override {
    SmallVector<QuantizeOp> quantizes;
    getOperation()->walk([&](QuantizeOp op) { quantizes.push_back(op); });
    for (QuantizeOp op : quantizes)
      numChanged += isForInt8(op.getEncoding()) && changeActivation(op);
    SmallVector<DequantizeOp> weights;
    getOperation()->walk([&](DequantizeOp op) { weights.push_back(op); });
    for (DequantizeOp op : weights)
      numChanged += isForInt8(op.getEncoding()) && changeWeight(op);
  }

  static bool changeActivation(QuantizeOp quantize);
  static bool changeWeight(DequantizeOp dequantize);
};
} // namespace

static void replace(OpBuilder &builder, DequantizeOp op, Value codes,
                    Value scale, Value zeroPoint) {
  auto changed =
      DequantizeOp::create(builder, op.getLoc(), op.getType(), codes, scale,
                           zeroPoint, signedEncoding(op.getEncoding()));
  changed->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  op.replaceAllUsesWith(changed.getResult());
  op.erase();
}

/// Changes the codes that `quantize` makes, with all that reads them, and the
/// parameters if run time chooses them.
bool SignedStoragePass::changeActivation(QuantizeOp quantize) {
  const EncodingAttr encoding = quantize.getEncoding();
  const EncodingAttr changed = signedEncoding(encoding);
  const int64_t offset = offsetOf(encoding.getStorage());
  SmallVector<DequantizeOp> readers;
  for (Operation *user : quantize->getUsers()) {
    auto dequantize = dyn_cast<DequantizeOp>(user);
    if (!dequantize || dequantize.getEncoding() != encoding)
      return false; // the codes themselves are seen
    readers.push_back(dequantize);
  }
  OpBuilder builder(quantize);
  Value scale = quantize.getScale(), zeroPoint = quantize.getZeroPoint();
  auto choose = scale.getDefiningOp<ChooseQParamsOp>();
  if (choose) {
    const auto isOurs = [&](Operation *user) {
      return user == quantize || llvm::is_contained(readers, user);
    };
    if (zeroPoint != choose.getZeroPoint() ||
        choose.getEncoding() != encoding ||
        !llvm::all_of(choose->getUsers(), isOurs) ||
        changed.getQuantMin() > 0 || changed.getQuantMax() < 0)
      return false;
    builder.setInsertionPoint(choose);
    auto made = ChooseQParamsOp::create(
        builder, choose.getLoc(), scale.getType(), zeroPoint.getType(),
        choose.getInput(), changed, choose.getScheme(), choose.getEpsAttr());
    made->setDiscardableAttrs(choose->getDiscardableAttrDictionary());
    choose.replaceAllUsesWith(made.getResults());
    choose.erase();
    scale = made.getScale();
    zeroPoint = made.getZeroPoint();
    builder.setInsertionPoint(quantize);
  } else {
    auto known = zeroPointsOf(zeroPoint);
    if (!known || !tensorType(scale).hasStaticShape() ||
        llvm::any_of(readers, [](DequantizeOp reader) {
          return !zeroPointsOf(reader.getZeroPoint()) ||
                 !tensorType(reader.getScale()).hasStaticShape();
        }))
      return false;
    zeroPoint =
        shiftZeroPoints(builder, quantize.getLoc(), scale, *known, offset);
  }
  auto codes =
      QuantizeOp::create(builder, quantize.getLoc(),
                         tensorType(quantize).clone(changed.getStorage()),
                         quantize.getInput(), scale, zeroPoint, changed);
  codes->setDiscardableAttrs(quantize->getDiscardableAttrDictionary());
  for (DequantizeOp reader : readers) {
    builder.setInsertionPoint(reader);
    Value own =
        choose ? zeroPoint
               : shiftZeroPoints(builder, reader.getLoc(), reader.getScale(),
                                 *zeroPointsOf(reader.getZeroPoint()), offset);
    replace(builder, reader, codes, reader.getScale(), own);
  }
  quantize.erase();
  return true;
}

/// Changes unsigned constant codes whose zero points are all in the middle:
/// what multiplies signed codes takes no zero points.
bool SignedStoragePass::changeWeight(DequantizeOp dequantize) {
  const EncodingAttr encoding = dequantize.getEncoding();
  const int64_t offset = offsetOf(encoding.getStorage());
  auto parameter = dequantize.getInput().getDefiningOp<aten::ParameterOp>();
  if (offset == 0 || !parameter)
    return false;
  auto known = zeroPointsOf(dequantize.getZeroPoint());
  FailureOr<aten::ConstantData> data = aten::constantData(parameter.getValue());
  // The kernels of tables take unsigned codes.
  if (failed(data) || !known || known->empty() ||
      llvm::any_of(*known, [&](int32_t z) { return z != offset; }) ||
      llvm::any_of(dequantize->getUsers(), llvm::IsaPred<aten::EmbeddingOp>))
    return false;
  std::vector<char> codes(data->bytes().begin(), data->bytes().end());
  for (char &code : codes)
    code = static_cast<char>(static_cast<uint8_t>(code) - offset);
  RankedTensorType type = tensorType(dequantize.getInput());
  OpBuilder builder(dequantize);
  const std::string name = parameter.getName().str();
  Value changed = aten::ParameterOp::create(
      builder, parameter.getLoc(), name,
      aten::makeConstant(type.clone(builder.getI8Type()), std::move(codes),
                         name));
  replace(builder, dequantize, changed, dequantize.getScale(), Value());
  if (parameter->use_empty())
    parameter->erase();
  return true;
}
