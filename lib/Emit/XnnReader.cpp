#include "Verify.h"
#include "fmt/ranges.h"
#include "pt2e/Emit/PteFile.h"

using namespace fb_xnnpack;
using namespace pt2e::emit;
using pt2e::runtime::invalid;

namespace pt2e {
namespace {

/// Values are numbered densely, with room for external ones without a value.
constexpr uint32_t kMaxExternals = 4096;
constexpr uint32_t kNone = UINT32_MAX;

std::string dtypeName(XNNDatatype type) {
  switch (type) {
  case XNNDatatype::xnn_datatype_fp32:
    return "f32";
  case XNNDatatype::xnn_datatype_fp16:
    return "f16";
  default:
    // "xnn_datatype_qint8"; empty for a number that the schema has not.
    const std::string name = EnumNameXNNDatatype(type);
    return name.size() > 13 ? name.substr(13) : "unknown";
  }
}

/// Bits of an element as it is stored.
int64_t bitWidth(XNNDatatype type) {
  switch (type) {
  case XNNDatatype::xnn_datatype_qcint4:
  case XNNDatatype::xnn_datatype_qbint4:
    return 4;
  case XNNDatatype::xnn_datatype_qint8:
  case XNNDatatype::xnn_datatype_quint8:
  case XNNDatatype::xnn_datatype_qcint8:
  case XNNDatatype::xnn_datatype_qdint8:
    return 8;
  case XNNDatatype::xnn_datatype_fp16:
  case XNNDatatype::xnn_datatype_bf16:
    return 16;
  default:
    return 32;
  }
}

class GraphReader {
public:
  GraphReader(const ::fb_xnnpack::XNNGraph &source, uint64_t constantBytes)
      : source(source) {
    graph.constantBytes = constantBytes;
  }

  absl::StatusOr<XnnGraph> read() {
    if (!source.xnodes() || !source.xvalues())
      return invalid("the graph has no nodes or no values");
    for (const XValue *value : *source.xvalues())
      PT2E_RETURN_IF_ERROR(readValue(*value));
    for (const XNode *node : *source.xnodes())
      PT2E_RETURN_IF_ERROR(runtime::withContext(
          fmt::format("node {}", graph.nodes.size()), readNode(*node)));
    return std::move(graph);
  }

private:
  absl::Status readValue(const XValue &value);
  absl::Status readQuantization(const XNNQuantizedTensorValue &value,
                                XnnValue &into);
  absl::Status checkConstant(const XNNTensorValue &value,
                             const XnnValue &read) const;
  absl::Status readNode(const XNode &node);
  absl::Status checkIds(const XnnNode &node) const;

