#include "reports/study/study.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "reports/study/study_tables.h"
#include "reports/tables/table_text.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<DocumentLoss> Losses(double a, double b) {
  return {{"a", "wiki", 10, 40, a}, {"b", "wiki", 10, 40, b}};
}

StudyRun RunOf(const std::string& method, uint64_t seed, std::vector<DocumentLoss> losses) {
  return {.name = method + " (seed " + std::to_string(seed) + ")",
          .method = method,
          .seed = seed,
          .parameters = 1900000,
          .ffn_flops = 2.0e6,
          .losses = std::move(losses)};
}

TrainingRun Training(double seconds, double flops) {
  TrainingRun run;
  for (const int64_t step : {10, 20, 25}) {  // the last line is of 5 steps
    run.steps.push_back({.step = step, .tokens = step * 100, .loss = 5, .seconds = seconds, .flops = flops});
  }
  run.steps.back().layers = {{{0.2, 0.8}, 1.8, 0.1, {0.5, 0.25, 0.25}}, {}};
  run.evaluations = {{.step = 0, .held_out_loss = 8.0},
                     {.step = 20, .held_out_loss = 6.0},
                     {.step = 25, .held_out_loss = 5.0}};
  return run;
}

Study MakeStudy() {
  Study study{.title = "T"};
  study.runs = {RunOf("Base", 1, Losses(20, 30)), RunOf("Base", 2, Losses(22, 30)),
                RunOf("Base", 3, Losses(21, 33)), RunOf("Loop", 1, Losses(21, 31)),
                RunOf("Loop", 2, Losses(24, 30)), RunOf("Loop", 3, Losses(21, 36))};
  study.tables = {{.name = "t", .title = "Methods", .baseline = "Base", .rows = {"Base", "Loop", "Missing"}}};
  return study;
}

TEST(Study, ComparesSeedBySeedAndDocumentByDocument) {
  const auto difference = LossDifference(MakeStudy(), "Loop", "Base", LossUnit::kNatsPerToken);
  ASSERT_TRUE(difference);
  EXPECT_THAT(difference->seeds, testing::Pointwise(testing::DoubleNear(1e-12), {0.1, 0.1, 0.15}));
  EXPECT_NEAR(difference->mean.value, 0.35 / 3, 1e-12);
  // Documents: mean differences (1 + 2 + 0) / 3 = 1 and (1 + 0 + 3) / 3 = 4/3 around 7/6 each.
  EXPECT_NEAR(*difference->mean.standard_error, std::sqrt(2 * 2.0 / 36) / 20, 1e-12);
  const double deviation = std::sqrt((2 * 1.0 / 3600 + 4.0 / 3600) / 2);  // 1/60, 1/60, 2/60 from the mean
  EXPECT_NEAR(*difference->deviation(), deviation, 1e-12);
  EXPECT_NEAR(*difference->half_width(), 4.302653 * deviation / std::sqrt(3.0), 1e-6);

  Study study = MakeStudy();
  study.runs.erase(study.runs.begin() + 1, study.runs.begin() + 3);  // Base has seed 1 alone
  const auto single = LossDifference(study, "Loop", "Base", LossUnit::kNatsPerToken);
  EXPECT_EQ(single->seeds.size(), 1u);
  EXPECT_FALSE(single->deviation() || single->half_width());
  EXPECT_FALSE(LossDifference(study, "Base", "Base", LossUnit::kNatsPerToken));
  EXPECT_NEAR(LossOf(study, "Loop", LossUnit::kBitsPerByte)->mean.value, 163.0 / 3 / 80 / std::log(2.0),
              1e-12);
}

TEST(Study, MeasuresControlsAgainstTheSameModel) {
  Study study = MakeStudy();
  study.runs[3].controls = {{"loops=1", Losses(23, 31)}, {"loops=2", {}}};
  EXPECT_NEAR(ControlDifference(study, "Loop", "loops=1", LossUnit::kNatsPerToken)->mean.value, 0.1, 1e-12);
  EXPECT_FALSE(ControlDifference(study, "Loop", "loops=2", LossUnit::kNatsPerToken));
  EXPECT_THAT(ToText(StudyControlTable(study, study.tables[0]), TableFormat::kCsv),
              HasSubstr("Loop,loops=1,1,0.1,"));
}

