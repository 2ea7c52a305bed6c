#include <algorithm>
#include <cmath>

#include "analysis/paired_error.h"
#include "reports/study/study_columns.h"
#include "reports/study/study_tables.h"

namespace vffn {
namespace {

constexpr double kNormal95 = 1.959964;

/// The tasks of all runs of a plan, in the order of the first run that has them.
std::vector<std::string> TasksOf(const Study& study, const StudyTablePlan& plan) {
  std::vector<std::string> tasks;
  for (const std::string& method : MethodsOf(study, plan)) {
    for (const StudyRun* run : RunsOf(study, method)) {
      for (const StudyTask& task : run->tasks) {
        if (std::ranges::count(tasks, task.task) == 0) {
          tasks.push_back(task.task);
        }
      }
    }
  }
  return tasks;
}

const StudyTask* FindTask(const StudyRun& run, const std::string& name) {
  const auto found = std::ranges::find(run.tasks, name, &StudyTask::task);
  return found == run.tasks.end() ? nullptr : &*found;
}

/// Over the seeds; the error is the mean of the seeds' errors: they answered the same questions.
std::optional<StudyTask> MeanTask(const std::vector<const StudyRun*>& runs, const std::string& name) {
  StudyTask mean{.task = name};
  double count = 0, error = 0;
  for (const StudyRun* run : runs) {
    if (const StudyTask* task = FindTask(*run, name)) {
      mean.accuracy.value += task->accuracy.value;
      mean.chance = task->chance;
      error += task->accuracy.standard_error.value_or(0);
      count += 1;
    }
  }
  if (count == 0) {
    return std::nullopt;
  }
  mean.accuracy = {.value = mean.accuracy.value / count, .standard_error = error / count};
  return mean;
}

/// The score of guessing and its variance.
struct Chance {
  double mean = 0, variance = 0;
};

/// Marked if Wilson's 95 % interval of the accuracy includes chance: it is the set of all probabilities from
/// which the accuracy lies at most 1.96 of their own standard errors away.
Cell AccuracyCell(double accuracy, const Chance& chance) {
  Cell cell(accuracy);
  const bool at_chance = std::abs(accuracy - chance.mean) <= kNormal95 * std::sqrt(chance.variance);
  return at_chance ? std::move(cell).Marked("~") : cell;
}

/// Bits per byte of every question, mean over the seeds.
std::vector<double> MeanBits(const std::vector<const StudyRun*>& runs, const std::string& name) {
  std::vector<double> mean;
  double count = 0;
  for (const StudyRun* run : runs) {
    const StudyTask* task = FindTask(*run, name);
    if (task == nullptr || (!mean.empty() && mean.size() != task->bits_per_byte.size())) {
      continue;
    }
    mean.resize(task->bits_per_byte.size());
    for (size_t i = 0; i < mean.size(); ++i) {
      mean[i] += task->bits_per_byte[i];
    }
    count += 1;
  }
  for (double& value : mean) {
    value /= count;
  }
  return mean;
}

double Mean(const std::vector<double>& values) { return MeanOf(values).value; }

/// Average over the tasks of the runs' mean bits per byte, of `runs` minus `base` (empty: of `runs`). Absent
/// if one of the tasks is missing or has other questions.
std::optional<MeanDifference> AverageBits(const std::vector<const StudyRun*>& runs,
                                          const std::vector<const StudyRun*>& base,
                                          const std::vector<std::string>& tasks) {
  std::vector<MeanDifference> differences;
  for (const std::string& task : tasks) {
    std::vector<double> values = MeanBits(runs, task);
    const std::vector<double> others = MeanBits(base, task);
    if (values.empty() || (!base.empty() && others.size() != values.size())) {
      return std::nullopt;
    }
    for (size_t i = 0; i < others.size(); ++i) {
      values[i] -= others[i];
    }
    differences.push_back(MeanDifferenceOf(values));
  }
  return differences.empty() ? std::nullopt : std::optional(AverageOf(differences));
}

/// The difference of the average to the baseline's, for the seeds that both have.
std::optional<SeededEstimate> AnswerDifference(const Study& study, const std::string& method,
                                               const std::string& baseline,
                                               const std::vector<std::string>& tasks) {
  SeededEstimate estimate;
  std::vector<const StudyRun*> runs, bases;
  for (const StudyRun* run : RunsOf(study, method)) {
    for (const StudyRun* base : RunsOf(study, baseline)) {
      if (run == base || run->seed != base->seed) {
        continue;
      }
      if (const auto difference = AverageBits({run}, {base}, tasks)) {
        estimate.seeds.push_back(difference->mean);
        runs.push_back(run);
        bases.push_back(base);
      }
    }
  }
  if (estimate.seeds.empty()) {
    return std::nullopt;
  }
  const auto difference = AverageBits(runs, bases, tasks);
  estimate.mean = {.value = difference->mean, .standard_error = difference->standard_error};
  return estimate;
}

}  // namespace

Table StudyAccuracyTable(const Study& study, const StudyTablePlan& plan) {
  const std::vector<std::string> tasks = TasksOf(study, plan);
  std::vector<Column> columns = {{"method", "method"}};
  for (const std::string& task : tasks) {
    columns.push_back({task, task, kPercent});
  }
  columns.push_back({"average", "average", kPercent});
  columns.push_back({"average_stderr", " ", {.unit = {.scale = 100}, .before = "± "}});
  Table table = StudyTable(plan, "accuracy", "accuracy (%)", columns);
  for (const std::string& method : MethodsOf(study, plan)) {
    Row row = MakeRow("method", method);
    std::vector<Estimate> scores;
    Chance average_chance;
    const auto k = static_cast<double>(tasks.size());
    for (const std::string& name : tasks) {
      const auto runs = RunsOf(study, method);
      if (const auto task = MeanTask(runs, name)) {
        const auto questions = static_cast<double>(std::max<size_t>(1, MeanBits(runs, name).size()));
        const Chance chance{task->chance, task->chance * (1 - task->chance) / questions};
        row.emplace_back(name, AccuracyCell(task->accuracy.value, chance));
        scores.push_back(task->accuracy);
        average_chance.mean += chance.mean / k;
        average_chance.variance += chance.variance / (k * k);
      }
    }
    if (scores.empty()) {
      continue;
    }
    if (scores.size() == tasks.size()) {
      const Estimate average = AverageOf(scores);
      row.emplace_back("average", AccuracyCell(average.value, average_chance));
      row.emplace_back("average_stderr", average.standard_error);
    }
    table.AddRow(row);
  }
  table.notes = {
      "~ at chance: Wilson's 95 % interval includes the score of guessing. Such a score says nothing about a "
      "method. Means over seeds; ± is the standard error over questions."};
  return table;
}

Table StudyAnswerTable(const Study& study, const StudyTablePlan& plan) {
  const std::vector<std::string> tasks = TasksOf(study, plan);
  std::vector<Column> columns = {{"method", "method"}};
  for (const std::string& task : tasks) {
    columns.push_back({task, task, Decimals(3)});
  }
  columns.push_back({"average", "average", kStudyLoss});
  Extend(columns, DifferenceColumns("- " + plan.baseline, "questions"));
  Table table = StudyTable(plan, "answers", "bits per byte of the right answer", columns);
  for (const std::string& method : MethodsOf(study, plan)) {
    const auto runs = RunsOf(study, method);
    Row row = MakeRow("method", method);
    for (const std::string& task : tasks) {
      if (const std::vector<double> bits = MeanBits(runs, task); !bits.empty()) {
        row.emplace_back(task, Mean(bits));
      }
    }
    if (row.size() == 1) {
      continue;
    }
    if (const auto average = AverageBits(runs, {}, tasks)) {
      row.emplace_back("average", average->mean);
    }
    Extend(row, DifferenceCells(AnswerDifference(study, method, plan.baseline, tasks)));
    table.AddRow(row);
  }
  table.notes = {
      "Lower is better. The average weighs the tasks equally; the difference is paired question by question, "
      "and its error takes questions as independent."};
  return table;
}

}  // namespace vffn
