// The kernels beside GEMM, one thread, on a pack of three docs of 160 tokens of a model of hidden size 576.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "model/kernels/kernels.h"

namespace {

using namespace vffn::kernels;
using vffn::Segment;
using vffn::Target;

constexpr int64_t kTokens = 480;
constexpr int64_t kHidden = 576;
constexpr int64_t kFfn = 1536;
constexpr int64_t kHeads = 9, kKvHeads = 3, kHeadSize = 64;

std::vector<float> RandomFloats(int64_t count) {
  std::mt19937 generator(1);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(generator);
  return values;
}

void Attention(benchmark::State& state) {
  std::vector<Segment> segments;  // per doc: a context of 100 tokens and four choices of 15
  for (int32_t doc = 0; doc < kTokens; doc += 160) {
    const auto root = static_cast<int32_t>(segments.size());
    segments.push_back({doc, doc + 100, -1});
    for (int32_t choice = doc + 100; choice < doc + 160; choice += 15) {
      segments.push_back({choice, choice + 15, root});
    }
  }
  const auto qkv = RandomFloats(kTokens * (kHeads + 2 * kKvHeads) * kHeadSize);
  std::vector<float> out(kTokens * kHeads * kHeadSize);
  for (auto _ : state) {
    BestKernels().attention({.qkv = qkv.data(),
                             .out = out.data(),
                             .segments = segments,
                             .n_heads = kHeads,
                             .n_kv_heads = kKvHeads,
                             .head_size = kHeadSize,
                             .scale = 0.125f});
    benchmark::ClobberMemory();
  }
}
BENCHMARK(Attention);

void SwiGlu(benchmark::State& state) {
  const auto up_gate = RandomFloats(kTokens * 2 * kFfn);
  std::vector<float> out(kTokens * kFfn);
  for (auto _ : state) {
    BestKernels().activate({.linear = up_gate.data(),
                            .activated = up_gate.data() + kFfn,
                            .stride = 2 * kFfn,
                            .rows = kTokens,
                            .f = kFfn,
                            .out = out.data()});
    benchmark::ClobberMemory();
  }
}
BENCHMARK(SwiGlu);

void RmsNorm(benchmark::State& state) {
  const auto x = RandomFloats(kTokens * kHidden);
  const auto weight = RandomFloats(kHidden);
  std::vector<float> out(kTokens * kHidden);
  for (auto _ : state) {
    BestKernels().norm({.x = x.data(),
                        .out = out.data(),
                        .rows = kTokens,
                        .stride = kHidden,
                        .d = kHidden,
                        .norm = {.weight = weight.data(), .epsilon = 1e-5f}});
    benchmark::ClobberMemory();
  }
}
BENCHMARK(RmsNorm);

/// A whole FFN: norm, both products, SwiGLU and residual.
void Ffn(benchmark::State& state, GemmPrecision precision) {
  const auto in = RandomFloats(2 * kFfn * kHidden), out = RandomFloats(kHidden * kFfn);
  const auto x = RandomFloats(kTokens * kHidden), weight = RandomFloats(kHidden);
  std::vector<float> y(kTokens * kHidden);
  const auto packed_in = BestKernels().pack(
      {.weights = in.data(), .n = 2 * kFfn, .k = kHidden, .precision = precision, .parts = 2});
  const auto packed_out =
      BestKernels().pack({.weights = out.data(), .n = kHidden, .k = kFfn, .precision = precision});
  const PackedView linear(packed_in, 0, kFfn, 0, kHidden);
  const RowNorm norm{.weight = weight.data(), .epsilon = 1e-5f};
  for (auto _ : state) {
    BestKernels().mlp(
        {.input = {.x = x.data(), .stride = kHidden, .norm = &norm},
         .m = kTokens,
         .activated = {packed_in, kFfn, 2 * kFfn, 0, kHidden},
         .linear = &linear,
         .out = packed_out,
         .output = {.y = y.data(), .stride = kHidden, .stream = x.data(), .stream_stride = kHidden}});
    benchmark::ClobberMemory();
  }
  state.counters["FLOPS"] = benchmark::Counter(
      6.0 * static_cast<double>(kTokens * kHidden * kFfn * state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(Ffn, float32, GemmPrecision::kFloat32);
BENCHMARK_CAPTURE(Ffn, bfloat16, GemmPrecision::kBfloat16);

void Head(benchmark::State& state) {
  constexpr int64_t kVocabulary = 49152, kRows = 192;
  const auto hidden = RandomFloats(kRows * kHidden);
  const auto packed = BestKernels().pack(
      {.weights = RandomFloats(kVocabulary * kHidden).data(), .n = kVocabulary, .k = kHidden});
  std::vector<Target> targets;
  for (int32_t row = 0; row < kRows; ++row) {
    targets.push_back({row, row * 251 % static_cast<int32_t>(kVocabulary)});
  }
  std::vector<float> log_probs(kRows);
  std::vector<uint8_t> greedy(kRows);
  for (auto _ : state) {
    BestKernels().head({.hidden = hidden.data(),
                        .rows = kRows,
                        .w = &packed,
                        .targets = targets,
                        .log_probs = log_probs.data(),
                        .greedy = greedy.data()});
    benchmark::ClobberMemory();
  }
  state.counters["FLOPS"] =
      benchmark::Counter(2.0 * static_cast<double>(kRows * kHidden * kVocabulary * state.iterations()),
                         benchmark::Counter::kIsRate);
}
BENCHMARK(Head)->Unit(benchmark::kMillisecond);

}  // namespace
