#include "reports/training/training_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/json.h"
#include "reports/figures/figure_files.h"
#include "reports/figures/renderer.h"
#include "reports/tables/csv.h"
#include "reports/training/training_smoothing.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::filesystem::path kRuns = VFFN_TESTS_DIR "/testdata/training";

std::vector<TrainingRun> ReadRuns(const std::vector<std::filesystem::path>& names) {
  std::vector<std::filesystem::path> folders;
  for (const std::filesystem::path& name : names) {
    folders.push_back(kRuns / name);
  }
  return ReadTrainingRuns(folders);
}

std::vector<std::string> NamesOf(const std::vector<Figure>& figures) {
  std::vector<std::string> names;
  for (const Figure& figure : figures) {
    names.push_back(figure.name);
  }
  return names;
}

/// A run of a model with these layers, the same at every step, and one step for each loss.
TrainingRun RunOf(const std::vector<double>& losses, const std::vector<LayerMetrics>& layers) {
  TrainingRun run{.name = "run", .group = "run"};
  for (const double loss : losses) {
    const auto step = static_cast<int64_t>(run.steps.size()) + 1;
    run.steps.push_back({.step = step,
                         .tokens = 100 * step,
                         .loss = loss,
                         .seconds = 2,
                         .tokens_per_second = 50,
                         .layers = layers});
  }
  return run;
}

TEST(Smoothing, KeepsAStraightLineToItsEnds) {
  std::vector<CurvePoint> line;
  for (int i = 0; i < 1000; ++i) {
    line.push_back({.x = static_cast<double>(i), .y = 5 - 0.002 * i});
  }
  const auto smoothed = Smoothed(line);
  EXPECT_EQ(smoothed.size(), 150U);
  EXPECT_EQ(smoothed.front().x, 0);
  EXPECT_EQ(smoothed.back().x, 999);
  for (const CurvePoint& point : smoothed) {
    EXPECT_NEAR(point.y, 5 - 0.002 * point.x, 1e-9);
  }
}

TEST(Smoothing, AveragesNoiseAway) {
  std::vector<CurvePoint> noisy;
  for (int i = 0; i < 1000; ++i) {
    noisy.push_back({.x = static_cast<double>(i), .y = i % 2 == 0 ? 3.1 : 2.9});
  }
  for (const CurvePoint& point : Smoothed(noisy)) {
    EXPECT_NEAR(point.y, 3, 0.02);
  }
  EXPECT_EQ(Smoothed(std::vector<CurvePoint>{{1, 5}}).size(), 1U);
}

TEST(Smoothing, ThinningKeepsSpikesAndOrder) {
  std::vector<CurvePoint> points;
  for (int i = 0; i < 10000; ++i) {
    points.push_back({.x = static_cast<double>(i), .y = i == 4321 ? 9.0 : std::sin(i)});
  }
  const auto thinned = Thinned(points);
  EXPECT_EQ(thinned.size(), 300U);
  EXPECT_TRUE(std::ranges::is_sorted(thinned, {}, &CurvePoint::x));
  EXPECT_EQ(std::ranges::max(thinned, {}, &CurvePoint::y).x, 4321);
}

TEST(TrainingSummary, IsTheEndOfTheRun) {
  // 40 steps: the last 5 % are two of them.
  std::vector<double> losses(40, 7);
  losses[38] = 3;
  losses[39] = 2;
  const LayerMetrics a{
      .loop_shares = {0.5, 0.5}, .mean_loops = 1.5, .mean_lambda = 0.25, .expert_load = {0.1, 0.2, 0.3, 0.4}};
  const LayerMetrics b{
      .loop_shares = {0, 1}, .mean_loops = 2.0, .mean_lambda = 0.0, .expert_load = {0.25, 0.25, 0.25, 0.25}};
  const TrainingSummary summary = Summarize(RunOf(losses, {a, b}));
  EXPECT_DOUBLE_EQ(summary.loss, 2.5);
  EXPECT_EQ(summary.tokens, 4000);
  EXPECT_DOUBLE_EQ(summary.seconds, 80);
  EXPECT_DOUBLE_EQ(summary.tokens_per_second, 50);
  EXPECT_DOUBLE_EQ(summary.mean_loops.value(), 1.75);
  EXPECT_DOUBLE_EQ(summary.mean_lambda.value(), 0.125);
  EXPECT_DOUBLE_EQ(summary.heaviest_expert.value(), 1.6);
  EXPECT_FALSE(summary.held_out_loss.has_value());
}

TEST(TrainingSummary, AveragesTheAccuraciesOfTasks) {
  EvaluationPoint point;
  point.tasks = {{"piqa", "acc_norm", 0.6, 10}, {"piqa", "bits_per_byte", 2.0, 10}, {"sciq", "acc", 0.4, 10}};
  EXPECT_DOUBLE_EQ(MeanAccuracy(point).value(), 0.5);
  point.tasks = {{"piqa", "bits_per_byte", 2.0, 10}};
  EXPECT_FALSE(MeanAccuracy(point).has_value());
}

