// ParseResultsFile of results_file.h.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"
#include "runs/scores/calibration_json.h"
#include "runs/scores/results_file.h"

namespace vffn {
namespace {

/// A number; absent if the field is missing or is something else, as "N/A" of the harness.
std::optional<double> NumberIn(const Fields& fields, const std::string& name) {
  const Json* value = fields.Find(name);
  return value != nullptr && value->is_number() ? std::optional(fields.Get<double>(name)) : std::nullopt;
}

/// Whether a greater value is better: as the file says, else as this program knows the metric.
bool HigherIsBetter(const std::string& metric, const std::optional<Fields>& directions) {
  const auto known = std::ranges::find(Metrics(), metric, &MetricFacts::name);
  const bool otherwise = known == Metrics().end() || known->higher_is_better;
  return directions ? directions->Get<bool>(metric, otherwise) : otherwise;
}

/// The metrics under the harness's keys: "acc,none", "acc_stderr,none". Other filters than "none" are
/// ignored.
std::vector<MetricRecord> HarnessMetrics(const Fields& scores, const std::optional<Fields>& directions) {
  constexpr std::string_view kFilter = ",none", kError = "_stderr";
  std::vector<MetricRecord> metrics;
  for (const std::string& key : scores.Names()) {
    const std::string name = key.substr(0, key.size() - std::min(key.size(), kFilter.size()));
    if (!key.ends_with(kFilter) || name.ends_with(kError)) {
      continue;
    }
    metrics.push_back({.name = name,
                       .value = NumberIn(scores, key),
                       .standard_error = NumberIn(scores, name + std::string(kError) + std::string(kFilter)),
                       .higher_is_better = HigherIsBetter(name, directions)});
  }
  return metrics;
}

/// A task under the harness's keys.
TaskRecord HarnessTask(const Fields& file, const std::string& name) {
  TaskRecord task{.name = name};
  std::optional<Fields> directions = file.OptionalObject("higher_is_better");
  directions = directions ? directions->OptionalObject(name) : std::nullopt;
  task.metrics = HarnessMetrics(file.Object("results").Object(name), directions);
  if (const auto counts = file.OptionalObject("n-samples"); counts && counts->Has(name)) {
    task.docs = counts->Object(name).Optional<int64_t>("effective");
    task.data_set_size = counts->Object(name).Optional<int64_t>("original");
  }
  if (const auto hashes = file.OptionalObject("task_hashes")) {
    task.task_hash = hashes->Optional<std::string>(name);
  }
  return task;
}

/// An estimate that may be absent: {"value": 0.5, "stderr": null}.
std::optional<Estimate> ParseEstimate(const Fields& fields, const char* name) {
  const std::optional<Fields> estimate = fields.OptionalObject(name);
  return estimate ? std::optional(Estimate{.value = estimate->Get<double>("value"),
                                           .standard_error = estimate->Optional<double>("stderr")})
                  : std::nullopt;
}

std::optional<CentredAverage> ParseCentredAverage(const Fields& average) {
  const std::optional<Estimate> estimate = ParseEstimate(average, "centred");
  return estimate ? std::optional(CentredAverage{.estimate = *estimate,
                                                 .tasks = average.Object("centred").Count("tasks")})
                  : std::nullopt;
}

Estimate EstimateOf(const Fields& fields) {
  return {.value = fields.Get<double>("value"), .standard_error = fields.Optional<double>("stderr")};
}

/// None in files of older programs.
std::map<std::string, LossAverageRecord> ParseLossAverages(const Fields& average) {
  std::map<std::string, LossAverageRecord> averages;
  if (const auto losses = average.OptionalObject("losses")) {
    for (const std::string& metric : losses->Names()) {
      const Fields loss = losses->Object(metric);
      averages[metric] = {EstimateOf(loss), loss.Count("tasks")};
    }
  }
  return averages;
}

/// Absent in files of older programs.
std::vector<CalibrationRecord> ParseCalibrations(const Fields& ours) {
  std::vector<CalibrationRecord> records;
  if (const auto calibrations = ours.OptionalObject("calibration")) {
    for (const std::string& metric : calibrations->Names()) {
      records.push_back({metric, ParseCalibration(calibrations->Object(metric))});
    }
  }
  return records;
}

/// Adds our fields to a task. Every metric is ours, too; the harness's keys tell which are reported.
void AddOurs(const Fields& ours, TaskRecord& task) {
  task.split = ours.Get<std::string>("split");
  task.data_sha256 = ours.Get<std::string>("data_sha256");
  task.docs = ours.Count("docs");
  task.missing = ours.Count("docs_missing");
  task.chance = ours.Optional<double>("chance");
  task.primary_metric = ours.Get<std::string>("primary_metric");
  task.shots = ours.Has("shots") ? ours.Count("shots") : 0;
  task.centred = ParseEstimate(ours, "centred");
  task.calibrations = ParseCalibrations(ours);
  const Fields truncated = ours.Object("truncated");
  task.truncation = {.docs = truncated.Count("docs"),
                     .requests = truncated.Count("requests"),
                     .tokens = truncated.Count("tokens")};
  const Fields scores = ours.Object("metrics");
  std::vector<MetricRecord> metrics;
  for (const std::string& name : scores.Names()) {
    const Fields score = scores.Object(name);
    const MetricRecord* reported = task.FindMetric(name);
    metrics.push_back({.name = name,
                       .value = score.Optional<double>("value"),
                       .standard_error = score.Optional<double>("stderr"),
                       .reported = reported != nullptr,
                       .higher_is_better = HigherIsBetter(name, std::nullopt),
                       .divisor = score.Get<std::string>("divisor")});
  }
  task.metrics = std::move(metrics);
}

TaskScoring ParseTaskScoring(const Fields& fields) {
  return {.docs = fields.Count("docs"),
          .trie_tokens = fields.Count("trie_tokens"),
          .seconds = fields.Get<double>("seconds")};
}

/// Nothing if the run's work was not recorded.
std::optional<ScoringRecord> ParseScoring(const Fields& ours) {
  const std::optional<Fields> fields = ours.OptionalObject("scoring");
  if (!fields || !fields->Has("executed")) {
    return std::nullopt;
  }
  auto scoring = ReadAllFields<ScoringRecord>(*fields);
  ScoringRecord::Visit(scoring, [&](const char* name, const auto& field) {
    if constexpr (std::is_same_v<std::decay_t<decltype(field)>, int64_t>) {
      fields->Count(name);
    }
  });
  if (const auto tasks = fields->OptionalObject("tasks")) {
    for (const std::string& name : tasks->Names()) {
      scoring.tasks[name] = ParseTaskScoring(tasks->Object(name));
    }
  }
  scoring.executed = ParseExecutedWork(fields->Require("executed"), fields->Where("executed"));
  return scoring;
}

/// The options that follow model and dtype in the harness's "pretrained=MODEL,dtype=DTYPE,OPTIONS".
std::string ModelArgs(const std::string& text, const std::string& model, const std::string& dtype) {
  const std::string begin = "pretrained=" + model + ",dtype=" + dtype + ",";
  return text.starts_with(begin) ? text.substr(begin.size()) : "";
}

std::optional<SpecialTokensRecord> ParseSpecialTokens(const Fields& ours) {
  const std::optional<Fields> fields = ours.OptionalObject("special_tokens");
  return fields ? std::optional(ReadAllFields<SpecialTokensRecord>(*fields)) : std::nullopt;
}

RunInfo ParseInfo(const Fields& file, const Fields& ours, const std::string& dtype) {
  const Fields model = ours.Object("model"), tokenizer = ours.Object("tokenizer"),
               config = file.Object("config");
  RunInfo info{.model_args = ModelArgs(config.Get<std::string>("model_args"),
                                       file.Get<std::string>("model_name"), dtype),
               .model_format = model.Get<std::string>("format"),
               .config = ParseModelConfig(model.Require("config"), model.Where("config")),
               .parameters = config.Count("model_num_parameters"),
               .untrained = model.Get<bool>("untrained", false),
               .tokenizer_pipeline = tokenizer.Get<std::string>("pipeline"),
               .tokenizer_source = tokenizer.Get<std::string>("source"),
               .special_tokens = ParseSpecialTokens(ours),
               .program = {.version = ours.Get<std::string>("program_version"),
                           .git_hash = file.Optional<std::string>("git_hash")},
               .device = config.Get<std::string>("device"),
               .limit = config.Optional<double>("limit"),
               .scoring = ParseScoring(ours),
               .start_seconds = file.Get<double>("date")};
  Validate(*info.config, model.Where("config"));
  const auto elapsed = file.Get<std::string>("total_evaluation_time_seconds");
  std::from_chars(elapsed.data(), elapsed.data() + elapsed.size(), info.elapsed_seconds);
  return info;
}

std::vector<BestFormRecord> ParseBestForms(const Fields& ours) {
  std::vector<BestFormRecord> forms;
  if (const auto fields = ours.OptionalObject("best_of_both")) {
    for (const std::string& task : fields->Names()) {
      const Fields form = fields->Object(task);
      forms.push_back({.task = task,
                       .cloze = form.Get<std::string>("rc"),
                       .letters = form.Get<std::string>("mc"),
                       .best = form.Get<std::string>("best"),
                       .value = form.Get<double>("value"),
                       .standard_error = form.Optional<double>("stderr"),
                       .chance = form.Get<double>("chance")});
    }
  }
  return forms;
}

RunRecord ParseRun(const Fields& file, const Fields& ours) {
  const Fields profile = ours.Object("profile"), average = ours.Object("average");
  RunRecord run{.identity = ParseRunIdentity(ours.Require("identity"), ours.Where()),
                .profile = profile.Get<std::string>("name"),
                .profile_description = profile.Get<std::string>("description"),
                .rendering = profile.Get<std::string>("rendering"),
                .encoding = profile.Get<std::string>("encoding"),
                .average = average.IsNull("value") ? std::nullopt : std::optional(EstimateOf(average)),
                .average_chance = average.Optional<double>("chance"),
                .loss_averages = ParseLossAverages(average),
                .centred = ParseCentredAverage(average),
                .best_forms = ParseBestForms(ours)};
  run.info = ParseInfo(file, ours, run.identity.dtype);
  return run;
}

}  // namespace

ResultsFile ParseResultsFile(const Json& json, const std::string& origin) {
  const Fields fields(json, origin);
  VFFN_CHECK(fields.Has("results"), origin, ": has no \"results\": not a results file");
  ResultsFile file{.origin = origin, .model_name = fields.Get<std::string>("model_name", "")};
  for (const std::string& name : fields.Object("results").Names()) {
    file.tasks.push_back(HarnessTask(fields, name));
  }
  if (const auto ours = fields.OptionalObject("vffn")) {
    file.run = ParseRun(fields, *ours);
    const Fields tasks = ours->Object("tasks");
    for (TaskRecord& task : file.tasks) {
      AddOurs(tasks.Object(task.name), task);
    }
  }
  return file;
}

}  // namespace vffn
