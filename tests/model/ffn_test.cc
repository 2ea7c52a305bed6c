// What must hold of every FFN, on random weights.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "model/ffn/loop_shuffle.h"
#include "model/logits.h"
#include "tests/model/random_checkpoint.h"
#include "tests/model/test_device.h"

namespace vffn {
namespace {

const std::vector<std::vector<int32_t>> kSequences = {
    {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}, {300, 0, 17}, {42, 43, 44, 45, 46, 47, 48, 49}};

RandomCheckpoint Model(const FfnConfig& ffn) {
  ModelConfig config = TinyConfig();
  config.ffn = ffn;
  return RandomCheckpoint(config);
}

/// 80 hidden units: 6 experts of 13 leave two units to no expert, and begin in the middle of panels.
FfnConfig Versatile() {
  return {.kind = FfnKind::kVersatile, .n_experts = 6, .top_k = 2, .expert_hidden_size = 13, .max_loops = 5};
}

LogitsTable LogitsOf(const FfnConfig& ffn, const LogitsOptions& options = {}) {
  return ComputeLogits(Model(ffn), kSequences, 0, options);
}

const std::vector<int64_t>& Loops(const LogitsTable& table, int64_t layer) {
  return std::get<std::vector<int64_t>>(
      table.trace.at("layer." + std::to_string(layer) + ".loop_count").values);
}

double LargestDifference(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  double worst = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    worst = std::max(worst, static_cast<double>(std::abs(a[i] - b[i])));
  }
  return worst;
}

struct FfnCase {
  std::string name;
  FfnConfig config;
};

std::vector<FfnCase> Cases() {
  std::vector<FfnCase> cases = {
      {"dense", {}},
      {"k_loop", {.kind = FfnKind::kKLoop, .max_loops = 3}},
      {"moe", {.kind = FfnKind::kMoe, .n_experts = 6, .top_k = 2, .expert_hidden_size = 13}},
      {"versatile", Versatile()}};
  const auto add = [&](const std::string& name, auto change) {
    change(cases.emplace_back(FfnCase{"versatile_" + name, Versatile()}).config);
  };
  add("one_loop", [](FfnConfig& c) { c.max_loops = 1; });
  add("one_expert", [](FfnConfig& c) { c = {c.kind, 1, 1, 80, 3}; });
  add("all_experts", [](FfnConfig& c) { c.top_k = 6; });
  add("paper", [](FfnConfig& c) {
    c.expert_slices = c.gate = c.expected_loops = Reading::kPaper;
    c.expert_hidden_size = 20;  // overlapping
    c.tau = 0.5;
  });
  add("width", [](FfnConfig& c) { c.probes.branches = Branches::kWidth; });
  add("depth", [](FfnConfig& c) { c.probes.branches = Branches::kDepth; });
  add("fixed_lambda", [](FfnConfig& c) { c.probes.lambda = 0.3; });
  add("two_loops", [](FfnConfig& c) { c.probes.loops = 2; });
  add("shuffled", [](FfnConfig& c) { c.probes.shuffle_loops = 7; });
  add("sampled", [](FfnConfig& c) { c.probes.sample_loops = 7; });
  return cases;
}

class FfnTest : public testing::TestWithParam<FfnCase> {};

INSTANTIATE_TEST_SUITE_P(Every, FfnTest, testing::ValuesIn(Cases()),
                         [](const auto& info) { return info.param.name; });

TEST_P(FfnTest, KernelsAndLibTorchAgree) {
  const LogitsTable kernels = LogitsOf(GetParam().config);
  const LogitsTable torch = LogitsOf(GetParam().config, {.compute = OnTestDevice(Backend::kTorch)});
  EXPECT_LT(LargestDifference(kernels.logits, torch.logits), 2e-5);  // order of summation
}

TEST_P(FfnTest, LogitsDoNotDependOnTheBatch) {
  EXPECT_EQ(LogitsOf(GetParam().config, {.batch_size = 1}).logits, LogitsOf(GetParam().config).logits);
  const LogitsOptions bfloat16{.compute = {.dtype = Dtype::kBfloat16}};
  EXPECT_EQ(LogitsOf(GetParam().config, {.compute = bfloat16.compute, .batch_size = 1}).logits,
            LogitsOf(GetParam().config, bfloat16).logits);
}

// A token that leaves early has, to the bit, what it would have had in the masked computation.
TEST_P(FfnTest, CompactedEqualsMasked) {
  for (const Dtype dtype : {Dtype::kFloat32, Dtype::kBfloat16}) {
    EXPECT_EQ(LogitsOf(GetParam().config, {.compute = {.dtype = dtype}}).logits,
              LogitsOf(GetParam().config, {.compute = {.dtype = dtype, .masked = true}}).logits);
  }
}

// The hidden values of the first loop contain those of every expert, to the bit.
TEST_P(FfnTest, ReusedHiddenValuesAreTheSame) {
  for (const Dtype dtype : {Dtype::kFloat32, Dtype::kBfloat16}) {
    const std::vector<float> logits = LogitsOf(GetParam().config, {.compute = {.dtype = dtype}}).logits;
    for (const bool masked : {false, true}) {
      const ComputeOptions reusing{.dtype = dtype, .masked = masked, .reuse_hidden = true};
      EXPECT_EQ(LogitsOf(GetParam().config, {.compute = reusing}).logits, logits);
    }
  }
}

TEST(VersatileFfn, HiddenValuesAreReusedByKernelsAlone) {
  EXPECT_THROW(LogitsOf(Versatile(), {.compute = {.backend = Backend::kTorch, .reuse_hidden = true}}), Error);
}

TEST_P(FfnTest, TracingChangesNothing) {
  const LogitsTable plain = LogitsOf(GetParam().config);
  EXPECT_TRUE(plain.trace.empty());
  EXPECT_EQ(LogitsOf(GetParam().config, {.trace = TraceDetail::kDecisions}).logits, plain.logits);
  EXPECT_EQ(LogitsOf(GetParam().config, {.trace = TraceDetail::kBranches}).logits, plain.logits);
}

TEST(VersatileFfn, TokensLeaveAfterDifferentLoopCounts) {
  const LogitsTable table = LogitsOf(Versatile(), {.trace = TraceDetail::kDecisions});
  for (int64_t layer = 0; layer < 3; ++layer) {
    const std::vector<int64_t>& loops = Loops(table, layer);
    EXPECT_GE(std::ranges::max(loops) - std::ranges::min(loops), 2) << "the tests above would show little";
  }
}

TEST(VersatileFfn, WithOneLoopIsTheDenseFfn) {
  FfnConfig ffn = Versatile();
  ffn.max_loops = 1;
  EXPECT_EQ(LogitsOf(ffn).logits, LogitsOf({}).logits);
}

TEST(VersatileFfn, ForcedToAllLoopsIsKLoop) {
  FfnConfig ffn = Versatile();
  ffn.probes.loops = ffn.max_loops;
  EXPECT_EQ(LogitsOf(ffn).logits, LogitsOf({.kind = FfnKind::kKLoop, .max_loops = 5}).logits);
}

TEST(VersatileFfn, OneExpertOfTheWholeFfnIsOneLoop) {
  FfnConfig ffn{
      .kind = FfnKind::kVersatile, .n_experts = 1, .top_k = 1, .expert_hidden_size = 80, .max_loops = 3};
  ffn.probes.branches = Branches::kWidth;
  EXPECT_LT(LargestDifference(LogitsOf(ffn).logits, LogitsOf({}).logits),
            1e-5);  // h + E(h), not one chain of sums
}

TEST(VersatileFfn, FixedLambdaWeighsTheBranches) {
  FfnConfig ffn = Versatile();
  const auto logits_at = [&](double lambda) {
    ffn.probes = {.lambda = lambda};
    return LogitsOf(ffn).logits;
  };
  const auto logits_of = [&](Branches branches) {
    ffn.probes = {.branches = branches};
    return LogitsOf(ffn).logits;
  };
  EXPECT_EQ(logits_at(0.0), logits_of(Branches::kDepth));
  EXPECT_EQ(logits_at(1.0), logits_of(Branches::kWidth));
  EXPECT_GT(LargestDifference(logits_at(0.5), logits_at(0.0)), 1e-3);
  EXPECT_GT(LargestDifference(logits_at(0.5), logits_at(1.0)), 1e-3);
}

TEST(VersatileFfn, ThePapersReadingsChangeWhatTheyShould) {
  const LogitsTable release = LogitsOf(Versatile(), {.trace = TraceDetail::kDecisions});
  FfnConfig paper = Versatile();
  paper.gate = Reading::kPaper;
  const auto weights = [](const LogitsTable& table) {
    return std::get<std::vector<float>>(table.trace.at("layer.0.expert_weights").values);
  };
  const LogitsTable gate = LogitsOf(paper, {.trace = TraceDetail::kDecisions});
  for (size_t i = 0; i + 1 < weights(release).size(); i += 2) {  // 2 experts a token
    const float sum = weights(release)[i] + weights(release)[i + 1];
    EXPECT_NEAR(sum, sum == 0 ? 0 : 1, 1e-6);  // 0: the width branch was not run
    EXPECT_LT(weights(gate)[i] + weights(gate)[i + 1], 0.999f);
  }

  paper = Versatile();
  paper.expected_loops = Reading::kPaper;
  const LogitsTable expected = LogitsOf(paper, {.trace = TraceDetail::kDecisions});
  EXPECT_EQ(Loops(expected, 0), Loops(release, 0));  // the loop count stays the most probable one
  const auto& lambda = std::get<std::vector<float>>(expected.trace.at("layer.0.lambda_width").values);
  EXPECT_TRUE(
      std::ranges::any_of(lambda, [](float x) { return std::abs(x * 5 - std::round(x * 5)) > 0.01; }));
}

TEST(ShuffleControl, PermutesLoopCountsWithinEachSequence) {
  const FfnConfig ffn = Versatile();
  FfnConfig shuffled = ffn;
  shuffled.probes.shuffle_loops = 7;
  const LogitsTable plain = LogitsOf(ffn, {.trace = TraceDetail::kDecisions});
  const LogitsTable control = LogitsOf(shuffled, {.trace = TraceDetail::kDecisions});
  // In layer 0 the loop head sees the same states. Padded rows are 13 tokens long.
  EXPECT_NE(Loops(plain, 0), Loops(control, 0));
  for (size_t sequence = 0; sequence < kSequences.size(); ++sequence) {
    const auto histogram = [&](const LogitsTable& table) {
      const auto begin = Loops(table, 0).begin() + static_cast<int64_t>(sequence) * table.length;
      std::vector<int64_t> sorted(begin, begin + table.length);
      std::ranges::sort(sorted);
      return sorted;
    };
    EXPECT_EQ(histogram(plain), histogram(control));
  }
  shuffled.probes.shuffle_loops = 8;
  EXPECT_NE(LogitsOf(shuffled).logits, control.logits);
}

TEST(SampledLoops, FollowTheDistributionOfTheLogits) {
  FfnConfig sampled = Versatile();
  sampled.probes.sample_loops = 7;
  const LogitsTable first = LogitsOf(sampled, {.trace = TraceDetail::kDecisions});
  EXPECT_EQ(LogitsOf(sampled).logits, first.logits);
  EXPECT_NE(Loops(first, 0), Loops(LogitsOf(Versatile(), {.trace = TraceDetail::kDecisions}), 0));
  // In layer 0 the loop head sees the same states whatever the seed, so that the draws of many seeds give
  // back the distribution of a token.
  const auto& logits = std::get<std::vector<float>>(first.trace.at("layer.0.depth_logits").values);
  const int64_t loops = sampled.max_loops;
  double sum = 0, expected = 0;
  for (int64_t l = 0; l < loops; ++l) {
    sum += std::exp(logits[l]);
    expected += static_cast<double>(l + 1) * std::exp(logits[l]);
  }
  expected /= sum;
  constexpr int kSeeds = 400;
  double mean = 0;
  for (int seed = 0; seed < kSeeds; ++seed) {
    sampled.probes.sample_loops = static_cast<uint64_t>(seed);
    mean += static_cast<double>(Loops(LogitsOf(sampled, {.trace = TraceDetail::kDecisions}), 0)[0]) / kSeeds;
  }
  // Four standard errors of a mean of counts whose deviation is at most (L - 1) / 2.
  EXPECT_NEAR(mean, expected, 4 * 0.5 * static_cast<double>(loops - 1) / std::sqrt(kSeeds));
}

TEST(ShuffleControl, DependsOnSeedLayerAndTokensAlone) {
  PackedBatch alone, behind;
  AppendSequence(alone, {5, 6, 7, 8, 9, 10, 11});
  AppendSequence(behind, {1, 2, 3});
  AppendSequence(behind, {5, 6, 7, 8, 9, 10, 11});
  std::vector<int64_t> rows = ShuffledRows(behind, 1, 2);
  std::vector<int64_t> second(rows.begin() + 3, rows.end());
  for (int64_t& row : second) {
    row -= 3;
  }
  EXPECT_EQ(second, ShuffledRows(alone, 1, 2));
  EXPECT_NE(ShuffledRows(alone, 1, 2), ShuffledRows(alone, 2, 2));
  EXPECT_NE(ShuffledRows(alone, 1, 2), ShuffledRows(alone, 1, 1));
  std::ranges::sort(rows);
  EXPECT_THAT(rows, testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
}

}  // namespace
}  // namespace vffn
