#include "pt2e/Emit/ExportPte.h"

#include "Program.h"
#include "XnnGraph.h"
#include "pt2e/Emit/PteFile.h"
#include "pt2e/InitAll.h"
#include "llvm/Support/Endian.h"

using namespace mlir;
using namespace pt2e;
using namespace pt2e::emit;
namespace pte = executorch_flatbuffer;

static FailureOr<uint32_t> addBytes(ByteList &bytes,
                                    std::vector<uint64_t> &offsets,
                                    aten::ConstantData data) {
  bytes.alignTo(kConstantAlignment);
  offsets.push_back(bytes.size());
  bytes.append(std::move(data));
  return offsets.size() - 1;
}

FailureOr<uint32_t> ProgramData::addConstant(ElementsAttr value) {
  FailureOr<aten::ConstantData> data = aten::constantData(value);
  if (failed(data))
    return failure();
  const uint32_t fresh = constantOffsets.size();
  const uint32_t index = constantIndex.lookup(data->bytes(), fresh);
  if (index != fresh)
    return index;
  return addBytes(constants, constantOffsets, std::move(*data));
}

FailureOr<uint32_t> ProgramData::addInitialValue(ElementsAttr value) {
  FailureOr<aten::ConstantData> data = aten::constantData(value);
  if (failed(data))
    return failure();
  return addBytes(initialValues, initialOffsets, std::move(*data));
}

/// True if an op of `delegate` reads a constant when it runs: all but those
/// that pack their filter and bias.
static bool readsConstants(func::FuncOp delegate) {
  return delegate
      .walk([](xnn::ConstantOp constant) {
        const bool isPacked =
            llvm::all_of(constant->getUsers(), [](Operation *user) {
              return isa<xnn::Conv2dOp, xnn::DepthwiseConv2dOp,
                         xnn::ConvTranspose2dOp, xnn::FullyConnectedOp>(user);
            });
        return isPacked ? WalkResult::advance() : WalkResult::interrupt();
      })
      .wasInterrupted();
}

/// The payloads of all delegates, equal ones once.
static LogicalResult writeDelegates(ModuleOp module, ProgramData &data) {
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function->hasAttr("xnn.delegate"))
      continue;
    FailureOr<ByteList> payload = writeXnnGraph(function);
    if (failed(payload))
      return failure();
    const bool isInline = readsConstants(function);
    std::vector<ByteList> &payloads =
        isInline ? data.inlinePayloads : data.payloads;
    auto known = llvm::find(payloads, *payload);
    data.payloadOf[function.getName()] = {isInline,
                                          uint32_t(known - payloads.begin())};
    if (known == payloads.end())
      payloads.push_back(std::move(*payload));
  }
  return success();
}

namespace {
/// The segments of a file and where they begin.
struct Segments {
  std::vector<fb::Offset<pte::DataSegment>> entries;
  ByteList bytes;

  void add(fb::FlatBufferBuilder &builder, const ByteList &segment) {
    bytes.alignTo(kSegmentAlignment);
    entries.push_back(
        pte::CreateDataSegment(builder, bytes.size(), segment.size()));
    bytes.appendView(segment);
  }
};
} // namespace

/// The flatbuffer with the extended header behind its identifier.
static std::vector<char> withHeader(const fb::FlatBufferBuilder &builder,
                                    uint64_t segmentBytes) {
  using namespace llvm::support::endian;
  const char *flatbuffer =
      reinterpret_cast<const char *>(builder.GetBufferPointer());
  const uint64_t size = builder.GetSize() + kExtendedHeaderSize;
  std::vector<char> head(llvm::alignTo(size, kSegmentAlignment));
  write32le(&head[0], read32le(flatbuffer) + kExtendedHeaderSize);
  std::memcpy(&head[4], flatbuffer + 4, 4);
  std::memcpy(&head[8], "eh00", 4);
  write32le(&head[12], kExtendedHeaderSize);
  write64le(&head[16], size);
  write64le(&head[24], head.size());
  write64le(&head[32], segmentBytes);
  std::memcpy(&head[8 + kExtendedHeaderSize], flatbuffer + 8,
              builder.GetSize() - 8);
  return head;
}

