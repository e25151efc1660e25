//===- AssignLayout.cpp - Where layouts change ----------------------------===//

#include "MinCut.h"
#include "Moves.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Aten/Remarks.h"
#include "dialects/Pt2e/Pt2e.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "pt2e/Xnnpack/Passes.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

namespace pt2e {
#define GEN_PASS_DEF_XNNASSIGNLAYOUTPASS
#include "pt2e/Xnnpack/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using namespace pt2e::xnn;

namespace {
/// The two layouts of an image, by the order of its dimensions in memory.
enum class Layout : uint8_t { Nchw, Nhwc };

/// An image, whatever its layout: a value and what layout transposes make of
/// it.
struct Image {
  Value root; ///< made by an op or entering
  SmallVector<Value> values;
  /// Variable of the op that makes it, or the source or sink of the cut.
  int producer;
  /// The same of those who use it; none of those who take either layout.
  SmallVector<int> consumers;
  /// The layouts are the same in memory: one is a reshape of the other.
  bool isUnit = false;
  bool isConstant = false;

  Layout rootLayout; ///< the layout that `root` has in the end
  Value other;       ///< its transposed form, once it is needed
};

class LayoutAssignment {
public:
  explicit LayoutAssignment(func::FuncOp function)
      : body(function.getBody().front()) {}
  void run();

private:
  void findLayouts();
  void give(Value value, Layout layout, Operation *cause);
  void spread(Operation *op);

  void findImages();
  void addImage(Value root);
  bool isFree(Operation *op) const { return variables.count(op); }
  /// The node of the layout in which `op` makes or takes `value`.
  int producerLabel(Operation *op, Value value) const;
  int consumerLabel(Operation *op, Value value) const;
  int writtenLabel(Value value) const {
    return layouts.lookup(value) == Layout::Nchw ? MinCut::kSource
                                                 : MinCut::kSink;
  }

  void solve();
  Layout chosen(Operation *op) const;

  void rewrite();
  void relabel(Operation *op);
  Value inLayout(Value value, Layout layout);

  Block &body;
  /// The layout that each value of an image has in the program as it stands.
  DenseMap<Value, Layout> layouts;
  /// Ops where two meanings of a value meet: they stay as they are.
  DenseSet<Operation *> barriers;
  SmallVector<Value> worklist;

