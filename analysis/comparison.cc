#include "analysis/comparison.h"

#include <algorithm>
#include <cmath>

#include "analysis/clusters.h"
#include "analysis/distributions.h"
#include "analysis/holm.h"
#include "analysis/sign_flip_test.h"
#include "base/error.h"

namespace vffn {
namespace {

std::vector<double> DifferencesOf(const PairedTask& task) {
  std::vector<double> differences;
  for (const PairedQuestion& question : task.questions) {
    VFFN_CHECK(
        !task.accuracy || ((question.a == 0 || question.a == 1) && (question.b == 0 || question.b == 1)),
        task.task, ", doc ", question.doc_id, ": ", task.metric, " is ", question.a, " and ", question.b,
        ", should be 0 or 1");
    differences.push_back(question.b - question.a);
  }
  return differences;
}

void TestAccuracy(const PairedTask& task, const std::vector<double>& differences, TaskComparison& result) {
  std::vector<int64_t> sums;
  for (const double sum : SumByCluster(differences, task.clusters).sums) {
    sums.push_back(std::lround(sum));
  }
  if (const auto test = SignFlipTest(sums)) {
    result.p = test->mid_p;
    result.exact_p = test->p;
  }
}

/// Questions that carry as much information as these would if each stood alone.
double EffectiveQuestions(const std::vector<double>& differences, const MeanDifference& clustered) {
  const auto n = static_cast<double>(differences.size());
  const MeanDifference alone = MeanDifferenceOf(differences);
  if (!alone.standard_error || !clustered.standard_error) {
    return n;
  }
  const double ratio = *alone.standard_error / *clustered.standard_error;
  return n * ratio * ratio;
}

TaskComparison CompareTask(const PairedTask& task, const std::vector<double>& differences,
                           const ComparisonOptions& options) {
  TaskComparison result{.task = task.task,
                        .metric = task.metric,
                        .accuracy = task.accuracy,
                        .higher_is_better = task.higher_is_better,
                        .questions = static_cast<int64_t>(task.questions.size()),
                        .clustered = !task.clusters.empty(),
                        .difference = MeanDifferenceOf(differences, task.clusters)};
  const auto n = static_cast<double>(task.questions.size());
  for (const PairedQuestion& question : task.questions) {
    result.a += question.a;
    result.b += question.b;
    const double better = task.higher_is_better ? question.b - question.a : question.a - question.b;
    result.gained += better > 0 ? 1 : 0;
    result.lost += better < 0 ? 1 : 0;
  }
  result.a /= n;
  result.b /= n;
  if (task.accuracy) {
    TestAccuracy(task, differences, result);
    const double discordance = static_cast<double>(result.gained + result.lost) / n;
    if (const auto detectable = DetectableDifference(EffectiveQuestions(differences, result.difference),
                                                     discordance, options.power)) {
      result.detectable_questions = static_cast<int64_t>(std::ceil(*detectable * n));
    }
  } else if (result.difference.standard_error) {
    result.p = StudentTwoSided(result.difference.mean / *result.difference.standard_error,
                               static_cast<double>(result.difference.clusters - 1));
  }
  return result;
}

AverageComparison AverageTasks(std::span<const TaskComparison> tasks, const PowerOptions& options) {
  AverageComparison average{.tasks = static_cast<int64_t>(tasks.size())};
  std::vector<MeanDifference> differences;
  for (const TaskComparison& task : tasks) {
    average.a += task.a / static_cast<double>(tasks.size());
    average.b += task.b / static_cast<double>(tasks.size());
    differences.push_back(task.difference);
  }
  average.difference = AverageOf(differences);
  if (const auto error = average.difference.standard_error) {
    average.p = NormalTwoSided(average.difference.mean / *error);
    average.detectable = (NormalQuantile(options.power) - NormalQuantile(options.alpha / 2)) * *error;
  }
  return average;
}

}  // namespace

Comparison Compare(std::span<const PairedTask> tasks, const ComparisonOptions& options) {
  VFFN_CHECK(!tasks.empty(), "a comparison of no tasks");
  Comparison comparison;
  std::vector<Stratum> strata;
  for (const PairedTask& task : tasks) {
    VFFN_CHECK(!task.questions.empty(), task.task, ": no questions to compare");
    strata.push_back({task.task, DifferencesOf(task), task.clusters});
    comparison.tasks.push_back(CompareTask(task, strata.back().differences, options));
  }
  const BootstrapIntervals intervals = PairedBootstrap(strata, options.bootstrap);
  for (size_t i = 0; i < tasks.size(); ++i) {
    comparison.tasks[i].interval = intervals.strata[i];
  }
  std::vector<TaskComparison> counted;
  std::vector<Stratum> counted_strata;
  for (size_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].counted) {
      counted.push_back(comparison.tasks[i]);
      counted_strata.push_back(strata[i]);
    }
  }
  const bool one_kind = std::ranges::all_of(counted, [&](const TaskComparison& task) {
    return task.accuracy == counted.front().accuracy &&
           task.higher_is_better == counted.front().higher_is_better;
  });
  if (counted.size() > 1 && one_kind) {
    comparison.average = AverageTasks(counted, options.power);
    comparison.average->interval = counted.size() == tasks.size()
                                       ? intervals.average
                                       : PairedBootstrap(counted_strata, options.bootstrap).average;
  }
  return comparison;
}

void AdjustForMultiplicity(std::span<Comparison> comparisons) { AdjustFamilies(comparisons); }

}  // namespace vffn
