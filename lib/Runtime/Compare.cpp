#include "pt2e/Runtime/Compare.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "pt2e/Runtime/Files.h"
#include "pt2e/Runtime/Npy.h"
#include "pt2e/Runtime/Status.h"

namespace pt2e::runtime {
namespace {

double cosineOf(double product, double squaresA, double squaresB) {
  if (squaresA == 0 && squaresB == 0)
    return 1;
  if (squaresA == 0 || squaresB == 0)
    return 0;
  return product / (std::sqrt(squaresA) * std::sqrt(squaresB));
}

bool isSame(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

} // namespace

absl::Status Difference::add(const Tensor &reference, const Tensor &other) {
  if (reference.shape() != other.shape())
    return invalid("expected shape {}, but got {}", toString(reference.shape()),
                   toString(other.shape()));
  const std::vector<double> a = toDoubles(reference), b = toDoubles(other);
  const size_t rows = a.empty()              ? 0
                      : reference.rank() < 2 ? 1
                                             : reference.shape()[0];
  const size_t width = rows ? a.size() / rows : 0;
  for (size_t row = 0; row < rows; ++row) {
    double signal = 0, square = 0, product = 0;
    for (size_t i = row * width; i < (row + 1) * width; ++i) {
      unequal_ += !isSame(a[i], b[i]);
      if (!std::isfinite(a[i]) || !std::isfinite(b[i])) {
        notComparable_ += !isSame(a[i], b[i]);
        continue;
      }
      const double error = a[i] - b[i];
      maxError_ = std::max(maxError_, std::abs(error));
      largest_ = std::max(largest_, std::abs(a[i]));
      noise_ += error * error;
      signal += a[i] * a[i];
      square += b[i] * b[i];
      product += a[i] * b[i];
    }
    signal_ += signal;
    other_ += square;
    product_ += product;
    if (width < 2)
      continue;
    ++rows_;
    smallestCosine_ =
        std::min(smallestCosine_, cosineOf(product, signal, square));
    const auto argmax = [&](const std::vector<double> &values) {
      const auto begin = values.begin() + row * width;
      return std::max_element(begin, begin + width) - begin;
    };
    sameArgmax_ += argmax(a) == argmax(b);
  }
  elements_ += a.size();
  return absl::OkStatus();
}

double Difference::relativeError() const {
  if (maxError_ == 0)
    return 0;
  return largest_ == 0 ? std::numeric_limits<double>::infinity()
                       : maxError_ / largest_;
}

double Difference::meanSquareError() const {
  const int64_t compared = elements_ - notComparable_;
  return compared > 0 ? noise_ / compared : 0;
}

double Difference::sqnr() const {
  if (noise_ == 0)
    return std::numeric_limits<double>::infinity();
  return 10 * std::log10(signal_ / noise_);
}

double Difference::cosine() const {
  return cosineOf(product_, signal_, other_);
}

double Difference::smallestCosine() const {
  return rows_ ? smallestCosine_ : cosine();
}

std::string recordName(const std::string &prefix, int64_t call, size_t output,
                       size_t outputs) {
  std::string name = prefix;
  if (call >= 0)
    name += fmt::format("_{}", call);
  if (outputs > 1)
    name += fmt::format("_out{}", output);
  return name + ".npy";
}

absl::StatusOr<RecordedOutputs> RecordedOutputs::open(const std::string &path) {
  const auto exists = [](const std::string &name) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(name, ignored);
  };
  RecordedOutputs result;
  const std::string prefix = isFolder(path) ? path + "/output" : path;
  // Paths of one call's outputs: one file, or numbered ones.
  const auto outputsOf = [&](int64_t call) {
    std::vector<std::string> paths;
    if (std::string one = recordName(prefix, call, 0, 1); exists(one))
      return std::vector<std::string>{one};
    for (;;) {
      std::string name = recordName(prefix, call, paths.size(), 2);
      if (!exists(name))
        return paths;
      paths.push_back(std::move(name));
    }
  };
  std::vector<std::string> joined;
  if (!isFolder(path) && exists(path))
    joined = {path};
  else
    joined = outputsOf(-1);
  for (const std::string &name : joined) {
    PT2E_ASSIGN_OR_RETURN(NpyReader file, NpyReader::open(name));
    result.files_.push_back(std::move(file));
  }
  result.joined_ = !joined.empty();
  if (result.joined_)
    return result;
  for (;;) {
    auto call = outputsOf(result.calls_.size());
    if (call.empty())
      break;
    result.calls_.push_back(std::move(call));
  }
  if (result.calls_.empty())
    return absl::NotFoundError(
        fmt::format("no recorded outputs: neither `{}` nor `{}`",
                    recordName(prefix, -1, 0, 1), recordName(prefix, 0, 0, 1)));
  return result;
}

absl::StatusOr<std::vector<Tensor>> RecordedOutputs::next(int64_t rows) {
  std::vector<Tensor> outputs;
  if (joined_) {
    for (const NpyReader &file : files_) {
      const bool isScalar = file.shape().empty();
      const int64_t all = isScalar ? 1 : file.shape()[0];
      if (next_ >= all)
        continue;
      PT2E_ASSIGN_OR_RETURN(
          Tensor tensor,
          isScalar ? file.readAll()
                   : file.readRows(next_, std::min(rows, all - next_)));
      outputs.push_back(std::move(tensor));
    }
    next_ += rows;
    return outputs;
  }
  if (next_ == numCalls())
    return outputs;
  for (const std::string &path : calls_[next_]) {
    PT2E_ASSIGN_OR_RETURN(Tensor tensor, readNpy(path));
    outputs.push_back(std::move(tensor));
  }
  ++next_;
  return outputs;
}

} // namespace pt2e::runtime
