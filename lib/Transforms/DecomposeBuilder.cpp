#include "Decompose.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Provenance.h"

using namespace mlir;
using namespace pt2e;
using decompose::AtenBuilder;

int64_t AtenBuilder::integer(StringRef name, int64_t otherwise) const {
  auto attribute = dyn_cast_or_null<IntegerAttr>(this->attribute(name));
  if (!attribute)
    return otherwise;
  return attribute.getType().isInteger(1) ? attribute.getValue().getZExtValue()
                                          : attribute.getInt();
}

double AtenBuilder::number(StringRef name, double otherwise) const {
  Attribute attribute = this->attribute(name);
  if (auto real = dyn_cast_or_null<FloatAttr>(attribute))
    return real.getValueAsDouble();
  auto integer = dyn_cast_or_null<IntegerAttr>(attribute);
  return integer ? static_cast<double>(integer.getInt()) : otherwise;
}

SmallVector<int64_t> AtenBuilder::integers(StringRef name, size_t count,
                                           int64_t otherwise) const {
  auto list = dyn_cast_or_null<DenseI64ArrayAttr>(attribute(name));
  if (!list)
    return SmallVector<int64_t>(count, integer(name, otherwise));
  if (list.size() == static_cast<int64_t>(count))
    return SmallVector<int64_t>(list.asArrayRef());
  return SmallVector<int64_t>(count, list.empty() ? otherwise : list[0]);
}

ValueRange AtenBuilder::build(StringRef name,
                              ArrayRef<aten::OperatorArgument> arguments,
                              TypeRange types) {
  Operation *made = aten::createOperator(builder, loc, name, arguments, types);
  assert(made && "an operator of the schema table with its arguments");
  return made->getResults();
}

aten::OperatorArgument AtenBuilder::same(StringRef name) const {
  return {name.str(),
          llvm::to_vector_of<Value>(tensors(name)),
          attribute(name),
          {}};
}

Value AtenBuilder::unary(StringRef name, Value value) {
  return build(name, {argument("self", value)}, decompose::tensorType(value));
}

/// The type of an elementwise op on two tensors of one element type.
static RankedTensorType broadcast(RankedTensorType lhs, RankedTensorType rhs) {
  if (lhs.getRank() < rhs.getRank())
    std::swap(lhs, rhs);
  SmallVector<int64_t> sizes(lhs.getShape()), bounds(aten::upperBounds(lhs));
  const SmallVector<int64_t> other = aten::upperBounds(rhs);
  const int64_t added = lhs.getRank() - rhs.getRank();
  for (int64_t dim = 0; dim < rhs.getRank(); ++dim)
    if (sizes[dim + added] == 1) {
      sizes[dim + added] = rhs.getDimSize(dim);
      bounds[dim + added] = other[dim];
    }
  return aten::boundedTensor(sizes, lhs.getElementType(), bounds);
}

Value AtenBuilder::binary(StringRef name, Value lhs, Value rhs) {
  return build(
      name, {argument("self", lhs), argument("other", rhs)},
      broadcast(decompose::tensorType(lhs), decompose::tensorType(rhs)));
}

Value AtenBuilder::scalar(StringRef name, Value value, double number) {
  return build(name,
               {argument("self", value),
                argument("other", builder.getF64FloatAttr(number))},
               decompose::tensorType(value));
}

Value AtenBuilder::clamp(Value value, std::optional<double> min,
                         std::optional<double> max) {
  SmallVector<aten::OperatorArgument> arguments{argument("self", value)};
  if (min)
    arguments.push_back(argument("min", builder.getF64FloatAttr(*min)));
  if (max)
    arguments.push_back(argument("max", builder.getF64FloatAttr(*max)));
  return build("aten::clamp", arguments, decompose::tensorType(value));
}

Value AtenBuilder::compare(StringRef name, Value value, double number) {
  RankedTensorType type = decompose::tensorType(value);
  return build(name,
               {argument("self", value),
                argument("other", builder.getF64FloatAttr(number))},
               aten::boundedTensor(type.getShape(), builder.getI1Type(),
                                   aten::upperBounds(type)));
}

Value AtenBuilder::where(Value condition, Value yes, Value no) {
  return build(
      "aten::where.self",
      {argument("condition", condition), argument("self", yes),
       argument("other", no)},
      broadcast(decompose::tensorType(yes), decompose::tensorType(no)));
}

