#include "analysis/tokens.h"

#include <gtest/gtest.h>

#include "tests/trace/random_trace.h"

namespace vffn {
namespace {

/// One layer; loops follow what `loops` makes of each node.
template <class Loops>
std::vector<TokenCorrelation> CorrelateRandomDocs(Loops&& loops, const Correctness& correctness = {}) {
  const TraceHeader header = RandomTraceHeader(1);
  TokenAnalysis analysis(header, {});
  for (int i = 0; i < 60; ++i) {
    DocTrace doc = RandomDocTrace(header.shape, "piqa", i, 4 + i % 9);
    for (int64_t node = 0; node < doc.nodes_run; ++node) {
      doc.loop_counts[node] = static_cast<uint8_t>(loops(doc, node));
    }
    analysis.Add(doc);
  }
  return analysis.Result({0}, correctness, {.replicates = 200});
}

const RankCorrelation& Find(const std::vector<TokenCorrelation>& all, TokenQuantity quantity, bool layer) {
  for (const TokenCorrelation& one : all) {
    if (one.quantity == quantity && one.layer.has_value() == layer) {
      return one.correlation;
    }
  }
  throw std::logic_error("no such quantity");
}

TEST(TokenAnalysis, FindsWhatLoopsFollow) {
  const auto by_position = CorrelateRandomDocs(
      [](const DocTrace& doc, int64_t node) { return 1 + std::min(doc.positions[node] / 4, 3); });
  const RankCorrelation& position = Find(by_position, TokenQuantity::kPosition, true);
  EXPECT_GT(*position.low, 0.9);
  EXPECT_EQ(position.clusters, 60);
  EXPECT_EQ(Find(by_position, TokenQuantity::kPosition, false).rho, position.rho);  // one layer is the mean
  const auto by_surprisal = CorrelateRandomDocs([](const DocTrace& doc, int64_t node) {
    return doc.scored[node] > 0 ? 1 + static_cast<int>(-*doc.log_probs[node] / 2.51) : 2;
  });
  EXPECT_GT(*Find(by_surprisal, TokenQuantity::kSurprisal, true).low, 0.9);
  EXPECT_EQ(Find(by_surprisal, TokenQuantity::kSurprisal, true).tokens, 120);  // two a doc are scored and run
  EXPECT_EQ(Find(by_surprisal, TokenQuantity::kNextSurprisal, true).tokens, 180);
  const RankCorrelation& unrelated = Find(by_surprisal, TokenQuantity::kPosition, true);
  EXPECT_LT(*unrelated.low, *unrelated.high);
}

TEST(TokenAnalysis, UsesTheAnswersItIsGiven) {
  Correctness correctness;
  for (int i = 0; i < 50; ++i) {
    correctness[{"piqa", i}] = i % 2 == 0;
  }
  const auto loops = [](const DocTrace& doc, int64_t) { return doc.doc_id % 2 == 0 ? 4 : 1; };
  const auto with = CorrelateRandomDocs(loops, correctness);
  EXPECT_NEAR(*Find(with, TokenQuantity::kCorrectness, true).rho, 1, 1e-12);
  EXPECT_EQ(Find(with, TokenQuantity::kCorrectness, true).clusters, 50);
  const auto without = CorrelateRandomDocs(loops);
  EXPECT_FALSE(Find(without, TokenQuantity::kCorrectness, true).rho);
  EXPECT_EQ(Find(without, TokenQuantity::kCorrectness, true).tokens, 0);
}

TEST(TokenAnalysis, ConstantLoopsCorrelateWithNothing) {
  for (const TokenCorrelation& one : CorrelateRandomDocs([](const DocTrace&, int64_t) { return 3; })) {
    EXPECT_FALSE(one.correlation.rho || one.correlation.low || one.correlation.high);
  }
}

}  // namespace
}  // namespace vffn
