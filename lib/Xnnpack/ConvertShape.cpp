//===- ConvertShape.cpp - Data movement to xnn ----------------------------===//

#include "Lowering.h"
#include "Weights.h"
#include "dialects/Aten/Schema.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::xnn;

/// The operand of an op that keeps every element, on the grid of the result.
static Value movedInput(Conversion &conversion, Value tensor) {
  Value value = conversion.input(tensor);
  return value ? conversion.onResultGrid(value) : value;
}

template <typename Op>
static Value convertReshape(Conversion &conversion, Op op) {
  Value value = movedInput(conversion, op.getSelf());
  return value ? conversion.reshapeTo(value, tensorType(op.getResult()))
               : value;
}

template <typename Op>
static Value convertIdentity(Conversion &conversion, Op op) {
  return movedInput(conversion, op->getOperand(0));
}

/// Nothing, or to f16 and back: the numbers that f16 has.
static Value convertToDtype(Conversion &conversion, aten::ToDtypeOp op) {
  if (op.getSelf().getType() == op.getResult().getType())
    return movedInput(conversion, op.getSelf());
  auto narrow = op.getSelf().getDefiningOp<aten::ToDtypeOp>();
  if (conversion.inCodes() || !narrow ||
      !tensorType(narrow).getElementType().isF16() ||
      !tensorType(narrow.getSelf()).getElementType().isF32())
    return conversion.refuse("expected f32 that was cast to f16");
  Value input = conversion.input(narrow.getSelf());
  if (!input)
    return {};
  OpBuilder &builder = conversion.builder;
  Value half = ConvertOp::create(
      builder, conversion.loc,
      ValueType::get(builder.getContext(), Datatype::F16, shapeOf(input)),
      input);
  return ConvertOp::create(builder, conversion.loc, conversion.resultType(),
                           half);
}

static Value convertDropout(Conversion &conversion, aten::DropoutOp op) {
  if (op.getTrain())
    return conversion.refuse("dropout in training");
  return movedInput(conversion, op.getInput());
}

static Value convertPermute(Conversion &conversion, aten::PermuteOp op) {
  Value value = movedInput(conversion, op.getSelf());
  if (!value)
    return {};
  const int64_t rank = shapeOf(value).size();
  SmallVector<int64_t> perm;
  for (int64_t dim : op.getDims())
    perm.push_back(wrapDim(dim, rank));
  return conversion.transpose(value, perm);
}

static Value swapDims(Conversion &conversion, Value tensor, int64_t dim0,
                      int64_t dim1) {
  Value value = movedInput(conversion, tensor);
  if (!value)
    return {};
  const int64_t rank = shapeOf(value).size();
  if (rank < 2)
    return value;
  SmallVector<int64_t> perm = llvm::to_vector(llvm::seq<int64_t>(rank));
  std::swap(perm[wrapDim(dim0, rank)], perm[wrapDim(dim1, rank)]);
  return conversion.transpose(value, perm);
}

static Value convertTranspose(Conversion &conversion, aten::TransposeIntOp op) {
  return swapDims(conversion, op.getSelf(), op.getDim0(), op.getDim1());
}

static Value convertT(Conversion &conversion, aten::TOp op) {
  return swapDims(conversion, op.getSelf(), 0, 1);
}

/// `size` elements from `offset` on along `dim`; the others whole.
static Value sliceDim(Conversion &conversion, Value value,
                      ArrayRef<int64_t> sizes, int64_t dim, int64_t offset,
                      int64_t size) {
  auto type = cast<ValueType>(value.getType());
  SmallVector<int64_t> offsets(sizes.size(), 0), taken(sizes);
  SmallVector<int64_t> shape(type.getShape());
  for (int64_t &each : taken)
    if (ShapedType::isDynamic(each))
      each = 0; // to the end
  offsets[dim] = offset;
  taken[dim] = shape[dim] = size;
  return SliceOp::create(conversion.builder, conversion.loc,
                         type.withShape(shape), value, offsets, taken);
}

