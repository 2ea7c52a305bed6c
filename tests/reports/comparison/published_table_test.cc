#include "reports/comparison/published_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(PublishedTable, ReadsAWideTable) {
  const PublishedTable table = ParsePublishedTable(
      "Model,scale,PIQA,arc_challenge,extra,Avg.,loss\nm,1B,70.1,,3,70.1,2.5\nm,2B,71,40.13,4,-,2.4\n", "t",
      {{"extra", 20}});
  EXPECT_THAT(table.tasks, ElementsAre("piqa", "arc_challenge", "extra"));
  EXPECT_THAT(table.ignored_columns, ElementsAre("loss"));
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[1].Name(), "2B/m");
  EXPECT_EQ(table.rows[1].cells.at("arc_challenge").percent, (PrintedDecimal{4013, 2}));
  EXPECT_FALSE(table.rows[0].cells.at("arc_challenge").percent.has_value());
  EXPECT_EQ(table.rows[1].average->text, "-");
  EXPECT_THAT(CandidateSizes(table, "extra"), ElementsAre(20));
  EXPECT_THAT(CandidateSizes(table, "arc_challenge"), ElementsAre(299, 1172));
  EXPECT_THAT(CandidateSizes(table, "openbookqa"), ElementsAre(500));
}

/// The table of two models that every form below has.
void ExpectTheTable(const char* text, const char* scale = "") {
  const PublishedTable table = ParsePublishedTable(text, "t", {});
  EXPECT_THAT(table.tasks, ElementsAre("piqa", "arc_easy")) << text;
  ASSERT_EQ(table.rows.size(), 2U) << text;
  const PublishedRow &a = table.rows[0], &b = table.rows[1];
  EXPECT_EQ(a.method, "A") << text;
  EXPECT_EQ(b.method, "B") << text;
  EXPECT_EQ(a.scale, scale) << text;
  EXPECT_EQ(b.scale, scale) << text;
  EXPECT_EQ(a.cells.at("piqa").percent, (PrintedDecimal{7051, 2})) << text;
  EXPECT_EQ(b.cells.at("piqa").percent, (PrintedDecimal{6900, 2})) << text;
  EXPECT_EQ(a.cells.at("arc_easy").percent, (PrintedDecimal{5228, 2})) << text;
  EXPECT_EQ(b.cells.at("arc_easy").percent, (PrintedDecimal{5333, 2})) << text;
  EXPECT_EQ(a.average->percent, (PrintedDecimal{6140, 2})) << text;
  EXPECT_EQ(b.average->percent, (PrintedDecimal{6117, 2})) << text;
}

TEST(PublishedTable, ReadsEveryFormInWhichTablesArePasted) {
  for (const char* text : {
           "method,piqa,arc_easy,average\nA,70.51,52.28,61.40\nB,69.00,53.33,61.17\n",
           "\n\nmethod,piqa,arc_easy,average\n\nA,70.51,52.28,61.40\n\nB,69.00,53.33,61.17\n,,,\n",
           "\xEF\xBB\xBFmethod,piqa,arc_easy,average\r\nA,70.51,52.28,61.40\r\nB,69.00,53.33,61.17\r\n",
           "method, piqa, arc_easy, average\nA, 70.51%, **52.28**, 61.40\n\"B\", \"69.00 ± 1.1\", 53.33, "
           "61.17\n",
           "method;piqa;arc_easy;average\nA;70,51;52,28;61,40\nB;69,00;53,33;61,17\n",
           "sep=;\nmethod;piqa;arc_easy;average\nA;70,51 %;52,28 %;61,40 %\nB;69,00 %;53,33 %;61,17 %\n",
           "method;piqa;arc_easy;average\nA;0,7051;0,5228;0,6140\nB;0,6900;0,5333;0,6117\n",
           "method\tpiqa\tarc_easy\taverage\nA\t70.51\t52.28\t61.40\nB\t69.00\t53.33\t61.17\n",
           "method\tpiqa\tarc_easy\taverage\nA\t70,51\t52,28\t61,40\nB\t69,00\t53,33\t61,17\n",
           "method,piqa,arc_easy,average\nA,0.7051,0.5228,0.6140\nB,0.6900,0.5333,0.6117\n",
           "method,piqa,arc_easy,average\nA,.7051,.5228,.6140\nB,.6900,.5333,.6117\n",
           "method,piqa,arc_easy,average\nA,0.7051,52.28,0.6140\nB,0.6900,53.33,0.6117\n",
           "method,piqa,arc_easy,average\nA,70.51%,0.5228,61.40\nB,0.6900,0.5333,61.17\n",
           "Table 1: results\n\n| Method | PIQA (acc) | ARC-e | **Avg.** |\n|:---|---:|:-:|---|\n"
           "| A | **70.51** | 52.28 | <u>61.40</u> |\n| B | 69.00 | **53.33** | 61.17\n\nBold is best.\n",
           "Method | PIQA ↑ | Arc Easy | Avg\n--- | --- | --- | ---\nA | 70.51 | 52.28 | 61.40\nB | 69.00 | "
           "53.33 | 61.17\n",
           R"(\begin{table}[t]
\caption{Accuracy, 50\% of the docs & more}
\begin{tabular}{l|cc|c}
\toprule
 & \multicolumn{2}{c}{zero-shot} & \\  % two rows of headings
\cmidrule(lr){2-3}
Method & \textbf{PIQA} & ARC-E & Avg. \\ \midrule
A & \textbf{70.51} & 52.28 & $\mathbf{61.40}$ \\[2pt]
% C & 1 & 2 & 3 \\
\rowcolor{gray!20} B~\citep{b2025} & $69.00_{\pm 1.1}$ & \underline{53.33} & 61.17 \\
\bottomrule
\end{tabular}
\end{table}
)",
       }) {
    ExpectTheTable(text);
  }
  ExpectTheTable(
      "| | PIQA | ARC-E | Avg |\n|-|---|---|---|\n| **354M** | | | |\n| A | 70.51 | 52.28 | 61.40 |\n"
      "| B | 69.00 | 53.33 | 61.17 |\n",
      "354M");
  ExpectTheTable(R"(Scale & Method & PIQA & ARC-E & Avg \\ \hline
\multirow{2}{*}{354M} & A & 70.51 & 52.28 & 61.40 \\
 & B & 69.00 & 53.33 & 61.17 \\ \hline)",
                 "354M");
}