/// Reads what is about to be written.
static LogicalResult readBack(ModuleOp module, ArrayRef<char> head,
                              uint64_t segmentBytes, const ProgramData &data) {
  auto file =
      readPteProgram({head.data(), head.size()}, head.size() + segmentBytes);
  if (!file.ok())
    return module.emitError("the program cannot be read back: ")
           << std::string(file.status().message());
  for (const ByteList &payload :
       llvm::concat<const ByteList>(data.payloads, data.inlinePayloads)) {
    ArrayRef<char> graphHead = payload.front();
    auto graph =
        readXnnGraph({graphHead.data(), graphHead.size()}, payload.size());
    if (!graph.ok())
      return module.emitError("a delegate cannot be read back: ")
             << std::string(graph.status().message());
  }
  return success();
}

LogicalResult pt2e::exportPte(ModuleOp module, llvm::raw_ostream &out) {
  ProgramData data;
  if (failed(writeDelegates(module, data)))
    return failure();
  fb::FlatBufferBuilder builder;
  std::vector<fb::Offset<pte::ExecutionPlan>> methods;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function->hasAttr("xnn.delegate") || function.isPrivate())
      continue;
    auto method = writeMethod(builder, function, data);
    if (failed(method))
      return failure();
    methods.push_back(*method);
  }
  if (methods.empty())
    return module.emitError("expected a public function, but got none");

  // Payloads first: a delegate names its segment before it is known whether
  // there are constants.
  Segments segments;
  for (const ByteList &payload : data.payloads)
    segments.add(builder, payload);
  uint32_t constantIndex = 0;
  if (data.constantOffsets.size() > 1) {
    constantIndex = segments.entries.size();
    data.constants.appendZeros(kConstantSlack);
    segments.add(builder, data.constants);
  }
  const uint32_t initialIndex = segments.entries.size();
  if (data.initialOffsets.size() > 1)
    segments.add(builder, data.initialValues);

  const auto constantSegment = pte::CreateSubsegmentOffsets(
      builder, constantIndex, builder.CreateVector(data.constantOffsets));
  fb::Offset<fb::Vector<fb::Offset<pte::SubsegmentOffsets>>> mutableData = 0;
  if (data.initialOffsets.size() > 1)
    mutableData = builder.CreateVector(std::vector{pte::CreateSubsegmentOffsets(
        builder, initialIndex, builder.CreateVector(data.initialOffsets))});
  std::vector<fb::Offset<pte::BackendDelegateInlineData>> inlineData;
  for (const ByteList &payload : data.inlinePayloads) {
    std::string bytes;
    llvm::raw_string_ostream os(bytes);
    payload.write(os);
    builder.ForceVectorAlignment(bytes.size(), 1, kConstantAlignment);
    inlineData.push_back(pte::CreateBackendDelegateInlineData(
        builder,
        builder.CreateVector(reinterpret_cast<const uint8_t *>(bytes.data()),
                             bytes.size())));
  }
  const auto inlineList = builder.CreateVector(inlineData);
  const auto methodList = builder.CreateVector(methods);
  const auto segmentList = builder.CreateVector(segments.entries);
  pte::ProgramBuilder program(builder);
  program.add_execution_plan(methodList);
  program.add_backend_delegate_data(inlineList);
  program.add_segments(segmentList);
  program.add_constant_segment(constantSegment);
  if (mutableData.o)
    program.add_mutable_data_segments(mutableData);
  builder.Finish(program.Finish(), pte::ProgramIdentifier());

  const std::vector<char> head = withHeader(builder, segments.bytes.size());
  if (failed(readBack(module, head, segments.bytes.size(), data)))
    return failure();
  out.reserveExtraSpace(head.size() + segments.bytes.size());
  out.write(head.data(), head.size());
  segments.bytes.write(out);
  return success();
}

void pt2e::registerExportPte() {
  registerExport("export-pte", "write an ExecuTorch program", exportPte);
}
