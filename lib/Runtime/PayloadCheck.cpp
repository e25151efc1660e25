#include "PayloadCheck.h"

#include <algorithm>
#include <limits>
#include <map>

#include "FlatView.h"
#include "pt2e/Runtime/Status.h"
#include "pt2e/Runtime/Tensor.h"

namespace pt2e::runtime {
namespace {

constexpr uint32_t kNoValue = 0xffffffff;

// Fields, in the order of runtime_schema.fbs.
namespace graph {
enum { nodes = 1, values = 2, constantBuffers = 6, constantData = 8 };
}
namespace value {
enum { datatype, numDims, dims, constant, externalId, flags, id };
}
enum ValueFlags { kExternalInput = 1, kExternalOutput = 2 };

/// Members of the union XNNQuantParams.
enum { kPerChannel = 1, kPerTensor, kPerToken, kPerChannelGroup };

/// Bits of an element, by XNNDatatype.
constexpr int kBits[] = {0, 32, 16, 8, 8, 32, 8, 32, 4, 8, 4, 8, 32, 32, 16};
constexpr int kDatatypes = sizeof kBits / sizeof kBits[0];

/// Where a node keeps the numbers of its values.
struct NodeForm {
  int firstInput, numInputs, output;
  bool hasBias = false; ///< the last input may be missing
};

constexpr NodeForm kUnary{0, 1, 1}, kBinary{0, 2, 2}, kPooling{10, 1, 11},
    kConvolution{15, 3, 18, true};

/// By the member of the union XNodeUnion, from 1 on.
constexpr NodeForm kForms[] = {
    kBinary,                          // Add
    {0, 3, 3, true},                  // FullyConnected
    kUnary,          kUnary,          // Softmax, Sigmoid
    {2, 1, 3},                        // StaticTranspose
    kUnary,                           // Clamp
    kConvolution,                     // Conv2d
    kBinary,                          // Div
    {2, 1, 3},                        // StaticResizeBilinear2D
    {3, 1, 4},                        // StaticConstantPad
    kPooling,                         // AvgPooling2d
    kBinary,                          // Minimum
    kConvolution,                     // DepthwiseConv2d
    kPooling,                         // MaxPooling2d
    kBinary,         kBinary,         // Multiply, Subtract
    kUnary,          kUnary,  kUnary, // Floor, Convert, GlobalAvgPooling2d
    {2, 1, 3},                        // StaticReshape
    {6, 1, 7},                        // ArgMaxPooling2d, and 8: the indices
    kUnary,          kUnary,  kUnary, // SquareRoot, Ceiling, Hardswish
    {1, 1, 2},                        // LeakyReLU
    kBinary,                          // Maximum
    kUnary,          kUnary,          // Negate, Square
    {1, 1, 2},                        // ELU
    kUnary,                           // Abs
    kBinary,                          // PReLU
    {1, 2, 5},                        // Concatenate2
    {1, 3, 5},                        // Concatenate3
    {1, 4, 5},                        // Concatenate4
    {3, 1, 4},                        // StaticSlice
    {0, 5, 5},                        // ScaledDotProductAttention
    kBinary,                          // BatchMatrixMultiply
    {1, 4, 5},                        // Concatenate5, and 7: the fifth
    kConvolution,                     // ConvTranspose2d
    kUnary,          kUnary,  kUnary, // ReciprocalSquareRoot, Log, Gelu
    kUnary,          kUnary,  kUnary, // Tanh, Exp, Sin
    kUnary,          kUnary,          // Copy, Cos
};
constexpr size_t kNodeTypes = sizeof kForms / sizeof kForms[0];
constexpr size_t kResize = 9, kPad = 10, kArgMax = 21, kConcatenate5 = 38,
                 kConvTranspose = 39;

class GraphChecker {
public:
  GraphChecker(const FlatTable &graph, int64_t constantBytes,
               absl::Span<const size_t> argumentBytes)
      : graph_(graph), constantBytes_(constantBytes),
        argumentBytes_(argumentBytes) {}

