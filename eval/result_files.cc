#include "eval/result_files.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>

#include "base/atomic_file.h"
#include "base/error.h"
#include "eval/samples.h"

namespace vffn {
namespace {

template <class Value>
OrderedJson OrNull(const std::optional<Value>& value) {
  return value.has_value() ? OrderedJson(*value) : OrderedJson(nullptr);
}

/// The harness's per-task entries; `task` is its name.
OrderedJson HarnessScores(const TaskResults& task) {
  OrderedJson json = {{"alias", task.task.name}, {"name", task.task.name}, {"sample_len", task.docs}};
  for (const Metric metric : task.reported) {
    const std::string name(FactsOf(metric).name);
    const Estimate& score = task.Score(metric);
    json[name + ",none"] = score.value;
    json[name + "_stderr,none"] =
        score.standard_error.has_value() ? OrderedJson(*score.standard_error) : OrderedJson("N/A");
  }
  return json;
}

OrderedJson HarnessConfig(const TaskResults& task, const Profile& profile) {
  OrderedJson metrics = OrderedJson::array();
  for (const Metric metric : task.reported) {
    const MetricFacts& facts = FactsOf(metric);
    metrics.push_back(
        {{"metric", facts.name}, {"aggregation", "mean"}, {"higher_is_better", facts.accuracy}});
  }
  return {{"task", task.task.name},
          {"output_type", "multiple_choice"},
          {"test_split", task.task.split},
          {"num_fewshot", 0},
          {"target_delimiter", " "},
          {"metric_list", metrics},
          {"metadata", {{"version", profile.name}}}};
}

OrderedJson OurScores(const TaskResults& task, const Profile& profile) {
  OrderedJson metrics;
  for (const MetricScore& score : task.scores) {
    const std::string name(FactsOf(score.metric).name);
    metrics[name] = {
        {"value", score.estimate.has_value() ? OrderedJson(score.estimate->value) : OrderedJson(nullptr)},
        {"stderr",
         score.estimate.has_value() ? OrNull(score.estimate->standard_error) : OrderedJson(nullptr)},
        {"divisor", DivisorName(score.metric, profile.length_rule)}};
  }
  return {{"split", task.task.split},
          {"data_sha256", task.task.data_sha256},
          {"docs", task.docs},
          {"docs_missing", task.missing},
          {"chance", task.chance},
          {"primary_metric", FactsOf(task.primary).name},
          {"truncated",
           {{"docs", task.truncation.docs},
            {"requests", task.truncation.requests},
            {"tokens", task.truncation.tokens}}},
          {"metrics", metrics}};
}

OrderedJson OurPart(const Results& results, const RunInfo& info) {
  const Profile& profile = *results.profile;
  OrderedJson tasks;
  for (const TaskResults& task : results.tasks) {
    tasks[task.task.name] = OurScores(task, profile);
  }
  return {{"schema", 1},
          {"program_version", info.program_version},
          {"profile",
           {{"name", profile.name},
            {"description", profile.description},
            {"rendering", NameOf(profile.rendering)},
            {"encoding", NameOf(profile.encoding)}}},
          {"identity", ToJson(results.identity)},
          {"model", info.model},
          {"tokenizer", info.tokenizer},
          {"average",
           {{"value", results.average.value},
            {"stderr", OrNull(results.average.standard_error)},
            {"chance", results.average_chance},
            {"tasks", results.tasks.size()}}},
          {"tasks", tasks},
          {"scoring", info.scoring}};
}

OrderedJson RunConfig(const Results& results, const RunInfo& info) {
  const std::string& dtype = results.identity.dtype;
  return {{"model", "vffn"},
          {"model_args", "pretrained=" + info.model_path + ",dtype=" + dtype +
                             (info.model_args.empty() ? "" : "," + info.model_args)},
          {"model_num_parameters", info.parameters},
          {"model_dtype", dtype},
          {"model_revision", ""},
          {"model_sha", results.identity.model_sha256},
          {"batch_size", nullptr},
          {"batch_sizes", OrderedJson::array()},
          {"device", info.device},
          {"workers", OrNull(info.workers)},
          {"use_cache", nullptr},
          {"limit", OrNull(info.limit)},
          {"bootstrap_iters", 0},
          {"gen_kwargs", nullptr},
          {"random_seed", nullptr},
          {"numpy_seed", nullptr},
          {"torch_seed", nullptr},
          {"fewshot_seed", nullptr}};
}

std::string SanitizedName(std::string name) {
  std::string safe;
  for (const char c : name) {
    const bool unsafe = std::string_view("\"<>:/\\|?*[]").find(c) != std::string_view::npos;
    if (!unsafe) {
      safe += c;
    } else if (!safe.ends_with("__")) {
      safe += "__";
    }
  }
  return safe;
}

void MakeFolder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  VFFN_CHECK(!error, folder.string(), ": cannot be made: ", error.message());
}

}  // namespace

