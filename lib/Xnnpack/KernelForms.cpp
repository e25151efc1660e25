#include "KernelForms.h"

#include <functional>
#include <numeric>

#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Schema.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace pt2e;

namespace {
/// Builds aten ops in place of one op.
class Rewriter {
public:
  Rewriter(OpBuilder &builder, Operation *op)
      : builder(builder), loc(op->getLoc()), op(op) {}

  OpBuilder &builder;
  const Location loc;

  Value tensor(StringRef name) const {
    OperandRange tensors = aten::tensorArgument(op, name);
    return tensors.empty() ? Value() : tensors.front();
  }
  Attribute attribute(StringRef name) const {
    return aten::attributeArgument(op, name);
  }
  RankedTensorType type(unsigned result = 0) const {
    return cast<RankedTensorType>(op->getResult(result).getType());
  }

  /// The results of operator `name`.
  ValueRange build(StringRef name, ArrayRef<aten::OperatorArgument> arguments,
                   TypeRange types) {
    Operation *made =
        aten::createOperator(builder, loc, name, arguments, types);
    return made ? ValueRange(made->getResults()) : ValueRange();
  }

  bool replace(ValueRange values) {
    if (values.empty() || llvm::any_of(values, [](Value v) { return !v; }))
      return false;
    op->replaceAllUsesWith(values.take_front(op->getNumResults()));
    op->erase();
    return true;
  }
  bool replace(StringRef name, ArrayRef<aten::OperatorArgument> arguments) {
    return replace(build(name, arguments, op->getResultTypes()));
  }

  aten::OperatorArgument same(StringRef name) const { return as(name, name); }
  /// Argument `from` of the op as argument `name` of another.
  aten::OperatorArgument as(StringRef name, StringRef from) const {
    aten::OperatorArgument argument{name.str(), {}, {}, {}};
    argument.tensors =
        llvm::to_vector_of<Value>(aten::tensorArgument(op, from));
    argument.attribute = attribute(from);
    return argument;
  }
  aten::OperatorArgument given(StringRef name, Value tensor) const {
    aten::OperatorArgument argument{name.str(), {}, {}, {}};
    if (tensor)
      argument.tensors.push_back(tensor);
    return argument;
  }
  aten::OperatorArgument given(StringRef name, Attribute attribute) const {
    return {name.str(), {}, attribute, {}};
  }

  /// `tensor` with the sizes of `type`: a view, whose run-time sizes are
  /// computed if there are several.
  Value view(Value tensor, RankedTensorType type,
             function_ref<Value(int64_t dim)> sizeOf) {
    SmallVector<int64_t> sizes(type.getShape());
    SmallVector<Value> symbols;
    const bool several = llvm::count_if(sizes, ShapedType::isDynamic) > 1;
    for (auto [dim, size] : llvm::enumerate(sizes))
      if (ShapedType::isDynamic(size)) {
        size = several ? INT64_MIN : -1;
        if (several)
          symbols.push_back(sizeOf(dim));
        if (several && !symbols.back())
          return {};
      }
    aten::OperatorArgument size =
        given("size", builder.getDenseI64ArrayAttr(sizes));
    size.symbols = symbols;
    ValueRange made =
        build("aten::view", {given("self", tensor), size}, TypeRange(type));
    return made.empty() ? Value() : made.front();
  }

  Value sizeOf(Value tensor, int64_t dim) {
    return aten::SymSizeOp::create(builder, loc, tensor, dim);
  }

  Operation *op;
};
using Form = std::function<bool(Rewriter &)>;
} // namespace

static int64_t intOf(Attribute attribute, int64_t otherwise = 0) {
  auto integer = dyn_cast_or_null<IntegerAttr>(attribute);
  return integer ? integer.getInt() : otherwise;
}

static RankedTensorType operandType(Value tensor) {
  return cast<RankedTensorType>(tensor.getType());
}

/// One operator by another's name, some arguments by another name.
static Form renamed(StringRef to,
                    ArrayRef<std::pair<StringRef, StringRef>> arguments) {
  return [to, arguments = SmallVector<std::pair<StringRef, StringRef>>(
                  arguments)](Rewriter &rewriter) {
    SmallVector<aten::OperatorArgument> given;
    for (auto [name, from] : arguments)
      given.push_back(rewriter.as(name, from));
    return rewriter.replace(to, given);
  };
}

