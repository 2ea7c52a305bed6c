// Against SciPy, statsmodels and NumPy: tests/golden/analysis.
#include <gtest/gtest.h>

#include <map>

#include "analysis/clustered_mean.h"
#include "analysis/rank_correlation.h"
#include "analysis/words.h"
#include "base/json.h"
#include "tests/trace/random_trace.h"

namespace vffn {
namespace {

Json Golden(const char* name) {
  return ReadJsonFile(std::string(VFFN_TESTS_DIR) + "/golden/analysis/golden.json")[name];
}

std::vector<RankPair> Pairs(const Json& golden) {
  std::vector<RankPair> pairs;
  for (size_t i = 0; i < golden["x"].size(); ++i) {
    pairs.push_back({golden["x"][i], golden["y"][i], golden["count"][i], golden["cluster"][i]});
  }
  return pairs;
}

TEST(RankCorrelation, EqualsScipy) {
  for (const Json& golden : Golden("spearman")) {
    const RankCorrelation result = SpearmanOf(Pairs(golden), {});
    EXPECT_NEAR(*result.rho, golden["rho"].get<double>(), 1e-12);
    EXPECT_EQ(result.low.has_value(), golden["x"].size() > 12);  // few tokens: some replicates do not vary
    if (result.low) {
      EXPECT_LT(*result.low, *result.rho);
      EXPECT_GT(*result.high, *result.rho);
    }
  }
}

TEST(RankCorrelation, FollowsFromTheSeedAlone) {
  const std::vector<RankPair> pairs = Pairs(Golden("spearman")[1]);
  const RankCorrelation one = SpearmanOf(pairs, {.seed = 3, .workers = 1});
  const RankCorrelation many = SpearmanOf(pairs, {.seed = 3, .workers = 3});
  const RankCorrelation other = SpearmanOf(pairs, {.seed = 4});
  EXPECT_EQ(one.low, many.low);
  EXPECT_EQ(one.high, many.high);
  EXPECT_NE(one.low, other.low);
  EXPECT_EQ(one.rho, other.rho);
}

TEST(RankCorrelation, SaysNothingWhereNothingVaries) {
  const RankCorrelation none = SpearmanOf({}, {});
  EXPECT_FALSE(none.rho || none.low);
  const std::vector<RankPair> flat = {{1, 1, 1, 0}, {1, 2, 1, 1}, {1, 3, 2, 2}};
  EXPECT_FALSE(SpearmanOf(flat, {}).rho);
  EXPECT_EQ(SpearmanOf(flat, {}).tokens, 4);
  const std::vector<RankPair> one_doc = {{1, 1, 1, 0}, {2, 2, 1, 0}};
  EXPECT_EQ(SpearmanOf(one_doc, {}).rho, 1);
  EXPECT_FALSE(SpearmanOf(one_doc, {}).low);
  const std::vector<RankPair> often_flat = {{1, 1, 1, 0}, {2, 2, 1, 1}};  // half of the draws repeat a doc
  EXPECT_EQ(SpearmanOf(often_flat, {}).rho, 1);
  EXPECT_FALSE(SpearmanOf(often_flat, {}).low);
}

TEST(ClusteredMeans, EqualsStatsmodels) {
  const Json golden = Golden("clustered");
  std::map<int, std::pair<double, double>> docs;
  for (size_t i = 0; i < golden["value"].size(); ++i) {
    auto& [tokens, sum] = docs[golden["cluster"][i]];
    tokens += 1;
    sum += golden["value"][i].get<double>();
  }
  ClusteredMeans means;
  for (const auto& [cluster, doc] : docs) {
    means.Add(doc.first, doc.second, 2 * doc.second - doc.first);
  }
  EXPECT_NEAR(means.Of(1, 0)->value, golden["mean"].get<double>(), 1e-12);
  EXPECT_NEAR(*means.Of(1, 0)->standard_error, golden["standard_error"].get<double>(), 1e-10);
  EXPECT_NEAR(means.Of(0, 1)->value, 2 * golden["mean"].get<double>() - 1, 1e-12);
  EXPECT_NEAR(*means.Of(3, 1)->standard_error, 5 * golden["standard_error"].get<double>(), 1e-9);
  EXPECT_FALSE(means.Of(2, -1)->standard_error);  // 1 for every token
}

TEST(ClusteredMeans, SaysNothingOfOneDoc) {
  ClusteredMeans means;
  EXPECT_FALSE(means.Of(1, 0));
  means.Add(0, 0);
  EXPECT_FALSE(means.Of(1, 0));
  means.Add(2, 3);
  EXPECT_EQ(means.Of(1, 0)->value, 1.5);
  EXPECT_FALSE(means.Of(1, 0)->standard_error);
}

TEST(LogOdds, EqualMonroesFormula) {
  const Json golden = Golden("log_odds");
  TraceHeader header = RandomTraceHeader(1);
  header.config.ffn.max_loops = 3;
  header.shape = TraceShapeOf(header.config, false);
  WordAnalysis analysis(header, {.prior_words = golden["prior_words"]});
  const auto& counts = golden["counts"];  // [bins, words]
  DocTrace doc{.task = "t"};
  const auto name = [](size_t word) { return std::string(1, static_cast<char>('a' + word)); };
  for (size_t bin = 0; bin < counts.size(); ++bin) {
    for (size_t word = 0; word < counts[bin].size(); ++word) {
      for (int64_t i = 0; i < counts[bin][word].get<int64_t>(); ++i) {
        doc.parents.push_back(static_cast<int32_t>(doc.nodes()) - 1);
        doc.tokens.push_back(static_cast<int32_t>(word));
        doc.pieces.push_back(std::string(" ").append(name(word)));
        doc.readers.push_back(1);
        doc.scored.push_back(0);
        doc.lambdas.push_back(static_cast<float>(bin) / 3);
      }
    }
  }
  doc.nodes_run = doc.nodes();
  analysis.Add(doc);
  const WordReport report = analysis.Result();
  ASSERT_EQ(report.bins.size(), 3);
  for (size_t bin = 0; bin < 3; ++bin) {
    ASSERT_EQ(report.bins[bin].scores.size(), counts[bin].size());
    for (const WordScore& score : report.bins[bin].scores) {
      const size_t word = static_cast<size_t>(score.word[0] - 'a');
      EXPECT_EQ(score.count, counts[bin][word].get<int64_t>());
      const Json& expected = golden["bins"][bin];
      EXPECT_NEAR(*score.log_odds, expected["log_odds"][word].get<double>(), 1e-12);
      EXPECT_NEAR(*score.z, expected["z"][word].get<double>(), 1e-12);
      EXPECT_NEAR(*score.low, expected["low"][word].get<double>(), 1e-12);
      EXPECT_NEAR(*score.high, expected["high"][word].get<double>(), 1e-12);
    }
  }
}

}  // namespace
}  // namespace vffn
