#include "reports/comparison/score_pairing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/comparison/changed_questions.h"
#include "reports/comparison/compared_scores.h"
#include "reports/comparison/comparison_table.h"
#include "reports/comparison/unpaired_comparison.h"
#include "reports/tables/csv.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

ScoreSet Set(const char* name, std::vector<double> values) {
  TaskScores task{.task = "sciq", .split = "validation", .data_sha256 = "d", .metric = "acc"};
  for (const double value : values) {
    task.questions.push_back(
        {.doc_id = static_cast<int64_t>(task.questions.size()), .value = value, .margin = value - 0.25});
  }
  ScoreSet set{.name = name, .profile = "olmo", .tasks = {task}};
  set.summaries = {{"sciq", "acc", 0.5, static_cast<int64_t>(values.size())}};
  return set;
}

TEST(PairScores, JoinsQuestions) {
  const ScorePairing pairing = PairScores(Set("x", {0, 1, 1}), Set("y", {1, 1, 0}), {});
  ASSERT_EQ(pairing.tasks.size(), 1U);
  EXPECT_EQ(pairing.tasks[0].questions[0].b, 1);
  EXPECT_EQ(pairing.tasks[0].questions[2].a_margin, 0.75);
  EXPECT_THAT(pairing.notes, testing::ElementsAre(HasSubstr("NOT used")));
}

TEST(PairScores, RefusesOtherTests) {
  const ScoreSet x = Set("x", {0, 1, 1});
  const auto message = [&](auto&& change) {
    ScoreSet y = Set("y", {1, 1, 0});
    change(y);
    return ErrorOf([&] { PairScores(x, y, {}); });
  };
  EXPECT_EQ(message([](ScoreSet&) {}), "");
  const auto both = AllOf(HasSubstr(" x"), HasSubstr(" y"));
  EXPECT_THAT(message([](ScoreSet& y) { y.profile = "lm-eval"; }), AllOf(both, HasSubstr("profile")));
  EXPECT_THAT(message([](ScoreSet& y) { y.tasks[0].split = "test"; }), AllOf(both, HasSubstr("split")));
  EXPECT_THAT(message([](ScoreSet& y) { y.tasks[0].data_sha256 = "e"; }), AllOf(both, HasSubstr("SHA-256")));
  EXPECT_THAT(message([](ScoreSet& y) { y.tasks[0].metric = "acc_norm"; }), AllOf(both, HasSubstr("metric")));
  EXPECT_THAT(message([](ScoreSet& y) { y.profile = y.tasks[0].data_sha256 = ""; }),
              HasSubstr("--log_samples"));
  EXPECT_THAT(message([](ScoreSet& y) { y.tasks[0].task = "piqa"; }), HasSubstr("no task"));
  EXPECT_THAT(message([](ScoreSet& y) { y.tasks[0].questions[1].asked = "other"; }), HasSubstr("doc 1 "));
  EXPECT_THAT(message([](ScoreSet& y) { y.tasks[0].questions.pop_back(); }),
              AllOf(HasSubstr("1 doc is in x and not in y (2)"), HasSubstr("--common_docs")));
}

TEST(PairScores, ListsWhatItLeavesOut) {
  const ScorePairing pairing = PairScores(Set("x", {0, 1, 1}), Set("y", {1, 1}), {.common_docs = true});
  EXPECT_EQ(pairing.tasks[0].questions.size(), 2U);
  EXPECT_THAT(pairing.notes, testing::Contains(HasSubstr("(2); left out")));
}

std::vector<ComparisonReport> Reports(const ScorePairing& pairing) {
  std::vector<Comparison> comparisons = {Compare(pairing.tasks, {})};
  AdjustForMultiplicity(comparisons);
  return {{"x", "y", comparisons[0], pairing.notes}};
}

TEST(ComparisonTables, SayCannotTellAndNeverNan) {
  const std::vector<ComparisonReport> reports = Reports(PairScores(Set("x", {1, 1}), Set("y", {1, 0}), {}));
  for (const TableFormat format :
       {TableFormat::kConsole, TableFormat::kMarkdown, TableFormat::kLatex, TableFormat::kCsv}) {
    const std::string text = ComparisonTables(reports, {}, format);
    EXPECT_THAT(text, AllOf(HasSubstr("cannot tell"), Not(HasSubstr("nan"))));
  }
  EXPECT_TRUE(ComparisonJson(reports, {})["comparisons"][0]["tasks"][0]["exact_p"].is_number());
  EXPECT_THAT(ComparisonTables(reports, {}, TableFormat::kLatex),
              AllOf(HasSubstr("\\toprule"), HasSubstr("B $-$ A"), HasSubstr("95 \\% interval")));
}