static Value convertSlice(Conversion &conversion, aten::SliceTensorOp op) {
  RankedTensorType type = tensorType(op.getSelf());
  const int64_t dim = wrapDim(op.getDim(), type.getRank());
  if (!op.getSymbols().empty())
    return conversion.refuse("limits that run time computes");
  const int64_t step = op.getStep();
  int64_t start = op.getStart().value_or(0);
  if (type.isDynamicDim(dim)) {
    const int64_t end =
        op.getEnd().value_or(std::numeric_limits<int64_t>::max());
    if (start == 0 && step == 1 && end >= aten::upperBounds(type)[dim])
      return movedInput(conversion, op.getSelf());
    return conversion.refuse("a slice of a dynamic dimension");
  }
  const int64_t size = type.getDimSize(dim);
  start = std::clamp<int64_t>(start < 0 ? start + size : start, 0, size);
  const int64_t count = tensorType(op.getResult()).getDimSize(dim);
  if (ShapedType::isDynamic(count))
    return conversion.refuse("a result of dynamic size");
  if (step != 1 && start + count * step > size)
    return conversion.refuse("a last step that reaches over the end");
  Value value = movedInput(conversion, op.getSelf());
  if (!value || (count == size && step == 1))
    return value;
  if (start != 0 || count * step != size)
    value =
        sliceDim(conversion, value, type.getShape(), dim, start, count * step);
  if (step == 1)
    return value;
  // The first of every `step`, as a dimension of its own.
  SmallVector<int64_t> sizes(type.getShape()), bounds(shapeOf(value));
  sizes[dim] = bounds[dim] = count;
  sizes.insert(sizes.begin() + dim + 1, step);
  bounds.insert(bounds.begin() + dim + 1, step);
  if (bounds.size() > 6)
    return conversion.refuse("more than 6 dimensions");
  value = conversion.reshape(value, sizes, bounds);
  if (!value)
    return {};
  value = sliceDim(conversion, value, sizes, dim + 1, 0, 1);
  return conversion.reshapeTo(value, tensorType(op.getResult()));
}

static Value convertSelect(Conversion &conversion, aten::SelectIntOp op) {
  RankedTensorType type = tensorType(op.getSelf());
  const int64_t dim = wrapDim(op.getDim(), type.getRank());
  if (!op.getSymbols().empty())
    return conversion.refuse("an index that run time computes");
  if (type.isDynamicDim(dim))
    return conversion.refuse("an index into a dynamic dimension");
  Value value = movedInput(conversion, op.getSelf());
  if (!value)
    return {};
  if (type.getDimSize(dim) != 1)
    value = sliceDim(conversion, value, type.getShape(), dim,
                     wrapDim(op.getIndex(), type.getDimSize(dim)), 1);
  return conversion.reshapeTo(value, tensorType(op.getResult()));
}

static Value convertCat(Conversion &conversion, aten::CatOp op) {
  SmallVector<Value> pieces;
  for (Value tensor : op.getTensors())
    if (Value value = movedInput(conversion, tensor))
      pieces.push_back(value);
    else
      return {};
  const int64_t rank = tensorType(op.getResult()).getRank();
  const int64_t axis = wrapDim(op.getDim(), rank);
  // A node takes at most five: join them in groups until one is left.
  while (pieces.size() > 1) {
    SmallVector<Value> joined;
    for (ArrayRef<Value> rest(pieces); !rest.empty();) {
      const ArrayRef<Value> group = rest.take_front(5);
      rest = rest.drop_front(group.size());
      if (group.size() == 1) {
        joined.push_back(group.front());
        continue;
      }
      SmallVector<int64_t> shape(shapeOf(group.front()));
      shape[axis] = 0;
      for (Value piece : group)
        shape[axis] += shapeOf(piece)[axis];
      joined.push_back(ConcatenateOp::create(conversion.builder, conversion.loc,
                                             conversion.resultType(shape),
                                             group, axis));
    }
    pieces = std::move(joined);
  }
  return pieces.empty() ? conversion.refuse("expected a tensor")
                        : pieces.front();
}

