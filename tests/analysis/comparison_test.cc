#include "analysis/comparison.h"

#include <gtest/gtest.h>

#include <span>

#include "analysis/sign_flip_test.h"
#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

/// `gained` questions that only b has right, `lost` that only a has, and as many both and none.
PairedTask Task(const std::string& name, int gained, int lost, int same) {
  PairedTask task{.task = name, .metric = "acc"};
  const auto add = [&](int count, double a, double b) {
    for (int i = 0; i < count; ++i) {
      task.questions.push_back({static_cast<int64_t>(task.questions.size()), a, b, {}, {}});
    }
  };
  add(gained, 0, 1);
  add(lost, 1, 0);
  add(same, 1, 1);
  add(same, 0, 0);
  return task;
}

TEST(Compare, CountsAndTests) {
  const std::vector<PairedTask> tasks = {Task("x", 31, 17, 100), Task("y", 4, 10, 40)};
  const Comparison comparison = Compare(tasks, {});
  const TaskComparison& x = comparison.tasks[0];
  EXPECT_EQ(x.questions, 248);
  EXPECT_EQ(x.gained, 31);
  EXPECT_EQ(x.lost, 17);
  EXPECT_DOUBLE_EQ(x.a, 117.0 / 248);
  EXPECT_DOUBLE_EQ(x.b, 131.0 / 248);
  EXPECT_NEAR(x.difference.mean, 14.0 / 248, 1e-15);
  EXPECT_DOUBLE_EQ(x.p.value(), McNemarTest(31, 17)->mid_p);
  EXPECT_DOUBLE_EQ(x.exact_p.value(), McNemarTest(31, 17)->p);
  EXPECT_LT(x.interval->low, x.difference.mean);
  EXPECT_GT(x.interval->high, x.difference.mean);
  // ceil(248 * the solution for 248 questions of which 48 change)
  EXPECT_DOUBLE_EQ(x.detectable.value(), 20.0 / 248);
  ASSERT_EQ(comparison.averages.size(), 1U);
  const AverageComparison& average = comparison.averages[0];
  EXPECT_TRUE(comparison.HasChanges());
  EXPECT_NEAR(average.difference.mean, (14.0 / 248 - 6.0 / 94) / 2, 1e-15);
  EXPECT_NEAR(average.detectable.value(), 2.8015852 * *average.difference.standard_error, 1e-7);
}

// Losses are better if lower, log-probabilities of the right choice if higher; the test is the same.
TEST(Compare, KnowsWhichDirectionIsBetter) {
  PairedTask loss{.task = "x", .metric = "bits_per_byte", .accuracy = false};
  for (int i = 0; i < 9; ++i) {
    loss.questions.push_back({i, 1.0 + i, 1.5 + 0.89 * i, {}, {}});  // b is higher up to i = 4
  }
  PairedTask score = loss;
  score.metric = "soft_log";
  score.higher_is_better = true;
  const TaskComparison as_loss = Compare(std::vector{loss}, {}).tasks[0];
  const TaskComparison as_score = Compare(std::vector{score}, {}).tasks[0];
  EXPECT_FALSE(as_loss.higher_is_better);
  EXPECT_EQ(as_loss.gained, 4);
  EXPECT_EQ(as_loss.lost, 5);
  EXPECT_EQ(as_score.gained, 5);
  EXPECT_EQ(as_score.lost, 4);
  EXPECT_EQ(as_loss.p, as_score.p);
  EXPECT_EQ(as_loss.difference.mean, as_score.difference.mean);
  score.task = "y";
  EXPECT_TRUE(Compare(std::vector{loss, score}, {}).averages.empty());  // they have no common direction
  EXPECT_NEAR(as_loss.detectable.value(), 2.8015852 * *as_loss.difference.standard_error, 1e-7);
}

TEST(Compare, CannotTellWhereNothingChanged) {
  const std::vector<PairedTask> tasks = {Task("x", 0, 0, 10), Task("y", 1, 0, 0)};
  const Comparison comparison = Compare(tasks, {});
  for (const TaskComparison& task : comparison.tasks) {
    EXPECT_FALSE(task.difference.standard_error);
    EXPECT_FALSE(task.detectable);
  }
  // Wilson's upper end for 0 of 20 and for 0 of 1: z^2 / (n + z^2).
  EXPECT_NEAR(comparison.tasks[0].interval->high, 0.161125, 1e-6);
  EXPECT_NEAR(comparison.tasks[0].interval->low, -0.161125, 1e-6);
  EXPECT_NEAR(comparison.tasks[1].interval->low, 1 - 2 * 0.7934507, 1e-6);
  EXPECT_EQ(comparison.tasks[1].interval->high, 1);
  EXPECT_FALSE(comparison.tasks[0].p);
  EXPECT_DOUBLE_EQ(comparison.tasks[1].p.value(), 0.5);  // a coin falls the same way once
  const AverageComparison& average = comparison.averages.at(0);
  EXPECT_FALSE(average.p);
  EXPECT_FALSE(average.interval);
  EXPECT_FALSE(average.detectable);
  EXPECT_FALSE(Compare({tasks.data(), 1}, {}).HasChanges());
}

TEST(Compare, IntervalsOfWhatDoesNotVaryMirrorEachOther) {
  for (const int64_t n : {1, 10, 1000}) {
    const ConfidenceInterval up = IntervalWithoutVariation(1, n, 0.95),
                             same = IntervalWithoutVariation(0, n, 0.95),
                             down = IntervalWithoutVariation(-1, n, 0.95);
    EXPECT_EQ(up.high, 1);
    EXPECT_EQ(up.low, -down.high);
    EXPECT_EQ(down.low, -1);
    EXPECT_EQ(same.low, -same.high);
    EXPECT_NEAR(1 - up.low, 2 * same.high, 1e-12);
  }
}