TEST(ComparisonTables, HoldTheNumbers) {
  const ScorePairing pairing =
      PairScores(Set("x", {0, 0, 0, 0, 0, 0, 1, 1}), Set("y", {1, 1, 1, 1, 1, 1, 1, 0}), {});
  const std::vector<ComparisonReport> reports = Reports(pairing);
  const CsvTable csv = ParseCsv(ComparisonTables(reports, {}, TableFormat::kCsv), "c");
  EXPECT_EQ(csv.rows.at(0).at(9), "6");   // gained
  EXPECT_EQ(csv.rows.at(0).at(10), "1");  // lost
  // 2 (P(X = 0) + P(X = 1) / 2) of 7 tosses
  EXPECT_DOUBLE_EQ(std::stod(csv.rows.at(0).at(13)), 2 * (1.0 / 128 + 3.5 / 128));
  const CsvTable changed = ParseCsv(ChangedQuestionsCsv("x", "y", pairing.tasks), "c");
  ASSERT_EQ(changed.rows.size(), 7U);
  EXPECT_EQ(changed.rows[6][5], "lost");
  EXPECT_EQ(changed.rows[6][9], "-0.25");
  EXPECT_THAT(LargestChanges(pairing.tasks, 2, TableFormat::kConsole), HasSubstr("largest 2 of 7"));
  EXPECT_EQ(LargestChanges({}, 2, TableFormat::kConsole), "");
}

// The same three documents of three tasks, scored by lm-evaluation-harness and by us with the same model.
// The harness names the right choice by its index (SciQ), by its text (CommonsenseQA), and by what follows
// all choices (WinoGrande).
TEST(PairScores, TakesTheHarnessesSamplesAndOurs) {
  const std::string folder = VFFN_TESTS_DIR "/golden/lm_eval_samples/";
  const ScoreSet harness = ReadScoreSet(folder + "harness", {});
  ScoreSet ours = ReadScoreSet(folder + "vffn", {});
  const ScorePairing pairing = PairScores(harness, ours, {});
  ASSERT_EQ(pairing.tasks.size(), 3U);
  for (const PairedTask& task : pairing.tasks) {
    SCOPED_TRACE(task.task);
    ASSERT_EQ(task.questions.size(), 3U);
    for (const PairedQuestion& question : task.questions) {
      EXPECT_EQ(question.a, question.b);
      // float32 sums in another order: a log-likelihood differs by 1e-4 at the most.
      EXPECT_NEAR(question.a_margin.value(), question.b_margin.value(), 2e-4);
    }
  }
  for (TaskScores& task : ours.tasks) {
    const size_t gold = task.questions[1].gold.value();
    task.questions[1].gold = gold == 0 ? 1 : 0;
    EXPECT_THAT(ErrorOf([&] { PairScores(harness, ours, {}); }),
                AllOf(HasSubstr(task.task), HasSubstr("doc 1 ")));
    task.questions[1].gold = gold;
  }
}

TEST(CompareUnpaired, TakesResultsWithoutQuestions) {
  ScoreSet set{.name = "x"};
  set.summaries = {{"sciq", "acc", 0.75, 1000}};
  EXPECT_FALSE(set.per_question());
  const UnpairedComparison comparison = CompareUnpaired(set, Set("y", {1, 0}), 0.05);
  EXPECT_FALSE(comparison.tasks[0].needed.has_value());  // other questions
  EXPECT_FALSE(comparison.average.has_value());
}

TEST(ReadComparedScores, TakesRunsAndRowsOfTables) {
  const TemporaryFolder folder;
  const std::string table = (folder / "t.csv").string();
  WriteFile(table, "method,sciq\nOurs,75.0\n");
  const ScoreSet row = ReadComparedScores(table + ":Ours", {});
  EXPECT_EQ(row.name, table + ":Ours");
  EXPECT_EQ(row.summaries.at(0).value, 0.75);
  EXPECT_EQ(ReadComparedScores("paper:354M/Base", {}).summaries.size(), 8U);
  EXPECT_EQ(ReadComparedScores(VFFN_TESTS_DIR "/golden/lm_eval_samples/vffn", {}).tasks.size(), 3U);
  EXPECT_THAT(ErrorOf([&] { ReadComparedScores((folder / "none").string(), {}); }),
              AllOf(HasSubstr("none: there is no such file"), HasSubstr("paper:")));
}

TEST(PairScores, CountsAFormIfOneSideHasNoOther) {
  ScoreSet both = Set("x", {0, 1, 1}), one = Set("y", {1, 1, 0});
  both.tasks[0].counted = false;
  EXPECT_TRUE(PairScores(both, one, {}).tasks[0].counted);
  one.tasks[0].counted = false;
  EXPECT_FALSE(PairScores(both, one, {}).tasks[0].counted);
}

}  // namespace
}  // namespace vffn
