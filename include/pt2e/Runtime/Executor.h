/// \file
/// Running .pte programs on ExecuTorch.
#ifndef PT2E_RUNTIME_EXECUTOR_H
#define PT2E_RUNTIME_EXECUTOR_H

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "pt2e/Runtime/Tensor.h"

namespace pt2e::runtime {

/// An input or output of a method.
struct ValueInfo {
  DType dtype = DType::F32;
  /// Sizes; of a value that is dynamic, the upper bounds.
  Shape shape;
  /// Some size may be smaller than its bound at run time. A .pte does not say
  /// which.
  bool isDynamic = false;
  /// A number and no tensor: passed as a tensor of rank 0, of type i64, f64 or
  /// bool.
  bool isScalar = false;
};

/// "f32 [1, 3, 28, 28]", "f32 [<=64, <=1, ...]", "scalar i64".
std::string toString(const ValueInfo &info);

struct MethodInfo {
  std::string name;
  std::vector<ValueInfo> inputs;
  std::vector<ValueInfo> outputs;
  /// Bytes of planned memory.
  int64_t arenaBytes = 0;
};

/// How long one call takes, in seconds.
struct Timing {
  int runs = 0;
  double median = 0;
  double min = 0;
};

/// A method of a .pte, loaded and ready to run. Buffers that the program
/// changes keep their values from one run() to the next. Not to be run by two
/// threads at once.
class Program {
public:
  /// Maps the file and loads `method`. The file must not change while the
  /// Program lives. Errors name the path; the text of ExecuTorch's own error
  /// is part of them.
  static absl::StatusOr<Program> load(const std::string &path,
                                      const std::string &method = "forward");

  /// The same from memory; `name` stands for the path in errors.
  static absl::StatusOr<Program>
  loadBytes(std::vector<uint8_t> bytes, const std::string &name,
            const std::string &method = "forward");

  Program(Program &&) noexcept;
  Program &operator=(Program &&) noexcept;
  ~Program();

  const MethodInfo &info() const;
  /// All methods of the file.
  const std::vector<std::string> &methodNames() const;

  /// Runs the method once. Inputs are row-major whatever layout the program
  /// wants, and so are the outputs.
  /// \returns InvalidArgument if number, dtype, rank or sizes of the inputs do
  ///          not fit info(); the error of an ObserveSink; Internal if
  ///          ExecuTorch fails.
  absl::StatusOr<std::vector<Tensor>> run(absl::Span<const Tensor> inputs);

  /// Runs the method `warmUp + runs` times and measures the last `runs`,
  /// setting of the inputs included, copying of the outputs not.
  absl::StatusOr<Timing> time(absl::Span<const Tensor> inputs, int runs,
                              int warmUp = 3);

private:
  struct Impl;
  explicit Program(std::unique_ptr<Impl> impl);
  static absl::StatusOr<Program> loadImpl(std::unique_ptr<Impl> impl,
                                          const std::string &method);
  std::unique_ptr<Impl> impl_;
};

} // namespace pt2e::runtime

#endif // PT2E_RUNTIME_EXECUTOR_H
