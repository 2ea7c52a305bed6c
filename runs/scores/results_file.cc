#include "runs/scores/results_file.h"

#include <algorithm>

#include "base/atomic_file.h"
#include "base/foreign_json.h"
#include "base/json.h"
#include "base/valid_utf8.h"

namespace vffn {
namespace {

TaskRecord RecordOf(const TaskResults& task, LengthRule rule) {
  TaskRecord record{.name = task.task.name,
                    .docs = task.docs,
                    .data_set_size = task.task.data_set_size,
                    .task_hash = task.task_hash,
                    .split = task.task.split,
                    .data_sha256 = task.task.data_sha256,
                    .primary_metric = std::string(FactsOf(task.primary).name),
                    .shots = task.task.shots,
                    .missing = task.missing,
                    .chance = task.chance,
                    .centred = task.centred,
                    .truncation = task.truncation};
  for (const MetricCalibration& one : task.calibrations) {
    record.calibrations.push_back({std::string(FactsOf(one.metric).name), one.calibration});
  }
  for (const MetricScore& score : task.scores) {
    const MetricFacts& facts = FactsOf(score.metric);
    MetricRecord& metric = record.metrics.emplace_back(
        MetricRecord{.name = std::string(facts.name),
                     .reported = std::ranges::find(task.reported, score.metric) != task.reported.end(),
                     .higher_is_better = facts.higher_is_better,
                     .divisor = std::string(DivisorName(score.metric, rule))});
    if (score.estimate) {
      metric.value = score.estimate->value;
      metric.standard_error = score.estimate->standard_error;
    }
  }
  return record;
}

std::vector<BestFormRecord> BestForms(const Results& results) {
  std::vector<BestFormRecord> records;
  for (const BestForm& form : results.best_forms) {
    const TaskResults& best = results.tasks[form.place()];
    const Estimate& score = best.Score(best.primary);
    records.push_back({.task = form.task,
                       .cloze = results.tasks[form.cloze].task.name,
                       .letters = results.tasks[form.letters].task.name,
                       .best = std::string(NameOf(form.best)),
                       .value = score.value,
                       .standard_error = score.standard_error,
                       .chance = best.chance.value_or(0)});
  }
  return records;
}

}  // namespace

const MetricRecord* TaskRecord::FindMetric(std::string_view metric) const {
  const auto found = std::ranges::find(metrics, metric, &MetricRecord::name);
  return found == metrics.end() ? nullptr : &*found;
}

const TaskRecord* ResultsFile::FindTask(std::string_view task) const {
  const auto found = std::ranges::find(tasks, task, &TaskRecord::name);
  return found == tasks.end() ? nullptr : &*found;
}

ResultsFile MakeResultsFile(const Results& results, const std::string& model_name, RunInfo info) {
  const Profile& profile = *results.profile;
  ResultsFile file{.model_name = model_name};
  for (const TaskResults& task : results.tasks) {
    file.tasks.push_back(RecordOf(task, profile.length_rule));
  }
  file.run = RunRecord{.info = std::move(info),
                       .identity = results.identity,
                       .profile = std::string(profile.name),
                       .profile_description = std::string(profile.description),
                       .rendering = std::string(NameOf(profile.rendering)),
                       .encoding = std::string(NameOf(profile.encoding)),
                       .average = results.average,
                       .average_chance = results.average_chance,
                       .centred = results.centred,
                       .best_forms = BestForms(results)};
  for (const LossAverage& average : results.loss_averages) {
    file.run->loss_averages[std::string(FactsOf(average.metric).name)] = {average.estimate, average.tasks};
  }
  return file;
}

ResultsFile ReadResultsFile(const std::filesystem::path& path) {
  return ParseResultsFile(ReadForeignJsonFile(path), path.string());
}

void WriteResultsFile(const std::filesystem::path& path, const ResultsFile& file) {
  WriteFileAtomically(path, DumpJson(ToJson(file), 2) + "\n");
}

}  // namespace vffn