static bool identity(Rewriter &rewriter, StringRef name) {
  Value self = rewriter.tensor(name);
  return self.getType() == rewriter.op->getResult(0).getType() &&
         rewriter.replace(self);
}

/// Same elements, other dimensions: each dimension that run time decides is
/// one of the input's, in order.
static bool reshapeForm(Rewriter &rewriter) {
  Value self = rewriter.tensor("self");
  RankedTensorType from = operandType(self), to = rewriter.type();
  if (from == to)
    return rewriter.replace(self);
  OperandRange symbols = aten::symbolOperands(rewriter.op);
  SmallVector<int64_t> dynamic;
  for (int64_t dim = 0; dim < from.getRank(); ++dim)
    if (from.isDynamicDim(dim))
      dynamic.push_back(dim);
  // A reshape lists its sizes; squeeze and the like keep them.
  const bool lists = rewriter.attribute("shape") || rewriter.attribute("sizes");
  if (lists && !symbols.empty()) {
    if (!rewriter.attribute("shape"))
      return false;
    aten::OperatorArgument size = rewriter.as("size", "shape");
    size.symbols = llvm::to_vector_of<Value>(symbols);
    return rewriter.replace("aten::view", {rewriter.same("self"), size});
  }
  if (size_t(llvm::count_if(to.getShape(), ShapedType::isDynamic)) !=
          dynamic.size() &&
      to.getNumDynamicDims() > 1)
    return false;
  size_t next = 0;
  Value result = rewriter.view(self, to, [&](int64_t) {
    return rewriter.sizeOf(self, dynamic[next++]);
  });
  return result && rewriter.replace(result);
}

static bool toDtypeForm(Rewriter &rewriter) {
  return identity(rewriter, "self") ||
         rewriter.replace("aten::_to_copy",
                          {rewriter.same("self"), rewriter.same("dtype")});
}

static bool softmaxForm(Rewriter &rewriter, StringRef kernel) {
  Value self = rewriter.tensor("self");
  if (operandType(self).getElementType() != rewriter.type().getElementType()) {
    auto type = RankedTensorType::get(operandType(self).getShape(),
                                      rewriter.type().getElementType(),
                                      operandType(self).getEncoding());
    self = rewriter
               .build("aten::_to_copy",
                      {rewriter.given("self", self),
                       rewriter.given("dtype",
                                      TypeAttr::get(type.getElementType()))},
                      TypeRange(type))
               .front();
  }
  return rewriter.replace(
      kernel,
      {rewriter.given("self", self), rewriter.same("dim"),
       rewriter.given("half_to_float", rewriter.builder.getBoolAttr(false))});
}

static bool convolutionForm(Rewriter &rewriter, bool transposed) {
  OpBuilder &builder = rewriter.builder;
  const size_t spatial = operandType(rewriter.tensor("input")).getRank() - 2;
  if (spatial > 2) // the kernel takes images and sequences
    return false;
  Attribute outputPadding =
      transposed
          ? rewriter.attribute("output_padding")
          : builder.getDenseI64ArrayAttr(SmallVector<int64_t>(spatial, 0));
  Attribute padding = rewriter.attribute("padding");
  if (auto name = dyn_cast<StringAttr>(padding)) {
    const ArrayRef<int64_t> kernel =
        operandType(rewriter.tensor("weight")).getShape().take_back(spatial);
    auto dilation = cast<DenseI64ArrayAttr>(rewriter.attribute("dilation"));
    SmallVector<int64_t> sizes;
    for (size_t i = 0; i < spatial; ++i) {
      const int64_t total = name == "same" ? dilation[i] * (kernel[i] - 1) : 0;
      if (total % 2)
        return false;
      sizes.push_back(total / 2);
    }
    padding = builder.getDenseI64ArrayAttr(sizes);
  }
  return rewriter.replace(
      "aten::convolution",
      {rewriter.same("input"), rewriter.same("weight"), rewriter.same("bias"),
       rewriter.same("stride"), rewriter.given("padding", padding),
       rewriter.same("dilation"),
       rewriter.given("transposed", builder.getBoolAttr(transposed)),
       rewriter.given("output_padding", outputPadding),
       rewriter.same("groups")});
}

/// A statistic of each row (mean, 1 / deviation) as the kernel returns it.
static RankedTensorType f32Like(RankedTensorType type, int64_t reducedFrom) {
  SmallVector<int64_t> sizes(type.getShape()), bounds(aten::upperBounds(type));
  for (int64_t dim = reducedFrom; dim < type.getRank(); ++dim)
    sizes[dim] = bounds[dim] = 1;
  return aten::boundedTensor(sizes, type.getElementType(), bounds);
}

