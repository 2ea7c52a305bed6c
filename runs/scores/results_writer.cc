// ToJson of results_file.h.
#include "base/json.h"
#include "runs/folders/run_folder.h"
#include "runs/scores/calibration_json.h"
#include "runs/scores/results_file.h"

namespace vffn {
namespace {

template <class Value>
OrderedJson OrNull(const std::optional<Value>& value) {
  return value.has_value() ? OrderedJson(*value) : OrderedJson(nullptr);
}

/// The harness's scores of a task.
OrderedJson HarnessScores(const TaskRecord& task) {
  OrderedJson json = {{"alias", task.name}, {"name", task.name}, {"sample_len", OrNull(task.docs)}};
  for (const MetricRecord& metric : task.metrics) {
    if (metric.reported) {
      json[metric.name + ",none"] = OrNull(metric.value);
      json[metric.name + "_stderr,none"] =
          metric.standard_error ? OrderedJson(*metric.standard_error) : OrderedJson("N/A");
    }
  }
  return json;
}

OrderedJson HarnessConfig(const TaskRecord& task, const std::string& profile) {
  OrderedJson metrics = OrderedJson::array();
  for (const MetricRecord& metric : task.metrics) {
    if (metric.reported) {
      metrics.push_back(
          {{"metric", metric.name}, {"aggregation", "mean"}, {"higher_is_better", metric.higher_is_better}});
    }
  }
  return {{"task", task.name},
          {"output_type", "multiple_choice"},
          {"test_split", task.split},
          {"num_fewshot", task.shots},
          {"target_delimiter", " "},
          {"metric_list", metrics},
          {"metadata", {{"version", profile}}}};
}

OrderedJson HarnessRun(const ResultsFile& file) {
  const RunInfo& info = file.run->info;
  const std::string& dtype = file.run->identity.dtype;
  return {{"model", "vffn"},
          {"model_args", "pretrained=" + file.model_name + ",dtype=" + dtype +
                             (info.model_args.empty() ? "" : "," + info.model_args)},
          {"model_num_parameters", info.parameters},
          {"model_dtype", dtype},
          {"model_revision", ""},
          {"model_sha", file.run->identity.model_sha256},
          {"batch_size", nullptr},
          {"batch_sizes", OrderedJson::array()},
          {"device", info.device},
          {"workers", nullptr},
          {"use_cache", nullptr},
          {"limit", OrNull(info.limit)},
          {"bootstrap_iters", 0},
          {"gen_kwargs", nullptr},
          {"random_seed", nullptr},
          {"numpy_seed", nullptr},
          {"torch_seed", nullptr},
          {"fewshot_seed", nullptr}};
}

OrderedJson EstimateOrNull(const std::optional<Estimate>& estimate) {
  return estimate ? OrderedJson{{"value", estimate->value}, {"stderr", OrNull(estimate->standard_error)}}
                  : OrderedJson(nullptr);
}

OrderedJson CentredJson(const std::optional<CentredAverage>& average) {
  OrderedJson json = EstimateOrNull(average ? std::optional(average->estimate) : std::nullopt);
  if (average) {
    json["tasks"] = average->tasks;
  }
  return json;
}

OrderedJson CalibrationsJson(const TaskRecord& task) {
  OrderedJson json = OrderedJson::object();
  for (const CalibrationRecord& record : task.calibrations) {
    json[record.metric] = ToJson(record.calibration);
  }
  return json;
}

/// Our scores of a task: every metric.
OrderedJson OurScores(const TaskRecord& task) {
  OrderedJson metrics;
  for (const MetricRecord& metric : task.metrics) {
    metrics[metric.name] = {{"value", OrNull(metric.value)},
                            {"stderr", OrNull(metric.standard_error)},
                            {"divisor", metric.divisor}};
  }
  return {{"split", task.split},
          {"data_sha256", task.data_sha256},
          {"docs", OrNull(task.docs)},
          {"docs_missing", task.missing},
          {"chance", OrNull(task.chance)},
          {"primary_metric", task.primary_metric},
          {"shots", task.shots},
          {"truncated",
           {{"docs", task.truncation.docs},
            {"requests", task.truncation.requests},
            {"tokens", task.truncation.tokens}}},
          {"centred", EstimateOrNull(task.centred)},
          {"metrics", metrics},
          {"calibration", CalibrationsJson(task)}};
}

OrderedJson ScoringJson(const std::optional<ScoringRecord>& scoring) {
  OrderedJson json = OrderedJson::object();
  if (scoring) {
    ScoringRecord::Visit(*scoring, [&](const char* name, const auto& field) {
      if constexpr (requires { field.has_value(); }) {
        json[name] = OrNull(field);
      } else {
        json[name] = field;
      }
    });
    json["tasks"] = OrderedJson::object();
    for (const auto& [name, task] : scoring->tasks) {
      json["tasks"][name] = {
          {"docs", task.docs}, {"trie_tokens", task.trie_tokens}, {"seconds", task.seconds}};
    }
    json["executed"] = ToJson(scoring->executed);
  }
  return json;
}

OrderedJson SpecialTokensJson(const std::optional<SpecialTokensRecord>& record) {
  if (!record) {
    return nullptr;
  }
  OrderedJson json;
  SpecialTokensRecord::Visit(*record, [&](const char* name, const auto& field) {
    if constexpr (requires { field.has_value(); }) {
      json[name] = OrNull(field);
    } else {
      json[name] = field;
    }
  });
  return json;
}

OrderedJson LossAveragesJson(const std::map<std::string, LossAverageRecord>& averages) {
  OrderedJson json = OrderedJson::object();
  for (const auto& [metric, average] : averages) {
    json[metric] = EstimateOrNull(average.estimate);
    json[metric]["tasks"] = average.tasks;
  }
  return json;
}

OrderedJson BestFormsJson(const std::vector<BestFormRecord>& forms) {
  OrderedJson json = OrderedJson::object();
  for (const BestFormRecord& form : forms) {
    json[form.task] = {{"rc", form.cloze},
                       {"mc", form.letters},
                       {"best", form.best},
                       {"value", form.value},
                       {"stderr", OrNull(form.standard_error)},
                       {"chance", form.chance}};
  }
  return json;
}

/// A task in two forms counts once, a loss elsewhere.
int64_t TasksOfAverage(const ResultsFile& file) {
  auto tasks = static_cast<int64_t>(file.tasks.size() - file.run->best_forms.size());
  for (const auto& [metric, average] : file.run->loss_averages) {
    tasks -= average.tasks;
  }
  return tasks;
}

OrderedJson OurPart(const ResultsFile& file) {
  const RunRecord& run = *file.run;
  OrderedJson tasks = OrderedJson::object();
  for (const TaskRecord& task : file.tasks) {
    tasks[task.name] = OurScores(task);
  }
  return {{"schema", 1},
          {"program_version", run.info.program.version},
          {"profile",
           {{"name", run.profile},
            {"description", run.profile_description},
            {"rendering", run.rendering},
            {"encoding", run.encoding}}},
          {"identity", ToJson(run.identity)},
          {"model",
           {{"format", run.info.model_format},
            {"config", ToJson(run.info.config.value())},
            {"untrained", run.info.untrained}}},
          {"tokenizer", {{"pipeline", run.info.tokenizer_pipeline}, {"source", run.info.tokenizer_source}}},
          {"special_tokens", SpecialTokensJson(run.info.special_tokens)},
          {"average",
           {{"value", OrNull(ValueOf(run.average))},
            {"stderr", OrNull(ErrorOf(run.average))},
            {"chance", OrNull(run.average_chance)},
            {"tasks", TasksOfAverage(file)},
            {"losses", LossAveragesJson(run.loss_averages)},
            {"centred", CentredJson(run.centred)}}},
          {"best_of_both", BestFormsJson(run.best_forms)},
          {"tasks", tasks},
          {"scoring", ScoringJson(run.info.scoring)}};
}

}  // namespace

OrderedJson ToJson(const ResultsFile& file) {
  OrderedJson json;
  for (const char* key :
       {"results", "group_subtasks", "configs", "versions", "n-shot", "higher_is_better", "n-samples"}) {
    json[key] = OrderedJson::object();
  }
  OrderedJson hashes = OrderedJson::object();
  for (const TaskRecord& task : file.tasks) {
    json["results"][task.name] = HarnessScores(task);
    json["group_subtasks"][task.name] = OrderedJson::array();
    json["configs"][task.name] = HarnessConfig(task, file.run->profile);
    json["versions"][task.name] = file.run->profile;
    json["n-shot"][task.name] = task.shots;
    for (const MetricRecord& metric : task.metrics) {
      if (metric.reported) {
        json["higher_is_better"][task.name][metric.name] = metric.higher_is_better;
      }
    }
    json["n-samples"][task.name] = {{"original", OrNull(task.data_set_size)},
                                    {"effective", OrNull(task.docs)}};
    if (task.task_hash) {
      hashes[task.name] = *task.task_hash;
    }
  }
  const RunInfo& info = file.run->info;
  json["config"] = HarnessRun(file);
  json["git_hash"] = OrNull(info.program.git_hash);
  json["date"] = info.start_seconds;
  json["max_length"] = file.run->identity.max_sequence_length;
  json["task_hashes"] = hashes;
  json["model_source"] = "vffn";
  json["model_name"] = file.model_name;
  json["model_name_sanitized"] = FileNameOf(file.model_name);
  json["total_evaluation_time_seconds"] = OrderedJson(info.elapsed_seconds).dump();
  json["vffn"] = OurPart(file);
  return json;
}

}  // namespace vffn