TEST(Study, ReadsLossesAtACost) {
  const std::vector<CostPoint> curve = CostCurve(Training(2, 10));
  ASSERT_EQ(curve.size(), 3u);
  EXPECT_EQ(curve[1].seconds, 40);
  EXPECT_EQ(curve[2].seconds, 50);
  EXPECT_EQ(curve[2].flops, 250);
  EXPECT_NEAR(*LossAt(curve, &CostPoint::seconds, 20), 7.0, 1e-12);
  EXPECT_NEAR(*LossAt(curve, &CostPoint::seconds, 45), 5.5, 1e-12);
  EXPECT_EQ(*LossAt(curve, &CostPoint::seconds, 1000), 5.0);
  EXPECT_FALSE(LossAt({}, &CostPoint::seconds, 20));
}

TEST(StudyTables, ComparesAtEqualTimeWithTheFastest) {
  Study study = MakeStudy();
  study.runs = {study.runs[0], study.runs[3]};
  study.runs[0].training = Training(1, 10);  // 25 seconds, 250 FLOPs
  study.runs[1].training = Training(2, 5);   // at 25 of 50 seconds: between 8 and 6
  const std::string csv = ToText(StudyCostTable(study, study.tables[0]), TableFormat::kCsv);
  EXPECT_THAT(csv, HasSubstr("\nBase,2500.0,25.0,250.0,5.0,5.0,6.75"));  // 125 FLOPs: 12.5 of 20 steps
  EXPECT_THAT(csv, HasSubstr("\nLoop,2500.0,50.0,125.0,5.0,6.75,5.0"));
}

TEST(StudyTables, ShowErrorsOverDocumentsAndSeeds) {
  const Study study = MakeStudy();
  const Table table = StudyLossTable(study, study.tables[0]);
  ASSERT_EQ(table.rows().size(), 2u);
  EXPECT_THAT(ToText(table, TableFormat::kMarkdown), AllOf(HasSubstr("+0.1167"), HasSubstr("± 0.0167"),
                                                           HasSubstr("± 0.0717"), Not(HasSubstr("nan"))));
  EXPECT_EQ(StudyRunTable(study, study.tables[0]).rows().size(), 6u);
}

TEST(StudyTables, MarkAccuraciesAtChance) {
  Study study = MakeStudy();
  const std::vector<double> bits(100, 1.5);
  study.runs[0].tasks = {{"piqa", {0.59, 0.05}, 0.5, bits}, {"sciq", {0.34, 0.05}, 0.25, bits}};
  const std::string text = ToText(StudyAccuracyTable(study, study.tables[0]), TableFormat::kMarkdown);
  EXPECT_THAT(text, HasSubstr("59.00 ~"));  // 0.09 < 1.96 * 0.05
  EXPECT_THAT(text, HasSubstr("34.00 "));   // 0.09 > 1.96 * 0.0433
  EXPECT_THAT(text, Not(HasSubstr("34.00 ~")));
}

TEST(StudyTables, PairBitsPerByteByQuestion) {
  Study study = MakeStudy();
  study.runs[0].tasks = {{"piqa", {0.5, 0.05}, 0.5, {1, 2, 3, 4}}};
  study.runs[3].tasks = {{"piqa", {0.5, 0.05}, 0.5, {2, 2, 4, 4}}};
  const std::string csv = ToText(StudyAnswerTable(study, study.tables[0]), TableFormat::kCsv);
  EXPECT_THAT(csv, HasSubstr("\nBase,2.5,2.5,,"));
  EXPECT_THAT(csv, HasSubstr("\nLoop,3.0,3.0,0.5,0.288675"));  // sqrt(1/3) / sqrt(4)
}

TEST(StudyTables, ShowCollapsedLoops) {
  Study study = MakeStudy();
  study.runs[3].training = Training(1, 1);
  study.runs[3].layers = {{{0.0, 1.0}, 1.5}, {{0.5, 0.5}, std::nullopt}};
  const std::string csv = ToText(StudyLayerTable(study, study.tables[0]), TableFormat::kCsv);
  EXPECT_THAT(csv, HasSubstr("Loop (seed 1),0,2.0,1.0,1.8,0.8,0.1,1.5,1.5"));
  EXPECT_THAT(csv, HasSubstr("Loop (seed 1),1,1.5,0.5,,,,,"));
}

TEST(StudyTables, LeaveOutWhatWasNotMeasured) {
  Study study = MakeStudy();
  EXPECT_EQ(StudyTables(study).size(), 2u);  // losses, and losses of each seed
  study.runs.clear();
  EXPECT_THAT(StudyTables(study), IsEmpty());
}

}  // namespace
}  // namespace vffn