static bool layerNormForm(Rewriter &rewriter) {
  auto shape = cast<DenseI64ArrayAttr>(rewriter.attribute("normalized_shape"));
  RankedTensorType type = rewriter.type();
  const RankedTensorType statistics =
      f32Like(type, type.getRank() - int64_t(shape.size()));
  return rewriter.replace(rewriter.build(
      "aten::native_layer_norm",
      {rewriter.same("input"), rewriter.same("normalized_shape"),
       rewriter.same("weight"), rewriter.same("bias"), rewriter.same("eps")},
      {type, statistics, statistics}));
}

static bool groupNormForm(Rewriter &rewriter) {
  OpBuilder &builder = rewriter.builder;
  RankedTensorType type = rewriter.type();
  const ArrayRef<int64_t> sizes = type.getShape();
  const int64_t groups = intOf(rewriter.attribute("num_groups"));
  if (ShapedType::isDynamicShape(sizes))
    return false;
  const int64_t area = std::accumulate(sizes.begin() + 2, sizes.end(),
                                       int64_t(1), std::multiplies<int64_t>());
  auto statistics =
      RankedTensorType::get({sizes[0], groups}, type.getElementType());
  return rewriter.replace(rewriter.build(
      "aten::native_group_norm",
      {rewriter.same("input"), rewriter.same("weight"), rewriter.same("bias"),
       rewriter.given("N", builder.getI64IntegerAttr(sizes[0])),
       rewriter.given("C", builder.getI64IntegerAttr(sizes[1])),
       rewriter.given("HxW", builder.getI64IntegerAttr(area)),
       rewriter.as("group", "num_groups"), rewriter.same("eps")},
      {type, statistics, statistics}));
}

static bool batchNormForm(Rewriter &rewriter) {
  if (intOf(rewriter.attribute("training")) || !rewriter.tensor("running_mean"))
    return false;
  auto none = RankedTensorType::get({0}, rewriter.type().getElementType());
  return rewriter.replace(rewriter.build(
      "aten::_native_batch_norm_legit_no_training",
      {rewriter.same("input"), rewriter.same("weight"), rewriter.same("bias"),
       rewriter.same("running_mean"), rewriter.same("running_var"),
       rewriter.same("momentum"), rewriter.same("eps")},
      {rewriter.type(), none, none}));
}

static bool maxPoolForm(Rewriter &rewriter) {
  auto indices = rewriter.type().clone(rewriter.builder.getI64Type());
  return rewriter.replace(
      rewriter.build("aten::max_pool2d_with_indices",
                     {rewriter.same("self"), rewriter.same("kernel_size"),
                      rewriter.same("stride"), rewriter.same("padding"),
                      rewriter.same("dilation"), rewriter.same("ceil_mode")},
                     {rewriter.type(), indices}));
}

static bool padForm(Rewriter &rewriter) {
  auto mode = cast<StringAttr>(rewriter.attribute("mode"));
  auto pad = dyn_cast_or_null<DenseI64ArrayAttr>(rewriter.attribute("pad"));
  if (!pad || !aten::symbolOperands(rewriter.op).empty())
    return false;
  if (mode == "constant") {
    Attribute value = rewriter.attribute("value");
    return rewriter.replace(
        "aten::constant_pad_nd",
        {rewriter.same("self"), rewriter.same("pad"),
         rewriter.given(
             "value", value ? value : rewriter.builder.getI64IntegerAttr(0))});
  }
  const StringRef kernel = mode == "reflect"     ? "reflection_pad"
                           : mode == "replicate" ? "replication_pad"
                                                 : "";
  if (kernel.empty() || pad.size() % 2 || pad.size() > 6)
    return false;
  return rewriter.replace(
      ("aten::" + kernel + Twine(pad.size() / 2) + "d").str(),
      {rewriter.same("self"), rewriter.as("padding", "pad")});
}

