#include "dialects/Aten/AtenShapes.h"

#include "dialects/Aten/ShapeRules.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pt2e::aten;

//===----------------------------------------------------------------------===//
// Helpers
//===----------------------------------------------------------------------===//

Dims pt2e::aten::dimsOf(RankedTensorType type) {
  Dims dims;
  for (auto [size, bound] : llvm::zip_equal(type.getShape(), upperBounds(type)))
    dims.push_back({size, bound});
  return dims;
}

std::optional<Types> ShapeRules::one(ArrayRef<Dim> dims, Type element) {
  SmallVector<int64_t> sizes, bounds;
  bool isBounded = true;
  for (const Dim &dim : dims) {
    sizes.push_back(dim.size);
    bounds.push_back(dim.bound);
    isBounded &= dim.isStatic() || dim.bound > 0;
  }
  return Types{isBounded ? boundedTensor(sizes, element, bounds)
                         : RankedTensorType::get(sizes, element)};
}

RankedTensorType ShapeRules::type(StringRef operand) const {
  OperandRange range = tensorArgument(op, operand);
  return range.size() == 1 ? dyn_cast<RankedTensorType>(range[0].getType())
                           : RankedTensorType();
}

std::optional<int64_t> ShapeRules::integer(StringRef name) const {
  auto attribute = op->getAttrOfType<IntegerAttr>(name);
  return attribute ? std::optional(attribute.getInt()) : std::nullopt;
}

ArrayRef<int64_t> ShapeRules::integers(StringRef name) const {
  auto attribute = op->getAttrOfType<DenseI64ArrayAttr>(name);
  return attribute ? attribute.asArrayRef() : ArrayRef<int64_t>();
}

Type ShapeRules::elementArgument(Type otherwise) const {
  auto attribute = op->getAttrOfType<TypeAttr>("dtype");
  return attribute ? attribute.getValue() : otherwise;
}

std::optional<int64_t> ShapeRules::dimension(int64_t dim, int64_t rank) {
  const int64_t counted = dim < 0 ? dim + rank : dim;
  if (counted >= 0 && counted < rank)
    return counted;
  reason = "expected a dimension of " + std::to_string(rank) + ", but got " +
           std::to_string(dim);
  return std::nullopt;
}

std::optional<Dims> ShapeRules::broadcast(ArrayRef<Dim> a, ArrayRef<Dim> b) {
  if (a.size() < b.size())
    std::swap(a, b);
  Dims dims(a);
  const size_t added = a.size() - b.size();
  for (size_t i = 0; i < b.size(); ++i) {
    Dim &dim = dims[added + i];
    const Dim other = b[i];
    if (dim.size == other.size && dim.isStatic())
      continue;
    if (dim.isStatic() && other.isStatic()) {
      if (dim.size != 1 && other.size != 1) {
        reason = "expected sizes that broadcast, but got " +
                 std::to_string(dim.size) + " and " +
                 std::to_string(other.size);
        return std::nullopt;
      }
      dim = dim.size == 1 ? other : dim;
    } else if (dim.isStatic()) {
      dim = dim.size == 1 ? other : dim;
    } else if (other.isStatic()) {
      dim = other.size == 1 ? dim : other;
    } else {
      dim.bound = dim.bound < 0 || other.bound < 0
                      ? -1
                      : std::max(dim.bound, other.bound);
    }
  }
  return dims;
}

/// bool < integer < float < complex.
static int category(Type element) {
  if (isa<ComplexType>(element))
    return 3;
  if (isa<FloatType>(element))
    return 2;
  return element.isInteger(1) ? 0 : 1;
}

