#include "reports/audit/table_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/json.h"
#include "reports/audit/audit_report.h"
#include "reports/audit/paper_audit.h"
#include "reports/tables/csv.h"

namespace vffn {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

const TableAudit& Paper() {
  static const TableAudit audit = AuditTable(PaperTable(), 0.05);
  return audit;
}

const SplitFit& Fit(const TableAudit& audit, std::string_view task, int64_t questions) {
  for (const SplitFit& fit : audit.splits) {
    if (fit.task == task && fit.questions == questions) {
      return fit;
    }
  }
  ADD_FAILURE() << task << " " << questions;
  return audit.splits.front();
}

std::vector<std::string> TextsOf(const Findings& findings, Severity severity, std::string_view kind) {
  std::vector<std::string> texts;
  for (const Finding& finding : findings) {
    if (finding.severity == severity && finding.kind == kind) {
      texts.push_back(finding.where + ": " + finding.text);
    }
  }
  return texts;
}

// The numbers of this file were computed in Python, independently, before this program was written.
TEST(PaperAudit, FindsTheSplitFingerprint) {
  const auto expect = [](const char* task, int64_t questions, int64_t whole, int chance) {
    const SplitFit& fit = Fit(Paper(), task, questions);
    EXPECT_EQ(fit.whole, whole) << task << " " << questions;
    EXPECT_EQ(fit.cells, 12) << task;
    EXPECT_EQ(std::lround(100 * fit.chance), chance) << task << " " << questions;
  };
  expect("arc_challenge", 299, 12, 3);
  expect("arc_challenge", 1172, 0, 12);
  expect("arc_easy", 570, 12, 6);
  expect("arc_easy", 2376, 5, 24);
  expect("commonsense_qa", 1221, 12, 12);
  expect("winogrande", 1267, 12, 13);
  expect("openbookqa", 500, 12, 5);
  expect("sciq", 1000, 12, 10);
  expect("piqa", 1838, 11, 18);
  expect("hellaswag", 10042, 12, 100);
  EXPECT_EQ(Fit(Paper(), "openbookqa", 500).split, "validation or test");
  EXPECT_TRUE(Fit(Paper(), "arc_challenge", 299).chosen);
  EXPECT_FALSE(Fit(Paper(), "arc_challenge", 1172).chosen);
}

TEST(PaperAudit, FindsTheImpossibleEntry) {
  EXPECT_THAT(TextsOf(Paper().findings, Severity::kContradiction, "impossible entry"),
              testing::ElementsAre(
                  "354M/6-Loop, piqa: 67.16 is no whole number of 1838 questions: 1234 are 67.14, 1235 are "
                  "67.19; the printed average 51.94 agrees with 67.19"));
}

TEST(PaperAudit, RecomputesTheAverages) {
  ASSERT_EQ(Paper().averages.size(), 12U);
  for (const AverageAudit& average : Paper().averages) {
    EXPECT_EQ(average.check, AverageCheck::kRounded) << average.row;
    EXPECT_NEAR(average.standard_error.value(), 0.0059, 0.00005) << average.row;
  }
}

const RowPair& Pair(std::string_view a) { return *std::ranges::find(Paper().best, a, &RowPair::a); }

std::vector<int64_t> InQuestions(const RowPair& pair) {
  std::vector<int64_t> questions;
  for (const std::string& task : Paper().tasks) {
    questions.push_back(pair.questions.at(task).nearest);
  }
  return questions;
}

TEST(PaperAudit, CountsInQuestions) {
  EXPECT_EQ(InQuestions(Pair("354M/4-Loop")), (std::vector<int64_t>{12, -15, 2, 9, 0, -2, 2, 19}));
  EXPECT_EQ(Pair("354M/4-Loop").sum.nearest, 27);
  EXPECT_EQ(InQuestions(Pair("720M/6-Loop")), (std::vector<int64_t>{1, -53, -4, -4, 9, 5, 22, 5}));
  EXPECT_EQ(Pair("720M/6-Loop").sum.nearest, -19);
  EXPECT_EQ(Pair("720M/6-Loop").sum.high, -19);
  EXPECT_NEAR(Pair("720M/6-Loop").macro, 0.0048, 1e-9);
}

TEST(PaperAudit, FindsTheMacroMicroFlip) {
  const auto flips = TextsOf(Paper().findings, Severity::kWeak, "macro against micro");
  EXPECT_THAT(flips, Contains("720M/VersatileFFN and 6-Loop: the average says +0.48 points for VersatileFFN, "
                              "which answers 19 FEWER of 16737 questions (-19 to -19 given the rounding)"));
  EXPECT_EQ(flips.size(), 6U);  // MoE, best at HellaSwag, is the other one in five
}

TEST(PaperAudit, TestsTheHeadlines) {
  const auto expect = [](const char* a, double z, const char* needed) {
    for (const UnpairedComparison& comparison : Paper().significance) {
      if (comparison.a == a) {
        EXPECT_NEAR(comparison.average->z.value(), z, 0.005) << a;
        EXPECT_EQ(NeededText(comparison.average->needed), needed) << a;
        return;
      }
    }
    ADD_FAILURE() << a;
  };
  expect("354M/4-Loop", 0.42, "0.95");
  expect("354M/6-Loop", 0.47, "0.94");
  expect("354M/MoE", 1.02, "0.73");
  expect("354M/Base", 5.20, "none needed");
  expect("720M/4-Loop", 0.84, "0.82");
  expect("720M/6-Loop", 0.58, "0.91");
  expect("720M/MoE", 1.39, "0.50");
  expect("720M/Base", 3.82, "none needed");
}

TEST(PaperAudit, SaysWhatCouldBeFound) {
  EXPECT_THAT(
      TextsOf(Paper().findings, Severity::kNote, "power"),
      Contains(HasSubstr("1.0 points if 8 % of the questions change outcome, 1.2 points if 12 % of the "
                         "questions change outcome, 1.6 points if 20 %")));
}

TEST(PaperAudit, ComparesTheTables) {
  const Findings findings = AuditPaper();
  EXPECT_THAT(
      TextsOf(findings, Severity::kContradiction, "tables disagree"),
      testing::ElementsAre(testing::StartsWith("Table 4A 4-loops and Table 4B 8-4: average is 52.33 in "
                                               "one and 52.22 in the other")));
  EXPECT_THAT(TextsOf(findings, Severity::kNote, "tables agree"), Contains(HasSubstr("28 pairs")));
  EXPECT_EQ(TextsOf(findings, Severity::kNote, "missing entry").size(), 3U);
}

TEST(PaperAudit, ChecksParametersAndFlops) {
  const Findings findings = AuditPaper();
  EXPECT_THAT(TextsOf(findings, Severity::kNote, "parameters"), Contains(HasSubstr("12 of 12")));
  EXPECT_THAT(TextsOf(findings, Severity::kContradiction, "FLOPs"),
              testing::ElementsAre(HasSubstr("354M/6-Loop: 2264.96 M")));
  const auto inverted = TextsOf(findings, Severity::kNote, "FLOPs inverted");
  EXPECT_THAT(inverted, Contains(HasSubstr("N_mean in [3.03, 3.21] and P in [0.26, 0.97]")));
  EXPECT_THAT(inverted, Contains(HasSubstr("N_mean in [2.80, 2.96] and P in [0.35, 1.00]")));
}

TEST(TableAudit, IsHonestAboutCells) {
  const TableAudit audit = AuditTable(
      ParsePublishedTable("method,PIQA,my task,ARC-c\nx,65.13,n/a,29.77\ny,,50.0,30.10\n", "t.csv", {}),
      0.05);
  EXPECT_THAT(TextsOf(audit.findings, Severity::kNote, "missing entry"), Contains(HasSubstr("y, piqa")));
  EXPECT_THAT(TextsOf(audit.findings, Severity::kNote, "columns not audited"), Contains("header: my task"));
  EXPECT_TRUE(audit.best.empty());  // one row is whole: nothing to compare
  EXPECT_FALSE(audit.averages[1].recomputed.has_value());
  const TableAudit given = AuditTable(
      ParsePublishedTable("method,my task,avg\nx,12.5,99.0\ny,oops,1.0\n", "t.csv", {{"my task", 8}}), 0.05);
  EXPECT_THAT(TextsOf(given.findings, Severity::kWeak, "unreadable entry"), Contains(HasSubstr("\"oops\"")));
  EXPECT_THAT(TextsOf(given.findings, Severity::kContradiction, "average"), Contains(HasSubstr("99.0")));
}

// Two rows cannot show that a size fits: nothing is called impossible.
TEST(TableAudit, DoesNotJudgeBySmallTables) {
  const TableAudit audit =
      AuditTable(ParsePublishedTable("method,piqa\nx,67.16\ny,67.14\n", "t.csv", {}), 0.05);
  EXPECT_TRUE(TextsOf(audit.findings, Severity::kContradiction, "impossible entry").empty());
  EXPECT_THAT(TextsOf(audit.findings, Severity::kNote, "split fingerprint"),
              Contains(HasSubstr("not judged")));
  ASSERT_EQ(audit.significance.size(), 1U);
  EXPECT_FALSE(audit.significance[0].average.has_value());
}

// Fractions, as lm-evaluation-harness prints them, are the same table.
TEST(TableAudit, ReadsFractionsAsPercent) {
  const char* percent = "method,piqa,arc_easy,average\nA,70.51,52.28,61.40\nB,69.00,53.33,61.17\n";
  const char* fractions = "method,piqa,arc_easy,average\nA,0.7051,0.5228,0.6140\nB,0.6900,0.5333,0.6117\n";
  for (const char* text : {percent, fractions}) {
    const TableAudit audit = AuditTable(ParsePublishedTable(text, "t", {}), 0.05);
    EXPECT_NEAR(audit.averages.at(0).standard_error.value(), 0.0117, 0.00005);
    EXPECT_EQ(audit.averages[0].printed, "61.40");
    EXPECT_EQ(audit.averages[0].check, AverageCheck::kRounded);
    ASSERT_EQ(audit.significance.size(), 1U);
    EXPECT_NEAR(audit.significance[0].average->z.value(), 0.14, 0.005);
  }
  const TableAudit audit = AuditTable(ParsePublishedTable(fractions, "t", {}), 0.05);
  EXPECT_THAT(TextsOf(audit.findings, Severity::kNote, "fractions"),
              Contains("header: piqa, arc_easy, average"));
}

// Sentences about paired tests, for every kind of answer there is.
TEST(TableAudit, WritesSentencesAboutPairedTests) {
  const auto sentences = [](const char* text) {
    const auto texts = TextsOf(AuditTable(ParsePublishedTable(text, "t", {}), 0.05).findings, Severity::kWeak,
                               "significance");
    return texts.empty() ? std::string() : texts.front();
  };
  EXPECT_THAT(
      sentences("method,piqa,arc_easy,average\nA,70.51,52.28,61.40\nB,69.00,53.33,61.17\n"),
      HasSubstr("not significant; nor would it be in a paired test, even if no other answers had changed"));
  EXPECT_THAT(sentences("method,piqa\nA,72.0\nB,70.0\n"),
              HasSubstr("not significant; a paired test needs a correlation of 0."));
  EXPECT_THAT(sentences("method,piqa\nA,70.0\nB,70.0\n"), testing::EndsWith("not significant"));
}

TEST(AuditReport, HasEveryFormatAndNoNan) {
  TableAudit audit = Paper();
  std::ranges::move(AuditPaper(), std::back_inserter(audit.findings));
  for (const TableFormat format : {TableFormat::kConsole, TableFormat::kMarkdown, TableFormat::kLatex}) {
    const std::string text = AuditText(audit, format);
    EXPECT_THAT(text, HasSubstr("67.16"));
    EXPECT_THAT(text, Not(HasSubstr("nan")));
  }
  const CsvTable csv = ParseCsv(AuditText(audit, TableFormat::kCsv), "audit");
  EXPECT_EQ(csv.rows.size(), audit.findings.size());
  EXPECT_EQ(csv.rows.front().front(), "contradiction");
  EXPECT_EQ(csv.rows.back().front(), "note");
  const OrderedJson json = AuditJson(audit);
  EXPECT_EQ(json["findings"].size(), audit.findings.size());
  EXPECT_EQ(json["best"][9]["sum"], -19);
}

}  // namespace
}  // namespace vffn