/// A tensor of one number.
static bool fullForm(Rewriter &rewriter, Attribute number) {
  Value self = rewriter.tensor("self");
  RankedTensorType type = rewriter.type();
  if (self && operandType(self).getElementType() == type.getElementType() &&
      operandType(self).getShape() == type.getShape())
    return rewriter.replace(
        "aten::full_like",
        {rewriter.same("self"), rewriter.given("fill_value", number)});
  if (ShapedType::isDynamicShape(type.getShape()))
    return false;
  return rewriter.replace(
      "aten::full",
      {rewriter.given("size",
                      rewriter.builder.getDenseI64ArrayAttr(type.getShape())),
       rewriter.given("fill_value", number)});
}

static bool sumForm(Rewriter &rewriter) {
  return rewriter.replace("aten::sum.dim_IntList",
                          {rewriter.same("self"), rewriter.same("dtype")});
}

static bool clampForm(Rewriter &rewriter, Attribute min, Attribute max) {
  return rewriter.replace("aten::clamp",
                          {rewriter.same("self"), rewriter.given("min", min),
                           rewriter.given("max", max)});
}

/// Batches of matrices as one batch.
static bool matmulForm(Rewriter &rewriter) {
  Value lhs = rewriter.tensor("self"), rhs = rewriter.tensor("other");
  RankedTensorType lhsType = operandType(lhs), rhsType = operandType(rhs);
  RankedTensorType type = rewriter.type();
  if (lhsType.getRank() == 2 && rhsType.getRank() == 2)
    return rewriter.replace(
        "aten::mm", {rewriter.given("self", lhs), rewriter.given("mat2", rhs)});
  const int64_t rank = lhsType.getRank();
  if (rank < 3 || rank != rhsType.getRank() || !lhsType.hasStaticShape() ||
      !rhsType.hasStaticShape() ||
      lhsType.getShape().drop_back(2) != rhsType.getShape().drop_back(2))
    return false;
  auto merged = [&](RankedTensorType of) {
    const ArrayRef<int64_t> sizes = of.getShape();
    const int64_t batch = std::accumulate(
        sizes.begin(), sizes.end() - 2, int64_t(1), std::multiplies<int64_t>());
    return RankedTensorType::get({batch, sizes[rank - 2], sizes[rank - 1]},
                                 of.getElementType());
  };
  auto noSizes = [](int64_t) { return Value(); };
  ValueRange product = rewriter.build(
      "aten::bmm",
      {rewriter.given("self", rewriter.view(lhs, merged(lhsType), noSizes)),
       rewriter.given("mat2", rewriter.view(rhs, merged(rhsType), noSizes))},
      TypeRange(merged(type)));
  return !product.empty() &&
         rewriter.replace(rewriter.view(product.front(), type, noSizes));
}

/// `name` of a tensor and a number.
static Value withNumber(Rewriter &rewriter, StringRef name, Value self,
                        double number) {
  return rewriter
      .build(
          name,
          {rewriter.given("self", self),
           rewriter.given("other", rewriter.builder.getF64FloatAttr(number))},
          self.getType())
      .front();
}

static Value product(Rewriter &rewriter, Value lhs, Value rhs) {
  return rewriter
      .build("aten::mul.Tensor",
             {rewriter.given("self", lhs), rewriter.given("other", rhs)},
             rewriter.type())
      .front();
}

static Value clamped(Rewriter &rewriter, Value self, Attribute min,
                     Attribute max) {
  return rewriter
      .build("aten::clamp",
             {rewriter.given("self", self), rewriter.given("min", min),
              rewriter.given("max", max)},
             self.getType())
      .front();
}

static Value hardsigmoid(Rewriter &rewriter, Value self) {
  OpBuilder &builder = rewriter.builder;
  Value shifted = withNumber(rewriter, "aten::add.Scalar", self, 3);
  return withNumber(rewriter, "aten::div.Scalar",
                    clamped(rewriter, shifted, builder.getF64FloatAttr(0),
                            builder.getF64FloatAttr(6)),
                    6);
}

static bool siluForm(Rewriter &rewriter) {
  Value self = rewriter.tensor("self");
  Value gate =
      rewriter.build("aten::sigmoid", {rewriter.same("self")}, rewriter.type())
          .front();
  return rewriter.replace(product(rewriter, self, gate));
}