static Type promoteSameRank(Type a, Type b) {
  if (a == b)
    return a;
  if (category(a) != category(b))
    return category(a) > category(b) ? a : b;
  if (auto x = dyn_cast<ComplexType>(a)) {
    Type part = promoteSameRank(x.getElementType(),
                                cast<ComplexType>(b).getElementType());
    return part ? ComplexType::get(part) : Type();
  }
  if (isa<FloatType>(a)) {
    if (a.getIntOrFloatBitWidth() != b.getIntOrFloatBitWidth())
      return a.getIntOrFloatBitWidth() > b.getIntOrFloatBitWidth() ? a : b;
    // f16 with bf16.
    return Float32Type::get(a.getContext());
  }
  const auto x = cast<IntegerType>(a), y = cast<IntegerType>(b);
  if (x.isUnsigned() == y.isUnsigned())
    return x.getWidth() > y.getWidth() ? a : b;
  // Signed of twice the unsigned width, at least.
  const auto unsignedType = x.isUnsigned() ? x : y;
  const auto signedType = x.isUnsigned() ? y : x;
  if (unsignedType.getWidth() >= 64)
    return {};
  return IntegerType::get(
      a.getContext(),
      std::max(signedType.getWidth(), 2 * unsignedType.getWidth()));
}

Type pt2e::aten::promotedElementType(RankedTensorType a, RankedTensorType b) {
  const Type x = a.getElementType(), y = b.getElementType();
  if ((a.getRank() == 0) != (b.getRank() == 0)) {
    const Type sized = a.getRank() == 0 ? y : x;
    const Type scalar = a.getRank() == 0 ? x : y;
    if (category(sized) >= category(scalar))
      return sized;
  }
  return promoteSameRank(x, y);
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

/// The element type of arithmetic between a tensor and a number.
static Type promoteNumber(Type element, TypedAttr number) {
  if (!number || category(element) >= category(number.getType()))
    return element;
  return isa<FloatType>(number.getType())
             ? Type(Float32Type::get(element.getContext()))
             : Type(IntegerType::get(element.getContext(), 64));
}

/// What a function of reals gives: f32 for integers.
static Type realElement(Type element) {
  return category(element) < 2 ? Float32Type::get(element.getContext())
                               : element;
}

std::optional<Types> ShapeRules::elementwise() {
  if (isa<AddTensorOp, SubTensorOp, MulTensorOp, DivTensorOp, MaximumOp,
          MinimumOp>(op)) {
    const RankedTensorType a = type("self"), b = type("other");
    auto dims = broadcast(dimsOf(a), dimsOf(b));
    Type element = promotedElementType(a, b);
    if (!dims)
      return std::nullopt;
    if (!element)
      return fail("expected element types that promote");
    return one(*dims, isa<DivTensorOp>(op) ? realElement(element) : element);
  }
  if (isa<AddScalarOp, SubScalarOp, RsubScalarOp, MulScalarOp, DivScalarOp,
          PowTensorScalarOp, ClampOp, ClampMinOp>(op)) {
    Type element = type("self").getElementType();
    for (StringRef name : {"other", "exponent", "min", "max"})
      element = promoteNumber(element, op->getAttrOfType<TypedAttr>(name));
    return one(dimsOf(type("self")),
               isa<DivScalarOp>(op) ? realElement(element) : element);
  }
  if (isa<SigmoidOp, TanhOp, ExpOp, LogOp, SqrtOp, RsqrtOp, SinOp, CosOp,
          ReciprocalOp>(op))
    return one(dimsOf(type("self")),
               realElement(type("self").getElementType()));
  if (isa<ReluOp, Relu6Op, HardtanhOp, HardsigmoidOp, HardswishOp, SiluOp,
          GeluOp, LeakyReluOp, EluOp, PreluOp, AbsOp, NegOp, FloorOp, CeilOp,
          ContiguousOp, CloneOp>(op))
    return one(dimsOf(type("self")), type("self").getElementType());
  if (isa<SquareOp>(op)) {
    // A power of 2: bools become integers.
    const Type element = type("self").getElementType();
    return one(dimsOf(type("self")),
               element.isInteger(1) ? IntegerType::get(op->getContext(), 64)
                                    : element);
  }
  if (isa<DropoutOp>(op))
    return one(dimsOf(type("input")), type("input").getElementType());
  if (isa<ToDtypeOp>(op))
    return one(dimsOf(type("self")), elementArgument({}));
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Convolutions and pools
//===----------------------------------------------------------------------===//

/// `values` for each of `count` dimensions; none if there are more or fewer.
static std::optional<SmallVector<int64_t>> spread(ArrayRef<int64_t> values,
                                                  int64_t count) {
  if (int64_t(values.size()) == count)
    return SmallVector<int64_t>(values);
  if (values.size() == 1)
    return SmallVector<int64_t>(count, values[0]);
  return std::nullopt;
}

/// Sizes and window parameters stay below this, so that sums and products of
/// them fit in int64.
static constexpr int64_t kMaxWindow = int64_t(1) << 30;

std::optional<Dim> ShapeRules::window(Dim size, int64_t pad, int64_t kernel,
                                      int64_t stride, int64_t dilation,
                                      bool ceil, int64_t padBefore) {
  if (kernel <= 0 || stride <= 0 || dilation <= 0 || pad < 0 ||
      std::max({kernel, stride, dilation, pad}) > kMaxWindow) {
    reason = "expected a window of positive size, stride and dilation";
    return std::nullopt;
  }
  const auto apply = [&](int64_t given) -> int64_t {
    const int64_t span = given + pad - dilation * (kernel - 1) - 1;
    int64_t count =
        llvm::divideFloorSigned(span + (ceil ? stride - 1 : 0), stride) + 1;
    // The last window starts inside the tensor or its padding before.
    if (ceil && (count - 1) * stride >= given + padBefore)
      --count;
    return count;
  };
  if (!size.isStatic())
    return Dim{size.size,
               size.bound > 0 ? std::max<int64_t>(apply(size.bound), 1) : -1};
  const int64_t count = apply(size.size);
  if (count < 0) {
    reason = "expected a window that fits into size " +
             std::to_string(size.size) + " with padding";
    return std::nullopt;
  }
  return Dim::fixed(count);
}

std::optional<Types> ShapeRules::convolution(bool transposed) {
  const RankedTensorType input = type("input"), weight = type("weight");
  const int64_t spatial = weight.getRank() - 2;
  const auto groups = integer("groups");
  if (spatial < 1 ||
      (input.getRank() != spatial + 2 && input.getRank() != spatial + 1))
    return fail("expected an input of the weight's rank, but got ranks " +
                Twine(input.getRank()) + " and " + Twine(weight.getRank()));
  if (!groups || *groups <= 0 || *groups > kMaxWindow ||
      !weight.hasStaticShape())
    return fail("expected a weight of static shape and positive groups");
  Dims dims = dimsOf(input);
  const bool isBatched = input.getRank() == spatial + 2;
  Dim &channels = dims[isBatched];
  const int64_t wanted =
      transposed ? weight.getDimSize(0) : weight.getDimSize(1) * *groups;
  if (channels.isStatic() && channels.size != wanted)
    return fail("expected " + Twine(wanted) + " input channels, but got " +
                Twine(channels.size));
  const int64_t outputs =
      transposed ? weight.getDimSize(1) * *groups : weight.getDimSize(0);
  if (RankedTensorType bias = type("bias");
      bias && (bias.getRank() != 1 || bias.getDimSize(0) != outputs))
    return fail("expected a bias of " + Twine(outputs) + " elements");
  channels = Dim::fixed(outputs);

  auto stride = spread(integers("stride"), spatial);
  auto dilation = spread(integers("dilation"), spatial);
  SmallVector<int64_t> zeros(spatial, 0);
  auto padding = spread(integers("padding"), spatial);
  auto outputPadding = spread(integers("output_padding"), spatial);
  auto named = op->getAttrOfType<StringAttr>("padding");
  if (named)
    padding = zeros;
  if (!transposed)
    outputPadding = zeros;
  if (!stride || !dilation || !padding || !outputPadding)
    return fail("expected " + Twine(spatial) +
                " entries of stride, padding and dilation");
  for (int64_t i = 0; i < spatial; ++i) {
    Dim &dim = dims[isBatched + 1 + i];
    const int64_t kernel = weight.getDimSize(i + 2);
    if (named && named == "same")
      continue;
    if (!transposed) {
      auto out = window(dim, 2 * (*padding)[i], kernel, (*stride)[i],
                        (*dilation)[i], false, 0);
      if (!out)
        return std::nullopt;
      dim = *out;
      continue;
    }
    const auto apply = [&](int64_t size) {
      return (size - 1) * (*stride)[i] - 2 * (*padding)[i] +
             (*dilation)[i] * (kernel - 1) + (*outputPadding)[i] + 1;
    };
    if (std::max({(*stride)[i], (*padding)[i], (*dilation)[i], kernel,
                  (*outputPadding)[i], dim.bound}) > kMaxWindow)
      return fail("expected sizes below " + Twine(kMaxWindow));
    if (dim.isStatic())
      dim = Dim::fixed(apply(dim.size));
    else
      dim.bound = dim.bound > 0 ? apply(dim.bound) : -1;
    if (dim.isStatic() ? dim.size < 0 : dim.bound == 0)
      return fail("expected a result of positive size");
  }
  return one(dims, input.getElementType());
}

std::optional<Types> ShapeRules::pooling() {
  const RankedTensorType self = type("self");
  if (self.getRank() != 3 && self.getRank() != 4)
    return fail("expected an image of rank 3 or 4, but got rank " +
                Twine(self.getRank()));
  auto kernel = spread(integers("kernel_size"), 2);
  auto stride =
      integers("stride").empty() ? kernel : spread(integers("stride"), 2);
  auto padding = spread(integers("padding"), 2);
  auto dilation = isa<MaxPool2dOp>(op) ? spread(integers("dilation"), 2)
                                       : SmallVector<int64_t>{1, 1};
  if (!kernel || !stride || !padding || !dilation)
    return fail("expected two entries of kernel size, stride and padding");
  const bool ceil = op->getAttrOfType<BoolAttr>("ceil_mode").getValue();
  Dims dims = dimsOf(self);
  for (int64_t i = 0; i < 2; ++i) {
    Dim &dim = dims[dims.size() - 2 + i];
    auto out = window(dim, 2 * (*padding)[i], (*kernel)[i], (*stride)[i],
                      (*dilation)[i], ceil, (*padding)[i]);
    if (!out)
      return std::nullopt;
    dim = *out;
  }
  return one(dims, self.getElementType());
}

std::optional<Types> ShapeRules::windows() {
  if (isa<Conv1dOp, Conv2dOp, Conv2dPaddingOp, Conv3dOp>(op))
    return convolution(/*transposed=*/false);
  if (isa<ConvTranspose1dOp, ConvTranspose2dInputOp>(op))
    return convolution(/*transposed=*/true);
  if (isa<MaxPool2dOp, AvgPool2dOp>(op))
    return pooling();
  if (isa<AdaptiveAvgPool1dOp, AdaptiveAvgPool2dOp>(op)) {
    const RankedTensorType self = type("self");
    ArrayRef<int64_t> sizes = integers("output_size");
    Dims dims = dimsOf(self);
    if (sizes.size() >= dims.size())
      return fail("expected fewer output sizes than dimensions");
    for (auto [i, size] : llvm::enumerate(sizes)) {
      if (size < 0)
        return fail("expected an output size that is not negative");
      dims[dims.size() - sizes.size() + i] = Dim::fixed(size);
    }
    return one(dims, self.getElementType());
  }
  if (isa<UpsampleNearest2dVecOp, UpsampleBilinear2dVecOp>(op)) {
    const RankedTensorType input = type("input");
    ArrayRef<int64_t> sizes = integers("output_size");
    auto factors = op->getAttrOfType<DenseF64ArrayAttr>("scale_factors");
    Dims dims = dimsOf(input);
    if (dims.size() != 4 ||
        (sizes.size() != 2 && (!factors || factors.size() != 2)))
      return fail("expected an image of rank 4, and two sizes or factors");
    for (int64_t i = 0; i < 2; ++i) {
      Dim &dim = dims[2 + i];
      if (sizes.size() == 2) {
        dim = Dim::fixed(sizes[i]);
        continue;
      }
      const double factor = factors[i];
      if (!(factor > 0 && factor < double(kMaxWindow)) ||
          dim.bound > kMaxWindow)
        return fail("expected a positive factor");
      if (dim.isStatic())
        dim = Dim::fixed(int64_t(double(dim.size) * factor));
      else
        dim.bound = dim.bound > 0 ? int64_t(double(dim.bound) * factor) : -1;
    }
    return one(dims, input.getElementType());
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Products, normalizations, reductions
//===----------------------------------------------------------------------===//

/// Whether two dimensions can be the same size.
static bool canBeEqual(Dim a, Dim b) {
  return !a.isStatic() || !b.isStatic() || a.size == b.size;
}

std::optional<Types> ShapeRules::products() {
  if (isa<LinearOp>(op)) {
    const RankedTensorType input = type("input"), weight = type("weight");
    Dims dims = dimsOf(input), rows = dimsOf(weight);
    if (dims.empty() || rows.empty() || rows.size() > 2 ||
        !canBeEqual(dims.back(), rows.back()))
      return fail("expected an input with the weight's inputs as its last "
                  "dimension");
    dims.pop_back();
    if (rows.size() == 2)
      dims.push_back(rows[0]);
    return one(dims, input.getElementType());
  }
  if (isa<BmmOp, MmOp, AddmmOp, MatmulOp>(op)) {
    const bool isAddmm = isa<AddmmOp>(op), isMatmul = isa<MatmulOp>(op);
    const RankedTensorType left = type(isAddmm ? "mat1" : "self"),
                           right = type(isMatmul ? "other" : "mat2");
    Dims a = dimsOf(left), b = dimsOf(right);
    const size_t rank = isa<BmmOp>(op) ? 3 : 2;
    if (isMatmul ? a.empty() || b.empty()
                 : a.size() != rank || b.size() != rank)
      return fail("expected matrices");
    // A vector is a row on the left, a column on the right.
    const bool dropRow = a.size() == 1, dropColumn = b.size() == 1;
    if (dropRow)
      a.insert(a.begin(), Dim::fixed(1));
    if (dropColumn)
      b.push_back(Dim::fixed(1));
    if (!canBeEqual(a.back(), b[b.size() - 2]))
      return fail("expected as many rows on the right as columns on the left, "
                  "but got " +
                  Twine(b[b.size() - 2].size) + " and " + Twine(a.back().size));
    auto dims = broadcast(ArrayRef(a).drop_back(2), ArrayRef(b).drop_back(2));
    if (!dims)
      return std::nullopt;
    if (!dropRow)
      dims->push_back(a[a.size() - 2]);
    if (!dropColumn)
      dims->push_back(b.back());
    return one(*dims, left.getElementType());
  }
  if (isa<ScaledDotProductAttentionOp>(op)) {
    const RankedTensorType query = type("query"), key = type("key"),
                           value = type("value");
    if (query.getRank() < 2 || value.getRank() != query.getRank() ||
        key.getRank() != query.getRank())
      return fail("expected query, key and value of one rank, at least 2");
    Dims dims = dimsOf(query);
    if (!canBeEqual(dims.back(), dimsOf(key).back()))
      return fail("expected a key as wide as the query");
    dims.back() = dimsOf(value).back();
    return one(dims, query.getElementType());
  }
  if (isa<EmbeddingOp>(op)) {
    const RankedTensorType weight = type("weight");
    if (weight.getRank() != 2)
      return fail("expected a weight of rank 2, but got rank " +
                  Twine(weight.getRank()));
    Dims dims = dimsOf(type("indices"));
    dims.push_back(dimsOf(weight)[1]);
    return one(dims, weight.getElementType());
  }
  return std::nullopt;
}

std::optional<Types> ShapeRules::reduction(Type element) {
  const RankedTensorType self = type("self");
  const int64_t rank = self.getRank();
  llvm::SmallSet<int64_t, 8> reduced;
  for (int64_t dim : integers("dim")) {
    if (rank == 0 && (dim == 0 || dim == -1))
      continue;
    auto counted = dimension(dim, rank);
    if (!counted)
      return std::nullopt;
    reduced.insert(*counted);
  }
  const bool keepdim = op->getAttrOfType<BoolAttr>("keepdim").getValue();
  Dims dims;
  for (auto [dim, size] : llvm::enumerate(dimsOf(self))) {
    if (!integers("dim").empty() && !reduced.contains(dim))
      dims.push_back(size);
    else if (keepdim)
      dims.push_back(Dim::fixed(1));
  }
  return one(dims, element);
}

std::optional<Types> ShapeRules::normalizations() {
  if (isa<BatchNormOp, LayerNormOp, GroupNormOp>(op)) {
    const RankedTensorType input = type("input");
    const int64_t rank = input.getRank();
    if (isa<LayerNormOp>(op)) {
      ArrayRef<int64_t> shape = integers("normalized_shape");
      if (shape.empty() || int64_t(shape.size()) > rank)
        return fail("expected a normalized shape of at most rank " +
                    Twine(rank));
      for (auto [size, dim] :
           llvm::zip_equal(shape, input.getShape().take_back(shape.size())))
        if (!canBeEqual({size, size}, {dim, -1}))
          return fail("expected last dimensions of the normalized shape");
    } else if (rank < 2) {
      return fail("expected channels in dimension 1");
    }
    for (StringRef name : {"weight", "bias", "running_mean", "running_var"}) {
      RankedTensorType parameter = type(name);
      if (!parameter || isa<LayerNormOp>(op))
        continue;
      if (parameter.getRank() != 1 ||
          !canBeEqual(dimsOf(parameter)[0], dimsOf(input)[1]))
        return fail("expected one entry of '" + name + "' for each channel");
    }
    return one(dimsOf(input), input.getElementType());
  }
  if (isa<SoftmaxIntOp>(op)) {
    const RankedTensorType self = type("self");
    if (self.getRank() > 0 && !dimension(*integer("dim"), self.getRank()))
      return std::nullopt;
    return one(dimsOf(self), elementArgument(self.getElementType()));
  }
  if (isa<MeanOp>(op))
    return one({}, elementArgument(type("self").getElementType()));
  if (isa<MeanDimOp>(op))
    return reduction(elementArgument(type("self").getElementType()));
  if (isa<SumDimIntListOp>(op)) {
    Type element = type("self").getElementType();
    if (isa<IntegerType>(element))
      element = IntegerType::get(op->getContext(), 64);
    return reduction(elementArgument(element));
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Entry points
//===----------------------------------------------------------------------===//

std::optional<Types> ShapeRules::infer() {
  for (auto family :
       {&ShapeRules::elementwise, &ShapeRules::windows, &ShapeRules::products,
        &ShapeRules::normalizations, &ShapeRules::views, &ShapeRules::pieces,
        &ShapeRules::joins})
    if (auto types = (this->*family)(); types || !reason.empty())
      return types;
  return std::nullopt;
}

FailureOr<SmallVector<RankedTensorType>>
pt2e::aten::inferResultTypes(Operation *op, std::string *reason) {
  ShapeRules rules(op);
  auto types = rules.infer();
  if (types)
    return *types;
  if (reason)
    *reason = rules.reason;
  return failure();
}

FailureOr<RankedTensorType> pt2e::aten::inferResultType(Operation *op,
                                                        std::string *reason) {
  auto types = inferResultTypes(op, reason);
  if (failed(types) || types->size() != 1)
    return failure();
  return types->front();
}

bool pt2e::aten::agrees(RankedTensorType declared, RankedTensorType inferred) {
  return declared.getElementType() == inferred.getElementType() &&
         declared.getRank() == inferred.getRank() &&
         llvm::all_of(llvm::zip_equal(declared.getShape(), inferred.getShape()),
                      [](auto sizes) {
                        auto [a, b] = sizes;
                        return ShapedType::isDynamic(a) ||
                               ShapedType::isDynamic(b) || a == b;
                      });
}
