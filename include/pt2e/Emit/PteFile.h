/// \file
/// What a .pte file contains, read with every bound checked.
#ifndef PT2E_EMIT_PTEFILE_H
#define PT2E_EMIT_PTEFILE_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace pt2e {

/// A value of an XNNPACK graph.
struct XnnValue {
  std::string dtype; ///< "f32", "qint8", "qcint8", ...
  std::vector<uint32_t> dims;
  std::optional<float> scale; ///< of one scale for the whole value
  int32_t zeroPoint = 0;
  uint32_t numScales = 0; ///< of channelwise and blockwise constants
  bool isConstant = false;
};

/// "qint8 [1, 28, 28, 16] scale 0.02 zero point -3".
std::string toString(const XnnValue &value);

struct XnnNode {
  std::string type; ///< "Conv2d", "Add", ...: the schema's, without XNN
  std::vector<uint32_t> inputs;
  std::vector<uint32_t> outputs;
  std::optional<float> outputMin, outputMax;
};

struct XnnGraph {
  /// By the number that nodes use; those in between are empty.
  std::vector<XnnValue> values;
  std::vector<XnnNode> nodes;
  std::vector<uint32_t> inputs, outputs;
  uint64_t constantBytes = 0;
};

/// Reads the payload of an XNNPACK delegate. `head` are its first bytes, with
/// the flatbuffer; `size` is its whole size: constants are measured, not read.
absl::StatusOr<XnnGraph> readXnnGraph(std::string_view head, uint64_t size);

struct PteTensor {
  std::string dtype; ///< "f32", "i64", ...
  std::vector<int64_t> sizes;
  bool isDynamic = false; ///< sizes are upper bounds
  bool isConstant = false;
};

/// An argument or result of a method or call.
struct PteValue {
  std::string text; ///< "f32 [<=64, 10]", "int 3", "none", ...
  std::optional<PteTensor> tensor;
};

struct PteCall {
  std::string kernel;   ///< "aten::add.out"; empty for a call of a delegate
  int64_t delegate = 0; ///< an index of PteMethod::delegates
  std::vector<int32_t> arguments; ///< indices of PteMethod::values
};

struct PteDelegate {
  std::string backend;
  uint64_t offset = 0; ///< of the payload in the file
  uint64_t size = 0;
  std::optional<XnnGraph> graph; ///< of XNNPACK, if the payload was at hand
};

struct PteMethod {
  std::string name;
  std::vector<PteValue> values;
  std::vector<int32_t> inputs, outputs;
  std::vector<PteCall> calls;
  std::vector<PteDelegate> delegates;
  int64_t arenaBytes = 0;
};

struct PteFile {
  std::vector<PteMethod> methods;
  uint64_t size = 0;         ///< of the whole file
  uint64_t programBytes = 0; ///< of the flatbuffer
  uint64_t constantBytes = 0;
};

/// Reads the program of a .pte file. `head` are its first bytes, up to the end
/// of the flatbuffer at least; `size` is the size of the file.
absl::StatusOr<PteFile> readPteProgram(std::string_view head, uint64_t size);

/// Reads a whole .pte file with the graphs of its delegates.
absl::StatusOr<PteFile> readPte(std::string_view bytes);

} // namespace pt2e

#endif // PT2E_EMIT_PTEFILE_H
