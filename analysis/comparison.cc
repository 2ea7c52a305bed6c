#include "analysis/comparison.h"

#include <algorithm>
#include <cmath>
#include <compare>

#include "analysis/clusters.h"
#include "analysis/distributions.h"
#include "analysis/holm.h"
#include "analysis/sign_flip_test.h"
#include "analysis/wilson.h"
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
    result.moved += question.a_margin != question.b_margin ? 1 : 0;
  }
  result.a /= n;
  result.b /= n;
  if (task.accuracy) {
    TestAccuracy(task, differences, result);
    const double discordance = static_cast<double>(result.gained + result.lost) / n;
    if (const auto detectable = DetectableDifference(EffectiveQuestions(differences, result.difference),
                                                     discordance, options.power)) {
      result.detectable = std::ceil(*detectable * n) / n;
    }
  } else if (result.difference.standard_error) {
    result.detectable = DetectableErrors(options.power) * *result.difference.standard_error;
    result.p = StudentTwoSided(result.difference.mean / *result.difference.standard_error,
                               static_cast<double>(result.difference.clusters - 1));
  }
  return result;
}

AverageComparison AverageTasks(std::span<const TaskComparison> tasks, const PowerOptions& options) {
  AverageComparison average{.accuracy = tasks.front().accuracy,
                            .metric = tasks.front().metric,
                            .higher_is_better = tasks.front().higher_is_better,
                            .tasks = static_cast<int64_t>(tasks.size())};
  std::vector<MeanDifference> differences;
  for (const TaskComparison& task : tasks) {
    average.metric = task.metric == average.metric ? average.metric : "";
    average.a += task.a / static_cast<double>(tasks.size());
    average.b += task.b / static_cast<double>(tasks.size());
    differences.push_back(task.difference);
  }
  average.difference = AverageOf(differences);
  if (const auto error = average.difference.standard_error) {
    average.p = NormalTwoSided(average.difference.mean / *error);
    average.detectable = DetectableErrors(options) * *error;
  }
  return average;
}

/// Averages are over tasks of one kind: accuracies, or one other metric.
struct Kind {
  bool other = false;  ///< accuracies come first
  std::string metric;

  auto operator<=>(const Kind&) const = default;
};

Kind KindOf(const TaskComparison& task) { return {!task.accuracy, task.accuracy ? "" : task.metric}; }

/// Of two counted tasks or more.
void AddAverage(std::span<const PairedTask> tasks, const std::vector<Stratum>& strata, const Kind& kind,
                const BootstrapIntervals& all, const ComparisonOptions& options, Comparison& comparison) {
  std::vector<TaskComparison> of_kind;
  std::vector<Stratum> strata_of_kind;
  for (size_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].counted && KindOf(comparison.tasks[i]) == kind) {
      of_kind.push_back(comparison.tasks[i]);
      strata_of_kind.push_back(strata[i]);
    }
  }
  if (of_kind.size() > 1) {
    comparison.averages.push_back(AverageTasks(of_kind, options.power));
    comparison.averages.back().interval = of_kind.size() == tasks.size()
                                              ? all.average
                                              : PairedBootstrap(strata_of_kind, options.bootstrap).average;
  }
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
    TaskComparison& task = comparison.tasks[i];
    task.interval = intervals.strata[i];
    if (task.accuracy && !task.interval && !task.difference.standard_error) {
      task.interval = IntervalWithoutVariation(task.difference.mean, task.difference.clusters,
                                               options.bootstrap.confidence);
    }
  }
  std::vector<Kind> kinds;
  for (size_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].counted) {
      kinds.push_back(KindOf(comparison.tasks[i]));
    }
  }
  std::ranges::sort(kinds);
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  for (const Kind& kind : kinds) {
    AddAverage(tasks, strata, kind, intervals, options, comparison);
  }
  return comparison;
}

bool Comparison::HasChanges() const {
  return std::ranges::any_of(tasks, [](const TaskComparison& task) { return task.gained + task.lost > 0; });
}

ConfidenceInterval IntervalWithoutVariation(double difference, int64_t questions, double confidence) {
  const double other = WilsonInterval(0, questions, NormalQuantile(0.5 + confidence / 2)).high;
  return {std::max(-1.0, difference - (difference > 0 ? 2 : 1) * (difference < 0 ? 0 : other)),
          std::min(1.0, difference + (difference < 0 ? 2 : 1) * (difference > 0 ? 0 : other))};
}

void AdjustForMultiplicity(std::span<Comparison> comparisons) {
  std::vector<TaskComparison*> tasks;
  std::vector<AverageComparison*> averages;
  for (Comparison& comparison : comparisons) {
    for (TaskComparison& task : comparison.tasks) {
      tasks.push_back(&task);
    }
    for (AverageComparison& average : comparison.averages) {
      averages.push_back(&average);
    }
  }
  AdjustFamily(tasks);
  AdjustFamily(averages);
}

}  // namespace vffn
