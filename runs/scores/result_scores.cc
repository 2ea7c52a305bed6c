// ScoresOfResults of score_set.h.
#include "base/error.h"
#include "eval/profiles.h"
#include "runs/scores/results_file.h"
#include "runs/scores/score_set.h"

namespace vffn {
namespace {

/// The metric of a task: the one in `options`, the file's primary one, or that of the first profile whose
/// primary metric the file has.
std::string MetricOf(const TaskRecord& task, const ScoreOptions& options) {
  if (const auto metric = options.MetricOf(task.name)) {
    return std::string(FactsOf(*metric).name);
  }
  if (!task.primary_metric.empty()) {
    return task.primary_metric;
  }
  for (const Profile& profile : Profiles()) {
    const std::string_view name = FactsOf(profile.ForTask(task.name).primary).name;
    if (task.FindMetric(name) != nullptr) {
      return std::string(name);
    }
  }
  return "acc";
}

void AddBestForms(const std::vector<BestFormRecord>& forms, ScoreSet& set) {
  for (const BestFormRecord& form : forms) {
    TaskSummary best{.task = BestFormName(form.task), .metric = "accuracy", .value = form.value};
    for (TaskSummary& summary : set.summaries) {
      if (summary.task == form.cloze || summary.task == form.letters) {
        summary.counted = false;
        best.questions = summary.questions;
      }
    }
    set.summaries.push_back(std::move(best));
  }
}

}  // namespace

ScoreSet ScoresOfResults(const ResultsFile& results, const ScoreOptions& options) {
  ScoreSet set{.source = results.origin, .profile = results.run ? results.run->profile : ""};
  for (const TaskRecord& task : results.tasks) {
    const std::string metric = MetricOf(task, options);
    const MetricRecord* score = task.FindMetric(metric);
    VFFN_CHECK(score != nullptr && score->reported && score->value, results.origin, ": task ", task.name,
               " has no number \"", metric, ",none\"");
    VFFN_CHECK(task.docs.value_or(0) > 0, results.origin, ": does not tell how many questions of ", task.name,
               " there were (n-samples, effective)");
    VFFN_CHECK(*score->value >= 0 && *score->value <= 1, results.origin, ": ", metric, " of ", task.name,
               " is ", *score->value, "; without its questions only an accuracy, 0 to 1, can be compared");
    set.summaries.push_back({task.name, metric, *score->value, *task.docs});
  }
  VFFN_CHECK(!set.summaries.empty(), results.origin, ": has no results of any task");
  if (results.run && !options.metric) {
    AddBestForms(results.run->best_forms, set);
  }
  return set;
}

}  // namespace vffn
