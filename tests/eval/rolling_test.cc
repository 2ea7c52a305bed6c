// Texts that are scored in windows, and the perplexities of a set of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "base/json.h"
#include "eval/ledger_row.h"
#include "eval/results.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A text in windows of one token each.
ScoredDoc MakeRolling(int64_t id, const std::string& text, const std::vector<float>& log_probs) {
  const Example example{.doc_id = id, .choices = {{.continuation = text, .delimiter = 0}}, .rolling = true};
  RequestDoc requests{.task = "t", .doc_id = id, .rolling = true};
  std::vector<RequestScores> scores;
  for (size_t i = 0; i < log_probs.size(); ++i) {
    requests.requests.push_back({.context = {1}, .continuation = {static_cast<TokenId>(10 + i)}});
    scores.push_back({.log_probs = {log_probs[i]}, .greedy = {1}});
  }
  return MakeScoredDoc("t", example, requests, scores);
}

TEST(RollingDocs, JoinTheirWindows) {
  const ScoredDoc doc = MakeRolling(3, " a \u00e9  b", {-1, -2, -3});
  EXPECT_TRUE(doc.rolling());
  ASSERT_EQ(doc.choices.size(), 1U);
  EXPECT_THAT(doc.choices[0].tokens, ElementsAre(10, 11, 12));
  EXPECT_EQ(doc.choices[0].LogLikelihood(), -6);
  EXPECT_EQ(doc.choices[0].words, 4);  // the blank at the beginning is after an empty word
  EXPECT_EQ(doc.choices[0].length_without_blank, doc.choices[0].length);
  EXPECT_EQ(doc.choices[0].length.bytes, 8);
}

TEST(RollingDocs, AreKeptInLedgers) {
  const ScoredDoc doc = MakeRolling(3, "a b", {-1, -2});
  const LedgerRow row = ParseLedgerRow(ParseJson(FormatRow(doc), "l"), "l");
  EXPECT_EQ(std::get<ScoredDoc>(row), doc);
}

Results ResultsOf(const std::vector<ScoredDoc>& docs, MetricList metrics) {
  TaskDocs task{
      .task = {.name = "t", .docs = static_cast<int64_t>(docs.size()), .metrics = std::move(metrics)}};
  for (const ScoredDoc& doc : docs) {
    task.docs.push_back(&doc);
  }
  return ComputeResults(FindProfile("lm-eval"), {}, std::vector{task});
}

// sum of losses / sum of units, and the error of that ratio.
TEST(RollingDocs, HavePerplexitiesOfAllTogether) {
  const std::vector<ScoredDoc> docs = {MakeRolling(0, "a b", {-1, -2}),
                                       MakeRolling(1, "a b c d", {-4, -5, -1})};
  const Results results =
      ResultsOf(docs, {.reported = {Metric::kWordPerplexity, Metric::kBytePerplexity, Metric::kBitsPerByte},
                       .primary = Metric::kWordPerplexity});
  const TaskResults& task = results.tasks.at(0);
  const double rate = 13.0 / 6;  // nats per word
  EXPECT_NEAR(task.Score(Metric::kWordPerplexity).value, std::exp(rate), 1e-12);
  EXPECT_NEAR(task.Score(Metric::kBytePerplexity).value, std::exp(13.0 / 10), 1e-12);
  EXPECT_NEAR(task.Score(Metric::kBitsPerByte).value, 13.0 / 10 * std::numbers::log2e, 1e-12);
  const double squares = std::pow(3 - 2 * rate, 2) + std::pow(10 - 4 * rate, 2);
  EXPECT_NEAR(*task.Score(Metric::kWordPerplexity).standard_error,
              std::exp(rate) * std::sqrt(2.0 / 1 * squares) / 6, 1e-12);
  EXPECT_FALSE(results.average.has_value());  // of accuracies
}

TEST(RollingDocs, AreWhatPerplexitiesAreOf) {
  const Example example{.choices = {{"q", " a"}}};
  const RequestDoc requests{.requests = {{.context = {1}, .continuation = {2, 3}}}};
  const ScoredDoc doc = MakeScoredDoc("t", example, requests, {{.log_probs = {-1, -2}, .greedy = {1, 0}}});
  EXPECT_FALSE(doc.rolling());
  const TaskResults task =
      ResultsOf({doc}, {.reported = {Metric::kPerplexity, Metric::kGreedyMatch, Metric::kWordPerplexity},
                        .primary = Metric::kPerplexity})
          .tasks.at(0);
  EXPECT_NEAR(task.Score(Metric::kPerplexity).value, std::exp(3.0), 1e-12);
  EXPECT_EQ(task.Score(Metric::kGreedyMatch).value, 0);
  EXPECT_THAT(ErrorOf([&] { task.Score(Metric::kWordPerplexity); }),
              HasSubstr("word_perplexity is not defined"));
}

}  // namespace
}  // namespace vffn
