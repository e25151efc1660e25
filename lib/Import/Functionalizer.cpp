#include "Functionalizer.h"

#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Aten/Schema.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pt2e;

using Argument = aten::OperatorArgument;

//===----------------------------------------------------------------------===//
// Scattering a view's value back
//===----------------------------------------------------------------------===//

Value pt2e::reshapeLike(OpBuilder &builder, Location loc, Value value,
                        Value like) {
  auto type = cast<RankedTensorType>(like.getType());
  if (value.getType() == type)
    return value;
  SmallVector<int64_t> shape(type.getShape());
  SmallVector<Value> symbols;
  bool isFirst = true;
  for (auto [dim, size] : llvm::enumerate(shape)) {
    if (!ShapedType::isDynamic(size))
      continue;
    if (!isFirst)
      symbols.push_back(aten::SymSizeOp::create(
          builder, loc, builder.getI64Type(), like, int64_t(dim)));
    size = isFirst ? -1 : INT64_MIN;
    isFirst = false;
  }
  return aten::ReshapeOp::create(builder, loc, type, value, shape, symbols);
}

/// Kinds of view ops by how a write goes back through them.
enum class Inverse {
  None,
  Reshape,
  Transpose,
  Permute,
  Slice,
  Select,
  Diagonal,
  Strided,
  Split,
  SplitSizes,
  Chunk,
  Unbind,
  Identity
};

static Inverse inverseOf(StringRef schema) {
  return llvm::StringSwitch<Inverse>(schema)
      .Cases("aten::view", "aten::reshape", "aten::flatten.using_ints",
             "aten::unflatten.int", "aten::squeeze", "aten::squeeze.dim",
             "aten::squeeze.dims", "aten::unsqueeze", Inverse::Reshape)
      .Cases("aten::view_as", "aten::reshape_as", Inverse::Reshape)
      .Cases("aten::transpose.int", "aten::t", "aten::swapaxes",
             "aten::swapdims", Inverse::Transpose)
      .Case("aten::permute", Inverse::Permute)
      .Case("aten::slice.Tensor", Inverse::Slice)
      .Case("aten::select.int", Inverse::Select)
      .Case("aten::diagonal", Inverse::Diagonal)
      .Case("aten::as_strided", Inverse::Strided)
      .Case("aten::split.Tensor", Inverse::Split)
      .Case("aten::split_with_sizes", Inverse::SplitSizes)
      .Case("aten::chunk", Inverse::Chunk)
      .Case("aten::unbind.int", Inverse::Unbind)
      .Cases("aten::alias", "aten::detach", "aten::contiguous",
             "aten::to.dtype", "aten::to.device", "aten::to.dtype_layout",
             "aten::dropout", "aten::lift_fresh", Inverse::Identity)
      .Default(Inverse::None);
}

/// A dimension, counted from the front, or another number of a view op that has
/// been verified; none if it is computed at run time.
static std::optional<int64_t> integerArgument(Operation *op, StringRef name) {
  auto attribute =
      dyn_cast_or_null<IntegerAttr>(aten::attributeArgument(op, name));
  return attribute && attribute.getInt() != INT64_MIN
             ? std::optional(attribute.getInt())
             : std::nullopt;
}

/// The arguments of view op `op` except the viewed tensor, for the scatter op
/// that has the same.
static SmallVector<Argument> otherArguments(Operation *op) {
  SmallVector<Argument> arguments;
  const aten::Schema *schema = aten::lookupSchema(aten::schemaName(op));
  for (const aten::SchemaArgument &argument : schema->arguments)
    if (argument.kind != aten::SchemaArgument::Kind::Tensor)
      arguments.push_back(
          {argument.name, {}, aten::attributeArgument(op, argument.name), {}});
  // The same order here and there.
  if (!arguments.empty())
    llvm::append_range(arguments.back().symbols, aten::symbolOperands(op));
  return arguments;
}