  absl::Status check() {
    const FlatVector values = graph_.vector(graph::values, 4);
    const FlatVector nodes = graph_.vector(graph::nodes, 4);
    if (!values || !nodes)
      return invalid("it has no values or no nodes");
    for (size_t i = 0; i < values.size(); ++i)
      PT2E_RETURN_IF_ERROR(
          withContext(fmt::format("value {}", i), checkValue(values.table(i))));
    for (size_t i = 0; i < nodes.size(); ++i)
      PT2E_RETURN_IF_ERROR(
          withContext(fmt::format("node {}", i), checkNode(nodes.table(i))));
    return absl::OkStatus();
  }

private:
  absl::Status checkValue(const FlatTable &entry) {
    const uint8_t kind = entry.scalar<uint8_t>(0);
    FlatTable value = entry.table(1);
    FlatTable params;
    uint8_t paramsKind = 0;
    if (kind == 2) {
      paramsKind = value.scalar<uint8_t>(1);
      params = value.table(2);
      value = value.table(0);
    }
    if (!value || kind < 1 || kind > 2)
      return invalid("it is no tensor");
    const int type = value.scalar<int16_t>(value::datatype);
    if (type < 1 || type >= kDatatypes)
      return invalid("unknown datatype {}", type);
    const FlatVector dims = value.vector(value::dims, 4);
    if (dims.size() > 6 ||
        (dims && dims.size() != value.scalar<uint32_t>(value::numDims)))
      return invalid("expected as many dims as num_dims says, at most 6");
    PT2E_RETURN_IF_ERROR(checkScales(paramsKind, params, dims));
    const uint32_t flags = value.scalar<uint32_t>(value::flags);
    if (flags & (kExternalInput | kExternalOutput)) {
      const uint32_t argument = value.scalar<uint32_t>(value::externalId);
      if (argument >= argumentBytes_.size())
        return invalid("it is argument {} of {}", argument,
                       argumentBytes_.size());
      if (argumentBytes_[argument] * 8 < static_cast<size_t>(kBits[type]))
        return invalid("its elements are wider than those of argument {}",
                       argument);
    }
    const uint32_t id = value.scalar<uint32_t>(value::id);
    const uint32_t constant = value.scalar<uint32_t>(value::constant);
    if (constant != 0)
      PT2E_RETURN_IF_ERROR(checkConstant(id, constant, type, dims));
    Shape &shape = shapes_[id];
    for (size_t i = 0; i < dims.size(); ++i)
      shape.push_back(dims.scalar<uint32_t>(i));
    if (!isReady_.emplace(id, constant != 0 || (flags & kExternalInput)).second)
      return invalid("its number {} is taken", id);
    return absl::OkStatus();
  }

  absl::Status checkConstant(uint32_t id, uint32_t index, int type,
                             const FlatVector &dims) {
    Shape shape;
    for (size_t i = 0; i < dims.size(); ++i)
      shape.push_back(dims.scalar<uint32_t>(i));
    // Rows of 4-bit codes are padded to whole bytes.
    if (kBits[type] == 4 && !shape.empty())
      shape.back() = (shape.back() + 1) / 2;
    PT2E_ASSIGN_OR_RETURN(int64_t count, countElements(shape, 4));
    const uint64_t needed = count * std::max(kBits[type] / 8, 1);
    constantElements_[id] = count;
    return checkSize(index, needed);
  }

  /// A constant must lie within the data and hold `needed` bytes.
  absl::Status checkSize(uint32_t index, uint64_t needed) const {
    const FlatVector data = graph_.vector(graph::constantData, 4);
    uint64_t size = 0;
    if (data) {
      if (index >= data.size())
        return invalid("it uses constant {} of {}", index, data.size());
      const FlatTable place = data.table(index);
      if (place.has(2))
        return absl::OkStatus(); // by name, from the program
      const uint64_t offset = place.scalar<uint64_t>(0);
      size = place.scalar<uint64_t>(1);
      const uint64_t all = constantBytes_;
      if (offset > all || size > all - offset)
        return invalid("its constant lies outside of the data");
    } else {
      const FlatVector buffers = graph_.vector(graph::constantBuffers, 4);
      if (index >= buffers.size())
        return invalid("it uses constant {} of {}", index, buffers.size());
      size = buffers.table(index).vector(0, 1).size();
    }
    if (size < needed)
      return invalid("its constant has {} bytes of {}", size, needed);
    return absl::OkStatus();
  }

