// Statistics at the size of the eight validation sets: 16,737 questions in pairs, of which 12 % change.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "analysis/paired_bootstrap.h"
#include "analysis/rank_correlation.h"
#include "analysis/sign_flip_test.h"

namespace {

using namespace vffn;

constexpr int64_t kHellaSwag = 10042;
constexpr int64_t kSources = 8407;  // its clusters

/// Of a model that gains 7 % of the questions and loses 5 %.
std::vector<double> Differences(int64_t questions) {
  std::mt19937 generator(1);
  std::discrete_distribution<int> outcome({5, 88, 7});
  std::vector<double> differences(questions);
  for (double& difference : differences) {
    difference = outcome(generator) - 1;
  }
  return differences;
}

std::vector<int64_t> Clusters(int64_t questions) {
  std::vector<int64_t> clusters(questions);
  for (int64_t i = 0; i < questions; ++i) {
    clusters[i] = i % kSources;
  }
  return clusters;
}

void BootstrapOfOneTask(benchmark::State& state) {
  const std::vector<Stratum> strata = {{"hellaswag", Differences(kHellaSwag), {}}};
  for (auto _ : state) {
    benchmark::DoNotOptimize(PairedBootstrap(strata, {.replicates = state.range(0)}));
  }
}
BENCHMARK(BootstrapOfOneTask)->Arg(1000)->Arg(10000)->Unit(benchmark::kMillisecond);

void BootstrapOfEightTasks(benchmark::State& state) {
  std::vector<Stratum> strata;
  for (const int64_t questions : {1838, 10042, 500, 1000, 570, 299, 1221, 1267}) {
    strata.push_back({std::to_string(questions), Differences(questions), {}});
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(PairedBootstrap(strata, {}));
  }
}
BENCHMARK(BootstrapOfEightTasks)->Unit(benchmark::kMillisecond);

void BootstrapOfClusters(benchmark::State& state) {
  const std::vector<Stratum> strata = {{"hellaswag", Differences(kHellaSwag), Clusters(kHellaSwag)}};
  for (auto _ : state) {
    benchmark::DoNotOptimize(PairedBootstrap(strata, {}));
  }
}
BENCHMARK(BootstrapOfClusters)->Unit(benchmark::kMillisecond);

/// Exact, of whole clusters.
void SignFlips(benchmark::State& state) {
  const std::vector<double> differences = Differences(kHellaSwag);
  std::vector<int64_t> sums(kSources);
  for (int64_t i = 0; i < kHellaSwag; ++i) {
    sums[i % kSources] += static_cast<int64_t>(differences[i]);
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(SignFlipTest(sums));
  }
}
BENCHMARK(SignFlips)->Unit(benchmark::kMillisecond);

/// Loops against surprisal: 500,000 tokens of 1,000 docs, four loop counts.
void SpearmanWithInterval(benchmark::State& state) {
  std::mt19937 generator(1);
  std::normal_distribution<double> surprisal(3, 1);
  std::vector<RankPair> pairs(500000);
  for (size_t i = 0; i < pairs.size(); ++i) {
    pairs[i] = {.x = static_cast<double>(1 + generator() % 4),
                .y = surprisal(generator),
                .cluster = static_cast<int32_t>(i / 500)};
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(SpearmanOf(pairs, {.replicates = state.range(0), .workers = 1}));
  }
}
BENCHMARK(SpearmanWithInterval)->Arg(0)->Arg(100)->Unit(benchmark::kMillisecond);

}  // namespace