  std::vector<Image> images;
  DenseMap<Value, size_t> imageOf;
  /// Ops that run in either layout, and their nodes in the cut. On the source's
  /// side is NCHW.
  DenseMap<Operation *, int> variables;
  MinCut cut;
};
} // namespace

static ValueType valueType(Value value) {
  return dyn_cast<ValueType>(value.getType());
}

static bool isImage(Value value) {
  ValueType type = valueType(value);
  return type && type.getRank() == 4;
}

/// The layout change of a transpose: the layout of its output.
static std::optional<Layout> layoutChange(Operation *op) {
  auto transpose = dyn_cast<TransposeOp>(op);
  if (!transpose)
    return {};
  if (transpose.getPerm() == ArrayRef(kToNhwc))
    return Layout::Nhwc;
  if (transpose.getPerm() == ArrayRef(kToNchw))
    return Layout::Nchw;
  return {};
}

static Layout opposite(Layout layout) {
  return layout == Layout::Nchw ? Layout::Nhwc : Layout::Nchw;
}

static ArrayRef<int64_t> permTo(Layout layout) {
  return layout == Layout::Nhwc ? ArrayRef(kToNhwc) : ArrayRef(kToNchw);
}

/// Ops that XNNPACK defines for NHWC alone.
static bool needsNhwc(Operation *op) {
  return isa<Conv2dOp, DepthwiseConv2dOp, ConvTranspose2dOp, MaxPooling2dOp,
             AveragePooling2dOp, GlobalAveragePooling2dOp, ResizeBilinearOp>(
      op);
}

/// A value that leaves, is observed as one whole, and enters again. The
/// observers of channels know them by their axis.
static bool isPassedObserver(LeaveOp leave) {
  if (!leave->hasOneUse())
    return false;
  auto observe = dyn_cast<ObserveOp>(*leave->user_begin());
  if (!observe || observe->use_empty())
    return false;
  auto site = SymbolTable::lookupNearestSymbolFrom<SiteOp>(
      observe, observe.getSiteAttr());
  auto spec = site ? dyn_cast<SpecAttr>(site.getSpec()) : SpecAttr();
  if (!spec || spec.getAxis() >= 0)
    return false;
  return llvm::all_of(observe->getUsers(), [&](Operation *user) {
    auto enter = dyn_cast<EnterOp>(user);
    return enter && enter.getType() == leave.getInput().getType();
  });
}

static ObserveOp observerOf(LeaveOp leave) {
  return cast<ObserveOp>(*leave->user_begin());
}

/// The images that an op takes and makes; an observer stands at its leave.
static SmallVector<Value> inputsOf(Operation *op) {
  SmallVector<Value> inputs;
  for (Value operand : op->getOperands())
    if (isImage(operand) && !operand.getDefiningOp<ConstantOp>())
      inputs.push_back(operand);
  // Weights are no images.
  if (needsNhwc(op))
    inputs.assign(1, op->getOperand(0));
  return inputs;
}

static SmallVector<Value> outputsOf(Operation *op) {
  SmallVector<Value> outputs;
  if (auto leave = dyn_cast<LeaveOp>(op)) {
    if (isPassedObserver(leave))
      for (Operation *user : observerOf(leave)->getUsers())
        outputs.push_back(user->getResult(0));
    return outputs;
  }
  for (Value result : op->getResults())
    if (isImage(result))
      outputs.push_back(result);
  return outputs;
}

/// Ops that mean the same in either layout once their attributes follow.
static bool takesEither(Operation *op) {
  if (auto leave = dyn_cast<LeaveOp>(op))
    return isImage(leave.getInput()) && isPassedObserver(leave);
  if (!isa<UnaryElementwiseOp, BinaryElementwiseOp, ClampOp, LeakyReLUOp, ELUOp,
           ConvertOp, ConcatenateOp, PadOp, SliceOp>(op) ||
      !isImage(op->getResult(0)))
    return false;
  // Quantized row by row: the last dimension counts.
  if (valueType(op->getResult(0)).getDatatype() == Datatype::QDInt8)
    return false;
  // Operands of fewer dimensions are broadcast; constants can follow.
  return llvm::all_of(op->getOperands(), [](Value operand) {
    return operand.getDefiningOp<ConstantOp>() || isImage(operand);
  });
}

/// The op at which `user` takes part: the leave of an observer, for its enter.
static Operation *makerOf(Value value) {
  Operation *op = value.getDefiningOp();
  if (auto enter = dyn_cast_or_null<EnterOp>(op))
    if (auto observe = enter.getInput().getDefiningOp<ObserveOp>())
      if (auto leave = observe.getInput().getDefiningOp<LeaveOp>())
        if (isPassedObserver(leave))
          return leave;
  return op;
}

void LayoutAssignment::give(Value value, Layout layout, Operation *cause) {
  auto [known, isNew] = layouts.try_emplace(value, layout);
  if (isNew)
    worklist.push_back(value);
  else if (known->second != layout && cause)
    barriers.insert(cause);
}

void LayoutAssignment::spread(Operation *op) {
  if (!op || barriers.contains(op))
    return;
  if (std::optional<Layout> to = layoutChange(op)) {
    Value input = op->getOperand(0), output = op->getResult(0);
    auto in = layouts.find(input), out = layouts.find(output);
    if ((in != layouts.end() && in->second == *to) ||
        (out != layouts.end() && out->second != *to)) {
      barriers.insert(op);
      return;
    }
    give(input, opposite(*to), op);
    give(output, *to, op);
    return;
  }
  if (!takesEither(op))
    return;
  auto values = inputsOf(op);
  values.append(outputsOf(op));
  std::optional<Layout> layout;
  for (Value value : values)
    if (auto known = layouts.find(value); known != layouts.end()) {
      if (layout && *layout != known->second) {
        barriers.insert(op);
        return;
      }
      layout = known->second;
    }
  if (layout)
    for (Value value : values)
      give(value, *layout, op);
}

/// Which dimensions are height and width is known at convolutions, pools and
/// layout transposes; it spreads through the ops that keep them.
void LayoutAssignment::findLayouts() {
  for (Operation &op : body)
    if (needsNhwc(&op)) {
      give(op.getOperand(0), Layout::Nhwc, nullptr);
      give(op.getResult(0), Layout::Nhwc, nullptr);
    }
  for (Operation &op : body)
    if (layoutChange(&op))
      spread(&op);
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    spread(makerOf(value));
    for (Operation *user : value.getUsers())
      spread(user);
  }
}

int LayoutAssignment::producerLabel(Operation *op, Value value) const {
  auto variable = variables.find(op);
  return variable != variables.end() ? variable->second : writtenLabel(value);
}

int LayoutAssignment::consumerLabel(Operation *op, Value value) const {
  // A reshape may choose for what it makes only.
  return isa<ReshapeOp>(op) ? writtenLabel(value) : producerLabel(op, value);
}