/// What `parent` becomes when `result` of the view op `op` on it becomes
/// `value`. Null if the op cannot be written through.
static Value writeBack(OpBuilder &builder, Location loc, ViewStep step,
                       Value parent, Value value) {
  Operation *op = step.op;
  const auto scatter = [&](StringRef name,
                           SmallVector<Argument> arguments) -> Value {
    arguments.push_back({"self", {parent}, {}, {}});
    arguments.push_back({"src", {value}, {}, {}});
    Operation *made =
        aten::createOperator(builder, loc, name, arguments, parent.getType());
    return made ? made->getResult(0) : Value();
  };
  const auto number = [&](int64_t value) -> Attribute {
    return builder.getI64IntegerAttr(value);
  };
  const std::optional<int64_t> dim = integerArgument(op, "dim");
  const auto scatterSlice = [&](int64_t start, int64_t size) -> Value {
    if (!dim)
      return {};
    return scatter("aten::slice_scatter",
                   {{"dim", {}, number(*dim), {}},
                    {"start", {}, number(start), {}},
                    {"end", {}, number(start + size), {}}});
  };
  switch (inverseOf(aten::schemaName(op))) {
  case Inverse::None:
    // Views that change nothing can always be written through.
    return value.getType() == parent.getType() ? value : Value();
  case Inverse::Identity:
    return value;
  case Inverse::Reshape:
    return reshapeLike(builder, loc, value, parent);
  case Inverse::Transpose: {
    SmallVector<Argument> arguments = otherArguments(op);
    arguments.push_back({"self", {value}, {}, {}});
    Operation *made = aten::createOperator(builder, loc, aten::schemaName(op),
                                           arguments, parent.getType());
    return made ? made->getResult(0) : Value();
  }
  case Inverse::Permute: {
    auto dims = cast<DenseI64ArrayAttr>(aten::attributeArgument(op, "dims"));
    SmallVector<int64_t> inverse(dims.size());
    for (auto [to, from] : llvm::enumerate(dims.asArrayRef()))
      inverse[from < 0 ? from + dims.size() : from] = to;
    return aten::PermuteOp::create(builder, loc, parent.getType(), value,
                                   inverse);
  }
  case Inverse::Slice:
    return scatter("aten::slice_scatter", otherArguments(op));
  case Inverse::Select:
    return scatter("aten::select_scatter", otherArguments(op));
  case Inverse::Diagonal:
    return scatter("aten::diagonal_scatter", otherArguments(op));
  case Inverse::Strided:
    return scatter("aten::as_strided_scatter", otherArguments(op));
  case Inverse::Split: {
    const auto size = integerArgument(op, "split_size");
    int64_t start;
    if (!size || llvm::MulOverflow<int64_t>(step.result, *size, start))
      return {};
    return scatterSlice(start, *size);
  }
  case Inverse::SplitSizes: {
    auto sizes = dyn_cast_or_null<DenseI64ArrayAttr>(
        aten::attributeArgument(op, "split_sizes"));
    if (!sizes || llvm::is_contained(sizes.asArrayRef(), INT64_MIN) ||
        step.result >= sizes.size())
      return {};
    int64_t start = 0;
    for (int64_t size : sizes.asArrayRef().take_front(step.result))
      start += size;
    return scatterSlice(start, sizes[step.result]);
  }
  case Inverse::Chunk: {
    auto type = cast<RankedTensorType>(parent.getType());
    const auto chunks = integerArgument(op, "chunks");
    const int64_t axis =
        dim && *dim < 0 ? *dim + type.getRank() : dim.value_or(0);
    if (!dim || !chunks || *chunks <= 0 || type.isDynamicDim(axis))
      return {};
    const int64_t size = (type.getDimSize(axis) + *chunks - 1) / *chunks;
    return scatterSlice(step.result * size, size);
  }
  case Inverse::Unbind:
    if (!dim)
      return {};
    return scatter("aten::select_scatter",
                   {{"dim", {}, number(*dim), {}},
                    {"index", {}, number(step.result), {}}});
  }
  return {};
}

//===----------------------------------------------------------------------===//
// Functionalizer
//===----------------------------------------------------------------------===//

TensorObject *Functionalizer::create(Value value, AliasedStorage::Kind kind,
                                     StringRef name) {
  AliasedStorage &storage = storages.emplace_back();
  storage.kind = kind;
  storage.name = name.str();
  storage.value = value;
  TensorObject &object = objects.emplace_back();
  object.storage = &storage;
  object.value = value;
  return &object;
}

TensorObject *Functionalizer::createView(const TensorObject &base,
                                         Operation *op, unsigned result) {
  TensorObject &object = objects.emplace_back(base);
  object.steps.push_back({op, result});
  object.value = op->getResult(result);
  object.generation = base.storage->generation;
  return &object;
}

void Functionalizer::changeView(TensorObject &base, Operation *op) {
  base.steps.push_back({op, 0});
  base.value = op->getResult(0);
  base.generation = base.storage->generation;
}

SmallVector<Value> Functionalizer::replay(OpBuilder &builder,
                                          const TensorObject &object) {
  SmallVector<Value> values{object.storage->value};
  for (const ViewStep &step : object.steps) {
    // Nothing changed: the op that is there already.
    if (step.op->getOperand(0) == values.back()) {
      values.push_back(step.op->getResult(step.result));
      continue;
    }
    Operation *again = builder.clone(*step.op);
    again->setOperand(0, values.back());
    values.push_back(again->getResult(step.result));
  }
  return values;
}

Value Functionalizer::read(OpBuilder &builder, TensorObject &object) {
  if (object.generation != object.storage->generation) {
    object.value = replay(builder, object).back();
    object.generation = object.storage->generation;
  }
  return object.value;
}

LogicalResult Functionalizer::write(OpBuilder &builder, Location loc,
                                    TensorObject &object, Value value) {
  AliasedStorage &storage = *object.storage;
  if (!storage.uncertainty.empty())
    return emitError(loc) << "expected a write with known effect, but got one "
                             "in "
                          << aten::describe(loc) << " to memory of which "
                          << storage.uncertainty;
  if (storage.kind == AliasedStorage::Kind::NestedOperand)
    return emitError(loc) << "expected a functional graph, but got a write to "
                             "the operand '"
                          << storage.name << "' of a nested graph in "
                          << aten::describe(loc);
  const SmallVector<Value> parents = replay(builder, object);
  Value updated = value;
  for (size_t i = object.steps.size(); i-- > 0;) {
    updated = writeBack(builder, loc, object.steps[i], parents[i], updated);
    if (!updated)
      return emitError(loc)
             << "expected a view that can be written through, but got "
             << aten::schemaName(object.steps[i].op) << " before the write in "
             << aten::describe(loc);
  }
  storage.value = updated;
  object.value = value;
  object.generation = ++storage.generation;
  return success();
}
