//===- RaiseQuantized.cpp - PyTorch's quantized operators to pt2e ---------===//

#include "Simplify.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Aten/Remarks.h"
#include "dialects/Aten/Schema.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "pt2e/Transforms/Passes.h"
#include "llvm/ADT/StringSwitch.h"

namespace pt2e {
#define GEN_PASS_DEF_RAISEQUANTIZEDPASS
#include "pt2e/Transforms/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using simplify::tensorType;

/// What a quantized operator does; its arguments follow from the kind.
enum class QuantizedOperator {
  None,
  PerTensor,      ///< scale and zero point are numbers
  PerTensorValue, ///< they are tensors of one element
  PerChannel,
  PerGroup, ///< of the last of two dimensions
  PerToken, ///< of the last dimension
  Affine,   ///< torchao: any blocks
  // Of the range of a tensor at run time.
  ChooseTensor,
  ChooseToken,
  ChooseAffine,
};

/// True for the operators of PyTorch's libraries of quantization.
static bool isQuantizedOperator(StringRef name) {
  return name.starts_with("quantized_decomposed::") ||
         name.starts_with("torchao::");
}

static QuantizedOperator kindOf(StringRef name) {
  if (!isQuantizedOperator(name))
    return QuantizedOperator::None;
  name = name.split("::").second;
  name.consume_front("de");
  return llvm::StringSwitch<QuantizedOperator>(name)
      .Case("quantize_per_tensor", QuantizedOperator::PerTensor)
      .Case("quantize_per_tensor.tensor", QuantizedOperator::PerTensorValue)
      .Case("quantize_per_channel", QuantizedOperator::PerChannel)
      .Case("quantize_per_channel_group", QuantizedOperator::PerGroup)
      .Case("quantize_per_token", QuantizedOperator::PerToken)
      .Case("quantize_affine", QuantizedOperator::Affine)
      .Cases("choose_qparams.tensor", "choose_qparams_symmetric.tensor",
             QuantizedOperator::ChooseTensor)
      .Cases("choose_qparams_per_token_asymmetric",
             "_choose_qparams_per_token_asymmetric_impl",
             QuantizedOperator::ChooseToken)
      .Case("choose_qparams_affine", QuantizedOperator::ChooseAffine)
      .Default(QuantizedOperator::None);
}

/// The one tensor given for argument `name`; null if absent.
static Value tensorOf(Operation *op, StringRef name) {
  OperandRange given = aten::tensorArgument(op, name);
  return given.empty() ? Value() : given.front();
}

static std::optional<int64_t> integerOf(Operation *op, StringRef name) {
  auto attribute =
      dyn_cast_or_null<IntegerAttr>(aten::attributeArgument(op, name));
  return attribute ? std::optional(attribute.getInt()) : std::nullopt;
}

/// The elements of a constant of numbers; none if it is none.
static std::optional<std::vector<double>> numbersOf(Value tensor) {
  ElementsAttr elements = aten::constantOf(tensor);
  if (!elements)
    return std::nullopt;
  std::vector<double> numbers;
  FailureOr<aten::ConstantData> data = aten::constantData(elements);
  if (failed(data))
    return std::nullopt;
  auto append = [&](auto values) {
    numbers.assign(values.begin(), values.end());
    return numbers;
  };
  Type element = elements.getElementType();
  if (element.isF32())
    return append(data->as<float>());
  if (element.isF64())
    return append(data->as<double>());
  if (element.isSignlessInteger(8))
    return append(data->as<int8_t>());
  if (element.isUnsignedInteger(8))
    return append(data->as<uint8_t>());
  if (element.isSignlessInteger(32))
    return append(data->as<int32_t>());
  if (element.isSignlessInteger(64))
    return append(data->as<int64_t>());
  if (!element.isF16() && !element.isBF16())
    return std::nullopt;
  for (uint16_t bits : data->as<uint16_t>())
    numbers.push_back(
        APFloat(cast<FloatType>(element).getFloatSemantics(), APInt(16, bits))
            .convertToDouble());
  return numbers;
}

namespace {
constexpr char kExpectedCodes[] =
    "expected codes of 2 to 32 bits, and limits that they hold";

/// The parameters that an operator of a tensor's range makes, and the op that
/// stands for it.
using Chosen = DenseMap<Value, ChooseQParamsOp>;

class Raising {
public:
  Raising(Operation *op, QuantizedOperator kind, Chosen &chosen)
      : builder(op), op(op), kind(kind), chosen(chosen),
        input(tensorOf(op, "input")) {}

  /// True if pt2e ops do now what `op` did.
  bool raise();

private:
  /// False; a remark says why.
  bool missed(const Twine &why) const {
    pt2e::missed(op->getLoc(), "simplify", "RaiseQuantized",
                 aten::schemaName(op) + " stays: " + why);
    return false;
  }
  bool raiseChoice(SmallVector<int64_t> block);
  /// One block size for each dimension of the input; none if unknown.
  std::optional<SmallVector<int64_t>> blockOf() const;
  EncodingAttr encodingOf(ArrayRef<int64_t> block, Type codes) const;
  RankedTensorType parameterType(ArrayRef<int64_t> block, Type element) const;
  /// The numbers of argument `name`, one for each block, as a constant; null
  /// if they are not known.
  Value parameter(StringRef name, RankedTensorType type);