TEST(TrainingRuns, AreNamedSoThatTheyDiffer) {
  const TemporaryFolder folder;
  for (const char* name : {"a/base-seed1", "b/base-seed1", "b/base-seed2"}) {
    std::filesystem::create_directories(folder / name);
    std::filesystem::copy(kRuns / "dense/metrics.jsonl", folder / name);
  }
  const std::vector<std::filesystem::path> folders = {folder / "a/base-seed1/", folder / "b/base-seed1",
                                                      folder / "b/base-seed2"};
  const auto runs = ReadTrainingRuns(folders);
  EXPECT_EQ(runs[0].name, "a/base-seed1");
  EXPECT_EQ(runs[2].name, "b/base-seed2");
  EXPECT_EQ(runs[1].group, "b/base");
  EXPECT_EQ(runs[2].group, "b/base");
  EXPECT_THAT(runs[0].evaluations, IsEmpty());
  const std::vector<std::filesystem::path> twice = {folder / "a/base-seed1", folder / "a/base-seed1/"};
  EXPECT_THAT(ErrorOf([&] { ReadTrainingRuns(twice); }), HasSubstr("the run is given twice"));
  WriteFile(folder / "a/base-seed1/metrics.jsonl", "");
  EXPECT_THAT(ErrorOf([&] { ReadTrainingRuns(folders); }), HasSubstr("no step has been logged yet"));
}

TEST(TrainingTables, HaveARowForEachRunAndLayer) {
  const auto runs = ReadRuns({"dense", "moe", "versatile"});
  const CsvTable csv = ParseCsv(TrainingText(runs, TableFormat::kCsv), "csv");
  ASSERT_EQ(csv.rows.size(), 3U);
  EXPECT_EQ(csv.rows[2][0], "versatile");
  const OrderedJson json = TrainingJson(runs);
  EXPECT_EQ(json[0]["layers"].size(), 0U);
  EXPECT_TRUE(json[0]["mean_loops"].is_null());
  EXPECT_EQ(json[1]["layers"].size(), 4U);
  EXPECT_EQ(json[2]["layers"][0]["share_4_loops"], runs[2].steps.back().layers[0].loop_shares[3]);
  EXPECT_EQ(json[2]["held_out_loss"], runs[2].evaluations.back().held_out_loss.value());
  EXPECT_EQ(json[2]["evaluations"].size(), 6U);
  EXPECT_EQ(json[2]["sampled_held_out_loss"], runs[2].evaluations.back().sampled_held_out_loss.value());
  EXPECT_THAT(TrainingTable(runs).notes, testing::Contains(HasSubstr("With drawn loops")));
  EXPECT_EQ(TrainingTable(ReadRuns({"dense"})).notes.size(), 1U);
  EXPECT_THAT(TrainingText(runs, TableFormat::kConsole), HasSubstr("Layers of versatile"));
}

TEST(TrainingTables, NameLayersThatCollapsed) {
  const LayerMetrics even{.loop_shares = {0.5, 0.5}, .mean_loops = 1.5, .mean_lambda = 0.2};
  const LayerMetrics one{.loop_shares = {0.97, 0.03}, .mean_loops = 1.03, .mean_lambda = 0.5};
  EXPECT_THAT(TrainingLayerTable(RunOf({3, 2}, {one, even, one})).notes,
              ElementsAre(HasSubstr("In layers 0 and 2 at least 95 %")));
  EXPECT_THAT(TrainingLayerTable(RunOf({3, 2}, {even, even})).notes, IsEmpty());
}

TEST(TrainingFigures, AreThoseThatTheRunsHave) {
  EXPECT_THAT(NamesOf(TrainingCurveFigures(ReadRuns({"dense"}))),
              ElementsAre("training-loss", "training-optimizer", "training-speed"));
  const auto runs = ReadRuns({"dense", "versatile"});
  EXPECT_THAT(NamesOf(TrainingCurveFigures(runs)),
              ElementsAre("training-loss", "training-differences", "training-optimizer", "training-adaptive",
                          "training-speed"));
  EXPECT_THAT(TrainingLayerFigures(runs[0], "dense"), IsEmpty());
  EXPECT_THAT(NamesOf(TrainingLayerFigures(runs[1], "v")),
              ElementsAre("training-layers-v", "training-loops-v", "training-experts-v"));
}

TEST(TrainingFigures, ShowDifferencesAtEqualTokens) {
  TrainingRun first = RunOf({5, 4, 3}, {}), second = RunOf({5.5, 4.25, 2.5}, {});
  second.name = second.group = "other";
  second.steps.erase(second.steps.begin());
  const std::vector<Figure> figures = TrainingCurveFigures(std::vector{first, second});
  const OrderedJson data = OrderedJson::parse(CompleteSpecification(figures.at(1)))["datasets"];
  ASSERT_EQ(data["raw"].size(), 2U);
  EXPECT_EQ(data["raw"][0]["curve"], "other");
  EXPECT_EQ(data["raw"][0]["y"], 0.25);
  EXPECT_EQ(data["raw"][1]["y"], -0.5);
}

TEST(TrainingFigures, RefuseMoreKindsThanColours) {
  std::vector<TrainingRun> runs(8, RunOf({3, 2}, {}));
  EXPECT_EQ(TrainingCurveFigures(runs).empty(), false);  // seeds of one kind
  for (size_t i = 0; i < runs.size(); ++i) {
    runs[i].group = "kind " + std::to_string(i);
  }
  EXPECT_THAT(ErrorOf([&] { TrainingCurveFigures(runs); }), HasSubstr("8 training runs of 8 kinds"));
}

TEST(TrainingFigures, CanBeDrawn) {
  if (!HasRenderer()) {
    GTEST_SKIP() << "vl-convert is missing in " VFFN_SETUP_DIR ": run `make setup`";
  }
  for (const PageSection& section : TrainingSections(ReadRuns({"dense", "moe", "versatile"}))) {
    RenderFigures(section.figures, VFFN_LOOK_DIR "/training");  // which checks widths and texts
  }
  std::vector<LayerMetrics> layers(24, {.loop_shares = {0.5, 0.5}, .mean_loops = 1.5, .mean_lambda = 0.2});
  RenderFigures(TrainingLayerFigures(RunOf({3, 2}, layers), "deep"), VFFN_LOOK_DIR "/training");
}

}  // namespace
}  // namespace vffn