void LayoutAssignment::addImage(Value root) {
  Image image;
  image.root = root;
  image.values.push_back(root);
  Operation *maker = makerOf(root);
  image.isConstant = isa_and_nonnull<ConstantOp>(maker);
  const auto perm = permTo(opposite(layouts.lookup(root)));
  image.isUnit = movesUnitDims(valueType(root).getShape(), perm);
  for (size_t i = 0; i < image.values.size(); ++i) {
    Value value = image.values[i];
    imageOf[value] = images.size();
    for (Operation *user : value.getUsers())
      if (layoutChange(user) && !barriers.contains(user))
        image.values.push_back(user->getResult(0));
  }
  // A reshape makes and takes a unit image in any layout.
  if (image.isUnit && isa_and_nonnull<ReshapeOp>(maker))
    variables.try_emplace(maker, cut.addNode());
  image.producer = producerLabel(maker, root);
  images.push_back(std::move(image));
}

void LayoutAssignment::findImages() {
  for (Operation &op : body) {
    if (!takesEither(&op) || barriers.contains(&op))
      continue;
    auto values = inputsOf(&op);
    values.append(outputsOf(&op));
    if (llvm::all_of(values, [&](Value v) { return layouts.count(v); }))
      variables[&op] = cut.addNode();
  }
  // A barrier's values are images of their own: what it made is a root.
  for (Operation &op : body)
    for (Value result : op.getResults())
      if (layouts.count(result) &&
          (!layoutChange(&op) || barriers.contains(&op)))
        addImage(result);
  for (Image &image : images)
    for (Value value : image.values)
      for (Operation *user : value.getUsers()) {
        if (layoutChange(user) && !barriers.contains(user))
          continue;
        if (image.isUnit && isa<ReshapeOp>(user))
          continue;
        image.consumers.push_back(consumerLabel(user, value));
      }
}

/// What it takes to bring `image` into the other layout, in bytes moved: a
/// transpose moves them 3 times as slowly as a copy, and a node takes as long
/// as copying about 8 KiB (measured on x86).
static int64_t moveCost(const Image &image) {
  if (image.isConstant)
    return 0;
  ValueType type = valueType(image.root);
  int64_t bytes = 4;
  switch (type.getDatatype()) {
  case Datatype::F16:
  case Datatype::BF16:
    bytes = 2;
    break;
  case Datatype::QInt8:
  case Datatype::QUInt8:
    bytes = 1;
    break;
  default:
    break;
  }
  for (int64_t size : type.getShape())
    bytes = llvm::SaturatingMultiply<uint64_t>(bytes, size);
  bytes = std::min<int64_t>(bytes, int64_t(1) << 40);
  return (image.isUnit ? bytes : 3 * bytes) + 8192;
}

/// Every image is made in one layout and moved at most once.
void LayoutAssignment::solve() {
  for (const Image &image : images) {
    const int64_t cost = moveCost(image);
    if (cost == 0 || image.consumers.empty())
      continue;
    // On the sink's side if someone wants NHWC; on the source's if NCHW.
    const int nhwc = cut.addNode(), nchw = cut.addNode();
    cut.addEdge(image.producer, nhwc, cost);
    cut.addEdge(nchw, image.producer, cost);
    for (int consumer : image.consumers) {
      cut.addEdge(nhwc, consumer, MinCut::kForbidden);
      cut.addEdge(consumer, nchw, MinCut::kForbidden);
    }
  }
  cut.solve();
}

Layout LayoutAssignment::chosen(Operation *op) const {
  return cut.onSourceSide(variables.lookup(op)) ? Layout::Nchw : Layout::Nhwc;
}

Value LayoutAssignment::inLayout(Value value, Layout layout) {
  Image &image = images[imageOf.lookup(value)];
  if (image.rootLayout == layout)
    return image.root;
  if (image.other)
    return image.other;
  OpBuilder builder(image.root.getContext());
  builder.setInsertionPointAfterValue(image.root);
  const auto perm = permTo(layout);
  ValueType type = valueType(image.root);
  image.other = TransposeOp::create(
      builder, image.root.getLoc(),
      type.withShape(permuted<int64_t>(type.getShape(), perm)), image.root,
      perm);
  return image.other;
}

static RankedTensorType permutedTensor(RankedTensorType type,
                                       ArrayRef<int64_t> perm) {
  return aten::boundedTensor(permuted<int64_t>(type.getShape(), perm),
                             type.getElementType(),
                             permuted<int64_t>(aten::upperBounds(type), perm));
}

static void permuteAttribute(Operation *op, StringRef name,
                             ArrayRef<int64_t> perm) {
  auto list = op->getAttrOfType<DenseI64ArrayAttr>(name);
  op->setAttr(name, Builder(op->getContext())
                        .getDenseI64ArrayAttr(
                            permuted<int64_t>(list.asArrayRef(), perm)));
}