Value AtenBuilder::reduce(StringRef name, Value value, ArrayRef<int64_t> dims) {
  RankedTensorType type = decompose::tensorType(value);
  for (int64_t dim : dims)
    type = withSize(type, dim, 1);
  return build(name,
               {argument("self", value),
                argument("dim", builder.getDenseI64ArrayAttr(dims)),
                argument("keepdim", builder.getBoolAttr(true))},
               type);
}

Value AtenBuilder::linear(Value input, Value weight, Value bias) {
  RankedTensorType type = decompose::tensorType(input);
  SmallVector<aten::OperatorArgument> arguments{argument("input", input),
                                                argument("weight", weight)};
  if (bias)
    arguments.push_back(argument("bias", bias));
  return build("aten::linear", arguments,
               withSize(type, type.getRank() - 1,
                        decompose::tensorType(weight).getDimSize(0)));
}

Value AtenBuilder::matmul(Value lhs, Value rhs) {
  RankedTensorType left = decompose::tensorType(lhs);
  RankedTensorType right = decompose::tensorType(rhs);
  const int64_t rank = left.getRank();
  // Batch dimensions broadcast; the last is that of the right-hand side.
  auto batch = [](RankedTensorType type) {
    const SmallVector<int64_t> bounds = aten::upperBounds(type);
    return aten::boundedTensor(type.getShape().drop_back(2),
                               type.getElementType(),
                               ArrayRef<int64_t>(bounds).drop_back(2));
  };
  RankedTensorType batches = broadcast(batch(left), batch(right));
  SmallVector<int64_t> sizes(batches.getShape());
  SmallVector<int64_t> bounds(aten::upperBounds(batches));
  sizes.append({left.getDimSize(rank - 2), right.getShape().back()});
  bounds.append(
      {aten::upperBounds(left)[rank - 2], aten::upperBounds(right).back()});
  return build("aten::matmul", {argument("self", lhs), argument("other", rhs)},
               aten::boundedTensor(sizes, left.getElementType(), bounds));
}

Value AtenBuilder::softmax(Value value, int64_t dim) {
  return build("aten::softmax.int",
               {argument("self", value),
                argument("dim", builder.getI64IntegerAttr(dim))},
               decompose::tensorType(value));
}

Value AtenBuilder::slice(Value value, int64_t dim, int64_t start, int64_t end,
                         int64_t step) {
  return build("aten::slice.Tensor",
               {argument("self", value),
                argument("dim", builder.getI64IntegerAttr(dim)),
                argument("start", builder.getI64IntegerAttr(start)),
                argument("end", builder.getI64IntegerAttr(end)),
                argument("step", builder.getI64IntegerAttr(step))},
               withSize(decompose::tensorType(value), dim,
                        llvm::divideCeil(end - start, step)));
}

Value AtenBuilder::select(Value value, int64_t dim, int64_t index) {
  RankedTensorType type = decompose::tensorType(value);
  SmallVector<int64_t> sizes(type.getShape()), bounds(aten::upperBounds(type));
  sizes.erase(sizes.begin() + dim);
  bounds.erase(bounds.begin() + dim);
  return build("aten::select.int",
               {argument("self", value),
                argument("dim", builder.getI64IntegerAttr(dim)),
                argument("index", builder.getI64IntegerAttr(index))},
               aten::boundedTensor(sizes, type.getElementType(), bounds));
}

Value AtenBuilder::unsqueeze(Value value, int64_t dim) {
  RankedTensorType type = decompose::tensorType(value);
  SmallVector<int64_t> sizes(type.getShape()), bounds(aten::upperBounds(type));
  sizes.insert(sizes.begin() + dim, 1);
  bounds.insert(bounds.begin() + dim, 1);
  return build("aten::unsqueeze",
               {argument("self", value),
                argument("dim", builder.getI64IntegerAttr(dim))},
               aten::boundedTensor(sizes, type.getElementType(), bounds));
}

Value AtenBuilder::cat(ArrayRef<Value> values, int64_t dim) {
  RankedTensorType type = decompose::tensorType(values.front());
  int64_t total = 0;
  for (Value value : values)
    total += decompose::tensorType(value).getDimSize(dim);
  return build("aten::cat",
               {argument("tensors", values),
                argument("dim", builder.getI64IntegerAttr(dim))},
               withSize(type, dim, total));
}

