/// \file
/// A function of `xnn` ops as the payload of an XNNPACK delegate.
#ifndef PT2E_LIB_EMIT_XNNGRAPH_H
#define PT2E_LIB_EMIT_XNNGRAPH_H

#include "ByteList.h"
#include "Schemas.h"
#include "dialects/Xnn/Xnn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace pt2e::emit {

namespace fb = flatbuffers;

/// Alignment of constants in a payload and in the constant segment.
constexpr uint64_t kConstantAlignment = 16;
/// Readable bytes behind the last constant: XNNPACK's kernels read past the
/// end of their operands.
constexpr uint64_t kConstantSlack = 128;

/// The payload of `delegate`: header, flatbuffer and constants. External
/// values are the arguments, then the results.
mlir::FailureOr<ByteList> writeXnnGraph(mlir::func::FuncOp delegate);

/// Builds the node tables of a graph.
class [[gnu::visibility("hidden")]] NodeWriter {
public:
  using Id = llvm::function_ref<uint32_t(mlir::Value)>;

  /// `id` gives the number of a value; absent optional operands have none.
  NodeWriter(fb::FlatBufferBuilder & builder, Id id)
      : builder(builder), id(id) {}

  /// The node of `op`, or failure after an error. `handle` is its number.
  mlir::FailureOr<fb::Offset<fb_xnnpack::XNode>> write(mlir::Operation * op,
                                                       uint32_t handle);

  /// A node that copies `from` to `to`.
  fb::Offset<fb_xnnpack::XNode> copy(uint32_t from, uint32_t to,
                                     uint32_t handle);

private:
  fb::Offset<void> one(mlir::Value input, mlir::Value output,
                       uint32_t flags = 0);
  fb::Offset<void> two(mlir::Value lhs, mlir::Value rhs, mlir::Value output,
                       uint32_t flags = 0);
  fb::Offset<void> concatenate(xnn::ConcatenateOp op);
  fb::Offset<fb::Vector<uint32_t>> list(llvm::ArrayRef<int64_t> values);

  fb::FlatBufferBuilder &builder;
  Id id;
};

} // namespace pt2e::emit

#endif // PT2E_LIB_EMIT_XNNGRAPH_H