/// max(x, 0) + weight * min(x, 0), one weight for each channel.
static bool preluForm(Rewriter &rewriter) {
  OpBuilder &builder = rewriter.builder;
  Value self = rewriter.tensor("self"), weight = rewriter.tensor("weight");
  const RankedTensorType type = rewriter.type();
  if (operandType(weight).getNumElements() != 1 && type.getRank() > 2) {
    SmallVector<int64_t> shape(type.getRank() - 1, 1);
    shape[0] = operandType(weight).getNumElements();
    weight = rewriter.view(weight,
                           RankedTensorType::get(shape, type.getElementType()),
                           [](int64_t) { return Value(); });
  }
  const Attribute zero = builder.getF64FloatAttr(0);
  Value negative =
      product(rewriter, clamped(rewriter, self, Attribute(), zero), weight);
  return rewriter.replace(
      "aten::add.Tensor",
      {rewriter.given("self", clamped(rewriter, self, zero, Attribute())),
       rewriter.given("other", negative)});
}

static llvm::StringMap<Form> makeForms() {
  llvm::StringMap<Form> forms;
  for (StringRef name :
       {"aten::reshape", "aten::flatten.using_ints", "aten::unflatten.int",
        "aten::squeeze", "aten::squeeze.dim", "aten::squeeze.dims",
        "aten::unsqueeze"})
    forms[name] = reshapeForm;
  for (StringRef name : {"aten::contiguous", "aten::alias", "aten::detach"})
    forms[name] = [](Rewriter &r) { return identity(r, "self"); };
  forms["aten::dropout"] = [](Rewriter &r) {
    return !intOf(r.attribute("train")) && identity(r, "input");
  };
  forms["aten::to.dtype"] = toDtypeForm;
  forms["aten::softmax.int"] = [](Rewriter &r) {
    return softmaxForm(r, "aten::_softmax");
  };
  forms["aten::log_softmax.int"] = [](Rewriter &r) {
    return softmaxForm(r, "aten::_log_softmax");
  };
  for (StringRef name : {"aten::conv1d", "aten::conv2d", "aten::conv3d",
                         "aten::conv2d.padding", "aten::conv1d.padding"})
    forms[name] = [](Rewriter &r) { return convolutionForm(r, false); };
  for (StringRef name :
       {"aten::conv_transpose1d", "aten::conv_transpose2d.input"})
    forms[name] = [](Rewriter &r) { return convolutionForm(r, true); };
  forms["aten::layer_norm"] = layerNormForm;
  forms["aten::group_norm"] = groupNormForm;
  forms["aten::batch_norm"] = batchNormForm;
  forms["aten::max_pool2d"] = maxPoolForm;
  forms["aten::adaptive_avg_pool2d"] =
      renamed("aten::_adaptive_avg_pool2d",
              {{"self", "self"}, {"output_size", "output_size"}});
  forms["aten::pad"] = padForm;
  forms["aten::matmul"] = matmulForm;
  forms["aten::sum"] = sumForm;
  forms["aten::silu"] = siluForm;
  forms["aten::prelu"] = preluForm;
  forms["aten::hardsigmoid"] = [](Rewriter &r) {
    return r.replace(hardsigmoid(r, r.tensor("self")));
  };
  forms["aten::hardswish"] = [](Rewriter &r) {
    Value self = r.tensor("self");
    return r.replace(product(r, self, hardsigmoid(r, self)));
  };
  forms["aten::square"] = [](Rewriter &r) {
    return r.replace("aten::mul.Tensor",
                     {r.same("self"), r.as("other", "self")});
  };
  forms["aten::relu6"] = [](Rewriter &r) {
    return clampForm(r, r.builder.getF64FloatAttr(0),
                     r.builder.getF64FloatAttr(6));
  };
  forms["aten::clamp_min"] = [](Rewriter &r) {
    return clampForm(r, r.attribute("min"), Attribute());
  };
  auto number = [](double value) {
    return [value](Rewriter &r) {
      return fullForm(r, r.builder.getF64FloatAttr(value));
    };
  };
  for (StringRef name : {"aten::zeros_like", "aten::new_zeros", "aten::zeros"})
    forms[name] = number(0);
  for (StringRef name : {"aten::ones_like", "aten::new_ones", "aten::ones"})
    forms[name] = number(1);
  for (StringRef name : {"aten::full_like", "aten::new_full", "aten::full"})
    forms[name] = [](Rewriter &r) {
      return fullForm(r, r.attribute("fill_value"));
    };
  return forms;
}

bool pt2e::rewriteForKernels(OpBuilder &builder, Operation *op) {
  static const llvm::StringMap<Form> forms = makeForms();
  auto form = forms.find(aten::schemaName(op));
  if (form == forms.end())
    return false;
  Rewriter rewriter(builder, op);
  return form->second(rewriter);
}