  /// Scales per channel (f32), or per channel and group (bf16), that are not
  /// in line: one for each channel at least.
  absl::Status checkScales(uint8_t kind, const FlatTable &params,
                           const FlatVector &dims) const {
    if (kind != kPerChannel && kind != kPerChannelGroup)
      return absl::OkStatus();
    const int32_t axis = params.scalar<int32_t>(1);
    if (axis < 0 || static_cast<size_t>(axis) >= dims.size())
      return invalid("its channels are axis {} of {}", axis, dims.size());
    const uint64_t channels = dims.scalar<uint32_t>(axis);
    const uint32_t buffer =
        params.scalar<uint32_t>(kind == kPerChannel ? 2 : 4);
    if (buffer == 0 || buffer == kNoValue) {
      if (params.vector(0, 4).size() < channels)
        return invalid("it has fewer scales than channels");
      return absl::OkStatus();
    }
    if (kind == kPerChannel)
      return checkSize(buffer, channels * 4);
    const int32_t group = params.scalar<int32_t>(2);
    if (group < 1 || dims.size() != 2)
      return invalid("it has groups of {} in {} axes", group, dims.size());
    const uint64_t groups =
        (uint64_t{dims.scalar<uint32_t>(1)} + group - 1) / group;
    return checkSize(buffer, channels * groups * 2);
  }

  absl::Status checkNode(const FlatTable &entry) {
    const uint8_t type = entry.scalar<uint8_t>(0);
    const FlatTable node = entry.table(1);
    if (!node || type < 1 || type > kNodeTypes)
      return invalid("unknown operator {}", type);
    const NodeForm &form = kForms[type - 1];
    for (int i = 0; i < form.numInputs; ++i) {
      const bool mayMiss = form.hasBias && i == form.numInputs - 1;
      PT2E_RETURN_IF_ERROR(
          checkInput(node.scalar<uint32_t>(form.firstInput + i), mayMiss));
    }
    if (form.firstInput == kConvolution.firstInput)
      PT2E_RETURN_IF_ERROR(checkFilter(node));
    PT2E_RETURN_IF_ERROR(checkSizes(type, node, form));
    if (type == kConcatenate5)
      PT2E_RETURN_IF_ERROR(checkInput(node.scalar<uint32_t>(7), false));
    PT2E_RETURN_IF_ERROR(checkOutput(node.scalar<uint32_t>(form.output)));
    if (type == kArgMax)
      PT2E_RETURN_IF_ERROR(checkOutput(node.scalar<uint32_t>(8)));
    return absl::OkStatus();
  }

  /// What a node adds to the sizes of its input does not lead beyond those that
  /// its output is said to have: XNNPACK would allocate for it.
  absl::Status checkSizes(size_t type, const FlatTable &node,
                          const NodeForm &form) const {
    const Shape &input = shapeOf(node.scalar<uint32_t>(form.firstInput));
    const Shape &output = shapeOf(node.scalar<uint32_t>(form.output));
    const bool isWindow = form.firstInput == kConvolution.firstInput ||
                          form.firstInput == kPooling.firstInput ||
                          type == kArgMax;
    if (isWindow || type == kResize) {
      if (input.size() != 4 || output.size() != 4)
        return invalid("it reads or writes an image without 4 dimensions");
    } else if (type == kPad) {
      if (input.size() != output.size())
        return invalid("it pads {} dimensions to {}", input.size(),
                       output.size());
      for (int field : {0, 1})
        if (node.vector(field, 4).size() != input.size())
          return invalid("it pads other dimensions than those of its input");
      for (size_t i = 0; i < input.size(); ++i) {
        const int64_t size = input[i] +
                             int64_t{node.vector(0, 4).scalar<uint32_t>(i)} +
                             int64_t{node.vector(1, 4).scalar<uint32_t>(i)};
        if (size > output[i])
          return invalid("it pads dimension {} to {}, but its output has {}", i,
                         size, output[i]);
      }
      return absl::OkStatus();
    } else {
      return absl::OkStatus();
    }
    for (int axis : {0, 1}) {
      const int64_t size =
          type == kResize
              ? int64_t{node.scalar<uint32_t>(axis)}
              : windowed(input[1 + axis], type, axis, [&](int field) {
                  return int64_t{node.scalar<uint32_t>(field)};
                });
      if (size > output[1 + axis])
        return invalid("it makes more {} than the {} of its output",
                       axis == 0 ? "rows" : "columns", output[1 + axis]);
    }
    return absl::OkStatus();
  }

