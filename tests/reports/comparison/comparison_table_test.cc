#include "reports/comparison/comparison_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "reports/comparison/loss_comparison_table.h"
#include "reports/comparison/unpaired_comparison.h"
#include "reports/tables/csv.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr TableFormat kConsole = TableFormat::kConsole;

/// Scores of both models, question by question.
PairedTask MakeTask(const std::string& name, const std::vector<std::pair<double, double>>& scores,
                    bool accuracy = true) {
  PairedTask task{.task = name, .metric = accuracy ? "acc" : "bits_per_byte", .accuracy = accuracy};
  for (const auto& [a, b] : scores) {
    task.questions.push_back({static_cast<int64_t>(task.questions.size()), a, b, {}, {}});
  }
  return task;
}

ComparisonReport ReportOf(const std::vector<PairedTask>& tasks) {
  std::vector<Comparison> comparisons = {Compare(tasks, {})};
  AdjustForMultiplicity(comparisons);
  return {"old", "new", comparisons[0], {}};
}

std::string TextOf(const std::vector<PairedTask>& tasks, TableFormat format = kConsole,
                   bool explain = false) {
  const ComparisonReport report = ReportOf(tasks);
  return ComparisonTables({&report, 1}, {}, format, explain);
}

const PairedTask kChanged =
    MakeTask("piqa", {{1, 0}, {0, 1}, {0, 1}, {0, 1}, {0, 1}, {0, 1}, {0, 1}, {1, 1}});
const PairedTask kPerfect = MakeTask("sciq", std::vector<std::pair<double, double>>(10, {1, 1}));

TEST(ComparisonTables, SayThatNothingChanged) {
  const std::string text = TextOf({kPerfect, MakeTask("piqa", {{0, 0}, {1, 1}})});
  EXPECT_EQ(text,
            "A: old   B: new\n"
            "No answer changed: the 12 questions of 2 tasks (sciq, piqa) have the same scores under both "
            "models.\n\n");
  PairedTask moved = kPerfect;
  moved.questions[3].a_margin = 0.5;
  moved.questions[3].b_margin = 0.25;
  EXPECT_THAT(TextOf({moved}), AllOf(HasSubstr("10 questions of 1 task (sciq) "),
                                     HasSubstr("the margins of 1 questions did")));
  const CsvTable csv = ParseCsv(TextOf({kPerfect}, TableFormat::kCsv), "csv");
  EXPECT_EQ(csv.rows.size(), 1U);  // programs get every number
}

TEST(ComparisonTables, HaveColumnsThatExplainThemselves) {
  const std::string text = TextOf({kChanged, kPerfect});
  for (const char* title :
       {"questions", "A, %", "B, %", "only B right", "only A right", "p (Holm)", "detectable"}) {
    EXPECT_THAT(text, HasSubstr(title));
  }
  EXPECT_THAT(text, HasSubstr("--explain"));
  EXPECT_THAT(text, Not(HasSubstr("McNemar")));
  EXPECT_THAT(text, Not(HasSubstr("-0.00")));
}

// 10 of 10 under both models: the difference is not known to be 0.
TEST(ComparisonTables, GiveAnIntervalToWhatDoesNotVary) {
  const std::string text = TextOf({kChanged, kPerfect});
  EXPECT_THAT(text, HasSubstr("[-27.75, +27.75]"));
  EXPECT_THAT(text, Not(HasSubstr("± 0.00")));
}

TEST(ComparisonTables, HaveAveragesOfAccuraciesAndOfLosses) {
  const PairedTask loss = MakeTask("x", {{1, 1.5}, {2, 2.25}, {3, 3.5}}, false);
  PairedTask other = loss;
  other.task = "y";
  const std::string text = TextOf({kChanged, kPerfect, loss, other});
  EXPECT_THAT(text, AllOf(HasSubstr("average of 2 accuracies"), HasSubstr("average of 2 losses"),
                          HasSubstr("B better"), Not(HasSubstr("only B right")), Not(HasSubstr("A, %"))));
  const ComparisonReport report = ReportOf({kChanged, kPerfect, loss, other});
  const OrderedJson json = ComparisonJson({&report, 1}, {})["comparisons"][0];
  EXPECT_EQ(json["tasks"].size(), 4U);
  EXPECT_EQ(json["average"], json["averages"][0]);
  EXPECT_EQ(json["averages"][1]["task"], "average of 2 losses");
  EXPECT_EQ(json["averages"][1]["metric"], "bits_per_byte");
  EXPECT_THAT(TextOf({kChanged, kPerfect}), HasSubstr("\naverage "));
}

TEST(ComparisonTables, GiveDetectableDifferencesInTheUnitOfTheDifference) {
  std::vector<std::pair<double, double>> scores(200, {1, 1});
  for (size_t i = 0; i < 60; ++i) {
    scores[i] = {i % 2 == 0 ? 1 : 0, i % 2 == 0 ? 0 : 1};
  }
  const ComparisonReport report = ReportOf({MakeTask("piqa", scores)});
  const double detectable = report.comparison.tasks[0].detectable.value();
  EXPECT_NEAR(detectable, 0.11, 0.02);
  const OrderedJson task = ComparisonJson({&report, 1}, {})["comparisons"][0]["tasks"][0];
  EXPECT_DOUBLE_EQ(task["detectable"].get<double>(), detectable);  // a fraction
  EXPECT_THAT(TextOf({MakeTask("piqa", scores)}),
              HasSubstr("  " + std::to_string(100 * detectable).substr(0, 5) + "  "));
}

/// One line, with one blank between words, and Markdown's marks left out.
std::string Normalized(const std::string& text) {
  std::string words;
  for (const char c : text) {
    if (c == ' ' || c == '\n') {
      words += words.ends_with(' ') ? "" : " ";
    } else if (c != '`' && c != '*' && c != '\\') {
      words += c;
    }
  }
  return words;
}

TEST(Meanings, AreThoseOfTheDocumentation) {
  const std::string page = Normalized(ReadFile(VFFN_TESTS_DIR "/../docs/statistics.md"));
  for (const auto& meanings : {ComparisonMeanings(), LossMeanings(), UnpairedMeanings()}) {
    for (const ColumnMeaning& column : meanings) {
      EXPECT_THAT(page, HasSubstr("| " + column.title + " | " + Normalized(column.meaning) + " |"));
    }
  }
}

TEST(Meanings, ArePrintedOnRequest) {
  for (const TableFormat format : {kConsole, TableFormat::kMarkdown}) {
    const std::string text = TextOf({kChanged}, format, true);
    for (const ColumnMeaning& column : ComparisonMeanings()) {
      EXPECT_THAT(text, HasSubstr(column.title + ": "));
    }
    EXPECT_THAT(text, Not(HasSubstr("--explain")));
  }
  EXPECT_THAT(TextOf({kChanged}, TableFormat::kCsv, true), Not(HasSubstr("McNemar")));
}

}  // namespace
}  // namespace vffn