Value AtenBuilder::permute(Value value, ArrayRef<int64_t> dims) {
  RankedTensorType type = decompose::tensorType(value);
  const SmallVector<int64_t> from = aten::upperBounds(type);
  SmallVector<int64_t> sizes, bounds;
  for (int64_t dim : dims) {
    sizes.push_back(type.getDimSize(dim));
    bounds.push_back(from[dim]);
  }
  return build("aten::permute",
               {argument("self", value),
                argument("dims", builder.getDenseI64ArrayAttr(dims))},
               aten::boundedTensor(sizes, type.getElementType(), bounds));
}

Value AtenBuilder::transpose(Value value, int64_t dim0, int64_t dim1) {
  SmallVector<int64_t> dims = llvm::to_vector(
      llvm::seq<int64_t>(decompose::tensorType(value).getRank()));
  std::swap(dims[dim0], dims[dim1]);
  return permute(value, dims);
}

Value AtenBuilder::view(Value value, RankedTensorType type) {
  if (auto parameter = value.getDefiningOp<aten::ParameterOp>())
    return aten::ParameterOp::create(
        builder, parameter.getLoc(), parameter.getName(),
        aten::reshapeConstant(parameter.getValue(), type.getShape()));
  SmallVector<int64_t> sizes(type.getShape());
  if (llvm::count_if(sizes, ShapedType::isDynamic) > 1)
    return {};
  for (int64_t &size : sizes)
    size = ShapedType::isDynamic(size) ? -1 : size;
  return build("aten::view",
               {argument("self", value),
                argument("size", builder.getDenseI64ArrayAttr(sizes))},
               type);
}

Value AtenBuilder::regroup(Value value, int64_t first, int64_t count,
                           ArrayRef<int64_t> sizes) {
  RankedTensorType type = decompose::tensorType(value);
  const SmallVector<int64_t> from = aten::upperBounds(type);
  SmallVector<int64_t> shape(type.getShape()), bounds(from);
  shape.erase(shape.begin() + first, shape.begin() + first + count);
  bounds.erase(bounds.begin() + first, bounds.begin() + first + count);
  shape.insert(shape.begin() + first, sizes.begin(), sizes.end());
  bounds.insert(bounds.begin() + first, sizes.begin(), sizes.end());
  // One size that is not known has the bound of what it is taken from.
  int64_t all = 1;
  for (int64_t bound : ArrayRef(from).slice(first, count))
    all *= bound;
  for (int64_t size : sizes)
    all /= ShapedType::isDynamic(size) ? 1 : size;
  for (size_t i = 0; i < sizes.size(); ++i)
    if (ShapedType::isDynamic(sizes[i]))
      bounds[first + i] = all;
  return view(value, aten::boundedTensor(shape, type.getElementType(), bounds));
}

Value AtenBuilder::expand(Value value, RankedTensorType type) {
  if (!type.hasStaticShape())
    return {};
  return build(
      "aten::expand",
      {argument("self", value),
       argument("size", builder.getDenseI64ArrayAttr(type.getShape()))},
      type);
}

template <typename T>
static Value makeConstant(AtenBuilder &to, Type element, ArrayRef<T> numbers,
                          ArrayRef<int64_t> shape, StringRef name) {
  const std::string full = (aten::exportedName(to.loc) + "." + name).str();
  return aten::ParameterOp::create(
      to.builder, to.loc, full,
      aten::makeConstant(RankedTensorType::get(shape, element), numbers, full));
}

Value AtenBuilder::constant(ArrayRef<float> numbers, ArrayRef<int64_t> shape,
                            StringRef name) {
  return makeConstant(*this, builder.getF32Type(), numbers, shape, name);
}

Value AtenBuilder::integerConstant(ArrayRef<int64_t> numbers,
                                   ArrayRef<int64_t> shape, StringRef name) {
  return makeConstant(*this, builder.getI64Type(), numbers, shape, name);
}

bool AtenBuilder::replace(ValueRange values) {
  if (llvm::any_of(values, [](Value value) { return !value; }))
    return false;
  op->replaceAllUsesWith(values);
  op->erase();
  return true;
}

RankedTensorType decompose::withSize(RankedTensorType type, int64_t dim,
                                     int64_t size) {
  SmallVector<int64_t> sizes(type.getShape()), bounds(aten::upperBounds(type));
  sizes[dim] = bounds[dim] = size;
  return aten::boundedTensor(sizes, type.getElementType(), bounds);
}
