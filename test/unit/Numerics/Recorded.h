/// \file
/// Results that PyTorch computed, from test/data/numerics (make_numerics.py).
#ifndef PT2E_TEST_UNIT_NUMERICS_RECORDED_H
#define PT2E_TEST_UNIT_NUMERICS_RECORDED_H

#include <cstdint>
#include <string>
#include <vector>

#include "pt2e/Numerics/Observer.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"

namespace pt2e::test {

/// A tensor of any type; its values as doubles, which hold all of ours.
struct Tensor {
  std::vector<int64_t> shape;
  std::vector<double> values;

  std::vector<float> floats() const { return {values.begin(), values.end()}; }
  std::vector<int32_t> ints() const { return {values.begin(), values.end()}; }
};

/// NAME.json, and the tensors in NAME.npys that it refers to by offset.
class Recorded {
public:
  explicit Recorded(llvm::StringRef name);

  const llvm::json::Array &cases() const { return array; }
  Tensor tensor(const llvm::json::Value &offset) const;
  std::vector<Tensor> tensors(const llvm::json::Array *offsets) const;

private:
  llvm::json::Array array;
  std::string pack;
};

/// A number, or a C hexadecimal float in a string.
double number(const llvm::json::Value *value);
std::vector<float> floats(const llvm::json::Array *values);

/// dtype, qscheme (of either spelling), quant_min, quant_max, eps, ch_axis.
ObserverOptions optionsOf(const llvm::json::Object &object);

} // namespace pt2e::test

#endif // PT2E_TEST_UNIT_NUMERICS_RECORDED_H