static Value convertExpand(Conversion &conversion, aten::ExpandOp op) {
  RankedTensorType from = tensorType(op.getSelf());
  RankedTensorType to = tensorType(op.getResult());
  if (from == to)
    return movedInput(conversion, op.getSelf());
  if (conversion.inCodes())
    return conversion.refuse("no expand on codes");
  const int64_t added = to.getRank() - from.getRank();
  SmallVector<int64_t> ones(to.getRank(), 1);
  for (int64_t dim = 0; dim < to.getRank(); ++dim) {
    if (dim >= added && from.getDimSize(dim - added) == to.getDimSize(dim))
      continue;
    if (to.isDynamicDim(dim))
      return conversion.refuse("an expansion that run time decides");
    ones[dim] = to.getDimSize(dim);
  }
  Value value = conversion.input(op.getSelf());
  if (!value)
    return {};
  // Times one, broadcast.
  const std::vector<float> numbers(
      RankedTensorType::get(ones, from.getElementType()).getNumElements(), 1);
  return conversion.binary(BinaryKind::Multiply, value,
                           conversion.constant(numbers, ones, "ones"),
                           conversion.resultType());
}

/// `pad` lists pairs from the last dimension.
static Value padConstant(Conversion &conversion, Value tensor,
                         ArrayRef<int64_t> pad, double number) {
  const int64_t rank = tensorType(tensor).getRank();
  SmallVector<int64_t> pre(rank, 0), post(rank, 0);
  for (size_t i = 0; i + 1 < pad.size(); i += 2) {
    pre[rank - 1 - i / 2] = pad[i];
    post[rank - 1 - i / 2] = pad[i + 1];
  }
  if (llvm::any_of(pad, [](int64_t size) { return size < 0; }))
    return conversion.refuse("expected no negative padding");
  Value value = movedInput(conversion, tensor);
  if (!value)
    return {};
  OpBuilder &builder = conversion.builder;
  return PadOp::create(builder, conversion.loc, conversion.resultType(), value,
                       builder.getDenseI64ArrayAttr(pre),
                       builder.getDenseI64ArrayAttr(post),
                       builder.getF32FloatAttr(number));
}

static Value convertPad(Conversion &conversion, aten::PadOp op) {
  if (op.getMode() != "constant" || !op.getSymbols().empty())
    return conversion.refuse("expected constant padding of known sizes");
  return padConstant(conversion, op.getSelf(), op.getPad(),
                     op.getValue() ? op.getValue()->convertToDouble() : 0);
}

static Value convertConstantPad(Conversion &conversion,
                                aten::ConstantPadNdOp op) {
  if (!op.getSymbols().empty())
    return conversion.refuse("expected constant padding of known sizes");
  return padConstant(conversion, op.getSelf(), op.getPad(),
                     toDouble(op.getValue()));
}

void pt2e::xnn::addShape(Converters &converters) {
  converters.add(convertReshape<aten::ViewOp>);
  converters.add(convertReshape<aten::ReshapeOp>);
  converters.add(convertReshape<aten::FlattenUsingIntsOp>);
  converters.add(convertReshape<aten::UnflattenIntOp>);
  converters.add(convertReshape<aten::SqueezeOp>);
  converters.add(convertReshape<aten::SqueezeDimOp>);
  converters.add(convertReshape<aten::SqueezeDimsOp>);
  converters.add(convertReshape<aten::UnsqueezeOp>);
  converters.add(convertIdentity<aten::ContiguousOp>);
  converters.add(convertIdentity<aten::CloneOp>);
  converters.add(convertToDtype);
  converters.add(convertDropout);
  converters.add(convertPermute);
  converters.add(convertTranspose);
  converters.add(convertT);
  converters.add(convertSlice);
  converters.add(convertSelect);
  converters.add(convertCat);
  converters.add(convertExpand);
  converters.add(convertPad);
  converters.add(convertConstantPad);
}
