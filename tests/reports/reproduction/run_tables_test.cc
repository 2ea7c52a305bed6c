#include "reports/reproduction/run_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/json.h"
#include "reports/reproduction/reproduction_tables.h"
#include "reports/reproduction/run_averages.h"
#include "reports/tables/csv.h"
#include "tests/reports/reproduction/reproduction_samples.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// A model that the paper does not have.
MeasuredRun OtherRun(const std::string& name, const std::vector<MeasuredTask>& tasks) {
  ModelConfig config = PaperConfig("354M", "Base");
  config.d_model = 64;
  MeasuredRun run = MakeRun(name, config);
  run.tasks = tasks;
  return run;
}

Reproduction Of(std::vector<MeasuredRun> runs) { return Reproduce(std::move(runs), PublishedNumbers(), {}); }

/// One model under two profiles, on different tasks.
Reproduction TwoProfiles() {
  MeasuredRun a = OtherRun("olmo", {MakeTask("piqa", 100, 0.5, 0.05), MakeTask("sciq", 100, 0.25, 0.04),
                                    MakeTask("arc_easy", 100, 0.3, 0.04)});
  MeasuredRun b =
      OtherRun("lm-eval", {MakeTask("piqa", 100, 0.6, 0.05), MakeTask("arc_easy", 100, 0.2, 0.04)});
  b.profile = "lm-eval";
  b.tasks[0].metric = "acc";
  return Of({a, b});
}

MeasuredLoss SomeLoss() {
  const std::vector<DocumentLoss> documents = {{.tokens = 100, .bytes = 400, .nll = 250},
                                               {.tokens = 50, .bytes = 210, .nll = 130}};
  return {.file = "losses.jsonl",
          .summary = Summarise(documents),
          .text = "wiki.jsonl, 2 documents",
          .window = "rolling windows",
          .dtype = "float32"};
}

TEST(RunTables, SayProfileAndMetricOfEachRun) {
  const std::string text =
      ToText(OtherModelsTable(TwoProfiles(), std::vector<size_t>{0, 1}), TableFormat::kConsole);
  EXPECT_THAT(text, AllOf(HasSubstr("\nprofile  "), HasSubstr("lm-eval\n"), HasSubstr("(100, len_norm)"),
                          HasSubstr("(100, acc)"), HasSubstr("their scores are not comparable"),
                          Not(HasSubstr("dtype"))));
  EXPECT_THAT(text, HasSubstr("score ± standard error (docs), float32\n"));
  const Reproduction one = Of({OtherRun("a", {MakeTask("piqa", 100, 0.5, 0.05)})});
  const std::string alone = ToText(OtherModelsTable(one, std::vector<size_t>{0}), TableFormat::kConsole);
  EXPECT_THAT(alone, AllOf(HasSubstr("(docs); profile olmo, float32\n"), HasSubstr("len_norm"),
                           HasSubstr("(100)"), Not(HasSubstr("comparable"))));
}

TEST(RunTables, ExplainVerdictsWhereThereAreAny) {
  const auto notes = [](const Reproduction& reproduction) {
    return testing::PrintToString(RunsTable(reproduction).notes);
  };
  EXPECT_THAT(notes(TwoProfiles()), AllOf(HasSubstr("accuracies in percent"), Not(HasSubstr("differs"))));
  EXPECT_THAT(notes(Of({MakeRun("base", PaperConfig("354M", "Base"))})),
              AllOf(HasSubstr("accuracies in percent"), HasSubstr("! differs"), HasSubstr("~ incomparable")));
}

TEST(RunTables, AverageOverTheTasksThatAllHave) {
  const Reproduction all = TwoProfiles();
  const std::vector<size_t> both = {0, 1};
  EXPECT_THAT(CommonTasks(all, both), ElementsAre("piqa", "arc_easy"));
  ASSERT_EQ(AverageRows(all, both).size(), 1U);  // the third task is of one run alone
  EXPECT_EQ(AverageRows(all, both)[0].label, "average of 2 common tasks: piqa, arc_easy");
  EXPECT_EQ(AverageRows(all, std::vector<size_t>{0})[0].label, "average of 3 tasks");
  EXPECT_DOUBLE_EQ(AverageOver(all.runs[0], CommonTasks(all, both))->value, 0.4);
  EXPECT_THAT(ToText(OtherModelsTable(all, both), TableFormat::kMarkdown),
              HasSubstr("| average of 2 common tasks: piqa, arc_easy |"));
  const OrderedJson json = ReproductionJson(all);
  EXPECT_DOUBLE_EQ(json["runs"][0]["average_of_common_tasks"]["value"].get<double>(), 0.4);
  EXPECT_EQ(json["runs"][0]["average_of_common_tasks"]["tasks"], OrderedJson({"piqa", "arc_easy"}));
  EXPECT_DOUBLE_EQ(json["runs"][0]["average_of_own_tasks"]["value"].get<double>(), 0.35);
  MeasuredRun other = OtherRun("c", {MakeTask("hellaswag", 100, 0.5, 0.05)});
  const Reproduction apart = Of({all.runs[0], other});
  EXPECT_EQ(AverageRows(apart, both)[0].label, "average: the runs have no task in common");
  EXPECT_FALSE(AverageOver(apart.runs[0], AverageRows(apart, both)[0].tasks).has_value());
}