  OpBuilder builder;
  Operation *op;
  QuantizedOperator kind;
  Chosen &chosen;
  Value input;
};
} // namespace

std::optional<SmallVector<int64_t>> Raising::blockOf() const {
  const int64_t rank = tensorType(input).getRank();
  SmallVector<int64_t> block(rank, -1);
  switch (kind) {
  case QuantizedOperator::None:
  case QuantizedOperator::PerTensor:
  case QuantizedOperator::PerTensorValue:
  case QuantizedOperator::ChooseTensor:
    return block;
  case QuantizedOperator::PerChannel: {
    std::optional<int64_t> axis = integerOf(op, "axis");
    if (axis && *axis < 0)
      *axis += rank;
    if (!axis || *axis < 0 || *axis >= rank)
      return std::nullopt;
    block[*axis] = 1;
    return block;
  }
  case QuantizedOperator::PerGroup: {
    std::optional<int64_t> group = integerOf(op, "group_size");
    if (rank != 2 || !group || *group <= 0)
      return std::nullopt;
    return SmallVector<int64_t>{1, *group};
  }
  case QuantizedOperator::PerToken:
  case QuantizedOperator::ChooseToken:
    if (rank == 0)
      return std::nullopt;
    block.assign(rank, 1);
    block.back() = -1;
    return block;
  case QuantizedOperator::Affine:
  case QuantizedOperator::ChooseAffine: {
    auto sizes = dyn_cast_or_null<DenseI64ArrayAttr>(
        aten::attributeArgument(op, "block_size"));
    if (!sizes || sizes.size() != rank)
      return std::nullopt;
    for (int64_t dim = 0; dim < rank; ++dim) {
      const bool isWhole = sizes[dim] == tensorType(input).getDimSize(dim);
      // The size of a dimension that run time decides is all of it.
      if (sizes[dim] <= 0 && !tensorType(input).isDynamicDim(dim))
        return std::nullopt;
      block[dim] = isWhole || sizes[dim] <= 0 ? -1 : sizes[dim];
    }
    return block;
  }
  }
  llvm_unreachable("every kind has blocks");
}

EncodingAttr Raising::encodingOf(ArrayRef<int64_t> block, Type codes) const {
  auto storage = dyn_cast_or_null<IntegerType>(codes);
  if (!storage || storage.getWidth() < 2 || storage.getWidth() > 32)
    return {};
  const unsigned width = storage.getWidth();
  const bool isUnsigned = storage.isUnsigned();
  const int64_t low =
      isUnsigned ? 0 : APInt::getSignedMinValue(width).getSExtValue();
  const int64_t high = isUnsigned
                           ? APInt::getMaxValue(width).getZExtValue()
                           : APInt::getSignedMaxValue(width).getSExtValue();
  const int64_t min = integerOf(op, "quant_min").value_or(low);
  const int64_t max = integerOf(op, "quant_max").value_or(high);
  if (min < low || max > high || min >= max)
    return {};
  return EncodingAttr::get(op->getContext(), storage, min, max, block);
}

RankedTensorType Raising::parameterType(ArrayRef<int64_t> block,
                                        Type element) const {
  SmallVector<int64_t> shape;
  for (auto [size, step] : llvm::zip_equal(tensorType(input).getShape(), block))
    shape.push_back(step == -1 ? 1
                    : ShapedType::isDynamic(size)
                        ? size
                        : int64_t(llvm::divideCeil(size, step)));
  return RankedTensorType::get(shape, element);
}

Value Raising::parameter(StringRef name, RankedTensorType type) {
  std::vector<double> numbers;
  if (kind == QuantizedOperator::PerTensor) {
    Attribute number = aten::attributeArgument(op, name);
    if (auto real = dyn_cast_or_null<FloatAttr>(number))
      numbers = {real.getValueAsDouble()};
    else if (auto integer = dyn_cast_or_null<IntegerAttr>(number))
      numbers = {double(integer.getInt())};
  } else if (Value given = tensorOf(op, name)) {
    if (auto known = numbersOf(given))
      numbers = std::move(*known);
  }
  if (!type.hasStaticShape() ||
      int64_t(numbers.size()) != type.getNumElements())
    return {};
  const std::string constantName =
      (aten::exportedName(op->getLoc()) + "." + name).str();
  ElementsAttr value;
  if (type.getElementType().isF32()) {
    const std::vector<float> reals(numbers.begin(), numbers.end());
    value = aten::makeConstant<float>(type, reals, constantName);
  } else {
    const std::vector<int32_t> integers(numbers.begin(), numbers.end());
    value = aten::makeConstant<int32_t>(type, integers, constantName);
  }
  return arith::ConstantOp::create(builder, op->getLoc(), value);
}

bool Raising::raiseChoice(SmallVector<int64_t> block) {
  StringRef scheme = "affine";
  if (auto type = dyn_cast_or_null<StringAttr>(
          aten::attributeArgument(op, "mapping_type")))
    scheme = type.getValue() == "ASYMMETRIC"  ? "affine"
             : type.getValue() == "SYMMETRIC" ? "symmetric"
                                              : "";
  else if (aten::schemaName(op).find("choose_qparams_symmetric") !=
           std::string::npos)
    scheme = "symmetric";
  auto dtype = dyn_cast_or_null<TypeAttr>(aten::attributeArgument(
      op, kind == QuantizedOperator::ChooseAffine ? "target_dtype" : "dtype"));
  EncodingAttr encoding =
      dtype ? encodingOf(block, dtype.getValue()) : EncodingAttr();
  if (!encoding || scheme.empty())
    return missed(kExpectedCodes);
  auto eps = dyn_cast_or_null<FloatAttr>(aten::attributeArgument(op, "eps"));
  auto choose = ChooseQParamsOp::create(
      builder, op->getLoc(), parameterType(block, builder.getF32Type()),
      parameterType(block, builder.getI32Type()), input, encoding,
      scheme == "affine" ? QuantScheme::Affine : QuantScheme::Symmetric,
      eps ? builder.getF32FloatAttr(eps.getValueAsDouble()) : FloatAttr());
  chosen[op->getResult(0)] = choose;
  return true;
}

bool Raising::raise() {
  if (!input || !isa<RankedTensorType>(input.getType()))
    return missed("expected a tensor");
  std::optional<SmallVector<int64_t>> block = blockOf();
  if (!block)
    return missed("expected blocks that divide its input");
  if (kind >= QuantizedOperator::ChooseTensor)
    return raiseChoice(std::move(*block));
  auto resultType = cast<RankedTensorType>(op->getResult(0).getType());
  const bool isQuantize = isa<IntegerType>(resultType.getElementType());
  EncodingAttr encoding = encodingOf(
      *block, (isQuantize ? resultType : tensorType(input)).getElementType());
  if (!encoding)
    return missed(kExpectedCodes);
  const bool isGroups = kind == QuantizedOperator::PerChannel ||
                        kind == QuantizedOperator::PerGroup ||
                        kind == QuantizedOperator::PerToken;
  const StringRef scaleName = isGroups ? "scales" : "scale";
  const StringRef zeroPointName = isGroups ? "zero_points" : "zero_point";
  Value scale, zeroPoint;
  if (Value given = tensorOf(op, scaleName);
      ChooseQParamsOp choose = chosen.lookup(given)) {
    scale = choose.getScale();
    zeroPoint = choose.getZeroPoint();
    // The same blocks, or the parameters would not be one for each.
    if (choose.getEncoding().getBlock() != ArrayRef<int64_t>(*block))
      return missed("expected the blocks that its scale is chosen for");
  } else {
    scale = parameter(scaleName, parameterType(*block, builder.getF32Type()));
    if (!scale)
      return missed("expected a constant scale for each block");
    if (Value codes = tensorOf(op, zeroPointName);
        codes || kind == QuantizedOperator::PerTensor) {
      const bool isReal =
          codes && isa<FloatType>(tensorType(codes).getElementType());
      zeroPoint =
          parameter(zeroPointName,
                    parameterType(*block, isReal ? Type(builder.getF32Type())
                                                 : builder.getI32Type()));
      if (!zeroPoint)
        return missed("expected a constant zero point for each block");
      if (llvm::all_of(*numbersOf(zeroPoint),
                       [](double z) { return z == 0; })) {
        zeroPoint.getDefiningOp()->erase();
        zeroPoint = {};
      }
    }
  }
  Value raised;
  if (isQuantize)
    raised = QuantizeOp::create(builder, op->getLoc(), resultType, input, scale,
                                zeroPoint, encoding);
  else
    raised = DequantizeOp::create(builder, op->getLoc(), resultType, input,
                                  scale, zeroPoint, encoding);
  op->getResult(0).replaceAllUsesWith(raised);
  return true;
}

namespace {
struct RaiseQuantizedPass
    : pt2e::impl::RaiseQuantizedPassBase<RaiseQuantizedPass> {
  void runOnOperation() override {
    Chosen chosen;
    SmallVector<Operation *> replaced;
    getOperation().walk([&](aten::OperatorOp op) {
      const QuantizedOperator kind = kindOf(op.getName());
      if (kind == QuantizedOperator::None) {
        if (isQuantizedOperator(op.getName()))
          missed(op.getLoc(), "simplify", "RaiseQuantized",
                 op.getName() + " stays: no form of it is known");
        return;
      }
      if (Raising(op, kind, chosen).raise()) {
        replaced.push_back(op);
        ++numRaised;
      }
    });
    for (auto [given, choose] : chosen)
      if (given.getType() == choose.getScale().getType())
        Value(given).replaceAllUsesWith(choose.getScale());
    // Users first. A choice of parameters that something else reads stays.
    for (Operation *op : llvm::reverse(replaced))
      if (op->use_empty())
        op->erase();
  }
};
} // namespace
