#include "reports/tables/score_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/rescore.h"
#include "reports/tables/table_text.h"
#include "tests/eval/scored_docs.h"

namespace vffn {
namespace {

using testing::HasSubstr;
using testing::Not;

Results MakeResults(int64_t missing) {
  LedgerContents contents{.origin = "l"};
  contents.header.identity = {.rendering = "olmo", .encoding = "separate"};
  contents.tasks = {{.name = "piqa", .split = "validation", .data_set_size = 1838, .docs = 3 + missing},
                    {.name = "arc_easy", .split = "validation", .data_set_size = 570, .docs = 1}};
  for (int i = 0; i < 3; ++i) {
    contents.docs["piqa"][i] = MakeDoc("piqa", i, i % 2, {MakeChoice(" a", {-2}), MakeChoice(" b", {-3})});
  }
  contents.docs["piqa"][1].choices[1].truncated_tokens = 5;
  contents.docs["arc_easy"][0] = MakeDoc("arc_easy", 0, 0, {MakeChoice(" a", {-2}), MakeChoice(" b", {-3})});
  return Rescore(contents, FindProfile("olmo"));
}

TEST(ScoreTable, IsAligned) {
  EXPECT_EQ(
      ToText(ScoreTable(MakeResults(0)), TableFormat::kConsole),
      "task      split       n  metric     score         ± stderr  chance  centred  ± stderr\n"
      "─────────────────────────────────────────────────────────────────────────────────────\n"
      "piqa      validation  3  len_norm   66.67          ± 33.33   50.00    33.33   ± 66.67\n"
      "arc_easy  validation  1  acc       100.00  [20.65, 100.00]   50.00   100.00\n"
      "─────────────────────────────────────────────────────────────────────────────────────\n"
      "average               4             83.33                    50.00    66.67\n"
      "\n"
      "profile olmo: the paper's: OLMo in-loop prompts, len_norm by characters without the leading blank\n"
      "len_norm: greatest log-likelihood / Unicode characters without the leading blank\n"
      "acc: greatest log-likelihood\n"
      "[low, high]: 95 % Wilson interval, where all answers are right or all are wrong, so that there is no "
      "standard error; such a task adds 0 to the error of an average\n"
      "centred: (score - chance) / (1 - chance) of accuracies\n"
      "piqa: contexts cut from the left: 1, in docs: 1, tokens cut: 5\n");
}

TEST(ScoreTable, KeepsLossesApart) {
  LedgerContents contents{.origin = "l"};
  contents.header.identity = {.rendering = "olmo", .encoding = "separate"};
  contents.tasks = {{.name = "skills/rc_5shot", .split = "validation", .docs = 1, .shots = 5},
                    {.name = "gsm8k/gold",
                     .split = "test",
                     .docs = 2,
                     .metrics = MetricList{{Metric::kBitsPerByte}, Metric::kBitsPerByte},
                     .shots = 8}};
  contents.docs["skills/rc_5shot"][0] =
      MakeDoc("skills/rc_5shot", 0, 0, {MakeChoice(" a", {-2}), MakeChoice(" b", {-3})});
  for (int i = 0; i < 2; ++i) {
    contents.docs["gsm8k/gold"][i] = MakeDoc("gsm8k/gold", i, 0, {MakeChoice(" abcd", {-4.0F - 4.0F * i})});
  }
  EXPECT_THAT(ToText(ScoreTable(Rescore(contents, FindProfile("olmo"))), TableFormat::kConsole),
              testing::StartsWith(
                  "task                   shots  n  metric          score         ± stderr  chance  centred  "
                  "± stderr\n"
                  "──────────────────────────────────────────────────────────────────────────────────────────"
                  "────────\n"
                  "skills/rc_5shot            5  1  acc            100.00  [20.65, 100.00]   50.00   100.00\n"
                  "gsm8k/gold                 8  2  bits_per_byte  2.1640         ± 0.7213\n"
                  "──────────────────────────────────────────────────────────────────────────────────────────"
                  "────────\n"
                  "average of accuracies         1                 100.00                    50.00   100.00\n"
                  "average of 1 loss             2  bits_per_byte  2.1640         ± 0.7213\n"));
}

TEST(ScoreTable, IsMarkdown) {
  EXPECT_EQ(
      ToText(ScoreTable(MakeResults(7)), TableFormat::kMarkdown),
      "| task     | split      | n | metric   |  score |          ± stderr | chance | centred | ± stderr |\n"
      "|----------|------------|--:|----------|-------:|------------------:|-------:|--------:|---------:|\n"
      "| piqa     | validation | 3 | len_norm |  66.67 |           ± 33.33 |  50.00 |   33.33 |  ± 66.67 |\n"
      "| arc_easy | validation | 1 | acc      | 100.00 | \\[20.65, 100.00\\] |  50.00 |  100.00 |          "
      "|\n"
      "| average  |            | 4 |          |  83.33 |                   |  50.00 |   66.67 |          |\n"
      "\n"
      "- profile olmo: the paper's: OLMo in-loop prompts, len_norm by characters without the leading blank\n"
      "- len_norm: greatest log-likelihood / Unicode characters without the leading blank\n"
      "- acc: greatest log-likelihood\n"
      "- \\[low, high\\]: 95 % Wilson interval, where all answers are right or all are wrong, so that there "
      "is no "
      "standard error; such a task adds 0 to the error of an average\n"
      "- centred: (score - chance) / (1 - chance) of accuracies\n"
      "- piqa: contexts cut from the left: 1, in docs: 1, tokens cut: 5\n"
      "- piqa: INCOMPLETE, docs missing: 7; those scored so far are no fair sample\n");
}

TEST(MetricTable, HasEveryMetric) {
  const std::string table = ToText(MetricTable(MakeResults(0)), TableFormat::kConsole);
  EXPECT_THAT(table, HasSubstr("piqa      len_norm           primary     66.67          ± 33.33  "
                               "Unicode characters without the leading blank\n"));
  EXPECT_THAT(table, HasSubstr("arc_easy  acc                primary    100.00  [20.65, 100.00]  1\n"));
  EXPECT_THAT(table, HasSubstr("arc_easy  soft_log                     -0.3133                   1\n"));
  EXPECT_THAT(table, HasSubstr("acc_token_mean"));
  EXPECT_THAT(table, Not(HasSubstr("acc_mutual_info")));  // not defined without unconditional requests
}

}  // namespace
}  // namespace vffn
