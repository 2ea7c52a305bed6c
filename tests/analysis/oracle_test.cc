// Loops, experts and cosines of the authors' code, by our analyses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <span>

#include "analysis/branch_cosine.h"
#include "analysis/experts.h"
#include "analysis/loops.h"
#include "tests/analysis/oracle_trace.h"

namespace vffn {
namespace {

class Oracle : public testing::TestWithParam<std::string> {};

TEST_P(Oracle, IsAValidTrace) {
  const OracleTrace oracle(GetParam());
  for (const DocTrace& doc : oracle.docs) {
    Validate(doc, oracle.header.shape, GetParam());
  }
}

TEST_P(Oracle, LoopHistogramsAndMeansAreTheRecordedOnes) {
  const OracleTrace oracle(GetParam());
  LoopAnalysis analysis(oracle.header);
  for (const DocTrace& doc : oracle.docs) {
    analysis.Add(doc);
  }
  const LoopCounts counts = analysis.Result()[0];
  const Json& layers = oracle.meta["eval"]["layers"];
  ASSERT_EQ(counts.layers.size(), layers.size());
  double mean = 0, below = 0;
  for (size_t i = 0; i < layers.size(); ++i) {
    const auto histogram = layers[i]["loop_histogram"].get<std::vector<int64_t>>();
    EXPECT_EQ(counts.layers[i].histogram, histogram);
    EXPECT_NEAR(counts.layers[i].mean->value, layers[i]["mean_loops"].get<double>(), 1e-6);  // a float32
    mean += layers[i]["mean_loops"].get<double>() / static_cast<double>(layers.size());
    below += layers[i]["fraction_width_active"].get<double>() / static_cast<double>(layers.size());
  }
  EXPECT_NEAR(counts.mean_loops->value, mean, 1e-6);
  EXPECT_NEAR(counts.share_below_max->value, below, 1e-6);
  const auto& ffn = oracle.header.config.ffn;
  const double base = static_cast<double>(oracle.header.config.n_layers * 6 * oracle.header.config.d_model);
  const double expected = base * (static_cast<double>(oracle.header.config.ffn_hidden_size) * mean +
                                  static_cast<double>(ffn.expert_hidden_size * ffn.top_k) * below);
  EXPECT_NEAR(counts.flops->paper->value, expected, 1e-5 * expected);
  EXPECT_NEAR(counts.flops->exact, expected, 1e-5 * expected);
}

TEST_P(Oracle, ExpertCountsAreTheRecordedOnes) {
  const OracleTrace oracle(GetParam());
  ExpertAnalysis analysis(oracle.header);
  for (const DocTrace& doc : oracle.docs) {
    analysis.Add(doc);
  }
  const ExpertCounts counts = analysis.Result()[0];
  const Json& layers = oracle.meta["eval"]["layers"];
  for (size_t i = 0; i < layers.size(); ++i) {
    EXPECT_EQ(counts.layers[i].counts, layers[i]["expert_counts"].get<std::vector<int64_t>>());
    EXPECT_NEAR(static_cast<double>(counts.layers[i].routed_tokens) / static_cast<double>(counts.tokens),
                layers[i]["fraction_width_active"].get<double>(), 1e-6);
    const double gates =
        std::accumulate(counts.layers[i].gate_weights.begin(), counts.layers[i].gate_weights.end(), 0.0);
    EXPECT_NEAR(gates, static_cast<double>(counts.layers[i].routed_tokens), 1e-4);  // they sum to 1 a token
  }
}

TEST_P(Oracle, CosineMatrixIsTheRecordedOne) {
  const OracleTrace oracle(GetParam());
  const OracleFile branches(GetParam(), "eval_branches.safetensors");
  const auto width = branches.Floats("layer.0.width_out_all");  // [B, T, d]
  const auto depth = oracle.eval.Floats("layer.0.depth_out");
  const auto expected = branches.Floats("layer.0.cos_width_depth");  // [B, T, T]
  const int64_t d = oracle.header.config.d_model;
  const int64_t length = oracle.input.length;
  double largest = 0;
  for (int64_t b = 0; b < oracle.input.batch; ++b) {
    const auto rows = [&](const std::vector<float>& all) {
      return std::span(all).subspan(b * length * d, length * d);
    };
    const std::vector<std::optional<float>> cosines = CosineMatrix(rows(width), rows(depth), d);
    ASSERT_EQ(cosines.size(), length * length);
    for (int64_t i = 0; i < length * length; ++i) {
      largest = std::max<double>(largest, std::abs(*cosines[i] - expected[b * length * length + i]));
    }
  }
  EXPECT_LT(largest, 1e-5);
}

INSTANTIATE_TEST_SUITE_P(All, Oracle, testing::Values("vffn_e8k2l4", "vffn_e16k4l6", "vffn_e4k1l2"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace vffn