  const ::fb_xnnpack::XNNGraph &source;
  XnnGraph graph;
  std::vector<bool> defined;
};

absl::Status GraphReader::readQuantization(const XNNQuantizedTensorValue &value,
                                           XnnValue &into) {
  if (const auto *quant = value.quant_params_as_PerTensorQuant()) {
    into.scale = quant->scale();
    into.zeroPoint = quant->zero_point();
  } else if (const auto *quant = value.quant_params_as_PerChannelQuant()) {
    into.numScales = quant->num_scales();
    if (into.numScales == 0 && quant->scale())
      into.numScales = quant->scale()->size();
    if (quant->channel_dim() < 0 ||
        uint32_t(quant->channel_dim()) >= into.dims.size())
      return invalid("expected a channel dimension below {}, but got {}",
                     into.dims.size(), quant->channel_dim());
  } else if (const auto *quant = value.quant_params_as_PerChannelGroupQuant()) {
    into.numScales = quant->num_scales();
    if (quant->group_size() <= 0)
      return invalid("expected a positive group size, but got {}",
                     quant->group_size());
  }
  return absl::OkStatus();
}

absl::Status GraphReader::checkConstant(const XNNTensorValue &value,
                                        const XnnValue &read) const {
  const auto *list = source.constant_data();
  const uint32_t index = value.constant_buffer_idx();
  if (!list || index >= list->size())
    return invalid("expected a constant below {}, but got {}",
                   list ? list->size() : 0, index);
  const ConstantDataOffset *data = list->Get(index);
  if (data->named_key())
    return absl::OkStatus(); // elsewhere in the program
  if (!isInside(data->offset(), data->size(), graph.constantBytes))
    return invalid("constant {} of {} bytes at {} is outside of {}", index,
                   data->size(), data->offset(), graph.constantBytes);
  // Rows of 4-bit codes are whole bytes.
  uint64_t bits = bitWidth(value.datatype());
  for (size_t i = read.dims.size(); i-- > 0;) {
    bits = bits > UINT64_MAX / 2 / std::max<uint64_t>(read.dims[i], 1)
               ? UINT64_MAX / 2
               : bits * read.dims[i];
    if (i + 1 == read.dims.size())
      bits = (bits + 7) / 8 * 8;
  }
  if (bits / 8 > data->size())
    return invalid("constant {} has {} bytes, but {} needs {}", index,
                   data->size(), toString(read), bits / 8);
  return absl::OkStatus();
}

absl::Status GraphReader::readValue(const XValue &value) {
  const XNNTensorValue *tensor = value.xvalue_union_as_XNNTensorValue();
  const auto *quantized = value.xvalue_union_as_XNNQuantizedTensorValue();
  if (quantized)
    tensor = quantized->tensor_value();
  if (!tensor)
    return invalid("a value has no tensor");
  const uint32_t id = tensor->id_out();
  const uint32_t end = source.xvalues()->size() + kMaxExternals;
  if (id >= end)
    return invalid("expected value numbers below {}, but got {}", end, id);
  if (id >= graph.values.size()) {
    graph.values.resize(id + 1);
    defined.resize(id + 1);
  }
  if (defined[id])
    return invalid("value {} is defined twice", id);
  defined[id] = true;
  XnnValue &read = graph.values[id];
  read.dtype = dtypeName(tensor->datatype());
  if (tensor->dims())
    read.dims.assign(tensor->dims()->begin(), tensor->dims()->end());
  if (tensor->num_dims() != read.dims.size())
    return invalid("value {} has {} dimensions, but {} sizes", id,
                   tensor->num_dims(), read.dims.size());
  read.isConstant = tensor->constant_buffer_idx() != 0;
  const std::string context = fmt::format("value {}", id);
  if (quantized)
    PT2E_RETURN_IF_ERROR(
        runtime::withContext(context, readQuantization(*quantized, read)));
  if (read.isConstant)
    PT2E_RETURN_IF_ERROR(
        runtime::withContext(context, checkConstant(*tensor, read)));
  if (tensor->flags() > 3)
    return invalid("value {} has unknown flags {}", id, tensor->flags());
  if (tensor->flags() && tensor->external_id() >= source.num_externs())
    return invalid("value {} has external number {} of {}", id,
                   tensor->external_id(), source.num_externs());
  if (tensor->flags() & 1)
    graph.inputs.push_back(id);
  if (tensor->flags() & 2)
    graph.outputs.push_back(id);
  return absl::OkStatus();
}

absl::Status GraphReader::checkIds(const XnnNode &node) const {
  for (const auto *ids : {&node.inputs, &node.outputs})
    for (uint32_t id : *ids)
      if (id >= defined.size() || !defined[id])
        return invalid("{} uses value {}, which is not defined", node.type, id);
  return absl::OkStatus();
}

absl::Status GraphReader::readNode(const XNode &source) {
  XnnNode node;
  const XNodeUnion type = source.xnode_union_type();
  const std::string name = EnumNameXNodeUnion(type);
  if (type == XNodeUnion::NONE || name.empty() || !source.xnode_union())
    return invalid("unknown type {}", static_cast<int>(type));
  node.type = name.substr(3);
  switch (type) {
  case XNodeUnion::XNNAdd:
  case XNodeUnion::XNNDiv:
  case XNodeUnion::XNNMinimum:
  case XNodeUnion::XNNMultiply:
  case XNodeUnion::XNNSubtract:
  case XNodeUnion::XNNMaximum:
  case XNodeUnion::XNNPReLU:
  case XNodeUnion::XNNBatchMatrixMultiply: {
    const auto *n = static_cast<const _XNNNode2x1 *>(source.xnode_union());
    node.inputs = {n->input1_id(), n->input2_id()};
    node.outputs = {n->output_id()};
    break;
  }
  case XNodeUnion::XNNConv2d:
  case XNodeUnion::XNNDepthwiseConv2d:
  case XNodeUnion::XNNConvTranspose2d: {
    const auto *n = static_cast<const _XNNNodeConv *>(source.xnode_union());
    node.inputs = {n->input1_id(), n->filter_id()};
    if (n->bias_id() != kNone)
      node.inputs.push_back(n->bias_id());
    node.outputs = {n->output_id()};
    break;
  }
  case XNodeUnion::XNNFullyConnected: {
    const auto *n = source.xnode_union_as_XNNFullyConnected();
    node.inputs = {n->input1_id(), n->filter_id()};
    if (n->bias_id() != kNone)
      node.inputs.push_back(n->bias_id());
    node.outputs = {n->output_id()};
    break;
  }
  case XNodeUnion::XNNAvgPooling2d:
  case XNodeUnion::XNNMaxPooling2d: {
    const auto *n = static_cast<const _XNNPooling2D *>(source.xnode_union());
    node.inputs = {n->input_id()};
    node.outputs = {n->output_id()};
    break;
  }
  case XNodeUnion::XNNConcatenate2:
  case XNodeUnion::XNNConcatenate3:
  case XNodeUnion::XNNConcatenate4:
  case XNodeUnion::XNNConcatenate5: {
    const auto *n = static_cast<const _XNNCat *>(source.xnode_union());
    const size_t count = node.type.back() - '0';
    node.inputs = {n->input1_id(), n->input2_id(), n->input3_id(),
                   n->input4_id(), n->input5_id()};
    node.inputs.resize(count);
    node.outputs = {n->output_id()};
    break;
  }
  case XNodeUnion::XNNArgMaxPooling2d: {
    const auto *n = source.xnode_union_as_XNNArgMaxPooling2d();
    node.inputs = {n->input_id()};
    node.outputs = {n->output_value_id(), n->output_index_id()};
    break;
  }
  case XNodeUnion::XNNScaledDotProductAttention: {
    const auto *n = source.xnode_union_as_XNNScaledDotProductAttention();
    node.inputs = {n->query_id(), n->key_id(), n->value_id(), n->scale_id(),
                   n->mask_id()};
    node.outputs = {n->output_id()};
    break;
  }
#define PT2E_ONE_INPUT(NAME)                                                   \
  case XNodeUnion::NAME: {                                                     \
    const auto *n = source.xnode_union_as_##NAME();                            \
    node.inputs = {n->input_id()};                                             \
    node.outputs = {n->output_id()};                                           \
    break;                                                                     \
  }
    PT2E_ONE_INPUT(XNNStaticTranspose)
    PT2E_ONE_INPUT(XNNStaticReshape)
    PT2E_ONE_INPUT(XNNStaticSlice)
    PT2E_ONE_INPUT(XNNStaticResizeBilinear2D)
    PT2E_ONE_INPUT(XNNStaticConstantPad)
    PT2E_ONE_INPUT(XNNELU)
    PT2E_ONE_INPUT(XNNLeakyReLU)
#undef PT2E_ONE_INPUT
  default: {
    const auto *n = static_cast<const _XNNNode1x1 *>(source.xnode_union());
    node.inputs = {n->input_id()};
    node.outputs = {n->output_id()};
  }
  }
  if (const OutputMinMax *limits = source.output_min_max()) {
    node.outputMin = limits->output_min();
    node.outputMax = limits->output_max();
  }
  PT2E_RETURN_IF_ERROR(checkIds(node));
  graph.nodes.push_back(std::move(node));
  return absl::OkStatus();
}

} // namespace

std::string toString(const XnnValue &value) {
  std::string text =
      fmt::format("{} [{}]", value.dtype, fmt::join(value.dims, ", "));
  if (value.scale)
    text +=
        fmt::format(" scale {} zero point {}", *value.scale, value.zeroPoint);
  else if (value.numScales)
    text += fmt::format(" {} scales", value.numScales);
  return text;
}

absl::StatusOr<XnnGraph> readXnnGraph(std::string_view head, uint64_t size) {
  std::string_view flatbuffer = head;
  uint64_t constantBytes = 0;
  if (head.size() >= 30 && head.substr(4, 4) == "XH00") {
    const uint32_t offset = readAt<uint32_t>(head, 10);
    const uint32_t length = readAt<uint32_t>(head, 14);
    const uint32_t constants = readAt<uint32_t>(head, 18);
    constantBytes = readAt<uint64_t>(head, 22);
    if (!isInside(offset, length, head.size()) ||
        !isInside(constants, constantBytes, size) ||
        constants < uint64_t(offset) + length)
      return invalid("the header of the payload is damaged");
    flatbuffer = head.substr(offset, length);
  }
  const std::string_view identifier =
      flatbuffer.size() >= 8 ? flatbuffer.substr(4, 4) : "";
  if (identifier != "XN00" && identifier != "XN01")
    return invalid("expected an XNNPACK graph (XN01)");
  const Flatbuffer copy(flatbuffer);
  const auto *graph = copy.root<::fb_xnnpack::XNNGraph>();
  if (!graph)
    return invalid("the flatbuffer of the graph is damaged");
  return GraphReader(*graph, constantBytes).read();
}

} // namespace pt2e
