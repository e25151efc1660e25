/// \file
/// What the methods of an ExecuTorch program share, and the methods.
#ifndef PT2E_LIB_EMIT_PROGRAM_H
#define PT2E_LIB_EMIT_PROGRAM_H

#include "ByteList.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Et/Et.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

#include "Schemas.h"

namespace pt2e::emit {

namespace fb = flatbuffers;

/// Segments begin at multiples of this.
constexpr uint64_t kSegmentAlignment = 128;
/// The `eh00` header, which stands behind the file identifier.
constexpr uint64_t kExtendedHeaderSize = 32;

/// What the methods of a program share: constants, initial values of buffers
/// and delegates, each stored once.
struct ProgramData {
  /// Constant tensors; offset 0 of the list stands for "no constant".
  ByteList constants;
  std::vector<uint64_t> constantOffsets = {0};
  BytesIndex constantIndex;

  ByteList initialValues;
  std::vector<uint64_t> initialOffsets = {0};

  /// Segment i of the file is payload i.
  std::vector<ByteList> payloads;
  /// Payloads inside the program. The runtime frees a segment as soon as the
  /// delegate is made, unless the file is mapped: XNNPACK has packed its
  /// weights then, but still reads the constants of other ops where they are.
  std::vector<ByteList> inlinePayloads;
  struct PayloadReference {
    bool isInline;
    uint32_t index;
  };
  /// From the name of a delegate to its payload.
  llvm::StringMap<PayloadReference> payloadOf;

  /// The entry of constantOffsets that stands for `value`.
  mlir::FailureOr<uint32_t> addConstant(mlir::ElementsAttr value);
  mlir::FailureOr<uint32_t> addInitialValue(mlir::ElementsAttr value);
};

/// One method: a function whose memory is planned.
mlir::FailureOr<fb::Offset<executorch_flatbuffer::ExecutionPlan>>
writeMethod(fb::FlatBufferBuilder &builder, mlir::func::FuncOp function,
            ProgramData &data);

} // namespace pt2e::emit

#endif // PT2E_LIB_EMIT_PROGRAM_H
