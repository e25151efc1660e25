/// \file
/// Programs written as text, exported and loaded into the runtime.
#ifndef PT2E_TEST_UNIT_EMIT_COMPILE_H
#define PT2E_TEST_UNIT_EMIT_COMPILE_H

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"

#include "dialects/Et/Et.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "pt2e/Driver/Stages.h"
#include "pt2e/Emit/ExportPte.h"
#include "pt2e/InitAll.h"
#include "pt2e/Runtime/Executor.h"
#include "pt2e/Xnnpack/Passes.h"

namespace pt2e {

/// The file that `text`, a program of the `et` dialect, becomes; empty after
/// an error.
inline std::string exportText(const std::string &text) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry);
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  if (!module)
    return "";
  mlir::PassManager passes(&context);
  passes.addPass(createEtPlanMemoryPass());
  std::string bytes;
  llvm::raw_string_ostream out(bytes);
  if (failed(passes.run(*module)) || failed(exportPte(*module, out)))
    return "";
  return bytes;
}

/// The file that `text`, a converted or float program, is lowered to; empty
/// after an error.
inline std::string exportConverted(const std::string &text,
                                   bool allowKernels = true) {
  [[maybe_unused]] static const bool registered = (registerAllPasses(), true);
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry);
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  EXPECT_TRUE(module);
  if (!module || failed(runPipeline(*module, joinPipelines(loweringStages()))))
    return "";
  if (!allowKernels)
    module->walk([](et::CallKernelOp call) {
      ADD_FAILURE() << "calls " << call.getKernel().str();
    });
  std::string bytes;
  llvm::raw_string_ostream out(bytes);
  EXPECT_TRUE(succeeded(exportPte(*module, out)));
  return bytes;
}

/// The outputs of `text` for `inputs`; none after an error.
inline std::vector<runtime::Tensor>
runText(const std::string &text, const std::vector<runtime::Tensor> &inputs) {
  const std::string bytes = exportText(text);
  EXPECT_FALSE(bytes.empty());
  auto program = runtime::Program::loadBytes(
      std::vector<uint8_t>(bytes.begin(), bytes.end()), "exported");
  EXPECT_TRUE(program.ok()) << program.status();
  if (!program.ok())
    return {};
  auto outputs = program->run(inputs);
  EXPECT_TRUE(outputs.ok()) << outputs.status();
  return outputs.ok() ? *std::move(outputs) : std::vector<runtime::Tensor>();
}

/// `dense<"0x...">`.
template <typename T>
std::string dense(const std::vector<T> &values) {
  std::string text = "dense<\"0x";
  const auto *bytes = reinterpret_cast<const uint8_t *>(values.data());
  for (size_t i = 0; i < values.size() * sizeof(T); ++i) {
    text += "0123456789ABCDEF"[bytes[i] >> 4];
    text += "0123456789ABCDEF"[bytes[i] & 15];
  }
  return text + "\">";
}

/// Replaces every `$NAME` in `text`.
inline std::string
substitute(std::string text,
           const std::vector<std::pair<std::string, std::string>> &names) {
  for (const auto &[name, value] : names)
    for (size_t at; (at = text.find("$" + name)) != std::string::npos;)
      text.replace(at, name.size() + 1, value);
  return text;
}

inline std::vector<float> randomFloats(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> values(count);
  for (float &value : values)
    value = static_cast<float>(random() >> 8) / (1 << 23) - 1;
  return values;
}

inline std::vector<int8_t> randomCodes(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<int8_t> values(count);
  for (int8_t &value : values)
    value = static_cast<int8_t>(random() >> 24);
  return values;
}

/// Sums of products of a convolution: input [N, H, W, C], filter
/// [O, KH, KW, C], the same padding on all sides.
template <typename T>
std::vector<double> convolve(const std::vector<T> &x, int64_t n, int64_t h,
                             int64_t w, int64_t c, const std::vector<T> &filter,
                             int64_t o, int64_t k, int64_t stride,
                             int64_t padding, double zeroPoint = 0) {
  const int64_t oh = (h + 2 * padding - k) / stride + 1;
  const int64_t ow = (w + 2 * padding - k) / stride + 1;
  std::vector<double> sums;
  for (int64_t b = 0; b < n; ++b)
    for (int64_t i = 0; i < oh; ++i)
      for (int64_t j = 0; j < ow; ++j)
        for (int64_t channel = 0; channel < o; ++channel) {
          double sum = 0;
          for (int64_t ki = 0; ki < k; ++ki)
            for (int64_t kj = 0; kj < k; ++kj) {
              const int64_t y = i * stride + ki - padding;
              const int64_t z = j * stride + kj - padding;
              if (y < 0 || y >= h || z < 0 || z >= w)
                continue;
              for (int64_t l = 0; l < c; ++l)
                sum += (x[((b * h + y) * w + z) * c + l] - zeroPoint) *
                       filter[((channel * k + ki) * k + kj) * c + l];
            }
          sums.push_back(sum);
        }
  return sums;
}

} // namespace pt2e

#endif // PT2E_TEST_UNIT_EMIT_COMPILE_H
