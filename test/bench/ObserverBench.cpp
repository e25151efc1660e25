// How fast observers see tensors and choose parameters, on one core.
//
//   cmake --preset release -DPT2E_BUILD_BENCHMARKS=ON
//   cmake --build build/release --target observer_bench
//   build/release/test/bench/observer_bench

#include <random>

#include "RangeScan.h"
#include "benchmark/benchmark.h"
#include "pt2e/Numerics/Observer.h"
#include "pt2e/Numerics/Quantize.h"

namespace pt2e {
namespace {

enum class Data { Normal, Relu, Constant };

std::vector<float> makeData(Data data, size_t count) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float &value : values) {
    value = data == Data::Constant ? 1.25f : normal(random);
    if (data == Data::Relu)
      value = std::max(value, 0.0f);
  }
  return values;
}

std::unique_ptr<Observer> make(std::string_view name) {
  ObserverOptions options;
  options.spec.eps = kXnnpackEps;
  return *makeObserver(name, options);
}

void observe(benchmark::State &state, std::string_view name, Data data) {
  const std::vector<float> values = makeData(data, state.range(0));
  std::unique_ptr<Observer> observer = make(name);
  // Whatever depends on the first call is behind.
  benchmark::DoNotOptimize(observer->observe(values, {state.range(0)}));
  for (auto _ : state)
    benchmark::DoNotOptimize(observer->observe(values, {state.range(0)}));
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(state.iterations() * state.range(0) * 4);
}

// In the first-level cache, in the second, and in memory.
#define PT2E_OBSERVE(name, data)                                               \
  BENCHMARK_CAPTURE(observe, name##_##data, #name, Data::data)                 \
      ->Arg(1 << 10)                                                           \
      ->Arg(1 << 16)                                                           \
      ->Arg(1 << 20)                                                           \
      ->Arg(1 << 25)
PT2E_OBSERVE(min_max, Normal);
PT2E_OBSERVE(merging_histogram, Normal);
PT2E_OBSERVE(merging_histogram, Relu);
PT2E_OBSERVE(merging_histogram, Constant);
PT2E_OBSERVE(histogram, Normal);
PT2E_OBSERVE(histogram, Relu);

/// What memory gives: the same reading without anything else.
void readMemory(benchmark::State &state) {
  const std::vector<float> values = makeData(Data::Normal, state.range(0));
  for (auto _ : state) {
    int64_t sum = 0;
    for (size_t i = 0; i < values.size(); i += 16)
      sum += values[i] > 0;
    benchmark::DoNotOptimize(sum);
  }
  state.SetBytesProcessed(state.iterations() * state.range(0) * 4);
}
BENCHMARK(readMemory)->Arg(1 << 25);

void calculateQParams(benchmark::State &state, std::string_view name,
                      Data data) {
  const std::vector<float> values = makeData(data, 1 << 20);
  std::unique_ptr<Observer> observer = make(name);
  benchmark::DoNotOptimize(observer->observe(values, {1 << 20}));
  for (auto _ : state)
    benchmark::DoNotOptimize(observer->calculateQParams());
}
BENCHMARK_CAPTURE(calculateQParams, merging_histogram_Normal,
                  "merging_histogram", Data::Normal)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(calculateQParams, merging_histogram_Relu, "merging_histogram",
                  Data::Relu)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(calculateQParams, histogram_Normal, "histogram", Data::Normal)
    ->Unit(benchmark::kMicrosecond);

void quantizeInt8(benchmark::State &state) {
  const std::vector<float> values = makeData(Data::Normal, state.range(0));
  std::vector<int8_t> codes(values.size());
  for (auto _ : state) {
    quantize<int8_t>(values, 0.02, 3, {-128, 127}, absl::MakeSpan(codes));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(quantizeInt8)->Arg(1 << 16);

} // namespace
} // namespace pt2e