TEST(PublishedTable, RefusesAColumnOfTwoUnits) {
  const auto message = [](const char* text) {
    return MessageOf([&] { ParsePublishedTable(text, "t", {}); });
  };
  EXPECT_THAT(
      message("method,piqa\nA,0.7051\nB,69.00\n"),
      testing::AllOf(HasSubstr("column piqa mixes fractions and percentages"),
                     HasSubstr("A has 0.7051, B has 69.00"), HasSubstr("mark the percentages with %")));
  EXPECT_THAT(message("method,piqa,average\nA,70.51,0.7051\nB,69.00,69.00\n"),
              HasSubstr("column average mixes"));
  EXPECT_THAT(message("method,piqa\nA,0.5%\nB,69.00\n"), testing::IsEmpty());
  EXPECT_THAT(message("method,piqa\nA,0.0\nB,69.00\n"), testing::IsEmpty());
  EXPECT_THAT(message("method,piqa (%)\nA,0.5\nB,69.00\n"), testing::IsEmpty());
}

TEST(PublishedTable, KeepsThePrecisionOfFractions) {
  const PublishedTable table =
      ParsePublishedTable("method,piqa,arc_easy\nA,0.7,0.7051142546245919\nB,0,0.5\nC,1.0,1\n", "t", {});
  EXPECT_THAT(table.fraction_columns, ElementsAre("piqa", "arc_easy"));
  EXPECT_EQ(table.rows[0].cells.at("piqa").percent, (PrintedDecimal{7, -1}));
  EXPECT_EQ(table.rows[0].cells.at("arc_easy").percent, (PrintedDecimal{705114, 4}));
  EXPECT_EQ(table.rows[2].cells.at("arc_easy").percent, (PrintedDecimal{1, -2}));
  EXPECT_EQ(ScoresOfRow(table, "A").summaries.at(0).value, 0.7);
  EXPECT_EQ(ScoresOfRow(table, "C").summaries.at(0).value, 1.0);
  EXPECT_NEAR(ScoresOfRow(table, "A").summaries.at(1).value, 0.705114, 1e-9);
}

TEST(PublishedTable, KnowsWhatPapersCallTheTasks) {
  EXPECT_THAT(ParsePublishedTable(
                  "method,PIQA,HellaSwag,OBQA,SciQ,ARC-E,ARC-c,COMM,Wino\nx,1,2,3,4,5,6,7,8\n", "t", {})
                  .tasks,
              testing::ElementsAreArray(PaperTable().tasks));
}

TEST(PublishedTable, ReadsThePapers) {
  const PublishedTable table = PaperTable();
  EXPECT_EQ(table.rows.size(), 12U);
  EXPECT_EQ(table.tasks.size(), 8U);
  const ScoreSet scores = ScoresOfRow(table, "720M/VersatileFFN");
  EXPECT_DOUBLE_EQ(scores.summaries[1].value, 0.5344);
  EXPECT_EQ(scores.summaries[1].questions, 10042);
  EXPECT_DOUBLE_EQ(scores.average.value(), 0.5703);
}

TEST(PublishedTable, RefusesWhatItCannotName) {
  const auto message = [](const char* csv) { return MessageOf([&] { ParsePublishedTable(csv, "t", {}); }); };
  EXPECT_THAT(message("method,mine\nx,1.0\n"), HasSubstr("--questions"));
  EXPECT_THAT(message("method,piqa\n"), HasSubstr("no rows"));
  EXPECT_THAT(message("method,piqa\nx,1.0\nx,2.0\n"), HasSubstr("twice"));
  EXPECT_THAT(message("method,piqa,PIQA\nx,1.0,2.0\n"), HasSubstr("two columns"));
  EXPECT_THAT(MessageOf([] { ScoresOfRow(PaperTable(), "VersatileFFN"); }), HasSubstr("2 rows"));
  EXPECT_THAT(MessageOf([] { ScoresOfRow(PaperTable(), "none"); }), HasSubstr("354M/Base"));
  const PublishedTable bad = ParsePublishedTable("method,piqa\nx,oops\n", "t", {});
  EXPECT_THAT(MessageOf([&] { ScoresOfRow(bad, "x"); }), HasSubstr("\"oops\""));
}

}  // namespace
}  // namespace vffn