std::string DateId(double unix_seconds) {
  const auto microseconds = static_cast<int64_t>(std::llround(unix_seconds * 1e6));
  const auto seconds = static_cast<std::time_t>(microseconds / 1000000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[80];
  const size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H-%M-%S", &utc);
  std::snprintf(text + size, sizeof text - size, ".%06d", static_cast<int>(microseconds % 1000000));
  return text;
}

OrderedJson ResultsJson(const Results& results, const RunInfo& info) {
  OrderedJson json;
  for (const char* key :
       {"results", "group_subtasks", "configs", "versions", "n-shot", "higher_is_better", "n-samples"}) {
    json[key] = OrderedJson::object();
  }
  OrderedJson hashes = OrderedJson::object();
  for (const TaskResults& task : results.tasks) {
    const std::string& name = task.task.name;
    json["results"][name] = HarnessScores(task);
    json["group_subtasks"][name] = OrderedJson::array();
    json["configs"][name] = HarnessConfig(task, *results.profile);
    json["versions"][name] = results.profile->name;
    json["n-shot"][name] = 0;
    for (const Metric metric : task.reported) {
      json["higher_is_better"][name][std::string(FactsOf(metric).name)] = FactsOf(metric).accuracy;
    }
    json["n-samples"][name] = {{"original", task.task.data_set_size}, {"effective", task.docs}};
    if (task.task_hash.has_value()) {
      hashes[name] = *task.task_hash;
    }
  }
  json["config"] = RunConfig(results, info);
  json["git_hash"] = OrNull(info.git_hash);
  json["date"] = info.start_seconds;
  json["max_length"] = results.identity.max_sequence_length;
  json["task_hashes"] = hashes;
  json["model_source"] = "vffn";
  json["model_name"] = info.model_path;
  json["model_name_sanitized"] = SanitizedName(info.model_path);
  json["total_evaluation_time_seconds"] = OrderedJson(info.elapsed_seconds).dump();
  json["vffn"] = OurPart(results, info);
  return json;
}

std::filesystem::path WriteResults(const std::filesystem::path& folder, const Results& results,
                                   const RunInfo& info) {
  MakeFolder(folder);
  const std::filesystem::path path = folder / ("results_" + info.date_id + ".json");
  WriteFileAtomically(path, ResultsJson(results, info).dump(2) + "\n");
  return path;
}

std::vector<std::filesystem::path> WriteSamples(const std::filesystem::path& folder,
                                                const EvaluationPlan& plan, const LedgerContents& ledger,
                                                const RunInfo& info) {
  MakeFolder(folder);
  std::vector<std::filesystem::path> paths;
  for (const TaskRun& run : plan.tasks) {
    paths.push_back(folder / ("samples_" + SanitizedName(run.name) + "_" + info.date_id + ".jsonl"));
    WriteFileAtomically(paths.back(), SampleLines(*plan.profile, run, ledger));
  }
  return paths;
}

}  // namespace vffn
