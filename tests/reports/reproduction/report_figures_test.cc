#include "reports/reproduction/report_figures.h"

#include <gtest/gtest.h>

#include "tasks/task.h"
#include "tests/reports/reproduction/reproduction_samples.h"

namespace vffn {
namespace {

TEST(AccuracyAgainstFlops, HasPublishedAndMeasuredModels) {
  MeasuredRun run = MakeRun("ours", PaperConfig("354M", "Base"));
  EXPECT_EQ(AccuracyAgainstFlops(Reproduce({run}, PublishedNumbers(), {}))->spec["datasets"]["points"].size(),
            12);
  for (const Task& task : Tasks()) {
    run.tasks.push_back(MakeTask(std::string(task.facts.name), 100, 0.5, 0.05));
  }
  run.cost.emplace();
  run.cost->per_token.executed.emplace();
  run.cost->per_token.executed->flops.fill(1e8);
  const auto points = [](const MeasuredRun& of) {
    return AccuracyAgainstFlops(Reproduce({of}, PublishedNumbers(), {}))->spec["datasets"]["points"];
  };
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
    return AccuracyAgainstFlops(Reproduce({of}, PublishedNumbers(), {}, nine))->spec["datasets"]["points"];
  };
  const auto without = points(run);
  EXPECT_EQ(without.size(), 13);
  run.tasks.push_back(MakeTask("ninth", 100, 1, 0.05));
  EXPECT_EQ(points(run), without);  // the average is of the paper's tasks
}

}  // namespace
}  // namespace vffn