// A run of one task does not take the average from two others.
TEST(RunTables, AverageOverAllTasksOfTwoRuns) {
  const std::vector<MeasuredTask> four = {MakeTask("piqa", 100, 0.5, 0.05), MakeTask("sciq", 100, 0.25, 0.04),
                                          MakeTask("arc_easy", 100, 0.3, 0.04),
                                          MakeTask("winogrande", 100, 0.55, 0.04)};
  std::vector<MeasuredTask> five = four;
  five.push_back(MakeTask("hellaswag", 100, 1, 0.04));
  const Reproduction all = Of({OtherRun("a", five), OtherRun("b", four), OtherRun("c", {four[1]})});
  const std::vector<AverageRow> rows = AverageRows(all, AllRuns(all));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].label, "average of 1 common task: sciq");
  EXPECT_EQ(rows[1].label, "average of 4 tasks");
  EXPECT_DOUBLE_EQ(AverageOver(all.runs[0], rows[1].tasks)->value, 0.4);  // without hellaswag
  EXPECT_FALSE(AverageOver(all.runs[2], rows[1].tasks).has_value());
  EXPECT_THAT(ToText(OtherModelsTable(all, AllRuns(all)), TableFormat::kConsole),
              HasSubstr("\naverage of 4 tasks: piqa, sciq, arc_easy, winogrande\n"));
}

TEST(RunTables, HaveOneCellForEachRunTableRowAndColumn) {
  std::vector<MeasuredRun> runs = TwoProfiles().runs;
  runs.push_back(MakeRun("first", PaperConfig("354M", "Base")));
  runs.push_back(MakeRun("second", PaperConfig("354M", "Base")));
  runs.push_back(OtherRun("with loss", {MakeTask("piqa", 10, 0.5, 0.05)}));
  runs.back().measured_loss = SomeLoss();
  Reproduction all = Of(runs);
  all.loss_runs = {{.name = "loss", .loss = SomeLoss()}, {.name = "loss, loops=1", .loss = SomeLoss()}};
  const CsvTable csv = ParseCsv(ReproductionText(all, TableFormat::kCsv), "csv");
  std::set<std::vector<std::string>> keys;
  std::set<std::string> names;
  for (const std::vector<std::string>& row : csv.rows) {
    std::vector<std::string> key;
    for (const char* column : {"run", "table", "scale", "row", "column"}) {
      key.push_back(row.at(static_cast<size_t>(std::ranges::find(csv.header, column) - csv.header.begin())));
    }
    EXPECT_TRUE(keys.insert(key).second) << testing::PrintToString(key);
    names.insert(key[0]);
  }
  EXPECT_EQ(names.size(), 8U);  // and the empty one, of published rows
}

TEST(RunTables, ShowLossesOfModelsWithAndWithoutScores) {
  MeasuredRun run = OtherRun("a", {MakeTask("piqa", 10, 0.5, 0.05)});
  run.measured_loss = SomeLoss();
  Reproduction all = Of({run});
  EXPECT_EQ(LossTable(Of({})).rows().size(), 0U);
  all.loss_runs = {{.name = "b", .untrained = true, .loss = SomeLoss()}};
  const Table table = LossTable(all);
  ASSERT_EQ(table.rows().size(), 2U);
  const std::string text = ReproductionText(all, TableFormat::kConsole);
  EXPECT_THAT(text, AllOf(HasSubstr("Losses of text\n"), HasSubstr("b [UNTRAINED]"), HasSubstr("2.533"),
                          HasSubstr("b [UNTRAINED]: wiki.jsonl, 2 documents, rolling windows")));
  EXPECT_THAT(text, Not(HasSubstr("not comparable")));
  all.loss_runs[0].loss.text = "news.jsonl, 3 documents";
  EXPECT_THAT(ReproductionText(all, TableFormat::kConsole),
              HasSubstr("losses of different texts, or in different windows, are not comparable"));
  EXPECT_EQ(ReproductionJson(all)["loss_runs"][0]["name"], "b");
}

}  // namespace
}  // namespace vffn
