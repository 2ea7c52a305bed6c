// The machine's GEMM peak, by LibTorch and by our kernels: one single-threaded multiplication per thread, as
// scoring works. FLOPS counts 2 per multiply-add; the peak of a precision is the highest rate in its rows.
// With AMX, TilePeak is the rate of the tile instructions alone.
#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>

#include <random>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/tile_peak.h"
#include "model/kernels/kernels.h"

namespace {

using vffn::kernels::BestKernels;
using vffn::kernels::GemmPrecision;

constexpr int64_t kLarge = 2048;

void SetRate(benchmark::State& state, int64_t m, int64_t k, int64_t n) {
  state.counters["FLOPS"] = benchmark::Counter(2.0 * static_cast<double>(m * k * n * state.iterations()),
                                               benchmark::Counter::kIsRate);
}

void TorchGemm(benchmark::State& state, at::ScalarType type) {
  at::set_num_threads(1);
  const int64_t m = state.range(0), k = state.range(1), n = state.range(2);
  const at::Tensor a = at::randn({m, k}).to(type);
  const at::Tensor w = at::randn({n, k}).to(type);
  for (auto _ : state) {
    benchmark::DoNotOptimize(at::linear(a, w));
  }
  SetRate(state, m, k, n);
}

void OurGemm(benchmark::State& state, GemmPrecision precision) {
  const int64_t m = state.range(0), k = state.range(1), n = state.range(2);
  const auto& kernels = BestKernels();
  std::mt19937 generator(1);
  std::normal_distribution<float> normal;
  std::vector<float> a(m * k), w(n * k), c(m * n);
  for (float& value : a) value = normal(generator);
  for (float& value : w) value = normal(generator);
  const auto packed = kernels.pack({.weights = w.data(), .n = n, .k = k, .precision = precision});
  for (auto _ : state) {
    kernels.gemm(
        {.input = {.x = a.data(), .stride = k}, .m = m, .w = packed, .output = {.y = c.data(), .stride = n}});
    benchmark::ClobberMemory();
  }
  SetRate(state, m, k, n);
}

/// m, k, n: one large square product, and the layers of a model of hidden size 576 on a pack of 512 tokens.
void Shapes(benchmark::internal::Benchmark* b) {
  b->Args({kLarge, kLarge, kLarge})
      ->Args({512, 576, 960})
      ->Args({512, 576, 576})
      ->Args({512, 576, 3072})
      ->Args({512, 1536, 576})
      ->Threads(static_cast<int>(std::thread::hardware_concurrency()))
      ->UseRealTime()
      ->MinTime(0.5);
}

BENCHMARK_CAPTURE(TorchGemm, float32, at::kFloat)->Apply(Shapes);
BENCHMARK_CAPTURE(OurGemm, float32, GemmPrecision::kFloat32)->Apply(Shapes);
BENCHMARK_CAPTURE(TorchGemm, bfloat16, at::kBFloat16)->Apply(Shapes);
BENCHMARK_CAPTURE(OurGemm, bfloat16, GemmPrecision::kBfloat16)->Apply(Shapes);

#if defined(__x86_64__)
void TilePeak(benchmark::State& state) {
  constexpr int64_t kTimes = 100000;
  if (std::string_view(BestKernels().name) != "amx_bf16") {
    state.SkipWithError("this processor has no AMX");
    return;
  }
  int64_t flops = 0;
  for (auto _ : state) {
    flops += vffn::MultiplyTilesInCache(kTimes);
  }
  state.counters["FLOPS"] = benchmark::Counter(static_cast<double>(flops), benchmark::Counter::kIsRate);
}
BENCHMARK(TilePeak)
    ->Threads(static_cast<int>(std::thread::hardware_concurrency()))
    ->UseRealTime()
    ->MinTime(0.5);
#endif

}  // namespace
