#include "reports/reproduction/report_figures.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tasks/task.h"
#include "tests/reports/reproduction/reproduction_samples.h"

namespace vffn {
namespace {

TEST(AccuracyAgainstFlops, HasPublishedAndMeasuredModels) {
  MeasuredRun run = MakeRun("ours", PaperConfig("354M", "Base"));
  const auto points = [](const MeasuredRun& of) {
    return AccuracyAgainstFlops(Reproduce({of}, PublishedNumbers(), {}))->datasets.at(0).rows;
  };
  EXPECT_EQ(points(run).size(), 12);
  for (const Task& task : Tasks()) {
    run.tasks.push_back(MakeTask(std::string(task.facts.name), 100, 0.5, 0.05));
  }
  run.cost.emplace();
  run.cost->per_token.executed.emplace();
  run.cost->per_token.executed->flops.fill(1e8);
  EXPECT_EQ(points(run).size(), 13);
  run.untrained = true;
  EXPECT_EQ(points(run).size(), 12);
}

TEST(AccuracyAgainstFlops, KeepsItsPointsWhenThereIsANinthTask) {
  const std::vector<Task> nine = NineTasks();
  MeasuredRun run = MakeRun("ours", PaperConfig("354M", "Base"));
  for (const Task& task : Tasks()) {
    run.tasks.push_back(MakeTask(std::string(task.facts.name), 100, 0.5, 0.05));
  }
  run.cost.emplace();
  run.cost->per_token.executed.emplace();
  run.cost->per_token.executed->flops.fill(1e8);
  const auto points = [&](const MeasuredRun& of) {
    return DatasetCsv(AccuracyAgainstFlops(Reproduce({of}, PublishedNumbers(), {}, nine))->datasets.at(0));
  };
  const std::string without = points(run);
  EXPECT_EQ(std::ranges::count(without, '\n'), 1 + 13);  // with the header
  run.tasks.push_back(MakeTask("ninth", 100, 1, 0.05));
  EXPECT_EQ(points(run), without);  // the average is of the paper's tasks
}

}  // namespace
}  // namespace vffn
