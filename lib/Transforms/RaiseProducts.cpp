//===- RaiseProducts.cpp - Products written in integers to pt2e -----------===//

#include <cmath>

#include "Simplify.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Remarks.h"
#include "dialects/Aten/Schema.h"
#include "dialects/Pt2e/Pt2e.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "pt2e/Transforms/Passes.h"

namespace pt2e {
#define GEN_PASS_DEF_RAISEPRODUCTSPASS
#include "pt2e/Transforms/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using simplify::tensorType;

/// The one op that reads `tensor`, if it is an `Op`.
template <typename Op>
static Op onlyUser(Value tensor) {
  return tensor.hasOneUse() ? dyn_cast<Op>(*tensor.getUsers().begin()) : Op();
}

/// What the views end at, the last of `views` first.
static Value behindViews(Value tensor, SmallVectorImpl<Operation *> &views) {
  while (
      isa_and_nonnull<aten::ViewOp, aten::ReshapeOp>(tensor.getDefiningOp())) {
    views.push_back(tensor.getDefiningOp());
    tensor = views.back()->getOperand(0);
  }
  return tensor;
}

static bool isNumber(Attribute attribute, int64_t number) {
  auto integer = dyn_cast_or_null<IntegerAttr>(attribute);
  return integer && integer.getValue().getSExtValue() == number;
}

/// `codes` are quantized by ranges that run time takes, of rows or all.
static QuantizeOp quantizedAtRunTime(Value codes) {
  auto quantize = codes.getDefiningOp<QuantizeOp>();
  auto choose = quantize ? quantize.getScale().getDefiningOp<ChooseQParamsOp>()
                         : ChooseQParamsOp();
  if (!choose || choose.getScheme() != QuantScheme::Symmetric ||
      choose.getInput() != quantize.getInput() ||
      choose.getEncoding() != quantize.getEncoding() ||
      quantize.getEncoding().getStorage().isUnsigned() ||
      quantize.getEncoding().getStorage().getWidth() != 8)
    return {};
  const ArrayRef<int64_t> block = quantize.getEncoding().getBlock();
  if (block.empty())
    return {};
  const bool isWhole = llvm::all_of(block, [](int64_t b) { return b == -1; });
  const bool isRows =
      block.back() == -1 &&
      llvm::all_of(block.drop_back(), [](int64_t b) { return b == 1; });
  return isWhole || isRows ? quantize : QuantizeOp();
}

namespace {
/// `aten::_int_mm` of codes that are quantized at run time and constant ones,
/// times the scales of the former.
class IntegerProduct {
public:
  /// None if `op` is something else.
  static std::optional<IntegerProduct> match(aten::OperatorOp op);