TEST(Compare, AveragesAccuraciesAndLossesApart) {
  std::vector<PairedTask> tasks = {Task("a", 5, 1, 20), Task("b", 2, 3, 20), Task("c", 2, 3, 20)};
  for (const char* name : {"x", "y", "z"}) {
    PairedTask loss{.task = name, .metric = "bits_per_byte", .accuracy = false};
    for (int i = 0; i < 9; ++i) {
      loss.questions.push_back({i, 1.0 + i, 1.5 + 0.89 * i, {}, {}});
    }
    tasks.push_back(loss);
  }
  tasks[1].metric = "len_norm";
  tasks[2].counted = false;
  tasks[5].metric = "soft_log";  // one alone has no average
  tasks[5].higher_is_better = true;
  const Comparison comparison = Compare(tasks, {});
  ASSERT_EQ(comparison.averages.size(), 2U);
  const AverageComparison &accuracies = comparison.averages[0], &losses = comparison.averages[1];
  EXPECT_TRUE(accuracies.accuracy);
  EXPECT_EQ(accuracies.metric, "");
  EXPECT_EQ(accuracies.tasks, 2);
  EXPECT_TRUE(accuracies.interval);
  EXPECT_FALSE(losses.accuracy || losses.higher_is_better);
  EXPECT_EQ(losses.metric, "bits_per_byte");
  EXPECT_EQ(losses.tasks, 2);
  EXPECT_EQ(losses.difference.mean, comparison.tasks[3].difference.mean);
  EXPECT_EQ(Compare({tasks.data() + 3, 2}, {}).averages.at(0).interval, losses.interval);
}

TEST(Compare, UsesClusters) {
  PairedTask alone = Task("x", 20, 4, 20);
  PairedTask pairs = alone;
  for (size_t i = 0; i < pairs.questions.size(); ++i) {
    pairs.clusters.push_back(static_cast<int64_t>(i / 2));
  }
  const Comparison a = Compare({&alone, 1}, {}), b = Compare({&pairs, 1}, {});
  EXPECT_FALSE(a.tasks[0].clustered);
  EXPECT_TRUE(b.tasks[0].clustered);
  EXPECT_DOUBLE_EQ(b.tasks[0].p.value(), McNemarTest(10, 2)->mid_p);
  EXPECT_GT(*b.tasks[0].difference.standard_error, *a.tasks[0].difference.standard_error);
  EXPECT_GT(*b.tasks[0].detectable, *a.tasks[0].detectable);
}

TEST(Compare, OfCostsIsATTest) {
  PairedTask task{.task = "x", .metric = "bits_per_byte", .accuracy = false};
  const double values[] = {0.3, 0.1, -0.2, 0.4};
  for (int i = 0; i < 4; ++i) {
    task.questions.push_back({i, 1.0, 1.0 + values[i], {}, {}});
  }
  const TaskComparison result = Compare({&task, 1}, {}).tasks[0];
  // scipy.stats.ttest_1samp([0.3, 0.1, -0.2, 0.4], 0).pvalue
  EXPECT_NEAR(result.p.value(), 0.3392540508564546, 1e-12);
  EXPECT_EQ(result.gained, 1);
  EXPECT_EQ(result.lost, 3);
  EXPECT_FALSE(result.exact_p);
}

TEST(Compare, AveragesTheCountedTasks) {
  std::vector<PairedTask> tasks = {Task("x", 31, 17, 100), Task("y", 4, 10, 40), Task("z", 30, 1, 30)};
  const Comparison without = Compare(std::span(tasks).first(2), {});
  tasks[2].counted = false;
  const Comparison all = Compare(tasks, {});
  EXPECT_EQ(all.tasks.size(), 3u);
  EXPECT_EQ(all.averages.at(0).tasks, 2);
  EXPECT_EQ(all.averages.at(0).difference.mean, without.averages.at(0).difference.mean);
  EXPECT_EQ(all.averages.at(0).interval->low, without.averages.at(0).interval->low);
  tasks[1].counted = false;
  EXPECT_TRUE(Compare(tasks, {}).averages.empty());
}

TEST(Compare, AdjustsTheWholeTable) {
  const std::vector<PairedTask> tasks = {Task("x", 31, 17, 100), Task("y", 10, 4, 40), Task("z", 0, 0, 5)};
  std::vector<Comparison> comparisons = {Compare(tasks, {}), Compare(std::span(tasks).first(1), {})};
  AdjustForMultiplicity(comparisons);
  EXPECT_NEAR(comparisons[0].tasks[0].adjusted_p.value(), 4 * *comparisons[0].tasks[0].p, 1e-12);
  EXPECT_FALSE(comparisons[0].tasks[2].adjusted_p);
  EXPECT_DOUBLE_EQ(comparisons[0].averages.at(0).adjusted_p.value(), *comparisons[0].averages.at(0).p);
  EXPECT_TRUE(comparisons[1].averages.empty());
}

TEST(Compare, RefusesWhatIsNoAccuracy) {
  PairedTask task = Task("x", 1, 1, 1);
  task.questions[0].b = 0.5;
  EXPECT_NE(MessageOf([&] { Compare({&task, 1}, {}); }), "");
  const PairedTask empty{.task = "x"};
  EXPECT_NE(MessageOf([&] { Compare({&empty, 1}, {}); }), "");
  EXPECT_NE(MessageOf([&] { Compare({}, {}); }), "");
}

}  // namespace
}  // namespace vffn
