#include "pt2e/Runtime/PairedRun.h"

#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>

#include "pt2e/Runtime/Observe.h"
#include "pt2e/Runtime/Status.h"

namespace pt2e::runtime {
namespace {

absl::StatusOr<Tensor> copyOf(const TensorView &view) {
  if (!view.dimOrder.empty())
    return invalid("expected an observed value in row-major order");
  Tensor tensor(view.dtype, Shape(view.shape.begin(), view.shape.end()));
  if (tensor.numBytes() > 0)
    std::memcpy(tensor.data(), view.data, tensor.numBytes());
  return tensor;
}

/// Runs a program in a thread of its own, up to one observed value at a time.
class Follower {
public:
  Follower(Program &program, absl::Span<const Tensor> inputs)
      : thread_([this, &program, inputs] {
          if (waitForTurn())
            outputs_ = run(program, inputs);
          handBack(/*isDone=*/true);
        }) {}

  ~Follower() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      isCancelled_ = true;
      isMyTurn_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  /// The value of `number`, and forgets it.
  absl::StatusOr<Tensor> take(int64_t number) {
    while (values_.count(number) == 0 && !isDone_)
      step();
    const auto found = values_.find(number);
    if (found == values_.end())
      return outputs_.ok()
                 ? absl::NotFoundError(fmt::format(
                       "the reference does not compute value {}", number))
                 : outputs_.status();
    Tensor value = std::move(found->second);
    values_.erase(found);
    return value;
  }

  absl::StatusOr<std::vector<Tensor>> finish() {
    while (!isDone_)
      step();
    return std::move(outputs_);
  }

private:
  absl::StatusOr<std::vector<Tensor>> run(Program &program,
                                          absl::Span<const Tensor> inputs) {
    ObserveScope scope([this](int64_t number, const TensorView &view) {
      PT2E_ASSIGN_OR_RETURN(Tensor value, copyOf(view));
      values_.insert_or_assign(number, std::move(value));
      handBack(/*isDone=*/false);
      return waitForTurn() ? absl::OkStatus()
                           : absl::CancelledError("the other program failed");
    });
    return program.run(inputs);
  }

  /// False if there is nothing left to do.
  bool waitForTurn() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return isMyTurn_; });
    return !isCancelled_;
  }

  void handBack(bool isDone) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      isDone_ = isDone;
      isMyTurn_ = isCancelled_;
    }
    changed_.notify_all();
  }

  /// Lets the thread run up to its next value or its end.
  void step() {
    std::unique_lock<std::mutex> lock(mutex_);
    isMyTurn_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !isMyTurn_; });
  }

  // All below belongs to whose turn it is.
  std::map<int64_t, Tensor> values_;
  absl::StatusOr<std::vector<Tensor>> outputs_ = std::vector<Tensor>();
  bool isDone_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool isMyTurn_ = false;
  bool isCancelled_ = false;
  std::thread thread_; ///< last: starts when the rest is there
};

} // namespace

absl::StatusOr<PairedOutputs> runPaired(Program &reference, Program &other,
                                        absl::Span<const Tensor> inputs,
                                        const PairSink &sink) {
  Follower follower(reference, inputs);
  ObserveScope scope([&](int64_t number, const TensorView &view) {
    PT2E_ASSIGN_OR_RETURN(Tensor value, copyOf(view));
    PT2E_ASSIGN_OR_RETURN(Tensor expected, follower.take(number));
    return sink(number, expected, value);
  });
  PairedOutputs outputs;
  PT2E_ASSIGN_OR_RETURN(outputs.other, other.run(inputs));
  PT2E_ASSIGN_OR_RETURN(outputs.reference, follower.finish());
  return outputs;
}

} // namespace pt2e::runtime