/// Turns `op` from the layout it is written in to the other.
void LayoutAssignment::relabel(Operation *op) {
  const Layout layout = chosen(op);
  const auto perm = permTo(layout);
  auto permuteType = [&](Value value) {
    ValueType type = valueType(value);
    value.setType(type.withShape(permuted<int64_t>(type.getShape(), perm)));
  };
  if (auto leave = dyn_cast<LeaveOp>(op)) {
    ObserveOp observe = observerOf(leave);
    auto type = permutedTensor(cast<RankedTensorType>(leave.getType()), perm);
    leave.getOutput().setType(type);
    observe.getResult().setType(type);
    for (Operation *user : observe->getUsers())
      permuteType(user->getResult(0));
    return;
  }
  for (OpOperand &operand : op->getOpOperands())
    if (auto constant = operand.get().getDefiningOp<ConstantOp>()) {
      // A single number is broadcast as it is.
      if (valueType(operand.get()).getRank() == 0 || imageOf.count(constant))
        continue;
      OpBuilder builder(op);
      auto transposed = transposeConstant(builder, constant, perm);
      if (succeeded(transposed))
        operand.set(transposed->getOutput());
    }
  if (auto concatenate = dyn_cast<ConcatenateOp>(op)) {
    const int64_t axis = concatenate.getAxis();
    concatenate.setAxis(llvm::find(perm, axis) - perm.begin());
  } else if (isa<PadOp>(op)) {
    permuteAttribute(op, "pre", perm);
    permuteAttribute(op, "post", perm);
  } else if (isa<SliceOp>(op)) {
    permuteAttribute(op, "offsets", perm);
    permuteAttribute(op, "sizes", perm);
  } else if (isa<ReshapeOp>(op)) {
    permuteAttribute(op, "new_shape", perm);
  }
  permuteType(op->getResult(0));
}

void LayoutAssignment::rewrite() {
  for (Image &image : images) {
    image.rootLayout = layouts.lookup(image.root);
    Operation *maker = makerOf(image.root);
    if (maker && isFree(maker))
      image.rootLayout = chosen(maker);
  }
  SmallVector<Operation *> ops;
  for (Operation &op : body)
    ops.push_back(&op);
  // First what the ops are, so that a value made from another has its type.
  for (Operation *op : ops)
    if (isFree(op) && layouts.lookup(outputsOf(op).front()) != chosen(op))
      relabel(op);
  for (Operation *op : ops) {
    if (layoutChange(op) && !barriers.contains(op))
      continue;
    for (OpOperand &operand : op->getOpOperands()) {
      auto image = imageOf.find(operand.get());
      if (image == imageOf.end())
        continue;
      const Image &source = images[image->second];
      const bool isReshape = isa<ReshapeOp>(op);
      if (source.isUnit && isReshape)
        operand.set(source.root); // the same elements in the same order
      else                        // a reshape chooses for what it makes only
        operand.set(
            inLayout(operand.get(), isFree(op) && !isReshape
                                        ? chosen(op)
                                        : layouts.lookup(operand.get())));
    }
  }
}

void LayoutAssignment::run() {
  findLayouts();
  findImages();
  solve();
  rewrite();
}

/// Who reads `value`, for people.
static std::string readersOf(Value value) {
  SetVector<StringRef> names;
  for (Operation *user : value.getUsers()) {
    const StringRef name = aten::exportedName(user->getLoc());
    names.insert(name.empty() ? "the rest of the program" : name);
  }
  return llvm::join(names, ", ");
}

/// A remark for each transpose that is left.
static void tellOfTransposes(Block &body) {
  for (auto transpose : body.getOps<TransposeOp>()) {
    Value input = transpose.getInput(), output = transpose.getOutput();
    const std::string maker = aten::valueName(input);
    const std::string readers = readersOf(output);
    const StringRef name = aten::exportedName(transpose.getLoc());
    std::string why;
    if (std::optional<Layout> to = layoutChange(transpose))
      why = *to == Layout::Nhwc ? maker + " is NCHW, but NHWC for " + readers
                                : maker + " is NHWC, but NCHW for " + readers;
    else if (name == maker || name == readers)
      why = name.str() + " is computed so";
    else
      why = "the program permutes " + maker + " for " + readers;
    missed(transpose.getLoc(), "layout", "KeepTranspose",
           why + "; it moves " +
               Twine(ShapedType::getNumElements(valueType(input).getShape())) +
               " elements");
  }
}

namespace {
struct XnnAssignLayoutPass
    : pt2e::impl::XnnAssignLayoutPassBase<XnnAssignLayoutPass> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal() || !function.getBody().hasOneBlock())
      return;
    auto countTransposes = [&] {
      return llvm::count_if(function.getBody().front(),
                            llvm::IsaPred<TransposeOp>);
    };
    const int64_t before = countTransposes();
    // A reshape hides which dimension is which.
    simplifyMoves(function, /*unitsToReshapes=*/false);
    LayoutAssignment(function).run();
    simplifyMoves(function, /*unitsToReshapes=*/true);
    if (wantsRemarks(&getContext()))
      tellOfTransposes(function.getBody().front());
    numRemoved += before - countTransposes();
  }
};
} // namespace