  /// The float product of the numbers that both stand for.
  void raise();

private:
  QuantizeOp quantize;
  SmallVector<Operation *> views; ///< of its codes, the last first
  ElementsAttr weight;            ///< [K, N]
  std::string weightName;
  aten::MulTensorOp scaled;
};
} // namespace

/// What `moved` (ui8) is 128 more than, if it is so computed; null otherwise.
static Value withoutOffset(Value moved) {
  auto narrow = moved.getDefiningOp<aten::ToDtypeOp>();
  auto add = narrow ? narrow.getSelf().getDefiningOp<aten::AddScalarOp>()
                    : aten::AddScalarOp();
  auto wide =
      add ? add.getSelf().getDefiningOp<aten::ToDtypeOp>() : aten::ToDtypeOp();
  const bool isMoved = wide && isNumber(add.getOther(), 128) &&
                       isNumber(add.getAlpha(), 1) &&
                       tensorType(add.getSelf()).getElementType().isInteger(32);
  return isMoved ? wide.getSelf() : Value();
}

/// True if `tensor` is 128 times the sums of the columns of `weight`: what the
/// product has too much where its codes have 128 too much.
static bool isCorrection(Value tensor, Value weight) {
  auto product = tensor.getDefiningOp<aten::MulScalarOp>();
  auto sum = product ? product.getSelf().getDefiningOp<aten::SumDimIntListOp>()
                     : aten::SumDimIntListOp();
  return sum && isNumber(product.getOther(), 128) && sum.getSelf() == weight &&
         sum.getDim() == ArrayRef<int64_t>{0} &&
         tensorType(sum.getResult()).getElementType().isInteger(32);
}

std::optional<IntegerProduct> IntegerProduct::match(aten::OperatorOp op) {
  if (op.getName() != "aten::_int_mm")
    return std::nullopt;
  IntegerProduct product;
  Value codes = simplify::tensor(op, "self");
  Value weight = simplify::tensor(op, "mat2");
  if (!codes || !weight || op->getNumResults() != 1)
    return std::nullopt;
  Value sum = op->getResult(0);
  auto parameter = weight.getDefiningOp<aten::ParameterOp>();
  if (!parameter || tensorType(weight).getRank() != 2 ||
      !tensorType(weight).getElementType().isSignlessInteger(8) ||
      failed(aten::constantData(parameter.getValue())))
    return std::nullopt;
  product.weight = parameter.getValue();
  product.weightName = parameter.getName().str();
  // Where a CPU multiplies unsigned with signed codes alone.
  if (tensorType(codes).getElementType().isUnsignedInteger(8)) {
    codes = withoutOffset(codes);
    auto corrected = onlyUser<aten::SubTensorOp>(sum);
    if (!codes || !corrected || corrected.getSelf() != sum ||
        !isNumber(corrected.getAlpha(), 1) ||
        !isCorrection(corrected.getOther(), weight))
      return std::nullopt;
    sum = corrected.getResult();
  }
  auto real = onlyUser<aten::ToDtypeOp>(sum);
  if (!real || !tensorType(real.getResult()).getElementType().isF32())
    return std::nullopt;
  product.scaled = onlyUser<aten::MulTensorOp>(real.getResult());
  product.quantize = quantizedAtRunTime(behindViews(codes, product.views));
  if (!product.scaled || product.scaled.getSelf() != real.getResult() ||
      !product.quantize ||
      tensorType(product.quantize).getShape().back() !=
          tensorType(weight).getDimSize(0))
    return std::nullopt;
  // A scale for each row, or one.
  SmallVector<Operation *> scaleViews;
  Value scale = product.scaled.getOther();
  const ArrayRef<int64_t> shape = tensorType(scale).getShape();
  if (behindViews(scale, scaleViews) != product.quantize.getScale() ||
      (!shape.empty() && shape.back() != 1))
    return std::nullopt;
  return product;
}

/// Constant `codes` [N, K] times `scales`, of one or N.
static Value dequantized(OpBuilder &builder, Location loc, Value codes,
                         ArrayRef<float> scales, StringRef name) {
  RankedTensorType type = tensorType(codes);
  const auto numScales = static_cast<int64_t>(scales.size());
  auto encoding = EncodingAttr::get(builder.getContext(), builder.getI8Type(),
                                    -128, 127, {numScales == 1 ? -1 : 1, -1});
  Value scale = arith::ConstantOp::create(
      builder, loc,
      aten::makeConstant<float>(
          RankedTensorType::get({numScales, 1}, builder.getF32Type()), scales,
          (name + ".scale").str()));
  return DequantizeOp::create(builder, loc, type.clone(builder.getF32Type()),
                              codes, scale, Value(), encoding);
}

void IntegerProduct::raise() {
  OpBuilder builder(scaled);
  const Location loc = scaled.getLoc();
  ChooseQParamsOp choose = quantize.getScale().getDefiningOp<ChooseQParamsOp>();
  Value input = quantize.getInput();
  Value codes = quantize.getResult();
  Value scale = quantize.getScale(), zeroPoint = quantize.getZeroPoint();
  EncodingAttr encoding = quantize.getEncoding();
  if (!views.empty()) { // quantize what is viewed
    for (Operation *view : llvm::reverse(views)) {
      Operation *viewed = builder.clone(*view);
      viewed->setOperand(0, input);
      viewed->getResult(0).setType(
          tensorType(view->getResult(0)).clone(builder.getF32Type()));
      input = viewed->getResult(0);
    }
    RankedTensorType type = tensorType(input);
    const bool isRows = encoding.getBlock().front() == 1;
    SmallVector<int64_t> block(type.getRank(), isRows ? 1 : -1);
    block.back() = -1;
    SmallVector<int64_t> shape(type.getShape());
    for (auto [size, step] : llvm::zip_equal(shape, block))
      size = step == -1 ? 1 : size;
    encoding = EncodingAttr::get(builder.getContext(), encoding.getStorage(),
                                 encoding.getQuantMin(), encoding.getQuantMax(),
                                 block);
    auto chosen = RankedTensorType::get(shape, builder.getF32Type());
    choose = ChooseQParamsOp::create(
        builder, loc, chosen, chosen.clone(builder.getI32Type()), input,
        encoding, choose.getScheme(), choose.getEpsAttr());
    scale = choose.getScale();
    zeroPoint = choose.getZeroPoint();
    codes = QuantizeOp::create(builder, loc, type.clone(builder.getI8Type()),
                               input, scale, zeroPoint, encoding);
  }
  Value numbers = DequantizeOp::create(builder, loc, tensorType(input), codes,
                                       scale, zeroPoint, encoding);
  Value parameter = aten::ParameterOp::create(
      builder, loc, weightName,
      aten::transposeConstant(weight, {1, 0}, weightName));
  Value product = aten::LinearOp::create(
      builder, loc, scaled.getType(), numbers,
      dequantized(builder, loc, parameter, {1.0f}, weightName), Value());
  scaled.getResult().replaceAllUsesWith(product);
  scaled.erase();
}

/// Codes with scale 1 that the constant `tensor` [N, K] is: dequantized ones,
/// or numbers that are all of int8. Null if it is neither.
static Value integersOf(OpBuilder &builder, Value tensor) {
  if (auto dequantize = tensor.getDefiningOp<DequantizeOp>()) {
    auto scales = aten::constantElements<float>(dequantize.getScale());
    const bool isPlain =
        scales && !dequantize.getZeroPoint() &&
        llvm::all_of(*scales, [](float scale) { return scale == 1; }) &&
        isa_and_nonnull<aten::ParameterOp>(
            dequantize.getInput().getDefiningOp()) &&
        tensorType(dequantize.getInput()).getElementType().isSignlessInteger(8);
    return isPlain ? dequantize.getInput() : Value();
  }
  auto parameter = tensor.getDefiningOp<aten::ParameterOp>();
  if (!parameter || !tensorType(tensor).getElementType().isF32())
    return {};
  FailureOr<aten::ConstantData> data = aten::constantData(parameter.getValue());
  if (failed(data))
    return {};
  std::vector<char> codes;
  for (float number : data->as<float>()) {
    if (!(number >= -128 && number <= 127) || number != std::trunc(number))
      return {};
    codes.push_back(static_cast<char>(number));
  }
  const std::string name = parameter.getName().str();
  return aten::ParameterOp::create(
      builder, parameter.getLoc(), name,
      aten::makeConstant(tensorType(tensor).clone(builder.getI8Type()),
                         std::move(codes), name));
}

/// The one or `count` numbers that constant `tensor` has along the last
/// dimension; none if it is not so.
static std::optional<std::vector<float>> alongLast(Value tensor,
                                                   int64_t count) {
  auto numbers = aten::constantElements<float>(tensor);
  const ArrayRef<int64_t> shape = tensorType(tensor).getShape();
  const bool isLast =
      numbers && (numbers->size() == 1 ||
                  (!shape.empty() && shape.back() == count &&
                   static_cast<int64_t>(numbers->size()) == count));
  return isLast ? numbers : std::nullopt;
}

/// A product with integers that is scaled behind is one with codes; what is
/// added to it then is the bias. True if it was.
static bool takeScale(aten::LinearOp linear) {
  auto scaled = onlyUser<aten::MulTensorOp>(linear.getResult());
  if (!scaled || linear.getBias() ||
      tensorType(linear.getWeight()).getRank() != 2 ||
      scaled.getType() != linear.getType())
    return false;
  Value other = scaled.getSelf() == linear.getResult() ? scaled.getOther()
                                                       : scaled.getSelf();
  const int64_t n = tensorType(linear.getWeight()).getDimSize(0);
  auto scales = alongLast(other, n);
  // What products with codes take.
  if (!scales || !llvm::all_of(*scales, [](float scale) {
        return std::isnormal(scale) && scale > 0;
      }))
    return false;
  OpBuilder builder(scaled);
  Value codes = integersOf(builder, linear.getWeight());
  if (!codes)
    return false;
  Operation *last = scaled;
  Value bias;
  auto added = onlyUser<aten::AddTensorOp>(scaled.getResult());
  if (added && added.getSelf() == scaled.getResult() &&
      added.getType() == linear.getType() && isNumber(added.getAlpha(), 1) &&
      tensorType(added.getOther()).getRank() == 1 &&
      tensorType(added.getOther()).getDimSize(0) == n &&
      isa_and_nonnull<aten::ParameterOp>(added.getOther().getDefiningOp())) {
    bias = added.getOther();
    last = added;
  }
  builder.setInsertionPoint(last);
  const Location loc = last->getLoc();
  Value weight = dequantized(builder, loc, codes, *scales, "weight");
  Value product = aten::LinearOp::create(builder, loc, linear.getType(),
                                         linear.getInput(), weight, bias);
  last->getResult(0).replaceAllUsesWith(product);
  if (last != scaled)
    last->erase();
  scaled.erase();
  linear.erase();
  return true;
}

namespace {
class RaiseProductsPass
    : public pt2e::impl::RaiseProductsPassBase<RaiseProductsPass> {
  void runOnOperation() override {
    SmallVector<aten::OperatorOp> operators;
    getOperation().walk([&](aten::OperatorOp op) { operators.push_back(op); });
    for (aten::OperatorOp op : operators) {
      if (std::optional<IntegerProduct> product = IntegerProduct::match(op)) {
        product->raise();
        ++numRaised;
      } else if (op.getName() == "aten::_int_mm") {
        missed(op.getLoc(), "simplify", "RaiseProducts",
               "aten::_int_mm stays: expected codes of ranges that run time "
               "takes, times constant ones, times the scales of the former");
      }
    }
    SmallVector<aten::LinearOp> products;
    getOperation().walk([&](aten::LinearOp op) { products.push_back(op); });
    for (aten::LinearOp op : products)
      numScaled += takeScale(op);
  }
};
} // namespace