  /// The size along `axis` (0 rows, 1 columns) of what windows over `size`
  /// make; too large for any output if a field is beyond reason.
  template <typename Field>
  static int64_t windowed(int64_t size, size_t type, int axis, Field field) {
    const bool isArgMax = type == kArgMax;
    // top and bottom, or right and left
    const int64_t padding = field(axis) + field(axis + 2);
    const int64_t kernel = field(4 + axis);
    const int64_t stride = isArgMax ? kernel : field(6 + axis);
    // average pools leave it 0
    const int64_t dilation =
        isArgMax ? 1 : std::max<int64_t>(field(8 + axis), 1);
    constexpr int64_t kMost = int64_t{1} << 20;
    for (int64_t value : {size, padding, kernel, stride, dilation})
      if (value > kMost)
        return std::numeric_limits<int64_t>::max();
    const int64_t reach = dilation * (kernel - 1) + 1;
    if (type == kConvTranspose)
      return stride * (size - 1) + reach + field(13 + axis) - padding;
    return (size + padding - reach) / std::max<int64_t>(stride, 1) + 1;
  }

  const Shape &shapeOf(uint32_t id) const {
    static const Shape none;
    const auto found = shapes_.find(id);
    return found == shapes_.end() ? none : found->second;
  }

  /// The filter of a convolution has as many elements as its sizes say.
  absl::Status checkFilter(const FlatTable &node) const {
    Shape shape;
    for (int field : {4, 5, 10, 11, 12}) // kernel, channels of a group, groups
      shape.push_back(node.scalar<uint32_t>(field));
    PT2E_ASSIGN_OR_RETURN(int64_t count, countElements(shape));
    const auto found = constantElements_.find(
        node.scalar<uint32_t>(kConvolution.firstInput + 1));
    if (found == constantElements_.end() || found->second != count)
      return invalid("its filter has not the {} elements that its sizes need",
                     count);
    return absl::OkStatus();
  }

  absl::Status checkInput(uint32_t id, bool mayMiss) const {
    if (id == kNoValue && mayMiss)
      return absl::OkStatus();
    const auto found = isReady_.find(id);
    if (found == isReady_.end() || !found->second)
      return invalid("it reads value {} before it is there", id);
    return absl::OkStatus();
  }

  absl::Status checkOutput(uint32_t id) {
    const auto found = isReady_.find(id);
    if (found == isReady_.end() || found->second)
      return invalid("it writes value {}, which is not there, or for the "
                     "second time",
                     id);
    found->second = true;
    return absl::OkStatus();
  }

  FlatTable graph_;
  int64_t constantBytes_;
  absl::Span<const size_t> argumentBytes_;
  // By the number of the value.
  std::map<uint32_t, bool> isReady_;
  std::map<uint32_t, int64_t> constantElements_;
  std::map<uint32_t, Shape> shapes_;
};

template <typename T>
T loadAt(std::string_view bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

} // namespace

absl::Status checkXnnpackPayload(std::string_view payload,
                                 absl::Span<const size_t> argumentBytes) {
  // Zeros, "XH00", then u16 length, u32 offset and size of the FlatBuffer, u32
  // offset and u64 size of the constants; or the FlatBuffer alone.
  constexpr size_t kHeader = 30;
  std::string_view flat = payload;
  int64_t constantBytes = 0;
  if (payload.substr(0, 8).substr(std::min<size_t>(payload.size(), 4)) ==
      "XH00") {
    if (payload.size() < kHeader)
      return invalid("its header is cut off");
    const uint64_t offset = loadAt<uint32_t>(payload, 10);
    const uint64_t size = loadAt<uint32_t>(payload, 14);
    const uint64_t constants = loadAt<uint32_t>(payload, 18);
    const uint64_t bytes = loadAt<uint64_t>(payload, 22);
    if (offset > payload.size() || size > payload.size() - offset ||
        constants > payload.size() || bytes > payload.size() - constants)
      return invalid("its parts lie outside of it");
    flat = payload.substr(offset, size);
    constantBytes = bytes;
  }
  return GraphChecker(FlatTable::root(flat), constantBytes, argumentBytes)
      .check();
}

} // namespace pt2e::runtime
